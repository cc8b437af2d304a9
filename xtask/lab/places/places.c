/* places VARIANT [COMMAND-LINE-THAT-RUNS-IT]: makes a call from every kind of place that code can lie in, each with a path
 * that says what is expected of its line (say.h). Built for every C library of the lab, in both ABIs; the sites that a
 * variant lacks are in the case that judges the lines. */
#include "say.h"
#ifdef __aarch64__
#include "code-arm64.h"
#else
#include "code-arm32.h"
#endif
#include "memory.h"
#ifdef __aarch64__
#include "vdso.h"
#endif
#include <alloca.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/wait.h>

#ifdef __aarch64__
#define LIBRARIES APP "/lib/arm64/"
#define PLATFORM "/system/lib64/libplatform.so"
#define ENTRY "lib/arm64-v8a/libx.so"
#else
#define LIBRARIES APP "/lib/arm/"
#define PLATFORM "/system/lib/libplatform.so"
#define ENTRY "lib/armeabi-v7a/libx.so"
#endif
#define ARCHIVE APP "/base.apk"
#define DATA "/data/data/com.example.app/"

OPENAT_FUNCTION(raw_openat);
#ifdef __aarch64__
THROUGH_FUNCTION(through);
#else
OPENAT_POOL_FUNCTION(raw_pool);
OPENAT_THUMB_FUNCTION(raw_thumb);
OPENAT_THUMB_POOL_FUNCTION(raw_thumb_pool);
THROUGH_THUMB_FUNCTION(through);
THROUGH_FUNCTION(through_arm);
#endif
JUMP_FUNCTION(jump);

static struct code raw;
static uintptr_t main_bias;
/* What an `openat` by the C library is: its own stub, or a cancel point that takes the number as an argument. */
static const char *openat_entry;

/* In a static program the C library is the app's own code. */
#ifdef STATIC
#define OF_LIBC(entry) "app", "inline"
#else
#define OF_LIBC(entry) "libc", entry
#endif

static struct spot in_elf(const char *class, const char *entry, uintptr_t svc, uintptr_t bias, const char *symbol,
			  uintptr_t function)
{
	return (struct spot){ .class = class, .entry = entry, .of = "elf", .at = svc, .within = function, .bias = bias,
			      .symbol = symbol, .symbol_at = function };
}

/* The first `svc` of a function of the C library. */
static struct spot in_libc(const char *class, const char *entry, const char *symbol, const void *function)
{
	uintptr_t start = address_of(function);
	uintptr_t svc = svc_from(start, 256, (uintptr_t)function & 1);
	need(svc);
	return in_elf(class, entry, svc, bias_of(start), symbol, start);
}

/* Where `through` has it that a function comes back. */
static struct spot after_through(void)
{
	return in_elf("app", NULL, BACK_IN(through, through), main_bias, "through", address_of(through));
}

static struct spot after_jump(void)
{
	return in_elf("app", NULL, BACK_IN(jump, jump), main_bias, "jump", address_of(jump));
}

/* Nothing is expected of the link register of a call by the app's own code. */
static const struct spot *unless_inline(const struct spot *svc, const struct spot *from)
{
	return strcmp(svc->entry, "inline") == 0 ? NULL : from;
}

static void *as_function(const char *code, int thumb)
{
	return (void *)((uintptr_t)code + thumb);
}

/* A call by code of the app. */
static void make(const char *site, const struct spot *svc, const void *function)
{
	struct text path;
	call_fn *call = (call_fn *)function;
	need(call(AT_FDCWD, say(&path, site, svc, NULL), 0) == -ENOENT);
}

/* mkdirat by the C library's stub, called from some code of the app by way of its `through`. */
static void make_stub(const char *site, const struct spot *from, const void *way)
{
	struct text path;
	struct spot svc = in_libc(OF_LIBC("stub"), "mkdirat", mkdirat);
	const char *text = say(&path, site, &svc, unless_inline(&svc, from));
	need((int)((through_fn *)way)(mkdirat, AT_FDCWD, (long)text, 0, 0) == -1 && errno == ENOENT);
}

/* openat by the C library, which may have several instructions for it. `at_caller`: the link register still leads to
 * whoever called, not into the C library. */
static void make_openat(const char *site, int at_caller)
{
	struct text path;
	struct spot svc = in_elf(OF_LIBC(openat_entry), 0, bias_of(address_of(openat)), NULL, address_of(openat));
	struct spot caller = after_through();
	struct spot libc = in_elf("libc", NULL, 0, svc.bias, NULL, address_of(openat));
	const char *text = say(&path, site, &svc, unless_inline(&svc, at_caller ? &caller : &libc));
	need((int)((through_fn *)through)(openat, AT_FDCWD, (long)text, 0, 0) == -1 && errno == ENOENT);
}

/* The C library's function for any call. */
static void make_syscall(const char *site)
{
	struct text path;
	struct spot from = after_through();
	struct spot svc = in_libc(OF_LIBC("syscall"), "syscall", syscall);
	const char *text = say(&path, site, &svc, unless_inline(&svc, &from));
	need(((through_fn *)through)(syscall, NR_OPENAT, AT_FDCWD, (long)text, 0) == -1 && errno == ENOENT);
}

extern uintptr_t __stack_chk_guard __attribute__((weak));

/* Jumps to the `svc` of a function with a number of its own. */
static void make_jump(const char *site, const char *class, const char *entry, const char *symbol, const void *function,
		      long number)
{
	struct text path;
	struct spot from = after_jump();
	struct spot svc = in_libc(class, entry, symbol, function);
	const char *text = say(&path, site, &svc, unless_inline(&svc, &from));
	struct frame frame = frame_after(svc.at);
	uintptr_t canary = frame.canary_at && &__stack_chk_guard ? __stack_chk_guard : 0;
	long (*to)(uintptr_t, long, long, const char *, long, unsigned long, unsigned long, uintptr_t) = (void *)jump;
	need((int)to(svc.at + ((uintptr_t)function & 1), number, AT_FDCWD, text, 0, frame.bytes, frame.canary_at, canary) == -1);
}

#include "sites.h"

int main(int argc, char **argv)
{
	need(argc >= 3);
	variant = argv[1];
	openat_entry = argv[2];
	page_size = sysconf(_SC_PAGESIZE);
	raw = CODE_OF(raw_openat);
	main_bias = bias_of(address_of(raw_openat));
	if (argc == 3) {
		after_exec();
		return 0;
	}
	from_main();
	from_libraries();
	from_memory();
	from_files();
	from_others(argv + 3);
	/* Whoever looks at the memory files shall find them. */
	poll(NULL, 0, 300);
	return 0;
}
