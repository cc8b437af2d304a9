//! `caller`: where a call came from, as lines have it.

use std::cell::OnceCell;

use serde::{Serialize, Serializer};

use super::{Hex, Mapping};
use crate::caller::{self, Class, Entry, OffsetOf};

/// Where a call came from.
#[derive(Debug, Serialize)]
pub struct Caller<'a> {
    /// Where the `svc` lies.
    #[serde(flatten)]
    pub place: Place<'a>,
    /// What the link register said, of a call by the platform's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Place<'a>>,
    /// The first of its stack that is not the platform's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Place<'a>>,
    /// Where it is kept how it is written, of one that many calls have.
    #[serde(skip)]
    pub written: Option<&'a Written>,
}

/// A part of lines that many have, as it was written first.
#[derive(Clone, Debug, Default)]
pub struct Written(OnceCell<Box<[u8]>>);

impl Written {
    /// Its bytes, made the first time.
    pub fn bytes(&self, make: impl FnOnce(&mut Vec<u8>)) -> &[u8] {
        self.0.get_or_init(|| {
            let mut bytes = Vec::new();
            make(&mut bytes);
            bytes.into()
        })
    }
}

/// A place in a program.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Place<'a> {
    /// Whose code it is.
    pub class: Class,
    /// How the call was made; of a `svc` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<Entry>,
    /// The library's file name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lib: Option<Lib<'a>>,
    /// Its path; of one in an archive, the archive's, `!/` and the entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub module: Option<&'a str>,
    /// Its build ID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub build_id: Option<&'a str>,
    /// Where in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<Hex>,
    /// What that counts from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset_of: Option<OffsetOf>,
    /// The function.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symbol: Option<&'a str>,
    /// How far into it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symbol_offset: Option<Hex>,
    /// The address.
    pub pc: Hex,
    /// The mapping, of memory that is not a file's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub map: Option<Mapping>,
}

/// What a library is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lib<'a> {
    /// By its file.
    File(&'a str),
    /// By the name that the memory was given: `[anon:NAME]`.
    Memory(&'a str),
}

impl<'a> From<&'a caller::Caller> for Caller<'a> {
    fn from(caller: &'a caller::Caller) -> Self {
        Self {
            place: Place {
                entry: Some(caller.entry),
                ..Place::from(&caller.place)
            },
            from: caller.from.as_ref().map(Place::from),
            origin: caller
                .stack
                .as_ref()
                .and_then(|stack| stack.origin())
                .map(Place::from),
            written: caller.written.as_ref(),
        }
    }
}

impl<'a> From<&'a caller::Place> for Place<'a> {
    fn from(place: &'a caller::Place) -> Self {
        let module = place.module.as_deref();
        let symbol = place.site.as_deref().and_then(|site| {
            let name = site.symbol.as_deref()?;
            Some((name, Hex(site.symbol_offset)))
        });
        Self {
            class: place.class,
            entry: None,
            lib: module
                .map(|module| Lib::File(&module.lib))
                .or(place.name.as_deref().map(Lib::Memory)),
            module: module.map(|module| module.module.as_str()),
            build_id: module.and_then(|module| module.build_id.as_deref()),
            offset: place.offset.map(|(offset, _)| Hex(offset)),
            offset_of: place.offset.map(|(_, of)| of),
            symbol: symbol.map(|(name, _)| name),
            symbol_offset: symbol.map(|(_, offset)| offset),
            pc: Hex(place.pc),
            map: place.map,
        }
    }
}

impl Serialize for Lib<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::File(name) => serializer.serialize_str(name),
            Self::Memory(name) => serializer.collect_str(&format_args!("[anon:{name}]")),
        }
    }
}
