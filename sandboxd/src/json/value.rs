//! Values of arguments.
//!
//! What each kind of argument gives is `decode`'s; how it looks is here, and `schema` says the same in JSON Schema.

use kprobe_common::table::flags::{FlagSet, Request, ValueSet};
use serde::ser::{Serialize, SerializeSeq, SerializeStruct, Serializer};

use super::netlink::netlink;
use super::number::{exact, exact_unsigned, hex};
use super::sockaddr::Sockaddr;
use super::span::Span;
use super::structs::{Struct, each, pointed};
use super::{Dirents, Escaped, OldDirents};
use crate::args::{FdSet, Value, fd_set};
use crate::event::Hex;

/// A set of bits: a list of names, what has none last.
#[derive(Clone, Copy)]
pub(crate) struct Flags {
    /// The names.
    pub(crate) set: &'static FlagSet,
    /// The bits.
    pub(crate) value: u64,
}

/// One of a list: its name, or the number in hexadecimal.
#[derive(Clone, Copy)]
pub(crate) struct OneOf {
    /// The names.
    pub(crate) set: &'static ValueSet,
    /// The number.
    pub(crate) value: u64,
}

impl Serialize for Flags {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        let mut names = self.set.names(self.value);
        for name in names.by_ref() {
            list.serialize_element(name)?;
        }
        if names.rest() != 0 {
            list.serialize_element(&Hex(names.rest()))?;
        }
        list.end()
    }
}

impl Serialize for OneOf {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.set.name(self.value) {
            Some(name) => serializer.serialize_str(name),
            None if self.set.requests => serializer.collect_str(&Request(self.value as u32)),
            None => hex(self.value).serialize(serializer),
        }
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Int(value) | Self::DirFd(value) => exact(*value).serialize(serializer),
            Self::Mode(value) => exact_unsigned(*value).serialize(serializer),
            Self::Hex(value) => Hex(*value).serialize(serializer),
            Self::Flags(set, value) => Flags { set, value: *value }.serialize(serializer),
            Self::Enum(set, value) => OneOf { set, value: *value }.serialize(serializer),
            Self::Text(text) => Escaped(text).serialize(serializer),
            Self::Buffer(buffer) => buffer.serialize(serializer),
            Self::Netlink(buffer, protocol) => netlink(buffer, *protocol).serialize(serializer),
            Self::Program(program) => program.serialize(serializer),
            Self::Sockaddr(bytes) => Sockaddr::of(bytes).serialize(serializer),
            Self::Struct(def, abi, bytes) => Struct {
                def,
                abi: *abi,
                bytes,
            }
            .serialize(serializer),
            Self::Structs(def, abi, bytes) => serializer.collect_seq(each(Struct {
                def,
                abi: *abi,
                bytes,
            })),
            Self::Span(def, abi, head, content) => Span {
                def,
                abi: *abi,
                head,
                content: *content,
            }
            .serialize(serializer),
            Self::Pointed(def, abi, all) => serializer.collect_seq(pointed(def, *abi, all)),
            Self::Strings(strings) => {
                serializer.collect_seq(strings.iter().map(|text| Escaped(text)))
            }
            Self::Buffers(buffers) => serializer.collect_seq(buffers),
            Self::Message(message) => message.serialize(serializer),
            Self::Messages(messages) => serializer.collect_seq(messages),
            Self::FdSet(set) => set.serialize(serializer),
            Self::Dirents(bytes) => serializer.collect_seq(Dirents(bytes)),
            Self::OldDirents(bytes) => serializer.collect_seq(OldDirents(bytes)),
        }
    }
}
/// The descriptors of a set, in the order of their numbers.
struct Numbers<'a>(&'a [u8], u64);

impl Serialize for Numbers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(fd_set(self.0, self.1))
    }
}

impl Serialize for FdSet<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let numbers = |bytes: Option<_>| bytes.map(|bytes| Numbers(bytes, self.count));
        let mut object = serializer.serialize_struct("fd_set", 2)?;
        object.serialize_field("asked", &numbers(self.asked))?;
        object.serialize_field("ready", &numbers(self.ready))?;
        object.end()
    }
}
