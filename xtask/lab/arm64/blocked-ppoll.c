/* 40 threads wait in ppoll on one pipe until a byte wakes them all.
 * `during`: wakes them as soon as all of them wait.
 * `before FILE`: prints READY once all of them wait, wakes them when FILE appears (the tracer has attached). */
#include "svc.h"
#include <poll.h>
#include <pthread.h>

#define THREADS 40
static int pipe_fds[2];
static volatile int tids[THREADS];
static volatile long results[THREADS];

static void *wait_in_ppoll(void *number)
{
	long i = (long)number;
	struct pollfd on_pipe = { .fd = pipe_fds[0], .events = POLLIN };
	tids[i] = svc(SYS_gettid);
	results[i] = svc(SYS_ppoll, &on_pipe, 1, 0, 0, 8);
	return NULL;
}

static void until_file(const char *path)
{
	for (int i = 0; i < 3000 && access(path, F_OK) != 0; i++)
		pause_ms(20);
	need(access(path, F_OK) == 0);
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS];
	need(argc > 1 && (strcmp(argv[1], "during") == 0 || argc > 2));
	need(pipe(pipe_fds) == 0);
	for (long i = 0; i < THREADS; i++)
		need(pthread_create(&threads[i], NULL, wait_in_ppoll, (void *)i) == 0);
	for (int i = 0; i < THREADS; i++) {
		while (!tids[i])
			pause_ms(1);
		need(until_asleep(getpid(), tids[i]));
	}
	fact("pid", getpid());
	if (argc > 2) {
		printf("READY\n");
		fflush(stdout);
		until_file(argv[2]);
	}
	need(write(pipe_fds[1], "x", 1) == 1);
	long woken = 0;
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		woken += results[i] == 1;
		fact("tid", tids[i]);
	}
	fact("ppoll", THREADS);
	fact("woken", woken);
	return woken == THREADS ? 0 : 1;
}
