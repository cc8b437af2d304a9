//! The words that lines are made of: values whose look is part of the schema.

use serde::Serialize;

use crate::status::Status;
use crate::world::meant::Used;

/// A moment of the wall clock: RFC 3339, nanoseconds, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time(pub u64);

/// A number in hexadecimal, as a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hex(pub u64);

/// A process for good: `pid-start`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Proc {
    /// Its number.
    pub pid: u32,
    /// Its start, clock ticks (1/100 s) since boot.
    pub start: u64,
}

/// The name of a call: of its row, or `syscall_0x…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// Its row's.
    Row(&'static str),
    /// No row has that number.
    Unknown(i32),
}

/// The name of an error, or its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorName(pub u16);

/// `rwxp`, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Perms {
    /// `PROT_READ`, `PROT_WRITE`, `PROT_EXEC`.
    pub prot: u8,
    /// `MAP_SHARED`.
    pub shared: bool,
}

/// A mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Mapping {
    /// First address.
    pub start: Hex,
    /// First address behind it.
    pub end: Hex,
    /// `rwxp` as in `/proc/PID/maps`.
    pub perms: Perms,
}

/// Text from the kernel: UTF-8 where it is, `\xNN` where it is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bytes<'a>(pub &'a [u8]);

/// What is known about arguments, by name.
#[derive(Debug, Default)]
pub struct Statuses<'a>(pub &'a [(&'static str, Status)]);

impl Statuses<'_> {
    /// Whether nothing is known beyond the values.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathText(pub Vec<u8>);

/// What descriptors were, by argument.
#[derive(Debug, Default)]
pub struct Fds<'a>(pub &'a [Used]);

impl Fds<'_> {
    /// Whether nothing is known of any.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Counts of one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CallCount {
    /// Selected calls of targets.
    pub seen: u64,
    /// `syscall` lines.
    pub emitted: u64,
    /// Dropped by filters.
    pub filtered: u64,
    /// Lost.
    pub lost: u64,
    /// Seen before the part ended, and in no part's accounts yet.
    pub pending: u64,
    /// Failures, of calls that were not dropped because of who made them.
    pub errors: u64,
    /// Time from entry to return of these calls together, nanoseconds.
    pub total_ns: u64,
    /// How many there are of these calls, the lost ones among them: for the table of `-c`.
    #[serde(skip)]
    pub counted: u64,
}
