//! Runs host programs; a failure names the program, what it was for, and what it said.
//!
//! Which programs and with which arguments is the callers' business.

use std::io;
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::signals;

/// How often a program is looked at whether it has ended: compilers of small programs are many, and quick.
const LOOK: Duration = Duration::from_millis(5);

/// Runs a program whose output is for people: all of it goes to stderr, since stdout may carry a guest's bytes.
pub(crate) fn run(command: &mut Command, purpose: &str) -> Result<()> {
    let stderr = io::stderr()
        .as_fd()
        .try_clone_to_owned()
        .context("cannot duplicate stderr")?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(stderr)
        .process_group(0)
        .spawn()
        .with_context(|| missing(command, purpose))?;
    let status = wait(&mut child, purpose)?;
    if !status.success() {
        bail!(
            "{purpose}: {} ended with {status}\n  command: {command:?}",
            name(command)
        );
    }
    Ok(())
}

/// Waits for a program that leads a group of its own. A signal that was caught ends it, and what it started in turn.
fn wait(child: &mut Child, purpose: &str) -> Result<ExitStatus> {
    let mut asked = false;
    loop {
        if let Some(status) = child.try_wait().context(purpose.to_owned())? {
            if asked {
                bail!("{purpose}: interrupted");
            }
            return Ok(status);
        }
        if signals::caught() && !std::mem::replace(&mut asked, true) {
            let group = format!("-{}", child.id());
            let killed = Command::new("kill").args(["-TERM", "--", &group]).status();
            killed.context("cannot end what was started")?;
        }
        thread::sleep(LOOK);
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_fails_says_what_it_was_for() {
        run(&mut Command::new("true"), "nothing").unwrap();
        let error = run(&mut Command::new("false"), "trying").unwrap_err();
        assert!(error.to_string().contains("trying: false ended with"));
        let error = run(&mut Command::new("/nowhere/at/all"), "trying").unwrap_err();
        assert!(error.to_string().contains("scripts/setup.sh"));
    }
}
