//! Sets of named bits and lists of named values, each with the header it comes from.

/// A set of bits.
#[derive(Debug)]
pub struct FlagSet {
    /// Its name in the schema.
    pub name: &'static str,
    /// Fields of several bits: within `mask`, each value has a name. Looked at first.
    pub fields: &'static [(u64, &'static [(u64, &'static str)])],
    /// Names in order: a name of several bits stands before the names of its parts.
    pub bits: &'static [(u64, &'static str)],
}

/// One of a list.
#[derive(Debug)]
pub struct ValueSet {
    /// Its name in the schema.
    pub name: &'static str,
    /// Values and their names.
    pub values: &'static [(u64, &'static str)],
}

/// `open(2)` flags: `arch/arm64/include/uapi/asm/fcntl.h`, `include/uapi/asm-generic/fcntl.h`.
pub static OPEN: FlagSet = FlagSet {
    name: "open",
    fields: &[(
        0o3,
        &[
            (0, "O_RDONLY"),
            (1, "O_WRONLY"),
            (2, "O_RDWR"),
            (3, "O_ACCMODE"),
        ],
    )],
    bits: &[(0o4_010_000, "O_SYNC"), (0o2_000_000, "O_CLOEXEC")],
};
