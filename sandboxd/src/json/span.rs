//! Structures of two words and what one of them points at: one object, in which that stands for the pointer.

use kprobe_common::index::Abi;
use kprobe_common::table::structs::SpanDef;
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::structs::{Member, Struct, each};

/// Such a structure, and what it points at, where that was read.
#[derive(Clone, Copy)]
pub(crate) struct Span<'a> {
    pub(crate) def: &'static SpanDef,
    pub(crate) abi: Abi,
    pub(crate) head: &'a [u8],
    pub(crate) content: Option<&'a [u8]>,
}

/// A field of it.
pub(crate) enum Part<'a> {
    /// Of the structure itself.
    Own(Member<'a>),
    /// What the pointer leads to.
    One(Struct<'a>),
    /// The same, where that is several.
    Many(Struct<'a>),
    /// The pointer, which nothing was read through.
    Pointer(Member<'a>),
}

impl<'a> Span<'a> {
    /// Its fields with their names.
    pub(crate) fn parts(self) -> impl Iterator<Item = (&'static str, Part<'a>)> {
        let Self { def, abi, .. } = self;
        let head = Struct {
            def: def.head,
            abi,
            bytes: self.head,
        };
        head.members().map(move |(name, member)| {
            let part = match self.content {
                _ if name != def.field => Part::Own(member),
                None => Part::Pointer(member),
                Some(bytes) if def.many => Part::Many(self.element(whole(bytes, def, abi))),
                Some(bytes) => Part::One(self.element(bytes)),
            };
            (name, part)
        })
    }

    /// The first number that JSON cannot carry, with the name of its field.
    pub(crate) fn big(self) -> Option<(Option<&'static str>, u64)> {
        self.parts().find_map(|(name, part)| match part {
            Part::Own(member) => member.big().map(|value| (Some(name), value)),
            Part::One(whole) => whole.big(),
            Part::Many(whole) => each(whole).find_map(Struct::big),
            Part::Pointer(_) => None,
        })
    }

    fn element(self, bytes: &'a [u8]) -> Struct<'a> {
        Struct {
            def: self.def.element,
            abi: self.abi,
            bytes,
        }
    }
}

/// Without an element that is there in part.
fn whole<'a>(bytes: &'a [u8], def: &SpanDef, abi: Abi) -> &'a [u8] {
    let size = usize::from(def.element.size(abi)).max(1);
    bytes.get(..bytes.len() / size * size).unwrap_or_default()
}

impl Serialize for Span<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        for (name, part) in self.parts() {
            object.serialize_entry(name, &part)?;
        }
        object.end()
    }
}

impl Serialize for Part<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Own(member) => member.serialize(serializer),
            Self::One(whole) => whole.serialize(serializer),
            Self::Many(whole) => serializer.collect_seq(each(*whole)),
            Self::Pointer(_) => serializer.serialize_none(),
        }
    }
}
