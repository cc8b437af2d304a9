/* Chains of calls that are known: each function notes where it goes back to, and `stacks` prints them. */
#ifndef CHAIN_H
#define CHAIN_H

#include <stdint.h>

struct chain {
	uintptr_t back[8]; /* innermost first, from whoever called the C library's caller */
	int count;
};

typedef int call_fn(const char *path, struct chain *chain);

/* Where this function goes back to. Its answer is used afterwards, so that no call is the last thing that it does. */
#define NOTE(chain) (chain)->back[(chain)->count++] = (uintptr_t)__builtin_return_address(0)

#endif
