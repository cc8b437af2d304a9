/* takes PID MS: what a process takes, every so many milliseconds until it ends: anonymous memory in KiB, threads and
 * descriptors, a line each time, with the time since boot in milliseconds. */
#include "svc.h"
#include <dirent.h>
#include <time.h>

static long field(const char *text, const char *name)
{
	const char *at = strstr(text, name);
	return at ? atol(at + strlen(name)) : -1;
}

static long descriptors(const char *path)
{
	DIR *directory = opendir(path);
	long count = 0;
	if (!directory)
		return -1;
	for (struct dirent *entry; (entry = readdir(directory));)
		count += entry->d_name[0] != '.';
	closedir(directory);
	return count;
}

int main(int argc, char **argv)
{
	char status[64], fds[64], text[8192];
	need(argc == 3);
	snprintf(status, sizeof status, "/proc/%s/status", argv[1]);
	snprintf(fds, sizeof fds, "/proc/%s/fd", argv[1]);
	for (;; pause_ms(atol(argv[2]))) {
		struct timespec now;
		clock_gettime(CLOCK_BOOTTIME, &now);
		int fd = open(status, O_RDONLY);
		long len = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
		close(fd);
		text[len > 0 ? len : 0] = 0;
		long anonymous = field(text, "RssAnon:"), open_now = descriptors(fds);
		/* One that has ended and is not waited for has no memory. */
		if (anonymous < 0 || open_now <= 0)
			return 0;
		printf("at_ms=%ld rss_anon_kb=%ld threads=%ld fds=%ld\n", now.tv_sec * 1000 + now.tv_nsec / 1000000, anonymous,
		       field(text, "Threads:"), open_now);
		fflush(stdout);
	}
}
