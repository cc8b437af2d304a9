/* family [WAIT]: makes a thread and a process, which open /family/thread and /family/child, and opens /family/last. With
 * an argument it first tells its number and waits for SIGUSR1. */
#include "svc.h"
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

static void *thread(void *unused)
{
	fact("thread", gettid());
	svc(SYS_openat, AT_FDCWD, "/family/thread", O_RDONLY);
	return unused;
}

int main(int argc, char **argv)
{
	sigset_t set;
	pthread_t made;
	int got;
	(void)argv;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fact("pid", getpid());
	if (argc > 1)
		sigwait(&set, &got);
	need(pthread_create(&made, NULL, thread, NULL) == 0 && pthread_join(made, NULL) == 0);
	pid_t child = fork();
	need(child >= 0);
	if (child == 0) {
		svc(SYS_openat, AT_FDCWD, "/family/child", O_RDONLY);
		_exit(0);
	}
	fact("child", child);
	need(waitpid(child, NULL, 0) == child);
	svc(SYS_openat, AT_FDCWD, "/family/last", O_RDONLY);
	return 0;
}
