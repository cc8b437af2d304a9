/* old-release PROGRAM [ARGUMENT]...: runs a program to which the kernel says that it is Linux 2.6, as it does for programs
 * that cannot read a newer number (UNAME26). */
#include "svc.h"
#include <sys/personality.h>

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: old-release PROGRAM [ARGUMENT]...\n");
		return 98;
	}
	need(personality(PER_LINUX | UNAME26) != -1);
	execvp(argv[1], argv + 1);
	fprintf(stderr, "old-release: %s: %s\n", argv[1], strerror(errno));
	return 97;
}
