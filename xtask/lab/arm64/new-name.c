/* A process that takes a name as Android's apps do: its thread's first, then, over its command line, its own. It opens
 * /name/before, /name/thread between the two, and /name/after a while later. Its arguments are room for the name. */
#include "svc.h"
#include <sys/prctl.h>

int main(int argc, char **argv)
{
	const char *name = "com.example.app:push";
	char *end = argv[argc - 1] + strlen(argv[argc - 1]);

	fact("pid", getpid());
	svc(SYS_openat, AT_FDCWD, "/name/before", O_RDONLY);
	/* What is looked up is the name of the moment of the look. */
	pause_ms(1000);
	need(end - argv[0] > (long)strlen(name));
	need(svc(SYS_prctl, PR_SET_NAME, "ple.app:push", 0, 0, 0) == 0);
	svc(SYS_openat, AT_FDCWD, "/name/thread", O_RDONLY);
	pause_ms(60);
	memset(argv[0], 0, end - argv[0]);
	strcpy(argv[0], name);
	pause_ms(200);
	svc(SYS_openat, AT_FDCWD, "/name/soon", O_RDONLY);
	pause_ms(1500);
	svc(SYS_openat, AT_FDCWD, "/name/after", O_RDONLY);
	return 0;
}
