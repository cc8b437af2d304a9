//! Signals.
//! Values are the kernel headers' (7.2), names too.

use super::{FlagSet, ValueSet};

/// Signals: `include/uapi/asm-generic/signal.h`.
#[rustfmt::skip]
pub static SIGNALS: ValueSet = ValueSet::new("signal", &[
    (1, "SIGHUP"), (2, "SIGINT"), (3, "SIGQUIT"), (4, "SIGILL"), (5, "SIGTRAP"), (6, "SIGABRT"), (7, "SIGBUS"),
    (8, "SIGFPE"), (9, "SIGKILL"), (10, "SIGUSR1"), (11, "SIGSEGV"), (12, "SIGUSR2"), (13, "SIGPIPE"),
    (14, "SIGALRM"), (15, "SIGTERM"), (16, "SIGSTKFLT"), (17, "SIGCHLD"), (18, "SIGCONT"), (19, "SIGSTOP"),
    (20, "SIGTSTP"), (21, "SIGTTIN"), (22, "SIGTTOU"), (23, "SIGURG"), (24, "SIGXCPU"), (25, "SIGXFSZ"),
    (26, "SIGVTALRM"), (27, "SIGPROF"), (28, "SIGWINCH"), (29, "SIGIO"), (30, "SIGPWR"), (31, "SIGSYS"),
    (32, "SIGRTMIN"),
]);

/// `sigprocmask(2)`: `include/uapi/asm-generic/signal-defs.h`.
#[rustfmt::skip]
pub static SIG_HOW: ValueSet = ValueSet::new("sigprocmask", &[
    (0, "SIG_BLOCK"), (1, "SIG_UNBLOCK"), (2, "SIG_SETMASK"),
]);

/// `sa_flags`: `include/uapi/asm-generic/signal-defs.h`, `arch/arm64/include/uapi/asm/signal.h`.
#[rustfmt::skip]
pub static SA: FlagSet = FlagSet::new("sigaction", None, &[], &[
    (0x1, "SA_NOCLDSTOP"), (0x2, "SA_NOCLDWAIT"), (0x4, "SA_SIGINFO"), (0x400, "SA_UNSUPPORTED"),
    (0x800, "SA_EXPOSE_TAGBITS"), (0x400_0000, "SA_RESTORER"), (0x800_0000, "SA_ONSTACK"),
    (0x1000_0000, "SA_RESTART"), (0x4000_0000, "SA_NODEFER"), (0x8000_0000, "SA_RESETHAND"),
]);

/// `ss_flags`: `include/uapi/linux/signal.h`.
#[rustfmt::skip]
pub static SS: FlagSet = FlagSet::new("sigaltstack", None, &[], &[
    (0x1, "SS_ONSTACK"), (0x2, "SS_DISABLE"), (0x8000_0000, "SS_AUTODISARM"),
]);

/// `sigev_notify`: `include/uapi/asm-generic/siginfo.h`.
#[rustfmt::skip]
pub static SIGEV: ValueSet = ValueSet::new("sigev_notify", &[
    (0, "SIGEV_SIGNAL"), (1, "SIGEV_NONE"), (2, "SIGEV_THREAD"), (4, "SIGEV_THREAD_ID"),
]);
