/* execve and execveat with 100 arguments and 60 environment strings, one of them 6000 bytes: first of a file that is not
 * there, then of itself, which prints what arrived. */
#include "svc.h"

#define ARGUMENTS 100
#define VARIABLES 60

static char texts[ARGUMENTS][32], variables[VARIABLES][32], big[6001];
static char *arguments[ARGUMENTS + 1], *environment[VARIABLES + 1];

int main(int argc, char **argv)
{
	if (argc == ARGUMENTS) {
		fact("arguments", argc);
		fact("big", strlen(argv[2]));
		fact("openat", svc(SYS_openat, AT_FDCWD, "/exec/done", O_RDONLY));
		return 0;
	}
	for (int i = 0; i < ARGUMENTS; i++) {
		snprintf(texts[i], sizeof texts[i], "argument-%d", i);
		arguments[i] = texts[i];
	}
	for (int i = 0; i < VARIABLES; i++) {
		snprintf(variables[i], sizeof variables[i], "VARIABLE_%d=%d", i, i);
		environment[i] = variables[i];
	}
	memset(big, 'b', sizeof big - 1);
	arguments[0] = "exec-family";
	arguments[2] = big;
	fact("pid", getpid());
	fact("execve", svc(SYS_execve, "/exec/missing", arguments, environment));
	fact("execveat", svc(SYS_execveat, AT_FDCWD, "/exec/missing-at", arguments, environment, 0x100));
	int fd = svc(SYS_openat, AT_FDCWD, "/proc/self/exe", O_RDONLY | O_CLOEXEC);
	need(fd >= 0);
	svc(SYS_execveat, fd, "", arguments, environment, 0x1000);
	need(0);
	return 1;
}
