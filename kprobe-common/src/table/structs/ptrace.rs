//! What `ptrace(2)` tells of a system call: `include/uapi/linux/ptrace.h`.

use super::{Field, FieldDef, StructDef, Test, When, same};
use crate::table::flags as f;

const fn op(number: i32) -> Test {
    Test {
        at: [0, 0],
        bytes: 1,
        range: (number, number),
    }
}

/// `struct ptrace_syscall_info`: what follows the registers depends on where the thread stopped.
pub static PTRACE_SYSCALL_INFO: StructDef = StructDef {
    name: "ptrace_syscall_info",
    size: [88, 88],
    fields: &[
        same("op", 0, Field::Enum(&f::PTRACE_SYSCALL_INFO, 1)),
        same("arch", 4, Field::Enum(&f::AUDIT_ARCH, 4)),
        same("instruction_pointer", 8, Field::Hex(8)),
        same("stack_pointer", 16, Field::Hex(8)),
        same("entry", 24, Field::Struct(&SYSCALL_ENTRY)).when(When::Any(&[&[op(1)]])),
        same("exit", 24, Field::Struct(&SYSCALL_EXIT)).when(When::Any(&[&[op(2)]])),
        same("seccomp", 24, Field::Struct(&SYSCALL_SECCOMP)).when(When::Any(&[&[op(3)]])),
    ],
};

/// At its entry.
pub static SYSCALL_ENTRY: StructDef = StructDef {
    name: "ptrace_syscall_info.entry",
    size: [56, 56],
    fields: &[NR, ARGS],
};

/// At its return.
pub static SYSCALL_EXIT: StructDef = StructDef {
    name: "ptrace_syscall_info.exit",
    size: [16, 16],
    fields: &[
        same("rval", 0, Field::Int(8)),
        same("is_error", 8, Field::Uint(1)),
    ],
};

/// Where a filter asks the tracer.
pub static SYSCALL_SECCOMP: StructDef = StructDef {
    name: "ptrace_syscall_info.seccomp",
    size: [64, 64],
    fields: &[NR, ARGS, same("ret_data", 56, Field::Uint(4))],
};

const NR: FieldDef = same("nr", 0, Field::Uint(8));
const ARGS: FieldDef = same("args", 8, Field::Array(&Field::Hex(8), 6));
