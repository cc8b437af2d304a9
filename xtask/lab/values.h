/* Calls whose arguments have parts of many kinds: addresses of rare families, control data, arrays of messages, netlink,
 * filters, structures that say themselves what is in them. Each call is made under a thread name of its own, which is the
 * name of its golden case. A program for both ABIs, each of which has its svc.h. */
#include <linux/if_alg.h>
#include <linux/if_packet.h>
#include <linux/aio_abi.h>
#include <linux/filter.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <linux/rtnetlink.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
/* Needs the socket's own header before it. */
#include <linux/vm_sockets.h>

#include "named.h"
#include "unwritten.h"

static void addresses(void)
{
	struct sockaddr_ll packet = { .sll_family = AF_PACKET, .sll_protocol = htons(3), .sll_ifindex = 2, .sll_hatype = 1,
				      .sll_halen = 6, .sll_addr = { 0x52, 0x54, 0, 0x12, 0x34, 0x56 } };
	struct sockaddr_vm machine = { .svm_family = AF_VSOCK, .svm_port = 1234, .svm_cid = 2 };
	struct sockaddr_alg algorithm = { .salg_family = AF_ALG, .salg_type = "hash", .salg_name = "sha256" };
	uint32_t router[3] = { 42, 1, 0xfffffffe };
	unsigned char bluetooth[14] = { 31, 0, 1, 0x10, 6, 5, 4, 3, 2, 1, 4, 0, 1, 0 };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	as("packet", SYS_bind, fd, &packet, sizeof packet);
	as("vsock", SYS_connect, fd, &machine, sizeof machine);
	as("alg", SYS_bind, fd, &algorithm, sizeof algorithm);
	as("qipcrtr", SYS_connect, fd, router, sizeof router);
	as("hci", SYS_bind, fd, bluetooth, 6);
	as("sco", SYS_connect, fd, bluetooth, 8);
	as("rfcomm", SYS_connect, fd, bluetooth, 10);
	as("l2cap", SYS_connect, fd, bluetooth, 14);
	close(fd);
}

static char text[64];
static struct iovec whole = { text, sizeof text }, two[2] = { { "one ", 4 }, { "two", 3 } };

static void descriptors(void)
{
	int pair[2], one = 1;
	char space[128] = "";
	struct cmsghdr *rights = (struct cmsghdr *)space;
	struct ucred self = { getpid(), getuid(), getgid() };
	struct msghdr message = { .msg_iov = two, .msg_iovlen = 2, .msg_control = space };
	need(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
	need(setsockopt(pair[1], SOL_SOCKET, SO_PASSCRED, &one, sizeof one) == 0);
	*rights = (struct cmsghdr){ CMSG_LEN(8), SOL_SOCKET, SCM_RIGHTS };
	memcpy(CMSG_DATA(rights), (int[]){ 0, pair[0] }, 8);
	struct cmsghdr *credentials = (struct cmsghdr *)(space + CMSG_SPACE(8));
	*credentials = (struct cmsghdr){ CMSG_LEN(sizeof self), SOL_SOCKET, SCM_CREDENTIALS };
	memcpy(CMSG_DATA(credentials), &self, sizeof self);
	message.msg_controllen = CMSG_SPACE(8) + CMSG_SPACE(sizeof self);
	need(as("rights", SYS_sendmsg, pair[0], &message, 0) == 7);
	message = (struct msghdr){ .msg_iov = &whole, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space };
	need(as("rights", SYS_recvmsg, pair[1], &message, MSG_CMSG_CLOEXEC) == 7);
	/* No room for all: what is left out is closed, and a flag says so. */
	message.msg_control = rights;
	message.msg_controllen = CMSG_SPACE(8) + CMSG_SPACE(sizeof self);
	memcpy(CMSG_DATA(rights), (int[]){ 0, pair[0] }, 8);
	need(svc(SYS_sendto, pair[0], "bare", 4, 0, 0, 0) == 4);
	message.msg_controllen = CMSG_LEN(8);
	need(as("short-control", SYS_recvmsg, pair[1], &message, 0) == 4);
	rights->cmsg_len = 3;
	message.msg_controllen = 32;
	need(as("broken-control", SYS_sendmsg, pair[0], &message, 0) == -EINVAL);
	close(pair[0]);
	close(pair[1]);
}

static void datagrams(void)
{
	int one = 1, fd = socket(AF_INET, SOCK_DGRAM, 0);
	char space[256] = "", spaces[3][64];
	char texts[3][16];
	struct sockaddr_in self = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) }, from[3];
	socklen_t len = sizeof self;
	struct msghdr message = { .msg_name = from, .msg_namelen = sizeof *from, .msg_iov = &whole, .msg_iovlen = 1,
				  .msg_control = space, .msg_controllen = sizeof space };
	struct mmsghdr several[3];
	struct iovec into[3];
	need(bind(fd, (void *)&self, len) == 0 && getsockname(fd, (void *)&self, &len) == 0);
	need(setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &one, sizeof one) == 0);
	need(setsockopt(fd, IPPROTO_IP, IP_RECVTTL, &one, sizeof one) == 0);
	need(setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one) == 0);
	need(as("datagram", SYS_sendto, fd, "ping", 4, 0, &self, len) == 4);
	need(as("datagram", SYS_recvmsg, fd, &message, 0) == 4);
	for (int i = 0; i < 3; i++) {
		struct msghdr to = { .msg_name = &self, .msg_namelen = len, .msg_iov = two, .msg_iovlen = i + 1 > 2 ? 2 : i + 1 };
		several[i] = (struct mmsghdr){ .msg_hdr = to };
	}
	need(as("three-messages", SYS_sendmmsg, fd, several, 3, 0) == 3);
	for (int i = 0; i < 3; i++) {
		into[i] = (struct iovec){ texts[i], sizeof texts[i] };
		struct msghdr at = { .msg_name = &from[i], .msg_namelen = sizeof *from, .msg_iov = &into[i], .msg_iovlen = 1,
				     .msg_control = spaces[i], .msg_controllen = sizeof spaces[i] };
		several[i] = (struct mmsghdr){ .msg_hdr = at };
	}
	need(as("three-messages", SYS_recvmmsg, fd, several, 3, MSG_DONTWAIT, 0) == 3);
	struct mmsghdr many[12] = { { .msg_hdr = { .msg_iov = two, .msg_iovlen = 1 } } };
	need(as("many-messages", SYS_sendmmsg, fd, many, 12, 0) == -EDESTADDRREQ);
	need(as("bad-messages", SYS_sendmmsg, fd, 8, 2, 0) == -EFAULT);
	close(fd);
}

/* As libc asks for interfaces: the shortest request, without an address. */
static void links(void)
{
	struct { struct nlmsghdr head; struct rtgenmsg body; } links = { { 17, RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, 7, 0 } };
	struct { struct nlmsghdr head; struct ifaddrmsg body; } addresses = {
		{ sizeof addresses, RTM_GETADDR, NLM_F_REQUEST | NLM_F_DUMP, 8, 0 }, { .ifa_family = AF_INET } };
	struct { struct nlmsghdr head; struct ifinfomsg body; } nobody = {
		{ sizeof nobody, RTM_GETLINK, NLM_F_REQUEST, 9, 0 }, { .ifi_index = 999 } };
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK }, from;
	socklen_t len = sizeof from;
	char answer[8192];
	struct iovec parts[1] = { { &addresses, sizeof addresses } };
	struct msghdr message = { .msg_name = &kernel, .msg_namelen = sizeof kernel, .msg_iov = parts, .msg_iovlen = 1 };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	need(fd >= 0);
	need(as("links", SYS_sendto, fd, &links, sizeof links, 0, 0, 0) == sizeof links);
	need(as("links", SYS_recvfrom, fd, answer, sizeof answer, 0, 0, 0) > 0);
	need(as("done", SYS_recvfrom, fd, answer, sizeof answer, 0, &from, &len) > 0);
	need(as("addresses", SYS_sendmsg, fd, &message, 0) == sizeof addresses);
	parts[0] = (struct iovec){ answer, sizeof answer };
	need(as("addresses", SYS_recvmsg, fd, &message, 0) > 0);
	while (recv(fd, answer, sizeof answer, MSG_DONTWAIT) > 0)
		;
	need(as("nobody", SYS_write, fd, &nobody, sizeof nobody) == sizeof nobody);
	need(as("nobody", SYS_read, fd, answer, sizeof answer) > 0);
	close(fd);
}

static void families(void)
{
	struct { struct nlmsghdr head; struct genlmsghdr body; struct nlattr name; char text[8]; } ask = {
		{ sizeof ask, GENL_ID_CTRL, NLM_F_REQUEST | NLM_F_ACK, 1, 0 }, { CTRL_CMD_GETFAMILY, 1, 0 },
		{ 4 + 7, CTRL_ATTR_FAMILY_NAME }, "nlctrl" };
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	char answer[4096];
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	need(fd >= 0);
	need(as("family", SYS_sendto, fd, &ask, sizeof ask, 0, &kernel, sizeof kernel) == sizeof ask);
	need(as("family", SYS_recvfrom, fd, answer, sizeof answer, 0, 0, 0) > 0);
	close(fd);
}

static void filters(void)
{
	struct sock_filter packets[] = { BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x800, 0, 1),
					 BPF_STMT(BPF_RET | BPF_K, 0x40000), BPF_STMT(BPF_RET | BPF_K, 0) };
	struct sock_filter calls[] = { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 4), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),
				       BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW) };
	static struct sock_filter many[600];
	struct sock_fprog packet = { 4, packets }, call = { 4, calls }, long_one = { 600, many };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	for (int i = 0; i < 600; i++)
		many[i] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	need(as("filter", SYS_setsockopt, fd, SOL_SOCKET, SO_ATTACH_FILTER, &packet, sizeof packet) == 0);
	need(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	need(as("filter", SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_LOG, &call) == 0);
	need(as("filter", SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &call) == 0);
	need(as("long-filter", SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &long_one) == 0);
	close(fd);
}

/* No header of the C library's own age knows it. */
#define NR_lsm_list_modules 461

static void files(void)
{
	struct { struct file_handle head; char room[128]; } handle = { { .handle_bytes = 128 } };
	int mount = 0, fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	aio_context_t context = 0;
	char buffer[16] = "";
	struct iocb one = { .aio_data = 7, .aio_lio_opcode = IOCB_CMD_PREAD, .aio_fildes = fd,
			    .aio_buf = (uintptr_t)buffer, .aio_nbytes = sizeof buffer };
	struct iocb two = { .aio_lio_opcode = IOCB_CMD_POLL, .aio_fildes = fd, .aio_flags = IOCB_FLAG_RESFD, .aio_resfd = 99 };
	struct iocb *both[] = { &one, &two };
	as("handle", SYS_name_to_handle_at, AT_FDCWD, "/tmp", &handle, &mount, 0);
	as("handle", SYS_open_by_handle_at, AT_FDCWD, &handle, O_RDONLY);
	handle.head.handle_bytes = 0;
	as("no-room", SYS_name_to_handle_at, AT_FDCWD, "/tmp", &handle, &mount, 0);
	svc(SYS_io_setup, 4, &context);
	as("two-reads", SYS_io_submit, context, 2, both);
	svc(SYS_io_destroy, context);
	close(fd);
}

static void sets(void)
{
	fd_set in, out;
	struct timespec now = { 0, 0 };
	int ends[2];
	need(pipe(ends) == 0);
	/* What lies behind the last descriptor that counts is none. */
	memset(&in, 0xff, sizeof in);
	memset(&out, 0xff, sizeof out);
	((unsigned char *)&in)[0] = 1 << ends[0];
	((unsigned char *)&out)[0] = 1 << ends[1];
	need(as("two-ends", SYS_pselect6, ends[1] + 1, &in, &out, 0, &now, 0) == 1);
	close(ends[0]);
	close(ends[1]);
#ifdef SYS_getdents
	char entries[512];
	int dir = open("/proc/self/task", O_RDONLY | O_DIRECTORY);
	need(as("older-entries", SYS_getdents, dir, entries, sizeof entries) > 0);
	close(dir);
#endif
}

static void signals(void)
{
	siginfo_t info = { 0 };
	sigset_t set;
	union sigval value = { .sival_int = 77 };
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1, .sigev_value = value };
	int timer = 0, child = fork();
	if (child == 0)
		_exit(3);
	as("child", SYS_waitid, P_PID, child, &info, WEXITED, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	need(sigqueue(getpid(), SIGUSR1, value) == 0);
	need(as("queued", SYS_rt_sigtimedwait, &set, &info, 0, 8) == SIGUSR1);
	as("queued", SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &info);
	need(as("queued-again", SYS_rt_sigtimedwait, &set, &info, 0, 8) == SIGUSR1);
	raise(SIGUSR1);
	need(as("raised", SYS_rt_sigtimedwait, &set, &info, 0, 8) == SIGUSR1);
	((int *)&event)[sizeof(long) == 8 ? 4 : 3] = getpid();
	as("to-thread", SYS_timer_create, CLOCK_MONOTONIC, &event, &timer);
}

static void system_wide(void)
{
	struct perf_event_attr counter = { .type = PERF_TYPE_BREAKPOINT, .size = sizeof counter, .config1 = 0x1000,
					   .sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TID, .disabled = 1, .exclude_kernel = 1 };
	struct timex clock = { 0 };
	uint32_t rseq[8] = { 0, -1 };
	uint64_t modules[16];
	uint32_t size = sizeof modules;
	cpu_set_t cpus;
	void *page = rseq;
	int node = 0, status = 0;
	struct { const void *buf; size_t bufsz; const void *mem; size_t memsz; } segment = { rseq, 32, (void *)0x10000, 4096 };
	as("breakpoint", SYS_perf_event_open, &counter, 0, -1, -1, 0);
	counter.size = 0;
	as("first-version", SYS_perf_event_open, &counter, 0, -1, -1, 0);
	as("clock", SYS_adjtimex, &clock);
	as("rseq", SYS_rseq, rseq, 32, 0, 0x53053053);
	as("cpus", SYS_sched_getaffinity, 0, sizeof cpus, &cpus);
	as("modules", NR_lsm_list_modules, modules, &size, 0);
	as("kexec", SYS_kexec_load, 0x10000, 1, &segment, 0);
	as("pages", SYS_move_pages, 0, 1, &page, &node, &status, 2);
}

int main(void)
{
	files();
	sets();
	signals();
	system_wide();
	addresses();
	descriptors();
	datagrams();
	links();
	families();
	filters();
	unwritten();
	return 0;
}
