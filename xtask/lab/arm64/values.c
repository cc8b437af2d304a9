/* Calls whose arguments have parts of many kinds: addresses of rare families, control data, arrays of messages. Each
 * call is made under a thread name of its own, which is the name of its golden case. */
#include "svc.h"
#include <linux/if_alg.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
/* Needs the socket's own header before it. */
#include <linux/vm_sockets.h>

static long named(const char *name)
{
	return svc(SYS_prctl, PR_SET_NAME, name);
}

/* The call that is the case of this name. */
#define as(name, ...) \
	({ \
		named(name); \
		long ret = svc(__VA_ARGS__); \
		named(program_invocation_short_name); \
		ret; \
	})

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

int main(void)
{
	addresses();
	descriptors();
	datagrams();
	return 0;
}
