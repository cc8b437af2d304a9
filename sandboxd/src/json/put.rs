//! The smallest parts of JSON, appended to memory.
//!
//! Looking at bytes one by one is what rendering costs: names of ours are copied, and other texts are looked at eight
//! bytes at a time.

use super::bytes::Escaped;
use super::number::hex_digits;

/// Appends pieces. Room is made once for all of them, and constants are stored, not copied by a call.
#[inline(always)]
pub(super) fn all<const N: usize>(out: &mut Vec<u8>, pieces: [&[u8]; N]) {
    out.reserve(pieces.iter().map(|piece| piece.len()).sum());
    let mut end = out.len();
    for piece in pieces {
        // SAFETY: there is room for all pieces behind `end`, and none of them lies in `out`, which nobody else has.
        unsafe {
            let to = out.as_mut_ptr().add(end);
            std::ptr::copy_nonoverlapping(piece.as_ptr(), to, piece.len());
        }
        end += piece.len();
    }
    // SAFETY: the bytes up to there were written.
    unsafe { out.set_len(end) };
}

/// Appends an integer.
#[inline]
pub(super) fn integer(out: &mut Vec<u8>, value: impl itoa::Integer) {
    number(out, b"", value);
}

/// Appends a key and an integer.
#[inline]
pub(super) fn number(out: &mut Vec<u8>, key: &[u8], value: impl itoa::Integer) {
    all(out, [key, itoa::Buffer::new().format(value).as_bytes()]);
}

/// Appends each, with commas between them.
#[inline]
pub(super) fn each<T>(
    out: &mut Vec<u8>,
    items: impl IntoIterator<Item = T>,
    mut write: impl FnMut(&mut Vec<u8>, T),
) {
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write(out, item);
    }
}

/// Appends a number in hexadecimal, as a string.
#[inline]
pub(super) fn hex(out: &mut Vec<u8>, value: u64) {
    let zeros = (value | 1).leading_zeros() / 4;
    // All sixteen digits, those that count first; the others are taken back.
    let digits = u128::from_be_bytes(hex_digits(value)) << (8 * zeros);
    out.extend_from_slice(b"\"0x");
    out.extend_from_slice(&digits.to_be_bytes());
    out.truncate(out.len() - zeros as usize);
    out.push(b'"');
}

/// Appends a string that needs no escapes: a name of ours, a number.
#[inline]
pub(super) fn name(out: &mut Vec<u8>, name: &str) {
    all(out, [b"\"", name.as_bytes(), b"\""]);
}

/// Appends a key and a string that needs no escapes.
#[inline]
pub(super) fn word(out: &mut Vec<u8>, key: &[u8], name: &str) {
    all(out, [key, b"\"", name.as_bytes(), b"\""]);
}

/// Appends a string.
#[inline]
pub(super) fn text(out: &mut Vec<u8>, text: &str) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    escaped(out, text);
    out.push(b'"');
}

/// Appends a string of bytes that may not be UTF-8.
#[inline]
pub(super) fn bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    if has(
        bytes,
        |word| special(word) | word & SIGNS,
        |byte| is_special(byte) || !byte.is_ascii(),
    ) {
        return odd_bytes(out, bytes);
    }
    all(out, [b"\"", bytes, b"\""]);
}

#[cold]
fn odd_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    match str::from_utf8(bytes) {
        Ok(valid) => text(out, valid),
        Err(_) => text(out, &Escaped(bytes).to_string()),
    }
}

/// Appends what stands between a string's quotes.
#[inline]
pub(super) fn escaped(out: &mut Vec<u8>, text: &str) {
    if has(text.as_bytes(), special, is_special) {
        escaped_slowly(out, text);
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const SIGNS: u64 = 0x80 * ONES;

/// Whether any word or byte is one of those; the last eight bytes are perhaps looked at twice.
#[inline]
fn has(text: &[u8], word: impl Fn(u64) -> u64, byte: impl Fn(u8) -> bool) -> bool {
    let Some(last) = text.last_chunk() else {
        return text.iter().any(|one| byte(*one));
    };
    let mut found = word(u64::from_ne_bytes(*last));
    for bytes in text.as_chunks().0 {
        found |= word(u64::from_ne_bytes(*bytes));
    }
    found & SIGNS != 0
}

/// Sets the sign bit of a byte below a space, of a quote, of a backslash; of others only beside such a one.
#[inline]
const fn special(word: u64) -> u64 {
    let below_space = word.wrapping_sub(0x20 * ONES);
    let quote = (word ^ (b'"' as u64 * ONES)).wrapping_sub(ONES);
    let backslash = (word ^ (b'\\' as u64 * ONES)).wrapping_sub(ONES);
    (below_space | quote | backslash) & !word & SIGNS
}

const fn is_special(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

#[cold]
fn escaped_slowly(out: &mut Vec<u8>, text: &str) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            0x08 => out.extend_from_slice(b"\\b"),
            0x0c => out.extend_from_slice(b"\\f"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0..0x20 => {
                let digits = [
                    DIGITS[usize::from(byte >> 4)],
                    DIGITS[usize::from(byte & 0xf)],
                ];
                out.extend_from_slice(b"\\u00");
                out.extend_from_slice(&digits);
            }
            _ => out.push(byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_special_byte_is_found_at_every_place() {
        for byte in 0..=0x7f {
            for len in [1, 7, 8, 9, 17] {
                for at in 0..len {
                    let mut text = vec![b'a'; len];
                    text[at] = byte;
                    assert_eq!(
                        has(&text, special, is_special),
                        is_special(byte),
                        "{byte:#x} at {at} of {len}"
                    );
                }
            }
        }
    }

    proptest! {
        #[test]
        fn strings_are_those_that_another_library_reads(wanted in any::<String>()) {
            let (mut of_text, mut of_bytes) = (Vec::new(), Vec::new());
            text(&mut of_text, &wanted);
            bytes(&mut of_bytes, wanted.as_bytes());
            prop_assert_eq!(serde_json::from_slice::<String>(&of_text).unwrap(), wanted);
            prop_assert_eq!(of_text, of_bytes);
        }
    }
}
