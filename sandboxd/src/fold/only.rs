//! `-P`: calls that have to do with a path, by what was passed, by what it meant, or by a descriptor opened from it.

use kprobe_common::table::Syscall;
use kprobe_common::table::kind::Kind;
use regex_lite::Regex;

use crate::args::{Args, Value};
use crate::event::PathText;
use crate::glob;
use crate::world::meant::Used;

/// Patterns, one of which must match; without any, everything does.
#[derive(Debug, Default)]
pub struct Only(Vec<Regex>);

impl Only {
    /// Of globs: `*` and `?` match slashes too, `[a-z]` and `[!a-z]` one character.
    pub fn new(globs: &[String]) -> Result<Self, String> {
        globs
            .iter()
            .map(|glob| match &**glob {
                "" => Err("an empty pattern is no path's".to_owned()),
                glob => glob::pattern(glob),
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether everything matches.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a call has to do with such a path.
    #[must_use]
    pub fn matches(
        &self,
        row: &Syscall,
        args: &Args<'_>,
        paths: &[PathText],
        fds: &[Used],
    ) -> bool {
        let is_path = |name: &str| {
            row.args
                .iter()
                .any(|arg| arg.name == name && arg.kind == Kind::Path)
        };
        let passed = args.0.iter().filter_map(|(name, value)| match value {
            Value::Text(text) if is_path(name) => Some(*text),
            _ => None,
        });
        let meant = paths.iter().map(|path| path.0.as_slice());
        let opened = fds.iter().filter_map(|used| used.file.path.as_deref());
        passed.chain(meant).chain(opened).any(|path| self.has(path))
    }

    fn has(&self, path: &[u8]) -> bool {
        let path = String::from_utf8_lossy(path);
        self.0.iter().any(|pattern| pattern.is_match(&path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_match_as_a_shell_says() {
        let cases = [
            ("/data/*", "/data/a/b", true),
            ("/data/*", "/data", false),
            ("/data/?", "/data/ab", false),
            ("*.so", "lib/a.so", true),
            ("*.so", "a.so.1", false),
            ("/a.c", "/abc", false),
            ("/[a-c]x", "/bx", true),
            ("/[!a-c]x", "/bx", false),
            ("/[]]x", "/]x", true),
            ("/a+(b)", "/a+(b)", true),
            ("/\u{e4}?", "/\u{e4}\n", true),
        ];
        for (glob, path, wanted) in cases {
            let only = Only::new(&[glob.to_owned()]).unwrap();
            assert_eq!(only.has(path.as_bytes()), wanted, "{glob} {path}");
        }
        assert!(Only::new(&["/[a".to_owned()]).is_err());
    }
}
