//! House rules that neither rustfmt nor clippy knows, one function each.
//!
//! A new rule is a function and a line in [`RULES`], or in [`RULES_OF_ALL`] if it is not about one file alone.

mod names;
mod papers;
mod rows;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::paths;

/// Looks at one source file and says what is wrong with it.
type Rule = fn(&Source) -> Vec<Breach>;
/// Looks at the whole repository and says what is wrong with which file.
type RuleOfAll = fn(&Path) -> Result<Vec<String>>;

const RULES: &[Rule] = &[
    |source| whole(says_what_it_does(source)),
    |source| whole(is_short(source)),
    |source| whole(is_named_for_what_it_holds(source)),
    names::stand_in_the_table,
    rows::are_one_line,
];
const RULES_OF_ALL: &[RuleOfAll] = &[papers::architecture_is_whole];
const MOST_LINES: usize = 400;
/// Directories that are not ours to judge.
const OUTSIDE: [&str; 3] = ["target", ".cache", ".git"];

struct Source {
    /// Relative to the repository's root.
    path: PathBuf,
    text: String,
}

/// What is wrong, and on which line if it is one.
struct Breach {
    line: Option<usize>,
    what: String,
}

/// Every breach of a rule in the repository.
pub(crate) fn breaches() -> Result<Vec<String>> {
    let root = paths::root();
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    let mut breaches = Vec::new();
    for file in files {
        let text =
            fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let path = file.strip_prefix(&root).unwrap_or(&file).to_path_buf();
        let source = Source { path, text };
        let found = RULES.iter().flat_map(|rule| rule(&source));
        breaches.extend(found.map(|breach| breach.of(&source)));
    }
    for rule in RULES_OF_ALL {
        breaches.extend(rule(&root)?);
    }
    Ok(breaches)
}

impl Breach {
    fn of(&self, source: &Source) -> String {
        let line = self.line.map(|line| format!(":{line}")).unwrap_or_default();
        format!("{}{line}: {}", source.path.display(), self.what)
    }
}

/// A breach of a whole file.
fn whole(what: Option<String>) -> Vec<Breach> {
    what.map(|what| Breach { line: None, what })
        .into_iter()
        .collect()
}

fn says_what_it_does(source: &Source) -> Option<String> {
    let starts = source.text.starts_with("//! ");
    (!starts).then(|| "begin with `//!`: what it does and what it leaves to others".into())
}

fn is_short(source: &Source) -> Option<String> {
    let lines = source.text.lines().count();
    let rows = source.path.starts_with("kprobe-common/src/table")
        && source
            .path
            .components()
            .any(|part| part.as_os_str().to_string_lossy().starts_with("rows"));
    (lines > MOST_LINES && !rows)
        .then(|| format!("{lines} lines; split it by subject ({MOST_LINES} at most)"))
}

fn is_named_for_what_it_holds(source: &Source) -> Option<String> {
    let stem = source.path.file_stem()?.to_str()?;
    matches!(stem, "util" | "utils" | "helper" | "helpers" | "misc")
        .then(|| format!("`{stem}` says nothing; name it after what it holds"))
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let mut entries = fs::read_dir(dir)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(|| format!("cannot list {}", dir.display()))?;
    entries.sort_by_key(fs::DirEntry::path);
    for entry in entries {
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            if !OUTSIDE.iter().any(|outside| entry.file_name() == *outside) {
                collect(&path, files)?;
            }
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source {
            path: path.into(),
            text: text.into(),
        }
    }

    #[test]
    fn each_rule_sees_its_breach_and_nothing_else() {
        let long = "//! x\n".repeat(MOST_LINES + 1);
        assert!(says_what_it_does(&source("a.rs", "fn x() {}")).is_some());
        assert!(says_what_it_does(&source("a.rs", "//! Does x.\n")).is_none());
        assert!(is_short(&source("a.rs", &long)).is_some());
        assert!(is_short(&source("kprobe-common/src/table/rows_file.rs", &long)).is_none());
        assert!(is_short(&source("kprobe-common/src/table/rows/file.rs", &long)).is_none());
        assert!(is_named_for_what_it_holds(&source("src/utils.rs", "")).is_some());
        assert!(is_named_for_what_it_holds(&source("src/stream.rs", "")).is_none());
    }
}
