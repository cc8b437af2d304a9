//! Directory entries: the same walk for JSON and for text.
//!
//! `struct linux_dirent64` (`include/linux/dirent.h`): inode, position, length of the entry, type, name. The older
//! `struct linux_dirent` of 32-bit code (`fs/readdir.c`) has the type in its last byte.

use kprobe_common::table::flags::ValueSet;
use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::number::exact_unsigned;
use super::value::OneOf;
use super::{Escaped, until_zero};
use crate::event::Hex;

/// Bytes before the name.
const HEAD: usize = 19;

/// Types of files in directories: `include/linux/fs_types.h`.
pub(crate) static TYPES: ValueSet = ValueSet::new(
    "dirent_type",
    &[
        (0, "DT_UNKNOWN"),
        (1, "DT_FIFO"),
        (2, "DT_CHR"),
        (4, "DT_DIR"),
        (6, "DT_BLK"),
        (8, "DT_REG"),
        (10, "DT_LNK"),
        (12, "DT_SOCK"),
        (14, "DT_WHT"),
    ],
);

/// Entries one behind the other, up to the first that is not whole.
pub(crate) struct Dirents<'a>(pub(crate) &'a [u8]);

/// Entries of the older kind, as above.
pub(crate) struct OldDirents<'a>(pub(crate) &'a [u8]);

/// Bytes before the older kind's name.
const OLD_HEAD: usize = 10;

/// An entry.
pub(crate) struct Dirent<'a> {
    /// The inode.
    pub(crate) ino: u64,
    /// Where the next entry is: a cookie, which file systems fill with hashes.
    pub(crate) off: u64,
    /// The file's type.
    pub(crate) kind: OneOf,
    /// The name.
    pub(crate) name: &'a [u8],
}

impl<'a> Iterator for Dirents<'a> {
    type Item = Dirent<'a>;

    fn next(&mut self) -> Option<Dirent<'a>> {
        let head: &[u8; HEAD] = self.0.first_chunk()?;
        let (ino, rest) = head.split_first_chunk()?;
        let (off, rest) = rest.split_first_chunk()?;
        let (len, rest) = rest.split_first_chunk()?;
        let kind = OneOf {
            set: &TYPES,
            value: u64::from(*rest.first()?),
        };
        let (entry, following) = self
            .0
            .split_at_checked(usize::from(u16::from_le_bytes(*len)))?;
        // A length within the head would never end.
        let name = until_zero(entry.get(HEAD..)?);
        self.0 = following;
        Some(Dirent {
            ino: u64::from_le_bytes(*ino),
            off: u64::from_le_bytes(*off),
            kind,
            name,
        })
    }
}

impl<'a> Iterator for OldDirents<'a> {
    type Item = Dirent<'a>;

    fn next(&mut self) -> Option<Dirent<'a>> {
        let head: &[u8; OLD_HEAD] = self.0.first_chunk()?;
        let (ino, rest) = head.split_first_chunk()?;
        let (off, rest) = rest.split_first_chunk()?;
        let len = usize::from(u16::from_le_bytes(*rest.first_chunk()?));
        let (entry, following) = self.0.split_at_checked(len)?;
        // As above.
        let (kind, name) = entry.get(OLD_HEAD..)?.split_last()?;
        self.0 = following;
        Some(Dirent {
            ino: u64::from(u32::from_le_bytes(*ino)),
            off: u64::from(u32::from_le_bytes(*off)),
            kind: OneOf {
                set: &TYPES,
                value: u64::from(*kind),
            },
            name: until_zero(name),
        })
    }
}

impl Dirent<'_> {
    /// Its number, if JSON cannot carry it.
    pub(crate) fn big(&self) -> Option<(Option<&'static str>, u64)> {
        exact_unsigned(self.ino)
            .is_none()
            .then_some((Some("d_ino"), self.ino))
    }
}

impl Serialize for Dirent<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("dirent", 4)?;
        object.serialize_field("d_ino", &exact_unsigned(self.ino))?;
        object.serialize_field("d_off", &Hex(self.off))?;
        object.serialize_field("d_type", &self.kind)?;
        object.serialize_field("d_name", &Escaped(self.name))?;
        object.end()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn json(bytes: &[u8]) -> String {
        serde_json::to_string(&Dirents(bytes).collect::<Vec<_>>()).unwrap()
    }

    fn entry(name: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend(5u64.to_le_bytes());
        bytes.extend(u64::MAX.to_le_bytes());
        bytes.extend((20 + name.len() as u16).to_le_bytes());
        bytes.push(4);
        bytes.extend(name);
        bytes.push(0);
        bytes
    }

    #[test]
    fn whole_entries_are_listed() {
        let mut bytes = entry(b"..");
        bytes.extend(&entry(b"cut")[..21]);
        let wanted =
            r#"[{"d_ino":5,"d_off":"0xffffffffffffffff","d_type":"DT_DIR","d_name":".."}]"#;
        assert_eq!(json(&bytes), wanted);
        assert_eq!(json(&[0; 100]), "[]");
    }

    #[test]
    fn older_entries_have_their_type_at_the_end() {
        let entry = [5, 0, 0, 0, 9, 0, 0, 0, 16, 0, b'e', b't', b'c', 0, 0, 4];
        let mut bytes = entry.to_vec();
        bytes.extend([0; 16]);
        let text = serde_json::to_string(&OldDirents(&bytes).collect::<Vec<_>>()).unwrap();
        let wanted = r#"[{"d_ino":5,"d_off":"0x9","d_type":"DT_DIR","d_name":"etc"}]"#;
        assert_eq!(text, wanted);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_bytes_are_a_list(mut bytes in proptest::collection::vec(any::<u8>(), 0..300), len in 0u8..60) {
            if let Some(low) = bytes.get_mut(16) { *low = len; }
            if let Some(high) = bytes.get_mut(17) { *high = 0; }
            prop_assert!(serde_json::from_str::<serde_json::Value>(&json(&bytes)).unwrap().is_array());
            if let Some(low) = bytes.get_mut(8) { *low = len; }
            if let Some(high) = bytes.get_mut(9) { *high = 0; }
            prop_assert!(OldDirents(&bytes).count() <= bytes.len());
        }
    }
}
