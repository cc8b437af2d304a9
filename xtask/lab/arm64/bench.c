/* bench WORKLOAD CALLS UID: makes so many calls of a workload as that user, pinned, and prints what they took in nanoseconds,
 * which under -icount are instructions: of the one CPU, in all programs, until everything has become idle again.
 *
 * `empty` is the same span of time without the calls, `busy` with them, `spent` what the caller itself waited for: each the
 * median of several spans, since a kernel has work of its own now and then, of milliseconds. */
#include "svc.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>

/* Longer than any tool waits before it looks at what has piled up. */
#define QUIET_MS 400
#define SPANS 5

static int null_fd, socket_fd;
static char page[4096] __attribute__((aligned(4096)));
static struct sockaddr_in closed_port;
static struct iovec parts[4] = { { "alpha", 5 }, { "beta", 4 }, { "gamma", 5 }, { "delta", 5 } };

static void missing(void)
{
	need(svc(SYS_openat, AT_FDCWD, "/bench/no/such/file", O_RDONLY | O_CLOEXEC) == -ENOENT);
}

static void file(void)
{
	char text[64];
	long fd = svc(SYS_openat, AT_FDCWD, "/tmp/bench-file", O_RDONLY | O_CLOEXEC);
	need(fd >= 0);
	need(svc(SYS_read, fd, text, sizeof text) == 6);
	need(svc(SYS_close, fd) == 0);
}

static void parent(void)
{
	need(svc(SYS_getppid) >= 0);
}

static void refused(void)
{
	need(svc(SYS_connect, socket_fd, &closed_port, sizeof closed_port) == -ECONNREFUSED);
}

static void four_parts(void)
{
	need(svc(SYS_writev, null_fd, parts, 4) == 19);
}

/* What a loader, a C library and a framework do when an app starts: look for files, map one, set up memory. 20 calls. */
static void start(void)
{
	struct stat status;
	char text[64], path[64];
	unsigned word = 0;
	svc(SYS_faccessat, AT_FDCWD, "/system/bin/su", F_OK);
	svc(SYS_openat, AT_FDCWD, "/data/app/lib/arm64/libfirst.so", O_RDONLY | O_CLOEXEC);
	svc(SYS_openat, AT_FDCWD, "/system/lib64/libfirst.so", O_RDONLY | O_CLOEXEC);
	long fd = svc(SYS_openat, AT_FDCWD, "/tmp/bench-file", O_RDONLY | O_CLOEXEC);
	need(fd >= 0);
	svc(SYS_fstat, fd, &status);
	svc(SYS_read, fd, text, sizeof text);
	long at = svc(SYS_mmap, 0, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	need(at > 0);
	svc(SYS_close, fd);
	svc(SYS_newfstatat, AT_FDCWD, "/tmp/bench-file", &status, 0);
	svc(SYS_readlinkat, AT_FDCWD, "/system/bin/sh", path, sizeof path);
	svc(SYS_munmap, at, 4096);
	svc(SYS_mprotect, page, sizeof page, PROT_READ);
	svc(SYS_mprotect, page, sizeof page, PROT_READ | PROT_WRITE);
	svc(SYS_madvise, page, sizeof page, MADV_NORMAL);
	svc(SYS_futex, &word, 129, 1); /* FUTEX_WAKE_PRIVATE: nobody waits */
	svc(SYS_getuid);
	svc(SYS_gettid);
	svc(SYS_write, null_fd, "hello\n", 6);
	svc(SYS_writev, null_fd, parts, 4);
	svc(SYS_sched_yield);
}

static const struct { const char *name; void (*once)(void); long calls; } workloads[] = {
	{ "missing", missing, 1 },	{ "file", file, 3 },		 { "parent", parent, 1 },
	{ "refused", refused, 1 },	{ "four-parts", four_parts, 1 }, { "start", start, 20 },
};

static long now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000L + time.tv_nsec;
}

static long field(const char *text, const char *name)
{
	const char *at = strstr(text, name);
	need(at && strchr(at, ':'));
	return atol(strchr(at, ':') + 1);
}

/* Nanoseconds of the CPU's idleness, as exact as the clock. That of other CPUs follows in the file: there are none.
 * https://github.com/torvalds/linux/blob/v6.1/kernel/time/timer_list.c */
static long idle(int timers)
{
	static char text[1 << 16];
	long all = 0, len;
	while (all < (long)sizeof text - 1 && (len = pread(timers, text + all, sizeof text - 1 - all, all)) > 0)
		all += len;
	text[all] = 0;
	return field(text, ".idle_sleeptime") + field(text, ".iowait_sleeptime");
}

static long busy_of(int timers, void (*once)(void), long rounds, long *spent)
{
	long idle_before = idle(timers), begin = now();
	for (long i = 0; i < rounds; i++)
		once();
	*spent = now() - begin;
	pause_ms(QUIET_MS);
	long end = now();
	return end - begin - (idle(timers) - idle_before);
}

static int in_order(const void *a, const void *b)
{
	long first = *(const long *)a, second = *(const long *)b;
	return (first > second) - (first < second);
}

static long median_busy(int timers, void (*once)(void), long rounds, long *median_spent)
{
	long busy[SPANS], spent[SPANS];
	for (int i = 0; i < SPANS; i++)
		busy[i] = busy_of(timers, once, rounds, &spent[i]);
	qsort(busy, SPANS, sizeof *busy, in_order);
	qsort(spent, SPANS, sizeof *spent, in_order);
	*median_spent = spent[SPANS / 2];
	return busy[SPANS / 2];
}

int main(int argc, char **argv)
{
	need(argc == 4);
	size_t which = 0, count = sizeof workloads / sizeof *workloads;
	while (which < count && strcmp(workloads[which].name, argv[1]))
		which++;
	need(which < count);
	long rounds = atol(argv[2]) / workloads[which].calls, spent, unused;
	void (*once)(void) = workloads[which].once;

	cpu_set_t first;
	CPU_ZERO(&first);
	CPU_SET(0, &first);
	need(sched_setaffinity(0, sizeof first, &first) == 0);
	int timers = open("/proc/timer_list", O_RDONLY | O_CLOEXEC);
	need(timers >= 0);
	int fd = open("/tmp/bench-file", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	need(fd >= 0 && write(fd, "small\n", 6) == 6 && close(fd) == 0);
	closed_port.sin_family = AF_INET;
	closed_port.sin_port = htons(1);
	closed_port.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	need((null_fd = open("/dev/null", O_WRONLY | O_CLOEXEC)) >= 0);
	need((socket_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) >= 0);
	need(svc(SYS_setuid, atol(argv[3])) == 0);

	busy_of(timers, once, rounds, &unused);
	long empty = median_busy(timers, once, 0, &unused);
	long busy = median_busy(timers, once, rounds, &spent);
	fact("calls", rounds * workloads[which].calls);
	fact("rounds_in_all", rounds * (SPANS + 1));
	fact("empty", empty);
	fact("busy", busy);
	fact("spent", spent);
	return 0;
}
