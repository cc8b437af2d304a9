//! Processes, threads, scheduling, futexes.
//! Values are the kernel headers' (7.2), names too.

use super::signal::SIGNALS;
use super::{FlagSet, ValueSet};

/// `clone(2)` flags, the exit signal in the low byte: `include/uapi/linux/sched.h`.
#[rustfmt::skip]
pub static CLONE: FlagSet = FlagSet::new("clone", None, &[(0xff, SIGNALS.values)], &[
    (0x100, "CLONE_VM"), (0x200, "CLONE_FS"), (0x400, "CLONE_FILES"), (0x800, "CLONE_SIGHAND"),
    (0x1000, "CLONE_PIDFD"), (0x2000, "CLONE_PTRACE"), (0x4000, "CLONE_VFORK"), (0x8000, "CLONE_PARENT"),
    (0x1_0000, "CLONE_THREAD"), (0x2_0000, "CLONE_NEWNS"), (0x4_0000, "CLONE_SYSVSEM"), (0x8_0000, "CLONE_SETTLS"),
    (0x10_0000, "CLONE_PARENT_SETTID"), (0x20_0000, "CLONE_CHILD_CLEARTID"), (0x40_0000, "CLONE_DETACHED"),
    (0x80_0000, "CLONE_UNTRACED"), (0x100_0000, "CLONE_CHILD_SETTID"), (0x200_0000, "CLONE_NEWCGROUP"),
    (0x400_0000, "CLONE_NEWUTS"), (0x800_0000, "CLONE_NEWIPC"), (0x1000_0000, "CLONE_NEWUSER"),
    (0x2000_0000, "CLONE_NEWPID"), (0x4000_0000, "CLONE_NEWNET"), (0x8000_0000, "CLONE_IO"),
]);

/// `clone3(2)` flags: `include/uapi/linux/sched.h`.
#[rustfmt::skip]
pub static CLONE3: FlagSet = FlagSet::new("clone3", None, &[], &[
    (0x80, "CLONE_NEWTIME"), (0x100, "CLONE_VM"), (0x200, "CLONE_FS"), (0x400, "CLONE_FILES"),
    (0x800, "CLONE_SIGHAND"), (0x1000, "CLONE_PIDFD"), (0x2000, "CLONE_PTRACE"), (0x4000, "CLONE_VFORK"),
    (0x8000, "CLONE_PARENT"), (0x1_0000, "CLONE_THREAD"), (0x2_0000, "CLONE_NEWNS"), (0x4_0000, "CLONE_SYSVSEM"),
    (0x8_0000, "CLONE_SETTLS"), (0x10_0000, "CLONE_PARENT_SETTID"), (0x20_0000, "CLONE_CHILD_CLEARTID"),
    (0x40_0000, "CLONE_DETACHED"), (0x80_0000, "CLONE_UNTRACED"), (0x100_0000, "CLONE_CHILD_SETTID"),
    (0x200_0000, "CLONE_NEWCGROUP"), (0x400_0000, "CLONE_NEWUTS"), (0x800_0000, "CLONE_NEWIPC"),
    (0x1000_0000, "CLONE_NEWUSER"), (0x2000_0000, "CLONE_NEWPID"), (0x4000_0000, "CLONE_NEWNET"),
    (0x8000_0000, "CLONE_IO"), (0x1_0000_0000, "CLONE_CLEAR_SIGHAND"), (0x2_0000_0000, "CLONE_INTO_CGROUP"),
    (0x4_0000_0000, "CLONE_AUTOREAP"), (0x8_0000_0000, "CLONE_NNP"), (0x10_0000_0000, "CLONE_PIDFD_AUTOKILL"),
    (0x20_0000_0000, "CLONE_EMPTY_MNTNS"),
]);

/// `unshare(2)` and `setns(2)` flags: `include/uapi/linux/sched.h`.
#[rustfmt::skip]
pub static UNSHARE: FlagSet = FlagSet::new("unshare", None, &[], &[
    (0x80, "CLONE_NEWTIME"), (0x100, "CLONE_VM"), (0x200, "CLONE_FS"), (0x400, "CLONE_FILES"),
    (0x800, "CLONE_SIGHAND"), (0x1_0000, "CLONE_THREAD"), (0x2_0000, "CLONE_NEWNS"), (0x4_0000, "CLONE_SYSVSEM"),
    (0x200_0000, "CLONE_NEWCGROUP"), (0x400_0000, "CLONE_NEWUTS"), (0x800_0000, "CLONE_NEWIPC"),
    (0x1000_0000, "CLONE_NEWUSER"), (0x2000_0000, "CLONE_NEWPID"), (0x4000_0000, "CLONE_NEWNET"),
]);

/// `wait4(2)` and `waitid(2)` options: `include/uapi/linux/wait.h`.
#[rustfmt::skip]
pub static WAIT: FlagSet = FlagSet::new("wait", None, &[], &[
    (0x1, "WNOHANG"), (0x2, "WUNTRACED"), (0x4, "WEXITED"), (0x8, "WCONTINUED"), (0x100_0000, "WNOWAIT"),
    (0x2000_0000, "__WNOTHREAD"), (0x4000_0000, "__WALL"), (0x8000_0000, "__WCLONE"),
]);

/// `waitid(2)` ID types: `include/uapi/linux/wait.h`.
#[rustfmt::skip]
pub static WAIT_ID: ValueSet = ValueSet::new("idtype", &[
    (0, "P_ALL"), (1, "P_PID"), (2, "P_PGID"), (3, "P_PIDFD"),
]);

/// `ptrace(2)` requests: `include/uapi/linux/ptrace.h`, `arch/arm64/include/uapi/asm/ptrace.h`,
/// `arch/arm64/include/asm/ptrace.h` (32-bit).
#[rustfmt::skip]
pub static PTRACE: ValueSet = ValueSet::new("ptrace", &[
    (0x0, "PTRACE_TRACEME"), (0x1, "PTRACE_PEEKTEXT"), (0x2, "PTRACE_PEEKDATA"), (0x3, "PTRACE_PEEKUSR"),
    (0x4, "PTRACE_POKETEXT"), (0x5, "PTRACE_POKEDATA"), (0x6, "PTRACE_POKEUSR"), (0x7, "PTRACE_CONT"),
    (0x8, "PTRACE_KILL"), (0x9, "PTRACE_SINGLESTEP"), (0xc, "PTRACE_GETREGS"), (0xd, "PTRACE_SETREGS"),
    (0xe, "PTRACE_GETFPREGS"), (0xf, "PTRACE_SETFPREGS"), (0x10, "PTRACE_ATTACH"), (0x11, "PTRACE_DETACH"),
    (0x16, "PTRACE_GET_THREAD_AREA"), (0x17, "PTRACE_SET_SYSCALL"), (0x18, "PTRACE_SYSCALL"),
    (0x1b, "PTRACE_GETVFPREGS"), (0x1c, "PTRACE_SETVFPREGS"), (0x1d, "PTRACE_GETHBPREGS"),
    (0x1e, "PTRACE_SETHBPREGS"), (0x1f, "PTRACE_SYSEMU"), (0x20, "PTRACE_SYSEMU_SINGLESTEP"),
    (0x21, "PTRACE_PEEKMTETAGS"), (0x22, "PTRACE_POKEMTETAGS"), (0x4200, "PTRACE_SETOPTIONS"),
    (0x4201, "PTRACE_GETEVENTMSG"), (0x4202, "PTRACE_GETSIGINFO"), (0x4203, "PTRACE_SETSIGINFO"),
    (0x4204, "PTRACE_GETREGSET"), (0x4205, "PTRACE_SETREGSET"), (0x4206, "PTRACE_SEIZE"),
    (0x4207, "PTRACE_INTERRUPT"), (0x4208, "PTRACE_LISTEN"), (0x4209, "PTRACE_PEEKSIGINFO"),
    (0x420a, "PTRACE_GETSIGMASK"), (0x420b, "PTRACE_SETSIGMASK"), (0x420c, "PTRACE_SECCOMP_GET_FILTER"),
    (0x420d, "PTRACE_SECCOMP_GET_METADATA"), (0x420e, "PTRACE_GET_SYSCALL_INFO"),
    (0x420f, "PTRACE_GET_RSEQ_CONFIGURATION"), (0x4210, "PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG"),
    (0x4211, "PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG"), (0x4212, "PTRACE_SET_SYSCALL_INFO"),
]);

/// `kcmp(2)` types: `include/uapi/linux/kcmp.h`.
#[rustfmt::skip]
pub static KCMP: ValueSet = ValueSet::new("kcmp", &[
    (0, "KCMP_FILE"), (1, "KCMP_VM"), (2, "KCMP_FILES"), (3, "KCMP_FS"), (4, "KCMP_SIGHAND"), (5, "KCMP_IO"),
    (6, "KCMP_SYSVSEM"), (7, "KCMP_EPOLL_TFD"),
]);

/// `personality(2)`: `include/uapi/linux/personality.h`.
#[rustfmt::skip]
pub static PERSONALITY: FlagSet = FlagSet::new("personality", None, &[(0xff, &[
        (0, "PER_LINUX"), (6, "PER_BSD"), (8, "PER_LINUX32"), (12, "PER_RISCOS"), (16, "PER_HPUX"),
    ])], &[
    (0x2_0000, "UNAME26"), (0x4_0000, "ADDR_NO_RANDOMIZE"), (0x8_0000, "FDPIC_FUNCPTRS"),
    (0x10_0000, "MMAP_PAGE_ZERO"), (0x20_0000, "ADDR_COMPAT_LAYOUT"), (0x40_0000, "READ_IMPLIES_EXEC"),
    (0x80_0000, "ADDR_LIMIT_32BIT"), (0x100_0000, "SHORT_INODE"), (0x200_0000, "WHOLE_SECONDS"),
    (0x400_0000, "STICKY_TIMEOUTS"), (0x800_0000, "ADDR_LIMIT_3GB"),
]);

/// Resource limits: `include/uapi/asm-generic/resource.h`.
#[rustfmt::skip]
pub static RLIMIT: ValueSet = ValueSet::new("rlimit", &[
    (0, "RLIMIT_CPU"), (1, "RLIMIT_FSIZE"), (2, "RLIMIT_DATA"), (3, "RLIMIT_STACK"), (4, "RLIMIT_CORE"),
    (5, "RLIMIT_RSS"), (6, "RLIMIT_NPROC"), (7, "RLIMIT_NOFILE"), (8, "RLIMIT_MEMLOCK"), (9, "RLIMIT_AS"),
    (10, "RLIMIT_LOCKS"), (11, "RLIMIT_SIGPENDING"), (12, "RLIMIT_MSGQUEUE"), (13, "RLIMIT_NICE"),
    (14, "RLIMIT_RTPRIO"), (15, "RLIMIT_RTTIME"),
]);

/// `getrusage(2)`: `include/uapi/linux/resource.h`.
#[rustfmt::skip]
pub static RUSAGE_WHO: ValueSet = ValueSet::new("rusage_who", &[
    (0x0, "RUSAGE_SELF"), (0x1, "RUSAGE_THREAD"), (0xffff_ffff, "RUSAGE_CHILDREN"),
]);

/// `setpriority(2)`: `include/uapi/linux/resource.h`.
#[rustfmt::skip]
pub static PRIO_WHO: ValueSet = ValueSet::new("prio_who", &[
    (0, "PRIO_PROCESS"), (1, "PRIO_PGRP"), (2, "PRIO_USER"),
]);

/// `ioprio_set(2)`: `include/uapi/linux/ioprio.h`.
#[rustfmt::skip]
pub static IOPRIO_WHO: ValueSet = ValueSet::new("ioprio_who", &[
    (1, "IOPRIO_WHO_PROCESS"), (2, "IOPRIO_WHO_PGRP"), (3, "IOPRIO_WHO_USER"),
]);

/// A class above a priority: `include/uapi/linux/ioprio.h`.
#[rustfmt::skip]
pub static IOPRIO: FlagSet = FlagSet::new("ioprio", None, &[(0xe000, &[
        (0, "IOPRIO_CLASS_NONE"), (0x2000, "IOPRIO_CLASS_RT"), (0x4000, "IOPRIO_CLASS_BE"), (0x6000, "IOPRIO_CLASS_IDLE"),
    ])], &[]);

/// Scheduling policies: `include/uapi/linux/sched.h`.
#[rustfmt::skip]
pub static SCHED_POLICY: FlagSet = FlagSet::new("sched_policy", None, &[(0xff, &[
        (0, "SCHED_NORMAL"), (1, "SCHED_FIFO"), (2, "SCHED_RR"), (3, "SCHED_BATCH"), (5, "SCHED_IDLE"),
        (6, "SCHED_DEADLINE"), (7, "SCHED_EXT"),
    ])], &[
    (0x4000_0000, "SCHED_RESET_ON_FORK"),
]);

/// `sched_flags` of `sched_setattr(2)`: `include/uapi/linux/sched.h`.
#[rustfmt::skip]
pub static SCHED_FLAG: FlagSet = FlagSet::new("sched_flag", None, &[], &[
    (0x1, "SCHED_FLAG_RESET_ON_FORK"), (0x2, "SCHED_FLAG_RECLAIM"), (0x4, "SCHED_FLAG_DL_OVERRUN"),
    (0x8, "SCHED_FLAG_KEEP_POLICY"), (0x10, "SCHED_FLAG_KEEP_PARAMS"), (0x20, "SCHED_FLAG_UTIL_CLAMP_MIN"),
    (0x40, "SCHED_FLAG_UTIL_CLAMP_MAX"),
]);

/// `pidfd_open(2)` flags: `include/uapi/linux/pidfd.h`.
#[rustfmt::skip]
pub static PIDFD_OPEN: FlagSet = FlagSet::new("pidfd_open", None, &[], &[
    (0x80, "PIDFD_THREAD"), (0x800, "PIDFD_NONBLOCK"),
]);

/// `pidfd_send_signal(2)` flags: `include/uapi/linux/pidfd.h`.
#[rustfmt::skip]
pub static PIDFD_SIGNAL: FlagSet = FlagSet::new("pidfd_send_signal", None, &[], &[
    (0x1, "PIDFD_SIGNAL_THREAD"), (0x2, "PIDFD_SIGNAL_THREAD_GROUP"), (0x4, "PIDFD_SIGNAL_PROCESS_GROUP"),
]);

/// Versions of `capset(2)`: `include/uapi/linux/capability.h`.
#[rustfmt::skip]
pub static CAP_VERSION: ValueSet = ValueSet::new("cap_version", &[
    (0x1998_0330, "_LINUX_CAPABILITY_VERSION_1"), (0x2007_1026, "_LINUX_CAPABILITY_VERSION_2"),
    (0x2008_0522, "_LINUX_CAPABILITY_VERSION_3"),
]);

/// `rseq(2)` flags: `include/uapi/linux/rseq.h`.
#[rustfmt::skip]
pub static RSEQ: FlagSet = FlagSet::new("rseq", None, &[], &[
    (0x1, "RSEQ_FLAG_UNREGISTER"), (0x2, "RSEQ_FLAG_SLICE_EXT_DEFAULT_ON"),
]);

/// `membarrier(2)` commands: `include/uapi/linux/membarrier.h`.
#[rustfmt::skip]
pub static MEMBARRIER: ValueSet = ValueSet::new("membarrier", &[
    (0, "MEMBARRIER_CMD_QUERY"), (1, "MEMBARRIER_CMD_GLOBAL"), (2, "MEMBARRIER_CMD_GLOBAL_EXPEDITED"),
    (4, "MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED"), (8, "MEMBARRIER_CMD_PRIVATE_EXPEDITED"),
    (16, "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED"), (32, "MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE"),
    (64, "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE"), (128, "MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ"),
    (256, "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ"), (512, "MEMBARRIER_CMD_GET_REGISTRATIONS"),
]);

/// `membarrier(2)` flags: `include/uapi/linux/membarrier.h`.
#[rustfmt::skip]
pub static MEMBARRIER_FLAGS: FlagSet = FlagSet::new("membarrier_flags", None, &[], &[
    (0x1, "MEMBARRIER_CMD_FLAG_CPU"),
]);

/// `futex(2)` operations: `include/uapi/linux/futex.h`.
#[rustfmt::skip]
pub static FUTEX_OP: FlagSet = FlagSet::new("futex_op", None, &[(0x7f, &[
        (0, "FUTEX_WAIT"), (1, "FUTEX_WAKE"), (2, "FUTEX_FD"), (3, "FUTEX_REQUEUE"), (4, "FUTEX_CMP_REQUEUE"),
        (5, "FUTEX_WAKE_OP"), (6, "FUTEX_LOCK_PI"), (7, "FUTEX_UNLOCK_PI"), (8, "FUTEX_TRYLOCK_PI"),
        (9, "FUTEX_WAIT_BITSET"), (10, "FUTEX_WAKE_BITSET"), (11, "FUTEX_WAIT_REQUEUE_PI"),
        (12, "FUTEX_CMP_REQUEUE_PI"), (13, "FUTEX_LOCK_PI2"),
    ])], &[
    (0x80, "FUTEX_PRIVATE_FLAG"), (0x100, "FUTEX_CLOCK_REALTIME"), (0x200, "FUTEX_ROBUST_UNLOCK"),
    (0x400, "FUTEX_ROBUST_LIST32"),
]);

/// `futex_waitv(2)` flags: `include/uapi/linux/futex.h`.
#[rustfmt::skip]
pub static FUTEX2: FlagSet = FlagSet::new("futex2", None, &[(0x3, &[
        (0, "FUTEX2_SIZE_U8"), (1, "FUTEX2_SIZE_U16"), (2, "FUTEX2_SIZE_U32"), (3, "FUTEX2_SIZE_U64"),
    ])], &[
    (0x4, "FUTEX2_NUMA"), (0x8, "FUTEX2_MPOL"), (0x80, "FUTEX2_PRIVATE"),
]);

/// What `FUTEX_WAKE_OP` does with the second word, above two numbers of twelve bits: `include/uapi/linux/futex.h`.
#[rustfmt::skip]
pub static FUTEX_WAKE_OP: FlagSet = FlagSet::new("futex_wake_op", None, &[(0x7000_0000, &[
        (0, "FUTEX_OP_SET"), (0x1000_0000, "FUTEX_OP_ADD"), (0x2000_0000, "FUTEX_OP_OR"), (0x3000_0000, "FUTEX_OP_ANDN"),
        (0x4000_0000, "FUTEX_OP_XOR"),
    ]), (0xf00_0000, &[
        (0, "FUTEX_OP_CMP_EQ"), (0x100_0000, "FUTEX_OP_CMP_NE"), (0x200_0000, "FUTEX_OP_CMP_LT"),
        (0x300_0000, "FUTEX_OP_CMP_LE"), (0x400_0000, "FUTEX_OP_CMP_GT"), (0x500_0000, "FUTEX_OP_CMP_GE"),
    ])], &[
    (0x8000_0000, "FUTEX_OP_OPARG_SHIFT"),
]);
