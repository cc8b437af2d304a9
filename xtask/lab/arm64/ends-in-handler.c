/* A thread waits in ppoll; a signal's handler makes an ioctl and ends the thread at once, without going back. */
#include "svc.h"
#include <pthread.h>
#include <signal.h>

static volatile pid_t tid;

static void handler(int signal)
{
	(void)signal;
	svc(SYS_ioctl, 0, 0x5401, 0);
	svc(SYS_exit, 0);
}

static void *waits(void *unused)
{
	tid = gettid();
	svc(SYS_ppoll, 0, 0, 0, 0, 8);
	return unused;
}

int main(void)
{
	struct sigaction action = { .sa_handler = handler };
	pthread_t thread;
	need(sigaction(SIGUSR1, &action, NULL) == 0 && pthread_create(&thread, NULL, waits, NULL) == 0);
	while (tid == 0)
		pause_ms(1);
	need(until_asleep(getpid(), tid));
	fact("tid", tid);
	need(pthread_kill(thread, SIGUSR1) == 0 && pthread_join(thread, NULL) == 0);
	return 0;
}
