/* 32-bit ARM: calls whose numbers mean something else in the 64-bit table (getppid is 64, write there), that only this
 * table has (open), whose 64-bit arguments take two registers (pread64), ARM's private calls (cacheflush, set_tls), and
 * numbers that nobody has. */
#include "svc.h"
#include <netinet/in.h>

int main(void)
{
	static char buffer[16], code[64];
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(27042),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	uintptr_t thread;
	__asm__("mrc p15, 0, %0, c13, c0, 3" : "=r"(thread));
	mark("arm32");
	fact("pid", getpid());
	fact("getppid", svc(64));
	fact("openat", svc(322, AT_FDCWD, "/arm32/openat", O_RDONLY));
	fact("open", svc(5, "/arm32/open", O_RDONLY));
	long fd = svc(5, "/etc/passwd", O_RDONLY);
	need(fd >= 0);
	/* Offset 0x1_0000_0002 in r4 (low) and r5 (high); r3 is left out so that the pair starts at an even register. */
	fact("pread64", svc(180, fd, buffer, sizeof buffer, 0, 2, 1));
	fact("close", svc(6, fd));
	fd = svc(281, AF_INET, SOCK_STREAM, 0);
	need(fd >= 0);
	fact("connect", svc(283, fd, &address, sizeof address));
	fact("cacheflush", svc(0xf0002, code, code + sizeof code, 0));
	fact("set_tls", svc(0xf0005, thread));
	fact("unknown_511", svc(511, 1, 2, 3, 4, 5, 6));
	fact("unknown_5000", svc(5000, 1, 2, 3, 4, 5, 6));
	fact("openat", svc(322, AT_FDCWD, "/arm32/last", O_RDONLY));
	return 0;
}
