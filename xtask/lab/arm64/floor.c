/* floor kprobe SYMBOL... | tracepoint: an empty program on each such symbol of the kernel, or on raw sys_enter, and one on
 * raw sys_exit, as sandboxd has its own. Says "ready" on stderr, and stays until it is killed. */
#include "svc.h"
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <sys/ioctl.h>

/* r0 = 0; exit */
static const struct bpf_insn empty[] = {
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
	{ .code = BPF_JMP | BPF_EXIT },
};

static int load(unsigned type)
{
	union bpf_attr attr = { 0 };
	attr.prog_type = type;
	attr.insns = (uintptr_t)empty;
	attr.insn_cnt = 2;
	attr.license = (uintptr_t)"GPL";
	int fd = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof attr);
	need(fd >= 0);
	return fd;
}

static void on_tracepoint(const char *name)
{
	union bpf_attr attr = { 0 };
	attr.raw_tracepoint.name = (uintptr_t)name;
	attr.raw_tracepoint.prog_fd = load(BPF_PROG_TYPE_RAW_TRACEPOINT);
	need(syscall(SYS_bpf, BPF_RAW_TRACEPOINT_OPEN, &attr, sizeof attr) >= 0);
}

/* The number under which perf knows kprobes. */
static unsigned kprobes(void)
{
	char text[16] = "";
	int fd = open("/sys/bus/event_source/devices/kprobe/type", O_RDONLY);
	need(fd >= 0 && read(fd, text, sizeof text - 1) > 0);
	close(fd);
	return (unsigned)atol(text);
}

static void on_kprobe(const char *symbol)
{
	struct perf_event_attr attr = { 0 };
	attr.type = kprobes();
	attr.size = sizeof attr;
	attr.kprobe_func = (uintptr_t)symbol;
	int fd = (int)syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	need(fd >= 0);
	need(ioctl(fd, PERF_EVENT_IOC_SET_BPF, load(BPF_PROG_TYPE_KPROBE)) == 0);
	need(ioctl(fd, PERF_EVENT_IOC_ENABLE, 0) == 0);
}

int main(int argc, char **argv)
{
	need(argc > 1);
	if (strcmp(argv[1], "tracepoint") == 0)
		on_tracepoint("sys_enter");
	for (int i = 2; i < argc; i++)
		on_kprobe(argv[i]);
	on_tracepoint("sys_exit");
	fprintf(stderr, "ready\n");
	for (;;)
		pause();
}
