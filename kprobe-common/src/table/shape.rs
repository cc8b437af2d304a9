//! The JSON type of what a kind of argument gives: an argument keeps one, whatever its call's command.

use super::kind::Kind;
use super::structs::{Field, StructDef};

/// What a value looks like in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A number.
    Integer,
    /// A string: text, a name, a number in hexadecimal.
    Text,
    /// An object.
    Object,
    /// A list of names or strings.
    Texts,
    /// A list of numbers.
    Integers,
    /// A list of objects.
    Objects,
    /// A list of lists.
    Lists,
}

impl Shape {
    /// Whether two shapes are one.
    #[must_use]
    pub const fn is(self, other: Self) -> bool {
        self as u8 == other as u8
    }

    const fn listed(self) -> Self {
        match self {
            Self::Integer => Self::Integers,
            Self::Text => Self::Texts,
            Self::Object => Self::Objects,
            Self::Texts | Self::Integers | Self::Objects | Self::Lists => Self::Lists,
        }
    }
}

impl Kind {
    /// What its values look like in JSON.
    #[must_use]
    pub const fn shape(&self) -> Shape {
        match self {
            Self::Int
            | Self::Uint
            | Self::Long
            | Self::Size
            | Self::Wide
            | Self::Split
            | Self::Fd
            | Self::DirFd
            | Self::Pid
            | Self::Id
            | Self::Id16
            | Self::Mode
            | Self::Dev
            | Self::SocklenInOut => Shape::Integer,
            Self::WideHex
            | Self::Hex
            | Self::Addr
            | Self::Signal
            | Self::Enum(_)
            | Self::EnumBy(..)
            | Self::EnumAbi(_)
            | Self::Path
            | Self::Str
            | Self::StrOut
            | Self::PathOut => Shape::Text,
            Self::Flags(_) | Self::WideFlags(_) | Self::Strings => Shape::Texts,
            Self::Buf(_)
            | Self::BufOut(_)
            | Self::BufOutWhole(_)
            | Self::BufOutLen(_)
            | Self::Request(_)
            | Self::RequestOut(_)
            | Self::RequestInOut(_)
            | Self::Sockaddr(_)
            | Self::SockaddrOut(_)
            | Self::Msghdr
            | Self::MsghdrOut
            | Self::Msgbuf(_)
            | Self::MsgbufOut(_)
            | Self::Span(_)
            | Self::SpanInOut(_)
            | Self::FdSet(_)
            | Self::Program(_) => Shape::Object,
            Self::Struct(def)
            | Self::StructSized(def, _)
            | Self::StructSizedInOut(def, _)
            | Self::StructOut(def)
            | Self::StructOutSized(def, _)
            | Self::StructOutLen(def, _)
            | Self::StructOutAlways(def)
            | Self::StructInOut(def) => of(def),
            Self::Structs(def, _)
            | Self::StructsOut(def, _)
            | Self::StructsInOut(def, _)
            | Self::Pointers(def, _) => of(def).listed(),
            Self::Dirents
            | Self::OldDirents
            | Self::Iovec(_)
            | Self::IovecOut(_)
            | Self::Mmsghdr(_)
            | Self::MmsghdrOut(_) => Shape::Objects,
        }
    }
}

impl Kind {
    /// The structure that the argument leads to, one or several.
    #[must_use]
    pub const fn structure(&self) -> Option<&'static StructDef> {
        match self {
            Self::Struct(def)
            | Self::StructSized(def, _)
            | Self::StructSizedInOut(def, _)
            | Self::StructOut(def)
            | Self::StructOutSized(def, _)
            | Self::StructOutLen(def, _)
            | Self::StructOutAlways(def)
            | Self::StructInOut(def)
            | Self::Structs(def, _)
            | Self::StructsOut(def, _)
            | Self::StructsInOut(def, _)
            | Self::Pointers(def, _) => Some(def),
            Self::Span(def) | Self::SpanInOut(def) => Some(def.element),
            _ => None,
        }
    }
}

impl Field {
    /// What its values look like in JSON.
    #[must_use]
    pub const fn shape(&self) -> Shape {
        match self {
            Self::Int(_) | Self::Uint(_) | Self::Long | Self::Ulong | Self::Net(_) => {
                Shape::Integer
            }
            Self::Hex(_)
            | Self::Addr
            | Self::Enum(..)
            | Self::NetEnum(_)
            | Self::WordEnum(_)
            | Self::Text(_)
            | Self::Address(..)
            | Self::Bluetooth
            | Self::Octets(..) => Shape::Text,
            Self::Flags(..) | Self::FlagsApart(..) | Self::Sigset(_) => Shape::Texts,
            Self::Bits(_) => Shape::Integers,
            Self::Struct(def) => of(def),
            Self::Buffer(_) => Shape::Object,
            Self::Array(element, _) => element.shape().listed(),
        }
    }
}

const fn of(def: &StructDef) -> Shape {
    match def.alone() {
        Some(field) => field.shape(),
        None => Shape::Object,
    }
}
