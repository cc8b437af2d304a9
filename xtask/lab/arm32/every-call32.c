/* Makes every system call of 32-bit ARM at least once: those of a list with arguments that mean something, then every
 * number up to LAST with arguments that do nothing (-1 and null pointers), then ARM's private calls. Prints each call as
 * `call=NUMBER RESULT`, in order, and the numbers that it leaves out as `skipped=NUMBER`. The calls between the marks
 * "begin" and "end" are exactly these. Not for root: for root some of the calls would do what they say. */
#include "svc.h"
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>

#define LAST 475

static struct { int nr; long long ret; } made[1000];
static int count;
static char done[LAST + 1];
/* Asked for once: between the marks nothing but the listed calls is made. */
static int pid;

static long note(int nr, long ret)
{
	need(count < (int)(sizeof made / sizeof *made));
	made[count].nr = nr;
	/* Errors are negative, addresses are not. */
	made[count++].ret = (unsigned long)ret > -4096UL ? ret : (long long)(unsigned long)ret;
	if (nr <= LAST)
		done[nr] = 1;
	return ret;
}

#define call(nr, ...) note(nr, svc(nr, ##__VA_ARGS__))
#define skip(nr) (done[nr] = 2)

static char buffer[4096], dir[64], path[128], second[128];
static struct { int32_t sec, nsec; } instant32 = { 0, 1000 }, none32;
static struct { int64_t sec, nsec; } instant64 = { 0, 1000 }, none64;
static struct iovec iovecs[2] = { { "first ", 6 }, { "second", 6 } };
static struct iovec into[2] = { { buffer, 4 }, { buffer + 4, 4 } };

static void files(void)
{
	long fd, at;
	snprintf(path, sizeof path, "%s/file", dir);
	snprintf(second, sizeof second, "%s/second", dir);
	call(39, dir, 0700);                                  /* mkdir */
	at = call(5, dir, O_RDONLY | O_DIRECTORY);            /* open */
	fd = call(322, at, "file", O_RDWR | O_CREAT, 0644);   /* openat */
	call(8, second, 0600);                                /* creat */
	call(4, fd, "some text\n\xff", 11);                   /* write */
	call(181, fd, "at 4G", 5, 0, 2, 0);                   /* pwrite64: a pair of registers */
	call(180, fd, buffer, 5, 0, 2, 1);                    /* pread64 at 0x1_0000_0002 */
	call(146, fd, iovecs, 2);                             /* writev */
	call(145, fd, into, 2);                               /* readv */
	call(361, fd, into, 2, 1, 0);                         /* preadv */
	call(362, fd, iovecs, 2, 1, 0);                       /* pwritev */
	call(19, fd, 0, SEEK_SET);                            /* lseek */
	call(140, fd, 1, 2, buffer, SEEK_SET);                /* _llseek */
	call(3, fd, buffer, 11);                              /* read */
	call(195, path, buffer);                              /* stat64 */
	call(196, path, buffer);                              /* lstat64 */
	call(197, fd, buffer);                                /* fstat64 */
	call(327, at, "file", buffer, 0);                     /* fstatat64 */
	call(397, at, "file", 0, 0x7ff, buffer);              /* statx */
	call(266, "/proc", 88, buffer);                       /* statfs64 */
	call(267, fd, 88, buffer);                            /* fstatfs64 */
	call(33, path, R_OK);                                 /* access */
	call(334, at, "file", R_OK);                          /* faccessat */
	call(15, path, 0600);                                 /* chmod */
	call(212, path, -1, -1);                              /* chown32 */
	call(92, path, 4096);                                 /* truncate */
	call(193, path, 0, 8192, 0);                          /* truncate64 */
	call(194, fd, 0, 4096, 0);                            /* ftruncate64 */
	call(352, fd, 0, 0, 0, 4096, 0);                      /* fallocate */
	call(270, fd, 0, 0, 0, 4096, 0);                      /* arm_fadvise64_64 */
	call(225, fd, 0, 0, 0, 4096);                         /* readahead */
	call(221, fd, F_GETFL, 0);                            /* fcntl64 */
	call(54, fd, 0x5401, buffer);                         /* ioctl */
	call(217, at, buffer, sizeof buffer);                 /* getdents64 */
	call(83, "file", second);                             /* symlink */
	call(85, second, buffer, 64);                         /* readlink */
	call(38, path, second);                               /* rename */
	call(10, second);                                     /* unlink */
	call(40, dir);                                        /* rmdir */
	call(183, buffer, sizeof buffer);                     /* getcwd */
	call(12, "/");                                        /* chdir */
	call(60, 022);                                        /* umask */
	call(6, fd);                                          /* close */
}

static void sockets(void)
{
	struct sockaddr_in server = { .sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(0x7f000001) };
	struct sockaddr_un nobody = { .sun_family = AF_UNIX, .sun_path = "/dev/socket/nobody" };
	int pair[2] = { -1, -1 }, one = 1, len = sizeof server;
	struct msghdr message = { .msg_iov = iovecs, .msg_iovlen = 2 };
	long fd = call(281, AF_INET, SOCK_STREAM, 0);         /* socket */
	call(283, fd, &server, sizeof server);                /* connect */
	call(294, fd, SOL_SOCKET, SO_REUSEADDR, &one, 4);     /* setsockopt */
	call(295, fd, SOL_SOCKET, 3, &one, &len);             /* getsockopt */
	call(286, fd, buffer, &len);                          /* getsockname */
	fd = call(281, AF_UNIX, SOCK_STREAM, 0);
	call(283, fd, &nobody, sizeof nobody);
	call(288, AF_UNIX, SOCK_DGRAM, 0, pair);              /* socketpair */
	call(290, pair[0], "datagram", 8, 0, 0, 0);           /* sendto */
	call(292, pair[1], buffer, 64, MSG_DONTWAIT, 0, 0);   /* recvfrom */
	call(296, pair[0], &message, 0);                      /* sendmsg */
	message.msg_iov = into;
	call(297, pair[1], &message, MSG_DONTWAIT);           /* recvmsg */
}

static void tasks_and_time(void)
{
	struct pollfd on_nothing = { .fd = -1, .events = POLLIN };
	int ends[2], status, word = 0;
	uint64_t set = 1 << 9;
	long at = call(192, 0, 65536, 3, 0x22, -1, 0);        /* mmap2 */
	call(125, at, 65536, 1);                              /* mprotect */
	call(220, at, 65536, 4);                              /* madvise */
	at = call(163, at, 65536, 131072, 1, 0);              /* mremap */
	call(91, at, 131072);                                 /* munmap */
	call(45, 0);                                          /* brk */
	call(42, ends);                                       /* pipe */
	call(168, &on_nothing, 1, 0);                         /* poll */
	call(336, &on_nothing, 1, &none32, 0, 8);             /* ppoll */
	call(414, &on_nothing, 1, &none64, 0, 8);             /* ppoll_time64 */
	call(142, 0, 0, 0, 0, &none32);                       /* _newselect */
	call(335, 0, 0, 0, 0, &none32, 0);                    /* pselect6 */
	call(413, 0, 0, 0, 0, &none64, 0);                    /* pselect6_time64 */
	call(162, &instant32, 0);                             /* nanosleep */
	call(265, CLOCK_MONOTONIC, 0, &instant32, 0);         /* clock_nanosleep */
	call(407, CLOCK_MONOTONIC, 0, &instant64, 0);         /* clock_nanosleep_time64 */
	call(263, CLOCK_REALTIME, buffer);                    /* clock_gettime */
	call(403, CLOCK_REALTIME, buffer);                    /* clock_gettime64 */
	call(78, buffer, 0);                                  /* gettimeofday */
	call(240, &word, 0x80, 1, &instant32);                /* futex */
	call(422, &word, 0x80, 1, &instant64);                /* futex_time64 */
	call(27, 0);                                          /* alarm */
	call(175, SIG_BLOCK, &set, 0, 8);                     /* rt_sigprocmask */
	call(126, SIG_BLOCK, 0, 0);                           /* sigprocmask */
	call(37, pid, 0);                                /* kill */
	long child = call(2);                                 /* fork */
	if (child == 0)
		svc(248, 3);
	call(114, child, &status, 0, buffer);                 /* wait4 */
	char *arguments[] = { "program", "argument", NULL }, *environment[] = { "A=B", NULL };
	call(11, "/nowhere/program", arguments, environment); /* execve */
	call(387, AT_FDCWD, "/nowhere/program", arguments, 0, 0);
	call(172, 15, "every-call32");                        /* prctl */
	call(122, buffer);                                    /* uname */
	call(116, buffer);                                    /* sysinfo */
	call(191, 7, buffer);                                 /* ugetrlimit */
	call(384, buffer, 16, 1);                             /* getrandom */
	call(256, &word);                                     /* set_tid_address */
	call(136, 0xffffffff);                                /* personality */
}

static void leave_out(void)
{
	skip(1);   /* exit */
	skip(248); /* exit_group: the child makes it */
	skip(29);  /* pause */
	skip(72);  /* sigsuspend */
	skip(179); /* rt_sigsuspend */
	skip(119); /* sigreturn: restores registers that were never saved */
	skip(173); /* rt_sigreturn */
	skip(190); /* vfork: two returns on one stack */
}

int main(void)
{
	uintptr_t thread;
	if (getuid() == 0) {
		fprintf(stderr, "every-call32: not as root\n");
		return 98;
	}
	__asm__("mrc p15, 0, %0, c13, c0, 3" : "=r"(thread));
	pid = getpid();
	snprintf(dir, sizeof dir, "/tmp/every-call32-%d", pid);
	fact("pid", pid);
	mark("begin");
	files();
	sockets();
	tasks_and_time();
	leave_out();
	for (int nr = 0; nr <= LAST; nr++)
		if (done[nr] != 2 && nr != 2 && nr != 336 && nr != 414) /* fork; ppoll, which would wait for ever */
			call(nr, -1);
	call(0xf0002, buffer, buffer + 64, 0); /* cacheflush */
	call(0xf0005, thread);                 /* set_tls */
	call(0xf0006);                         /* get_tls: only some kernels have it */
	mark("end");
	for (int i = 0; i < count; i++)
		printf("call=%d %lld\n", made[i].nr, made[i].ret);
	for (int nr = 0; nr <= LAST; nr++)
		if (done[nr] == 2)
			printf("skipped=%d\n", nr);
	return 0;
}
