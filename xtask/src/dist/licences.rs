//! The licences of what is linked into the program: of every crate, of the standard library, of the C library.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::process;
use crate::toolchain::{Toolchain, host_cargo};

/// What files with a licence's text begin with.
const TEXTS: [&str; 5] = ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE"];
/// The crates that make the two halves.
const OURS: [&str; 3] = ["sandboxd", "kprobe-common", "kprobe-ebpf"];

/// A crate that is linked in.
#[derive(Debug)]
struct Linked {
    name: String,
    licence: String,
    /// Texts that its package has.
    texts: Vec<(String, String)>,
}

/// All of them, and each text once.
pub(super) fn text(toolchain: &Toolchain) -> Result<String> {
    let linked = linked(toolchain)?;
    let mut text = String::from(
        "sandboxd itself is licensed under MIT or Apache-2.0, as you like (LICENSE-MIT, LICENSE-APACHE).\n\
         What follows is linked into it. Whoever wants another version of a library links it again, from the sources of \
         sandboxd: `cargo xtask build`.\n\n",
    );
    for one in &linked {
        let _ = writeln!(text, "{:40} {}", one.name, one.licence);
    }
    let mut texts: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for one in &linked {
        for (file, words) in &one.texts {
            let of = texts.entry(words).or_default();
            of.push(format!("{} ({file})", one.name));
        }
    }
    let mut texts: Vec<_> = texts.into_iter().collect();
    texts.sort_by(|(_, one), (_, other)| one.cmp(other));
    for (words, of) in texts {
        let _ = write!(
            text,
            "\n{}\n{}\n\n{}\n",
            "=".repeat(100),
            of.join("\n"),
            words.trim_end()
        );
    }
    Ok(text)
}

fn linked(toolchain: &Toolchain) -> Result<Vec<Linked>> {
    let packages = packages(toolchain)?;
    let mut linked = Vec::new();
    for id in ids(toolchain)? {
        let (licence, dir) = packages
            .get(&id)
            .with_context(|| format!("cargo metadata does not know {id}"))?;
        linked.push(Linked {
            name: id,
            licence: licence.clone(),
            texts: texts(dir)?,
        });
    }
    for (name, licence, files) in toolchain.libraries() {
        let text = |file: &PathBuf| {
            let words = fs::read_to_string(file).ok()?;
            let title = file.file_name()?.to_string_lossy().into_owned();
            Some((title, words))
        };
        linked.push(Linked {
            name: name.to_owned(),
            licence: licence.to_owned(),
            texts: files.iter().filter_map(text).collect(),
        });
    }
    Ok(linked)
}

/// `NAME VERSION` of every crate that is linked in, in order. Macros are not: they run while it is compiled.
fn ids(toolchain: &Toolchain) -> Result<Vec<String>> {
    let mut cargo = host_cargo("tree");
    cargo
        .args([
            "--locked",
            "--edges",
            "normal,no-proc-macro",
            "--prefix",
            "none",
        ])
        .args(["--format", "{p}", "--target", toolchain.target()])
        .args(["--package", "sandboxd", "--package", "kprobe-ebpf"]);
    let list = process::read_text(&mut cargo, "listing crates")?;
    Ok(parse(&list))
}

/// Lines like `aya v0.14.0`, some with a path, a repetition's with `(*)`.
fn parse(list: &str) -> Vec<String> {
    let id = |line: &str| {
        let (name, rest) = line.split_once(" v")?;
        let version = rest.split(' ').next()?;
        (!OURS.contains(&name)).then(|| format!("{name} {version}"))
    };
    let mut ids: Vec<String> = list.lines().filter_map(id).collect();
    ids.sort();
    ids.dedup();
    ids
}

/// Licence and directory of every package.
fn packages(toolchain: &Toolchain) -> Result<BTreeMap<String, (String, PathBuf)>> {
    let mut cargo = host_cargo("metadata");
    cargo
        .args(["--locked", "--format-version", "1"])
        .args(["--filter-platform", toolchain.target()]);
    let text = process::read_text(&mut cargo, "asking for the crates' licences")?;
    let metadata: Value = serde_json::from_str(&text).context("cargo metadata is not JSON")?;
    let mut packages = BTreeMap::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let of = |key: &str| package[key].as_str().unwrap_or_default();
        let id = format!("{} {}", of("name"), of("version"));
        let dir = Path::new(of("manifest_path")).parent();
        if of("license").is_empty() && of("license_file").is_empty() {
            bail!("{id} does not say how it is licensed");
        }
        let dir = dir.unwrap_or(Path::new("/")).to_path_buf();
        packages.insert(id, (of("license").to_owned(), dir));
    }
    Ok(packages)
}

/// The texts in a package's directory, with their names.
fn texts(dir: &Path) -> Result<Vec<(String, String)>> {
    let entries = fs::read_dir(dir).with_context(|| format!("cannot list {}", dir.display()))?;
    let mut texts = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let upper = name.to_uppercase();
        if entry.file_type()?.is_file() && TEXTS.iter().any(|begin| upper.starts_with(begin)) {
            let words = fs::read(entry.path())?;
            texts.push((name, String::from_utf8_lossy(&words).replace('\r', "")));
        }
    }
    texts.sort();
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_are_listed_once_and_ours_not() {
        let list = "sandboxd v0.1.0 (/x/sandboxd)\naya v0.14.0\nlibc v0.2.1\naya v0.14.0 (*)\n\
            kprobe-common v0.1.0 (/x/kprobe-common)\n\nkprobe-ebpf v0.1.0 (/x)\n";
        assert_eq!(parse(list), ["aya 0.14.0", "libc 0.2.1"]);
    }
}
