//! Text that is not UTF-8: its bytes are kept beside it, since the escapes that stand for them could be the text's own.

use super::memory::raise;
use crate::json::HexBytes;
use crate::json::sockaddr::Sockaddr;
use crate::status::{State, Status};

/// Notes the bytes of a string that is not UTF-8.
pub(super) fn string(bytes: &[u8], status: &mut Option<Status>) {
    if let Some(hex) = hex(bytes) {
        let hex = Some(hex);
        raise(
            status,
            Status {
                hex,
                ..Status::new(State::Bytes)
            },
        );
    }
}

/// The same of the path or name in a socket address.
pub(super) fn address(bytes: &[u8], status: &mut Option<Status>) {
    if let Sockaddr::Unix { path, .. } = Sockaddr::of(bytes) {
        string(path, status);
    }
}

/// The bytes of a text that is not UTF-8, in hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> Option<String> {
    let is_odd = !bytes.is_ascii() && std::str::from_utf8(bytes).is_err();
    is_odd.then(|| HexBytes(bytes).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(address: &[u8]) -> Option<(State, String)> {
        let mut status = None;
        super::address(address, &mut status);
        status.map(|status: Status| (status.state, status.hex.unwrap()))
    }

    #[test]
    fn a_path_that_is_no_utf8_keeps_its_bytes() {
        assert_eq!(of(b"\x01\0/dev/a\0junk\xff"), None);
        assert_eq!(of("\u{1}\0/dev/ä\0".as_bytes()), None);
        assert_eq!(
            of(b"\x01\0/a\xff\0"),
            Some((State::Bytes, "2f61ff".to_owned()))
        );
        assert_eq!(
            of(b"\x01\0\0a\0\xff"),
            Some((State::Bytes, "6100ff".to_owned())),
            "all of an abstract name"
        );
        assert_eq!(of(b"\x02\0\xff\xff\xff\xff\xff\xff"), None, "no text");
        assert_eq!(of(b"\x01"), None);
    }

    #[test]
    fn escapes_that_are_the_texts_own_are_told_from_ours() {
        assert_eq!(hex(br"pool-\xff"), None);
        assert_eq!(hex(b"pool-\xff").as_deref(), Some("706f6f6c2dff"));
    }
}
