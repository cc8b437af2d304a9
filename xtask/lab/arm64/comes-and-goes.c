/* A process that takes the user ID 10123, another one, and 10123 again. It opens /here/first as 10123, /away as the
 * other, with a child that opens /away/child, and /here/again as 10123 once more. */
#include "svc.h"
#include <sys/wait.h>

int main(void)
{
	need(getuid() == 0);
	fact("pid", getpid());
	need(svc(SYS_setresuid, 10123, 0, 0) == 0);
	svc(SYS_openat, AT_FDCWD, "/here/first", O_RDONLY);
	need(svc(SYS_setresuid, 10999, -1, -1) == 0);
	svc(SYS_openat, AT_FDCWD, "/away", O_RDONLY);
	pid_t child = fork();
	need(child >= 0);
	if (child == 0) {
		svc(SYS_openat, AT_FDCWD, "/away/child", O_RDONLY);
		_exit(0);
	}
	fact("child", child);
	need(waitpid(child, NULL, 0) == child);
	need(svc(SYS_setresuid, 10123, -1, -1) == 0);
	svc(SYS_openat, AT_FDCWD, "/here/again", O_RDONLY);
	return 0;
}
