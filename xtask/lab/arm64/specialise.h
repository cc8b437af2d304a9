/* What a zygote's child does to become an app, in the order of Android's `SpecializeCommon`
 * (frameworks/base, core/jni/com_android_internal_os_Zygote.cpp) and of the Java code after it. */
#ifndef SPECIALISE_H
#define SPECIALISE_H

#include "zygote.h"
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>

enum { FIRST_APP = 10000, FIRST_ISOLATED = 90000, FIRST_OF_WEBVIEW = 99000, USER = 100000 };

/* A set of capabilities as the kernel takes it. */
static long capabilities(uint64_t permitted, uint64_t effective, uint64_t inheritable)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = {
		{ effective, permitted, inheritable },
		{ effective >> 32, permitted >> 32, inheritable >> 32 },
	};
	return call(SYS_capset, &header, data);
}

/* `SetInheritable`: the rest stays. What is kept later must be in it before the bounding set goes. */
static void set_inheritable(uint64_t kept)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];
	must(call(SYS_capget, &header, data) == 0);
	data[0].inheritable = kept;
	data[1].inheritable = kept >> 32;
	must(call(SYS_capset, &header, data) == 0);
}

static void drop_bounding_set(void)
{
	for (int at = 0; call(SYS_prctl, PR_CAPBSET_READ, at) >= 0; at++)
		must(call(SYS_prctl, PR_CAPBSET_DROP, at) == 0);
}

/* Allows everything but `getpriority`, which an app calls to show that it is refused. */
static void app_filter(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpriority, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof filter / sizeof *filter, filter };
	must(call(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}

/* `install_setuidgid_seccomp_filter`: a child zygote can give its children user IDs of its range alone. */
static void range_filter(unsigned first, unsigned last)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_setresuid, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_setresgid, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, first, 0, 2),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, last, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
	};
	struct sock_fprog program = { sizeof filter / sizeof *filter, filter };
	must(call(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1) == 0);
	must(call(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}

/* The kernel has room for 15 characters, and the last ones tell more. */
static void set_thread_name(const char *name)
{
	size_t length = strlen(name);
	call(SYS_prctl, PR_SET_NAME, length < 15 ? name : name + length - 15);
}

/* `AndroidRuntime::setArgv0`: a name that is longer than the room is cut. */
static void set_argv0(const char *name)
{
	set_thread_name(name);
	memset(block, 0, room);
	strncpy(block, name, room - 1);
}

static int ends(const char *how)
{
	return strcmp(me->end, how) == 0;
}

/* `selinux_android_setcontext`; kernels without SELinux refuse it. */
static void set_context(void)
{
	static const char context[] = "u:r:untrusted_app:s0:c123,c256,c512,c768";
	long fd = call(SYS_openat, AT_FDCWD, "/proc/thread-self/attr/current", O_RDWR | O_CLOEXEC);
	if (fd >= 0) {
		call(SYS_write, fd, context, sizeof context);
		call(SYS_close, fd);
	}
}

/* Up to the call that makes it another user's: all of it as root, or as the child zygote's user. */
static void become(uint64_t kept)
{
	unsigned id = me->uid;
	gid_t groups[] = { 3003, 9997, 20000 + id % USER, 50000 + id % USER };
	struct rlimit none = { 0, 0 };
	struct sched_param param = { 0 };
	must(call(SYS_prctl, PR_SET_KEEPCAPS, 1) == 0);
	set_inheritable(kept);
	drop_bounding_set();
	if (me->parent < 0) { /* Those of a child zygote are in a mount namespace of their own from it. */
		must(call(SYS_unshare, CLONE_NEWNS) == 0);
		call(SYS_mount, "rootfs", "/", NULL, MS_SLAVE | MS_REC, NULL);
	}
	must(call(SYS_setgroups, sizeof groups / sizeof *groups, groups) == 0);
	must(call(SYS_prlimit64, 0, RLIMIT_CORE, &none, NULL) == 0);
	must(call(SYS_setresgid, id, id, id) == 0);
	if (id >= FIRST_APP)
		app_filter();
	call(SYS_sched_setscheduler, 0, SCHED_OTHER, &param);
	if (ends("before"))
		leave(0);
	must(call(SYS_setresuid, id, id, id) == 0);
	me->became_ns = now_ns();
	me->stage = BECAME;
}

/* The rest of `SpecializeCommon`. */
static void finish(uint64_t kept)
{
	struct { void *handler; unsigned long flags; void *restorer; uint64_t mask; } usual = { 0 };
	call(SYS_prctl, PR_GET_DUMPABLE);
	must(capabilities(kept, kept, kept) == 0);
	set_context();
	if (ends("killed"))
		call(SYS_kill, call(SYS_getpid), SIGKILL);
	if (!ends("unnamed"))
		set_thread_name(me->name);
	call(SYS_rt_sigaction, SIGCHLD, &usual, NULL, sizeof usual.mask);
	call(SYS_setpriority, PRIO_PROCESS, 0, 0);
}

static int is_kind(const char *kind)
{
	return strcmp(me->kind, kind) == 0;
}

/* The Java code's part: the name on the command line. An app's `ActivityThread.main` writes over it until it is told by
 * `handleBindApplication` what it is called. */
static void take_name(int is_zygote)
{
	if (ends("unnamed"))
		return;
	set_argv0(me->name);
	me->named_ns = now_ns();
	me->stage = NAMED;
	if (ends("named"))
		leave(0);
	if (is_zygote || is_kind("system"))
		return;
	set_argv0("<pre-initialized>");
	mark_once();
	set_argv0(me->name);
}

static void specialise(int is_zygote)
{
	uint64_t kept = is_zygote ? 1 << CAP_SETUID | 1 << CAP_SETGID | 1 << CAP_SETPCAP : 0;
	become(kept);
	finish(kept);
	take_name(is_zygote);
	if (me->uid >= FIRST_APP)
		must(call(SYS_getpriority, PRIO_PROCESS, 0) == -EPERM);
	for (int at = 0; at < me->marks; at++)
		mark_once();
}

#endif
