/* Runs a program and asks the verifier, behind its back, for the statistics of every BPF program that it loads: prints
   `NAME INSTRUCTIONS` for each. The program needs to know nothing of this, and every kernel since 5.2 answers. */
#define _GNU_SOURCE
#include <elf.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

struct regs { uint64_t x[31], sp, pc, pstate; };

/* BPF_LOG_STATS of the kernel's include/linux/bpf_verifier.h. */
enum { STATS = 4, LOG = 64 * 1024, BELOW = 256 * 1024 };

static int get(pid_t pid, struct regs *regs)
{
    struct iovec all = { regs, sizeof *regs };
    return ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &all);
}

/* Copies to or from the other program. */
static int copy(pid_t pid, int to, uint64_t there, void *here, size_t len)
{
    struct iovec ours = { here, len }, theirs = { (void *)there, len };
    ssize_t done = to ? process_vm_writev(pid, &ours, 1, &theirs, 1, 0) : process_vm_readv(pid, &ours, 1, &theirs, 1, 0);
    return done == (ssize_t)len;
}

static void print(const char *name, const char *log)
{
    const char *line = strstr(log, "processed ");
    unsigned long count;

    if (line && sscanf(line, "processed %lu insns", &count) == 1)
        printf("%s %lu\n", name, count);
}

/* At the call's entry: lends it a log far below its stack. Returns whether it is a load. */
static int lend(pid_t pid, const struct regs *regs, union bpf_attr *attr)
{
    uint64_t size = regs->x[2] < sizeof *attr ? regs->x[2] : sizeof *attr;
    union bpf_attr changed;

    memset(attr, 0, sizeof *attr);
    if (regs->x[8] != __NR_bpf || regs->x[0] != BPF_PROG_LOAD || !copy(pid, 0, regs->x[1], attr, size) || attr->log_buf)
        return 0;
    changed = *attr;
    changed.log_level = STATS;
    changed.log_size = LOG;
    changed.log_buf = (regs->sp - BELOW) & ~15ul;
    return copy(pid, 1, regs->x[1], &changed, size);
}

/* At its return: reads the log, and puts back what was there. */
static void look(pid_t pid, const struct regs *entry, union bpf_attr *attr)
{
    static char log[LOG + 1];
    struct regs regs;
    uint64_t size = entry->x[2] < sizeof *attr ? entry->x[2] : sizeof *attr;

    copy(pid, 1, entry->x[1], attr, size);
    if (get(pid, &regs) || (int64_t)regs.x[0] < 0)
        return;
    memset(log, 0, sizeof log);
    copy(pid, 0, (entry->sp - BELOW) & ~15ul, log, 4096);
    attr->prog_name[BPF_OBJ_NAME_LEN - 1] = 0;
    print(attr->prog_name, log);
}

/* Follows one thread from call to call until the program ends. */
static int follow(pid_t pid)
{
    int status, inside = 0, loading = 0, signal = 0;
    struct regs entry;
    union bpf_attr attr;

    for (;;) {
        ptrace(PTRACE_SYSCALL, pid, 0, signal);
        if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
            return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
        signal = WSTOPSIG(status);
        if (signal != (SIGTRAP | 0x80)) {
            /* The one of an exec is ours alone. */
            signal = signal == SIGTRAP ? 0 : signal;
            continue;
        }
        signal = 0;
        inside = !inside;
        if (inside)
            loading = !get(pid, &entry) && lend(pid, &entry, &attr);
        else if (loading)
            look(pid, &entry, &attr);
    }
}

int main(int argc, char **argv)
{
    int status;
    pid_t pid;

    if (argc < 2)
        return 2;
    pid = fork();
    if (!pid) {
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        raise(SIGSTOP);
        execvp(argv[1], argv + 1);
        _exit(127);
    }
    if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
        return 125;
    ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
    return follow(pid);
}
