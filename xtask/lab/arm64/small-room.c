/* Calls that have more to give than there is room for, and strings that just fit. Behind each buffer lies a secret that
 * the call does not touch: a tracer that shows it has read too far. */
#include "svc.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

static struct {
	char first[8], secret[248];
} room;

/* Eight bytes of room, and what must not be shown. */
static char *fresh(void)
{
	memset(&room, 0, sizeof room);
	strcpy(room.secret, "secret");
	return room.first;
}

int main(void)
{
	struct sockaddr_in server = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	static char exact[257], beyond[258];
	char *fits[] = { "fits", exact, NULL }, *cut[] = { "cut", beyond, NULL };
	int fds[2];
	socklen_t len = sizeof server;
	memset(exact, 'e', 256);
	memset(beyond, 'b', 257);
	int udp = socket(AF_INET, SOCK_DGRAM, 0);
	need(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds) == 0 && send(fds[0], "datagram", 8, 0) == 8);
	need(udp >= 0 && bind(udp, (void *)&server, sizeof server) == 0);
	need(getsockname(udp, (void *)&server, &len) == 0);
	for (int i = 0; i < 2; i++)
		need(sendto(udp, "x", 1, 0, (void *)&server, sizeof server) == 1);
	mark("room");
	fact("peek", svc(SYS_recvfrom, fds[1], fresh(), 1, MSG_PEEK | MSG_TRUNC));
	len = 4;
	fact("name", svc(SYS_getsockname, udp, fresh(), &len));
	len = 2;
	fact("from", svc(SYS_recvfrom, udp, fresh() + 7, 1, 0, room.secret - 4, &len));
	struct iovec into = { fresh(), 1 };
	struct msghdr message = { .msg_name = room.secret - 4, .msg_namelen = 2, .msg_iov = &into, .msg_iovlen = 1 };
	fact("message", svc(SYS_recvmsg, udp, &message, 0));
	fact("fits", svc(SYS_execve, "/nowhere", fits, 0));
	fact("cut", svc(SYS_execve, "/nowhere", cut, 0));
	return 0;
}
