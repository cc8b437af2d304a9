//! Runs host programs; a failure names the program, what it was for, and what it said.
//!
//! Which programs and with which arguments is the callers' business.

use std::io;
use std::os::fd::AsFd;
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, bail};

/// Runs a program whose output is for people: all of it goes to stderr, since stdout may carry a guest's bytes.
pub(crate) fn run(command: &mut Command, purpose: &str) -> Result<()> {
    let stderr = io::stderr()
        .as_fd()
        .try_clone_to_owned()
        .context("cannot duplicate stderr")?;
    let status = command
        .stdin(Stdio::null())
        .stdout(stderr)
        .status()
        .with_context(|| missing(command, purpose))?;
    if !status.success() {
        bail!(
            "{purpose}: {} ended with {status}\n  command: {command:?}",
            name(command)
        );
    }
    Ok(())
}

/// Runs a program and returns its stdout; its stderr is shown only on failure.
pub(crate) fn read(command: &mut Command, purpose: &str) -> Result<Vec<u8>> {
    let Output {
        status,
        stdout,
        stderr,
    } = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| missing(command, purpose))?;
    if !status.success() {
        bail!(
            "{purpose}: {} ended with {status}: {}",
            name(command),
            String::from_utf8_lossy(&stderr).trim()
        );
    }
    Ok(stdout)
}

/// Like [`read`], as text.
pub(crate) fn read_text(command: &mut Command, purpose: &str) -> Result<String> {
    String::from_utf8(read(command, purpose)?)
        .with_context(|| format!("{purpose}: {} did not print UTF-8", name(command)))
}

fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

fn missing(command: &Command, purpose: &str) -> String {
    format!(
        "{purpose}: cannot run {} (scripts/setup.sh installs what is needed)",
        name(command)
    )
}
