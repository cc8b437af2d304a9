/* The kernel's own library in every 64-bit process: it answers most questions about time itself, and makes the call for
 * the others. */
#ifndef VDSO_H
#define VDSO_H

#include "load.h"
#include <sys/auxv.h>
#include <time.h>

static const ElfW(Sym) *vdso_symbol(uintptr_t base, const char *name)
{
	const ElfW(Ehdr) *head = (const ElfW(Ehdr) *)base;
	const ElfW(Phdr) *segment = (const ElfW(Phdr) *)(base + head->e_phoff);
	const ElfW(Sym) *symbols = NULL;
	const char *strings = NULL;
	for (int i = 0; i < head->e_phnum; i++) {
		if (segment[i].p_type != PT_DYNAMIC)
			continue;
		for (const ElfW(Dyn) *entry = (const ElfW(Dyn) *)(base + segment[i].p_vaddr); entry->d_tag; entry++) {
			const void *at = (const void *)(base + entry->d_un.d_ptr);
			symbols = entry->d_tag == DT_SYMTAB ? at : symbols;
			strings = entry->d_tag == DT_STRTAB ? at : strings;
		}
	}
	/* The one ends where the other begins. */
	for (const ElfW(Sym) *symbol = symbols; symbol && (const char *)symbol < strings; symbol++)
		if (strcmp(strings + symbol->st_name, name) == 0)
			return symbol;
	return NULL;
}

/* Asks for a clock that it leaves to the kernel, by way of a `through` that comes back at `from`. There is no path to say
 * what is expected: the line on stdout says it. */
static void ask_vdso(const void *way, const struct spot *from)
{
	uintptr_t base = getauxval(AT_SYSINFO_EHDR);
	const ElfW(Sym) *symbol = base ? vdso_symbol(base, "__kernel_clock_gettime") : NULL;
	struct timespec time;
	need(symbol);
	uintptr_t function = base + symbol->st_value, svc = svc_from(function, symbol->st_size, 0);
	need(svc);
	int only = !svc_from(svc + 4, function + symbol->st_size - svc - 4, 0);
	struct spot spot = { .class = "vdso", .entry = "stub", .of = "elf", .at = only ? svc : 0, .within = svc,
			     .bias = base, .symbol = "__kernel_clock_gettime", .symbol_at = function };
	struct text text;
	say(&text, "vdso", &spot, from);
	need(((through_fn *)way)((void *)function, CLOCK_THREAD_CPUTIME_ID, (long)&time, 0, 0) == 0);
}

#endif
