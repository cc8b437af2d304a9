/* The rest of odd.h: sockets, memory, signals, tasks, keys and programs of the kernel. */
#ifndef ODD_MORE_H
#define ODD_MORE_H

#include "../arm64/odd.h"
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

/* 32-bit code says that it means the structures of now. */
#define IPC_NOW (sizeof(long) == 4 ? 0x100 : 0)

static struct sock_filter judges[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 4), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0xc00000b7, 2, 0),
	BPF_STMT(BPF_RET | BPF_K, 0x80000000), BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xff), BPF_STMT(BPF_MISC | BPF_TAX, 0),
	BPF_JUMP(BPF_JMP | BPF_JGT | BPF_X, 0, 0, 1), BPF_STMT(BPF_RET | BPF_K, 0x00050001), BPF_STMT(BPF_RET | BPF_K, 0x7fff0000),
};
static struct sock_filter accepts[] = {
	BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 14), BPF_STMT(BPF_LD | BPF_H | BPF_IND, 16), BPF_STMT(BPF_ST, 3),
	BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0), BPF_STMT(BPF_ALU | BPF_NEG, 0), BPF_STMT(BPF_JMP | BPF_JA, 0),
	BPF_STMT(BPF_RET | BPF_A, 0),
};

static void odd_filters(long fd)
{
	struct sock_fprog judge = { 8, judges }, accept = { 7, accepts }, none = { 0, BAD };
	svc(SYS_setsockopt, fd, SOL_SOCKET, SO_ATTACH_FILTER, &accept, sizeof accept);
	svc(SYS_setsockopt, fd, SOL_SOCKET, SO_ATTACH_FILTER, &none, sizeof none);
	svc(SYS_setsockopt, fd, SOL_SOCKET, SO_ATTACH_FILTER, BAD, sizeof none);
	/* Refused: the program has not given its privileges up. */
	svc(SYS_seccomp, 1, 0, &judge);
	svc(SYS_prctl, PR_SET_SECCOMP, 2, &judge);
	svc(SYS_prctl, PR_SET_SECCOMP, 2, BAD);
}

static void odd_options(long fd)
{
	struct timeval second = { 1, 5 };
	struct linger linger = { 1, 9 };
	int one = 1;
	socklen_t len = 4, short_len = 1;
	svc(SYS_setsockopt, fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second);
	svc(SYS_setsockopt, fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
	svc(SYS_setsockopt, fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3);
	svc(SYS_setsockopt, fd, SOL_SOCKET, 999, &one, 4);
	svc(SYS_setsockopt, fd, SOL_TCP, TCP_NODELAY, &one, 4);
	svc(SYS_setsockopt, fd, SOL_IP, IP_TTL, &one, 1);
	svc(SYS_setsockopt, fd, SOL_IPV6, IPV6_V6ONLY, BAD, 4);
	svc(SYS_setsockopt, fd, 4242, 1, &one, -1);
	svc(SYS_getsockopt, fd, SOL_SOCKET, SO_ERROR, &one, &len);
	svc(SYS_getsockopt, fd, SOL_SOCKET, SO_PEERCRED, huge, &short_len);
	svc(SYS_getsockopt, fd, SOL_TCP, TCP_INFO, 0, BAD);
}

static void odd_messages(long fd, long peer)
{
	struct { struct cmsghdr head; int fds[2]; } rights = { { CMSG_LEN(8), SOL_SOCKET, SCM_RIGHTS }, { 1, 2 } };
	struct sockaddr_un to = { AF_UNIX, "/nowhere" };
	struct msghdr message = { &to, 11, ten, 3, &rights, CMSG_LEN(8), 0 };
	svc(SYS_sendmsg, fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT | MSG_EOR | MSG_MORE | 0x100000);
	message.msg_name = 0;
	message.msg_namelen = 0;
	svc(SYS_sendmsg, fd, &message, MSG_DONTWAIT);
	svc(SYS_sendmsg, fd, BAD, 0);
	message.msg_iov = BAD;
	svc(SYS_sendmsg, fd, &message, 0);
	message.msg_iov = ten;
	message.msg_controllen = sizeof rights;
	svc(SYS_recvmsg, peer, &message, MSG_DONTWAIT | MSG_PEEK | MSG_CMSG_CLOEXEC);
	svc(SYS_recvmsg, peer, &message, MSG_DONTWAIT | MSG_TRUNC);
	svc(SYS_recvmsg, peer, 0, MSG_OOB);
	svc(SYS_sendto, fd, text300, 300, MSG_OOB | MSG_CONFIRM, &to, 11);
	svc(SYS_sendto, fd, "datagram", 8, 0, 0, 0);
	svc(SYS_sendto, fd, BAD, 8, 0, BAD, 16);
	svc(SYS_recvfrom, peer, huge, 4, MSG_DONTWAIT | MSG_TRUNC, 0, 0);
	svc(SYS_recvfrom, peer, BAD, 4, MSG_DONTWAIT, BAD, BAD);
}

static void odd_sockets(void)
{
	static const int families[][3] = { { AF_NETLINK, SOCK_RAW, NETLINK_ROUTE }, { AF_PACKET, SOCK_RAW, 3 },
		{ AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0 }, { AF_INET, SOCK_RAW, IPPROTO_ICMP }, { AF_VSOCK, SOCK_STREAM, 0 },
		{ AF_ALG, SOCK_SEQPACKET, 0 }, { AF_INET6, SOCK_DGRAM, IPPROTO_UDP }, { 99, 99, 99 }, { 0, 0, 0 } };
	struct sockaddr_in in = { AF_INET, htons(7), { htonl(0x7f000001) } };
	struct sockaddr_in6 in6 = { AF_INET6, htons(8), htonl(5), IN6ADDR_LOOPBACK_INIT, 3 };
	struct sockaddr_nl nl = { AF_NETLINK, 0, 77, 0x11 };
	struct sockaddr_un un = { AF_UNIX, "/tmp/odd/none" };
	int pair[2] = { -1, -1 };
	socklen_t len = 128;
	for (unsigned i = 0; i < sizeof families / sizeof *families; i++) {
		long fd = svc(SYS_socket, families[i][0], families[i][1], families[i][2]);
		svc(SYS_close, fd);
	}
	long fd = svc(SYS_socket, AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
	svc(SYS_bind, fd, &in, sizeof in);
	svc(SYS_bind, fd, &in6, sizeof in6);
	svc(SYS_bind, fd, &nl, sizeof nl);
	svc(SYS_bind, fd, &un, 5);
	svc(SYS_bind, fd, BAD, 16);
	svc(SYS_bind, fd, 0, 0);
	svc(SYS_connect, fd, &un, sizeof un);
	svc(SYS_connect, fd, &in, 3);
	svc(SYS_connect, fd, &in6, -1);
	svc(SYS_listen, fd, -1);
	svc(SYS_accept4, fd, huge, BAD, 0xff);
	svc(SYS_getsockname, fd, huge, &len);
	svc(SYS_getpeername, fd, BAD, &len);
	svc(SYS_shutdown, fd, 9);
	odd_options(fd);
	odd_filters(fd);
	svc(SYS_close, fd);
	svc(SYS_socketpair, AF_INET, SOCK_STREAM, 0, pair);
	svc(SYS_socketpair, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair);
	odd_messages(pair[0], pair[1]);
	svc(SYS_close, pair[0]);
	svc(SYS_close, pair[1]);
}

static void odd_queues(void)
{
	long id = svc(SYS_msgget, IPC_PRIVATE, IPC_CREAT | 0640);
	svc(SYS_msgctl, id, IPC_STAT | IPC_NOW, huge);
	svc(SYS_msgctl, id, IPC_SET | IPC_NOW, huge);
	svc(SYS_msgctl, id, IPC_STAT | IPC_NOW, BAD);
	svc(SYS_msgctl, 0, IPC_INFO | IPC_NOW, huge);
	svc(SYS_msgctl, id, IPC_RMID | IPC_NOW, 0);
	id = svc(SYS_semget, IPC_PRIVATE, 2, IPC_CREAT | 0640);
	svc(SYS_semctl, id, 0, IPC_STAT | IPC_NOW, huge);
	svc(SYS_semctl, id, 1, SETVAL | IPC_NOW, 7);
	svc(SYS_semctl, 0, 0, SEM_INFO | IPC_NOW, huge);
	svc(SYS_semctl, id, 0, IPC_RMID | IPC_NOW, 0);
	id = svc(SYS_shmget, IPC_PRIVATE, 4096, IPC_CREAT | 0640);
	svc(SYS_shmctl, id, IPC_STAT | IPC_NOW, huge);
	svc(SYS_shmctl, id, IPC_SET | IPC_NOW, huge);
	svc(SYS_shmctl, 0, IPC_INFO | IPC_NOW, huge);
	svc(SYS_shmctl, 0, SHM_INFO | IPC_NOW, huge);
	svc(SYS_shmctl, id, IPC_RMID | IPC_NOW, 0);
}

static void odd_memory(void)
{
	svc(SYS_MMAP, 0, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
	svc(SYS_MMAP, BAD, 0, 0xff, MAP_SHARED | MAP_FIXED | MAP_LOCKED | MAP_POPULATE, 99, 0);
	svc(SYS_MMAP, 0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, 0, -1, 1);
	svc(SYS_MMAP, 0, 4096, PROT_READ | PROT_GROWSDOWN, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | (21 << 26), -1, 0);
	svc(SYS_mprotect, BAD, 4096, PROT_READ | PROT_GROWSUP);
	svc(SYS_mremap, BAD, 1, 2, 0xf, BAD);
	svc(SYS_munmap, BAD, 0);
	for (int advice = 0; advice < 27; advice += 3)
		svc(SYS_madvise, 0, 0, advice);
	svc(SYS_madvise, 0, 4096, 999);
	svc(SYS_msync, 0, 4096, 0xf);
	svc(SYS_mlockall, 0xf);
	svc(SYS_mincore, BAD, 4096, BAD);
	svc(SYS_membarrier, 0xff, 3);
	svc(SYS_memfd_create, "odd\nname", 0x1f);
	svc(SYS_memfd_create, BAD, 0);
	svc(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | 0x10);
	svc(SYS_remap_file_pages, 0, 0, 0, 0, 0xff);
	svc(SYS_process_vm_readv, 1, ten, 10, ten, 2, 0);
	svc(SYS_process_vm_writev, 1, BAD, 3, 0, 0, 9);
	svc(SYS_shmget, 0x1234, 4096, 0x7777);
	svc(SYS_shmat, -1, BAD, 0xf000);
	svc(SYS_semget, 0, 1, 0x3ff);
	svc(SYS_msgget, 0x77, 07000);
	svc(SYS_msgrcv, -1, BAD, 5, -3, 0x7000);
	odd_queues();
}

static void odd_signals(int pid)
{
	struct { void *handler; unsigned long flags; void *restorer; uint64_t mask; } action = {
		SIG_IGN, SA_RESTART | SA_NODEFER | 0x10, 0, 1ull << 4 | 1ull << 40 };
	uint64_t all = ~0ull, some = 1ull << 1 | 1ull << 31 | 1ull << 32 | 1ull << 63, old;
	stack_t stack = { huge, 4, 100 };
	siginfo_t info = { .si_signo = SIGUSR1, .si_code = SI_QUEUE };
	struct timespec { long sec, nsec; } none = { 0, 0 };
	svc(SYS_rt_sigaction, SIGUSR2, &action, 0, 8);
	svc(SYS_rt_sigaction, SIGUSR2, 0, &action, 8);
	svc(SYS_rt_sigaction, SIGKILL, &action, 0, 8);
	svc(SYS_rt_sigaction, 99, BAD, BAD, 5);
	svc(SYS_rt_sigprocmask, SIG_SETMASK, &some, &old, 8);
	svc(SYS_rt_sigprocmask, SIG_BLOCK, &all, 0, 8);
	svc(SYS_rt_sigprocmask, SIG_SETMASK, &old, &old, 8);
	svc(SYS_rt_sigprocmask, 9, BAD, BAD, 9);
	svc(SYS_rt_sigtimedwait, &some, &info, &none, 8);
	svc(SYS_rt_sigqueueinfo, pid, 0, &info);
	svc(SYS_rt_tgsigqueueinfo, 1, 1, SIGUSR1, &info);
	svc(SYS_sigaltstack, &stack, &stack);
	svc(SYS_sigaltstack, BAD, 0);
	svc(SYS_kill, 1, 200);
	svc(SYS_kill, -99999, SIGRTMIN);
	svc(SYS_tgkill, -1, -1, SIGSTKFLT);
	svc(SYS_tkill, 0, 64);
}

static void odd_tasks(int pid)
{
	struct rlimit limit = { 5, RLIM_INFINITY };
	struct { uint64_t cur, max; } wide = { 5, ~0ull };
	char *words[] = { "one", "", text300, "\377\n", 0 };
	int status;
	uint64_t cpus = ~0ull;
	struct { uint32_t size, policy; uint64_t flags; int32_t nice; uint32_t priority; uint64_t times[3]; } attr = { 48, 3, 1, 5, 0, { 1, 2, 3 } };
	svc(SYS_clone, CLONE_SIGHAND | CLONE_FS | SIGCHLD, BAD, BAD, BAD, BAD);
	svc(SYS_clone3, BAD, 64);
	svc(SYS_clone3, &cpus, 8);
	svc(SYS_unshare, CLONE_NEWNS | CLONE_NEWPID | 0x1);
	svc(SYS_setns, -1, CLONE_NEWNET);
	svc(SYS_wait4, -1, &status, WNOHANG | WUNTRACED | 0x10, 0);
	svc(SYS_wait4, pid, BAD, 0x7fffffff, BAD);
	svc(SYS_waitid, P_ALL, 0, huge, WNOHANG | WEXITED | WNOWAIT, 0);
	svc(SYS_waitid, 9, 0, 0, 0xff, BAD);
	svc(SYS_execve, "/nowhere", words, words);
	svc(SYS_execve, BAD, BAD, 0);
	svc(SYS_execveat, -1, "", words, 0, AT_EMPTY_PATH | 0x1);
	svc(SYS_prlimit64, 0, RLIMIT_STACK, 0, &wide);
	svc(SYS_prlimit64, 1, 99, &wide, 0);
	svc(SYS_setrlimit, RLIMIT_NICE, &limit);
	svc(SYS_getrusage, 7, huge);
	svc(SYS_setpriority, PRIO_USER, 99999, -20);
	svc(SYS_getpriority, 9, 0);
	svc(SYS_sched_setscheduler, 0, 0x40000001, BAD);
	svc(SYS_sched_setaffinity, 0, 8, &cpus);
	svc(SYS_sched_setattr, 0, &attr, 0);
	svc(SYS_sched_getattr, 0, &attr, 48, 0);
	svc(SYS_ptrace, 0x4206, 99999, 0, 0x1f);
	svc(SYS_ptrace, 7777, pid, BAD, BAD);
	svc(SYS_personality, 0x0040000);
	svc(SYS_personality, 0);
	svc(SYS_kcmp, pid, pid, 0, 1, 2);
	svc(SYS_process_mrelease, -1, 0);
	svc(SYS_pidfd_open, -1, O_NONBLOCK);
	svc(SYS_pidfd_getfd, -1, 0, 0);
	svc(SYS_setreuid, -1, 0);
	svc(SYS_setgroups, 3, BAD);
	svc(SYS_capget, BAD, 0);
}

static void odd_programs(void)
{
	union bpf_attr map = { .map_type = BPF_MAP_TYPE_LRU_HASH, .key_size = 4, .value_size = 8, .max_entries = 64,
			       .map_flags = BPF_F_NO_PREALLOC | BPF_F_RDONLY, .map_name = "odd" };
	union bpf_attr set = { .map_fd = 77, .key = 0x1000, .value = 0x2000, .flags = BPF_NOEXIST };
	union bpf_attr attach = { .target_fd = 5, .attach_bpf_fd = 6, .attach_type = BPF_CGROUP_INET6_CONNECT, .attach_flags = 3 };
	union bpf_attr link = { .link_create = { .prog_fd = 5, .target_fd = 6, .attach_type = BPF_CGROUP_DEVICE } };
	union bpf_attr next = { .start_id = 7 }, trace = { .raw_tracepoint = { .name = 16, .prog_fd = 9 } };
	union bpf_attr query = { .query = { .target_fd = 4, .attach_type = BPF_CGROUP_DEVICE, .query_flags = 1, .prog_cnt = 3 } };
	svc(SYS_bpf, BPF_MAP_CREATE, &map, 48);
	svc(SYS_bpf, BPF_MAP_CREATE, &map, sizeof map);
	svc(SYS_bpf, BPF_MAP_UPDATE_ELEM, &set, 32);
	svc(SYS_bpf, BPF_MAP_LOOKUP_ELEM, &set, 24);
	svc(SYS_bpf, BPF_MAP_DELETE_ELEM, &set, 16);
	svc(SYS_bpf, BPF_MAP_GET_NEXT_KEY, &set, 24);
	svc(SYS_bpf, BPF_PROG_ATTACH, &attach, 20);
	attach.attach_flags = 0;
	svc(SYS_bpf, BPF_PROG_DETACH, &attach, 12);
	svc(SYS_bpf, BPF_LINK_CREATE, &link, 16);
	svc(SYS_bpf, BPF_PROG_GET_NEXT_ID, &next, 8);
	svc(SYS_bpf, BPF_MAP_GET_FD_BY_ID, &next, 12);
	svc(SYS_bpf, BPF_PROG_QUERY, &query, 28);
	svc(SYS_bpf, BPF_RAW_TRACEPOINT_OPEN, &trace, 12);
	svc(SYS_bpf, BPF_MAP_FREEZE, &set, 4);
}

static void odd_rights(void)
{
	struct { uint64_t access; int fd; } beneath = { 0xd, 77 };
	struct { uint64_t access, port; } port = { 3, 27042 };
	long key = svc(SYS_add_key, "user", "odd-key", "payload", 7, -2);
	svc(SYS_keyctl, 6, key, huge, 300);
	svc(SYS_keyctl, 11, key, huge, 300);
	svc(SYS_keyctl, 11, key, huge, 3);
	svc(SYS_landlock_add_rule, -1, 1, &beneath, 0);
	svc(SYS_landlock_add_rule, -1, 1, BAD, 1);
	svc(SYS_landlock_add_rule, -1, 2, &port, 0);
	svc(SYS_ioprio_set, 1, 0, 0x4004);
	svc(SYS_ioprio_set, 1, 0, 0x6000);
}

static void odd_controls_of_tasks(void)
{
	static const int ops[] = { PR_GET_PDEATHSIG, PR_GET_DUMPABLE, PR_GET_KEEPCAPS, PR_GET_TIMING, PR_GET_SECCOMP,
		PR_GET_NO_NEW_PRIVS, PR_GET_THP_DISABLE, PR_GET_TIMERSLACK, PR_GET_CHILD_SUBREAPER, 59 };
	for (unsigned i = 0; i < sizeof ops / sizeof *ops; i++)
		svc(SYS_prctl, ops[i], huge, 0, 0, 0);
	svc(SYS_prctl, PR_SET_PDEATHSIG, SIGUSR1);
	svc(SYS_prctl, PR_SET_DUMPABLE, 1);
	svc(SYS_prctl, PR_SET_NAME, "odd\n\"name");
	svc(SYS_prctl, PR_SET_NAME, BAD);
	svc(SYS_prctl, PR_SET_SECCOMP, 9, BAD);
	svc(SYS_prctl, PR_CAPBSET_READ, 5);
	svc(SYS_prctl, PR_SET_MM, PR_SET_MM_BRK, 0, 0, 0);
	svc(SYS_prctl, PR_SET_VMA, PR_SET_VMA_ANON_NAME, BAD, 4096, "odd");
	svc(SYS_prctl, PR_SET_PTRACER, -1);
	svc(SYS_prctl, 0x7777, 1, 2, 3, 4);
	svc(SYS_seccomp, 2, 0, huge);
	svc(SYS_seccomp, 1, 0xff, BAD);
	svc(SYS_bpf, 0, huge, 48);
	svc(SYS_bpf, 5, BAD, 120);
	svc(SYS_bpf, 777, 0, 0);
	odd_programs();
	svc(SYS_perf_event_open, BAD, -1, 0, -1, 0xff);
	svc(SYS_add_key, "user", "odd", "payload", 7, -2);
	svc(SYS_request_key, "user", "odd", 0, -3);
	svc(SYS_keyctl, 0, -3, 0);
	svc(SYS_keyctl, 11, 1, BAD, 5);
	odd_rights();
	svc(SYS_io_uring_setup, 8, BAD);
	svc(SYS_io_uring_register, -1, 2, BAD, 4);
	svc(SYS_landlock_create_ruleset, 0, 0, 1);
	svc(SYS_getrandom, BAD, 16, 0x7);
	svc(SYS_getrandom, huge, 0, 2);
	svc(SYS_reboot, 0xfee1dead, 0x28121969, 0x1234567, 0);
	svc(SYS_syslog, 10, 0, 0);
	svc(SYS_sethostname, "odd", 3);
	svc(SYS_init_module, BAD, 4, "x=1");
	svc(SYS_finit_module, -1, "", 7);
	svc(SYS_delete_module, "odd", O_NONBLOCK | O_TRUNC);
}

static void odd_time(void)
{
	struct timespec { long sec, nsec; } wrong = { 1, 2000000000 }, soon = { 0, 1000 };
	struct itimerval timer = { { 0, 0 }, { 100, 7 } }, off = { { 0, 0 }, { 0, 0 } };
	struct sigevent event = { .sigev_notify = SIGEV_NONE, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 7 };
	int id, word = 3;
	svc(SYS_nanosleep, &wrong, 0);
	svc(SYS_nanosleep, BAD, BAD);
	svc(SYS_clock_nanosleep, CLOCK_REALTIME, TIMER_ABSTIME, &soon, 0);
	svc(SYS_clock_gettime, -7, &soon);
	svc(SYS_clock_gettime, CLOCK_BOOTTIME_ALARM, BAD);
	svc(SYS_clock_getres, 99, 0);
	svc(SYS_timer_create, CLOCK_MONOTONIC, &event, &id);
	svc(SYS_timer_delete, 999);
	svc(SYS_setitimer, ITIMER_PROF, &timer, &off);
	svc(SYS_setitimer, ITIMER_PROF, &off, &timer);
	svc(SYS_setitimer, 9, BAD, BAD);
	svc(SYS_futex, &word, FUTEX_WAIT, 1, BAD);
	svc(SYS_futex, &word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME, 1, 0, 0, 0xf);
	svc(SYS_futex, &word, FUTEX_REQUEUE_PRIVATE, 1, 5, &word);
	svc(SYS_futex, &word, FUTEX_CMP_REQUEUE, 0, 1, &word, 9);
	svc(SYS_futex, &word, FUTEX_WAKE_OP, 1, 1, &word, 0x12345678);
	svc(SYS_futex, &word, 77, 1);
	svc(SYS_set_robust_list, BAD, 3);
	svc(SYS_get_robust_list, 0, huge, huge + 16);
}

static int odd_calls(void)
{
	int pid = getpid();
	mark("odd-begin");
	odd_files();
	odd_sockets();
	odd_memory();
	odd_signals(pid);
	odd_tasks(pid);
	odd_controls_of_tasks();
	odd_time();
	mark("odd-end");
	return 0;
}

#endif
