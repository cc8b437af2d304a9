//! The rule that ARCHITECTURE.md names every dependency and every module of the product, and none that is gone.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

const PAPER: &str = "ARCHITECTURE.md";
/// Crates whose modules are in the code map, under a heading with this text.
const MAPPED: [&str; 3] = ["kprobe-common/src", "kprobe-ebpf/src", "sandboxd/src"];
/// The heading of the list of dependencies.
const DEPENDENCIES: &str = "Dependencies";
/// Every crate: they depend on each other, but are no dependencies.
const MEMBERS: [&str; 6] = [
    "kprobe-common",
    "kprobe-ebpf",
    "sandboxd",
    "sandboxd/fuzz",
    "xtask",
    "xtask/notation",
];

/// Breaches in the whole repository.
pub(super) fn architecture_is_whole(root: &Path) -> Result<Vec<String>> {
    let text = read(&root.join(PAPER))?;
    let mut breaches = Vec::new();
    for dir in MAPPED {
        breaches.extend(compare(&text, dir, "module", &modules(&root.join(dir))?));
    }
    let mut dependencies = BTreeSet::new();
    for member in MEMBERS {
        let manifest = read(&root.join(member).join("Cargo.toml"))?;
        dependencies.extend(dependencies_of(&manifest));
    }
    let own = |name: &str| {
        MEMBERS
            .iter()
            .any(|member| member.rsplit('/').next() == Some(name))
    };
    dependencies.retain(|name| !own(name));
    let found = compare(&text, DEPENDENCIES, "dependency", &dependencies);
    breaches.extend(found);
    Ok(breaches)
}

/// What the list under a heading lacks, and what it has too much.
fn compare(text: &str, heading: &str, what: &str, wanted: &BTreeSet<String>) -> Vec<String> {
    let listed = listed(text, heading);
    let lacks = wanted.difference(&listed).map(|name| {
        format!("{PAPER}: the {what} `{name}` is missing under \"{heading}\": add a line \"* `{name}`: …\"")
    });
    let gone = listed.difference(wanted).map(|name| {
        format!("{PAPER}: \"{heading}\" lists the {what} `{name}`, which is not there any more")
    });
    lacks.chain(gone).collect()
}

/// The names that begin the lines ``* `name`: …`` under a heading.
fn listed(text: &str, heading: &str) -> BTreeSet<String> {
    text.lines()
        .skip_while(|line| !(line.starts_with('#') && line.contains(heading)))
        .skip(1)
        .take_while(|line| !line.starts_with('#'))
        .filter_map(|line| Some(line.strip_prefix("* `")?.split_once('`')?.0.to_owned()))
        .collect()
}

/// The names of the files directly in a crate's source directory.
fn modules(dir: &Path) -> Result<BTreeSet<String>> {
    let entries = fs::read_dir(dir).with_context(|| format!("cannot list {}", dir.display()))?;
    let mut names = BTreeSet::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "rs") {
            let stem = path.file_stem().unwrap_or_default();
            names.insert(stem.to_string_lossy().into_owned());
        }
    }
    Ok(names)
}

/// The keys of every table of dependencies in a manifest, of whatever kind.
fn dependencies_of(manifest: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut inside = false;
    for line in manifest.lines().map(str::trim) {
        if let Some(table) = line.strip_prefix('[') {
            let table = table.trim_end_matches(']');
            inside = table.ends_with("dependencies");
            if let Some((_, name)) = table.split_once("dependencies.") {
                names.insert(name.to_owned());
            }
        } else if inside
            && !line.starts_with('#')
            && let Some((key, _)) = line.split_once('=')
        {
            let name = key.split('.').next().unwrap_or_default();
            names.insert(name.trim().to_owned());
        }
    }
    names
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn every_kind_of_dependency_is_found() {
        let manifest = "[package]\nname = \"a\"\n[dependencies]\nb = \"1\"\nc.workspace = true\n# d = 1\n\
            [dev-dependencies]\ne = { version = \"1\" }\n[target.'cfg(unix)'.dependencies]\nf = \"1\"\n\
            [build-dependencies.g]\nversion = \"1\"\n[lints]\nworkspace = true\n";
        assert_eq!(dependencies_of(manifest), set(&["b", "c", "e", "f", "g"]));
    }

    #[test]
    fn what_is_missing_and_what_is_gone_is_named() {
        let text = "# Map\n* `x`: no\n### `a/src`, half\n* `one`: it\n  `two` is no line\n* `old`: it\n## Other\n* `y`\n";
        let found = compare(text, "a/src", "module", &set(&["one", "two"]));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("`two` is missing"), "{found:?}");
        assert!(found[1].contains("`old`"), "{found:?}");
    }
}
