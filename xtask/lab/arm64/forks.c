/* forks COUNT: forks again and again; each child opens a path that is not there and ends, with a code of its own. Prints how
 * many children that were, and how many calls. */
#include "svc.h"
#include <sys/wait.h>

int main(int argc, char **argv)
{
	need(argc == 2);
	long count = atol(argv[1]), made = 0;
	for (long i = 0; i < count; i++) {
		int status;
		pid_t child = fork();
		need(child >= 0);
		if (child == 0)
			_exit(svc(SYS_openat, AT_FDCWD, "/forks/missing", O_RDONLY) == -ENOENT ? 7 : 1);
		need(waitpid(child, &status, 0) == child);
		made += WIFEXITED(status) && WEXITSTATUS(status) == 7;
	}
	fact("pid", getpid());
	fact("children", count);
	fact("openat", made);
	return made == count ? 0 : 1;
}
