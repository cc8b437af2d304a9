//! `cargo xtask fuzz`: libFuzzer on the way from recordings to lines, from the kept corpus and the golden cases on.
//!
//! What is asked of the lines is the fuzz crate's (`sandboxd/fuzz`). Needs no nightly compiler: coverage comes from
//! LLVM's own pass, without sanitizers.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::toolchain::host_cargo;
use crate::{paths, process};

/// What makes a program tell libFuzzer where it has been and what it compares.
const COVERAGE: [&str; 7] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
    "--cfg=fuzzing",
];
/// No input is longer.
const MOST_BYTES: u32 = 8 << 10;
/// An input that takes longer, in seconds, is a failure.
const TIMEOUT_S: u32 = 5;
const MAGIC: &[u8] = b"sandboxd recording 1\n";

/// Look for recordings that make sandboxd panic, hang, or write what is no line; ends at the first
#[derive(Args)]
pub(crate) struct Fuzz {
    /// How long to look
    #[arg(long, default_value_t = 10)]
    minutes: u32,
    /// Then keep the fewest inputs that reach everything that was reached, in sandboxd/fuzz/corpus
    #[arg(long)]
    keep: bool,
    /// Only run these inputs, as files
    #[arg(long, conflicts_with_all = ["minutes", "keep"])]
    input: Vec<PathBuf>,
}

impl Fuzz {
    /// Runs the verb.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let program = build()?;
        let fuzzer = || {
            let mut fuzzer = Command::new(&program);
            fuzzer
                .current_dir(paths::root())
                .arg(format!("-max_len={MOST_BYTES}"))
                .arg(format!("-timeout={TIMEOUT_S}"));
            fuzzer
        };
        if !self.input.is_empty() {
            process::run(fuzzer().args(&self.input), "running inputs")?;
            return Ok(ExitCode::SUCCESS);
        }
        let (found, golden) = (place("corpus"), place("golden"));
        let (kept, failures) = (kept(), place("failures"));
        for dir in [&found, &failures, &kept] {
            fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
        }
        write_golden(&golden)?;
        process::run(
            fuzzer()
                .arg(format!("-max_total_time={}", 60 * self.minutes))
                .args(["-print_final_stats=1", "-use_value_profile=1"])
                .arg(format!("-artifact_prefix={}/", failures.display()))
                .args([&found, &kept, &golden]),
            "fuzzing; `cargo xtask fuzz --input FILE` runs an input again, `sandboxd replay FILE` shows its lines",
        )?;
        if self.keep {
            keep(fuzzer(), &golden, &kept, &found)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn build() -> Result<PathBuf> {
    let host = process::read_text(Command::new("rustc").arg("-vV"), "asking the compiler")?;
    let host = host
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .context("rustc does not say which host it is for")?;
    let target = place("build");
    let mut cargo = host_cargo("build");
    cargo
        .current_dir(paths::root().join("sandboxd/fuzz"))
        .args(["--release", "--locked", "--target", host])
        .arg("--target-dir")
        .arg(&target)
        .env("CARGO_ENCODED_RUSTFLAGS", COVERAGE.join("\x1f"));
    process::run(
        &mut cargo,
        "building the fuzz target (needs g++, for libFuzzer)",
    )?;
    Ok(target.join(host).join("release/lines"))
}

fn place(name: &str) -> PathBuf {
    paths::target().join("fuzz").join(name)
}

fn kept() -> PathBuf {
    paths::root().join("sandboxd/fuzz/corpus")
}

/// The golden cases as recordings.
fn write_golden(to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    for abi in ["arm64", "arm32"] {
        let cases = paths::root().join("sandboxd/tests/golden").join(abi);
        for entry in fs::read_dir(&cases).with_context(|| format!("cannot list {abi} cases"))? {
            let path = entry?.path();
            let text = fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            let name = path.file_stem().unwrap_or(OsStr::new("case"));
            let file = to.join(format!("{abi}-{}", name.to_string_lossy()));
            fs::write(file, recording(&text)?).context("cannot write a golden case")?;
        }
    }
    Ok(())
}

/// A case's inputs as a recording.
fn recording(case: &str) -> Result<Vec<u8>> {
    let mut recording = MAGIC.to_vec();
    for line in case.lines().take_while(|line| *line != "----") {
        let (kind, bytes) = match line.split_once(' ') {
            Some(("record", hex)) => (0, unhex(hex)?),
            Some(("fact", json)) => (1, json.as_bytes().to_vec()),
            _ => continue,
        };
        recording.extend((bytes.len() as u32).to_le_bytes());
        recording.push(kind);
        recording.extend(bytes);
    }
    Ok(recording)
}

fn unhex(hex: &str) -> Result<Vec<u8>> {
    let digits = hex.as_bytes().chunks(2);
    digits
        .map(|two| Ok(u8::from_str_radix(str::from_utf8(two)?, 16)?))
        .collect::<Result<_>>()
        .context("a record is not hexadecimal")
}

/// Replaces the kept inputs by the fewest that reach, beside the golden cases, whatever code all of them reach.
fn keep(mut fuzzer: Command, golden: &Path, kept: &Path, found: &Path) -> Result<()> {
    let chosen = place("chosen");
    let _ = fs::remove_dir_all(&chosen);
    copy(golden, &chosen, |_| true)?;
    let choose = fuzzer.args(["-set_cover_merge=1", "-use_counters=0"]);
    process::run(choose.args([&chosen, kept, found]), "choosing what to keep")?;
    fs::remove_dir_all(kept).context("cannot remove what was kept before")?;
    let (files, bytes) = copy(&chosen, kept, |name| !golden.join(name).exists())?;
    if files == 0 {
        bail!("nothing was kept");
    }
    eprintln!("xtask: kept {files} inputs, {bytes} bytes");
    Ok(())
}

/// Copies the files of a directory that are wanted by name; says how many, and of how many bytes.
fn copy(from: &Path, to: &Path, wanted: impl Fn(&OsStr) -> bool) -> Result<(usize, u64)> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    let (mut files, mut bytes) = (0, 0);
    for entry in fs::read_dir(from).with_context(|| format!("cannot list {}", from.display()))? {
        let entry = entry?;
        if wanted(&entry.file_name()) {
            bytes += fs::copy(entry.path(), to.join(entry.file_name()))
                .with_context(|| format!("cannot copy {}", entry.path().display()))?;
            files += 1;
        }
    }
    Ok((files, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_becomes_a_recording() {
        let case = "# kernel\nfact {\"a\":1}\nrecord 01ff\n----\nrecord 02\n";
        let wanted = [MAGIC, b"\x07\0\0\0\x01{\"a\":1}", b"\x02\0\0\0\0\x01\xff"].concat();
        assert_eq!(recording(case).unwrap(), wanted);
        assert!(recording("record 0x\n").is_err());
    }
}
