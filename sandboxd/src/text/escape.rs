//! Text that an app chose, safe for a terminal.

use std::fmt::{self, Display, Formatter, Write};

/// In quotes and with strace's escapes: what is not printable ASCII is an octal number.
pub(super) struct Quoted<'a>(pub(super) &'a [u8]);

/// Without quotes, for sentences: control characters, and bytes that are no UTF-8, as escapes.
pub(super) struct Plain<'a>(pub(super) &'a [u8]);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for (at, byte) in self.0.iter().enumerate() {
            match byte {
                b'"' | b'\\' => write!(f, "\\{}", char::from(*byte))?,
                b'\n' => f.write_str("\\n")?,
                b'\t' => f.write_str("\\t")?,
                b'\r' => f.write_str("\\r")?,
                0x0b => f.write_str("\\v")?,
                0x0c => f.write_str("\\f")?,
                b' '..=b'~' => f.write_char(char::from(*byte))?,
                // A digit behind it would become part of it.
                _ => match self.0.get(at + 1) {
                    Some(b'0'..=b'9') => write!(f, "\\{byte:03o}")?,
                    _ => write!(f, "\\{byte:o}")?,
                },
            }
        }
        f.write_char('"')
    }
}

impl Display for Plain<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        escaped(f, self.0)
    }
}

fn escaped(f: &mut Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '\n' => f.write_str("\\n")?,
                '\t' => f.write_str("\\t")?,
                '\r' => f.write_str("\\r")?,
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
