/* The sites, by subject. */
#ifndef SITES_H
#define SITES_H

/* Code that the compiler made of C. */
static __attribute__((noinline)) long compiled_openat(long dirfd, const char *path, long flags)
{
#ifdef __aarch64__
	register long number __asm__("x8") = NR_OPENAT;
	register long answer __asm__("x0") = dirfd;
	register const char *second __asm__("x1") = path;
	register long third __asm__("x2") = flags;
	__asm__ volatile("svc #0" : "+r"(answer) : "r"(number), "r"(second), "r"(third) : "memory", "cc");
#else
	register long answer __asm__("r0") = dirfd;
	register const char *second __asm__("r1") = path;
	register long third __asm__("r2") = flags;
	/* r7 may be the frame pointer. */
	__asm__ volatile("mov ip, r7\n movw r7, #322\n svc #0\n mov r7, ip"
			 : "+r"(answer) : "r"(second), "r"(third) : "memory", "cc", "ip");
#endif
	return answer;
}

static void inline_in_main(const char *site, const char *symbol, const void *function)
{
	uintptr_t start = address_of(function);
	struct spot svc = in_elf("app", "inline", svc_from(start, 128, (uintptr_t)function & 1), main_bias, symbol, start);
	need(svc.at);
	make(site, &svc, function);
}

static void from_main(void)
{
	struct spot from = after_through();
	inline_in_main("inline", "raw_openat", raw_openat);
	inline_in_main("inline-compiled", "compiled_openat", compiled_openat);
#ifdef __arm__
	inline_in_main("inline-pool", "raw_pool", raw_pool);
	inline_in_main("inline-thumb", "raw_thumb", raw_thumb);
	inline_in_main("inline-thumb-pool", "raw_thumb_pool", raw_thumb_pool);
	struct spot from_arm = in_elf("app", NULL, BACK_IN(through_arm, through_arm), main_bias, "through_arm",
				      address_of(through_arm));
	make_stub("stub-from-arm", &from_arm, through_arm);
#else
	ask_vdso(through, &from);
#endif
	make_stub("stub", &from, through);
	make_openat("stub-openat", strcmp(openat_entry, "stub") == 0);
	make_syscall("syscall");
	make_jump("syscall-jump", OF_LIBC("syscall"), "syscall", syscall, NR_OPENAT);
	make_jump("gadget", OF_LIBC("gadget"), "mkdirat", mkdirat, NR_OPENAT);
	make_jump("stub-jump", OF_LIBC("stub"), "mkdirat", mkdirat, NR_MKDIRAT);
}

/* The calls of a library: one by a function with a dynamic symbol, one by a function without, and one of the C library's
 * that it calls. */
static void from_library(const char *name, const char *function, const struct library *library)
{
	char site[64];
	const struct exports *exports = library->exports;
	uintptr_t start = exported(library, exports->openat);
	struct spot svc = in_elf(library->class, "inline", exported(library, exports->openat_svc), library->bias, function,
				 start);
	svc.inside = library->inside;
	make(name, &svc, (void *)start);
	start = exported(library, exports->hidden);
	svc = in_elf(library->class, "inline", exported(library, exports->hidden_svc), library->bias,
		     library->stripped ? NULL : "guard_hidden", start);
	svc.inside = library->inside;
	snprintf(site, sizeof site, "%s-hidden", name);
	make(site, &svc, (void *)(start + exports->hidden_thumb));
	start = exported(library, exports->through);
	struct spot from = in_elf(library->class, NULL, exported(library, exports->through_back), library->bias,
				  "guard_through", start);
	from.inside = library->inside;
	snprintf(site, sizeof site, "%s-stub", name);
	make_stub(site, &from, (void *)start);
}

static void from_libraries(void)
{
	struct text path;
	struct library library = open_library(LIBRARIES "libguard.so", "app");
	from_library("lib", "guard_openat", &library);
	library = open_library(LIBRARIES "libc.so", "app");
	from_library("fake-libc", "openat", &library);
	int fd = open(ARCHIVE, O_RDONLY | O_CLOEXEC);
	need(fd >= 0);
	library = map_library(fd, stored_entry(fd, ENTRY), "app", ENTRY);
	library.stripped = 1;
	from_library("archive", "guard_openat", &library);
	close(fd);
	fd = open(PLATFORM, O_RDONLY | O_CLOEXEC);
	need(fd >= 0);
	library = map_library(fd, 0, "system", NULL);
	close(fd);
	uintptr_t start = address_of(library.exports);
	struct spot svc = in_elf("system", "stub", svc_from(start, 128, 0), library.bias, "platform_openat", start);
	struct spot from = after_through();
	need(svc.at);
	const char *text = say(&path, "system", &svc, &from);
	need(((through_fn *)through)((void *)start, AT_FDCWD, (long)text, 0, 0) == -ENOENT);
}

static void from_memory(void)
{
	char *function;
	int named = 0;
	struct code way = CODE_OF(through);
	struct spot svc = in_anonymous_rwx(&raw, &function);
	make("anon-rwx", &svc, as_function(function, raw.thumb));
	svc = in_anonymous_rx(&raw, &function, NULL, NULL);
	make("anon-rx", &svc, as_function(function, raw.thumb));
	svc = in_anonymous_rx(&raw, &function, "guard code", &named);
	make(named ? "anon-named" : "anon-name-refused", &svc, as_function(function, raw.thumb));
#ifdef __arm__
	struct code thumb = CODE_OF(raw_thumb_pool);
	svc = in_anonymous_rx(&thumb, &function, NULL, NULL);
	make("anon-thumb", &svc, as_function(function, 1));
#endif
	svc = in_heap(&raw, &function);
	make("heap", &svc, as_function(function, raw.thumb));
	char *area = alloca(4 * page_size);
	svc = in_page_of(area, &raw, &function, "stack");
#ifdef EXECSTACK
	/* All of the stack is executable, of which the kernel tells nobody: only a look can say how far it goes. */
	svc.loose = 1;
#endif
	make("stack", &svc, as_function(function, raw.thumb));
#ifdef EXECSTACK
	char on_stack[256] __attribute__((aligned(16)));
	svc = copied(&raw, on_stack, "stack", "map");
	svc.loose = 1;
	make("stack-executable", &svc, as_function(on_stack, raw.thumb));
#endif
	char *page = map_at(alone(1), 1, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memcpy(page + CODE_AT, way.start, way.end - way.start);
	__builtin___clear_cache(page, page + page_size);
	struct spot from = { .class = "anon", .of = "map", .at = BACK_IN(page + CODE_AT, through) };
	make_stub("anon-stub", &from, as_function(page + CODE_AT, way.thumb));
}

/* A name of this variant's own. */
static const char *own_file(char *path, size_t size, const char *name)
{
	snprintf(path, size, DATA "%s-%s", variant, name);
	return path;
}

static void from_files(void)
{
	char *function, path[200];
	int archive = open(LIBRARIES "libguard.so", O_RDONLY | O_CLOEXEC);
	need(archive >= 0);
	struct spot svc = in_file(memory_file("guard-code"), &raw, &function, "memfd", "map");
	make("memfd", &svc, as_function(function, raw.thumb));
	int fd = memory_file("guard-library");
	copy_bytes(archive, 0, fd);
	struct library library = map_library(fd, 0, "memfd", NULL);
	from_library("memfd-elf", "guard_openat", &library);

	svc = in_file(new_file(own_file(path, sizeof path, "code")), &raw, &function, "app", "file");
	make("file", &svc, as_function(function, raw.thumb));
	fd = new_file(own_file(path, sizeof path, "gone-code"));
	need(unlink(path) == 0);
	svc = in_file(fd, &raw, &function, "deleted", "file");
	make("deleted", &svc, as_function(function, raw.thumb));
	fd = new_file(own_file(path, sizeof path, "gone.so"));
	copy_bytes(archive, 0, fd);
	need(unlink(path) == 0);
	library = map_library(fd, 0, "deleted", NULL);
	from_library("deleted-elf", "guard_openat", &library);
	fd = new_file(own_file(path, sizeof path, "going.so"));
	copy_bytes(archive, 0, fd);
	library = map_library(fd, 0, "deleted", NULL);
	need(unlink(path) == 0);
	from_library("deleted-mapped", "guard_openat", &library);
	fd = new_file(own_file(path, sizeof path, "later.so"));
	copy_bytes(archive, 0, fd);
	library = map_library(fd, 0, "app", NULL);
	from_library("deleted-later", "guard_openat", &library);
	/* Whoever looks at the file shall still find its name. */
	poll(NULL, 0, 300);
	need(unlink(path) == 0);
	/* Its class was told before; whether it is told anew is left open. */
	library.class = "app|deleted";
	from_library("deleted-since", "guard_openat", &library);
	close(archive);
}

static void *in_thread(void *done)
{
	struct spot from = after_through();
	inline_in_main("thread-inline", "raw_openat", raw_openat);
	make_stub("thread-stub", &from, through);
	make_openat("thread-openat", 0);
	make_syscall("thread-syscall");
	__atomic_store_n((int *)done, 1, __ATOMIC_RELEASE);
	return NULL;
}

static void after_exec(void)
{
	struct spot from = after_through();
	inline_in_main("exec-inline", "raw_openat", raw_openat);
	make_stub("exec-stub", &from, through);
}

static void wait_for(pid_t pid)
{
	int status = -1;
	need(waitpid(pid, &status, 0) == pid);
	need(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* Another process, another program, another thread. `run` is the command line that runs this program. */
static void from_others(char **run)
{
	char *function;
	struct spot from = after_through();
	struct spot svc = in_anonymous_rx(&raw, &function, NULL, NULL);
	fflush(stdout);
	pid_t pid = fork();
	need(pid >= 0);
	if (pid == 0) {
		inline_in_main("fork-inline", "raw_openat", raw_openat);
		make_stub("fork-stub", &from, through);
		make("fork-anon", &svc, as_function(function, raw.thumb));
		exit(0);
	}
	wait_for(pid);
	pid = fork();
	need(pid >= 0);
	if (pid == 0) {
		execv(run[0], run);
		_exit(96);
	}
	wait_for(pid);
	/* Joining it would take a call that kernels without 32-bit times refuse 32-bit programs. */
	static int done;
	pthread_t thread;
	need(pthread_create(&thread, NULL, in_thread, &done) == 0);
	while (!__atomic_load_n(&done, __ATOMIC_ACQUIRE))
		sched_yield();
}

#endif
