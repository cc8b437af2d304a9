/* flood [THREADS [CALLS]]: threads (4) that open a path that is not there, each so many times (20000), as fast as they
 * can. Prints how many calls that were. */
#include "svc.h"
#include <pthread.h>

static long calls = 20000;

static void *open_missing(void *unused)
{
	long failed = 0;
	(void)unused;
	for (long i = 0; i < calls; i++)
		failed += svc(SYS_openat, AT_FDCWD, "/flood/missing", O_RDONLY) == -ENOENT;
	return (void *)failed;
}

int main(int argc, char **argv)
{
	pthread_t threads[64];
	long count = argc > 1 ? atol(argv[1]) : 4, made = 0;
	if (argc > 2)
		calls = atol(argv[2]);
	need(count > 0 && count <= 64);
	for (long i = 0; i < count; i++)
		need(pthread_create(&threads[i], NULL, open_missing, NULL) == 0);
	for (long i = 0; i < count; i++) {
		void *failed;
		pthread_join(threads[i], &failed);
		made += (long)failed;
	}
	fact("pid", getpid());
	fact("openat", made);
	return made == count * calls ? 0 : 1;
}
