/* What calls leave as it was, and arguments whose width or meaning another argument tells. */
#include <netinet/in.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

#ifndef SO_MAX_PACING_RATE
#define SO_MAX_PACING_RATE 47
#endif

/* What lies there before: nothing that a kernel would write. */
static void *stale(void *memory, size_t size)
{
	return memset(memory, 0x5a, size);
}
#define STALE(what) stale(&(what), sizeof(what))

static void waits(void)
{
	int status;
	siginfo_t info;
	struct rusage usage;
	pid_t child = fork();
	need(child >= 0);
	if (child == 0)
		for (;;)
			pause();
	need(as("none", SYS_wait4, child, STALE(status), WNOHANG, STALE(usage)) == 0);
	need(as("none", SYS_waitid, P_PID, child, STALE(info), WEXITED | WNOHANG, STALE(usage)) == 0);
	kill(child, SIGKILL);
	need(as("found", SYS_waitid, P_PID, child, STALE(info), WEXITED, STALE(usage)) == 0);
}

static void rings(int number)
{
	(void)number;
}

static void sleeps(void)
{
	struct sigaction action = { .sa_handler = rings };
	struct itimerval soon = { .it_value = { 0, 300000 } };
	long left[2], blink[2] = { 0, 1000 }, long_time[2] = { 9, 0 };
	need(as("slept", SYS_nanosleep, blink, STALE(left)) == 0);
	need(as("slept", SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, blink, STALE(left)) == 0);
	sigaction(SIGALRM, &action, 0);
	setitimer(ITIMER_REAL, &soon, 0);
	need(as("woken", SYS_nanosleep, long_time, STALE(left)) < 0);
	setitimer(ITIMER_REAL, &soon, 0);
	need(as("woken", SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, long_time, STALE(left)) < 0);
}

static void widths(void)
{
	uint32_t loopback = htonl(INADDR_LOOPBACK), rate[2] = { 1000000, 0x5a5a5a5a }, handle[34] = { 128 }, attr[14];
	uint64_t mount;
	unsigned char hops[4] = { 64, 0x5a, 0x5a, 0x5a };
	int udp = socket(AF_INET, SOCK_DGRAM, 0);
	need(udp >= 0);
	need(as("byte", SYS_setsockopt, udp, IPPROTO_IP, IP_TTL, hops, 1) == 0);
	need(as("interface", SYS_setsockopt, udp, IPPROTO_IP, IP_MULTICAST_IF, &loopback, 4) == 0);
	need(as("pacing", SYS_setsockopt, udp, SOL_SOCKET, SO_MAX_PACING_RATE, rate, 4) == 0);
	close(udp);
	as("unique", SYS_name_to_handle_at, -100, "/bin", handle, STALE(mount), 1);
	stale(attr, sizeof attr);
	memset(attr, 0, 48);
	attr[0] = 48;
	need(as("first-version", SYS_sched_setattr, 0, attr, 0) == 0);
}

static void commands(void)
{
	struct epoll_event event = { 0 };
	char text[64];
	int pair[2], epoll = epoll_create1(0);
	need(pipe(pair) == 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, pair[0], &event) == 0);
	need(as("delete", SYS_epoll_ctl, epoll, EPOLL_CTL_DEL, pair[0], STALE(event)) == 0);
	as("unread", SYS_syslog, 9, STALE(text), sizeof text);
	as("version", SYS_landlock_create_ruleset, 0, 0, 1);
	as("binary", SYS_fsconfig, -1, 2, "key", "bl\0b", 4);
	as("path", SYS_fsconfig, -1, 3, "source", "/dev/vda", -100);
}

static void identities(void)
{
	uint32_t head[2] = { 0x19980330, 0 }, data[6];
	/* 32-bit code has 16 bits of each. */
	long unchanged = sizeof(long) == 4 ? 0xffff : -1;
	as("unchanged", SYS_setresuid, unchanged, unchanged, unchanged);
	need(as("version-1", SYS_capget, head, STALE(data)) == 0);
	as("version-1", SYS_capset, head, data);
}

static void unwritten(void)
{
	waits();
	sleeps();
	widths();
	commands();
	identities();
}
