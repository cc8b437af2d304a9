/* Handled signals: raised three times (each ends with rt_sigreturn), in the middle of a nanosleep and a ppoll (EINTR), in
 * the middle of a read that is restarted (two entries, one result), and a stop and continuation in the middle of a
 * child's nanosleep (restart_syscall). */
#include "svc.h"
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

static volatile sig_atomic_t handled;
static int pipe_fds[2];
static pid_t main_tid;

static void on_signal(int signal)
{
	(void)signal;
	handled++;
}

static void handle(int signal, int flags)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = flags };
	need(sigaction(signal, &action, NULL) == 0);
}

/* Signals the main thread once it waits; with `data`, lets its read succeed after that. */
static void *interrupt(void *data)
{
	pause_ms(50);
	need(until_asleep(getpid(), main_tid));
	svc(SYS_tgkill, getpid(), main_tid, data ? SIGUSR2 : SIGUSR1);
	if (data) {
		pause_ms(200);
		need(write(pipe_fds[1], "data", 4) == 4);
	}
	return NULL;
}

static pthread_t interrupt_soon(void *data)
{
	pthread_t thread;
	need(pthread_create(&thread, NULL, interrupt, data) == 0);
	return thread;
}

static void stop_and_continue(void)
{
	struct timespec second = { 1, 0 };
	pid_t child = fork();
	need(child >= 0);
	if (child == 0)
		_exit(svc(SYS_nanosleep, &second, 0) == 0 ? 0 : 1);
	pause_ms(100);
	need(until_asleep(child, child));
	need(kill(child, SIGSTOP) == 0);
	while (thread_state(child, child) != 'T')
		pause_ms(10);
	need(kill(child, SIGCONT) == 0);
	int status = -1;
	need(waitpid(child, &status, 0) == child);
	fact("child", child);
	fact("child_status", status);
}

int main(void)
{
	struct timespec minute = { 60, 0 };
	struct pollfd on_pipe;
	char buffer[16];
	main_tid = svc(SYS_gettid);
	need(pipe(pipe_fds) == 0);
	handle(SIGUSR1, 0);
	handle(SIGUSR2, SA_RESTART);
	fact("pid", getpid());
	mark("raised");
	for (int i = 0; i < 3; i++)
		svc(SYS_tgkill, getpid(), main_tid, SIGUSR1);
	mark("interrupted");
	pthread_t thread = interrupt_soon(NULL);
	fact("nanosleep", svc(SYS_nanosleep, &minute, &minute));
	pthread_join(thread, NULL);
	on_pipe = (struct pollfd){ .fd = pipe_fds[0], .events = POLLIN };
	thread = interrupt_soon(NULL);
	fact("ppoll", svc(SYS_ppoll, &on_pipe, 1, 0, 0, 8));
	pthread_join(thread, NULL);
	thread = interrupt_soon(buffer);
	fact("read", svc(SYS_read, pipe_fds[0], buffer, sizeof buffer));
	pthread_join(thread, NULL);
	mark("done");
	fact("handled", handled);
	stop_and_continue();
	return handled == 6 ? 0 : 1;
}
