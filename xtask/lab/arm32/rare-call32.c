/* The calls that every-call32 leaves out because they wait for a signal, end one, end the program, are
 * private to other kernels, or have a number that no table has. */
#include "svc.h"
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>

static void nothing(int signal)
{
	(void)signal;
}

static void nothing_either(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)info;
	(void)context;
}

int main(void)
{
	/* Again and again: one that comes before the wait is not the last. */
	struct itimerval often = { { 0, 50000 }, { 0, 50000 } }, never = { { 0, 0 }, { 0, 0 } };
	struct sigaction action = { .sa_sigaction = nothing_either, .sa_flags = SA_SIGINFO };
	uint64_t none = 0;
	need(svc(0xf0001) == -ENOSYS); /* breakpoint, usr26, usr32: never arm64's */
	need(svc(0xf0003) == -ENOSYS);
	need(svc(0xf0004) == -ENOSYS);
	need(sigaction(SIGUSR1, &action, NULL) == 0);
	need(raise(SIGUSR1) == 0); /* rt_sigreturn */
	need(svc(2000, 1, 2, 3, 4, 5, 6) == -ENOSYS);
	action = (struct sigaction){ .sa_handler = nothing };
	need(sigaction(SIGALRM, &action, NULL) == 0); /* sigreturn */
	need(setitimer(ITIMER_REAL, &often, NULL) == 0);
	need(svc(29) == -EINTR);            /* pause */
	need(svc(72, 0, 0, 0) == -EINTR);   /* sigsuspend: the mask itself */
	need(svc(179, &none, 8) == -EINTR); /* rt_sigsuspend */
	need(setitimer(ITIMER_REAL, &never, NULL) == 0);
	pid_t child = vfork();
	if (child == 0)
		svc(1, 0); /* exit */
	need(child > 0 && waitpid(child, NULL, 0) == child);
	return 0;
}
