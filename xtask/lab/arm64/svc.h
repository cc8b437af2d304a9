/* System calls by an `svc` in the program's own code, as protected apps make them, and what the programs share:
 * giving up when their own set-up fails, markers that split a trace into parts, telling whether a thread sleeps. */
#ifndef SVC_H
#define SVC_H

#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../need.h"

/* Always inlined: the `svc` lies in the function that makes the call. */
static inline __attribute__((always_inline)) long svc6(long nr, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;
	__asm__ volatile("svc #0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory", "cc");
	return x0;
}

#define SVC_PICK(nr, a, b, c, d, e, f, ...) \
	svc6((long)(nr), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
/* The kernel's own answer: an error is a small negative number. Missing arguments are zero. */
#define svc(...) SVC_PICK(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

/* A call that stands in the trace where this stands in the program. */
#define mark(name) svc(SYS_faccessat, AT_FDCWD, "/marker/" name, F_OK)

static inline void fact(const char *key, long value)
{
	printf("%s=%ld\n", key, value);
	fflush(stdout);
}

static inline void pause_ms(long ms)
{
	struct { long sec, nsec; } time = { ms / 1000, ms % 1000 * 1000000 };
	svc(SYS_nanosleep, &time, 0);
}

/* The letter that /proc has for a thread's state; '?' once it is gone. */
static inline char thread_state(int pid, int tid)
{
	char path[64], text[256];
	snprintf(path, sizeof path, "/proc/%d/task/%d/stat", pid, tid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return '?';
	long len = read(fd, text, sizeof text - 1);
	close(fd);
	text[len > 0 ? len : 0] = 0;
	char *name_end = strrchr(text, ')');
	return name_end && name_end[1] ? name_end[2] : '?';
}

/* Until the thread waits for something, ten seconds at most. The caller knows that it has passed its set-up. */
static inline int until_asleep(int pid, int tid)
{
	for (int i = 0; i < 1000; i++) {
		if (thread_state(pid, tid) == 'S')
			return 1;
		pause_ms(10);
	}
	return 0;
}

#endif
