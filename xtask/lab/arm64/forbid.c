/* forbid CALL PROGRAM [ARGUMENT]...: runs a program to which its seccomp filter refuses a call (EPERM), as containers'
 * filters refuse perf_event_open and bpf. */
#include "svc.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: forbid CALL PROGRAM [ARGUMENT]...\n");
		return 98;
	}
	int nr = strcmp(argv[1], "bpf") == 0		   ? SYS_bpf
		 : strcmp(argv[1], "perf_event_open") == 0 ? SYS_perf_event_open
							   : -1;
	need(nr != -1);
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof filter / sizeof *filter, filter };
	need(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	need(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
	execvp(argv[2], argv + 2);
	fprintf(stderr, "forbid: %s: %s\n", argv[2], strerror(errno));
	return 97;
}
