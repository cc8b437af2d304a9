/* stacks VARIANT LIBRARY: makes calls whose stacks it knows, through the library of chain.c. Prints `chain VARIANT/NAME ADDRESS…` for the path
 * /stacks/VARIANT/NAME: where the functions go back to that were called since the program began, innermost first; `?`
 * where a signal's handler interrupted what goes on behind it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "../need.h"
#include "chain.h"

static const char *variant;
static call_fn *inner_fopen, *inner_opendir, *inner_raw;
static int (*outer)(call_fn *call, const char *path, struct chain *chain);

static void *function(void *library, const char *name)
{
	void *address = dlsym(library, name);
	need(address);
	return address;
}

static void load(const char *path)
{
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!library)
		fprintf(stderr, "%s\n", dlerror());
	need(library);
	inner_fopen = function(library, "inner_fopen");
	inner_opendir = function(library, "inner_opendir");
	inner_raw = function(library, "inner_raw");
	outer = function(library, "outer");
}

static const char *path_of(const char *name)
{
	static char path[100];
	snprintf(path, sizeof path, "/stacks/%s/%s", variant, name);
	return path;
}

static void print(const char *name, const struct chain *chain, const struct chain *interrupted)
{
	printf("chain %s/%s", variant, name);
	for (int i = 0; i < chain->count; i++)
		printf(" %#lx", (long)chain->back[i]);
	for (int i = 0; interrupted && i < interrupted->count; i++)
		printf("%s %#lx", i ? "" : " ?", (long)interrupted->back[i]);
	puts("");
}

__attribute__((noinline)) static int from_function(const char *name, call_fn *call)
{
	struct chain chain = { .count = 0 };
	int ret = outer(call, path_of(name), &chain);
	NOTE(&chain);
	print(name, &chain, NULL);
	return ret + 1;
}

static void *from_thread(void *done)
{
	struct chain chain = { .count = 0 };
	need(outer(inner_fopen, path_of("thread"), &chain) == 2);
	NOTE(&chain);
	print("thread", &chain, NULL);
	__atomic_store_n((int *)done, 1, __ATOMIC_RELEASE);
	return NULL;
}

static volatile sig_atomic_t handled;
static struct chain handler_chain;

static void on_signal(int signal)
{
	(void)signal;
	handled = outer(inner_fopen, path_of(handled < 0 ? "altstack" : "signal"), &handler_chain);
	NOTE(&handler_chain);
}

/* Waits for a signal without a call, so that it is interrupted in its own code. */
__attribute__((noinline)) static int spin(const char *name, struct chain *chain)
{
	struct itimerval soon = { .it_value.tv_usec = 10000 };
	need(setitimer(ITIMER_REAL, &soon, NULL) == 0);
	while (handled <= 0)
		;
	NOTE(chain);
	return name[0];
}

__attribute__((noinline)) static int from_handler(const char *name, int flags)
{
	struct chain chain = { .count = 0 };
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = flags };
	need(sigaction(SIGALRM, &action, NULL) == 0);
	handler_chain.count = 0;
	handled = flags ? -1 : 0;
	int ret = spin(name, &chain);
	NOTE(&chain);
	print(name, &handler_chain, &chain);
	return ret + 1;
}

int main(int argc, char **argv)
{
	static int done;
	pthread_t thread;
	need(argc == 3);
	variant = argv[1];
	load(argv[2]);
	from_function("fopen", inner_fopen);
	from_function("opendir", inner_opendir);
	from_function("raw", inner_raw);
	/* Joining it would take a call that kernels without 32-bit times refuse 32-bit programs. */
	need(pthread_create(&thread, NULL, from_thread, &done) == 0);
	while (!__atomic_load_n(&done, __ATOMIC_ACQUIRE))
		sched_yield();
	from_handler("signal", 0);
	stack_t stack = { .ss_sp = malloc(1 << 16), .ss_size = 1 << 16 };
	need(stack.ss_sp && sigaltstack(&stack, NULL) == 0);
	from_handler("altstack", SA_ONSTACK);
	/* Whoever looks at the files shall find them. */
	poll(NULL, 0, 300);
	return 0;
}
