/* Paths that cannot be read, or not in one go, when the call begins. Each is passed to openat by an `svc` of its own;
 * the page tables are asked before and after (`NAME.present`, `NAME.present_after`: 1 is resident).
 *   untouched  in a file's page that was mapped and never touched
 *   halfway    begins in a resident page, goes on in one that was never touched
 *   edge       ends exactly where its page ends, nothing mapped behind
 *   over       has no end before the unmapped page: EFAULT
 *   long, whole, beyond   4000 bytes, the 4095 that the kernel takes, 4200 which it does not
 *   sockaddr   no path: an address in a page that was never touched, for connect */
#include "svc.h"
#include <netinet/in.h>
#include <sys/mman.h>

static long page;

/* Whether the page tables know the page, which is not whether the page cache does. */
static long present(const void *address)
{
	uint64_t entry = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY);
	need(fd >= 0);
	need(pread(fd, &entry, 8, (uintptr_t)address / page * 8) == 8);
	close(fd);
	return entry >> 63;
}

/* A file whose first page ends with `before` and whose second begins with `after`; a fresh, untouched mapping of each
 * page, side by side. Two files' mappings do not merge, so touching one does not bring in the other. */
static char *map(const char *name, const void *before, long before_len, const void *after, long after_len)
{
	char path[64], *at = mmap(NULL, 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	need(at != MAP_FAILED);
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "/tmp/late-path-%d-%s-%d", getpid(), name, i);
		int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
		need(fd >= 0 && ftruncate(fd, page) == 0);
		if (i == 0 && before_len)
			need(pwrite(fd, before, before_len, page - before_len) == before_len);
		if (i == 1 && after_len)
			need(pwrite(fd, after, after_len, 0) == after_len);
		need(mmap(at + i * page, page, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0) != MAP_FAILED);
		close(fd);
		unlink(path);
	}
	return at;
}

static void show(const char *name, const char *what, long value)
{
	char key[64];
	snprintf(key, sizeof key, "%s.%s", name, what);
	fact(key, value);
}

static void open_late(const char *name, const char *path, const void *last_page)
{
	show(name, "present", present(last_page));
	long ret = svc(SYS_openat, AT_FDCWD, path, O_RDONLY);
	show(name, "present_after", present(last_page));
	show(name, "ret", ret);
}

static void open_long(const char *name, long len)
{
	char path[4300];
	for (long i = 0; i < len; i++)
		path[i] = i % 100 ? 'a' + i % 26 : '/';
	path[len] = 0;
	show(name, "len", len);
	show(name, "ret", svc(SYS_openat, AT_FDCWD, path, O_RDONLY));
}

int main(void)
{
	page = sysconf(_SC_PAGESIZE);
	fact("pid", getpid());
	char *at = map("untouched", NULL, 0, "/late/untouched", 16);
	open_late("untouched", at + page, at + page);

	at = map("halfway", "/late/half", 10, "way/touched", 12);
	volatile char touch = at[page - 1];
	(void)touch;
	show("halfway", "first_present", present(at));
	open_late("halfway", at + page - 10, at + page);

	at = map("edge", "/late/edge", 11, NULL, 0);
	need(munmap(at + page, page) == 0);
	touch = at[page - 1];
	open_late("edge", at + page - 11, at);

	at = map("over", "/late/over", 10, NULL, 0);
	need(munmap(at + page, page) == 0);
	touch = at[page - 1];
	open_late("over", at + page - 10, at);

	open_long("long", 4000);
	open_long("whole", 4095);
	open_long("beyond", 4200);

	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(27042),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	at = map("sockaddr", NULL, 0, &address, sizeof address);
	show("sockaddr", "present", present(at + page));
	int fd = svc(SYS_socket, AF_INET, SOCK_STREAM, 0);
	need(fd >= 0);
	show("sockaddr", "ret", svc(SYS_connect, fd, at + page, sizeof address));
	return 0;
}
