/* named-threads COUNT: a process and its child, each with threads of several names. They wait for the file `go`; then each
 * opens COUNT paths that say whose they are and lead nowhere, some that it may not open (`locked`), and /dev/null once.
 * Prints everybody's numbers first. */
#include "svc.h"
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define LOCKED 3
#define THREADS (sizeof NAMES / sizeof *NAMES)

static const char *const NAMES[] = {
	"pool-1", "pool-22", "my-pool", "RenderThread", "HeapTaskDaemon", "Jit thread pool",
};
static const char *process = "parent";
static long count;
static pthread_barrier_t told;

static void tell(const char *name)
{
	char key[64];
	snprintf(key, sizeof key, "%s_%s", process, name);
	for (char *at = key; *at; at++)
		if (*at == ' ' || *at == '-')
			*at = '_';
	fact(key, svc(SYS_gettid));
}

static void opens(const char *name)
{
	char path[96];
	while (svc(SYS_faccessat, AT_FDCWD, "go", F_OK) != 0)
		pause_ms(10);
	for (long i = 0; i < count; i++) {
		snprintf(path, sizeof path, "/named/%s/%s/%ld", process, name, i);
		need(svc(SYS_openat, AT_FDCWD, path, O_RDONLY) == -ENOENT);
	}
	for (long i = 0; i < LOCKED; i++) {
		snprintf(path, sizeof path, "locked/%s/%s/%ld", process, name, i);
		need(svc(SYS_openat, AT_FDCWD, path, O_RDONLY) == -EACCES);
	}
	need(svc(SYS_close, svc(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY)) == 0);
}

static void *thread(void *name)
{
	need(prctl(PR_SET_NAME, name) == 0);
	tell(name);
	pthread_barrier_wait(&told);
	opens(name);
	return NULL;
}

static void begin(pthread_t *threads)
{
	need(pthread_barrier_init(&told, NULL, THREADS + 1) == 0);
	for (unsigned i = 0; i < THREADS; i++)
		need(pthread_create(&threads[i], NULL, thread, (void *)NAMES[i]) == 0);
	pthread_barrier_wait(&told);
	tell(program_invocation_short_name);
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS];
	int status = 0;
	need(argc == 2);
	count = atol(argv[1]);
	begin(threads);
	pid_t child = fork();
	need(child >= 0);
	if (child == 0) {
		process = "child";
		begin(threads);
		fact("all", count);
	}
	opens(program_invocation_short_name);
	for (unsigned i = 0; i < THREADS; i++)
		need(pthread_join(threads[i], NULL) == 0);
	need(child == 0 || waitpid(child, &status, 0) == child);
	return status;
}
