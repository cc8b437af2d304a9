//! Names of output files: `{package}`, `{time}` and `{part}` stand for what a file is of. Pure.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

use crate::event::Time;
use crate::select::nearest;

/// Ending of what is compressed.
const ZST: &[u8] = b".zst";
/// What stands for what.
const PLACEHOLDERS: [(&str, Word); 3] = [
    ("package", Word::Package),
    ("time", Word::Time),
    ("part", Word::Part),
];
/// Bytes of what stands for a package, at most: a file's name has 255 at most.
const PACKAGE_MAX: usize = 100;

/// A name, in parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name(Vec<Word>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    Text(Vec<u8>),
    Package,
    Time,
    Part,
}

impl Name {
    /// Of what was typed. What is wrong with it is said.
    pub fn parse(path: &Path) -> Result<Self, String> {
        let mut rest = path.as_os_str().as_bytes();
        let mut words = Vec::new();
        let find = |bytes: &[u8], byte| bytes.iter().position(|&other| other == byte);
        while let Some(begin) = find(rest, b'{') {
            let Some(len) = find(&rest[begin..], b'}') else {
                break;
            };
            let word = &rest[begin + 1..begin + len];
            let known = |(name, _): &&(&str, Word)| name.as_bytes() == word;
            let Some((_, word)) = PLACEHOLDERS.iter().find(known) else {
                return Err(unknown(&String::from_utf8_lossy(word)));
            };
            words.push(Word::Text(rest[..begin].to_vec()));
            words.push(word.clone());
            rest = &rest[begin + len + 1..];
        }
        words.push(Word::Text(rest.to_vec()));
        Ok(Self(words))
    }

    /// Whether anything stands for something else.
    #[must_use]
    pub fn is_pattern(&self) -> bool {
        self.0.iter().any(|word| !matches!(word, Word::Text(_)))
    }

    /// Whether parts of a run have names of their own.
    #[must_use]
    pub fn tells_parts(&self) -> bool {
        self.0
            .iter()
            .any(|word| matches!(word, Word::Time | Word::Part))
    }

    /// The same with the number of the part before the ending.
    #[must_use]
    pub fn with_part(mut self) -> Self {
        if let Some(Word::Text(last)) = self.0.last_mut() {
            let end = last.split_off(ending(last));
            last.push(b'-');
            self.0.extend([Word::Part, Word::Text(end)]);
        }
        self
    }

    /// The file of a part that begins at that time.
    #[must_use]
    pub fn path(&self, package: &str, time: Time, part: u64) -> PathBuf {
        let mut path = Vec::new();
        for word in &self.0 {
            match word {
                Word::Text(text) => path.extend(text),
                Word::Package => path.extend(plain(package).bytes()),
                Word::Time => path.extend(of_name(time)),
                Word::Part => path.extend(format!("{part:04}").bytes()),
            }
        }
        OsString::from_vec(path).into()
    }
}

fn unknown(word: &str) -> String {
    let hint = nearest(word, PLACEHOLDERS.iter().map(|(name, _)| *name));
    let hint = hint.trim_end_matches([';', ' ', '\n']);
    let hint = if hint.is_empty() {
        String::new()
    } else {
        format!("; {hint}")
    };
    format!("-o: {{{word}}} stands for nothing: {{package}}, {{time}} and {{part}} do{hint}")
}

/// `20261126T034351Z`: sorts as time does, and goes into any file's name.
fn of_name(time: Time) -> Vec<u8> {
    let text = time.rfc3339();
    let seconds = text.as_str().bytes().take_while(|&byte| byte != b'.');
    let mut name: Vec<u8> = seconds.filter(|byte| !b"-:".contains(byte)).collect();
    name.push(b'Z');
    name
}

/// Without what would be another directory, or means something to a shell.
fn plain(package: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._+-".contains(c);
    let word: String = package
        .chars()
        .map(|c| if plain(c) { c } else { '_' })
        .take(PACKAGE_MAX)
        .collect();
    // A name that begins with a dot is hidden, and two of them are another directory.
    word.trim_start_matches('.').to_owned()
}

/// Whether what a file has is compressed.
#[must_use]
pub fn is_compressed(path: &Path) -> bool {
    path.as_os_str().as_bytes().ends_with(ZST)
}

/// The same name with another number, before the ending.
#[must_use]
pub fn another(path: &Path, number: u32) -> PathBuf {
    let bytes = path.as_os_str().as_bytes();
    let (name, end) = bytes.split_at(ending(bytes));
    let mut another = OsStr::from_bytes(name).to_owned();
    another.push(format!("-{number}"));
    another.push(OsStr::from_bytes(end));
    another.into()
}

/// Where the ending begins: `.jsonl`, and with `.zst` the one before that too.
fn ending(path: &[u8]) -> usize {
    let name = path.iter().rposition(|&byte| byte == b'/');
    let name = name.map_or(0, |slash| slash + 1);
    // A dot at the beginning hides a file; behind a placeholder it does not, but nothing is lost then.
    let dot = |end: usize| {
        let found = path[name..end].iter().rposition(|&byte| byte == b'.');
        found
            .map(|at| name + at)
            .filter(|&at| at > name || name == 0)
    };
    let zst = path.ends_with(ZST).then(|| path.len() - ZST.len());
    let before = dot(zst.unwrap_or(path.len()));
    before.or(zst).unwrap_or(path.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-26T03:43:51.123Z
    const TIME: Time = Time(1_795_664_631_123_456_789);

    fn name(text: &str) -> Name {
        Name::parse(Path::new(text)).unwrap()
    }

    fn path(text: &str) -> String {
        let path = name(text).path("com.example.app", TIME, 7);
        path.to_str().unwrap().to_owned()
    }

    #[test]
    fn placeholders_stand_for_what_a_file_is_of() {
        for (text, wanted) in [
            ("calls.jsonl", "calls.jsonl"),
            (
                "/d/{package}-{time}-{part}.zst",
                "/d/com.example.app-20261126T034351Z-0007.zst",
            ),
            ("{part}{part}", "00070007"),
            ("a}b{", "a}b{"),
        ] {
            assert_eq!(path(text), wanted);
        }
        assert_eq!(name("{part}").path("", TIME, 12_345), Path::new("12345"));
    }

    #[test]
    fn what_stands_for_nothing_is_said_with_the_nearest() {
        let said = |text: &str| Name::parse(Path::new(text)).unwrap_err();
        assert_eq!(
            said("x-{parts}.jsonl"),
            "-o: {parts} stands for nothing: {package}, {time} and {part} do; did you mean part?"
        );
        assert!(said("{}").starts_with("-o: {} stands for nothing"));
    }

    #[test]
    fn a_package_is_one_plain_word() {
        let of = |package: &str| name("/d/{package}").path(package, TIME, 1);
        assert_eq!(of("com.example.*"), Path::new("/d/com.example._"));
        assert_eq!(of("../../etc/passwd"), Path::new("/d/_.._etc_passwd"));
        assert_eq!(of(&"x".repeat(300)).as_os_str().len(), 3 + PACKAGE_MAX);
    }

    #[test]
    fn a_part_has_its_number_before_the_ending() {
        for (text, wanted) in [
            ("calls.jsonl", "calls-0007.jsonl"),
            ("calls.jsonl.zst", "calls-0007.jsonl.zst"),
            ("/a.b/calls", "/a.b/calls-0007"),
            ("/a/.calls", "/a/.calls-0007"),
            ("x.zst", "x-0007.zst"),
            ("{package}.jsonl", "com.example.app-0007.jsonl"),
            ("{package}", "com.example.app-0007"),
        ] {
            let part = name(text).with_part();
            let path = part.path("com.example.app", TIME, 7);
            assert_eq!(path, Path::new(wanted), "{text}");
            assert!(part.tells_parts() && part.is_pattern());
        }
        assert!(!name("{package}").tells_parts());
        assert!(!name("calls").is_pattern());
    }

    #[test]
    fn another_name_is_like_it() {
        assert_eq!(
            another(Path::new("d/x-0001.jsonl.zst"), 2),
            Path::new("d/x-0001-2.jsonl.zst")
        );
        assert_eq!(another(Path::new("/d/x"), 3), Path::new("/d/x-3"));
    }
}
