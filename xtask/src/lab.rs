//! What a lab test is: a script that a guest runs, and a check of what it left, done on the host.
//!
//! `cases` lists them, `matrix` runs them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;

use crate::kernels::Kernel;
use crate::places;

/// A lab test.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    /// Its name on the command line and in the table; also its directory's.
    pub(crate) name: &'static str,
    /// Run by the guest's `sh` as root in a directory of its own; every file it leaves there comes out.
    pub(crate) script: &'static str,
    /// Judges the outcome. The script's exit status is for it to judge too.
    pub(crate) check: fn(&Outcome) -> Result<()>,
    /// Seconds of guest time until the script is killed, which fails the case.
    pub(crate) timeout_s: u32,
}

impl Case {
    /// The inner error is why this kernel cannot run it, whatever sandboxd does.
    pub(crate) fn suits(&self, kernel: &Kernel) -> Result<Result<()>> {
        let big_pages = kernel.page_kib()? == Some(16);
        let narrow = ["strace32", "run-places narrow", "run-places stacks32"];
        Ok(
            if big_pages && narrow.iter().any(|what| self.script.contains(what)) {
                // `readelf -lW`: the load segments of strace, of libc and of the loader are aligned to 0x1000.
                Err(anyhow!(
                    "Debian's libraries for armhf are linked for 4 KiB pages, {} has 16 KiB",
                    kernel.name
                ))
            } else {
                Ok(())
            },
        )
    }

    /// Whether its script calls `strace` or `strace32`, which not every guest has.
    pub(crate) fn needs_strace(&self) -> bool {
        self.script.contains("strace")
    }

    /// Whether its script runs the programs of `places`, which not every guest has.
    pub(crate) fn needs_places(&self) -> bool {
        self.script.contains(places::RUN)
    }
}

/// What a case's script left behind on one kernel and CPU model.
pub(crate) struct Outcome {
    /// The case's files, `stdout`, `stderr` and `status` among them.
    pub(crate) dir: PathBuf,
    /// The kernel's name in the lab, as in `debian-6.1`.
    pub(crate) kernel: String,
    /// What the kernel says its version is.
    pub(crate) release: String,
    /// QEMU's CPU model.
    pub(crate) cpu: String,
}

impl Outcome {
    /// A file the script left.
    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.dir.join(file)
    }

    /// A file's bytes.
    pub(crate) fn bytes(&self, file: &str) -> Result<Vec<u8>> {
        let path = self.path(file);
        fs::read(&path).with_context(|| {
            format!(
                "the script left no readable {file:?} in {}",
                self.dir.display()
            )
        })
    }

    /// A file as text.
    pub(crate) fn text(&self, file: &str) -> Result<String> {
        String::from_utf8(self.bytes(file)?).with_context(|| format!("{file:?} is not UTF-8"))
    }

    /// A file of JSON lines; a line that is none is an error.
    pub(crate) fn lines(&self, file: &str) -> Result<Vec<Value>> {
        let text = self.text(file)?;
        let parse = |(at, line): (usize, &str)| {
            serde_json::from_str(line)
                .with_context(|| format!("{file:?}, line {}, is not JSON: {line}", at + 1))
        };
        text.lines().enumerate().map(parse).collect()
    }

    /// The script's exit status.
    pub(crate) fn status(&self) -> Result<i32> {
        self.text("status")?
            .trim()
            .parse()
            .context("the script's status is no number")
    }

    /// Fails unless the script ended with this status; shows the end of its stderr.
    pub(crate) fn expect_status(&self, wanted: i32) -> Result<()> {
        let status = self.status()?;
        if status != wanted {
            let stderr = String::from_utf8_lossy(&self.bytes("stderr")?).into_owned();
            let last: Vec<_> = stderr.lines().rev().take(5).collect();
            let last: Vec<_> = last.into_iter().rev().collect();
            bail!(
                "the script ended with status {status}, not {wanted}; stderr: {}",
                last.join("\n")
            );
        }
        Ok(())
    }

    /// The kernel's major and minor number, for what differs between kernels.
    pub(crate) fn version(&self) -> Result<(u32, u32)> {
        let mut numbers = self.release.split(['.', '-']).map(str::parse);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(major)), Some(Ok(minor))) => Ok((major, minor)),
            _ => bail!("cannot tell the version of kernel {:?}", self.release),
        }
    }
}

/// Where a run keeps what the cases left, so that a failure can be looked at.
pub(crate) fn directory(target: &Path, kernel: &str, cpu: &str) -> PathBuf {
    let plain = |text: &str| {
        text.replace(
            |c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '-',
            "_",
        )
    };
    target
        .join("vm-matrix")
        .join(format!("{}@{}", plain(kernel), plain(cpu)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(dir: &Path) -> Outcome {
        let text = |text: &str| text.to_owned();
        Outcome {
            dir: dir.into(),
            kernel: text("debian-6.1"),
            release: text("6.1.0-56-cloud-arm64"),
            cpu: text("max"),
        }
    }

    #[test]
    fn an_outcome_reads_what_the_script_left() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("status"), "3\n").unwrap();
        fs::write(dir.path().join("stderr"), "first\nlast\n").unwrap();
        fs::write(dir.path().join("out"), "{\"a\":1}\n{\"a\":2}\n").unwrap();
        let outcome = outcome(dir.path());
        assert_eq!(outcome.lines("out").unwrap().len(), 2);
        assert_eq!(outcome.version().unwrap(), (6, 1));
        assert!(outcome.expect_status(3).is_ok());
        assert!(
            outcome
                .expect_status(0)
                .unwrap_err()
                .to_string()
                .contains("last")
        );
        assert!(outcome.text("nothing").is_err());
    }

    #[test]
    fn a_run_keeps_its_files_under_a_plain_name() {
        let dir = directory(Path::new("t"), "debian-6.1", "max,pauth-impdef=on");
        assert_eq!(dir, Path::new("t/vm-matrix/debian-6.1@max_pauth-impdef_on"));
    }
}
