//! Structures of two words of which one points at something and the other says how long that is: both are shown as one
//! object.

use super::{Count, Field, StructDef, field};
use super::{IFCONF, IFREQ_ADDR, IOVEC, SIGSET, SIGSET_ARG};
use crate::spec::read;

/// Such a structure.
#[derive(Debug, PartialEq, Eq)]
pub struct SpanDef {
    /// Its name in the schema.
    pub name: &'static str,
    /// The structure itself.
    pub head: &'static StructDef,
    /// Its field with the pointer: in its place stands what lies there.
    pub field: &'static str,
    /// What lies there.
    pub element: &'static StructDef,
    /// Whether as many of these lie there as fit: a list.
    pub many: bool,
    /// How it is read: one of [`read`].
    pub read: u8,
    /// At most so many bytes of what it points at.
    pub cap: u16,
}

/// `struct ifconf`: every interface with an address, by name.
pub static IFCONF_LIST: SpanDef = SpanDef {
    name: "ifconf_list",
    head: &IFCONF,
    field: "ifc_buf",
    element: &IFREQ_ADDR,
    many: true,
    read: read::COUNTED,
    cap: 1280,
};

/// Signals and the size of their set, as `pselect6(2)` and `io_pgetevents(2)` take them in one argument.
pub static SIGNALS_ARG: SpanDef = SpanDef {
    name: "signals_arg",
    head: &SIGSET_ARG,
    field: "sigmask",
    element: &SIGSET,
    many: false,
    read: read::SPAN,
    cap: 8,
};

/// Registers of a thread, as bytes.
pub static REGSET: SpanDef = SpanDef {
    name: "regset",
    head: &IOVEC,
    field: "iov_base",
    element: &REGISTERS,
    many: false,
    read: read::SPAN,
    cap: 1024,
};

/// Registers: which ones, the request says.
pub static REGISTERS: StructDef = StructDef {
    name: "registers",
    size: [1024, 1024],
    fields: &[field("", 0, 0, Field::Octets(1024, Count::All))],
};
