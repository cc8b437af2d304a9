/* descriptors [OPERATIONS]: so many random operations (10000) on descriptors and working directories, by 8 threads in each
 * of 4 processes, which do not look out for each other. What a number is of, the kernel tells at each use: `fstat` gives
 * the inode, `getsockname` the socket's name. They pass them to each other by sockets and, where there is one, by binder.
 * Prints which inode which path has, how many operations there were, and how many descriptors came by binder (or -1). */
#include "binder.h"
#include <dirent.h>
#include <linux/fs.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#define PROCESSES 4
#define THREADS 8
#define FILES 24
#define DIRS 4
#define POOL 24
/* What the program needs itself lies above what it plays with. */
#define OWN 600
#define TOP 500
#define DIR "/tmp/descriptors"

/* Numbers that all threads of a process use, open or not. */
static volatile int pool[POOL];
/* A socket between each process and the next. */
static int out, in;
/* Binder, where the kernel has it; how many descriptors came by it. */
static int binder = -1;
static volatile long *by_binder;
static int is_sender;
static long operations = 10000;
static long done[PROCESSES * THREADS];

struct random {
	uint64_t state;
};

static unsigned pick(struct random *random, unsigned below)
{
	random->state = random->state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(random->state >> 33) % below;
}

/* The kernel tells what is behind the number. */
static void use(int fd)
{
	struct stat stat;
	struct sockaddr_un name;
	socklen_t len = sizeof name;
	if (svc(SYS_fstat, fd, &stat) == 0 && S_ISSOCK(stat.st_mode))
		svc(SYS_getsockname, fd, &name, &len);
}

/* Puts a new descriptor into the pool and closes what lay there, whatever it is by now. */
static void put(struct random *random, long fd)
{
	if (fd < 0)
		return;
	if (fd >= OWN) {
		svc(SYS_close, fd);
		return;
	}
	int at = pick(random, POOL), old = pool[at];
	pool[at] = fd;
	if (old >= 0)
		svc(SYS_close, old);
}

static long open_file(struct random *random)
{
	char path[64];
	int flags = pick(random, 2) ? O_RDONLY : O_RDONLY | O_CLOEXEC;
	unsigned file = pick(random, FILES);
	if (pick(random, 3)) {
		snprintf(path, sizeof path, DIR "/%u/%u", file % DIRS, file);
		return svc(SYS_openat, AT_FDCWD, path, flags);
	}
	snprintf(path, sizeof path, "%u", file);
	return svc(SYS_openat, AT_FDCWD, path, flags);
}

static long make_memfd(struct random *random)
{
	char name[32];
	unsigned id = 1 + pick(random, 1000);
	snprintf(name, sizeof name, "m%u", id);
	long fd = svc(SYS_memfd_create, name, 1);
	/* Its size tells which one it is. Another thread may have taken the number over meanwhile: the kernel then
	 * refuses, or resizes another one, which is sealed by nobody. */
	return fd;
}

static long make_socket(struct random *random)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	long fd = svc(SYS_socket, AF_UNIX, SOCK_DGRAM | (pick(random, 2) ? SOCK_CLOEXEC : 0), 0);
	int len = snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "d%d-%u", getpid(), pick(random, 1000000));
	if (fd >= 0)
		svc(SYS_bind, fd, &name, offsetof(struct sockaddr_un, sun_path) + 1 + len);
	return fd;
}

static long make_other(struct random *random)
{
	switch (pick(random, 4)) {
	case 0: return svc(SYS_eventfd2, 0, 0);
	case 1: return svc(SYS_epoll_create1, 0);
	case 2: return svc(SYS_timerfd_create, 1, 0);
	default: return svc(SYS_inotify_init1, 0);
	}
}

/* Takes what other processes send by binder, and lets everybody use it. */
static void *take(void *seed)
{
	struct random random = { (uintptr_t)seed };
	int fd;
	while ((fd = binder_receive(binder)) >= 0) {
		use(fd);
		pause_ms(10);
		use(fd);
		__atomic_add_fetch(by_binder, 1, __ATOMIC_RELAXED);
		put(&random, fd);
	}
	return NULL;
}

static void make_pair(struct random *random)
{
	int pair[2];
	long made = pick(random, 2) ? svc(SYS_pipe2, pair, 0) : svc(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, pair);
	if (made == 0) {
		put(random, pair[0]);
		put(random, pair[1]);
	}
}

static void pass(int fd)
{
	char byte = 'x', control[CMSG_SPACE(sizeof fd)] = { 0 };
	struct iovec iov = { &byte, 1 };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);
	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(head), &fd, sizeof fd);
	svc(SYS_sendmsg, out, &message, MSG_DONTWAIT);
}

static void receive(struct random *random)
{
	char byte, control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec iov = { &byte, 1 };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
	struct cmsghdr *head;
	int fd;
	if (svc(SYS_recvmsg, in, &message, MSG_DONTWAIT) <= 0 || !(head = CMSG_FIRSTHDR(&message)))
		return;
	memcpy(&fd, CMSG_DATA(head), sizeof fd);
	/* No call made it: it is looked at when it is used. */
	use(fd);
	pause_ms(30);
	use(fd);
	put(random, fd);
}

/* Every number that may be open, in a program that a child executes. */
static void use_all(void)
{
	for (int fd = 3; fd < 48; fd++)
		use(fd);
}

static void child(struct random *random, int how)
{
	char *argv[] = { "descriptors", "child", NULL }, *envp[] = { NULL };
	/* By raw calls: nothing of the libc is whole in a copy of a process with threads. */
	long pid = svc(SYS_clone, how | SIGCHLD, 0, 0, 0, 0);
	if (pid == 0) {
		if (how & CLONE_FILES) {
			svc(SYS_close, svc(SYS_openat, AT_FDCWD, DIR "/0/0", O_RDONLY));
			use(pool[pick(random, POOL)]);
			svc(SYS_exit_group, 0);
		}
		for (int i = 0; i < 6; i++)
			use(pool[pick(random, POOL)]);
		if (pick(random, 2))
			svc(SYS_execve, "/proc/self/exe", argv, envp);
		svc(SYS_exit_group, 0);
	}
	if (pid > 0)
		svc(SYS_wait4, pid, 0, 0, 0);
}

/* A thread with a table of its own. */
static void *apart(void *seed)
{
	struct random random = { (uintptr_t)seed };
	if (svc(SYS_unshare, CLONE_FILES) != 0)
		return NULL;
	for (int i = 0; i < 8; i++) {
		use(pool[pick(&random, POOL)]);
		long fd = open_file(&random);
		use(fd);
		if (pick(&random, 2))
			svc(SYS_close, fd);
	}
	return NULL;
}

static void change_directory(struct random *random)
{
	char path[64];
	struct stat stat;
	snprintf(path, sizeof path, DIR "/%u", pick(random, DIRS));
	if (pick(random, 4)) {
		svc(SYS_chdir, path);
	} else {
		long fd = svc(SYS_openat, AT_FDCWD, path, O_RDONLY | O_DIRECTORY);
		svc(SYS_fchdir, fd);
		put(random, fd);
	}
	snprintf(path, sizeof path, "%u", pick(random, FILES));
	svc(SYS_newfstatat, AT_FDCWD, path, &stat, 0);
}

static void operate(struct random *random)
{
	int fd = pool[pick(random, POOL)], other = pool[pick(random, POOL)];
	char path[64];
	struct stat stat;
	pthread_t thread;
	switch (pick(random, 64)) {
	case 0 ... 11: put(random, open_file(random)); break;
	case 12 ... 14: put(random, make_memfd(random)); break;
	case 15 ... 17: put(random, make_socket(random)); break;
	case 18 ... 19: put(random, make_other(random)); break;
	case 20 ... 21: make_pair(random); break;
	case 22 ... 25: put(random, svc(SYS_dup, fd)); break;
	case 26 ... 28:
		/* Also onto a number that is open by chance. */
		if (other >= 0)
			svc(SYS_dup3, fd, other, pick(random, 2) ? O_CLOEXEC : 0);
		break;
	case 29 ... 31: put(random, svc(SYS_fcntl, fd, pick(random, 2) ? F_DUPFD : F_DUPFD_CLOEXEC, 3 + pick(random, 40))); break;
	case 32: svc(SYS_fcntl, fd, F_SETFD, pick(random, 2)); break;
	case 33: svc(SYS_ioctl, fd, pick(random, 2) ? FIOCLEX : FIONCLEX); break;
	case 34 ... 36: svc(SYS_close, fd); break;
	case 37:
		fd = 3 + pick(random, 40);
		svc(SYS_close_range, fd, fd + pick(random, 6), pick(random, 4) ? 0 : 4);
		break;
	case 38 ... 39: pass(fd); break;
	case 40:
		if (binder >= 0 && is_sender && fd >= 0)
			binder_send(binder, fd);
		else
			pass(fd);
		break;
	case 41 ... 42: receive(random); break;
	case 43 ... 44: change_directory(random); break;
	case 45 ... 46:
		snprintf(path, sizeof path, "%u", pick(random, FILES));
		svc(SYS_newfstatat, AT_FDCWD, path, &stat, 0);
		break;
	case 47:
		switch (pick(random, 8)) {
		case 0: child(random, 0); break;
		case 1: child(random, CLONE_FILES); break;
		case 2:
			if (pthread_create(&thread, NULL, apart, (void *)(uintptr_t)random->state) == 0)
				pthread_join(thread, NULL);
			break;
		default: use(fd);
		}
		break;
	default: use(fd);
	}
	use(pool[pick(random, POOL)]);
}

static void *operate_often(void *number)
{
	struct random random = { 0x9e3779b97f4a7c15u * ((uintptr_t)number + 1) };
	long count = operations / (PROCESSES * THREADS) + 1;
	for (long i = 0; i < count; i++)
		operate(&random);
	done[(uintptr_t)number] = count;
	return (void *)count;
}

/* Each process has binder to itself; the first one receives. */
static void open_binder(int number)
{
	pthread_t thread;
	binder = binder_open(OWN);
	if (number == 0 && binder >= 0) {
		need(binder_receives(binder));
		need(pthread_create(&thread, NULL, take, (void *)77) == 0);
		*by_binder = 0;
	} else if (number == 0) {
		*by_binder = -1;
	}
	if (number != 0) {
		while (*by_binder < -1)
			pause_ms(5);
	}
}

static int process(int number)
{
	pthread_t threads[THREADS];
	long made = 0;
	open_binder(number);
	for (int i = 0; i < POOL; i++)
		pool[i] = -1;
	for (uintptr_t i = 0; i < THREADS; i++)
		need(pthread_create(&threads[i], NULL, operate_often, (void *)(number * THREADS + i)) == 0);
	for (int i = 0; i < THREADS; i++) {
		void *count;
		pthread_join(threads[i], &count);
		made += (long)count;
	}
	return made == THREADS * (operations / (PROCESSES * THREADS) + 1) ? 0 : 1;
}

static void prepare(void)
{
	char path[64];
	struct stat stat;
	mkdir(DIR, 0777);
	for (int dir = 0; dir < DIRS; dir++) {
		snprintf(path, sizeof path, DIR "/%d", dir);
		mkdir(path, 0777);
		need(lstat(path, &stat) == 0);
		printf("file=%lu %s\n", (unsigned long)stat.st_ino, path);
		for (int file = 0; file < FILES; file++) {
			snprintf(path, sizeof path, DIR "/%d/%d", dir, file);
			int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0666);
			need(fd >= 0 && fstat(fd, &stat) == 0);
			close(fd);
			printf("file=%lu %s\n", (unsigned long)stat.st_ino, path);
		}
	}
	fflush(stdout);
}

int main(int argc, char **argv)
{
	int pairs[PROCESSES][2], failed = 0;
	pid_t pids[PROCESSES];
	if (argc > 1 && strcmp(argv[1], "child") == 0) {
		use_all();
		return 0;
	}
	if (argc > 1)
		operations = atol(argv[1]);
	prepare();
	/* Time to look at this process: its children know what it knew when they were made. */
	use(0);
	pause_ms(3000);
	by_binder = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	need(by_binder != MAP_FAILED);
	*by_binder = access(BINDER_DEVICE, R_OK | W_OK) == 0 ? -2 : -1;
	for (int i = 0; i < PROCESSES; i++) {
		int pair[2];
		need(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
		for (int end = 0; end < 2; end++) {
			pairs[i][end] = fcntl(pair[end], F_DUPFD_CLOEXEC, OWN);
			need(pairs[i][end] >= OWN);
			close(pair[end]);
		}
	}
	for (int i = 0; i < PROCESSES; i++) {
		pids[i] = fork();
		need(pids[i] >= 0);
		if (pids[i] == 0) {
			is_sender = i != 0;
			out = pairs[i][0];
			in = pairs[(i + 1) % PROCESSES][1];
			_exit(process(i));
		}
	}
	for (int i = 0; i < PROCESSES; i++) {
		int status;
		need(waitpid(pids[i], &status, 0) == pids[i]);
		failed |= status != 0;
	}
	fact("operations", PROCESSES * THREADS * (operations / (PROCESSES * THREADS) + 1));
	fact("by_binder", *by_binder);
	fact("pid", getpid());
	return failed;
}
