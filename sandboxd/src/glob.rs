//! Patterns as a shell has them, for paths and names.

use std::fmt::Write as _;

use regex_lite::Regex;

/// What matches a glob, whole: `*` and `?` match slashes too, `[a-z]` and `[!a-z]` one character.
pub(crate) fn pattern(glob: &str) -> Result<Regex, String> {
    let mut regex = String::from("(?s)^");
    let mut rest = glob;
    while let Some(letter) = rest.chars().next() {
        rest = &rest[letter.len_utf8()..];
        match letter {
            '*' => regex.push_str(".*"),
            '?' => regex.push('.'),
            '[' => {
                // A bracket that comes first stands for itself.
                let first = rest
                    .char_indices()
                    .skip(1)
                    .find(|&(_, letter)| letter == ']');
                let Some((end, _)) = first else {
                    return Err(format!("the bracket in {glob:?} is not closed"));
                };
                let (set, after) = rest.split_at(end);
                let (not, set) = match set.strip_prefix(['!', '^']) {
                    Some(set) => ("^", set),
                    None => ("", set),
                };
                let set = set
                    .replace('\\', "\\\\")
                    .replace('[', "\\[")
                    .replace(']', "\\]");
                let _ = write!(regex, "[{not}{}]", set.replace("&&", "&\\&"));
                rest = &after[1..];
            }
            letter => regex.push_str(&regex_lite::escape(letter.encode_utf8(&mut [0; 4]))),
        }
    }
    regex.push('$');
    Regex::new(&regex).map_err(|error| format!("{glob:?} is no pattern: {error}"))
}
