/* A thread that is not the leader executes a program (this one again) while the leader waits in ppoll without end: the
 * thread comes back under the leader's number. The second life opens a path that says so. */
#include "svc.h"
#include <pthread.h>

static void *execute(void *unused)
{
	char *arguments[] = { "exec-thread", "second", NULL };
	(void)unused;
	need(until_asleep(getpid(), getpid()));
	fact("thread", svc(SYS_gettid));
	svc(SYS_execve, "/proc/self/exe", arguments, environ);
	need(0);
	return NULL;
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1) {
		fact("second_tid", svc(SYS_gettid));
		fact("second_openat", svc(SYS_openat, AT_FDCWD, "/second/life", O_RDONLY));
		return 0;
	}
	pthread_t thread;
	fact("pid", getpid());
	need(pthread_create(&thread, NULL, execute, NULL) == 0);
	svc(SYS_ppoll, 0, 0, 0, 0, 8);
	return 1;
}
