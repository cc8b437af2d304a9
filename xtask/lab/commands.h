/* Calls that are many calls: for each, some of the commands whose arguments differ. */
#include "named.h"
#include <arpa/inet.h>
#include <linux/bpf.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/ptrace.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <termios.h>

#define NR_keyctl SYS_keyctl
#define NR_seccomp SYS_seccomp
#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif
/* 32-bit code says that it means the structures of now. */
#define IPC_NOW (sizeof(long) == 4 ? 0x100 : 0)
#define FUTEX_WAIT_BITSET_REALTIME (9 | 128 | 256)

static char buffer[512];
static int number = 1;

static void interfaces(void)
{
	struct ifreq request = { .ifr_name = "lo" };
	struct ifreq all[4];
	struct ifconf list = { .ifc_len = sizeof all, .ifc_req = all };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	need(fd >= 0);
	need(as("ifconf", SYS_ioctl, fd, SIOCGIFCONF, &list) == 0);
	need(as("ifaddr", SYS_ioctl, fd, SIOCGIFADDR, &request) == 0);
	need(as("ifhwaddr", SYS_ioctl, fd, SIOCGIFHWADDR, &request) == 0);
	need(as("ifflags", SYS_ioctl, fd, SIOCGIFFLAGS, &request) == 0);
	need(as("ifmtu", SYS_ioctl, fd, SIOCGIFMTU, &request) == 0);
	need(as("ifindex", SYS_ioctl, fd, SIOCGIFINDEX, &request) == 0);
	as("no-such-if", SYS_ioctl, fd, SIOCGIFFLAGS, &(struct ifreq){ .ifr_name = "rmnet0" });
	close(fd);
}

static void terminals(void)
{
	struct winsize size = { 24, 80, 0, 0 };
	int fd = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	need(fd >= 0);
	need(as("winsize-set", SYS_ioctl, fd, TIOCSWINSZ, &size) == 0);
	need(as("winsize", SYS_ioctl, fd, TIOCGWINSZ, &size) == 0);
	need(as("termios", SYS_ioctl, fd, TCGETS, buffer) == 0);
	need(as("pty-number", SYS_ioctl, fd, TIOCGPTN, &number) == 0);
	number = 0;
	need(as("pty-unlock", SYS_ioctl, fd, TIOCSPTLCK, &number) == 0);
	need(as("pty-peer", SYS_ioctl, fd, TIOCGPTPEER, O_RDWR | O_NOCTTY) >= 0);
	need(as("flush", SYS_ioctl, fd, TCFLSH, TCIOFLUSH) == 0);
	as("unknown-read", SYS_ioctl, fd, _IOR('~', 200, char[8]), buffer);
	as("unknown-write", SYS_ioctl, fd, _IOW('~', 201, char[8]), "written");
	as("unknown", SYS_ioctl, fd, _IO('~', 202), 7);
	as("bad-pointer", SYS_ioctl, fd, TIOCSWINSZ, 8);
	close(fd);
}

static void files(void)
{
	struct flock lock = { F_WRLCK, SEEK_SET, 10, 20, 0 };
	struct { int type, pid; } owner = { 1, getpid() };
	uint64_t hint = 2;
	int fd = memfd_create("commands", MFD_ALLOW_SEALING | MFD_CLOEXEC), pipes[2];
	need(fd >= 0 && pipe(pipes) == 0);
	need(as("setlk", SYS_fcntl, fd, F_SETLK, &lock) == 0);
	need(as("getlk", SYS_fcntl, fd, F_GETLK, &lock) == 0);
	need(as("dupfd", SYS_fcntl, fd, F_DUPFD_CLOEXEC, 100) >= 100);
	need(as("setfl", SYS_fcntl, fd, F_SETFL, O_APPEND | O_NONBLOCK) == 0);
	need(as("getfd", SYS_fcntl, fd, F_GETFD, 0) == 1);
	need(as("seals", SYS_fcntl, fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) == 0);
	need(as("hint", SYS_fcntl, fd, F_SET_RW_HINT, &hint) == 0);
	need(as("owner", SYS_fcntl, pipes[0], F_SETOWN_EX, &owner) == 0);
	need(as("owner-get", SYS_fcntl, pipes[0], F_GETOWN_EX, &owner) == 0);
	need(as("pipe-size", SYS_fcntl, pipes[0], F_SETPIPE_SZ, 4096) >= 4096);
	as("unknown", SYS_fcntl, fd, 999, 0x1234);
#ifdef SYS_fcntl64
	struct flock64 wide = { F_RDLCK, SEEK_SET, 1, 2, 0 };
	need(as("setlk64", SYS_fcntl64, fd, F_SETLK64, &wide) == 0);
#endif
	need(as("nonblocking", SYS_ioctl, pipes[0], FIONBIO, &number) == 0);
	need(as("cloexec", SYS_ioctl, pipes[0], FIOCLEX, 0) == 0);
}

static void tasks(void)
{
	struct timespec instant = { 0, 1000 };
	int word = 0, other = 0;
	char *page = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	need(page != MAP_FAILED);
	as("wait-bitset", SYS_futex, &word, FUTEX_WAIT_BITSET_REALTIME, 1, &instant, 0, 0xffffffff);
	as("requeue", SYS_futex, &word, 3 | 128, 1, 2, &other);
	as("cmp-requeue", SYS_futex, &word, 4 | 128, 1, 2, &other, 0);
	as("dumpable", SYS_prctl, PR_SET_DUMPABLE, 1);
	as("pdeathsig", SYS_prctl, PR_SET_PDEATHSIG, SIGUSR1);
	as("pdeathsig-get", SYS_prctl, PR_GET_PDEATHSIG, &number);
	as("capbset", SYS_prctl, PR_CAPBSET_READ, 21);
	as("ptracer", SYS_prctl, 0x59616d61, -1);
	as("seccomp-mode", SYS_prctl, PR_GET_SECCOMP);
	as("vma", SYS_prctl, PR_SET_VMA, 0, page, 4096, "named memory");
	as("kill-avail", NR_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &(unsigned){ SECCOMP_RET_KILL_PROCESS });
	as("notif-sizes", NR_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, buffer);
	as("no-filter", NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_LOG, 8);
	as("keyring", NR_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);
	as("search", NR_keyctl, KEYCTL_SEARCH, KEY_SPEC_PROCESS_KEYRING, "user", "none:such", 0);
	as("setperm", NR_keyctl, KEYCTL_SETPERM, KEY_SPEC_THREAD_KEYRING, 0x3f010000);
}

static void tracing(void)
{
	struct iovec registers = { buffer, sizeof buffer };
	long child = fork();
	if (child == 0) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		_exit(0);
	}
	need(child > 0 && waitpid(child, 0, 0) == child);
	need(as("options", SYS_ptrace, PTRACE_SETOPTIONS, child, 0, PTRACE_O_EXITKILL) == 0);
	need(as("regset", SYS_ptrace, PTRACE_GETREGSET, child, 1, &registers) == 0);
	need(as("siginfo", SYS_ptrace, PTRACE_GETSIGINFO, child, 0, buffer) == 0);
	need(as("peek", SYS_ptrace, PTRACE_PEEKDATA, child, &number, buffer) == 0);
	need(as("cont", SYS_ptrace, PTRACE_CONT, child, 0, 0) == 0);
	waitpid(child, 0, 0);
	as("seize", SYS_ptrace, PTRACE_SEIZE, 1, 0, PTRACE_O_TRACEEXEC);
}

static void options(void)
{
	struct timeval timeout = { 1, 500000 };
	struct linger linger = { 1, 5 };
	struct ip_mreq group = { { inet_addr("224.0.0.251") }, { htonl(INADDR_LOOPBACK) } };
	struct ucred peer;
	socklen_t len = sizeof peer;
	int pair[2], tcp = socket(AF_INET, SOCK_STREAM, 0), udp = socket(AF_INET, SOCK_DGRAM, 0);
	need(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 && tcp >= 0 && udp >= 0);
	need(as("rcvtimeo", SYS_setsockopt, tcp, SOL_SOCKET, 20, &timeout, sizeof timeout) == 0);
	need(as("linger", SYS_setsockopt, tcp, SOL_SOCKET, SO_LINGER, &linger, sizeof linger) == 0);
	need(as("nodelay", SYS_setsockopt, tcp, IPPROTO_TCP, TCP_NODELAY, &number, sizeof number) == 0);
	need(as("membership", SYS_setsockopt, udp, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group) == 0);
	as("device", SYS_setsockopt, udp, SOL_SOCKET, SO_BINDTODEVICE, "wlan0", 6);
	as("unknown", SYS_setsockopt, udp, 77, 5, "bytes", 5);
	need(as("peercred", SYS_getsockopt, pair[0], SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0);
	len = sizeof number;
	need(as("type", SYS_getsockopt, tcp, SOL_SOCKET, SO_TYPE, &number, &len) == 0);
	len = sizeof number;
	need(as("domain", SYS_getsockopt, tcp, SOL_SOCKET, SO_DOMAIN, &number, &len) == 0);
	len = sizeof buffer;
	need(as("info", SYS_getsockopt, tcp, IPPROTO_TCP, TCP_INFO, buffer, &len) == 0);
	len = sizeof buffer;
	need(as("congestion", SYS_getsockopt, tcp, IPPROTO_TCP, TCP_CONGESTION, buffer, &len) == 0);
	len = 1;
	need(as("short", SYS_getsockopt, tcp, IPPROTO_IP, IP_TTL, buffer, &len) == 0);
}

static void rules(void)
{
	struct { uint64_t access; int fd; } beneath = { 0xd, 0 };
	struct { uint64_t access, port; } port = { 3, 27042 };
	struct { uint64_t files, net; } handled = { 0xf, 3 };
	union bpf_attr map = { .map_type = BPF_MAP_TYPE_HASH, .key_size = 4, .value_size = 8, .max_entries = 64, .map_name = "seen" };
	union bpf_attr load = { .prog_type = BPF_PROG_TYPE_SOCKET_FILTER, .insn_cnt = 2, .insns = 0x1000, .license = 0x2000,
				.prog_name = "watch" };
	union bpf_attr link = { .link_create = { .prog_fd = 5, .attach_type = BPF_TRACE_ITER, .iter_info_len = 8 } };
	union bpf_attr next = { .start_id = 0 }, query = { .query = { .attach_type = BPF_CGROUP_DEVICE } };
	int ruleset = svc(SYS_landlock_create_ruleset, &handled, sizeof handled, 0);
	as("beneath", SYS_landlock_add_rule, ruleset, 1, &beneath, 0);
	as("port", SYS_landlock_add_rule, ruleset, 2, &port, 0);
	as("map", SYS_bpf, BPF_MAP_CREATE, &map, sizeof map);
	as("load", SYS_bpf, BPF_PROG_LOAD, &load, 64);
	as("link", SYS_bpf, BPF_LINK_CREATE, &link, 32);
	as("next", SYS_bpf, BPF_PROG_GET_NEXT_ID, &next, 8);
	as("query", SYS_bpf, BPF_PROG_QUERY, &query, 28);
	as("wake-op", SYS_futex, &number, 5, 1, 1, &number, 0x12345678);
	as("class", SYS_ioprio_set, 1, 0, 0x4004);
}

static void queues(void)
{
	long key, id = svc(SYS_msgget, IPC_PRIVATE, IPC_CREAT | 0640);
	need(as("stat", SYS_msgctl, id, IPC_STAT | IPC_NOW, buffer) == 0);
	need(as("set", SYS_msgctl, id, IPC_SET | IPC_NOW, buffer) == 0);
	need(as("info", SYS_msgctl, 0, IPC_INFO | IPC_NOW, buffer) >= 0);
	svc(SYS_msgctl, id, IPC_RMID | IPC_NOW, 0);
	id = svc(SYS_semget, IPC_PRIVATE, 2, IPC_CREAT | 0640);
	need(as("stat", SYS_semctl, id, 0, IPC_STAT | IPC_NOW, buffer) == 0);
	need(as("setval", SYS_semctl, id, 1, SETVAL | IPC_NOW, 7) == 0);
	svc(SYS_semctl, id, 0, IPC_RMID | IPC_NOW, 0);
	id = svc(SYS_shmget, IPC_PRIVATE, 4096, IPC_CREAT | 0640);
	need(as("stat", SYS_shmctl, id, IPC_STAT | IPC_NOW, buffer) == 0);
	need(as("info", SYS_shmctl, 0, IPC_INFO | IPC_NOW, buffer) >= 0);
	if (sizeof(long) == 4)
		as("old-stat", SYS_shmctl, id, IPC_STAT, buffer);
	svc(SYS_shmctl, id, IPC_RMID | IPC_NOW, 0);
	key = svc(SYS_add_key, "user", "command", "payload", 7, KEY_SPEC_PROCESS_KEYRING);
	as("describe", NR_keyctl, KEYCTL_DESCRIBE, key, buffer, sizeof buffer);
	as("read", NR_keyctl, KEYCTL_READ, key, buffer, sizeof buffer);
	as("no-room", NR_keyctl, KEYCTL_READ, key, buffer, 3);
}

int main(void)
{
	interfaces();
	terminals();
	files();
	tasks();
	tracing();
	options();
	rules();
	queues();
	return 0;
}
