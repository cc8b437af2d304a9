//! A `scripts/device.sh` that was started: its lines while it runs, its end.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::phone::Phone;
use crate::signals::LOOK;

const PATIENCE: Duration = Duration::from_secs(40);

/// A script that runs.
pub(super) struct Started {
    child: Child,
    lines: Receiver<String>,
    met: Vec<String>,
    stderr: PathBuf,
}

/// What became of it.
pub(super) struct Ended {
    /// Its exit status; of one that a signal ended, 128 and the signal.
    pub(super) status: i32,
    pub(super) stdout: Vec<String>,
    pub(super) stderr: String,
}

impl Started {
    /// Starts the script with these arguments, as a terminal would: leader of a group of its own.
    pub(super) fn new(phone: &Phone, arguments: &[&str]) -> Result<Self> {
        let mut command = phone.command(Phone::script());
        command.args(arguments);
        Self::of(phone, command)
    }

    /// Starts any program so.
    pub(super) fn of(phone: &Phone, mut command: Command) -> Result<Self> {
        let stderr = phone.path("stderr");
        let mut child = command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&stderr).context("cannot keep its stderr")?)
            .spawn()
            .context("cannot run scripts/device.sh")?;
        let stdout = child.stdout.take().context("it has no stdout")?;
        let (send, lines) = mpsc::channel();
        // Ends with its stdout, or when nobody listens: then nobody reads it any more.
        thread::spawn(move || {
            let lines = BufReader::new(stdout).lines().map_while(Result::ok);
            lines
                .map(|line| send.send(line))
                .take_while(Result::is_ok)
                .last()
        });
        Ok(Self {
            child,
            lines,
            met: Vec::new(),
            stderr,
        })
    }

    /// Waits for a line while it runs.
    pub(super) fn wait_for(&mut self, text: &str) -> Result<()> {
        let begin = Instant::now();
        loop {
            match self.lines.recv_timeout(LOOK) {
                Ok(line) => {
                    let found = line.contains(text);
                    self.met.push(line);
                    if found {
                        let ended = self.child.try_wait()?;
                        ensure!(ended.is_none(), "the line came, but the run was over");
                        return Ok(());
                    }
                }
                Err(RecvTimeoutError::Disconnected) => bail!("no {text:?}, then {}", self.said()),
                Err(RecvTimeoutError::Timeout) => {
                    ensure!(begin.elapsed() < PATIENCE, "no {text:?}: {}", self.said());
                }
            }
        }
    }

    /// Sends a signal to all of its group, as a terminal does at Ctrl-C.
    pub(super) fn signal(&self, name: &str) -> Result<()> {
        let group = format!("-{}", self.child.id());
        let status = Command::new("kill").args([name, "--", &group]).status()?;
        ensure!(status.success(), "kill {name}: {status}");
        Ok(())
    }

    /// Whether it still runs.
    pub(super) fn runs(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// Reads no more of its stdout, which ends.
    pub(super) fn read_no_more(&mut self) {
        self.lines = mpsc::channel().1;
    }

    /// Waits for its end and takes what it wrote until then.
    pub(super) fn end(mut self) -> Result<Ended> {
        let begin = Instant::now();
        let status = loop {
            self.met.extend(self.lines.try_iter());
            if let Some(status) = self.child.try_wait()? {
                break status;
            }
            ensure!(
                begin.elapsed() < PATIENCE,
                "it does not end: {}",
                self.said()
            );
            thread::sleep(LOOK);
        };
        // What holds its stdout now was left behind by it.
        while let Ok(line) = self.lines.recv_timeout(Duration::from_secs(2)) {
            self.met.push(line);
        }
        let stderr = self.said();
        let signal = status.signal().unwrap_or_default();
        Ok(Ended {
            status: status.code().unwrap_or(128 + signal),
            stdout: std::mem::take(&mut self.met),
            stderr,
        })
    }

    fn said(&self) -> String {
        fs::read_to_string(&self.stderr).unwrap_or_default()
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            // A case that failed must not disturb the next one.
            let _ = self.signal("-KILL");
            let _ = self.child.wait();
        }
    }
}

impl Ended {
    /// Fails unless it ended so.
    pub(super) fn expect(&self, status: i32) -> Result<()> {
        ensure!(
            self.status == status,
            "exit code {}, not {status}: {}",
            self.status,
            self.stderr
        );
        Ok(())
    }

    /// Fails unless it ended so, said this, and printed nothing.
    pub(super) fn expect_trouble(&self, status: i32, said: &str) -> Result<()> {
        self.expect(status)?;
        ensure!(
            self.stderr.contains(said),
            "{:?} says not {said:?}",
            self.stderr
        );
        ensure!(self.stdout.is_empty(), "stdout: {:?}", self.stdout);
        Ok(())
    }

    /// Its lines, each of which must be JSON.
    pub(super) fn lines(&self) -> Result<Vec<Value>> {
        let parse =
            |line: &String| serde_json::from_str(line).with_context(|| format!("not JSON: {line}"));
        self.stdout.iter().map(parse).collect()
    }
}
