//! Structures, as rows: where each field lies in both ABIs and what it means.

use super::flags::{FlagSet, ValueSet};
use crate::index::Abi;

/// What a field means. Widths are in bytes.
#[derive(Clone, Copy, Debug)]
pub enum Field {
    /// A signed number of 1, 2, 4 or 8 bytes.
    Int(u8),
    /// An unsigned number of 1, 2, 4 or 8 bytes.
    Uint(u8),
    /// `long`: 8 bytes, 4 in 32-bit code.
    Long,
    /// `unsigned long`.
    Ulong,
    /// A mask, cookie or pointer of 1, 2, 4 or 8 bytes, shown in hexadecimal.
    Hex(u8),
    /// A pointer, shown in hexadecimal: 8 bytes, 4 in 32-bit code.
    Addr,
    /// A set of bits in 1, 2, 4 or 8 bytes.
    Flags(&'static FlagSet, u8),
    /// One of a list, in 1, 2, 4 or 8 bytes.
    Enum(&'static ValueSet, u8),
    /// A signal set of 8 bytes, shown as a list of names.
    Sigset,
    /// Text of that many bytes, up to the first zero byte.
    Text(u16),
    /// Another structure.
    Struct(&'static StructDef),
    /// That many structures or numbers in a row: shown as a list.
    Array(&'static Field, u16),
}

/// A field of a structure.
#[derive(Debug)]
pub struct FieldDef {
    /// The header's name.
    pub name: &'static str,
    /// Offset in 64-bit and in 32-bit code.
    pub at: [u16; 2],
    /// What it means.
    pub field: Field,
}

/// A structure.
#[derive(Debug)]
pub struct StructDef {
    /// The header's name.
    pub name: &'static str,
    /// Its size in 64-bit and in 32-bit code.
    pub size: [u16; 2],
    /// Its fields, in order.
    pub fields: &'static [FieldDef],
}

impl StructDef {
    /// Its size in bytes.
    #[must_use]
    pub const fn size(&self, abi: Abi) -> u16 {
        self.size[abi as usize]
    }
}

/// A field with its offset in both ABIs.
#[must_use]
pub const fn field(name: &'static str, at64: u16, at32: u16, field: Field) -> FieldDef {
    FieldDef {
        name,
        at: [at64, at32],
        field,
    }
}

/// `struct timespec`, as `include/uapi/linux/time.h` and, in 32-bit code, `old_timespec32` have it.
pub static TIMESPEC: StructDef = StructDef {
    name: "timespec",
    size: [16, 8],
    fields: &[
        field("tv_sec", 0, 0, Field::Long),
        field("tv_nsec", 8, 4, Field::Long),
    ],
};
