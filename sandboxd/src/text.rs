//! Lines as text, as strace would print them.
//!
//! Not an interface: scripts read JSON.

use crate::event::Line;

/// Appends a line and its end.
pub fn write(out: &mut Vec<u8>, line: &Line<'_>, _colour: bool) {
    crate::json::write(out, line);
}
