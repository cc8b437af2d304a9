/* from-init PROGRAM [ARGUMENT]...: runs a program with the signals that init gives a service. What a shell starts in the
 * background without job control ignores SIGINT, and so does everything that comes of it. */
#include <signal.h>
#include "svc.h"

int main(int argc, char **argv)
{
	need(argc > 1);
	need(signal(SIGINT, SIG_DFL) != SIG_ERR);
	need(signal(SIGQUIT, SIG_DFL) != SIG_ERR);
	execvp(argv[1], argv + 1);
	fprintf(stderr, "from-init: %s: %s\n", argv[1], strerror(errno));
	return 97;
}
