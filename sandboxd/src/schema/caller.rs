//! The fields of `caller`, and of places in programs.

use super::field::{Field, Kind, always, sometimes};
use super::lines::names;
use crate::caller::{Class, Entry, OffsetOf, StackEnd};

const MAP: &[Field] = &[
    always("start", Kind::Hex, "first address"),
    always("end", Kind::Hex, "first address behind it"),
    always("perms", Kind::Word, "as in /proc/PID/maps"),
];

const CLASS: Field = always(
    "class",
    Kind::Words(|| names(&Class::ALL)),
    "whose code it is",
);
const LIB: Field = sometimes(
    "lib",
    Kind::Word,
    "the library's file name, or the name of the memory",
);
const MODULE: Field = sometimes(
    "module",
    Kind::Word,
    "its path; `!/` before the entry of an archive",
);
const BUILD_ID: Field = sometimes("build_id", Kind::Word, "its build ID");
const OFFSET: Field = sometimes("offset", Kind::Hex, "where in it");
const OFFSET_OF: Field = sometimes(
    "offset_of",
    Kind::Words(|| names(&OffsetOf::ALL)),
    "what `offset` counts from: as the ELF counts addresses, the file's or the mapping's start",
);
const SYMBOL: Field = sometimes("symbol", Kind::Word, "the function");
const SYMBOL_OFFSET: Field = sometimes("symbol_offset", Kind::Hex, "how far into it");
const PLACE_PC: Field = always("pc", Kind::Hex, "the address");
const PLACE_MAP: Field = sometimes(
    "map",
    Kind::Object(MAP),
    "the mapping, of memory that is not a file's",
);

/// The fields of a place, with others among them.
macro_rules! place {
    ($($entry:expr)?; $($more:expr),*) => {
        &[
            CLASS,
            $($entry,)?
            LIB,
            MODULE,
            BUILD_ID,
            OFFSET,
            OFFSET_OF,
            SYMBOL,
            SYMBOL_OFFSET,
            PLACE_PC,
            PLACE_MAP,
            $($more,)*
        ]
    };
}

const PLACE: &[Field] = place!(;);

const ENTRY: Field = always(
    "entry",
    Kind::Words(|| names(&Entry::ALL)),
    "how the call was made: by the platform's function for it, for any call, by an instruction of another call, or inline",
);
const FROM: Field = sometimes(
    "from",
    Kind::Object(PLACE),
    "what the link register said, of a call by the platform's code",
);
const ORIGIN: Field = sometimes(
    "origin",
    Kind::Object(PLACE),
    "the first place of `stack` that is not the platform's",
);

/// `caller`.
pub(super) const CALLER: &[Field] = place!(ENTRY; FROM, ORIGIN);

/// `stack`.
pub(super) const STACK: Field = sometimes(
    "stack",
    Kind::Objects(PLACE),
    "the `svc` and the calls that led to it, innermost first (--stack)",
);

/// `stack_end`.
pub(super) const STACK_END: Field = sometimes(
    "stack_end",
    Kind::Words(|| names(&StackEnd::ALL)),
    "why `stack` has no more",
);
