/* Root's children become three users, 10123, 10999 and 0, by setresuid, and open paths that carry the user's number and
 * a count: /uid/10123/0 and so on. Before it changes, each opens /uid/NUMBER/before. */
#include "svc.h"
#include <sys/wait.h>

#define PATHS 5

static void live_as(unsigned uid)
{
	char path[64];
	snprintf(path, sizeof path, "/uid/%u/before", uid);
	svc(SYS_openat, AT_FDCWD, path, O_RDONLY);
	need(svc(SYS_setresuid, uid, uid, uid) == 0);
	for (int i = 0; i < PATHS; i++) {
		snprintf(path, sizeof path, "/uid/%u/%d", uid, i);
		need(svc(SYS_openat, AT_FDCWD, path, O_RDONLY) < 0);
	}
	_exit(0);
}

int main(void)
{
	static const unsigned uids[] = { 10123, 10999, 0 };
	need(getuid() == 0);
	for (int i = 0; i < 3; i++) {
		int status = -1;
		pid_t pid = fork();
		need(pid >= 0);
		if (pid == 0)
			live_as(uids[i]);
		need(waitpid(pid, &status, 0) == pid && status == 0);
		printf("pid_%u=%d\n", uids[i], pid);
	}
	fact("paths", PATHS);
	return 0;
}
