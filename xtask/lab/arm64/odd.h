/* Calls with odd flags, null and bad pointers, empty and huge buffers, nested vectors: what a decoder meets in apps that
 * look for debuggers. Of one thread, and safe for a user that may do nothing. Both ABIs make these; a call that one of
 * them lacks is left out of its program. Here are files and descriptors; odd-more.h has the rest. */
#ifndef ODD_H
#define ODD_H

#include <linux/fs.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <termios.h>

#define BAD ((void *)16)
/* Not constants that the C library would change. */
static char huge[70000], text300[301], where[64];
static struct iovec ten[10];

static long odd_in(const char *name, long dir, long flags)
{
	return svc(SYS_openat, dir, name, flags | O_CLOEXEC, 0600);
}

static void odd_paths(long dir)
{
	static char longest[5000];
	memset(longest, 'p', sizeof longest - 1);
	svc(SYS_openat, AT_FDCWD, 0, O_RDONLY);
	svc(SYS_openat, AT_FDCWD, BAD, O_WRONLY | O_TRUNC);
	svc(SYS_openat, -1, "relative", O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK);
	svc(SYS_openat, 777, "", O_RDONLY | O_PATH | O_DIRECTORY);
	svc(SYS_openat, AT_FDCWD, longest, O_RDONLY);
	svc(SYS_openat, AT_FDCWD, "/odd/\001\t\n\"\\\177\303\244\377x", O_RDONLY | O_SYNC | O_NOATIME);
	svc(SYS_openat, AT_FDCWD, "/odd/digits\0019", O_RDONLY | O_DSYNC);
	svc(SYS_openat, AT_FDCWD, "/", O_RDWR | O_CREAT | O_EXCL | O_NOCTTY, 07777);
	svc(SYS_openat, AT_FDCWD, "/tmp", O_WRONLY | __O_TMPFILE | O_DIRECTORY | O_EXCL, 0);
	svc(SYS_openat, AT_FDCWD, "/nowhere", 0xfffffffc, -1);
	svc(SYS_faccessat, dir, "file", 7);
	svc(SYS_faccessat, AT_FDCWD, "", 077);
	svc(SYS_fchmodat, dir, "file", 0);
	svc(SYS_fchmodat, dir, "nothing", 07777);
	svc(SYS_fchownat, dir, "file", 0, -1, 0xffff);
	svc(SYS_mkdirat, dir, "", 0);
	svc(SYS_mkdirat, -100, 0, 01777);
	svc(SYS_mknodat, dir, "char", S_IFCHR | 0666, 0x103);
	svc(SYS_mknodat, dir, "block", S_IFBLK | 0600, 0x12345678);
	svc(SYS_mknodat, dir, "socket", S_IFSOCK | 0700, 0);
	svc(SYS_unlinkat, dir, "socket", 0);
	svc(SYS_unlinkat, dir, "nothing", 0xffff);
	svc(SYS_symlinkat, 0, dir, "link");
	svc(SYS_symlinkat, "", dir, "link");
	svc(SYS_linkat, dir, "nothing", dir, "link", AT_SYMLINK_FOLLOW | AT_EMPTY_PATH);
	svc(SYS_renameat2, dir, "nothing", -1, "link", 7);
	svc(SYS_readlinkat, dir, "file", huge, 0);
	svc(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", huge, 3);
	svc(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", BAD, 300);
	svc(SYS_chdir, BAD);
	svc(SYS_chroot, "/nowhere");
	svc(SYS_getcwd, huge, 1);
	svc(SYS_getcwd, BAD, 4096);
	svc(SYS_truncate, "/nowhere", -1);
	svc(SYS_mount, "none", "/nowhere", "proc", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_REMOUNT | MS_BIND | MS_REC, 0);
	svc(SYS_mount, 0, "/", 0, MS_PRIVATE | MS_SILENT | (1 << 28), "a=b,c");
	svc(SYS_umount2, "/nowhere", MNT_FORCE | MNT_DETACH | MNT_EXPIRE | UMOUNT_NOFOLLOW | 0x10);
	svc(SYS_pivot_root, "/new", "/old");
	svc(SYS_swapon, "/nowhere", 0x18005);
	svc(SYS_acct, 0);
	svc(SYS_setxattr, "/nowhere", "user.odd", "va\0lue", 6, 3);
	svc(SYS_getxattr, "/nowhere", "user.odd", 0, 0);
	svc(SYS_removexattr, BAD, "user.odd");
	svc(SYS_inotify_add_watch, -1, "/", 0xffffffff);
}

static void odd_reading(long fd)
{
	struct iovec holes[4] = { { 0, 0 }, { huge, 3 }, { BAD, 5 }, { huge + 9, 1 } };
	svc(SYS_read, fd, 0, 0);
	svc(SYS_read, fd, BAD, 10);
	svc(SYS_read, -1, huge, 10);
	svc(SYS_read, fd, huge, -1);
	svc(SYS_write, fd, 0, 0);
	svc(SYS_write, fd, BAD, 5);
	svc(SYS_write, fd, text300, 256);
	svc(SYS_write, fd, text300, 257);
	svc(SYS_write, fd, huge, sizeof huge);
	svc(SYS_write, fd, "\0\0\1\2\n\r\t\v\f\33\"\\7\177\200\377", 16);
	svc(SYS_lseek, fd, -1, SEEK_SET);
	svc(SYS_lseek, fd, 1, 9);
	svc(SYS_lseek, fd, 0, SEEK_HOLE);
	svc(SYS_lseek, fd, 0, SEEK_SET);
	svc(SYS_read, fd, huge, 600);
	svc(SYS_readv, fd, 0, 0);
	svc(SYS_readv, fd, BAD, 3);
	svc(SYS_readv, fd, holes, 2);
	svc(SYS_readv, fd, ten, 10);
	svc(SYS_readv, fd, ten, -1);
	svc(SYS_writev, fd, holes, 4);
	svc(SYS_writev, fd, ten, 10);
	svc(SYS_writev, fd, ten, 5000);
	svc(SYS_pwritev2, fd, ten, 3, -1, -1, 0x1f);
	svc(SYS_preadv2, fd, ten, 3, 0, 0, 0x40000000);
	svc(SYS_ftruncate, fd, 0x7fffffff);
	svc(SYS_fallocate, fd, 0x7f, 0, 0);
	svc(SYS_flock, fd, 0xf);
	svc(SYS_fadvise64, fd, 0, 0, 77);
	svc(SYS_sync_file_range, fd, 0, 0, 0xff);
	svc(SYS_fchown, fd, 0, 0);
	svc(SYS_fchmod, fd, 06644);
	svc(SYS_getdents64, fd, huge, 100);
	svc(SYS_splice, fd, 0, fd, 0, 1, 0x1f);
	svc(SYS_tee, fd, fd, 1, 0xff);
	svc(SYS_vmsplice, fd, ten, 2, 0xff);
	svc(SYS_sendfile, fd, fd, BAD, 1);
	svc(SYS_copy_file_range, fd, BAD, fd, 0, 1, 5);
}

static void odd_status(long dir, long fd)
{
	struct timespec { long sec, nsec; } times[2] = { { 0, UTIME_NOW }, { 0, UTIME_OMIT } };
	static char statx[256];
	svc(SYS_statx, AT_FDCWD, "/proc/self/status", 0, 0xfff, statx);
	svc(SYS_statx, dir, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, 0x7ff, statx);
	svc(SYS_statx, AT_FDCWD, "/", 0xffff, -1, statx);
	svc(SYS_statx, AT_FDCWD, "/", 0, 0x7ff, BAD);
	svc(SYS_utimensat, dir, "file", times, AT_SYMLINK_NOFOLLOW);
	svc(SYS_utimensat, dir, 0, 0, 0);
	svc(SYS_utimensat, fd, BAD, BAD, 0xff);
	svc(SYS_statfs, "/nowhere", statx);
	svc(SYS_fstatfs, -1, BAD);
	svc(SYS_name_to_handle_at, AT_FDCWD, "/", BAD, BAD, AT_EMPTY_PATH);
	svc(SYS_open_by_handle_at, -1, BAD, O_RDONLY);
	svc(SYS_quotactl, 0x80000701, "/dev/odd", 3, BAD);
}

static void odd_controls(long fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_END, .l_start = -1, .l_len = 7 };
	struct { int type, pid; } owner = { F_OWNER_PID, 1 };
	static const int plain[] = { F_GETFD, F_GETFL, F_GETOWN, F_GETSIG, F_GETLEASE, F_GETPIPE_SZ, F_GET_SEALS };
	char hint[8] = "";
	for (unsigned i = 0; i < sizeof plain / sizeof *plain; i++)
		svc(SYS_FCNTL, fd, plain[i]);
	svc(SYS_FCNTL, fd, F_DUPFD, 100000);
	svc(SYS_FCNTL, -1, F_DUPFD_CLOEXEC, 3);
	svc(SYS_FCNTL, fd, F_SETFD, 0x7);
	svc(SYS_FCNTL, fd, F_SETFL, O_APPEND | O_NONBLOCK | O_DIRECT | 0x10);
	svc(SYS_FCNTL, fd, F_SETOWN, -5);
	svc(SYS_FCNTL, fd, F_SETSIG, 77);
	svc(SYS_FCNTL, fd, F_SETLEASE, F_RDLCK);
	svc(SYS_FCNTL, fd, F_NOTIFY, 0x8000003f);
	svc(SYS_FCNTL, fd, F_SETPIPE_SZ, 4096);
	svc(SYS_FCNTL, fd, F_ADD_SEALS, 0x1f);
	svc(SYS_FCNTL, fd, F_GETLK, &lock);
	svc(SYS_FCNTL, fd, F_SETLK, BAD);
	svc(SYS_FCNTL, fd, F_SETOWN_EX, &owner);
	svc(SYS_FCNTL, fd, F_GETOWN_EX, &owner);
	svc(SYS_FCNTL, fd, F_GET_RW_HINT, hint);
	svc(SYS_FCNTL, fd, 777, 5);
	svc(SYS_ioctl, fd, FIONREAD, hint);
	svc(SYS_ioctl, fd, FIONBIO, BAD);
	svc(SYS_ioctl, fd, TCGETS, huge);
	svc(SYS_ioctl, fd, TIOCGWINSZ, huge);
	svc(SYS_ioctl, fd, TIOCSTI, "x");
	svc(SYS_ioctl, fd, FIOCLEX);
	svc(SYS_ioctl, fd, FS_IOC_GETFLAGS, hint);
	svc(SYS_ioctl, fd, FS_IOC_SETFLAGS, hint);
	svc(SYS_ioctl, fd, BLKGETSIZE64, hint);
	svc(SYS_ioctl, fd, 0x12345678, 9);
	svc(SYS_ioctl, -1, 0xffffffff, BAD);
}

static void odd_waiting(long fd)
{
	struct epoll_event event = { 0xffffffff, { .u64 = 0x1122334455667788 } };
	struct pollfd polled[3] = { { fd, POLLIN | POLLOUT | 0x1000, 0 }, { -1, 0, 7 }, { 999, POLLPRI, 0 } };
	struct timespec { long sec, nsec; } none = { 0, 0 }, wrong = { -1, 2000000000 };
	uint64_t set = ~0ull, some = 1ull << 8 | 1ull << 33 | 1ull << 63;
	fd_set readable, writable;
	struct { void *set; unsigned long size; } mask = { &some, 8 };
	FD_ZERO(&readable);
	FD_ZERO(&writable);
	FD_SET(fd, &readable);
	FD_SET(fd, &writable);
	FD_SET(63, &writable);
	long epoll = svc(SYS_epoll_create1, 0x7);
	epoll = svc(SYS_epoll_create1, 0);
	svc(SYS_epoll_ctl, epoll, EPOLL_CTL_ADD, fd, &event);
	svc(SYS_epoll_ctl, epoll, 9, -1, BAD);
	svc(SYS_epoll_ctl, epoll, EPOLL_CTL_DEL, fd, 0);
	svc(SYS_epoll_pwait, epoll, &event, 0, 0, &some, 8);
	svc(SYS_epoll_pwait, epoll, BAD, -1, -1, BAD, 3);
	svc(SYS_ppoll, polled, 3, &none, &some, 8);
	svc(SYS_ppoll, polled, 1, &wrong, 0, 8);
	svc(SYS_ppoll, BAD, 2, &none, BAD, 8);
	svc(SYS_pselect6, 64, &readable, &writable, 0, &none, &mask);
	svc(SYS_pselect6, -1, BAD, 0, BAD, &none, 0);
	svc(SYS_signalfd4, -1, &set, 8, 0x7);
	svc(SYS_signalfd4, -1, BAD, 4, 0);
	svc(SYS_eventfd2, -1, 0xffff);
	svc(SYS_timerfd_create, 77, 0xff);
	svc(SYS_timerfd_settime, fd, 0xff, BAD, BAD);
	svc(SYS_pipe2, BAD, O_DIRECT | 0x7);
	svc(SYS_dup3, fd, fd, 0x7);
	svc(SYS_close, -1);
	svc(SYS_close, epoll);
}

static void odd_files(void)
{
	memset(text300, 't', 300);
	for (int i = 0; i < 10; i++)
		ten[i] = (struct iovec){ huge + 100 * i, i };
	snprintf(where, sizeof where, "/tmp/odd");
	svc(SYS_mkdirat, AT_FDCWD, where, 0700);
	long dir = svc(SYS_openat, AT_FDCWD, where, O_RDONLY | O_DIRECTORY);
	long fd = odd_in("file", dir, O_RDWR | O_CREAT | O_TRUNC);
	odd_paths(dir);
	odd_reading(fd);
	odd_status(dir, fd);
	odd_controls(fd);
	odd_waiting(fd);
	svc(SYS_unlinkat, dir, "file", 0);
	svc(SYS_close, fd);
	svc(SYS_close, dir);
}

#endif
