/* The calls that every-call leaves out: they wait for a signal or end one, or have a number that no table has. */
#include "svc.h"
#include <signal.h>
#include <sys/time.h>

static void nothing(int signal)
{
	(void)signal;
}

int main(void)
{
	/* Again and again: one that comes before the wait is not the last. */
	struct itimerval often = { { 0, 50000 }, { 0, 50000 } }, never = { { 0, 0 }, { 0, 0 } };
	uint64_t none = 0;
	need(signal(SIGALRM, nothing) != SIG_ERR);
	need(setitimer(ITIMER_REAL, &often, NULL) == 0);
	need(svc(SYS_rt_sigsuspend, &none, 8) == -EINTR);
	need(setitimer(ITIMER_REAL, &never, NULL) == 0);
	need(svc(2000, 1, 2, 3, 4, 5, 6) == -ENOSYS);
	return 0;
}
