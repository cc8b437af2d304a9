/* The ground truth of one process of the stand-in zygote (zygote.c), as a JSON object. */
#ifndef TRUTH_H
#define TRUTH_H

#include "zygote.h"

static void print(int at)
{
	const struct slot *slot = &shared->slot[at];
	const char *quote = slot->package[0] == '-' ? "" : "\"";
	if (slot->taken)
		return;
	printf("{\"number\":%d,\"pid\":%d,\"parent\":%d,\"kind\":\"%s\",\"uid\":%d,\"name\":\"%s\",\"package\":%s%s%s,",
	       at, slot->pid, slot->parent < 0 ? getpid() : shared->slot[slot->parent].pid, slot->kind, slot->uid,
	       slot->name, quote, slot->package[0] == '-' ? "null" : slot->package, quote);
	printf("\"end\":\"%s\",\"status\":%d,\"child\":%d,\"marked\":%d,", slot->end, slot->status, slot->child, slot->marked);
	printf("\"forked_ns\":%ld,\"became_ns\":%ld,\"named_ns\":%ld,\"ended_ns\":%ld,\"mark_ns\":[", slot->forked_ns,
	       slot->became_ns, slot->named_ns, slot->ended_ns);
	for (int mark = 0; mark < slot->marked; mark++)
		printf("%s%ld", mark ? "," : "", slot->mark_ns[mark]);
	printf("],\"calls\":[");
	for (unsigned run = 0; run < slot->runs; run++)
		printf("%s[%d,%d]", run ? "," : "", slot->run[run].nr, slot->run[run].times);
	printf("]}\n");
}

#endif
