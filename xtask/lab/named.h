/* Calls that are golden cases of their own: each is made under a thread name that is the name of its case. */
#ifndef NAMED_H
#define NAMED_H

#include <sys/prctl.h>

static long named(const char *name)
{
	return svc(SYS_prctl, PR_SET_NAME, name);
}

/* The call that is the case of this name, at most 15 letters. */
#define as(name, ...) \
	({ \
		named(name); \
		long ret = svc(__VA_ARGS__); \
		named(program_invocation_short_name); \
		ret; \
	})

#endif
