//! `cargo xtask check`: format, lints, documentation, tests and house rules, each a step that passes, fails or is skipped.
//!
//! Needs no kernel: those tests are `vm-matrix`'s.

use std::io::{BufRead, BufReader};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;
use std::{env, fs};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::toolchain::{Toolchain, find_program, host_cargo};
use crate::{headers, libraries, paths, process, tidy};

/// Check format, lints, documentation, unit tests and house rules; ends with the numbers passed and failed
#[derive(Args)]
pub(crate) struct Check {}

/// What came of a step.
enum Outcome {
    /// So many checks passed and failed.
    Counted(usize, usize),
    /// Not done, for this reason.
    Skipped(String),
}

type Step = (&'static str, fn() -> Result<Outcome>);

const STEPS: [Step; 9] = [
    ("tidy", tidy),
    ("format", format),
    ("lints", lints),
    ("lints of the eBPF half", ebpf_lints),
    ("lints of scripts", script_lints),
    ("documentation", documentation),
    ("unit tests", tests),
    ("newest kernel's headers", newest_headers),
    ("C libraries", c_libraries),
];

/// Directories with shell scripts.
const SCRIPTS: [&str; 2] = ["scripts", "scripts/service"];

impl Check {
    /// Runs the verb: every step, even after a failure.
    pub(crate) fn run() -> ExitCode {
        let (mut passed, mut failed, mut summary) = (0, 0, Vec::new());
        for (name, step) in STEPS {
            eprintln!("xtask: checking: {name}");
            let begin = Instant::now();
            let result = match step() {
                Ok(Outcome::Counted(good, bad)) => {
                    passed += good;
                    failed += bad;
                    if bad == 0 {
                        "pass".into()
                    } else {
                        format!("FAIL  {bad} failed")
                    }
                }
                Ok(Outcome::Skipped(reason)) => format!("skipped: {reason}"),
                Err(error) => {
                    failed += 1;
                    format!("FAIL  {error:#}")
                }
            };
            summary.push(format!(
                "{name:<24} {:6.1} s  {result}",
                begin.elapsed().as_secs_f64()
            ));
        }
        println!("{}\n{passed} passed, {failed} failed", summary.join("\n"));
        if failed == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

fn tidy() -> Result<Outcome> {
    let breaches = tidy::breaches()?;
    if !breaches.is_empty() {
        bail!("house rules are broken:\n  {}", breaches.join("\n  "));
    }
    Ok(Outcome::Counted(1, 0))
}

fn format() -> Result<Outcome> {
    if find_program("cargo-fmt").is_none() {
        return Ok(Outcome::Skipped(
            "cargo-fmt is missing (rustup's rustfmt or Debian's rustfmt-web)".into(),
        ));
    }
    one(
        host_cargo("fmt").args(["--all", "--check"]),
        "checking the format (`cargo fmt` mends it)",
    )
}

fn lints() -> Result<Outcome> {
    if find_program("cargo-clippy").is_none() {
        return Ok(Outcome::Skipped(
            "cargo-clippy is missing (rustup's clippy or Debian's rust-web-clippy)".into(),
        ));
    }
    one(
        host_cargo("clippy").args(["--quiet", "--all-targets", "--", "-Dwarnings"]),
        "running clippy",
    )
}

fn ebpf_lints() -> Result<Outcome> {
    let toolchain = Toolchain::find()?;
    for (features, purpose) in [
        ("", "running clippy for BPF"),
        ("debug-log", "running clippy for BPF, with messages"),
    ] {
        let Some(mut clippy) = toolchain.bpf_clippy() else {
            return Ok(Outcome::Skipped(
                "no clippy of the compiler that builds it (Debian's is rust-web-clippy)".into(),
            ));
        };
        clippy.args([
            "--quiet",
            "--package",
            "kprobe-ebpf",
            "--features",
            features,
        ]);
        process::run(clippy.args(["--", "-Dwarnings"]), purpose)?;
    }
    Ok(Outcome::Counted(1, 0))
}

fn script_lints() -> Result<Outcome> {
    if find_program("shellcheck").is_none() {
        return Ok(Outcome::Skipped(
            "shellcheck is missing (scripts/setup.sh installs it)".into(),
        ));
    }
    let mut shellcheck = Command::new("shellcheck");
    shellcheck.arg("--external-sources");
    for dir in SCRIPTS {
        let entries = fs::read_dir(paths::root().join(dir)).context(dir)?;
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_some_and(|end| end == "sh") {
                shellcheck.arg(path);
            }
        }
    }
    one(&mut shellcheck, "running shellcheck")
}

fn documentation() -> Result<Outcome> {
    let mut cargo = host_cargo("doc");
    cargo
        .args(["--quiet", "--no-deps", "--document-private-items"])
        .env("RUSTDOCFLAGS", "-Dwarnings");
    one(&mut cargo, "building the documentation")
}

/// The table against the headers of the newest kernel in the lab, which are fetched once.
fn newest_headers() -> Result<Outcome> {
    let headers = match headers::newest() {
        Ok(headers) => headers,
        Err(error) => return Ok(Outcome::Skipped(format!("{error:#}"))),
    };
    let mut cargo = host_cargo("test");
    cargo
        .args(["--quiet", "--package", "kprobe-common", "--test", "headers"])
        .args(["--", "--ignored"])
        .env("SANDBOXD_HEADERS", headers);
    one(
        &mut cargo,
        "comparing the table with the newest kernel's headers",
    )
}

/// What is found out of Debian's C libraries, which are fetched once.
fn c_libraries() -> Result<Outcome> {
    let libraries = match libraries::directories() {
        Ok(libraries) => env::join_paths(libraries)?,
        Err(error) => return Ok(Outcome::Skipped(format!("{error:#}"))),
    };
    let mut cargo = host_cargo("test");
    cargo
        .args(["--quiet", "--package", "sandboxd", "--test", "modules"])
        .args(["--", "--ignored"])
        .env("SANDBOXD_LIBRARIES", libraries);
    one(&mut cargo, "looking into Debian's C libraries")
}

fn one(command: &mut Command, purpose: &str) -> Result<Outcome> {
    process::run(command, purpose)?;
    Ok(Outcome::Counted(1, 0))
}

/// Shows cargo's output as it comes, and adds up its `test result` lines.
fn tests() -> Result<Outcome> {
    let mut cargo = host_cargo("test");
    let mut child = cargo
        .args(["--quiet", "--no-fail-fast"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot run cargo test")?;
    let stdout = child.stdout.take().context("cargo test has no stdout")?;
    let (mut passed, mut failed) = (0, 0);
    for line in BufReader::new(stdout).lines() {
        let line = line.context("cannot read cargo test's output")?;
        let (good, bad) = counts(&line);
        passed += good;
        failed += bad;
        eprintln!("{line}");
    }
    let status = child.wait()?;
    if !status.success() && failed == 0 {
        bail!("cargo test ended with {status}");
    }
    Ok(Outcome::Counted(passed, failed))
}

/// The numbers in `test result: ok. 3 passed; 0 failed; …`, else zeros.
fn counts(line: &str) -> (usize, usize) {
    let Some(rest) = line.strip_prefix("test result: ") else {
        return (0, 0);
    };
    let number = |word: &str| {
        let before = rest.split_once(word)?.0;
        before.trim_end().rsplit(' ').next()?.parse().ok()
    };
    (
        number("passed;").unwrap_or(0),
        number("failed;").unwrap_or(0),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_come_from_result_lines_only() {
        assert_eq!(
            counts("test result: FAILED. 13 passed; 2 failed; 1 ignored; 0 measured"),
            (13, 2)
        );
        assert_eq!(counts("3 passed; 4 failed;"), (0, 0));
    }
}
