//! `cargo xtask vm`: boots a kernel with the current build and runs one shell command in it.
//!
//! Turns the command line into a machine; `qemu` runs it.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use std::{fs, io};

use anyhow::{Context, Result};
use clap::Args;

use crate::build::Build;
use crate::guest::{Copy, Programs};
use crate::kernels;
use crate::qemu::{Lost, Machine};
use crate::{adbd, places, strace};

/// Exit statuses for a lost guest, as `timeout` and container runtimes have them.
const TIMED_OUT: u8 = 124;
const LOST: u8 = 125;

/// Run a shell command as root in a guest with the current build
///
/// The command's output is this program's output, its exit status this program's. 124 means that the time was up,
/// 125 that the lab or the guest failed (the console's last lines say how).
#[derive(Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option that is there or not"
)]
pub(crate) struct Vm {
    /// Kernel by name, or a path to an arm64 Image: debian-5.10, debian-6.1, debian-6.12, debian-6.12-16k, debian-latest,
    /// gki-like-5.10, gki-like-6.12
    #[arg(long, default_value = "debian-6.1")]
    kernel: String,
    /// QEMU's CPU model; `max,pauth-impdef=on` has what new phones have
    #[arg(long, default_value = "cortex-a57")]
    cpu: String,
    /// Count instructions: guest nanoseconds are instructions, on one CPU
    #[arg(long)]
    icount: bool,
    /// CPUs
    #[arg(long, default_value_t = 2)]
    smp: u32,
    /// Memory in MiB
    #[arg(long, default_value_t = 1024)]
    mem: u32,
    /// User-mode network: eth0 is 10.0.2.15, the host 10.0.2.2
    #[arg(long)]
    net: bool,
    /// Lead a TCP port of the host's loopback to a port of the guest; implies --net
    #[arg(long, value_name = "HOST:GUEST", value_parser = parse_forward)]
    forward: Vec<(u16, u16)>,
    /// Put a host file or directory into the guest [default place: /data/local/tmp/NAME]
    #[arg(long, value_name = "HOST[:GUEST]", value_parser = parse_copy)]
    copy: Vec<Copy>,
    /// Put Debian's strace there too, as `strace` (64-bit programs) and `strace32` (32-bit ones)
    #[arg(long)]
    strace: bool,
    /// Put the programs that make calls from every kind of place there too, and the C libraries that they need
    #[arg(long)]
    places: bool,
    /// Put Debian's adbd there too, as `adbd`: with --forward 5555:5555 the host's adb connects to it
    #[arg(long)]
    adbd: bool,
    /// Seconds until the guest counts as hung, its boot included
    #[arg(long, default_value_t = 120)]
    timeout: u64,
    /// Take the newest build as it is; do without if there is none
    #[arg(long)]
    no_build: bool,
    /// Shell command; several words are joined by spaces
    #[arg(last = true, required = true)]
    command: Vec<String>,
}

impl Vm {
    /// Runs the verb.
    pub(crate) fn run(&self) -> ExitCode {
        match self.boot() {
            Ok(status) => ExitCode::from(u8::try_from(status).unwrap_or(LOST)),
            Err(error) => {
                eprintln!("xtask: {error:#}");
                let timeout = error
                    .downcast_ref::<Lost>()
                    .is_some_and(|lost| lost.timeout);
                ExitCode::from(if timeout { TIMED_OUT } else { LOST })
            }
        }
    }

    fn boot(&self) -> Result<i32> {
        let kernel = kernels::find_for(&self.kernel, &self.cpu)?;
        are_there(&self.copy)?;
        Build::quiet().unless(self.no_build)?;
        let mut copies = self.copy.clone();
        if self.strace {
            copies.extend(strace::files()?);
        }
        if self.places {
            copies.extend(places::files()?);
        }
        if self.adbd {
            copies.extend(adbd::files()?);
        }
        let machine = Machine {
            kernel,
            cpu: self.cpu.clone(),
            icount: self.icount,
            cpus: self.smp,
            memory: self.mem,
            net: self.net || !self.forward.is_empty(),
            forwards: self.forward.clone(),
            timeout: Duration::from_secs(self.timeout),
            copies,
            command: self.command.join(" "),
        };
        Ok(machine
            .run(&Programs::prepare()?, io::stdout(), io::stderr())?
            .status)
    }
}

/// Whether what is to be copied is there: said before anything is built.
fn are_there(copies: &[Copy]) -> Result<()> {
    for (host, _) in copies {
        fs::metadata(host).with_context(|| format!("--copy: cannot read {}", host.display()))?;
    }
    Ok(())
}

fn parse_forward(text: &str) -> Result<(u16, u16)> {
    let (host, guest) = text
        .split_once(':')
        .context("two ports with a colon between them, as in 5555:5555")?;
    Ok((host.parse()?, guest.parse()?))
}

fn parse_copy(text: &str) -> Result<Copy> {
    if let Some((host, guest)) = text.rsplit_once(':')
        && guest.starts_with('/')
    {
        return Ok((host.into(), guest.into()));
    }
    let host = PathBuf::from(text);
    let name = host
        .file_name()
        .with_context(|| format!("{text:?} names no file"))?;
    let guest = format!("/data/local/tmp/{}", name.to_string_lossy());
    Ok((host, guest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_that_are_not_there_are_said_by_name() {
        let copy = |host: &str| are_there(&[parse_copy(host).unwrap()]);
        assert!(copy("/etc").is_ok());
        let error = copy("/nowhere/at/all").unwrap_err();
        assert!(
            format!("{error:#}").contains("/nowhere/at/all: No such file"),
            "{error:#}"
        );
    }

    #[test]
    fn copies_go_where_they_say_or_where_adb_would_put_them() {
        assert_eq!(
            parse_copy("a/b:/bin/c").unwrap(),
            ("a/b".into(), "/bin/c".into())
        );
        assert_eq!(
            parse_copy("a/b").unwrap(),
            ("a/b".into(), "/data/local/tmp/b".into())
        );
    }
}
