/* ping-pong [ROUNDS]: two threads, on two CPUs where there are two, pass a message to and fro through two pipes. Message k
 * has k bytes, so that the k-th write of all asks for k bytes, and is caused by the one before. */
#include "svc.h"
#include <pthread.h>
#include <sched.h>

static int there[2], back[2];
static long rounds = 300;
static char message[4096];

static void pin(int cpu)
{
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof set, &set);
}

static void receive(int fd, long len)
{
	char buffer[4096];
	need(svc(SYS_read, fd, buffer, sizeof buffer) == len);
}

static void *pong(void *unused)
{
	(void)unused;
	pin(1);
	for (long i = 1; i <= rounds; i++) {
		receive(there[0], 2 * i - 1);
		need(svc(SYS_write, back[1], message, 2 * i) == 2 * i);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	if (argc > 1)
		rounds = atol(argv[1]);
	need(rounds > 0 && 2 * rounds <= (long)sizeof message);
	need(pipe(there) == 0 && pipe(back) == 0);
	need(pthread_create(&thread, NULL, pong, NULL) == 0);
	pin(0);
	for (long i = 1; i <= rounds; i++) {
		need(svc(SYS_write, there[1], message, 2 * i - 1) == 2 * i - 1);
		receive(back[0], 2 * i);
	}
	pthread_join(thread, NULL);
	fact("pid", getpid());
	fact("fd_there", there[1]);
	fact("fd_back", back[1]);
	fact("messages", 2 * rounds);
	return 0;
}
