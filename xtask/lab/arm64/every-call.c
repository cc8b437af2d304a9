/* Makes every system call at least once: those of a list with arguments that mean something, some to succeed and some to
 * fail, then every number up to LAST with arguments that do nothing (-1 and null pointers). Prints each call as
 * `call=NUMBER RESULT`, in order, and the numbers that it leaves out as `skipped=NUMBER`. The calls between the marks
 * "begin" and "end" are exactly these. Not for root: for root some of the calls would do what they say. */
#include "svc.h"
#include <dirent.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>

#define LAST 475

/* No headers of the C library's own age know all of these. */
#define NR_openat2 437
#define NR_close_range 436
#define NR_clone3 435
#define NR_faccessat2 439
#define NR_pidfd_open 434
#define NR_pidfd_send_signal 424
#define NR_epoll_pwait2 441
#define NR_fchmodat2 452

static struct { int nr; long ret; } made[1000];
static int count;
static char done[LAST + 1];
/* Asked for once: between the marks nothing but the listed calls is made. */
static int pid;

static long note(int nr, long ret)
{
	need(count < (int)(sizeof made / sizeof *made));
	made[count].nr = nr;
	made[count++].ret = ret;
	if (nr <= LAST)
		done[nr] = 1;
	return ret;
}

#define call(nr, ...) note(nr, svc(nr, ##__VA_ARGS__))
/* Not made, or made by a child: their lines are not this thread's. */
#define skip(nr) (done[nr] = 2)

static char buffer[4096], other_buffer[64], dir[64], path[128], second[128];
static struct timespec instant = { 0, 1000 }, none;
static struct iovec iovecs[2] = { { "first ", 6 }, { "second", 6 } };
static struct iovec into[2] = { { other_buffer, 4 }, { other_buffer + 4, 4 } };

static const char *in_dir(char *to, const char *name)
{
	snprintf(to, sizeof path, "%s/%s", dir, name);
	return to;
}

static void files(void)
{
	struct stat status;
	struct statfs system;
	char statx[256];
	long fd, at;
	struct { uint64_t flags, mode, resolve; } how = { O_RDONLY, 0, 0 };
	struct timespec times[2] = { { 1, 2 }, { 3, 4 } };
	in_dir(path, "file");
	in_dir(second, "renamed");
	call(SYS_mkdirat, AT_FDCWD, dir, 0700);
	at = call(SYS_openat, AT_FDCWD, dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fd = call(SYS_openat, at, "file", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	call(SYS_openat, AT_FDCWD, "/nowhere", O_WRONLY | O_CREAT | O_EXCL, 0);
	call(NR_openat2, at, "file", &how, sizeof how);
	call(SYS_write, fd, "some text\n\xff", 11);
	call(SYS_pwrite64, fd, "at 4096", 7, 4096);
	call(SYS_writev, fd, iovecs, 2);
	call(SYS_pwritev, fd, iovecs, 2, 100, 0);
	call(SYS_pwritev2, fd, iovecs, 2, 200, 0, 0);
	call(SYS_lseek, fd, 0, SEEK_SET);
	call(SYS_read, fd, buffer, 11);
	call(SYS_pread64, fd, buffer, 7, 4096);
	call(SYS_readv, fd, into, 2);
	call(SYS_preadv, fd, into, 2, 0, 0);
	call(SYS_preadv2, fd, into, 2, 0, 0, 0);
	call(SYS_fstat, fd, &status);
	call(SYS_newfstatat, AT_FDCWD, path, &status, AT_SYMLINK_NOFOLLOW);
	call(SYS_newfstatat, fd, "", &status, AT_EMPTY_PATH);
	call(SYS_statx, at, "file", AT_SYMLINK_NOFOLLOW, 0x7ff, statx);
	call(SYS_statfs, "/proc", &system);
	call(SYS_fstatfs, fd, &system);
	call(SYS_faccessat, at, "file", R_OK | W_OK);
	call(NR_faccessat2, at, "file", R_OK, AT_EACCESS);
	call(SYS_fchmod, fd, 0600);
	call(SYS_fchmodat, at, "file", 0640);
	call(NR_fchmodat2, at, "file", 0600, AT_SYMLINK_NOFOLLOW);
	call(SYS_fchown, fd, -1, -1);
	call(SYS_fchownat, at, "file", -1, -1, AT_SYMLINK_NOFOLLOW);
	call(SYS_utimensat, at, "file", times, 0);
	call(SYS_truncate, path, 8192);
	call(SYS_ftruncate, fd, 4096);
	call(SYS_fallocate, fd, 0, 0, 4096);
	call(SYS_fadvise64, fd, 0, 0, 0);
	call(SYS_readahead, fd, 0, 4096);
	call(SYS_fsync, fd);
	call(SYS_fdatasync, fd);
	call(SYS_sync_file_range, fd, 0, 0, 0);
	call(SYS_flock, fd, 2);
	call(SYS_setxattr, path, "user.name", "value", 5, 0);
	call(SYS_getxattr, path, "user.name", buffer, 64);
	call(SYS_listxattr, path, buffer, 64);
	call(SYS_linkat, at, "file", at, "link", 0);
	call(SYS_symlinkat, "file", at, "symlink");
	call(SYS_readlinkat, at, "symlink", buffer, 64);
	call(SYS_renameat2, at, "link", AT_FDCWD, second, 1);
	call(SYS_renameat, at, "renamed", at, "link");
	call(SYS_mknodat, at, "fifo", S_IFIFO | 0600, 0);
	call(SYS_getdents64, at, buffer, sizeof buffer);
	call(SYS_fchdir, at);
	call(SYS_chdir, "/");
	call(SYS_getcwd, buffer, sizeof buffer);
	call(SYS_unlinkat, at, "file", 0);
	call(SYS_unlinkat, at, "link", 0);
	call(SYS_unlinkat, at, "symlink", 0);
	call(SYS_unlinkat, at, "fifo", 0);
	call(SYS_unlinkat, AT_FDCWD, dir, AT_REMOVEDIR);
	call(SYS_mount, "source", "/nowhere", "tmpfs", 0x6, "size=1m");
	call(SYS_umount2, "/nowhere", 2);
	call(SYS_umask, 022);
	call(SYS_close, fd);
}

static void descriptors(void)
{
	int ends[2] = { -1, -1 };
	long fd, epoll;
	struct epoll_event event = { EPOLLIN, { .u64 = 7 } };
	struct pollfd on_pipe;
	uint64_t number = 1, mask = 1 << 9;
	struct itimerspec soon = { { 0, 0 }, { 1000, 0 } };
	call(SYS_pipe2, ends, O_CLOEXEC | O_NONBLOCK);
	call(SYS_write, ends[1], "piped", 5);
	call(SYS_tee, ends[0], ends[1], 5, 2);
	call(SYS_vmsplice, ends[1], iovecs, 1, 2);
	call(SYS_splice, ends[0], 0, ends[1], 0, 5, 2);
	call(SYS_sendfile, ends[1], ends[0], 0, 4);
	call(SYS_copy_file_range, ends[0], 0, ends[1], 0, 4, 0);
	fd = call(SYS_dup, ends[0]);
	call(SYS_dup3, ends[0], fd, O_CLOEXEC);
	call(SYS_fcntl, fd, F_GETFL, 0);
	call(SYS_fcntl, fd, F_SETFD, FD_CLOEXEC);
	call(SYS_ioctl, fd, 0x541b, &number);
	call(SYS_ioctl, fd, 0x5401, buffer);
	epoll = call(SYS_epoll_create1, EPOLL_CLOEXEC);
	call(SYS_epoll_ctl, epoll, EPOLL_CTL_ADD, ends[0], &event);
	call(SYS_epoll_pwait, epoll, &event, 1, 0, 0, 8);
	call(NR_epoll_pwait2, epoll, &event, 1, &none, 0, 8);
	on_pipe = (struct pollfd){ .fd = ends[0], .events = POLLIN };
	call(SYS_ppoll, &on_pipe, 1, &none, 0, 8);
	call(SYS_pselect6, 0, 0, 0, 0, &none, 0);
	fd = call(SYS_eventfd2, 1, 0x80800);
	call(SYS_read, fd, &number, 8);
	call(SYS_signalfd4, -1, &mask, 8, 0x80800);
	fd = call(SYS_timerfd_create, CLOCK_MONOTONIC, 0x80800);
	call(SYS_timerfd_settime, fd, 0, &soon, 0);
	call(SYS_timerfd_gettime, fd, &soon);
	fd = call(SYS_inotify_init1, 0x80800);
	call(SYS_inotify_add_watch, fd, "/etc", 0x2);
	call(SYS_inotify_rm_watch, fd, 1);
	call(SYS_memfd_create, "every", 1);
	call(NR_close_range, 900, 1000, 0);
}

static void messages(int fd, int peer)
{
	char control[64] = "";
	struct msghdr message = { .msg_iov = iovecs, .msg_iovlen = 2 };
	struct mmsghdr several[2] = { { .msg_hdr = message }, { .msg_hdr = message } };
	call(SYS_sendto, fd, "datagram", 8, 0, 0, 0);
	call(SYS_recvfrom, peer, buffer, 64, MSG_DONTWAIT, 0, 0);
	call(SYS_sendmsg, fd, &message, 0);
	message.msg_iov = into;
	message.msg_control = control;
	message.msg_controllen = sizeof control;
	call(SYS_recvmsg, peer, &message, MSG_DONTWAIT);
	call(SYS_sendmmsg, fd, several, 2, 0);
	several[0].msg_hdr = several[1].msg_hdr = message;
	call(SYS_recvmmsg, peer, several, 2, MSG_DONTWAIT, &none);
}

static void sockets(void)
{
	struct sockaddr_in server = { .sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(0x7f000001) };
	struct sockaddr_in6 server6 = { .sin6_family = AF_INET6, .sin6_port = htons(9), .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_un local = { .sun_family = AF_UNIX };
	struct sockaddr_un nobody = { .sun_family = AF_UNIX, .sun_path = "/dev/socket/nobody" };
	int pair[2] = { -1, -1 }, one = 1;
	socklen_t len = sizeof server;
	long fd = call(SYS_socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), named;
	call(SYS_connect, fd, &server, sizeof server);
	call(SYS_setsockopt, fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	call(SYS_getsockopt, fd, SOL_SOCKET, SO_TYPE, &one, &len);
	len = sizeof server;
	fd = call(SYS_socket, AF_INET6, SOCK_DGRAM, 0);
	call(SYS_connect, fd, &server6, sizeof server6);
	named = call(SYS_socket, AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	snprintf(local.sun_path + 1, sizeof local.sun_path - 1, "every-call-%d", pid);
	call(SYS_bind, named, &local, 2 + 1 + strlen(local.sun_path + 1));
	call(SYS_listen, named, 1);
	len = sizeof server6;
	call(SYS_accept, named, buffer, &len);
	call(SYS_accept4, named, buffer, &len, SOCK_CLOEXEC);
	len = sizeof server6;
	call(SYS_getsockname, named, buffer, &len);
	call(SYS_getpeername, named, buffer, &len);
	call(SYS_connect, named, &nobody, sizeof nobody);
	call(SYS_socketpair, AF_UNIX, SOCK_DGRAM, 0, pair);
	messages(pair[0], pair[1]);
	call(SYS_shutdown, pair[0], SHUT_RDWR);
}

static void memory(void)
{
	char *at = (char *)call(SYS_mmap, 0, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	call(SYS_mmap, 0, 65536, PROT_READ, MAP_PRIVATE, -1, 0);
	call(SYS_mprotect, at, 65536, PROT_READ);
	call(SYS_madvise, at, 65536, MADV_DONTNEED);
	call(SYS_mincore, at, 65536, buffer);
	call(SYS_mlock, at, 4096);
	call(SYS_munlock, at, 4096);
	call(SYS_msync, at, 65536, MS_ASYNC);
	at = (char *)call(SYS_mremap, at, 65536, 131072, MREMAP_MAYMOVE);
	call(SYS_munmap, at, 131072);
	call(SYS_brk, 0);
	long id = call(SYS_shmget, IPC_PRIVATE, 4096, IPC_CREAT | 0600);
	at = (char *)call(SYS_shmat, id, 0, 0);
	call(SYS_shmdt, at);
	call(SYS_shmctl, id, IPC_RMID, 0);
	id = call(SYS_semget, IPC_PRIVATE, 1, IPC_CREAT | 0600);
	struct sembuf up = { 0, 1, IPC_NOWAIT };
	call(SYS_semop, id, &up, 1);
	call(SYS_semtimedop, id, &up, 1, &none);
	call(SYS_semctl, id, 0, IPC_RMID, 0);
	id = call(SYS_msgget, IPC_PRIVATE, IPC_CREAT | 0600);
	struct { long type; char text[8]; } message = { 1, "message" };
	call(SYS_msgsnd, id, &message, 8, IPC_NOWAIT);
	call(SYS_msgrcv, id, &message, 8, 0, IPC_NOWAIT);
	call(SYS_msgctl, id, IPC_RMID, 0);
}

static void time_and_signals(void)
{
	struct timespec time;
	struct timeval now;
	struct itimerval timer = { { 0, 0 }, { 0, 0 } };
	struct itimerspec soon = { { 0, 0 }, { 1000, 0 } };
	struct timex change = { 0 };
	uint64_t set = 1 << 9, old;
	int id = -1;
	call(SYS_clock_gettime, CLOCK_REALTIME, &time);
	call(SYS_clock_getres, CLOCK_MONOTONIC, &time);
	call(SYS_clock_settime, CLOCK_REALTIME, &time);
	call(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &instant, 0);
	call(SYS_nanosleep, &instant, 0);
	call(SYS_gettimeofday, &now, 0);
	call(SYS_getitimer, 0, &timer);
	call(SYS_setitimer, 0, &timer, 0);
	call(SYS_adjtimex, &change);
	call(SYS_clock_adjtime, CLOCK_REALTIME, &change);
	call(SYS_timer_create, CLOCK_MONOTONIC, 0, &id);
	call(SYS_timer_settime, id, 0, &soon, 0);
	call(SYS_timer_gettime, id, &soon);
	call(SYS_timer_getoverrun, id);
	call(SYS_timer_delete, id);
	call(SYS_times, buffer);
	call(SYS_rt_sigprocmask, SIG_BLOCK, &set, &old, 8);
	call(SYS_rt_sigpending, &old, 8);
	call(SYS_rt_sigaction, SIGUSR2, 0, buffer, 8);
	call(SYS_kill, pid, 0);
	call(SYS_tkill, pid, SIGUSR1);
	call(SYS_rt_sigtimedwait, &set, buffer, &none, 8);
	call(SYS_tgkill, pid, pid, 0);
	call(SYS_rt_sigqueueinfo, pid, 0, buffer);
	call(SYS_sigaltstack, 0, buffer);
}

static void tasks(void)
{
	struct rlimit limit;
	struct utsname names;
	struct sysinfo info;
	uint64_t set = 3, sleeping[11] = { 0 };
	int word = 0, status = 0;
	unsigned ids[3], capabilities[2] = { 0x20080522, 0 };
	char *arguments[] = { "program", "argument", NULL }, *environment[] = { "A=B", NULL };
	long child = call(SYS_clone, SIGCHLD);
	if (child == 0)
		svc(SYS_exit_group, 3);
	call(SYS_wait4, child, &status, 0, buffer);
	sleeping[4] = SIGCHLD;
	child = call(NR_clone3, sleeping, 64);
	if (child == 0)
		svc(SYS_exit, 0);
	call(SYS_waitid, 1, child, buffer, 4, 0);
	call(SYS_execve, "/nowhere/program", arguments, environment);
	call(SYS_execveat, AT_FDCWD, "/nowhere/program", arguments, 0, 0);
	long pidfd = call(NR_pidfd_open, pid, 0);
	call(NR_pidfd_send_signal, pidfd, 0, 0, 0);
	call(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1);
	call(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 1, &instant);
	call(SYS_set_tid_address, &word);
	call(SYS_sched_getaffinity, 0, sizeof set, &set);
	call(SYS_sched_setaffinity, 0, sizeof set, &set);
	call(SYS_sched_yield);
	call(SYS_prctl, PR_SET_NAME, "every-call");
	call(SYS_prctl, PR_GET_NAME, buffer);
	call(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, &limit);
	call(SYS_getrlimit, RLIMIT_CORE, &limit);
	call(SYS_setrlimit, RLIMIT_CORE, &limit);
	call(SYS_getrusage, RUSAGE_SELF, buffer);
	call(SYS_uname, &names);
	call(SYS_sysinfo, &info);
	call(SYS_getrandom, buffer, 16, 1);
	call(SYS_getcpu, &ids[0], &ids[1], 0);
	call(SYS_getresuid, &ids[0], &ids[1], &ids[2]);
	call(SYS_getresgid, &ids[0], &ids[1], &ids[2]);
	call(SYS_setresuid, -1, -1, -1);
	call(SYS_setuid, 0);
	call(SYS_getgroups, 0, 0);
	call(SYS_process_vm_readv, pid, into, 1, iovecs, 1, 0);
	call(SYS_process_vm_writev, pid, iovecs, 1, into, 1, 0);
	call(SYS_ptrace, 0x4200, pid, 0, 0);
	call(SYS_membarrier, 0, 0);
	call(SYS_capget, capabilities, buffer);
	call(SYS_set_robust_list, 0, 24);
	call(SYS_bpf, 0, 0, 0);
	call(SYS_seccomp, 2, 0, buffer);
	call(SYS_personality, 0xffffffff);
}

/* Numbers for which -1 and nulls mean something that must not happen. */
static void leave_out(void)
{
	skip(SYS_exit);          /* the children make it */
	skip(SYS_exit_group);    /* so do they */
	skip(SYS_rt_sigreturn);  /* signals.c makes it */
	skip(SYS_rt_sigsuspend); /* waits for a signal */
}

int main(void)
{
	if (getuid() == 0) {
		fprintf(stderr, "every-call: not as root\n");
		return 98;
	}
	signal(SIGUSR1, SIG_IGN);
	pid = getpid();
	snprintf(dir, sizeof dir, "/tmp/every-call-%d", pid);
	fact("pid", pid);
	mark("begin");
	files();
	descriptors();
	sockets();
	memory();
	time_and_signals();
	tasks();
	leave_out();
	for (int nr = 0; nr <= LAST; nr++)
		if (done[nr] != 2 && nr != SYS_ppoll) /* which would wait for ever */
			call(nr, -1);
	mark("end");
	for (int i = 0; i < count; i++)
		printf("call=%d %ld\n", made[i].nr, made[i].ret);
	for (int nr = 0; nr <= LAST; nr++)
		if (done[nr] == 2)
			printf("skipped=%d\n", nr);
	return 0;
}
