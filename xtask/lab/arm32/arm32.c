/* 32-bit ARM: calls whose numbers mean something else in the 64-bit table (getppid is 64, write there), that only this
 * table has (open), whose 64-bit arguments take two registers (pread64), ARM's private calls (cacheflush, set_tls), an
 * svc in ARM and in Thumb code (getpgrp), and numbers that nobody has. */
#include "svc.h"
#include <netinet/in.h>

/* getpgrp by an instruction of four bytes and by one of two, each with a label. */
long arm_getpgrp(void), thumb_getpgrp(void);
extern const char arm_svc[], thumb_svc[];
__asm__(".arm\n"
	"arm_getpgrp: push {r7, lr}\n"
	"	mov r7, #65\n"
	"arm_svc: svc #0\n"
	"	pop {r7, pc}\n"
	".thumb\n"
	".thumb_func\n"
	"thumb_getpgrp: push {r7, lr}\n"
	"	movs r7, #65\n"
	"thumb_svc: svc #0\n"
	"	pop {r7, pc}\n"
	".align 2\n"
	".arm\n");

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
	fact("arm_svc", (long)arm_svc);
	fact("thumb_svc", (long)thumb_svc);
	need(arm_getpgrp() == thumb_getpgrp());
	fact("unknown_511", svc(511, 1, 2, 3, 4, 5, 6));
	fact("unknown_5000", svc(5000, 1, 2, 3, 4, 5, 6));
	fact("openat", svc(322, AT_FDCWD, "/arm32/last", O_RDONLY));
	return 0;
}
