/* ends: children that end in every way, as their parent learns of it; prints NAME_pid and NAME_code or NAME_signal. */
#include "svc.h"
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/wait.h>

static int ready[2];

static void tell(void)
{
	need(write(ready[1], "", 1) == 1);
}

static void *sleeps(void *unused)
{
	for (;;)
		pause_ms(1000);
	return unused;
}

static void *thread_exits(void *code)
{
	pause_ms(50);
	svc(SYS_exit, code);
	return NULL;
}

static void *group_exits(void *code)
{
	svc(SYS_exit_group, code);
	return NULL;
}

static void *crashes(void *unused)
{
	*(volatile int *)8 = 1;
	return unused;
}

static void *executes(void *unused)
{
	char *argv[] = { "sh", "-c", "exit 9", NULL };
	execv("/bin/sh", argv);
	return unused;
}

static void thread(void *(*run)(void *), long argument)
{
	pthread_t made;
	need(pthread_create(&made, NULL, run, (void *)argument) == 0);
}

static void handler(int signal)
{
	if (signal == SIGTERM)
		svc(SYS_exit_group, 4);
}

static void hold(int signal)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, signal);
	need(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
}

static void seccomp_kills(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof filter / sizeof *filter, filter };
	need(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
	svc(SYS_getppid);
}

static void exit_group_7(void) { svc(SYS_exit_group, 7); }
static void exit_3(void) { svc(SYS_exit, 3); }
static void main_returns(void) { exit(0); }
static void big_code(void) { svc(SYS_exit_group, 0x1234); }
static void threads_agree(void) { thread(thread_exits, 6); svc(SYS_exit, 6); }
static void threads_differ(void) { thread(thread_exits, 5); svc(SYS_exit, 6); }
static void other_ends_all(void) { thread(sleeps, 0); thread(group_exits, 8); sleeps(NULL); }
static void segv(void) { crashes(NULL); }
static void segv_in_thread(void) { thread(sleeps, 0); thread(crashes, 0); sleeps(NULL); }
static void aborts(void) { thread(sleeps, 0); abort(); }
static void alarmed(void) { alarm(1); sleeps(NULL); }
static void pipe_closed(void) { int fds[2]; need(pipe(fds) == 0 && close(fds[0]) == 0); svc(SYS_write, fds[1], "", 1); }
static void waits(void) { thread(sleeps, 0); tell(); sleeps(NULL); }
static void handles(void) { signal(SIGUSR1, handler); signal(SIGTERM, handler); tell(); sleeps(NULL); }
static void ignores(void) { signal(SIGTERM, SIG_IGN); raise(SIGTERM); raise(SIGCHLD); raise(SIGUSR1); }
static void holds(void) { hold(SIGTERM); tell(); sleeps(NULL); }
static void held_at_exit(void) { hold(SIGTERM); raise(SIGTERM); svc(SYS_exit_group, 2); }
static void runs_sh(void) { thread(sleeps, 0); thread(executes, 0); sleeps(NULL); }

static void run(const char *name, void (*child)(void), int first, int second)
{
	char key[64], byte;
	int status = -1;
	need(pipe(ready) == 0);
	pid_t pid = fork();
	need(pid >= 0);
	if (pid == 0) {
		child();
		_exit(77);
	}
	if (first != 0) {
		need(read(ready[0], &byte, 1) == 1);
		pause_ms(50);
		need(kill(pid, first) == 0);
	}
	if (second != 0) {
		pause_ms(50);
		need(kill(pid, second) == 0);
	}
	need(waitpid(pid, &status, 0) == pid);
	need(close(ready[0]) == 0 && close(ready[1]) == 0);
	snprintf(key, sizeof key, "%s_pid", name);
	fact(key, pid);
	snprintf(key, sizeof key, "%s_%s", name, WIFEXITED(status) ? "code" : "signal");
	fact(key, WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}

#define RUN(child) run(#child, child, 0, 0)

int main(void)
{
	RUN(exit_group_7);
	RUN(exit_3);
	RUN(main_returns);
	RUN(big_code);
	RUN(threads_agree);
	RUN(threads_differ);
	RUN(other_ends_all);
	RUN(segv);
	RUN(segv_in_thread);
	RUN(aborts);
	RUN(alarmed);
	RUN(pipe_closed);
	RUN(ignores);
	RUN(held_at_exit);
	RUN(runs_sh);
	RUN(seccomp_kills);
	run("killed", waits, SIGKILL, 0);
	run("terminated", waits, SIGTERM, 0);
	run("real_time", waits, SIGRTMIN + 1, 0);
	run("handled", handles, SIGUSR1, SIGTERM);
	run("handled_killed", handles, SIGUSR1, SIGKILL);
	run("held", holds, SIGTERM, SIGKILL);
	return 0;
}
