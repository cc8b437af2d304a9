/* reuse COUNT: maps code of a random kind at a random one of eight fixed addresses, calls by it, unmaps it, so many times,
 * while four other threads do the same at addresses of their own. Each call's path ends with the kind, and its dirfd, which
 * an absolute path makes meaningless, counts the thread's calls. Facts on stdout: per kind what a line shall say, and how
 * many calls there were. */
#include "say.h"
#include "code-arm64.h"
#include "memory.h"
#include <pthread.h>
#include <sys/stat.h>

#ifndef THREADS
#define THREADS 5
#endif
#define ADDRESSES 8
#define DATA "/data/data/com.example.app/reuse"
#define NR_FACCESSAT 48

/* By an `svc` alone, whatever the number: `jump` brings it. */
OPENAT_FUNCTION(raw_openat);
JUMP_FUNCTION(jump);

enum kind { APP_FILE, ANON, WRITTEN, MEMFD, DELETED, LIBC, KINDS };

/* `at`: where the `svc` lies, bytes from the mapping's start. */
static struct {
	const char *name;
	int fd;
	off_t offset;
	unsigned long at;
	long made;
} kinds[KINDS] = { { "app" }, { "anon" }, { "written" }, { "memfd" }, { "deleted" }, { "libc" } };

static unsigned long page_size;
static char *paths[KINDS];
static long rounds;
static int finished;

/* The page of a mapped file that an `svc` lies in. */
static void page_of(enum kind kind, uintptr_t svc)
{
	struct vma vma = vma_of(svc);
	unsigned long offset = svc - vma.start + vma.offset;
	kinds[kind].fd = open(vma.file, O_RDONLY | O_CLOEXEC);
	need(kinds[kind].fd >= 0);
	kinds[kind].offset = offset & -page_size;
	kinds[kind].at = offset % page_size;
	printf("%s_offset=%lu\n", kinds[kind].name, svc - bias_of(svc));
	printf("%s_file=%s\n", kinds[kind].name, vma.file);
}

/* Code in the second page of a file that is no ELF. */
static void code_in(enum kind kind, int fd)
{
	static const char text[] = "not an ELF\n";
	kinds[kind].fd = fd;
	kinds[kind].offset = page_size;
	kinds[kind].at = CODE_AT + 8;
	need(ftruncate(fd, 2 * page_size) == 0 && pwrite(fd, text, sizeof text, 0) == sizeof text);
	need(pwrite(fd, raw_openat, raw_openat_words[0], page_size + CODE_AT) == raw_openat_words[0]);
}

static void prepare(void)
{
	struct library library = open_library(APP "/lib/arm64/libguard.so", "app");
	page_of(APP_FILE, exported(&library, library.exports->openat_svc));
	page_of(LIBC, svc_from((uintptr_t)mkdirat, 64, 0));
	code_in(MEMFD, memory_file("reuse"));
	code_in(DELETED, new_file(DATA "/code"));
	need(unlink(DATA "/code") == 0);
	kinds[ANON].at = kinds[WRITTEN].at = CODE_AT + 8;
	for (enum kind kind = 0; kind < KINDS; kind++) {
		need(asprintf(&paths[kind], DATA "/%s", kinds[kind].name) > 0);
		close(new_file(paths[kind]));
		printf("%s_at=%lu\n", kinds[kind].name, kinds[kind].at);
	}
	printf("page=%lu\n", page_size);
	fflush(stdout);
}

static void map_kind(enum kind kind, char *to)
{
	int anonymous = kind == ANON || kind == WRITTEN;
	int prot = kind == ANON	   ? PROT_READ | PROT_WRITE | PROT_EXEC :
		   kind == WRITTEN ? PROT_READ | PROT_WRITE :
				     PROT_READ | PROT_EXEC;
	map_at(to, 1, prot, MAP_PRIVATE | (anonymous ? MAP_ANONYMOUS : 0), anonymous ? -1 : kinds[kind].fd,
	       kinds[kind].offset);
	if (anonymous) {
		memcpy(to + CODE_AT, raw_openat, raw_openat_words[0]);
		__builtin___clear_cache(to, to + page_size);
	}
	if (kind == WRITTEN)
		need(mprotect(to, page_size, PROT_READ | PROT_EXEC) == 0);
}

/* Apart from each other, so that no two mappings are one. */
static char *address(long thread, unsigned number)
{
	return (char *)(0x3000000000 + (thread * ADDRESSES + number) * (page_size + 0x10000));
}

static void *reuse(void *argument)
{
	long (*call)(uintptr_t, long, long, const char *, long, unsigned long, unsigned long, uintptr_t) = (void *)jump;
	long thread = (long)argument;
	uint64_t random = 88172645463325252 + thread * 1000003;
	for (long i = 0; thread == 0 ? i < rounds : !__atomic_load_n(&finished, __ATOMIC_RELAXED); i++) {
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		enum kind kind = random % KINDS;
		char *to = address(thread, random >> 32 & (ADDRESSES - 1));
		map_kind(kind, to);
		/* It succeeds: a failure would lead to code that is not mapped. */
		need(call((uintptr_t)to + kinds[kind].at, NR_FACCESSAT, i, paths[kind], F_OK, 0, 0, 0) == 0);
		need(munmap(to, page_size) == 0);
		__atomic_fetch_add(&kinds[kind].made, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS];
	need(argc == 2);
	rounds = atol(argv[1]);
	page_size = sysconf(_SC_PAGESIZE);
	mkdir(DATA, 0700);
	prepare();
	for (long i = 1; i < THREADS; i++)
		need(pthread_create(&threads[i], NULL, reuse, (void *)i) == 0);
	reuse((void *)0);
	__atomic_store_n(&finished, 1, __ATOMIC_RELAXED);
	for (int i = 1; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (enum kind kind = 0; kind < KINDS; kind++)
		printf("%s=%ld\n", kinds[kind].name, kinds[kind].made);
	return 0;
}
