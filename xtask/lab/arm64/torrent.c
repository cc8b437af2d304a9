/* torrent SECONDS ROUNDS [THREADS]: threads (6) that make the same five calls round after round, as fast as they can, for at
 * least so long and at least so often. Prints how many calls of each name that were. */
#include "svc.h"
#include <pthread.h>
#include <time.h>

enum { OPENAT, FACCESSAT, UNLINKAT, GETPPID, PWRITE64, KINDS };
static const char *const names[KINDS] = { "openat", "faccessat", "unlinkat", "getppid", "pwrite64" };

struct thread {
	pthread_t thread;
	long made[KINDS];
};

static long seconds, rounds;
static int nowhere;

static long now_s(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static void *rush(void *argument)
{
	struct thread *self = argument;
	long until = now_s() + seconds;
	for (long i = 0; i < rounds || (i % 16 && seconds) || now_s() < until; i++) {
		self->made[OPENAT] += svc(SYS_openat, AT_FDCWD, "/torrent/missing", O_RDONLY) == -ENOENT;
		self->made[FACCESSAT] += svc(SYS_faccessat, AT_FDCWD, "/torrent/missing", R_OK) == -ENOENT;
		self->made[UNLINKAT] += svc(SYS_unlinkat, AT_FDCWD, "/torrent/missing", -1) == -EINVAL;
		self->made[GETPPID] += svc(SYS_getppid) > 0;
		self->made[PWRITE64] += svc(SYS_pwrite64, nowhere, "what nobody is to read\n", 23, 0) == 23;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	static struct thread threads[64];
	need(argc > 2);
	seconds = atol(argv[1]);
	rounds = atol(argv[2]);
	long count = argc > 3 ? atol(argv[3]) : 6, made[KINDS] = { 0 };
	need(count > 0 && count <= 64);
	nowhere = open("/dev/null", O_WRONLY);
	need(nowhere >= 0);
	for (long i = 0; i < count; i++)
		need(pthread_create(&threads[i].thread, NULL, rush, &threads[i]) == 0);
	for (long i = 0; i < count; i++) {
		pthread_join(threads[i].thread, NULL);
		for (int kind = 0; kind < KINDS; kind++)
			made[kind] += threads[i].made[kind];
	}
	/* It opened one file itself. */
	made[OPENAT]++;
	for (int kind = 0; kind < KINDS; kind++)
		fact(names[kind], made[kind]);
	return made[OPENAT] == made[FACCESSAT] + 1 && made[UNLINKAT] == made[GETPPID] && made[PWRITE64] == made[GETPPID] ? 0 : 1;
}
