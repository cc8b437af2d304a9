/* paced MS: opens a path that is not there every so many milliseconds, without end. Prints when, in milliseconds since boot. */
#include "svc.h"
#include <time.h>

int main(int argc, char **argv)
{
	need(argc == 2);
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (;;) {
		struct timespec now;
		need(svc(SYS_openat, AT_FDCWD, "/paced/missing", O_RDONLY) == -ENOENT);
		clock_gettime(CLOCK_BOOTTIME, &now);
		fact("at_ms", now.tv_sec * 1000 + now.tv_nsec / 1000000);
		pause_ms(atol(argv[1]));
	}
}
