/* Libraries: found among those that the program's loader loaded, or mapped by the program itself from anywhere in a
 * file, as protectors do. `lib.c` makes them so that they need no relocations. */
#ifndef LOAD_H
#define LOAD_H

#include "say.h"
#include <link.h>
#include <sys/mman.h>
#ifndef STATIC
#include <dlfcn.h>
#endif

typedef long call_fn(long dirfd, const char *path, long flags);
typedef long through_fn(void *function, long a, long b, long c, long d);

/* A library's `e_entry` is the address of this: places relative to it, of a function that calls openat, of one that has
 * no dynamic symbol, of one that calls another function, and of their `svc` or of where they are come back to. */
struct exports {
	int32_t openat, openat_svc, hidden, hidden_svc, hidden_thumb, through, through_back;
};

/* A library of lib.c. */
struct library {
	const char *class, *inside;
	uintptr_t bias;
	const struct exports *exports;
	/* Only the dynamic symbols are left. */
	int stripped;
};

static struct dl_phdr_info found;
static uintptr_t wanted;

static inline int holds(struct dl_phdr_info *info, size_t size, void *unused)
{
	(void)size;
	(void)unused;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		uintptr_t start = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
		if (info->dlpi_phdr[i].p_type == PT_LOAD && wanted >= start &&
		    wanted < start + info->dlpi_phdr[i].p_memsz) {
			found = *info;
			return 1;
		}
	}
	return 0;
}

/* What the program's loader added to the addresses of the ELF that holds this one. */
static inline uintptr_t bias_of(uintptr_t address)
{
	wanted = address;
	need(dl_iterate_phdr(holds, NULL) == 1);
	return found.dlpi_addr;
}

static inline struct library library_at(const char *class, uintptr_t bias, uintptr_t entry, const char *inside)
{
	return (struct library){ class, inside, bias, (const struct exports *)(bias + entry), 0 };
}

/* Maps the segments of an ELF that begins at `at` in a file. */
static inline struct library map_library(int fd, off_t at, const char *class, const char *inside)
{
	ElfW(Ehdr) head;
	ElfW(Phdr) segments[16];
	uintptr_t page = sysconf(_SC_PAGESIZE), end = 0;
	need(pread(fd, &head, sizeof head, at) == sizeof head && memcmp(head.e_ident, ELFMAG, SELFMAG) == 0);
	need(head.e_phnum <= 16);
	need(pread(fd, segments, head.e_phnum * sizeof *segments, at + head.e_phoff) > 0);
	for (int i = 0; i < head.e_phnum; i++)
		if (segments[i].p_type == PT_LOAD)
			end = segments[i].p_vaddr + segments[i].p_memsz;
	char *base = mmap(NULL, end + page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	need(base != MAP_FAILED);
	for (int i = 0; i < head.e_phnum; i++) {
		uintptr_t skip = segments[i].p_vaddr % page;
		int prot = (segments[i].p_flags & PF_R ? PROT_READ : 0) | (segments[i].p_flags & PF_X ? PROT_EXEC : 0);
		if (segments[i].p_type != PT_LOAD)
			continue;
		need(mmap(base + segments[i].p_vaddr - skip, segments[i].p_filesz + skip, prot, MAP_PRIVATE | MAP_FIXED,
			  fd, at + segments[i].p_offset - skip) != MAP_FAILED);
	}
	return library_at(class, (uintptr_t)base, head.e_entry, inside);
}

/* By the program's loader if it has one. */
static inline struct library open_library(const char *path, const char *class)
{
#ifdef STATIC
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	need(fd >= 0);
	struct library library = map_library(fd, 0, class, NULL);
	close(fd);
	return library;
#else
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!handle)
		fprintf(stderr, "%s\n", dlerror());
	need(handle);
	char *function = dlsym(handle, "openat");
	if (!function)
		function = dlsym(handle, "guard_openat");
	need(function);
	uintptr_t bias = bias_of((uintptr_t)function);
	const ElfW(Ehdr) *head = (const ElfW(Ehdr) *)bias;
	need(memcmp(head->e_ident, ELFMAG, SELFMAG) == 0);
	return library_at(class, bias, head->e_entry, NULL);
#endif
}

static inline uintptr_t exported(const struct library *library, int32_t offset)
{
	return (uintptr_t)library->exports + offset;
}

/* The entry of a stored archive member: bytes from the file's start. Reads local headers one after the other. */
static inline off_t stored_entry(int fd, const char *name)
{
	struct __attribute__((packed)) {
		uint32_t magic;
		uint16_t version, flags, method, time, date;
		uint32_t crc, packed, size;
		uint16_t name, extra;
	} head;
	char entry[256];
	off_t at = 0;
	while (pread(fd, &head, sizeof head, at) == sizeof head && head.magic == 0x04034b50) {
		need(head.name < sizeof entry && (head.flags & 8) == 0);
		need(pread(fd, entry, head.name, at + sizeof head) == head.name);
		off_t content = at + sizeof head + head.name + head.extra;
		if (head.name == strlen(name) && memcmp(entry, name, head.name) == 0) {
			need(head.method == 0);
			return content;
		}
		at = content + head.packed;
	}
	need(!"the archive holds the entry");
	return 0;
}

#endif
