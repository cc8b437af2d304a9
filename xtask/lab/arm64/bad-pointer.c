/* Calls with pointers that lead nowhere: each fails with EFAULT (-14), and a tracer can only say that it could not read.
 * The last writev has a good array with one good and one bad buffer, of which the good one can be read. */
#include "svc.h"
#include <netinet/in.h>
#include <sys/uio.h>

int main(void)
{
	char *bad = (char *)0x1000, *arguments[] = { "bad-pointer", bad, NULL };
	struct iovec bad_base[] = { { bad, 8 } }, half_bad[] = { { "good", 4 }, { bad, 8 } };
	int pipe_fds[2], fd = socket(AF_INET, SOCK_STREAM, 0);
	need(fd >= 0 && pipe(pipe_fds) == 0);
	mark("bad");
	fact("pid", getpid());
	fact("openat", svc(SYS_openat, AT_FDCWD, 1, O_RDONLY));
	fact("openat", svc(SYS_openat, AT_FDCWD, 0, O_RDONLY));
	fact("openat", svc(SYS_openat, AT_FDCWD, 0xffff000000001000, O_RDONLY));
	fact("connect", svc(SYS_connect, fd, bad, sizeof(struct sockaddr_in)));
	fact("execve", svc(SYS_execve, "/bin/bad-pointer", bad, 0));
	fact("execve", svc(SYS_execve, "/bin/bad-pointer", arguments, 0));
	fact("execve", svc(SYS_execve, bad, 0, 0));
	fact("nanosleep", svc(SYS_nanosleep, bad, 0));
	fact("writev", svc(SYS_writev, pipe_fds[1], bad, 2));
	fact("writev", svc(SYS_writev, pipe_fds[1], bad_base, 1));
	fact("half", svc(SYS_writev, pipe_fds[1], half_bad, 2));
	return 0;
}
