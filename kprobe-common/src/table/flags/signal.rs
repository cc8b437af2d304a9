//! Signals.
//! Values are the kernel headers' (7.2), names too.

use super::{FlagSet, ValueSet};

/// Signals: `include/uapi/asm-generic/signal.h`; those of real time have strace's names.
#[rustfmt::skip]
pub static SIGNALS: ValueSet = ValueSet::new("signal", &[
    (1, "SIGHUP"), (2, "SIGINT"), (3, "SIGQUIT"), (4, "SIGILL"), (5, "SIGTRAP"), (6, "SIGABRT"), (7, "SIGBUS"),
    (8, "SIGFPE"), (9, "SIGKILL"), (10, "SIGUSR1"), (11, "SIGSEGV"), (12, "SIGUSR2"), (13, "SIGPIPE"),
    (14, "SIGALRM"), (15, "SIGTERM"), (16, "SIGSTKFLT"), (17, "SIGCHLD"), (18, "SIGCONT"), (19, "SIGSTOP"),
    (20, "SIGTSTP"), (21, "SIGTTIN"), (22, "SIGTTOU"), (23, "SIGURG"), (24, "SIGXCPU"), (25, "SIGXFSZ"),
    (26, "SIGVTALRM"), (27, "SIGPROF"), (28, "SIGWINCH"), (29, "SIGIO"), (30, "SIGPWR"), (31, "SIGSYS"),
    (32, "SIGRTMIN"), (33, "SIGRT_1"), (34, "SIGRT_2"), (35, "SIGRT_3"), (36, "SIGRT_4"), (37, "SIGRT_5"),
    (38, "SIGRT_6"), (39, "SIGRT_7"), (40, "SIGRT_8"), (41, "SIGRT_9"), (42, "SIGRT_10"), (43, "SIGRT_11"),
    (44, "SIGRT_12"), (45, "SIGRT_13"), (46, "SIGRT_14"), (47, "SIGRT_15"), (48, "SIGRT_16"), (49, "SIGRT_17"),
    (50, "SIGRT_18"), (51, "SIGRT_19"), (52, "SIGRT_20"), (53, "SIGRT_21"), (54, "SIGRT_22"), (55, "SIGRT_23"),
    (56, "SIGRT_24"), (57, "SIGRT_25"), (58, "SIGRT_26"), (59, "SIGRT_27"), (60, "SIGRT_28"), (61, "SIGRT_29"),
    (62, "SIGRT_30"), (63, "SIGRT_31"), (64, "SIGRT_32"),
]);

/// `sigprocmask(2)`: `include/uapi/asm-generic/signal-defs.h`.
#[rustfmt::skip]
pub static SIG_HOW: ValueSet = ValueSet::new("sigprocmask", &[
    (0, "SIG_BLOCK"), (1, "SIG_UNBLOCK"), (2, "SIG_SETMASK"),
]);

/// Handlers that are none: `include/uapi/asm-generic/signal-defs.h`.
#[rustfmt::skip]
pub static SIG_HANDLER: ValueSet = ValueSet::new("sa_handler", &[
    (0, "SIG_DFL"), (1, "SIG_IGN"),
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

/// Codes of signals that say where one comes from: `include/uapi/asm-generic/siginfo.h`.
#[rustfmt::skip]
pub static SI: ValueSet = ValueSet::new("si", &[
    (0, "SI_USER"), (0x80, "SI_KERNEL"), (0xffff_ffc4, "SI_ASYNCNL"), (0xffff_fff9, "SI_DETHREAD"),
    (0xffff_fffa, "SI_TKILL"), (0xffff_fffb, "SI_SIGIO"), (0xffff_fffc, "SI_ASYNCIO"), (0xffff_fffd, "SI_MESGQ"),
    (0xffff_fffe, "SI_TIMER"), (0xffff_ffff, "SI_QUEUE"),
]);

/// Codes of `SIGILL`: `include/uapi/asm-generic/siginfo.h`.
#[rustfmt::skip]
pub static SI_ILL: ValueSet = ValueSet::new("si_ill", &[
    (1, "ILL_ILLOPC"), (2, "ILL_ILLOPN"), (3, "ILL_ILLADR"), (4, "ILL_ILLTRP"), (5, "ILL_PRVOPC"),
    (6, "ILL_PRVREG"), (7, "ILL_COPROC"), (8, "ILL_BADSTK"), (9, "ILL_BADIADDR"),
]);

/// Codes of `SIGFPE`: `include/uapi/asm-generic/siginfo.h`.
#[rustfmt::skip]
pub static SI_FPE: ValueSet = ValueSet::new("si_fpe", &[
    (1, "FPE_INTDIV"), (2, "FPE_INTOVF"), (3, "FPE_FLTDIV"), (4, "FPE_FLTOVF"), (5, "FPE_FLTUND"),
    (6, "FPE_FLTRES"), (7, "FPE_FLTINV"), (8, "FPE_FLTSUB"), (14, "FPE_FLTUNK"), (15, "FPE_CONDTRAP"),
]);

/// Codes of `SIGSEGV`: `include/uapi/asm-generic/siginfo.h`.
#[rustfmt::skip]
pub static SI_SEGV: ValueSet = ValueSet::new("si_segv", &[
    (1, "SEGV_MAPERR"), (2, "SEGV_ACCERR"), (3, "SEGV_BNDERR"), (4, "SEGV_PKUERR"), (5, "SEGV_ACCADI"),
    (6, "SEGV_ADIDERR"), (7, "SEGV_ADIPERR"), (8, "SEGV_MTEAERR"), (9, "SEGV_MTESERR"),
]);

/// Codes of `SIGBUS`: `include/uapi/asm-generic/siginfo.h`.
#[rustfmt::skip]
pub static SI_BUS: ValueSet = ValueSet::new("si_bus", &[
    (1, "BUS_ADRALN"), (2, "BUS_ADRERR"), (3, "BUS_OBJERR"), (4, "BUS_MCEERR_AR"), (5, "BUS_MCEERR_AO"),
]);

/// Codes of `SIGTRAP`: `include/uapi/asm-generic/siginfo.h`.
#[rustfmt::skip]
pub static SI_TRAP: ValueSet = ValueSet::new("si_trap", &[
    (1, "TRAP_BRKPT"), (2, "TRAP_TRACE"), (3, "TRAP_BRANCH"), (4, "TRAP_HWBKPT"), (5, "TRAP_UNK"), (6, "TRAP_PERF"),
]);

/// Codes of `SIGCHLD`: `include/uapi/asm-generic/siginfo.h`.
#[rustfmt::skip]
pub static SI_CLD: ValueSet = ValueSet::new("si_cld", &[
    (1, "CLD_EXITED"), (2, "CLD_KILLED"), (3, "CLD_DUMPED"), (4, "CLD_TRAPPED"), (5, "CLD_STOPPED"),
    (6, "CLD_CONTINUED"),
]);

/// Codes of `SIGPOLL`: `include/uapi/asm-generic/siginfo.h`.
#[rustfmt::skip]
pub static SI_POLL: ValueSet = ValueSet::new("si_poll", &[
    (1, "POLL_IN"), (2, "POLL_OUT"), (3, "POLL_MSG"), (4, "POLL_ERR"), (5, "POLL_PRI"), (6, "POLL_HUP"),
]);

/// Codes of `SIGSYS`: `include/uapi/asm-generic/siginfo.h`.
#[rustfmt::skip]
pub static SI_SYS: ValueSet = ValueSet::new("si_sys", &[
    (1, "SYS_SECCOMP"), (2, "SYS_USER_DISPATCH"),
]);
