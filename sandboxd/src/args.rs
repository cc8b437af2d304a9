//! Arguments of one call, decoded: names and values, in the row's order.

use arrayvec::ArrayVec;
use kprobe_common::index::Abi;
use kprobe_common::spec::REGISTERS;
use kprobe_common::table::flags::{FlagSet, ValueSet};
use kprobe_common::table::structs::{SpanDef, StructDef};

/// The largest integer that every JSON reader keeps exactly: what goes beyond is a string too.
pub const EXACT: u64 = (1 << 53) - 1;

/// The arguments of a call.
#[derive(Debug, Default)]
pub struct Args<'a>(pub ArrayVec<(&'static str, Value<'a>), REGISTERS>);

/// A value. Each kind of argument always gives the same variant, or [`Value::Null`]: one JSON type.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// Not there, or not readable.
    Null,
    /// A number.
    Int(i64),
    /// A descriptor of a directory: a number; text says `AT_FDCWD`.
    DirFd(i64),
    /// Permission bits: a number; text says it in octal.
    Mode(u64),
    /// A pointer, mask or cookie: a string in hexadecimal.
    Hex(u64),
    /// A set of bits: a list of names.
    Flags(&'static FlagSet, u64),
    /// One of a list: its name.
    Enum(&'static ValueSet, u64),
    /// A string.
    Text(&'a [u8]),
    /// A buffer: an object with `len` and `text` or `hex`.
    Buffer(Buffer<'a>),
    /// A buffer of netlink messages, of that protocol where it is known: an object with `len` and `netlink`.
    Netlink(Buffer<'a>, Netlink),
    /// A filter: an object with `len` and `filter`.
    Program(Program<'a>),
    /// A socket address: an object with `family` and what the family has.
    Sockaddr(&'a [u8]),
    /// A structure: an object with its fields.
    Struct(&'static StructDef, Abi, &'a [u8]),
    /// Structures: a list of objects.
    Structs(&'static StructDef, Abi, &'a [u8]),
    /// Structures that lie apart: a list of objects.
    Pointed(&'static StructDef, Abi, Vec<&'a [u8]>),
    /// A structure and what it points at, where that was read: an object.
    Span(&'static SpanDef, Abi, &'a [u8], Option<&'a [u8]>),
    /// Strings: a list.
    Strings(Vec<&'a [u8]>),
    /// Buffers: a list.
    Buffers(Vec<Buffer<'a>>),
    /// A message: an object with `name`, `iov`, `control`, `controllen`, `flags`.
    Message(Message<'a>),
    /// Messages: a list.
    Messages(Vec<Message<'a>>),
    /// Descriptors that a call waits for, and those that are ready: an object with `asked` and `ready`.
    FdSet(FdSet<'a>),
    /// Directory entries: a list of objects.
    Dirents(&'a [u8]),
    /// The same, of the older kind.
    OldDirents(&'a [u8]),
}

/// Bytes, perhaps only the start of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Buffer<'a> {
    /// How many there are in truth.
    pub len: u64,
    /// Those that were read.
    pub bytes: &'a [u8],
}

/// Of which protocol netlink messages are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Netlink {
    /// Of one that is not known: the socket was not seen.
    Unknown,
    /// `NETLINK_ROUTE` and so on.
    Protocol(u32),
}

impl Netlink {
    /// The protocol, where it is known.
    #[must_use]
    pub fn protocol(self) -> Option<u32> {
        match self {
            Self::Unknown => None,
            Self::Protocol(protocol) => Some(protocol),
        }
    }
}

/// A `struct sock_fprog` and the instructions it points at, perhaps only the first of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Program<'a> {
    /// How many instructions there are in truth.
    pub len: u16,
    /// Those that were read.
    pub bytes: &'a [u8],
    /// Whether it judges system calls: what it returns is an answer then, and a length else.
    pub seccomp: bool,
}

/// Descriptors, one bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FdSet<'a> {
    /// What the call was given, where that was read.
    pub asked: Option<&'a [u8]>,
    /// What it gave, where it did.
    pub ready: Option<&'a [u8]>,
    /// How many bits count.
    pub count: u64,
}

/// A `struct msghdr` and what it points at.
#[derive(Clone, Debug, PartialEq)]
pub struct Message<'a> {
    /// The address.
    pub name: Option<&'a [u8]>,
    /// The buffers, perhaps only the first.
    pub iov: Vec<Buffer<'a>>,
    /// How many there are in truth.
    pub iovlen: u64,
    /// The control data.
    pub control: Option<Buffer<'a>>,
    /// `msg_flags`.
    pub flags: u32,
    /// Whether the buffers hold netlink messages, and of which protocol, where it is known.
    pub netlink: Option<Netlink>,
    /// Of an array of messages: `msg_len`, where the call gave it.
    pub len: Option<u64>,
    /// Which layout control messages have.
    pub abi: Abi,
}

/// The numbers of the bits that are set.
pub fn set_bits(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let of_byte = |(at, byte): (usize, &u8)| {
        let byte = *byte;
        (0..8)
            .filter(move |bit| byte >> bit & 1 != 0)
            .map(move |bit| at * 8 + bit)
    };
    bytes.iter().enumerate().flat_map(of_byte)
}

/// The descriptors of a set, of which so many bits count.
pub fn fd_set(bytes: &[u8], count: u64) -> impl Iterator<Item = usize> {
    set_bits(bytes).take_while(move |&fd| (fd as u64) < count)
}
