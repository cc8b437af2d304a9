/* Passes pointers with 0xb4 in their top byte, as Android's allocator hands them out, to the kernel: paths, a time, an
 * address, an array of iovecs and the buffers behind it. All of these calls work; a tracer must read what they read. */
#include "svc.h"
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <time.h>

#define tagged(pointer) ((void *)((uintptr_t)(pointer) | (uintptr_t)0xb4 << 56))

int main(void)
{
	static char path[] = "/tagged/path", first[] = "first ", second[] = "second";
	static struct timespec millisecond = { 0, 1000000 };
	static struct sockaddr_in address = { .sin_family = AF_INET };
	static struct iovec iovecs[2];
	int pipe_fds[2];
	address.sin_port = htons(27042);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	iovecs[0] = (struct iovec){ tagged(first), 6 };
	iovecs[1] = (struct iovec){ tagged(second), 6 };
	need(prctl(PR_SET_TAGGED_ADDR_CTRL, PR_TAGGED_ADDR_ENABLE, 0, 0, 0) == 0);
	need(pipe(pipe_fds) == 0);
	int fd = svc(SYS_socket, AF_INET, SOCK_STREAM, 0);
	need(fd >= 0);
	mark("tagged");
	fact("pid", getpid());
	fact("openat", svc(SYS_openat, AT_FDCWD, tagged(path), O_RDONLY));
	fact("nanosleep", svc(SYS_nanosleep, tagged(&millisecond), 0));
	fact("clock_nanosleep", svc(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, tagged(&millisecond), 0));
	fact("connect", svc(SYS_connect, fd, tagged(&address), sizeof address));
	long written = svc(SYS_writev, pipe_fds[1], tagged(iovecs), 2);
	fact("writev", written);
	need(written == 12);
	return 0;
}
