//! Structures of both ABIs, from their rows: the same walk for JSON and for text.
//!
//! A structure that was cut short gives its whole fields, and null for the others. A structure that stands for one
//! number or list is written as that.

use kprobe_common::index::Abi;
use kprobe_common::table::flags::SIGNALS;
use kprobe_common::table::structs::{Count, Field, FieldDef, StructDef, When};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::address::Address;
use super::number::{exact, exact_unsigned};
use super::value::{Flags, OneOf};
use super::{Escaped, HexBytes, until_zero};
use crate::args::{Buffer, set_bits};
use crate::event::Hex;

/// A structure and as many of its bytes as there are.
#[derive(Clone, Copy)]
pub(crate) struct Struct<'a> {
    /// Its row.
    pub(crate) def: &'static StructDef,
    /// Which of its layouts.
    pub(crate) abi: Abi,
    /// Its bytes.
    pub(crate) bytes: &'a [u8],
}

/// A field and as many of its bytes as there are.
#[derive(Clone, Copy)]
pub(crate) struct Member<'a> {
    /// What it means.
    pub(crate) field: &'static Field,
    /// Which of its layouts.
    pub(crate) abi: Abi,
    /// Its bytes.
    pub(crate) bytes: &'a [u8],
    /// Whether another field says that there are none.
    none: bool,
}

/// A member's meaning and bytes, ready to be written.
pub(crate) enum Content<'a> {
    /// Not there.
    Null,
    /// A signed number.
    Int(i64),
    /// An unsigned number.
    Uint(u64),
    /// A mask, cookie or pointer.
    Hex(u64),
    /// A set of bits.
    Flags(Flags),
    /// One of a list.
    Enum(OneOf),
    /// Signals, bit 0 being signal 1.
    Signals(u64),
    /// Numbers, lowest bit of the first byte first.
    Bits(&'a [u8]),
    /// Text.
    Text(&'a [u8]),
    /// An address of a network.
    Address(Address<'a>),
    /// Bytes, in hexadecimal.
    Octets(&'a [u8]),
    /// Bytes, as text if they are.
    Buffer(Buffer<'a>),
    /// A structure.
    Struct(Struct<'a>),
    /// Several of the same.
    Array(Elements<'a>),
}

impl<'a> Struct<'a> {
    /// The one member that the structure stands for, where it does.
    pub(crate) fn alone(self) -> Option<Member<'a>> {
        let field = self.def.alone()?;
        Some(Member::of(field, self.abi, self.bytes))
    }

    /// Whether it stands for a number of which only a part is there.
    pub(crate) fn is_short(self) -> bool {
        let content = self.alone().map(Member::content);
        !self.bytes.is_empty() && matches!(content, Some(Content::Null))
    }

    /// Its fields with their names.
    pub(crate) fn members(self) -> impl Iterator<Item = (&'static str, Member<'a>)> {
        let member = move |def: &'static FieldDef| {
            let bytes = self
                .bytes
                .get(usize::from(def.at(self.abi))..)
                .unwrap_or_default();
            let member = Member::of(&def.field, self.abi, bytes);
            (def.name, self.counted(member))
        };
        let there = move |def: &&'static FieldDef| self.has(def);
        self.def.fields.iter().filter(there).map(member)
    }

    /// The first number that JSON cannot carry, with the name of its field unless the structure stands for it.
    pub(crate) fn big(self) -> Option<(Option<&'static str>, u64)> {
        if let Some(member) = self.alone() {
            return member.big().map(|value| (None, value));
        }
        self.members()
            .find_map(|(name, member)| Some((Some(name), member.big()?)))
    }

    /// Whether a field is there, as other fields say. What was not read says nothing.
    fn has(self, def: &FieldDef) -> bool {
        let number = |at: u16, bytes: u8| {
            let from = self.bytes.get(usize::from(at)..)?;
            unsigned(from, usize::from(bytes))
        };
        match def.when {
            When::Always => true,
            When::Any(cases) => cases.iter().any(|case| {
                case.iter().all(|test| {
                    let shift = 64 - 8 * u32::from(test.bytes.clamp(1, 8));
                    let value = number(test.at[self.abi as usize], test.bytes);
                    let value = value.map(|value| (value << shift) as i64 >> shift);
                    let (from, to) = test.range;
                    value.is_some_and(|value| (from.into()..=to.into()).contains(&value))
                })
            }),
            When::Within(at, zero) => {
                let end = def.at(self.abi) + def.field.size(self.abi);
                let size = number(at, 4).unwrap_or(0);
                let size = if size == 0 { zero.into() } else { size };
                u64::from(end) <= size
            }
        }
    }

    /// Without the bytes that another field says mean nothing.
    fn counted(self, mut member: Member<'a>) -> Member<'a> {
        if let Field::Address(_, Count::At(at, width)) | Field::Octets(_, Count::At(at, width)) =
            member.field
        {
            let bytes = self.bytes.get(usize::from(*at)..).unwrap_or_default();
            let count = unsigned(bytes, usize::from(*width)).unwrap_or(0);
            let count = usize::try_from(count).unwrap_or(usize::MAX);
            member.none = count == 0;
            member.bytes = member.bytes.get(..count).unwrap_or(member.bytes);
        }
        member
    }
}

/// A number of at most 8 bytes, if all of them are there.
fn unsigned(bytes: &[u8], size: usize) -> Option<u64> {
    let mut number = [0; 8];
    number.get_mut(..size)?.copy_from_slice(bytes.get(..size)?);
    Some(u64::from_le_bytes(number))
}

impl<'a> Member<'a> {
    /// A field that stands alone.
    pub(crate) fn of(field: &'static Field, abi: Abi, bytes: &'a [u8]) -> Self {
        Self {
            field,
            abi,
            bytes,
            none: false,
        }
        .fitted()
    }

    /// Without what lies behind it.
    fn fitted(mut self) -> Self {
        let size = usize::from(self.field.size(self.abi));
        self.bytes = self.bytes.get(..size).unwrap_or(self.bytes);
        self
    }

    /// The number in its bytes, if all of them are there.
    fn number(self) -> Option<u64> {
        unsigned(self.bytes, usize::from(self.field.size(self.abi)))
    }

    fn signed(self) -> Option<i64> {
        let shift = 64u32.checked_sub(8 * u32::from(self.field.size(self.abi)))?;
        Some((self.number()? << shift) as i64 >> shift)
    }

    /// The first number in it that JSON cannot carry.
    pub(crate) fn big(self) -> Option<u64> {
        match self.content() {
            Content::Int(value) => exact(value).is_none().then_some(value.cast_unsigned()),
            Content::Uint(value) => exact_unsigned(value).is_none().then_some(value),
            Content::Struct(inner) => inner.big().map(|(_, value)| value),
            Content::Array(elements) => elements.members().find_map(Self::big),
            _ => None,
        }
    }

    /// What its bytes say.
    pub(crate) fn content(self) -> Content<'a> {
        self.known().unwrap_or(Content::Null)
    }

    fn known(self) -> Option<Content<'a>> {
        let Self {
            field, abi, bytes, ..
        } = self;
        Some(match field {
            Field::Int(_) | Field::Long => Content::Int(self.signed()?),
            Field::Uint(_) | Field::Ulong => Content::Uint(self.number()?),
            Field::Hex(_) | Field::Addr => Content::Hex(self.number()?),
            Field::Flags(set, _) => Content::Flags(Flags {
                set,
                value: self.number()?,
            }),
            Field::Enum(set, _) | Field::WordEnum(set) => Content::Enum(OneOf {
                set,
                value: self.number()?,
            }),
            Field::FlagsApart(set, gap) => {
                let upper = bytes.get(usize::from(*gap)..)?;
                Content::Flags(Flags {
                    set,
                    value: unsigned(bytes, 4)? | unsigned(upper, 4)? << 32,
                })
            }
            Field::Sigset(_) => Content::Signals(self.number()?),
            Field::Net(bytes) => {
                let number = self.number()?.swap_bytes();
                Content::Uint(number >> 64u32.checked_sub(8 * u32::from(*bytes))?)
            }
            Field::NetEnum(set) => Content::Enum(OneOf {
                set,
                value: self.number()?.swap_bytes() >> 48,
            }),
            Field::Bluetooth => Content::Address(Address::Bluetooth(bytes.first_chunk()?)),
            Field::Octets(..) if self.none => Content::Octets(&[]),
            // Of these and what follows, a part is worth showing.
            _ if bytes.is_empty() => return None,
            Field::Bits(_) => Content::Bits(bytes),
            Field::Text(_) => Content::Text(until_zero(bytes)),
            Field::Address(4 | 16, Count::All) if bytes.len() < usize::from(field.size(abi)) => {
                return None;
            }
            Field::Address(..) => Content::Address(Address::of(bytes)),
            Field::Octets(..) => Content::Octets(bytes),
            Field::Buffer(_) => Content::Buffer(Buffer {
                len: bytes.len() as u64,
                bytes,
            }),
            Field::Struct(def) => match (Struct { def, abi, bytes }).alone() {
                Some(member) => member.content(),
                None => Content::Struct(Struct { def, abi, bytes }),
            },
            Field::Array(element, _) => Content::Array(Elements {
                element,
                abi,
                bytes,
            }),
        })
    }
}

/// Members of the same meaning, one behind the other.
#[derive(Clone, Copy)]
pub(crate) struct Elements<'a> {
    element: &'static Field,
    abi: Abi,
    bytes: &'a [u8],
}

impl<'a> Elements<'a> {
    /// Each of them; the last may be cut short.
    pub(crate) fn members(self) -> impl Iterator<Item = Member<'a>> {
        let size = usize::from(self.element.size(self.abi)).max(1);
        let Self {
            element: field,
            abi,
            ..
        } = self;
        self.bytes
            .chunks(size)
            .map(move |bytes| Member::of(field, abi, bytes))
    }
}

/// Structures, one behind the other; the last may be cut short.
pub(crate) fn each(whole: Struct<'_>) -> impl Iterator<Item = Struct<'_>> {
    let size = usize::from(whole.def.size(whole.abi)).max(1);
    whole
        .bytes
        .chunks(size)
        .map(move |bytes| Struct { bytes, ..whole })
}

/// Structures that lie apart.
pub(crate) fn pointed<'a>(
    def: &'static StructDef,
    abi: Abi,
    all: &'a [&'a [u8]],
) -> impl Iterator<Item = Struct<'a>> {
    all.iter().map(move |bytes| Struct { def, abi, bytes })
}

/// The signals of a set.
pub(crate) fn signals(set: u64) -> impl Iterator<Item = OneOf> {
    let numbers = (0..64u64).filter(move |bit| set >> bit & 1 != 0);
    numbers.map(|bit| OneOf {
        set: &SIGNALS,
        value: bit + 1,
    })
}

impl Serialize for Struct<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Some(member) = self.alone() {
            return member.serialize(serializer);
        }
        let mut object = serializer.serialize_map(Some(self.def.fields.len()))?;
        for (name, member) in self.members() {
            object.serialize_entry(name, &member)?;
        }
        object.end()
    }
}

impl Serialize for Member<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.content() {
            Content::Null => serializer.serialize_none(),
            Content::Int(value) => exact(value).serialize(serializer),
            Content::Uint(value) => exact_unsigned(value).serialize(serializer),
            Content::Hex(value) => Hex(value).serialize(serializer),
            Content::Flags(flags) => flags.serialize(serializer),
            Content::Enum(one) => one.serialize(serializer),
            Content::Signals(set) => serializer.collect_seq(signals(set)),
            Content::Bits(bytes) => serializer.collect_seq(set_bits(bytes)),
            Content::Text(text) => Escaped(text).serialize(serializer),
            Content::Address(address) => address.serialize(serializer),
            Content::Octets(bytes) => HexBytes(bytes).serialize(serializer),
            Content::Buffer(buffer) => buffer.serialize(serializer),
            Content::Struct(inner) => inner.serialize(serializer),
            Content::Array(elements) => {
                let mut list = serializer.serialize_seq(None)?;
                for member in elements.members() {
                    list.serialize_element(&member)?;
                }
                list.end()
            }
        }
    }
}

#[cfg(test)]
mod tests;
