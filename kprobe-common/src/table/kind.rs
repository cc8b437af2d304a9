//! The vocabulary of the table: what an argument can mean, when it is read, and how long it is.
//!
//! A new word needs an arm in each `match` here and one in the user half's `decode`; no `match` over [`Kind`] has a
//! `_` arm, so the compiler lists them.

use super::flags::{FlagSet, ValueSet, ValueSets};
use super::structs::{SpanDef, StructDef};
use super::{Arg, BOTH, capture};
use crate::index::Abi;
use crate::record::PATH_MAX;
use crate::spec::{ArgSpec, length, phase, read};

/// Bytes of an address of any family, at most: `struct sockaddr_storage`.
const SOCKADDR_MAX: u16 = 128;
/// Bytes of an array of structures, at most.
const STRUCTS_MAX: u16 = 1024;

/// Bytes of a set of descriptors: `__FD_SETSIZE` bits.
const FD_SET_MAX: u16 = 128;

/// What an argument means. Words without a note about memory are the register itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A signed 32-bit number.
    Int,
    /// An unsigned 32-bit number.
    Uint,
    /// A signed number of the ABI's width.
    Long,
    /// A count, length or size, of the ABI's width, unsigned.
    Size,
    /// A signed 64-bit number (`loff_t`): an even pair of registers in 32-bit code.
    Wide,
    /// A 64-bit mask or cookie: an even pair of registers in 32-bit code.
    WideHex,
    /// A set of bits in 64 bits: an even pair of registers in 32-bit code.
    WideFlags(&'static FlagSet),
    /// A signed 64-bit number in two `unsigned long`s, the low one first (`preadv`): two registers, whatever the ABI
    /// and wherever they fall. In 64-bit code the first holds all of it.
    /// See `pos_from_hilo` in <https://github.com/torvalds/linux/blob/v6.12/fs/read_write.c>.
    Split,
    /// A mask, cookie or other number best seen in hexadecimal.
    Hex,
    /// A pointer that is not followed.
    Addr,
    /// A descriptor.
    Fd,
    /// A descriptor of a directory, or `AT_FDCWD` (-100).
    DirFd,
    /// A process or thread.
    Pid,
    /// A user or group; -1 for "unchanged".
    Id,
    /// A user or group, of which 32-bit code has 16 bits (`old_uid_t`); -1 for "unchanged".
    /// See `low2highuid` in <https://github.com/torvalds/linux/blob/v6.12/include/linux/highuid.h>.
    Id16,
    /// Permission bits, and a file's type where it has one.
    Mode,
    /// A device number.
    Dev,
    /// A signal.
    Signal,
    /// A set of bits, within 32: the kernel takes an `int`, or checks that there are no more.
    Flags(&'static FlagSet),
    /// One of a list, within 32 bits.
    Enum(&'static ValueSet),
    /// One of a list that the value of the named argument chooses, within 32 bits (`optname` by `level`).
    EnumBy(&'static ValueSets, &'static str),
    /// One of a list that the ABI chooses, within 32 bits (an `ioctl` request tells the size of what it takes).
    EnumAbi(&'static ValueSets),
    /// A path, read at entry, whole.
    Path,
    /// A string, read at entry, whole.
    Str,
    /// A string that the call gives, as long as its return value, read at exit.
    StrOut,
    /// A string without an end that the call gives, ended by a zero byte, read at exit (`getcwd`).
    PathOut,
    /// Bytes that the call takes, as many as the named argument says, read at entry.
    Buf(&'static str),
    /// Bytes that the call gives, as many as its return value, but no more than the named argument says there is room
    /// for, read at exit. (A return value can be what there would have been: `MSG_TRUNC`, `getxattr` with a size of 0.)
    BufOut(&'static str),
    /// Bytes that the call gives, as many as its return value: all of them, or none where that is more than the named
    /// argument says there is room for, read at exit.
    BufOutWhole(&'static str),
    /// Bytes that the call gives, as many as the `socklen_t` behind the named argument, read at exit.
    BufOutLen(&'static str),
    /// Bytes that an `ioctl` takes, as many as the request in the named argument tells, read at entry.
    Request(&'static str),
    /// Bytes that an `ioctl` gives, as many as the request in the named argument tells, read at exit.
    RequestOut(&'static str),
    /// Bytes that an `ioctl` takes and gives, as many as the request in the named argument tells, read at both.
    RequestInOut(&'static str),
    /// A socket address that the call takes, as long as the named argument says, read at entry.
    Sockaddr(&'static str),
    /// A socket address that the call gives, as long as the `socklen_t` behind the named argument, read at exit.
    SockaddrOut(&'static str),
    /// A `socklen_t` that the call takes and gives, read at entry and exit.
    SocklenInOut,
    /// A structure that the call takes, read at entry.
    Struct(&'static StructDef),
    /// A structure that grows with the kernel, as many bytes as the named argument says, read at entry. What is there
    /// of it is shown; fields beyond are absent.
    StructSized(&'static StructDef, &'static str),
    /// A structure that the call gives, read at exit.
    StructOut(&'static StructDef),
    /// A structure that the call gives, as many bytes of it as its return value, but no more than the named argument says
    /// there is room for, read at exit.
    StructOutSized(&'static StructDef, &'static str),
    /// A structure that the call gives, as many bytes as the `socklen_t` behind the named argument says, read at exit.
    /// What is there of it is shown; fields beyond are absent.
    StructOutLen(&'static StructDef, &'static str),
    /// A structure that the call gives where it fails, read at exit: the row says when (a sleep's remainder).
    StructOutAlways(&'static StructDef),
    /// A structure that the call takes and gives, read at entry and exit.
    StructInOut(&'static StructDef),
    /// A structure that grows with the kernel, which the call takes and gives, as many bytes as the named argument says,
    /// read at entry and exit.
    StructSizedInOut(&'static StructDef, &'static str),
    /// Structures that the call takes, as many as the named argument says, read at entry.
    Structs(&'static StructDef, &'static str),
    /// Structures that the call gives, as many as its return value, but no more than the named argument says there is
    /// room for, read at exit.
    StructsOut(&'static StructDef, &'static str),
    /// Structures that the call takes and gives, as many as the named argument says, read at entry and exit.
    StructsInOut(&'static StructDef, &'static str),
    /// An array of pointers to structures that the call takes, as many as the named argument says, read at entry.
    Pointers(&'static StructDef, &'static str),
    /// A set of descriptors below the named argument that the call takes and gives (`fd_set`), read at entry and exit.
    FdSet(&'static str),
    /// Directory entries that the call gives, as many bytes as its return value, read at exit.
    Dirents,
    /// The same, of the older kind that 32-bit code has.
    OldDirents,
    /// Buffers that the call takes, as many as the named argument says, read at entry.
    Iovec(&'static str),
    /// Buffers that the call fills, as many as the named argument says, read at exit.
    IovecOut(&'static str),
    /// Strings ended by a null pointer, read at entry.
    Strings,
    /// A message that the call takes: address, buffers, control data, read at entry.
    Msghdr,
    /// A message that the call gives, read at exit; at entry, how much room there is.
    MsghdrOut,
    /// Messages that the call takes, as many as the named argument says, read at entry.
    Mmsghdr(&'static str),
    /// Messages that the call gives, as many as its return value, read at exit; at entry, how much room there is, in as
    /// many as the named argument says.
    MmsghdrOut(&'static str),
    /// A type and as many bytes behind it as the named argument says (`struct msgbuf`), which the call takes, read at entry.
    Msgbuf(&'static str),
    /// A type and as many bytes behind it as the call returns, but no more than the named argument says there is room for,
    /// read at exit.
    MsgbufOut(&'static str),
    /// A structure that the call takes and what it points at, read at entry.
    Span(&'static SpanDef),
    /// A structure that the call takes and gives, read at entry and exit, and what it points at, read at exit.
    SpanInOut(&'static SpanDef),
    /// A filter that the call takes (`struct sock_fprog`), read at entry: of system calls, or of packets.
    Program(Filter),
}

/// What a filter judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// System calls: what it returns is an answer.
    Seccomp,
    /// Packets: what it returns is a length.
    Packets,
}

/// How a kind's bytes are read: the answer to [`Kind::spec`] without its length.
impl Kind {
    /// What the kernel half copies for it in that ABI. Which register holds the length is left to the row.
    #[must_use]
    pub const fn spec(&self, abi: Abi) -> ArgSpec {
        match self {
            Self::Int
            | Self::Uint
            | Self::Long
            | Self::Size
            | Self::Wide
            | Self::WideHex
            | Self::WideFlags(_)
            | Self::Split
            | Self::Hex
            | Self::Addr
            | Self::Fd
            | Self::DirFd
            | Self::Pid
            | Self::Id
            | Self::Id16
            | Self::Mode
            | Self::Dev
            | Self::Signal
            | Self::Flags(_)
            | Self::Enum(_)
            | Self::EnumBy(..)
            | Self::EnumAbi(_) => super::NOTHING,
            Self::Path | Self::Str => {
                capture(read::STRING, phase::ENTER, length::ONE, 1, PATH_MAX as u16)
            }
            Self::PathOut => capture(read::STRING, phase::EXIT, length::ONE, 1, PATH_MAX as u16),
            Self::StrOut => capture(read::BYTES, phase::EXIT, length::RETURN, 1, PATH_MAX as u16),
            Self::Buf(_) => capture(read::BYTES, phase::ENTER, length::REGISTER, 1, 0),
            Self::BufOut(_) | Self::BufOutWhole(_) => {
                capture(read::BYTES, phase::EXIT, length::RETURN, 1, 0)
            }
            Self::BufOutLen(_) => capture(read::BYTES, phase::EXIT, length::POINTER, 1, 0),
            Self::Request(_) => capture(read::BYTES, phase::ENTER, length::REQUEST, 1, 0),
            Self::RequestOut(_) => capture(read::BYTES, phase::EXIT, length::REQUEST, 1, 0),
            Self::RequestInOut(_) => capture(read::BYTES, BOTH, length::REQUEST, 1, 0),
            Self::Sockaddr(_) => {
                capture(read::BYTES, phase::ENTER, length::REGISTER, 1, SOCKADDR_MAX)
            }
            Self::SockaddrOut(_) => {
                capture(read::BYTES, phase::EXIT, length::POINTER, 1, SOCKADDR_MAX)
            }
            Self::SocklenInOut => capture(read::BYTES, BOTH, length::ONE, 4, 4),
            Self::Struct(def) => fixed(def, phase::ENTER, abi),
            Self::StructSized(def, _) => capture(
                read::BYTES,
                phase::ENTER,
                length::REGISTER,
                1,
                def.size(abi),
            ),
            Self::StructSizedInOut(def, _) => {
                capture(read::BYTES, BOTH, length::REGISTER, 1, def.size(abi))
            }
            Self::StructOut(def) => fixed(def, phase::EXIT, abi),
            Self::StructOutSized(def, _) => {
                capture(read::BYTES, phase::EXIT, length::RETURN, 1, def.size(abi))
            }
            Self::StructOutLen(def, _) => {
                capture(read::BYTES, phase::EXIT, length::POINTER, 1, def.size(abi))
            }
            Self::StructOutAlways(def) => fixed(def, phase::EXIT | phase::EXIT_ALWAYS, abi),
            Self::StructInOut(def) => fixed(def, BOTH, abi),
            Self::Structs(def, _) => many(def, phase::ENTER, length::REGISTER, abi),
            Self::StructsOut(def, _) => many(def, phase::EXIT, length::RETURN, abi),
            Self::StructsInOut(def, _) => many(def, BOTH, length::REGISTER, abi),
            Self::Pointers(def, _) => {
                let size = def.size(abi);
                capture(read::POINTERS, phase::ENTER, length::REGISTER, size, size)
            }
            Self::FdSet(_) => capture(read::BYTES, BOTH, length::ONE, FD_SET_MAX, FD_SET_MAX),
            Self::Dirents | Self::OldDirents => {
                capture(read::BYTES, phase::EXIT, length::RETURN, 1, STRUCTS_MAX)
            }
            Self::Iovec(_) => capture(read::IOVEC, phase::ENTER, length::REGISTER, 1, 0),
            Self::IovecOut(_) => capture(read::IOVEC, phase::EXIT, length::REGISTER, 1, 0),
            Self::Strings => capture(read::STRINGS, phase::ENTER, length::ONE, 0, 0),
            Self::Msghdr => capture(read::MSGHDR, phase::ENTER, length::ONE, 1, 0),
            Self::MsghdrOut => capture(read::MSGHDR, BOTH, length::ONE, 1, 0),
            Self::Mmsghdr(_) => capture(read::MMSGHDR, phase::ENTER, length::REGISTER, 1, 0),
            Self::MmsghdrOut(_) => capture(read::MMSGHDR, BOTH, length::RETURN, 1, 0),
            Self::Msgbuf(_) => capture(read::BYTES, phase::ENTER, length::BEHIND, 1, 0),
            Self::MsgbufOut(_) => capture(read::BYTES, phase::EXIT, length::WITHIN_BEHIND, 1, 0),
            Self::Span(def) => capture(def.read, phase::ENTER, length::ONE, 1, def.cap),
            Self::SpanInOut(def) => capture(def.read, BOTH, length::ONE, 1, def.cap),
            Self::Program(_) => {
                capture(read::PROGRAM, phase::ENTER, length::ONE, 1, PATH_MAX as u16)
            }
        }
    }

    /// The argument that says how many elements there are, or how many there is room for.
    #[must_use]
    pub const fn length(&self) -> Option<&'static str> {
        match self {
            Self::Buf(name)
            | Self::BufOut(name)
            | Self::BufOutWhole(name)
            | Self::BufOutLen(name)
            | Self::Request(name)
            | Self::RequestOut(name)
            | Self::RequestInOut(name)
            | Self::StructOutLen(_, name)
            | Self::Sockaddr(name)
            | Self::SockaddrOut(name)
            | Self::StructSized(_, name)
            | Self::StructSizedInOut(_, name)
            | Self::StructOutSized(_, name)
            | Self::Structs(_, name)
            | Self::StructsOut(_, name)
            | Self::StructsInOut(_, name)
            | Self::Pointers(_, name)
            | Self::Msgbuf(name)
            | Self::MsgbufOut(name)
            | Self::Iovec(name)
            | Self::IovecOut(name)
            | Self::Mmsghdr(name)
            | Self::MmsghdrOut(name) => Some(name),
            Self::Int
            | Self::Uint
            | Self::Long
            | Self::Size
            | Self::Wide
            | Self::WideHex
            | Self::WideFlags(_)
            | Self::Split
            | Self::Hex
            | Self::Addr
            | Self::Fd
            | Self::DirFd
            | Self::Pid
            | Self::Id
            | Self::Id16
            | Self::Mode
            | Self::Dev
            | Self::Signal
            | Self::Flags(_)
            | Self::Enum(_)
            | Self::EnumBy(..)
            | Self::EnumAbi(_)
            | Self::Path
            | Self::Str
            | Self::PathOut
            | Self::StrOut
            | Self::SocklenInOut
            | Self::Struct(_)
            | Self::StructOut(_)
            | Self::StructOutAlways(_)
            | Self::StructInOut(_)
            | Self::Dirents
            | Self::OldDirents
            | Self::FdSet(_)
            | Self::Strings
            | Self::Msghdr
            | Self::MsghdrOut
            | Self::Span(_)
            | Self::SpanInOut(_)
            | Self::Program(_) => None,
        }
    }

    /// Whether the register holds the address of user memory that is read.
    #[must_use]
    pub const fn is_pointer(&self) -> bool {
        self.spec(Abi::Arm64).read != read::NONE
    }

    /// Whether it takes an even pair of registers in 32-bit code.
    #[must_use]
    pub const fn wide(&self) -> bool {
        matches!(self, Self::Wide | Self::WideHex | Self::WideFlags(_))
    }

    /// How many registers it takes.
    #[must_use]
    pub const fn registers(&self, abi: Abi) -> u8 {
        if matches!(self, Self::Split) || self.wide() && matches!(abi, Abi::Arm32) {
            2
        } else {
            1
        }
    }
}

const fn fixed(def: &StructDef, phase: u8, abi: Abi) -> ArgSpec {
    let size = def.size(abi);
    capture(read::BYTES, phase, length::ONE, size, size)
}

const fn many(def: &StructDef, phase: u8, length: u8, abi: Abi) -> ArgSpec {
    capture(read::BYTES, phase, length, def.size(abi), STRUCTS_MAX)
}

/// An argument of any kind; the short names below read better in a row.
#[must_use]
pub const fn arg(name: &'static str, kind: Kind) -> Arg {
    Arg {
        name,
        kind,
        skip: 0,
        only_if: None,
        instead: None,
    }
}
