//! Bytes that are text, or may be: strings of the kernel and of apps, buffers.
//!
//! What is known about a string that is not UTF-8 is left to `arg_status`.

use std::fmt::{self, Display, Formatter};

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::args::Buffer;
use crate::event::Bytes;

/// Bytes as text: UTF-8 where they are, the four characters `\xNN` for each that is not.
pub(crate) struct Escaped<'a>(pub(crate) &'a [u8]);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            f.write_str(chunk.valid())?;
            for byte in chunk.invalid() {
                write!(f, "\\x{byte:02x}")?;
            }
        }
        Ok(())
    }
}

impl Serialize for Escaped<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match str::from_utf8(self.0) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => serializer.collect_str(self),
        }
    }
}

/// Bytes as hexadecimal digits, two for each.
pub(crate) struct HexBytes<'a>(pub(crate) &'a [u8]);

impl Display for HexBytes<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        for chunk in self.0.chunks(32) {
            let mut text = [b'0'; 64];
            for (byte, place) in chunk.iter().zip(text.chunks_mut(2)) {
                place[0] = DIGITS[usize::from(byte >> 4)];
                place[1] = DIGITS[usize::from(byte & 0xf)];
            }
            f.write_str(str::from_utf8(&text[..2 * chunk.len()]).unwrap_or_default())?;
        }
        Ok(())
    }
}

impl Serialize for HexBytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What stands before the first zero byte.
pub(crate) fn until_zero(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Escaped(until_zero(self.0)).serialize(serializer)
    }
}

/// A buffer's bytes as text, if people would call them text: UTF-8 without control characters other than tabulator and
/// line ends. A character that the cut went through is left out.
pub(crate) fn as_text<'a>(buffer: &Buffer<'a>) -> Option<&'a str> {
    let control = |byte: u8| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r') || byte == 0x7f;
    // Counted without an early end, so that the compiler can look at many bytes at once.
    if buffer.bytes.iter().filter(|byte| control(**byte)).count() > 0 {
        return None;
    }
    let text = match str::from_utf8(buffer.bytes) {
        Ok(text) => text,
        Err(error) => {
            let cut = buffer.len > buffer.bytes.len() as u64 && error.error_len().is_none();
            let (valid, _) = buffer.bytes.split_at_checked(error.valid_up_to())?;
            str::from_utf8(valid).ok().filter(|_| cut)?
        }
    };
    let is_control = |c: char| ('\u{80}'..'\u{a0}').contains(&c);
    (text.is_ascii() || !text.contains(is_control)).then_some(text)
}

impl Serialize for Buffer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("buffer", 2)?;
        object.serialize_field("len", &super::number::exact_unsigned(self.len))?;
        match as_text(self) {
            Some(text) => object.serialize_field("text", text)?,
            None => object.serialize_field("hex", &HexBytes(self.bytes))?,
        }
        object.end()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn json(value: impl Serialize) -> String {
        serde_json::to_string(&value).unwrap()
    }

    #[test]
    fn bytes_that_are_no_text_are_escaped_one_by_one() {
        assert_eq!(json(Bytes(b"pool-2\0\0junk")), r#""pool-2""#);
        assert_eq!(json(Escaped(b"a\xff\xc3z")), r#""a\\xff\\xc3z""#);
        assert_eq!(json(Escaped("ä\"\n".as_bytes())), r#""ä\"\n""#);
    }

    #[test]
    fn a_buffer_is_text_or_hex() {
        let buffer = |len, bytes| json(Buffer { len, bytes });
        assert_eq!(buffer(3, b"a\tb"), r#"{"len":3,"text":"a\tb"}"#);
        assert_eq!(buffer(9, b""), r#"{"len":9,"text":""}"#);
        assert_eq!(buffer(2, b"\x7fE"), r#"{"len":2,"hex":"7f45"}"#);
        assert_eq!(buffer(2, b"\xc2\x85"), r#"{"len":2,"hex":"c285"}"#);
        assert_eq!(buffer(2, b"a\xc3"), r#"{"len":2,"hex":"61c3"}"#);
        assert_eq!(buffer(9, b"a\xc3"), r#"{"len":9,"text":"a"}"#);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_bytes_are_a_string(bytes in any::<Vec<u8>>()) {
            let value: serde_json::Value = serde_json::from_str(&json(Escaped(&bytes))).unwrap();
            prop_assert!(value.is_string());
            if let Ok(text) = str::from_utf8(&bytes) {
                prop_assert_eq!(value.as_str().unwrap(), text);
            }
        }

        #[test]
        fn any_bytes_are_a_buffer(bytes in any::<Vec<u8>>(), len in any::<u64>()) {
            let text = json(Buffer { len, bytes: &bytes });
            let value: serde_json::Value = serde_json::from_str(&text).unwrap();
            prop_assert!(value["text"].is_string() != value["hex"].is_string());
            if let Some(hex) = value["hex"].as_str() {
                prop_assert_eq!(hex.len(), 2 * bytes.len());
                for (pair, byte) in hex.as_bytes().chunks(2).zip(&bytes) {
                    let pair = str::from_utf8(pair).unwrap();
                    prop_assert_eq!(u8::from_str_radix(pair, 16).unwrap(), *byte);
                }
            }
        }
    }
}
