/* The pieces of 32-bit code that make calls, ARM and Thumb, with numbers in the instruction and from a literal pool, and
 * what tells where their `svc` lies. None of them has relocations: they run wherever they are copied to. */
#ifndef CODE_H
#define CODE_H

#include <stdint.h>

#define NR_OPENAT 322
#define NR_MKDIRAT 323

/* A function that makes a call, as code to copy. */
struct code {
	const char *symbol;
	const char *start, *end;
	int thumb;
};

/* The lengths are words beside the code, so that no label stands in a symbol table. The name of a Thumb function is an
 * odd address; the labels in it are even. */
#define FUNCTION(name, mode, body) \
	__asm__(".pushsection .text\n" \
		".syntax unified\n" \
		".balign 16\n" \
		".globl " #name "\n" \
		".type " #name ", %function\n" \
		mode "\n" \
		#name ":\n" \
		".Lstart_" #name ":\n" body \
		".balign 4\n" \
		".size " #name ", . - .Lstart_" #name "\n" \
		".arm\n" \
		".Lend_" #name ":\n" \
		".globl " #name "_words\n" \
		".type " #name "_words, %object\n" \
		#name "_words: .word .Lend_" #name " - .Lstart_" #name ", .Lback_" #name " - .Lstart_" #name "\n" \
		".size " #name "_words, 8\n" \
		".popsection\n"); \
	extern const char name[]; \
	extern const uint32_t name##_words[2]

#define ARM ".arm"
/* Bytes of the `svc` in an OPENAT_FUNCTION, and whether it is Thumb code. */
#define SVC_BYTES "4"
#define IS_THUMB "0"
#define THUMB ".thumb\n.thumb_func"

/* long NAME(dirfd, path, flags): openat by an `svc` of its own. */
#define OPENAT_BY(name, mode, load, pool) \
	FUNCTION(name, mode, \
		 "	push {r7}\n" \
		 load \
		 "	svc #0\n" \
		 ".Lback_" #name ":\n" \
		 "	pop {r7}\n" \
		 "	bx lr\n" \
		 pool)
#define OPENAT_FUNCTION(name) OPENAT_BY(name, ARM, "	movw r7, #322\n", "")
#define OPENAT_POOL_FUNCTION(name) \
	OPENAT_BY(name, ARM, "	ldr r7, .Lpool_" #name "\n", ".Lpool_" #name ": .word 322\n")
#define OPENAT_THUMB_FUNCTION(name) OPENAT_BY(name, THUMB, "	movw r7, #322\n", "")
#define OPENAT_THUMB_POOL_FUNCTION(name) \
	OPENAT_BY(name, THUMB, "	ldr r7, .Lpool_" #name "\n", ".balign 4\n.Lpool_" #name ": .word 322\n")

/* long NAME(function, a, b, c, d): calls function(a, b, c, d). */
#define THROUGH_BODY(name) \
	"	push {r4, lr}\n" \
	"	ldr ip, [sp, #8]\n" \
	"	mov r4, r0\n" \
	"	mov r0, r1\n" \
	"	mov r1, r2\n" \
	"	mov r2, r3\n" \
	"	mov r3, ip\n" \
	"	blx r4\n" \
	".Lback_" #name ":\n" \
	"	pop {r4, pc}\n"
#define THROUGH_FUNCTION(name) FUNCTION(name, ARM, THROUGH_BODY(name))
/* Its link register is an odd number. */
#define THROUGH_THUMB_FUNCTION(name) FUNCTION(name, THUMB, THROUGH_BODY(name))

/* long NAME(target, nr, dirfd, path, last, frame): jumps to an `svc` with a number of its own. What comes after that
 * takes `frame` bytes from the stack. */
#define JUMP_FUNCTION(name) \
	FUNCTION(name, ARM, \
		 "	push {r4, r5, r6, r7, r8, lr}\n" \
		 "	ldr r4, [sp, #24]\n" \
		 "	ldr r5, [sp, #28]\n" \
		 "	mov r8, sp\n" \
		 "	sub sp, sp, r5\n" \
		 "	mov ip, r0\n" \
		 "	mov r7, r1\n" \
		 "	mov r0, r2\n" \
		 "	mov r1, r3\n" \
		 "	mov r2, r4\n" \
		 "	adr lr, .Lback_" #name "\n" \
		 "	bx ip\n" \
		 ".Lback_" #name ":\n" \
		 "	mov sp, r8\n" \
		 "	pop {r4, r5, r6, r7, r8, pc}\n")

#define NAME_OF(function) #function
#define CODE_OF(function) \
	((struct code){ NAME_OF(function), (const char *)address_of(function), \
			(const char *)address_of(function) + function##_words[0], (int)((uintptr_t)function & 1) })
/* Where a function has it that what it called comes back. */
#define BACK_IN(start, function) (address_of((const void *)(start)) + function##_words[1])

/* A function's first byte: a Thumb function's pointer is odd. */
static inline uintptr_t address_of(const void *function)
{
	return (uintptr_t)function & ~1UL;
}

/* The first `svc` from an instruction on, within so many bytes. */
static inline uintptr_t svc_from(uintptr_t start, uintptr_t bytes, int thumb)
{
	for (uintptr_t at = start; at < start + bytes; at += thumb ? 2 : 4)
		if (thumb ? *(const uint16_t *)at == 0xdf00 : *(const uint32_t *)at == 0xef000000)
			return at;
	return 0;
}

/* What the code after an `svc` takes from the stack before it returns. */
struct frame {
	unsigned long bytes, canary_at;
};

/* Of Thumb code: `pop {list}`. */
static inline struct frame frame_after(uintptr_t svc)
{
	uint16_t next = *(const uint16_t *)(svc + 2);
	if ((next & 0xff00) != 0xbc00)
		return (struct frame){ 0, 0 };
	return (struct frame){ 4 * __builtin_popcount(next & 0xff), 0 };
}

#endif
