//! Strings and buffers: bytes on both sides, perhaps only the start of them.

use serde_json::Value;

use crate::tree::Text;

/// Bytes of JSON's side, and how many there are in truth.
pub(super) struct Bytes {
    bytes: Vec<u8>,
    whole: bool,
}

impl Bytes {
    /// Of a buffer's object: `{"len":2,"text":"ab"}`, `{"len":2,"hex":"6162"}`.
    pub(super) fn of_buffer(json: &Value) -> Option<Self> {
        let len = json["len"].as_u64()?;
        let bytes = match (&json["text"], &json["hex"]) {
            (Value::String(text), _) => text.as_bytes().to_vec(),
            (_, Value::String(hex)) => of_hex(hex)?,
            _ => return None,
        };
        let whole = bytes.len() as u64 == len;
        Some(Self { bytes, whole })
    }

    /// Of a string and what is known beside it.
    pub(super) fn of_string(text: &str, status: &Value) -> Self {
        let bytes = match status["hex"].as_str().and_then(of_hex) {
            Some(bytes) => bytes,
            None => text.as_bytes().to_vec(),
        };
        let whole = status["state"] != "cut" && status["len"].is_null();
        Self { bytes, whole }
    }

    /// Whether a text is this and nothing else.
    pub(super) fn is(&self, text: &Text) -> bool {
        self.whole && !text.cut && self.bytes == text.bytes
    }

    /// Whether a text says the same, as far as both go.
    pub(super) fn same(&self, text: &Text) -> bool {
        let (own, strace) = (&self.bytes[..], &text.bytes[..]);
        match (self.whole, text.cut) {
            (true, false) => own == strace,
            (true, true) => own.starts_with(strace),
            (false, false) => strace.starts_with(own),
            (false, true) => own.starts_with(strace) || strace.starts_with(own),
        }
    }
}

/// Bytes that are no UTF-8 in the middle of a list: `\xNN` each.
pub(super) fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((plain, escaped)) = rest.split_once("\\x") {
        bytes.extend_from_slice(plain.as_bytes());
        let digits = escaped.get(..2);
        if let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            bytes.push(byte);
            rest = &escaped[2..];
        } else {
            bytes.extend_from_slice(b"\\x");
            rest = escaped;
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    bytes
}

/// Bytes that JSON has as hexadecimal digits.
pub(super) fn of_hex(digits: &str) -> Option<Vec<u8>> {
    let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
    digits.as_bytes().chunks(2).map(byte).collect()
}
