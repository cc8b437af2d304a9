/* A thread and a process end and strangers get their numbers. Tells the numbers of the thread, of the process and of one
 * that stays; ends the thread once a file "end-thread" is there, the process once "end-process" is. Then makes processes
 * until both numbers were in use again: those open /number/stranger. At last the one that stays opens /number/own. */
#include "svc.h"
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

static volatile pid_t tid;

static void until_there(const char *path)
{
	while (access(path, F_OK) != 0)
		pause_ms(20);
}

static void *thread(void *unused)
{
	tid = gettid();
	until_there("end-thread");
	return unused;
}

static pid_t waits(const char *path)
{
	sigset_t set;
	int got;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	pid_t pid = fork();
	need(pid >= 0);
	if (pid == 0) {
		sigwait(&set, &got);
		svc(SYS_openat, AT_FDCWD, path, O_RDONLY);
		_exit(0);
	}
	return pid;
}

int main(void)
{
	pthread_t made;
	need(pthread_create(&made, NULL, thread, NULL) == 0);
	while (tid == 0)
		pause_ms(1);
	pid_t process = waits("/number/never"), stays = waits("/number/own");
	fact("thread", tid);
	fact("process", process);
	fact("stays", stays);
	need(pthread_join(made, NULL) == 0);
	fact("thread_ended", 1);
	until_there("end-process");
	need(kill(process, SIGKILL) == 0 && waitpid(process, NULL, 0) == process);
	int strangers = 0;
	for (int i = 0; i < 20000 && strangers != 3; i++) {
		pid_t pid = fork();
		need(pid >= 0);
		if (pid == 0) {
			if (getpid() == tid || getpid() == process)
				svc(SYS_openat, AT_FDCWD, "/number/stranger", O_RDONLY);
			_exit(0);
		}
		strangers |= (pid == tid) | (pid == process) << 1;
		need(waitpid(pid, NULL, 0) == pid);
	}
	fact("strangers", strangers);
	need(kill(stays, SIGUSR1) == 0 && waitpid(stays, NULL, 0) == stays);
	return 0;
}
