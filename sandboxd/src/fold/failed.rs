//! `--error`: calls by how they failed.

use kprobe_common::table::errno::{self, ERRORS};

use crate::select::nearest;

/// Other names of the same numbers, as C libraries have them.
const ALIASES: [(&str, &str); 3] = [
    ("EWOULDBLOCK", "EAGAIN"),
    ("EDEADLOCK", "EDEADLK"),
    ("ENOTSUP", "EOPNOTSUPP"),
];

/// Errors whose calls are shown. They apply from left to right; if the first one says what is not wanted, everything else
/// is, success too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errors(Vec<(bool, &'static str)>);

impl Errors {
    /// Of names, `!` before those that are not wanted.
    pub fn new(words: &[String]) -> Result<Self, String> {
        let term = |word: &String| {
            let (keep, name) = match word.strip_prefix('!') {
                Some(name) => (false, name),
                None => (true, word.as_str()),
            };
            known(name).map(|name| (keep, name))
        };
        words.iter().map(term).collect::<Result<_, _>>().map(Self)
    }

    /// Whether a call is shown that failed with this error, or did not.
    #[must_use]
    pub fn show(&self, error: Option<u16>) -> bool {
        let name = error.and_then(errno::name);
        let mut wanted = self.0.first().is_none_or(|(keep, _)| !keep);
        for (keep, other) in &self.0 {
            if name == Some(*other) {
                wanted = *keep;
            }
        }
        wanted
    }
}

fn known(name: &str) -> Result<&'static str, String> {
    let alias = ALIASES.iter().find(|(alias, _)| *alias == name);
    let wanted = alias.map_or(name, |(_, name)| *name);
    let names = || ERRORS.iter().map(|(_, name)| *name);
    names().find(|name| *name == wanted).ok_or_else(|| {
        let aliases = ALIASES.iter().map(|(alias, _)| *alias);
        let hint = nearest(name, names().chain(aliases));
        format!("--error: {name:?} is no error; {hint}")
            .trim_end_matches([';', ' ', '\n'])
            .to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(list: &[&str]) -> Result<Errors, String> {
        let list: Vec<String> = list.iter().map(|&word| word.to_owned()).collect();
        Errors::new(&list)
    }

    #[test]
    fn only_failures_that_are_named() {
        const CASES: [(&[&str], [bool; 4]); 6] = [
            (&[], [true, true, true, true]),
            (&["EACCES"], [false, false, true, false]),
            (&["ENOENT", "EACCES"], [false, true, true, false]),
            (&["!ENOENT"], [true, false, true, true]),
            (&["!ENOENT", "ENOENT"], [true, true, true, true]),
            (&["EWOULDBLOCK"], [false, false, false, true]),
        ];
        for (list, shown) in CASES {
            let errors = errors(list).unwrap();
            let found = [None, Some(2), Some(13), Some(11)].map(|error| errors.show(error));
            assert_eq!(found, shown, "{list:?}");
        }
    }

    #[test]
    fn a_wrong_name_is_told_with_the_nearest() {
        let said = |word: &str| errors(&[word]).unwrap_err();
        assert_eq!(
            said("EACCESS"),
            "--error: \"EACCESS\" is no error; did you mean EACCES?"
        );
        assert!(said("enoent").ends_with("did you mean ENOENT?"));
        assert_eq!(said(""), "--error: \"\" is no error");
        assert!(said("!EPREM").contains("\"EPREM\" is no error; did you mean EPERM"));
    }
}
