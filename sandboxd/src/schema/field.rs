//! What a field of a line can be.
//!
//! Which fields there are is left to [`lines`](super::lines); what they are called elsewhere, to each printer.

/// A type of line.
pub(super) struct Line {
    /// Its `type`.
    pub(super) tag: &'static str,
    /// What it says.
    pub(super) about: &'static str,
    /// Its fields besides `type`.
    pub(super) fields: &'static [Field],
}

/// A field.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) presence: Presence,
    pub(super) about: &'static str,
}

/// Whether a field is there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    /// Always, with a value.
    Always,
    /// Always, perhaps null.
    Null,
    /// Not always.
    Sometimes,
}

/// What a field holds.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Text,
    /// A text of which there are few different ones.
    Word,
    /// One of these, and of others in later versions.
    Words(fn() -> Vec<String>),
    Texts,
    /// Texts by name.
    TextMap,
    /// A moment, RFC 3339.
    Time,
    /// A number in hexadecimal, as a string.
    Hex,
    Hexes,
    Int,
    Uint,
    Bool,
    Uints,
    /// Numbers by name.
    Counts,
    Object(&'static [Field]),
    Objects(&'static [Field]),
    /// Objects by name.
    ObjectMap(&'static [Field]),
    /// The arguments of a call.
    Args,
}

const fn field(name: &'static str, kind: Kind, presence: Presence, about: &'static str) -> Field {
    Field {
        name,
        kind,
        presence,
        about,
    }
}

/// A field that is always there.
pub(super) const fn always(name: &'static str, kind: Kind, about: &'static str) -> Field {
    field(name, kind, Presence::Always, about)
}

/// A field that is null where nothing is known.
pub(super) const fn or_null(name: &'static str, kind: Kind, about: &'static str) -> Field {
    field(name, kind, Presence::Null, about)
}

/// A field that is absent where nothing is to be said.
pub(super) const fn sometimes(name: &'static str, kind: Kind, about: &'static str) -> Field {
    field(name, kind, Presence::Sometimes, about)
}
