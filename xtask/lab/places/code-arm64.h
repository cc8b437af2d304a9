/* The pieces of 64-bit code that make calls, and what tells where their `svc` lies. None of them has relocations: they
 * run wherever they are copied to. */
#ifndef CODE_H
#define CODE_H

#include <stdint.h>

#define NR_OPENAT 56
#define NR_MKDIRAT 34

/* A function that makes a call, as code to copy. */
struct code {
	const char *symbol;
	const char *start, *end;
	int thumb;
};

/* `bti c` and `paciasp` are written as hints: older CPUs take them for nothing.
 * The lengths are 32-bit words beside the code, so that no label stands in a symbol table. */
#define FUNCTION(name, body) \
	__asm__(".pushsection .text\n" \
		".balign 16\n" \
		".globl " #name "\n" \
		".type " #name ", %function\n" \
		#name ":\n" \
		".Lstart_" #name ":\n" body \
		".size " #name ", . - " #name "\n" \
		".Lend_" #name ":\n" \
		".globl " #name "_words\n" \
		".type " #name "_words, %object\n" \
		#name "_words: .word .Lend_" #name " - " #name ", .Lback_" #name " - " #name "\n" \
		".size " #name "_words, 8\n" \
		".popsection\n"); \
	extern const char name[]; \
	extern const uint32_t name##_words[2]

/* long NAME(dirfd, path, flags): openat by an `svc` of its own. */
#define OPENAT_FUNCTION(name) \
	FUNCTION(name, \
		 "	hint #34\n" \
		 "	mov x8, #56\n" \
		 "	svc #0\n" \
		 ".Lback_" #name ":\n" \
		 "	ret\n")

/* long NAME(function, a, b, c, d): calls function(a, b, c, d), as code with a frame and a signed link register does. */
#define THROUGH_FUNCTION(name) \
	FUNCTION(name, \
		 "	hint #25\n" \
		 "	stp x29, x30, [sp, #-16]!\n" \
		 "	mov x29, sp\n" \
		 "	mov x9, x0\n" \
		 "	mov x0, x1\n" \
		 "	mov x1, x2\n" \
		 "	mov x2, x3\n" \
		 "	mov x3, x4\n" \
		 "	blr x9\n" \
		 ".Lback_" #name ":\n" \
		 "	ldp x29, x30, [sp], #16\n" \
		 "	hint #29\n" \
		 "	ret\n")

/* long NAME(target, nr, dirfd, path, last, frame, canary_at, canary): jumps to an `svc` with a number of its own. What
 * comes after that may take its frame from the stack: then there is one, of that size, and the link register is signed,
 * since nobody will use it. `ret` and not `br`: the target is no landing pad. */
#define JUMP_FUNCTION(name) \
	FUNCTION(name, \
		 "	hint #25\n" \
		 "	stp x29, x30, [sp, #-16]!\n" \
		 "	mov x29, sp\n" \
		 "	mov x16, x0\n" \
		 "	mov x8, x1\n" \
		 "	mov x0, x2\n" \
		 "	mov x1, x3\n" \
		 "	mov x2, x4\n" \
		 "	adr x30, .Lback_" #name "\n" \
		 "	cbz x5, 1f\n" \
		 "	sub sp, sp, x5\n" \
		 "	stp x29, x30, [sp]\n" \
		 "	hint #25\n" \
		 "	cbz x6, 1f\n" \
		 "	str x7, [sp, x6]\n" \
		 "1:	ret x16\n" \
		 ".Lback_" #name ":\n" \
		 "	ldp x29, x30, [sp], #16\n" \
		 "	hint #29\n" \
		 "	ret\n")

/* Bytes of the `svc` in such a function, and whether it is Thumb code. */
#define SVC_BYTES "4"
#define IS_THUMB "0"

#define NAME_OF(function) #function
#define CODE_OF(function) \
	((struct code){ NAME_OF(function), function, function + function##_words[0], 0 })
/* Where a function has it that what it called comes back. */
#define BACK_IN(start, function) ((uintptr_t)(start) + function##_words[1])

/* The first `svc` from an instruction on, within so many bytes. */
static inline uintptr_t svc_from(uintptr_t start, uintptr_t bytes, int thumb)
{
	(void)thumb;
	for (uintptr_t at = start; at < start + bytes; at += 4)
		if (*(const uint32_t *)at == 0xd4000001)
			return at;
	return 0;
}

/* What the code after an `svc` takes from the stack before it returns. */
struct frame {
	unsigned long bytes, canary_at;
};

static inline struct frame frame_after(uintptr_t svc)
{
	struct frame frame = { 0, 0 };
	for (const uint32_t *at = (const uint32_t *)svc + 1; at < (const uint32_t *)svc + 12; at++) {
		if ((*at & 0xffc003e0) == 0xf94003e0) /* ldr xN, [sp, #8*imm] */
			frame.canary_at = (*at >> 10 & 0xfff) * 8;
		if ((*at & 0xffc07fff) == 0xa8c07bfd) { /* ldp x29, x30, [sp], #8*imm */
			frame.bytes = (*at >> 15 & 0x7f) * 8;
			return frame;
		}
		if (*at == 0xd65f03c0) /* ret */
			break;
	}
	return (struct frame){ 0, 0 };
}

/* A function's first byte. */
static inline uintptr_t address_of(const void *function)
{
	return (uintptr_t)function;
}

#endif
