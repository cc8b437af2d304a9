/* as-uid UID PROGRAM [ARGUMENT]...: runs a program as a user and the group of the same number, without other groups. */
#include <grp.h>

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: as-uid UID PROGRAM [ARGUMENT]...\n");
		return 98;
	}
	unsigned id = atoi(argv[1]);
	need(setgroups(0, NULL) == 0);
	need(setresgid(id, id, id) == 0);
	need(setresuid(id, id, id) == 0);
	execvp(argv[2], argv + 2);
	fprintf(stderr, "as-uid: %s: %s\n", argv[2], strerror(errno));
	return 97;
}
