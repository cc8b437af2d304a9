//! Numbers and sets of bits that stand alone: structures of one field without a name, decoded as that field.

use super::{Field, StructDef, field};

/// A number behind a pointer.
pub static INT: StructDef = StructDef {
    name: "int",
    size: [4, 4],
    fields: &[field("", 0, 0, Field::Int(4))],
};

/// A number of one byte behind a pointer.
pub static BYTE: StructDef = StructDef {
    name: "unsigned char",
    size: [1, 1],
    fields: &[field("", 0, 0, Field::Uint(1))],
};

/// A number behind a pointer.
pub static UINT: StructDef = StructDef {
    name: "unsigned int",
    size: [4, 4],
    fields: &[field("", 0, 0, Field::Uint(4))],
};

/// A file position behind a pointer.
pub static LOFF: StructDef = StructDef {
    name: "loff_t",
    size: [8, 8],
    fields: &[field("", 0, 0, Field::Int(8))],
};

/// A file position behind a pointer, of the ABI's width.
pub static OFF: StructDef = StructDef {
    name: "off_t",
    size: [8, 4],
    fields: &[field("", 0, 0, Field::Long)],
};

/// A size behind a pointer.
pub static SIZE: StructDef = StructDef {
    name: "size_t",
    size: [8, 4],
    fields: &[field("", 0, 0, Field::Ulong)],
};

/// A pointer behind a pointer.
pub static POINTER: StructDef = StructDef {
    name: "pointer",
    size: [8, 4],
    fields: &[field("", 0, 0, Field::Addr)],
};

/// A user or group ID.
pub static ID: StructDef = StructDef {
    name: "uid_t",
    size: [4, 4],
    fields: &[field("", 0, 0, Field::Uint(4))],
};

/// A user or group ID of the oldest 32-bit calls.
pub static ID16: StructDef = StructDef {
    name: "old_uid_t",
    size: [2, 2],
    fields: &[field("", 0, 0, Field::Uint(2))],
};

/// A mount or namespace ID.
pub static MNT_ID: StructDef = StructDef {
    name: "mnt_id",
    size: [8, 8],
    fields: &[field("", 0, 0, Field::Uint(8))],
};

/// Two descriptors.
pub static FD_PAIR: StructDef = StructDef {
    name: "int[2]",
    size: [8, 8],
    fields: &[field("", 0, 0, Field::Array(&Field::Int(4), 2))],
};

/// A signal set.
pub static SIGSET: StructDef = StructDef {
    name: "sigset_t",
    size: [8, 8],
    fields: &[field("", 0, 0, Field::Sigset(8))],
};

/// A signal set of the oldest 32-bit calls.
pub static OLD_SIGSET: StructDef = StructDef {
    name: "old_sigset_t",
    size: [4, 4],
    fields: &[field("", 0, 0, Field::Sigset(4))],
};

/// CPUs of `sched_setaffinity(2)`.
pub static CPU_SET: StructDef = StructDef {
    name: "cpu_set_t",
    size: [128, 128],
    fields: &[field("", 0, 0, Field::Bits(128))],
};
