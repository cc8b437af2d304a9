/* A library that makes calls of its own: libguard.so; libx.so in archives, memory files and deleted files; with FAKE one
 * that has the names of a C library. It needs no relocations. `e_entry` is the address of its `exports` (load.h). */
#ifdef __aarch64__
#include "code-arm64.h"
#define HIDDEN_FUNCTION OPENAT_FUNCTION
#define HIDDEN_SVC_BYTES SVC_BYTES
#define HIDDEN_IS_THUMB IS_THUMB
#else
#include "code-arm32.h"
#define HIDDEN_FUNCTION OPENAT_THUMB_POOL_FUNCTION
#define HIDDEN_SVC_BYTES "2"
#define HIDDEN_IS_THUMB "1"
#endif

#ifdef FAKE
#define OPENAT openat
#else
#define OPENAT guard_openat
#endif
#define EXPAND(macro, ...) macro(__VA_ARGS__)

EXPAND(OPENAT_FUNCTION, OPENAT);
/* In no dynamic symbol table: a library without its symbol table has it in .gnu_debugdata at most. */
__asm__(".hidden guard_hidden");
HIDDEN_FUNCTION(guard_hidden);
THROUGH_FUNCTION(guard_through);
#ifdef FAKE
OPENAT_FUNCTION(syscall);
OPENAT_FUNCTION(mkdirat);
#endif

#define STRING(text) #text
#define VALUE(text) STRING(text)
__asm__(".pushsection .text\n"
	".balign 16\n"
	".globl exports\n"
	".hidden exports\n"
	".type exports, %object\n"
	"exports:\n"
	"	.word .Lstart_" VALUE(OPENAT) " - exports\n"
	"	.word .Lback_" VALUE(OPENAT) " - " SVC_BYTES " - exports\n"
	"	.word .Lstart_guard_hidden - exports\n"
	"	.word .Lback_guard_hidden - " HIDDEN_SVC_BYTES " - exports\n"
	"	.word " HIDDEN_IS_THUMB "\n"
	"	.word .Lstart_guard_through - exports\n"
	"	.word .Lback_guard_through - exports\n"
	".size exports, . - exports\n"
	".popsection\n");
