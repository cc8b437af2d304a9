/* What a protected app does to find out where it runs: looks for `su`, some by the libc and some by an `svc` of its own;
 * reads its own maps and its tracer; asks for Frida's port; makes code of its own and calls it; hides in a memfd; renames
 * itself; has a child execute a program; does all that from a second thread too. */
#include "svc.h"
#include <netinet/in.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

/* `mov x8, #172; svc #0; ret`: getpid from memory that no file stands behind. */
static const uint32_t getpid_code[] = { 0xd2801588, 0xd4000001, 0xd65f03c0 };

static long look_for_su(void)
{
	static const char *const places[] = { "/system/bin/su", "/system/xbin/su", "/sbin/su", "/vendor/bin/su",
					      "/data/local/tmp/su", "/debug_ramdisk/su", "/su/bin/su" };
	long found = 0;
	for (unsigned i = 0; i < sizeof places / sizeof *places; i++) {
		found += access(places[i], F_OK) == 0;
		found += svc(SYS_faccessat, AT_FDCWD, places[i], F_OK) == 0;
		found += svc(SYS_openat, AT_FDCWD, places[i], O_RDONLY | O_CLOEXEC) >= 0;
	}
	return found;
}

static long read_all(const char *path, char *text, long size)
{
	long all = 0, len, fd = svc(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	need(fd >= 0);
	while (all < size - 1 && (len = svc(SYS_read, fd, text + all, size - 1 - all)) > 0)
		all += len;
	text[all] = 0;
	svc(SYS_close, fd);
	return all;
}

static void look_at_itself(void)
{
	static char text[65536];
	need(read_all("/proc/self/maps", text, sizeof text) > 0);
	fact("frida", strstr(text, "frida") != NULL);
	need(read_all("/proc/self/status", text, sizeof text) > 0);
	char *tracer = strstr(text, "TracerPid:");
	need(tracer);
	fact("tracer", atol(tracer + 10));
	char target[256] = "";
	svc(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", target, sizeof target - 1);
}

static void ask_for_frida(void)
{
	struct sockaddr_in server = { .sin_family = AF_INET, .sin_port = htons(27042),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	long fd = svc(SYS_socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	need(fd >= 0);
	fact("connect", svc(SYS_connect, fd, &server, sizeof server));
	svc(SYS_close, fd);
}

static void run_own_code(void)
{
	long size = sysconf(_SC_PAGESIZE);
	void *code = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	need(code != MAP_FAILED);
	memcpy(code, getpid_code, sizeof getpid_code);
	need(mprotect(code, size, PROT_READ | PROT_EXEC) == 0);
	__builtin___clear_cache(code, (char *)code + sizeof getpid_code);
	fact("own_code", ((long (*)(void))code)());
	printf("own_code_at=%p\n", code);
}

static void hide_in_memfd(void)
{
	long fd = svc(SYS_memfd_create, "guard", 1);
	need(fd >= 0 && ftruncate(fd, sysconf(_SC_PAGESIZE)) == 0);
	need(pwrite(fd, getpid_code, sizeof getpid_code, 0) == sizeof getpid_code);
	void *code = mmap(NULL, sysconf(_SC_PAGESIZE), PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	need(code != MAP_FAILED);
	fact("memfd_code", ((long (*)(void))code)());
	svc(SYS_close, fd);
}

static void run_child(char *self)
{
	int status = -1;
	pid_t pid = fork();
	need(pid >= 0);
	if (pid == 0) {
		svc(SYS_prctl, PR_SET_NAME, "guard-child");
		execl(self, "protected-app", "child", NULL);
		_exit(96);
	}
	need(waitpid(pid, &status, 0) == pid);
	fact("child", pid);
	fact("child_status", WEXITSTATUS(status));
}

static void *watch(void *unused)
{
	(void)unused;
	svc(SYS_prctl, PR_SET_NAME, "guard-watch");
	fact("watch_su", look_for_su());
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	if (argc > 1)
		return svc(SYS_faccessat, AT_FDCWD, "/data/local/tmp/frida-server", F_OK) == 0 ? 1 : 3;
	(void)argv;
	fact("pid", getpid());
	fact("su", look_for_su());
	look_at_itself();
	ask_for_frida();
	run_own_code();
	hide_in_memfd();
	svc(SYS_prctl, PR_SET_DUMPABLE, 0);
	svc(SYS_prctl, PR_SET_DUMPABLE, 1);
	need(pthread_create(&thread, NULL, watch, NULL) == 0);
	pthread_join(thread, NULL);
	run_child("/proc/self/exe");
	return 0;
}
