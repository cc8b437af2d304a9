//! `cargo xtask dist`: what is released, as a directory and as an archive of it: the program, its papers, licences, sums.
//!
//! The bytes depend on the sources, the compiler and the linker, and on nothing else: not on the directory, the time or who
//! builds. `--check` builds it again elsewhere and compares.

mod archive;
mod licences;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;

use crate::build::Build;
use crate::toolchain::{Toolchain, host_cargo};
use crate::{paths, process};

/// Make a release in target/dist: program, completions, man pages, schemas, licences, checksums, and an archive of them
#[derive(Args)]
pub(crate) struct Dist {
    /// Make it again, in another directory and from nothing, and compare every byte
    #[arg(long)]
    check: bool,
}

/// Files of the repository that go with the program, where README.md says that they are.
const FILES: [&str; 11] = [
    "README.md",
    "CHANGELOG.md",
    "LICENSE-MIT",
    "LICENSE-APACHE",
    "scripts/device-root.sh",
    "scripts/device.sh",
    "scripts/on-device.sh",
    "scripts/service/module.prop",
    "scripts/service/sandboxd.rc",
    "scripts/service/sandboxd.toml",
    "scripts/service/service.sh",
];
/// Sums of all other files, as `sha256sum` writes them.
const SUMS: &str = "SHA256SUMS";

impl Dist {
    /// Runs the verb: prints the archive's path.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let archive = make()?;
        if self.check {
            same_elsewhere(&archive)?;
        }
        println!("{}", archive.display());
        Ok(ExitCode::SUCCESS)
    }
}

/// The release's name, which the directory and the archive have.
fn name() -> String {
    format!("sandboxd-{}-arm64", env!("CARGO_PKG_VERSION"))
}

fn place() -> PathBuf {
    paths::target().join("dist")
}

/// Makes the directory and the archive.
fn make() -> Result<PathBuf> {
    let toolchain = Toolchain::find()?;
    let program = Build::usual().program()?;
    let dir = place().join(name());
    if dir.exists() {
        fs::remove_dir_all(&dir).with_context(|| format!("cannot remove {}", dir.display()))?;
    }
    fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
    strip(&program, &dir.join("sandboxd"))?;
    papers(&dir)?;
    let licences = licences::text(&toolchain)?;
    fs::write(dir.join("THIRD-PARTY.txt"), licences).context("cannot write the licences")?;
    sums(&dir)?;
    let archive = place().join(format!("{}.tar.gz", name()));
    archive::write(&dir, &archive)?;
    sizes(&program, &dir.join("sandboxd"), &archive)?;
    Ok(archive)
}

pub(crate) fn strip(program: &Path, to: &Path) -> Result<()> {
    let mut strip = Command::new("aarch64-linux-gnu-strip");
    strip.args(["--strip-all", "-o"]).arg(to).arg(program);
    process::run(&mut strip, "stripping sandboxd")
}

/// What is made from the command line and the table, and what lies in the repository.
fn papers(dir: &Path) -> Result<()> {
    let mut cargo = host_cargo("run");
    cargo
        .args(["--quiet", "--locked", "--package", "sandboxd", "--example"])
        .args(["papers", "--"])
        .arg(dir);
    process::run(&mut cargo, "writing completions, man pages and schemas")?;
    copy("docs/sandboxd.1", &dir.join("man/sandboxd.1"))?;
    FILES
        .iter()
        .try_for_each(|file| copy(file, &dir.join(file)))
}

/// Copies a file of the repository.
fn copy(file: &str, to: &Path) -> Result<()> {
    fs::create_dir_all(to.parent().unwrap_or(to))
        .and_then(|()| fs::copy(paths::root().join(file), to))
        .map(drop)
        .with_context(|| format!("cannot copy {file}"))
}

/// Sums of all files, in the order of their names.
fn sums(dir: &Path) -> Result<()> {
    let mut sha256sum = Command::new("sha256sum");
    sha256sum.current_dir(dir).arg("--");
    for path in archive::files(dir)? {
        sha256sum.arg(path.strip_prefix(dir)?);
    }
    let text = process::read_text(&mut sha256sum, "summing up")?;
    fs::write(dir.join(SUMS), text).context("cannot write the sums")
}

fn sizes(built: &Path, stripped: &Path, archive: &Path) -> Result<()> {
    let mib = |path: &Path| {
        let size = fs::metadata(path).map(|metadata| metadata.len());
        size.map(|size| size as f64 / f64::from(1 << 20))
    };
    eprintln!(
        "xtask: built {:.1} MiB, stripped {:.1} MiB, archive {:.1} MiB",
        mib(built)?,
        mib(stripped)?,
        mib(archive)?
    );
    Ok(())
}

/// Builds the same sources in another directory, with nothing built there, and compares.
fn same_elsewhere(archive: &Path) -> Result<()> {
    let elsewhere = tempfile::Builder::new()
        .prefix("dist-check-")
        .tempdir_in(paths::target())
        .context("cannot make a directory")?;
    let root = elsewhere.path().join("sources");
    copy_sources(&root)?;
    let mut again = Command::new(env::current_exe().context("who is this?")?);
    again
        .arg("dist")
        .current_dir(&root)
        .env("CARGO_MANIFEST_DIR", root.join("xtask"))
        .env("SANDBOXD_CACHE", paths::cache())
        .env_remove("CARGO_TARGET_DIR");
    process::run(&mut again, "building it again")?;
    let other = root.join("target/dist");
    let (one, two) = (contents(&place())?, contents(&other)?);
    let differ = differing(&one, &two);
    ensure!(
        differ.is_empty(),
        "built twice it is not the same: {} differ (the second is kept in {})",
        differ.join(", "),
        elsewhere.keep().display()
    );
    eprintln!(
        "xtask: {} and all {} files are the same, built twice",
        archive.file_name().unwrap_or_default().display(),
        one.len()
    );
    Ok(())
}

/// The files that git knows, or would know.
fn copy_sources(to: &Path) -> Result<()> {
    let mut git = Command::new("git");
    git.current_dir(paths::root())
        .args(["ls-files", "--cached", "--others", "--exclude-standard"]);
    let list = process::read_text(&mut git, "listing the sources")?;
    for file in list.lines() {
        let (from, to) = (paths::root().join(file), to.join(file));
        // Deleted, and git does not know yet.
        if !from.exists() {
            continue;
        }
        fs::create_dir_all(to.parent().unwrap_or(&to))?;
        fs::copy(&from, &to).with_context(|| format!("cannot copy {file}"))?;
    }
    Ok(())
}

/// Every file of this release below a directory, by its path there.
fn contents(dir: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut contents = BTreeMap::new();
    let ours = |path: &PathBuf| {
        let below = path.strip_prefix(dir).unwrap_or(path);
        below.to_string_lossy().starts_with(&name())
    };
    for path in archive::files(dir)?.into_iter().filter(ours) {
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        contents.insert(path.strip_prefix(dir)?.to_path_buf(), bytes);
    }
    if contents.is_empty() {
        bail!("{} is empty", dir.display());
    }
    Ok(contents)
}

/// The files that only one has, or that are not the same in both.
fn differing(one: &BTreeMap<PathBuf, Vec<u8>>, two: &BTreeMap<PathBuf, Vec<u8>>) -> Vec<String> {
    let mut names: Vec<&PathBuf> = one.keys().chain(two.keys()).collect();
    names.sort();
    names.dedup();
    names
        .into_iter()
        .filter(|name| one.get(*name) != two.get(*name))
        .map(|name| name.display().to_string())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_named() {
        let of = |files: &[(&str, &str)]| {
            let file =
                |(name, text): &(&str, &str)| (PathBuf::from(name), text.as_bytes().to_vec());
            files.iter().map(file).collect::<BTreeMap<_, _>>()
        };
        let one = of(&[("a", "1"), ("b", "2"), ("c", "3")]);
        assert!(differing(&one, &one).is_empty());
        let two = of(&[("a", "1"), ("b", "x"), ("d", "3")]);
        assert_eq!(differing(&one, &two), ["b", "c", "d"]);
    }

    #[test]
    fn an_archive_is_the_same_whenever_its_files_were_written() {
        let dir = tempfile::tempdir().unwrap();
        let files = dir.path().join("release");
        let written = |archive: &str| {
            fs::create_dir_all(files.join("sub")).unwrap();
            fs::write(files.join("sub/b"), "2").unwrap();
            fs::write(files.join("sandboxd"), "1").unwrap();
            let archive = dir.path().join(archive);
            archive::write(&files, &archive).unwrap();
            fs::remove_dir_all(&files).unwrap();
            fs::read(archive).unwrap()
        };
        let first = written("one");
        std::thread::sleep(std::time::Duration::from_millis(1100));
        assert_eq!(first, written("two"));
        assert!(first.len() > 50);
    }

    #[test]
    fn the_module_has_the_releases_version() {
        let path = paths::root().join("scripts/service/module.prop");
        let module = fs::read_to_string(path).unwrap();
        let version = env!("CARGO_PKG_VERSION");
        assert!(
            module
                .lines()
                .any(|line| line == format!("version={version}"))
        );
        // Rises with the version, as Android's own do.
        let numbers: Vec<u32> = version
            .split('.')
            .map(|number| number.parse().unwrap())
            .collect();
        let code = numbers[0] * 10_000 + numbers[1] * 100 + numbers[2];
        assert!(
            module
                .lines()
                .any(|line| line == format!("versionCode={code}"))
        );
    }

    #[test]
    fn scripts_lie_where_the_readme_has_them_and_can_be_run() {
        let dir = tempfile::tempdir().unwrap();
        let (files, archive) = (dir.path().join("release"), dir.path().join("archive"));
        for file in FILES {
            copy(file, &files.join(file)).unwrap();
        }
        fs::write(files.join("sandboxd"), "1").unwrap();
        archive::write(&files, &archive).unwrap();
        let packed = flate2::read::GzDecoder::new(fs::File::open(archive).unwrap());
        let mut tar = tar::Archive::new(packed);
        let mut programs = Vec::new();
        for entry in tar.entries().unwrap().map(Result::unwrap) {
            if entry.header().mode().unwrap() == 0o755 {
                programs.push(entry.path().unwrap().display().to_string());
            }
        }
        assert_eq!(
            programs,
            [
                "release/sandboxd",
                "release/scripts/device-root.sh",
                "release/scripts/device.sh",
                "release/scripts/on-device.sh",
                "release/scripts/service/service.sh"
            ]
        );
    }
}
