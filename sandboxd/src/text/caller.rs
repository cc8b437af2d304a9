//! Who made a call, behind it: `  @ libguard.so+0x1a2b4 (inline)`. Of a call by the platform's code, who called that.

use std::fmt::{self, Display, Formatter};

use crate::caller::StackEnd;
use crate::event::{Caller, Hex, Lib, Place};

/// Where a call came from.
pub(super) struct Made<'a>(pub(super) &'a Caller<'a>);

impl Display for Made<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Caller { place, from, .. } = self.0;
        let shown = from.as_ref().unwrap_or(place);
        write!(f, "  @ ")?;
        self::place(f, shown)?;
        match place.entry {
            Some(entry) => write!(f, " ({})", entry.word()),
            None => Ok(()),
        }
    }
}

/// Who called whom, a line each, as `strace -k` has it: ` > /lib/libx.so(check+0x12) [0x1234]`; and why there are no more.
pub(super) struct Frames<'a>(pub(super) &'a [Place<'a>], pub(super) Option<StackEnd>);

impl Display for Frames<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for place in self.0 {
            write!(f, "\n > ")?;
            match (place.module, place.lib) {
                (Some(module), _) => write!(f, "{}", module.escape_default())?,
                (None, Some(Lib::Memory(name))) => write!(f, "[anon:{}]", name.escape_default())?,
                (None, _) => write!(f, "[{}]", place.class.word())?,
            }
            write!(f, "(")?;
            if let (Some(symbol), Some(Hex(offset))) = (place.symbol, place.symbol_offset) {
                write!(f, "{}+{offset:#x}", symbol.escape_default())?;
            }
            write!(f, ") [{:#x}]", place.offset.unwrap_or(place.pc).0)?;
        }
        match self.1 {
            None | Some(StackEnd::Outermost) => Ok(()),
            Some(end) => write!(f, "\n > ({})", end.word()),
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
