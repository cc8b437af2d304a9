//! Structures of both ABIs, from their rows: the same walk for JSON and for text.
//!
//! A structure that was cut short gives its whole fields, and null for the others. A structure that stands for one
//! number or list is written as that.

use kprobe_common::index::Abi;
use kprobe_common::table::flags::SIGNALS;
use kprobe_common::table::structs::{Field, FieldDef, StructDef};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::number::{exact, exact_unsigned};
use super::value::{Flags, OneOf};
use super::{Escaped, until_zero};
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
    /// A structure.
    Struct(Struct<'a>),
    /// Several of the same.
    Array(Elements<'a>),
}

impl<'a> Struct<'a> {
    /// The one member that the structure stands for, where it does.
    pub(crate) fn alone(self) -> Option<Member<'a>> {
        let field = self.def.alone()?;
        Some(
            Member {
                field,
                abi: self.abi,
                bytes: self.bytes,
            }
            .fitted(),
        )
    }

    /// Its fields with their names.
    pub(crate) fn members(self) -> impl Iterator<Item = (&'static str, Member<'a>)> {
        let member = move |def: &'static FieldDef| {
            let bytes = self
                .bytes
                .get(usize::from(def.at(self.abi))..)
                .unwrap_or_default();
            let member = Member {
                field: &def.field,
                abi: self.abi,
                bytes,
            };
            (def.name, member.fitted())
        };
        self.def.fields.iter().map(member)
    }
}

impl<'a> Member<'a> {
    /// Without what lies behind it.
    fn fitted(mut self) -> Self {
        let size = usize::from(self.field.size(self.abi));
        self.bytes = self.bytes.get(..size).unwrap_or(self.bytes);
        self
    }

    /// The number in its bytes, if all of them are there.
    fn number(self) -> Option<u64> {
        let size = usize::from(self.field.size(self.abi));
        let mut bytes = [0; 8];
        bytes
            .get_mut(..size)?
            .copy_from_slice(self.bytes.get(..size)?);
        Some(u64::from_le_bytes(bytes))
    }

    fn signed(self) -> Option<i64> {
        let shift = 64u32.checked_sub(8 * u32::from(self.field.size(self.abi)))?;
        Some((self.number()? << shift) as i64 >> shift)
    }

    /// What its bytes say.
    pub(crate) fn content(self) -> Content<'a> {
        self.known().unwrap_or(Content::Null)
    }

    fn known(self) -> Option<Content<'a>> {
        let Self { field, abi, bytes } = self;
        Some(match field {
            Field::Int(_) | Field::Long => Content::Int(self.signed()?),
            Field::Uint(_) | Field::Ulong => Content::Uint(self.number()?),
            Field::Hex(_) | Field::Addr => Content::Hex(self.number()?),
            Field::Flags(set, _) => Content::Flags(Flags {
                set,
                value: self.number()?,
            }),
            Field::Enum(set, _) => Content::Enum(OneOf {
                set,
                value: self.number()?,
            }),
            Field::Sigset(_) => Content::Signals(self.number()?),
            // Of these and what follows, a part is worth showing.
            _ if bytes.is_empty() => return None,
            Field::Bits(_) => Content::Bits(bytes),
            Field::Text(_) => Content::Text(until_zero(bytes)),
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
            .map(move |bytes| Member { field, abi, bytes })
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

/// The numbers of the bits that are set.
pub(crate) fn set_bits(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let of_byte = |(at, byte): (usize, &u8)| {
        let byte = *byte;
        (0..8)
            .filter(move |bit| byte >> bit & 1 != 0)
            .map(move |bit| at * 8 + bit)
    };
    bytes.iter().enumerate().flat_map(of_byte)
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
mod tests {
    use kprobe_common::table::kind::Kind;
    use kprobe_common::table::rows::ROWS;
    use kprobe_common::table::structs::{
        FD_SET, ITIMERSPEC, OPEN_HOW, POLLFD, RLIMIT64, SIGSET, TIMESPEC_PAIR,
    };
    use proptest::prelude::*;

    use super::*;

    fn json(def: &'static StructDef, abi: Abi, bytes: &[u8]) -> String {
        serde_json::to_string(&Struct { def, abi, bytes }).unwrap()
    }

    #[test]
    fn each_abi_has_its_layout() {
        let bytes: Vec<u8> = (1..=4u64).flat_map(u64::to_le_bytes).collect();
        let wanted =
            r#"{"it_interval":{"tv_sec":1,"tv_nsec":2},"it_value":{"tv_sec":3,"tv_nsec":4}}"#;
        assert_eq!(json(&ITIMERSPEC, Abi::Arm64, &bytes), wanted);
        let wanted =
            r#"{"it_interval":{"tv_sec":1,"tv_nsec":0},"it_value":{"tv_sec":2,"tv_nsec":0}}"#;
        assert_eq!(json(&ITIMERSPEC, Abi::Arm32, &bytes), wanted);
    }

    #[test]
    fn what_was_cut_off_is_null() {
        let bytes = [1, 0, 0, 0, 0, 0, 0, 0, 2];
        let wanted = r#"{"it_interval":{"tv_sec":1,"tv_nsec":null},"it_value":null}"#;
        assert_eq!(json(&ITIMERSPEC, Abi::Arm64, &bytes), wanted);
        assert_eq!(
            json(&POLLFD, Abi::Arm64, &[]),
            r#"{"fd":null,"events":null,"revents":null}"#
        );
        assert_eq!(
            json(&TIMESPEC_PAIR, Abi::Arm32, &bytes),
            r#"[{"tv_sec":1,"tv_nsec":0},{"tv_sec":null,"tv_nsec":null}]"#
        );
    }

    #[test]
    fn values_have_one_type_each() {
        let bytes = [
            [0x41, 2, 0, 0, 0, 0, 0, 0x80],
            [0xa4, 1, 0, 0, 0, 0, 0, 0],
            [0xff; 8],
        ]
        .concat();
        let how = json(&OPEN_HOW, Abi::Arm64, &bytes);
        assert!(
            how.starts_with(
                r#"{"flags":["O_WRONLY","O_CREAT","O_TRUNC","0x8000000000000000"],"mode":420,"#
            ),
            "{how}"
        );
        let wanted = r#"{"rlim_cur":null,"rlim_max":9007199254740991}"#;
        let limits = [u64::MAX, (1 << 53) - 1].map(u64::to_le_bytes).concat();
        assert_eq!(json(&RLIMIT64, Abi::Arm64, &limits), wanted);
        assert_eq!(
            json(&SIGSET, Abi::Arm64, &0x1_0000_0002u64.to_le_bytes()),
            r#"["SIGINT","0x21"]"#
        );
        assert_eq!(json(&FD_SET, Abi::Arm32, &[1, 0x80]), "[0,15]");
    }

    /// Every structure that a row names.
    fn structures() -> Vec<&'static StructDef> {
        let of = |kind: &Kind| match kind {
            Kind::Struct(def)
            | Kind::StructSized(def, _)
            | Kind::StructOut(def)
            | Kind::StructOutAlways(def)
            | Kind::StructInOut(def)
            | Kind::Structs(def, _)
            | Kind::StructsOut(def)
            | Kind::StructsInOut(def, _) => Some(*def),
            _ => None,
        };
        ROWS.iter()
            .flat_map(|row| row.args)
            .filter_map(|arg| of(&arg.kind))
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn any_bytes_are_as_large_as_their_structure_allows(bytes in proptest::collection::vec(any::<u8>(), 0..500)) {
            for def in structures() {
                for abi in [Abi::Arm64, Abi::Arm32] {
                    let text = json(def, abi, &bytes);
                    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
                    prop_assert!(def.alone().is_some() || value.is_object(), "{}: {text}", def.name);
                    prop_assert!(text.len() < 16 * 1024, "{}: {} bytes", def.name, text.len());
                }
            }
        }
    }
}
