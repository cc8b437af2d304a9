//! Who made a call, behind it: `  @ libguard.so+0x1a2b4 (inline)`. Of a call by the platform's code, who called that.

use std::fmt::{self, Display, Formatter};

use crate::event::{Caller, Lib, Place};

/// Where a call came from.
pub(super) struct Made<'a>(pub(super) &'a Caller<'a>);

impl Display for Made<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Caller { place, from } = self.0;
        let shown = from.as_ref().unwrap_or(place);
        write!(f, "  @ ")?;
        self::place(f, shown)?;
        match place.entry {
            Some(entry) => write!(f, " ({})", entry.word()),
            None => Ok(()),
        }
    }
}

/// The library and where in it; of memory without a name, what it is.
fn place(f: &mut Formatter<'_>, place: &Place<'_>) -> fmt::Result {
    match place.lib {
        Some(Lib::File(name)) => write!(f, "{}", name.escape_default())?,
        Some(Lib::Memory(name)) => write!(f, "[anon:{}]", name.escape_default())?,
        None => write!(f, "[{}]", place.class.word())?,
    }
    match place.offset {
        Some(offset) => write!(f, "+{:#x}", offset.0),
        None => write!(f, " {:#x}", place.pc.0),
    }
}
