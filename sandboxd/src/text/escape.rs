//! Text that an app chose, safe for a terminal: control characters, and bytes that are no UTF-8, as escapes.

use std::fmt::{self, Display, Formatter, Write};

/// In quotes, as in C.
pub(super) struct Quoted<'a>(pub(super) &'a [u8]);

/// Without quotes.
pub(super) struct Plain<'a>(pub(super) &'a [u8]);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        escaped(f, self.0, true)?;
        f.write_char('"')
    }
}

impl Display for Plain<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        escaped(f, self.0, false)
    }
}

fn escaped(f: &mut Formatter<'_>, bytes: &[u8], quoted: bool) -> fmt::Result {
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '\n' => f.write_str("\\n")?,
                '\t' => f.write_str("\\t")?,
                '\r' => f.write_str("\\r")?,
                '"' | '\\' if quoted => write!(f, "\\{letter}")?,
                // Marks that turn the direction of what follows would make lines lie.
                '\u{200e}'
                | '\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2028}'..='\u{2029}'
                | '\u{2066}'..='\u{2069}' => {
                    write!(f, "\\u{{{:x}}}", u32::from(letter))?;
                }
                _ if letter.is_control() => write!(f, "\\x{:02x}", u32::from(letter))?,
                _ => f.write_char(letter)?,
            }
        }
        for byte in chunk.invalid() {
            write!(f, "\\x{byte:02x}")?;
        }
    }
    Ok(())
}
