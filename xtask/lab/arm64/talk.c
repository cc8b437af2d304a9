/* talk SOCKET REQUEST: sends the request, as it is, and prints the answer.
 * talk SOCKET -N: N connections that say nothing; prints how many there could be, and holds them for three seconds. */
#include "svc.h"
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

static int reach(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	strncpy(at.sun_path, path, sizeof at.sun_path - 1);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) < 0) {
		int error = errno;
		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

static int many(const char *path, long count)
{
	long made = 0;
	for (long i = 0; i < count; i++) {
		if (reach(path) >= 0)
			made++;
	}
	fact("connections", made);
	nanosleep(&(struct timespec){ .tv_sec = 3 }, NULL);
	return made == count ? 0 : 1;
}

int main(int argc, char **argv)
{
	char answer[65536];
	ssize_t got, all = 0;
	need(argc == 3);
	signal(SIGPIPE, SIG_IGN);
	if (argv[2][0] == '-')
		return many(argv[1], atol(argv[2] + 1));
	int fd = reach(argv[1]);
	if (fd < 0) {
		printf("%s\n", strerror(errno));
		return 2;
	}
	/* It may have been refused before it is sent. */
	send(fd, argv[2], strlen(argv[2]), 0);
	shutdown(fd, SHUT_WR);
	while (all < (ssize_t)sizeof answer && (got = read(fd, answer + all, sizeof answer - all)) > 0)
		all += got;
	fwrite(answer, 1, all, stdout);
	return all > 0 ? 0 : 3;
}
