/* What is expected of a call, put into the path that it is made with: where the `svc` lies, as the program knows it from
 * its own labels and loader and the kernel from /proc/self/maps, and where the link register leads.
 *
 * /places/VARIANT/SITE/CLASS/ENTRY/KEY=VALUE,…  with `file` last: it has slashes and spaces. */
#ifndef SAY_H
#define SAY_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../need.h"

/* How this run is called in paths. */
static const char *variant;

struct vma {
	unsigned long start, end, offset;
	char perms[8], file[400];
};

/* A place that a line shall name. */
struct spot {
	const char *class;
	const char *entry; /* of a link register: NULL */
	const char *of; /* "elf", "file", "map" */
	uintptr_t at; /* the `svc`, or where the link register leads; 0: not known here, but `within` is */
	uintptr_t within; /* any address of the same mapping, if `at` is 0 */
	uintptr_t bias; /* of "elf": what the loader added */
	const char *symbol; /* the function, and its first byte; NULL: not known here */
	uintptr_t symbol_at;
	const char *inside; /* of an archive: the entry */
	int loose; /* nobody can know where the mapping ends */
};

/* The mapping that holds an address, as the kernel has it now. */
static inline struct vma vma_of(uintptr_t address)
{
	char line[600];
	struct vma vma;
	FILE *maps = fopen("/proc/self/maps", "re");
	need(maps);
	while (fgets(line, sizeof line, maps)) {
		int name = 0;
		need(sscanf(line, "%lx-%lx %7s %lx %*s %*s %n", &vma.start, &vma.end, vma.perms, &vma.offset, &name) == 4);
		if (address < vma.start || address >= vma.end)
			continue;
		line[strcspn(line, "\n")] = 0;
		need(name && strlen(line + name) < sizeof vma.file);
		strcpy(vma.file, line + name);
		fclose(maps);
		return vma;
	}
	need(!"the address is mapped");
	exit(99);
}

struct text {
	char bytes[3000];
	int len;
};

static inline __attribute__((format(printf, 2, 3))) void add(struct text *text, const char *format, ...)
{
	va_list rest;
	va_start(rest, format);
	text->len += vsnprintf(text->bytes + text->len, sizeof text->bytes - text->len, format, rest);
	va_end(rest);
	need(text->len < (int)sizeof text->bytes);
}

static inline void add_spot(struct text *text, const struct spot *spot)
{
	struct vma vma = vma_of(spot->at ? spot->at : spot->within);
	add(text, "class=%s,of=%s", spot->class, spot->of);
	if (spot->at) {
		unsigned long offset = strcmp(spot->of, "elf") == 0  ? spot->at - spot->bias :
				       strcmp(spot->of, "file") == 0 ? spot->at - vma.start + vma.offset :
								       spot->at - vma.start;
		add(text, ",at=%lx,offset=%lx", (unsigned long)spot->at, offset);
	}
	if (strcmp(spot->of, "elf") == 0)
		add(text, ",bias=%lx", (unsigned long)spot->bias);
	if (strcmp(spot->of, "map") == 0)
		add(text, ",start=%lx,end=%lx,perms=%s", vma.start, vma.end, vma.perms);
	if (spot->symbol)
		add(text, ",symbol=%s", spot->symbol);
	if (spot->symbol && spot->at)
		add(text, ",symbol_offset=%lx", (unsigned long)(spot->at - spot->symbol_at));
	if (spot->loose)
		add(text, ",loose=1");
	if (spot->inside)
		add(text, ",inside=%s", spot->inside);
	add(text, ",file=%s", vma.file);
}

/* The path for one call; also told on stdout, so that a line that is missing is known to be. `from`: NULL if a line
 * shall not say where the link register leads. */
static inline const char *say(struct text *text, const char *site, const struct spot *svc, const struct spot *from)
{
	text->len = 0;
	add(text, "/places/%s/%s/%s/%s/", variant, site, svc->class, svc->entry);
	add_spot(text, svc);
	if (from) {
		add(text, ";");
		add_spot(text, from);
	}
	printf("%s\n", text->bytes);
	fflush(stdout);
	return text->bytes;
}

#endif
