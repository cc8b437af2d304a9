/* Code in memory of every kind: a function is copied there, and a call made by it. */
#ifndef MEMORY_H
#define MEMORY_H

#include "load.h"
#include <sys/prctl.h>
#include <sys/syscall.h>

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#define PR_SET_VMA_ANON_NAME 0
#endif

/* Where code lies in its page: not at the start. */
#define CODE_AT 0x140

static unsigned long page_size;

/* Copies a function to an address and says what its call shall look like. */
static inline struct spot copied(const struct code *code, char *to, const char *class, const char *of)
{
	memcpy(to, code->start, code->end - code->start);
	__builtin___clear_cache(to, to + (code->end - code->start));
	uintptr_t svc = svc_from((uintptr_t)to, code->end - code->start, code->thumb);
	need(svc);
	return (struct spot){ .class = class, .entry = "inline", .of = of, .at = svc };
}

/* Pages between two that belong to nobody: what the kernel shows as one mapping is one. */
static inline char *alone(unsigned pages)
{
	char *area = mmap(NULL, (pages + 2) * page_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	need(area != MAP_FAILED);
	return area + page_size;
}

static inline char *map_at(char *to, unsigned pages, int prot, int flags, int fd, off_t offset)
{
	need(mmap(to, pages * page_size, prot, flags | MAP_FIXED, fd, offset) == to);
	return to;
}

/* Writable and executable from the start; the code lies in the second page. */
static inline struct spot in_anonymous_rwx(const struct code *code, char **function)
{
	char *area = map_at(alone(2), 2, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	*function = area + page_size + CODE_AT;
	return copied(code, *function, "anon", "map");
}

/* Written, then made executable; with a name if there is one. Says whether the kernel took it. */
static inline struct spot in_anonymous_rx(const struct code *code, char **function, const char *name, int *named)
{
	char *area = map_at(alone(1), 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	*function = area + CODE_AT;
	struct spot spot = copied(code, *function, "anon", "map");
	if (name)
		*named = prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, area, page_size, name) == 0;
	need(mprotect(area, page_size, PROT_READ | PROT_EXEC) == 0);
	return spot;
}

/* The middle one of three pages, so that what is mapped around it has other permissions. */
static inline struct spot in_page_of(char *area, const struct code *code, char **function, const char *class)
{
	char *page = (char *)(((uintptr_t)area + 2 * page_size - 1) & -page_size);
	need(mprotect(page, page_size, PROT_READ | PROT_WRITE | PROT_EXEC) == 0);
	*function = page + CODE_AT;
	return copied(code, *function, class, "map");
}

/* The break moved up by three pages. */
static inline struct spot in_heap(const struct code *code, char **function)
{
	char *end = (char *)syscall(SYS_brk, 0);
	char *wanted = end + 4 * page_size;
	need((char *)syscall(SYS_brk, wanted) == wanted);
	return in_page_of(end, code, function, "heap");
}

/* Puts code into a file after something that is none, so that the file is no ELF, and maps its second page. */
static inline struct spot in_file(int fd, const struct code *code, char **function, const char *class, const char *of)
{
	static const char text[] = "not an ELF\n";
	need(pwrite(fd, text, sizeof text, 0) == sizeof text && ftruncate(fd, 3 * page_size) == 0);
	need(pwrite(fd, code->start, code->end - code->start, page_size + CODE_AT) == code->end - code->start);
	char *area = map_at(alone(1), 1, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, page_size);
	*function = area + CODE_AT;
	uintptr_t svc = svc_from((uintptr_t)*function, code->end - code->start, code->thumb);
	need(svc);
	return (struct spot){ .class = class, .entry = "inline", .of = of, .at = svc };
}

static inline int memory_file(const char *name)
{
	int fd = syscall(SYS_memfd_create, name, 1 /* MFD_CLOEXEC */);
	need(fd >= 0);
	return fd;
}

static inline int new_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
	need(fd >= 0);
	return fd;
}

/* Copies bytes of a file to another's start. */
static inline void copy_bytes(int from, off_t at, int to)
{
	char bytes[4096];
	ssize_t len, done = 0;
	while ((len = pread(from, bytes, sizeof bytes, at + done)) > 0) {
		need(pwrite(to, bytes, len, done) == len);
		done += len;
	}
	need(len == 0 && done > 0);
}

#endif
