/* A tracer takes a mkdirat of its child away: writes -1 over the number at its entry, EPERM into its result. Before that
 * the child makes a mkdirat, and with that number still in its register meets a breakpoint, whose handler goes on behind
 * it: the handler's end returns under the number -1 too. */
#include "svc.h"
#include <elf.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <sys/wait.h>

struct registers {
	unsigned long x[31], sp, pc, pstate;
};

static void handler(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)info;
	((ucontext_t *)context)->uc_mcontext.pc += 4;
}

static void child(void)
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };
	need(sigaction(SIGTRAP, &action, NULL) == 0);
	register long x8 __asm__("x8") = SYS_mkdirat;
	register long x0 __asm__("x0") = AT_FDCWD;
	register const char *x1 __asm__("x1") = "/skipped/handled";
	register long x2 __asm__("x2") = 0700;
	__asm__ volatile("svc #0\n\tbrk #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
	need(x0 == -ENOENT);
	need(ptrace(PTRACE_TRACEME, 0, 0, 0) == 0 && raise(SIGSTOP) == 0);
	_exit(svc(SYS_mkdirat, AT_FDCWD, "/skipped/call", 0700) == -EPERM ? 0 : 1);
}

int main(void)
{
	int status, number = -1, entry = 1;
	pid_t pid = fork();
	need(pid >= 0);
	if (pid == 0)
		child();
	fact("child", pid);
	need(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	need(ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD) == 0);
	struct registers registers;
	struct iovec all = { &registers, sizeof registers }, nr = { &number, sizeof number };
	for (;; entry = !entry) {
		need(ptrace(PTRACE_SYSCALL, pid, 0, 0) == 0 && waitpid(pid, &status, 0) == pid);
		if (WIFEXITED(status))
			return WEXITSTATUS(status);
		need(ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &all) == 0);
		if (registers.x[8] != SYS_mkdirat)
			continue;
		if (entry) {
			number = -1;
			need(ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &nr) == 0);
		} else {
			registers.x[0] = -EPERM;
			need(ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &all) == 0);
		}
	}
}
