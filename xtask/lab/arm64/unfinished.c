/* Two threads enter calls that do not return, ppoll and a futex wait; prints READY once they wait there, and waits with
 * them until somebody kills it. */
#include "svc.h"
#include <linux/futex.h>
#include <pthread.h>

static volatile int tids[2];
static int word;

static void *in_ppoll(void *unused)
{
	(void)unused;
	tids[0] = svc(SYS_gettid);
	svc(SYS_ppoll, 0, 0, 0, 0, 8);
	return NULL;
}

static void *in_futex(void *unused)
{
	(void)unused;
	tids[1] = svc(SYS_gettid);
	svc(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, 0);
	return NULL;
}

int main(void)
{
	pthread_t threads[2];
	need(pthread_create(&threads[0], NULL, in_ppoll, NULL) == 0);
	need(pthread_create(&threads[1], NULL, in_futex, NULL) == 0);
	for (int i = 0; i < 2; i++) {
		while (!tids[i])
			pause_ms(1);
		need(until_asleep(getpid(), tids[i]));
	}
	fact("pid", getpid());
	fact("ppoll_tid", tids[0]);
	fact("futex_tid", tids[1]);
	printf("READY\n");
	fflush(stdout);
	pthread_join(threads[0], NULL);
	return 1;
}
