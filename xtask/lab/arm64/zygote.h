/* What the stand-in zygote (zygote.c) and its children share: for each process its orders and what became of it, which
 * makes the ground truth. It is memory that all of them map, so telling of something costs no call. */
#ifndef ZYGOTE_H
#define ZYGOTE_H

#include "svc.h"
#include <linux/futex.h>
#include <sys/mman.h>
#include <time.h>

enum { SLOTS = 2048, RUNS = 640, MARKS = 24 };

/* How far a process has come. */
enum stage { FORKED, BECAME, NAMED, WAITS };

struct slot {
	/* The order. */
	char kind[24], name[128], package[64], end[12];
	int uid, marks;
	/* The slot of the zygote that makes it; -1 is the first one. */
	int parent;
	/* A waiting process took the order over: this slot is nobody's. */
	int taken;
	/* What became of it; `told` is that it was told to end. */
	int pid, status, ended, told, child;
	volatile int stage;
	/* CLOCK_BOOTTIME: before the fork, after `setresuid`, after the name, after it was reaped, before each mark. */
	long forked_ns, became_ns, named_ns, ended_ns, mark_ns[MARKS];
	int marked;
	/* The numbers of its calls in order, and how often each came in a row. */
	unsigned runs;
	struct { short nr, times; } run[RUNS];
};

static struct shared {
	/* Grows with every order to those that wait. */
	volatile int round;
	volatile int over;
	/* How often a child zygote has reaped. */
	volatile int reaped;
	int slots;
	struct slot slot[SLOTS];
} *shared;

/* Of the process that runs this; NULL in the first zygote. */
static struct slot *me;
/* The memory that holds the command line. */
static char *block;
static size_t room;

static long now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000000000L + now.tv_nsec;
}

/* A call of a child's: told, then made. */
static long made(long nr, long a, long b, long c, long d, long e, long f)
{
	if (me) {
		if (me->runs && me->run[me->runs - 1].nr == nr)
			me->run[me->runs - 1].times++;
		else if (me->runs < RUNS) {
			me->run[me->runs].nr = nr;
			me->run[me->runs++].times = 1;
		} else
			svc(SYS_exit_group, 99); /* better no truth than half of it */
	}
	return svc6(nr, a, b, c, d, e, f);
}

#define MADE_PICK(nr, a, b, c, d, e, f, ...) \
	made((long)(nr), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define call(...) MADE_PICK(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

static void __attribute__((noreturn)) leave(int status)
{
	for (;;)
		call(SYS_exit_group, status);
}

/* What a child cannot do without; its status says where it was. */
#define must(condition) \
	do { \
		if (!(condition)) \
			leave(100 + __COUNTER__); \
	} while (0)

/* The number that is part of each path, so that paths are of one process alone. */
static int own_number(void)
{
	return me - shared->slot;
}

/* /data/user/N/PACKAGE/marker-KIND-NUMBER-SEQ, which says who it is. */
static void mark_path(char *path, size_t size, int seq)
{
	snprintf(path, size, "/data/user/%d/%s/marker-%s-%d-%d", me->uid / 100000, me->package, me->kind, own_number(), seq);
}

static void mark_once(void)
{
	char path[256];
	must(me->marked < MARKS);
	mark_path(path, sizeof path, me->marked);
	me->mark_ns[me->marked++] = now_ns();
	call(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
}

#endif
