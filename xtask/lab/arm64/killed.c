/* Children that end while one of their threads waits in ppoll without end: the first is killed by its parent, the second
 * by a sibling's exit_group(7). Prints who waited. */
#include "svc.h"
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

static int tid_pipe[2];

static void *wait_forever(void *unused)
{
	int tid = svc(SYS_gettid);
	(void)unused;
	need(write(tid_pipe[1], &tid, sizeof tid) == sizeof tid);
	svc(SYS_ppoll, 0, 0, 0, 0, 8);
	return NULL;
}

static void child(int ends_itself)
{
	pthread_t thread;
	int tid;
	need(pthread_create(&thread, NULL, wait_forever, NULL) == 0);
	if (!ends_itself)
		pthread_join(thread, NULL);
	need(read(tid_pipe[0], &tid, sizeof tid) == sizeof tid);
	need(until_asleep(getpid(), tid));
	fact("left_tid", tid);
	svc(SYS_exit_group, 7);
}

static int run(const char *name, int ends_itself)
{
	int status = -1, tid;
	pid_t pid = fork();
	need(pid >= 0);
	if (pid == 0)
		child(ends_itself);
	if (!ends_itself) {
		need(read(tid_pipe[0], &tid, sizeof tid) == sizeof tid);
		need(until_asleep(pid, tid));
		need(kill(pid, SIGKILL) == 0);
		fact("killed_tid", tid);
	}
	need(waitpid(pid, &status, 0) == pid);
	fact(name, pid);
	return status;
}

int main(void)
{
	need(pipe(tid_pipe) == 0);
	int killed = run("killed_pid", 0), left = run("left_pid", 1);
	fact("killed_signal", WTERMSIG(killed));
	fact("left_code", WEXITSTATUS(left));
	return WTERMSIG(killed) == SIGKILL && WEXITSTATUS(left) == 7 ? 0 : 1;
}
