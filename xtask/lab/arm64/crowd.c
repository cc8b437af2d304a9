/* crowd UID THREADS: takes that user ID, and makes so many threads that are all there
 * at once; each opens a path that is not there when it begins, and once more when all have. Prints how many calls that were. */
#include "svc.h"
#include <pthread.h>
#include <sys/resource.h>

static pthread_barrier_t all;

static void *one(void *unused)
{
	long made = 0;
	(void)unused;
	made += svc(SYS_openat, AT_FDCWD, "/crowd/first", O_RDONLY) == -ENOENT;
	pthread_barrier_wait(&all);
	made += svc(SYS_openat, AT_FDCWD, "/crowd/second", O_RDONLY) == -ENOENT;
	return (void *)made;
}

int main(int argc, char **argv)
{
	need(argc == 3);
	long uid = atol(argv[1]), count = atol(argv[2]), made = 0;
	struct rlimit enough = { 2 * count, 2 * count };
	need(setrlimit(RLIMIT_NPROC, &enough) == 0 && setresuid(uid, uid, uid) == 0);
	pthread_t *threads = calloc(count, sizeof *threads);
	pthread_attr_t small;
	need(threads && pthread_attr_init(&small) == 0 && pthread_attr_setstacksize(&small, 128 << 10) == 0);
	need(pthread_barrier_init(&all, NULL, count) == 0);
	for (long i = 0; i < count; i++)
		need(pthread_create(&threads[i], &small, one, NULL) == 0);
	for (long i = 0; i < count; i++) {
		void *of_thread;
		pthread_join(threads[i], &of_thread);
		made += (long)of_thread;
	}
	fact("pid", getpid());
	fact("openat", made);
	return made == 2 * count ? 0 : 1;
}
