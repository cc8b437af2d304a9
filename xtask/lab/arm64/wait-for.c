/* wait-for FILE WORD [SECONDS]: waits until a file contains a word; 30 seconds unless told. Exit 1 when time is up,
 * after printing what the file holds instead. */
#include "svc.h"
#include <time.h>

static char text[1 << 20];

static long slurp(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	long all = 0, len;
	while (all < (long)sizeof text - 1 && (len = read(fd, text + all, sizeof text - 1 - all)) > 0)
		all += len;
	close(fd);
	text[all] = 0;
	return all;
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: wait-for FILE WORD [SECONDS]\n");
		return 98;
	}
	long seconds = argc > 3 ? atol(argv[3]) : 30;
	struct timespec now, end;
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += seconds;
	do {
		if (slurp(argv[1]) && strstr(text, argv[2]))
			return 0;
		pause_ms(20);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec < end.tv_sec);
	fprintf(stderr, "wait-for: no \"%s\" in %s within %ld s, but:\n", argv[2], argv[1], seconds);
	fwrite(text, 1, slurp(argv[1]), stderr);
	return 1;
}
