//! Signals: actions, stacks, what comes with one.

use super::{Field, FieldDef, StructDef, Test, When, field};
use crate::table::flags::{self as f, ValueSet};

/// `struct sigaction`: `include/linux/signal_types.h`; in 32-bit code `compat_sigaction`.
pub static SIGACTION: StructDef = StructDef {
    name: "sigaction",
    size: [32, 20],
    fields: &[
        field("sa_handler", 0, 0, Field::WordEnum(&f::SIG_HANDLER)),
        field("sa_flags", 8, 4, Field::Flags(&f::SA, 4)),
        field("sa_restorer", 16, 8, Field::Addr),
        field("sa_mask", 24, 12, Field::Sigset(8)),
    ],
};

/// `struct old_sigaction`: `include/linux/compat.h` (`compat_old_sigaction`): 32-bit code alone.
pub static OLD_SIGACTION: StructDef = StructDef {
    name: "old_sigaction",
    size: [16, 16],
    fields: &[
        field("sa_handler", 0, 0, Field::WordEnum(&f::SIG_HANDLER)),
        field("sa_mask", 4, 4, Field::Sigset(4)),
        field("sa_flags", 8, 8, Field::Flags(&f::SA, 4)),
        field("sa_restorer", 12, 12, Field::Addr),
    ],
};

/// `stack_t`: `include/uapi/asm-generic/signal.h`.
pub static STACK: StructDef = StructDef {
    name: "sigaltstack",
    size: [24, 12],
    fields: &[
        field("ss_sp", 0, 0, Field::Addr),
        field("ss_flags", 8, 4, Field::Flags(&f::SS, 4)),
        field("ss_size", 16, 8, Field::Ulong),
    ],
};

/// `siginfo_t`: `include/uapi/asm-generic/siginfo.h`: what it says depends on the signal and on where it comes from.
pub static SIGINFO: StructDef = StructDef {
    name: "siginfo",
    size: [128, 128],
    fields: &[
        field("si_signo", 0, 0, Field::Enum(&f::SIGNALS, 4)),
        field("si_errno", 4, 4, Field::Int(4)),
        code(&f::SI, &[&[CODE_OF_ALL], &[CODE_OF_KERNEL]]),
        code(&f::SI_ILL, &[&[signal(4), OWN_CODE]]),
        code(&f::SI_TRAP, &[&[signal(5), OWN_CODE]]),
        code(&f::SI_BUS, &[&[signal(7), OWN_CODE]]),
        code(&f::SI_FPE, &[&[signal(8), OWN_CODE]]),
        code(&f::SI_SEGV, &[&[signal(11), OWN_CODE]]),
        code(&f::SI_CLD, &[&[signal(17), OWN_CODE]]),
        code(&f::SI_POLL, &[&[signal(29), OWN_CODE]]),
        code(&f::SI_SYS, &[&[signal(31), OWN_CODE]]),
        field("si_pid", 16, 12, Field::Int(4)).when(When::Any(SENT)),
        field("si_uid", 20, 16, Field::Uint(4)).when(When::Any(SENT)),
        field("si_status", 24, 20, Field::Int(4)).when(When::Any(CHILD)),
        field("si_utime", 32, 24, Field::Long).when(When::Any(CHILD)),
        field("si_stime", 40, 28, Field::Long).when(When::Any(CHILD)),
        field("si_timerid", 16, 12, Field::Int(4)).when(When::Any(TIMER)),
        field("si_overrun", 20, 16, Field::Int(4)).when(When::Any(TIMER)),
        field("si_value", 24, 20, Field::Addr).when(When::Any(VALUE)),
        field("si_addr", 16, 12, Field::Addr).when(When::Any(FAULT)),
        field("si_band", 16, 12, Field::Long).when(When::Any(POLLED)),
        field("si_fd", 24, 16, Field::Int(4)).when(When::Any(POLLED)),
        field("si_call_addr", 16, 12, Field::Addr).when(When::Any(REFUSED)),
        field("si_syscall", 24, 16, Field::Int(4)).when(When::Any(REFUSED)),
        field("si_arch", 28, 20, Field::Hex(4)).when(When::Any(REFUSED)),
    ],
};

/// The same as `waitid(2)` gives it, which leaves the times as they were.
/// See `SYSCALL_DEFINE5(waitid` in <https://github.com/torvalds/linux/blob/v6.12/kernel/exit.c>.
pub static SIGINFO_CHILD: StructDef = StructDef {
    name: "siginfo_child",
    size: [128, 128],
    fields: &[
        field("si_signo", 0, 0, Field::Enum(&f::SIGNALS, 4)),
        field("si_errno", 4, 4, Field::Int(4)),
        code(&f::SI, &[&[CODE_OF_ALL], &[CODE_OF_KERNEL]]),
        code(&f::SI_CLD, &[&[signal(17), OWN_CODE]]),
        field("si_pid", 16, 12, Field::Int(4)).when(When::Any(SENT)),
        field("si_uid", 20, 16, Field::Uint(4)).when(When::Any(SENT)),
        field("si_status", 24, 20, Field::Int(4)).when(When::Any(CHILD)),
    ],
};

type Cases = &'static [&'static [Test]];

/// Sent by a process, or the end of one.
const SENT: Cases = &[
    &[code_is(0, 0)],
    &[code_is(-1, -1)],
    &[code_is(-3, -3)],
    &[code_is(-60, -6)],
    &[signal(17), OWN_CODE],
];
const CHILD: Cases = &[&[signal(17), OWN_CODE]];
const TIMER: Cases = &[&[code_is(-2, -2)]];
/// With a value of the sender's.
const VALUE: Cases = &[&[code_is(-4, -1)]];
const FAULT: Cases = &[
    &[signal(4), OWN_CODE],
    &[signal(5), OWN_CODE],
    &[signal(7), OWN_CODE],
    &[signal(8), OWN_CODE],
    &[signal(11), OWN_CODE],
];
const POLLED: Cases = &[&[code_is(-5, -5)], &[signal(29), OWN_CODE]];
const REFUSED: Cases = &[&[signal(31), OWN_CODE]];

/// Codes that mean the same with every signal, and those that do not.
const CODE_OF_ALL: Test = code_is(i32::MIN, 0);
const CODE_OF_KERNEL: Test = code_is(0x80, 0x80);
const OWN_CODE: Test = code_is(1, 0x7f);

const fn code_is(from: i32, to: i32) -> Test {
    Test {
        at: [8, 8],
        bytes: 4,
        range: (from, to),
    }
}

const fn signal(number: i32) -> Test {
    Test {
        at: [0, 0],
        bytes: 4,
        range: (number, number),
    }
}

const fn code(names: &'static ValueSet, cases: Cases) -> FieldDef {
    field("si_code", 8, 8, Field::Enum(names, 4)).when(When::Any(cases))
}
