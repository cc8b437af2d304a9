//! Structures, as rows: where each field lies in both ABIs and what it means.
//!
//! A structure with one field without a name stands for a number or list behind a pointer, and is shown as that field
//! alone ([`StructDef::alone`]). A structure that one ABI alone has gives the same offsets for both.

mod address;
mod bpf;
mod bpf_link;
mod command;
mod control;
mod device;
mod file;
mod ipc;
mod netlink;
mod number;
mod process;
mod ptrace;
mod quota;
mod signal;
mod span;
mod time;
mod wait;

pub use address::*;
pub use bpf::*;
pub use bpf_link::*;
pub use command::*;
pub use control::*;
pub use device::*;
pub use file::*;
pub use ipc::*;
pub use netlink::*;
pub use number::*;
pub use process::*;
pub use ptrace::*;
pub use quota::*;
pub use signal::*;
pub use span::*;
pub use time::*;
pub use wait::*;

use super::flags::{FlagSet, ValueSet};
use crate::index::Abi;

/// What a field means. Widths are in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// A set of bits in two times 4 bytes, the upper half so many bytes behind the lower one.
    FlagsApart(&'static FlagSet, u16),
    /// One of a list, in 1, 2, 4 or 8 bytes.
    Enum(&'static ValueSet, u8),
    /// A number of 2 or 4 bytes in the network's order, most significant byte first (ports).
    Net(u8),
    /// One of a list, in 2 bytes in the network's order.
    NetEnum(&'static ValueSet),
    /// One of a list, as wide as a pointer: 8 bytes, 4 in 32-bit code.
    WordEnum(&'static ValueSet),
    /// An address of as many bytes as there are: of IPv4 with 4, of IPv6 with 16, of hardware otherwise; at most so
    /// many.
    Address(u8, Count),
    /// A Bluetooth address: 6 bytes, the last one first.
    Bluetooth,
    /// Bytes without a finer meaning, shown in hexadecimal digits; at most so many.
    Octets(u16, Count),
    /// A signal set of 4 or 8 bytes, shown as a list of names.
    Sigset(u8),
    /// A set of small numbers (descriptors, CPUs) in that many bytes, lowest bit first, shown as a list of numbers.
    Bits(u16),
    /// Text of that many bytes, up to the first zero byte.
    Text(u16),
    /// Bytes up to the structure's end, at most so many: shown as a buffer.
    Buffer(u16),
    /// Another structure.
    Struct(&'static StructDef),
    /// That many structures or numbers in a row: shown as a list.
    Array(&'static Field, u16),
}

/// How many of a field's bytes mean something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// All that are there.
    All,
    /// As many as the structure's number at that offset, of that many bytes, says.
    At(u16, u8),
}

/// A field of a structure.
#[derive(Debug, PartialEq, Eq)]
pub struct FieldDef {
    /// The header's name.
    pub name: &'static str,
    /// Offset in 64-bit and in 32-bit code.
    pub at: [u16; 2],
    /// What it means.
    pub field: Field,
    /// When it means that.
    pub when: When,
}

/// When a field is there: structures with a `union` in them have several in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Always.
    Always,
    /// Any of these cases: all tests of one succeed.
    Any(&'static [&'static [Test]]),
    /// The structure is long enough, as its number of 4 bytes at that offset says; 0 stands for the other number.
    Within(u16, u32),
}

/// A test of a number in the structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Test {
    /// Its offset in 64-bit and in 32-bit code.
    pub at: [u16; 2],
    /// Its width.
    pub bytes: u8,
    /// What it must be, from and to, its sign counted.
    pub range: (i32, i32),
}

/// A structure.
#[derive(Debug, PartialEq, Eq)]
pub struct StructDef {
    /// The header's name.
    pub name: &'static str,
    /// Its size in 64-bit and in 32-bit code.
    pub size: [u16; 2],
    /// Its fields, in order.
    pub fields: &'static [FieldDef],
}

impl Field {
    /// Its size in bytes.
    #[must_use]
    pub const fn size(&self, abi: Abi) -> u16 {
        match self {
            Self::Int(bytes)
            | Self::Uint(bytes)
            | Self::Hex(bytes)
            | Self::Flags(_, bytes)
            | Self::Enum(_, bytes)
            | Self::Net(bytes)
            | Self::Address(bytes, _)
            | Self::Sigset(bytes) => *bytes as u16,
            Self::FlagsApart(_, gap) => *gap + 4,
            Self::NetEnum(_) => 2,
            Self::Bluetooth => 6,
            Self::Long | Self::Ulong | Self::Addr | Self::WordEnum(_) => match abi {
                Abi::Arm64 => 8,
                Abi::Arm32 => 4,
            },
            Self::Text(bytes)
            | Self::Bits(bytes)
            | Self::Buffer(bytes)
            | Self::Octets(bytes, _) => *bytes,
            Self::Struct(def) => def.size(abi),
            Self::Array(field, count) => field.size(abi) * *count,
        }
    }
}

impl FieldDef {
    /// Only at times.
    #[must_use]
    pub const fn when(mut self, when: When) -> Self {
        self.when = when;
        self
    }

    /// Its offset in bytes.
    #[must_use]
    pub const fn at(&self, abi: Abi) -> u16 {
        self.at[abi as usize]
    }
}

impl StructDef {
    /// The field that the structure stands for, where it is a number or list behind a pointer.
    #[must_use]
    pub const fn alone(&self) -> Option<&'static Field> {
        match self.fields {
            [only] if only.name.is_empty() => Some(&only.field),
            _ => None,
        }
    }

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
        when: When::Always,
    }
}

/// A field at the same place in both ABIs.
#[must_use]
pub const fn same(name: &'static str, at: u16, means: Field) -> FieldDef {
    field(name, at, at, means)
}
