/* Makes the same calls twice, with the same arguments: through the libc's syscall() after the mark "libc", by an
 * `svc` of its own after the mark "inline", then the mark "done". A trace must say the same of both halves. */
#include "svc.h"
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>

/* At the same addresses in both halves: addresses are part of what is compared. */
static char buffer[64];
static struct stat status;
static struct utsname names;
static struct sockaddr_in closed = { .sin_family = AF_INET, .sin_port = 0, .sin_addr.s_addr = 0 };
static void *const spot = (void *)0x5500000000;

static long by_libc(long nr, long a, long b, long c, long d, long e, long f)
{
	long ret = syscall(nr, a, b, c, d, e, f);
	return ret == -1 ? -errno : ret;
}

#define LIBC_PICK(nr, a, b, c, d, e, f, ...) \
	by_libc((long)(nr), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define libc(...) LIBC_PICK(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

#define CALLS(CALL) \
	do { \
		long fd; \
		results[n++] = CALL(SYS_openat, AT_FDCWD, "/nowhere/at/all", O_RDWR | O_CLOEXEC | O_CREAT, 0640); \
		results[n++] = fd = CALL(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY); \
		results[n++] = CALL(SYS_read, fd, buffer, 16); \
		results[n++] = CALL(SYS_close, fd); \
		results[n++] = CALL(SYS_getppid); \
		results[n++] = fd = CALL(SYS_socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); \
		results[n++] = CALL(SYS_connect, fd, &closed, sizeof closed); \
		results[n++] = CALL(SYS_close, fd); \
		results[n++] = CALL(SYS_mmap, spot, 65536, PROT_READ | PROT_WRITE, \
				    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0); \
		results[n++] = CALL(SYS_mprotect, spot, 65536, PROT_READ | PROT_EXEC); \
		results[n++] = CALL(SYS_munmap, spot, 65536); \
		results[n++] = CALL(SYS_uname, &names); \
		results[n++] = CALL(SYS_getrandom, buffer, 8, 0); \
		results[n++] = CALL(SYS_faccessat, AT_FDCWD, "/system/bin/su", F_OK); \
		results[n++] = CALL(SYS_newfstatat, AT_FDCWD, "/bin", &status, AT_SYMLINK_NOFOLLOW); \
		results[n++] = CALL(SYS_prctl, PR_SET_NAME, "same-calls"); \
		results[n++] = CALL(SYS_prctl, PR_GET_DUMPABLE); \
	} while (0)

int main(void)
{
	long results[40];
	int n = 0, half;
	closed.sin_port = htons(9);
	closed.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	mark("libc");
	/* Time to look at this process: what its descriptors are is known from then on. */
	pause_ms(300);
	CALLS(libc);
	half = n;
	mark("inline");
	CALLS(svc);
	mark("done");
	need(n == 2 * half);
	need(memcmp(results, results + half, half * sizeof *results) == 0);
	fact("pid", getpid());
	fact("calls", half);
	for (int i = 0; i < half; i++)
		fact("ret", results[i]);
	return 0;
}
