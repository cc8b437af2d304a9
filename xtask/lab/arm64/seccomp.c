/* Is refused calls by its own seccomp filter: mkdirat with an error (EPERM), getpriority and unlinkat by a trap (SIGSYS,
 * which Android's filter uses). Whatever else is asked is allowed, such as the openat before and after. */
#include "svc.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>

static volatile long traps;

static void on_sigsys(int signal, siginfo_t *info, void *context)
{
	(void)signal, (void)context;
	traps += info->si_code == 1; /* SYS_SECCOMP */
}

static struct sock_filter filter[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mkdirat, 2, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unlinkat, 2, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpriority, 1, 2),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};

int main(void)
{
	struct sock_fprog program = { sizeof filter / sizeof *filter, filter };
	struct sigaction action = { .sa_sigaction = on_sigsys, .sa_flags = SA_SIGINFO };
	need(sigaction(SIGSYS, &action, NULL) == 0);
	need(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	need(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
	fact("pid", getpid());
	fact("openat", svc(SYS_openat, AT_FDCWD, "/seccomp/before", O_RDONLY));
	fact("mkdirat", svc(SYS_mkdirat, AT_FDCWD, "/seccomp/refused", 0700));
	fact("unlinkat", svc(SYS_unlinkat, AT_FDCWD, "/seccomp/trapped", 0));
	fact("getpriority", svc(SYS_getpriority, 0, 0));
	fact("openat", svc(SYS_openat, AT_FDCWD, "/seccomp/after", O_RDONLY));
	fact("traps", traps);
	return traps == 2 ? 0 : 1;
}
