//! Signals: actions, stacks, what comes with one.

use super::{Field, StructDef, field};
use crate::table::flags as f;

/// `struct sigaction`: `include/linux/signal_types.h`; in 32-bit code `compat_sigaction`.
pub static SIGACTION: StructDef = StructDef {
    name: "sigaction",
    size: [32, 20],
    fields: &[
        field("sa_handler", 0, 0, Field::Addr),
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
        field("sa_handler", 0, 0, Field::Addr),
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

/// `siginfo_t`: `include/uapi/asm-generic/siginfo.h`: the fields of a signal that a process sent.
pub static SIGINFO: StructDef = StructDef {
    name: "siginfo",
    size: [128, 128],
    fields: &[
        field("si_signo", 0, 0, Field::Enum(&f::SIGNALS, 4)),
        field("si_errno", 4, 4, Field::Int(4)),
        field("si_code", 8, 8, Field::Int(4)),
        field("si_pid", 16, 12, Field::Int(4)),
        field("si_uid", 20, 16, Field::Uint(4)),
        field("si_value", 24, 20, Field::Addr),
    ],
};

/// `siginfo_t`: `include/uapi/asm-generic/siginfo.h`: the fields of a child's end.
pub static SIGINFO_CHILD: StructDef = StructDef {
    name: "siginfo_child",
    size: [128, 128],
    fields: &[
        field("si_signo", 0, 0, Field::Enum(&f::SIGNALS, 4)),
        field("si_errno", 4, 4, Field::Int(4)),
        field("si_code", 8, 8, Field::Int(4)),
        field("si_pid", 16, 12, Field::Int(4)),
        field("si_uid", 20, 16, Field::Uint(4)),
        field("si_status", 24, 20, Field::Int(4)),
    ],
};
