/* libframed.so and libframeless.so: an app's library that calls the C library, three functions deep. The one is compiled
 * to keep frame pointers, the other not to. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>

#include "chain.h"
#ifdef __aarch64__
#include "code-arm64.h"
#else
#include "code-arm32.h"
#endif

OPENAT_FUNCTION(raw_openat);

int inner_fopen(const char *path, struct chain *chain)
{
	FILE *file = fopen(path, "r");
	NOTE(chain);
	return file != NULL;
}

int inner_opendir(const char *path, struct chain *chain)
{
	DIR *dir = opendir(path);
	NOTE(chain);
	return dir != NULL;
}

/* No C library in between. */
int inner_raw(const char *path, struct chain *chain)
{
	long (*function)(long dirfd, const char *path, long flags) = (void *)raw_openat;
	long ret = function(AT_FDCWD, path, 0);
	NOTE(chain);
	return ret >= 0;
}

__attribute__((noinline)) int middle(call_fn *call, const char *path, struct chain *chain)
{
	int ret = call(path, chain);
	NOTE(chain);
	return ret + 1;
}

/* With some memory of its own, so that its frame has another size. */
int outer(call_fn *call, const char *path, struct chain *chain)
{
	char copy[200];
	int ret = 0;
	for (snprintf(copy, sizeof copy, "%s", path); ret == 0;)
		ret = middle(call, copy, chain);
	NOTE(chain);
	return ret + 1;
}
