//! Netlink messages: the same walk for JSON and for text.
//!
//! Messages and attributes follow each other as their own lengths say; a length that is less than its head ends them.
//! What follows the last whole attribute is left out.

use kprobe_common::index::Abi;
use kprobe_common::table::flags::{
    FlagSet, NLM_F, NLM_F_DELETE, NLM_F_GET, NLM_F_NEW, NLMSG, NLMSG_TYPE, ValueSet,
};
use kprobe_common::table::structs::{AttributesDef, BODIES, BodyDef, Field, NLMSGERR, StructDef};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::HexBytes;
use super::number::exact_unsigned;
use super::structs::{Member, Struct};
use super::value::{Flags, OneOf};
use crate::args::{Buffer, Netlink};

/// Bytes in a message's head: length, type, flags, sequence, port.
/// <https://github.com/torvalds/linux/blob/v6.12/include/uapi/linux/netlink.h#L52-L58>
const HEAD: usize = 16;
/// Types below belong to all protocols alike.
const FIRST_OWN: u16 = 16;
/// Bits of an attribute's type that are none: nested, in the network's order.
const TYPE: u16 = 0x3fff;
/// `NLM_F_REQUEST`.
const REQUEST: u16 = 1;
static UNNAMED: ValueSet = ValueSet::new("unnamed", &[]);

/// Messages one behind the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Messages<'a> {
    /// `NETLINK_ROUTE` and so on, where it is known.
    pub(crate) protocol: Option<u32>,
    pub(crate) bytes: &'a [u8],
}

/// A message.
pub(crate) struct Message<'a> {
    /// Its length, the head's included.
    pub(crate) len: u32,
    /// Its type.
    pub(crate) kind: OneOf,
    /// Its flags, which are called as its type wants it.
    pub(crate) flags: Flags,
    /// The number that the answer has too.
    pub(crate) seq: u32,
    /// The sender's port.
    pub(crate) port: u32,
    /// What it begins with.
    pub(crate) body: Option<Struct<'a>>,
    /// What follows that.
    pub(crate) attributes: Attributes<'a>,
}

/// Attributes one behind the other.
#[derive(Clone)]
pub(crate) struct Attributes<'a> {
    def: Option<&'static AttributesDef>,
    bytes: &'a [u8],
}

/// An attribute.
pub(crate) struct Attribute<'a> {
    /// Its type.
    pub(crate) kind: OneOf,
    /// Its length, the head's included.
    pub(crate) len: u16,
    /// What it means, where that is known, and its bytes.
    pub(crate) value: Result<Member<'a>, &'a [u8]>,
}

impl<'a> Messages<'a> {
    /// The messages of a buffer of `len` bytes; `None` if the first cannot be one.
    pub(crate) fn of(netlink: Netlink, bytes: &'a [u8], len: u64) -> Option<Self> {
        let protocol = netlink.protocol();
        let first = u64::from(number(bytes, 0)?);
        let fits = first >= HEAD as u64 && first <= len && bytes.len() >= HEAD;
        // Device events are text.
        let is_message = protocol != Some(libc::NETLINK_KOBJECT_UEVENT as u32);
        (fits && is_message).then_some(Self { protocol, bytes })
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes(*bytes))
}

impl<'a> Iterator for Messages<'a> {
    type Item = Message<'a>;

    fn next(&mut self) -> Option<Message<'a>> {
        let (head, rest) = self.bytes.split_at_checked(HEAD)?;
        let len = number(head, 0)?;
        let payload = (len as usize).checked_sub(HEAD)?;
        let payload = rest.get(..payload).unwrap_or(rest);
        let next = (len as usize).next_multiple_of(4);
        self.bytes = self.bytes.get(next..).unwrap_or_default();
        let kind = number(head, 4)? as u16;
        let flags = (number(head, 4)? >> 16) as u16;
        let (body, attributes) = self.parts(kind, flags, payload);
        Some(Message {
            len,
            kind: OneOf {
                set: self.types(kind),
                value: u64::from(kind),
            },
            flags: Flags {
                set: self.flags(kind),
                value: u64::from(flags),
            },
            seq: number(head, 8)?,
            port: number(head, 12)?,
            body,
            attributes,
        })
    }
}

impl<'a> Messages<'a> {
    fn types(&self, kind: u16) -> &'static ValueSet {
        match self.protocol {
            _ if kind < FIRST_OWN => &NLMSG,
            Some(protocol) => NLMSG_TYPE.by(u64::from(protocol)),
            None => &UNNAMED,
        }
    }

    /// Routing's types say in their last two bits what they do; of other protocols only the common flags are known,
    /// but that generic netlink's are requests for the most part.
    fn flags(&self, kind: u16) -> &'static FlagSet {
        match (self.protocol, kind & 3) {
            _ if kind < FIRST_OWN => &NLM_F,
            (Some(0), 0) => &NLM_F_NEW,
            (Some(0), 1) => &NLM_F_DELETE,
            (Some(0), 2) | (Some(4 | 16), _) => &NLM_F_GET,
            _ => &NLM_F,
        }
    }

    fn parts(
        &self,
        kind: u16,
        flags: u16,
        payload: &'a [u8],
    ) -> (Option<Struct<'a>>, Attributes<'a>) {
        let none = Attributes {
            def: None,
            bytes: &[],
        };
        if kind == libc::NLMSG_ERROR as u16 || kind == libc::NLMSG_DONE as u16 {
            let body = (payload.len() >= 4).then_some(of(&NLMSGERR, payload));
            return (body, none);
        }
        let fits = |body: &&BodyDef| {
            self.protocol == Some(body.protocol)
                && (body.types.0..=body.types.1).contains(&kind)
                && (!body.asked || flags & REQUEST != 0)
        };
        let Some(def) = BODIES.iter().find(fits) else {
            return (None, none);
        };
        let size = usize::from(def.def.size(Abi::Arm64));
        match (payload.split_at_checked(size), def.short) {
            (None, _) if payload.is_empty() => (None, none),
            (None, Some(short)) => (Some(of(short, payload)), none),
            (None, None) => (Some(of(def.def, payload)), none),
            (Some((body, rest)), _) => {
                let padding = size.next_multiple_of(4) - size;
                let bytes = match def.attributes {
                    Some(_) => rest.get(padding..).unwrap_or_default(),
                    None => &[],
                };
                let def_of_attributes = def.attributes;
                (
                    Some(of(def.def, body)),
                    Attributes {
                        def: def_of_attributes,
                        bytes,
                    },
                )
            }
        }
    }
}

fn of<'a>(def: &'static StructDef, bytes: &'a [u8]) -> Struct<'a> {
    Struct {
        def,
        // The same in both.
        abi: Abi::Arm64,
        bytes,
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Attribute<'a>;

    fn next(&mut self) -> Option<Attribute<'a>> {
        let head = number(self.bytes, 0)?;
        let (len, kind) = (head as u16, (head >> 16) as u16 & TYPE);
        let value = self.bytes.get(4..usize::from(len))?;
        let next = usize::from(len).next_multiple_of(4);
        self.bytes = self.bytes.get(next..).unwrap_or_default();
        let known = self.def.and_then(|def| {
            let known = def.known.iter().find(|known| known.0 == kind);
            known.map(|known| &known.1)
        });
        Some(Attribute {
            kind: OneOf {
                set: self.def.map_or(&UNNAMED, |def| def.names),
                value: u64::from(kind),
            },
            len,
            value: match known {
                Some(field) => Ok(Member::of(field, Abi::Arm64, value)),
                None => Err(value),
            },
        })
    }
}

impl Serialize for Messages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.clone())
    }
}

/// A buffer of messages.
pub(crate) struct Packet<'a> {
    len: u64,
    messages: Messages<'a>,
}

/// The messages of a buffer that was found to hold some.
pub(crate) fn netlink<'a>(buffer: &Buffer<'a>, netlink: Netlink) -> Packet<'a> {
    Packet {
        len: buffer.len,
        messages: Messages {
            protocol: netlink.protocol(),
            bytes: buffer.bytes,
        },
    }
}

impl Serialize for Packet<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("packet", 2)?;
        object.serialize_field("len", &exact_unsigned(self.len))?;
        object.serialize_field("netlink", &self.messages)?;
        object.end()
    }
}

impl Serialize for Attributes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.clone())
    }
}

impl Serialize for Message<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("netlink", 7)?;
        object.serialize_field("len", &self.len)?;
        object.serialize_field("type", &self.kind)?;
        object.serialize_field("flags", &self.flags)?;
        object.serialize_field("seq", &self.seq)?;
        object.serialize_field("pid", &self.port)?;
        object.serialize_field("body", &self.body)?;
        object.serialize_field("attrs", &self.attributes)?;
        object.end()
    }
}

impl Serialize for Attribute<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("attribute", 3)?;
        object.serialize_field("type", &self.kind)?;
        object.serialize_field("len", &self.len)?;
        match &self.value {
            Ok(member) => object.serialize_field(key(member), member)?,
            Err(bytes) => object.serialize_field("hex", &HexBytes(bytes))?,
        }
        object.end()
    }
}

/// What a value is called: each name has one type.
fn key(member: &Member<'_>) -> &'static str {
    match member.field {
        Field::Text(_) => "text",
        Field::Address(..) => "addr",
        _ => "number",
    }
}

#[cfg(test)]
mod tests;
