/* turns pipe|futex|rings ROUNDS: two threads on two CPUs take turns. Each turn is a call that ends the wait of the other thread,
 * so the k-th of all is caused by the one before; it says k: a write of k in eight digits, or a FUTEX_WAKE of at most k threads
 * that woke one. With rings it is a call before that write, of a path that ends with k: an openat by the second thread, a
 * faccessat by the first. */
#include "svc.h"
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>

static int by_futex, by_rings, pipes[2][2];
static long rounds;
/* Whose turn it is not waits here. */
static struct { uint32_t word, unused[63]; } waiting[2];

static void give(int to, long k)
{
	if (by_futex) {
		/* It may not wait yet: then nobody was woken, and this was no turn. */
		while (svc(SYS_futex, &waiting[to].word, FUTEX_WAKE_PRIVATE, k) != 1)
			svc(SYS_sched_yield);
		return;
	}
	char text[16];
	if (by_rings) {
		snprintf(text, sizeof text, "turn-%08ld", k);
		if (to == 0)
			need(svc(SYS_openat, AT_FDCWD, text, O_RDONLY) == -ENOENT);
		else
			need(svc(SYS_faccessat, AT_FDCWD, text, R_OK) == -ENOENT);
	}
	snprintf(text, sizeof text, "%08ld", k);
	need(svc(SYS_write, pipes[to][1], text, 8) == 8);
}

static void take(int own, long k)
{
	if (by_futex) {
		need(svc(SYS_futex, &waiting[own].word, FUTEX_WAIT_PRIVATE, 0, 0) == 0);
		return;
	}
	char text[16] = "";
	need(svc(SYS_read, pipes[own][0], text, 8) == 8 && atol(text) == k);
}

static void *second(void *unused)
{
	(void)unused;
	for (long k = 1; k < 2 * rounds; k += 2) {
		take(1, k);
		give(0, k + 1);
	}
	return NULL;
}

static void pin(pthread_t thread, int cpu)
{
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	need(pthread_setaffinity_np(thread, sizeof set, &set) == 0);
}

int main(int argc, char **argv)
{
	pthread_t thread;
	need(argc == 3);
	by_futex = strcmp(argv[1], "futex") == 0;
	by_rings = strcmp(argv[1], "rings") == 0;
	rounds = atol(argv[2]);
	need(pipe(pipes[0]) == 0 && pipe(pipes[1]) == 0);
	need(pthread_create(&thread, NULL, second, NULL) == 0);
	pin(thread, 1);
	pin(pthread_self(), 0);
	for (long k = 1; k < 2 * rounds; k += 2) {
		give(1, k);
		take(0, k + 1);
	}
	pthread_join(thread, NULL);
	char name[32];
	snprintf(name, sizeof name, "%s_pid", argv[1]);
	fact(name, getpid());
	fact("to_second", pipes[1][1]);
	fact("to_first", pipes[0][1]);
	fact("turns", 2 * rounds);
	return 0;
}
