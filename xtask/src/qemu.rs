//! Boots one machine and sees it through: QEMU's command line, its three ports, its end.
//!
//! The command's streams are passed on as they come; the console goes to a log that is shown when the guest is lost.
//! What runs in the machine is `guest`'s part.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::guest::{Copy, Guest, Programs};
use crate::kernels::Kernel;
use crate::signals::{self, LOOK};
use crate::stream::{self, End};

const QEMU: &str = "qemu-system-aarch64";
const CONSOLE_LINES: usize = 40;

/// A machine to boot, and the command it is to run.
#[derive(Clone)]
pub(crate) struct Machine {
    pub(crate) kernel: Kernel,
    pub(crate) cpu: String,
    pub(crate) icount: bool,
    pub(crate) cpus: u32,
    pub(crate) memory: u32,
    pub(crate) net: bool,
    /// TCP ports of the host's loopback and the guest's ports they lead to; needs `net`.
    pub(crate) forwards: Vec<(u16, u16)>,
    pub(crate) timeout: Duration,
    pub(crate) copies: Vec<Copy>,
    pub(crate) command: String,
}

/// What the guest reported.
pub(crate) struct Report {
    pub(crate) status: i32,
    /// From starting QEMU to starting the command.
    pub(crate) boot: Duration,
}

/// A guest that ended without a status.
#[derive(Debug, thiserror::Error)]
#[error("{why}; the console's last lines:\n{console}")]
pub(crate) struct Lost {
    why: String,
    console: String,
    pub(crate) timeout: bool,
}

enum Event {
    Started,
    Status(i32),
    Ended(End),
}

/// QEMU's version, as it tells it.
pub(crate) fn version() -> Result<String> {
    let text = crate::process::read_text(
        Command::new(QEMU).arg("--version"),
        "asking QEMU for its version",
    )?;
    let word = text
        .split_whitespace()
        .skip_while(|word| *word != "version")
        .nth(1);
    Ok(word.unwrap_or("unknown").to_owned())
}

impl Machine {
    /// A machine of the usual size.
    pub(crate) fn new(kernel: Kernel, cpu: &str, command: String) -> Self {
        Self {
            kernel,
            cpu: cpu.to_owned(),
            icount: false,
            cpus: 2,
            memory: 1024,
            net: false,
            forwards: Vec::new(),
            timeout: Duration::from_mins(2),
            copies: Vec::new(),
            command,
        }
    }

    /// Boots, passes the command's output on, and returns its exit status.
    pub(crate) fn run(
        &self,
        programs: &Programs,
        stdout: impl Write + Send,
        stderr: impl Write + Send,
    ) -> Result<Report> {
        let scratch = tempfile::tempdir().context("cannot make a scratch directory")?;
        let trailer = trailer()?;
        let initramfs = scratch.path().join("initramfs");
        let guest = Guest {
            programs,
            kernel: &self.kernel,
            command: &self.command,
            copies: &self.copies,
            trailer: &trailer,
        };
        guest
            .write(&initramfs)
            .context("cannot make the guest's file system")?;
        let listeners = ["stdout", "stderr", "status"]
            .map(|port| UnixListener::bind(scratch.path().join(port)));
        let begin = Instant::now();
        let child = self.qemu(scratch.path(), &initramfs).spawn();
        let mut child = Running(
            child.with_context(|| format!("cannot run {QEMU} (scripts/setup.sh installs it)"))?,
        );
        let [out, err, status] = listeners.map(|listener| {
            let listener = listener.context("cannot make a socket for a port")?;
            accept(&listener, &mut child.0, scratch.path())
        });
        let (out, err, status) = (out?, err?, status?);
        let (events, reports) = mpsc::channel();
        thread::scope(|scope| {
            let (events_out, events_err) = (events.clone(), events.clone());
            let trailer = &trailer;
            scope.spawn(move || events_out.send(Event::Ended(stream::pass(out, stdout, trailer))));
            scope.spawn(move || events_err.send(Event::Ended(stream::pass(err, stderr, trailer))));
            scope.spawn(move || read_status(status, &events));
            let mut report = self.watch(&reports, begin, scratch.path());
            if report.is_err()
                && let Ok(Some(status)) = child.0.try_wait()
                && !status.success()
            {
                report = Err(lost(
                    format!("{QEMU} failed ({status}), see above"),
                    scratch.path(),
                    false,
                ));
            }
            // Closes the ports, which ends the threads.
            child.stop();
            report
        })
    }

    fn watch(&self, reports: &Receiver<Event>, begin: Instant, scratch: &Path) -> Result<Report> {
        let (mut status, mut complete, mut boot) = (None, 0, Duration::ZERO);
        loop {
            match reports.recv_timeout(LOOK) {
                Ok(Event::Started) => boot = begin.elapsed(),
                Ok(Event::Status(value)) => status = Some(value),
                Ok(Event::Ended(End::Complete)) => complete += 1,
                Ok(Event::Ended(End::Unread)) => {
                    bail!("the reader of the command's output went away")
                }
                Ok(Event::Ended(End::Cut)) | Err(RecvTimeoutError::Disconnected) => {
                    return Err(lost(
                        "the guest ended without a status".into(),
                        scratch,
                        false,
                    ));
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
            if let (Some(status), 2) = (status, complete) {
                return Ok(Report { status, boot });
            }
            if signals::caught() {
                bail!("interrupted");
            }
            if begin.elapsed() > self.timeout {
                let why = format!(
                    "the guest was still busy after {} s",
                    self.timeout.as_secs()
                );
                return Err(lost(why, scratch, true));
            }
        }
    }

    fn qemu(&self, scratch: &Path, initramfs: &Path) -> Command {
        // Killed with us, however we end; `setpriv` is part of util-linux.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--", QEMU]);
        command.args([
            "-nodefaults",
            "-no-reboot",
            "-display",
            "none",
            "-machine",
            "virt",
            "-cpu",
            &self.cpu,
        ]);
        let cpus = if self.icount { 1 } else { self.cpus };
        command.args(["-smp", &cpus.to_string(), "-m", &self.memory.to_string()]);
        if self.icount {
            command.args(["-icount", "shift=0,sleep=off"]);
        }
        command
            .arg("-kernel")
            .arg(&self.kernel.image)
            .arg("-initrd")
            .arg(initramfs);
        // An oops must end the machine, or a broken kernel would look like a slow one.
        command.args([
            "-append",
            "console=ttyAMA0 loglevel=5 panic=-1 oops=panic rdinit=/init",
        ]);
        command
            .arg("-serial")
            .arg(option("file:", &console(scratch)));
        command.args(["-device", "virtio-serial-pci"]);
        for port in ["stdout", "stderr", "status"] {
            command.arg("-chardev").arg(option(
                &format!("socket,id={port},path="),
                &scratch.join(port),
            ));
            command.args([
                "-device",
                &format!("virtserialport,chardev={port},name=lab.{port}"),
            ]);
        }
        if self.net {
            let forward = |(host, guest)| format!(",hostfwd=tcp:127.0.0.1:{host}-:{guest}");
            let forwards: String = self.forwards.iter().copied().map(forward).collect();
            let net = format!("user,id=net{forwards}");
            command.args([
                "-netdev",
                &net,
                "-device",
                "virtio-net-pci,netdev=net,romfile=",
            ]);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command
    }
}

/// QEMU takes a doubled comma for one in a name.
fn option(prefix: &str, path: &Path) -> OsString {
    format!("{prefix}{}", path.to_string_lossy().replace(',', ",,")).into()
}

/// A child that does not outlive its owner.
struct Running(Child);

impl Running {
    fn stop(&mut self) {
        // It may have ended by itself; either way it is then gone.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

/// QEMU connects its ports before it starts the machine; a wrong option ends it first.
fn accept(listener: &UnixListener, child: &mut Child, scratch: &Path) -> Result<UnixStream> {
    listener.set_nonblocking(true)?;
    loop {
        match listener.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(false)?;
                return Ok(stream);
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error).context("cannot accept a port's connection"),
        }
        if let Some(status) = child.try_wait()? {
            return Err(lost(
                format!("{QEMU} did not start: {status}"),
                scratch,
                false,
            ));
        }
        thread::sleep(Duration::from_millis(5));
    }
}

fn read_status(port: UnixStream, events: &Sender<Event>) {
    for line in BufReader::new(port).lines().map_while(Result::ok) {
        let event = match line.split_once(' ') {
            Some(("status", number)) => number.parse().ok().map(Event::Status),
            _ => (line == "started").then_some(Event::Started),
        };
        if let Some(event) = event
            && events.send(event).is_err()
        {
            return;
        }
    }
}

/// Bytes that no command prints by chance.
fn trailer() -> Result<Vec<u8>> {
    let mut bytes = b"\xff\xfelab".to_vec();
    let mut random = [0; 24];
    std::io::Read::read_exact(
        &mut fs::File::open("/dev/urandom").context("cannot read random bytes")?,
        &mut random,
    )?;
    bytes.extend(random);
    Ok(bytes)
}

fn console(scratch: &Path) -> PathBuf {
    scratch.join("console")
}

fn lost(why: String, scratch: &Path, timeout: bool) -> anyhow::Error {
    let text = fs::read(console(scratch)).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    let last = &lines[lines.len().saturating_sub(CONSOLE_LINES)..];
    let console = if last.is_empty() {
        "  (nothing)".into()
    } else {
        format!("  {}", last.join("\n  "))
    };
    Lost {
        why,
        console,
        timeout,
    }
    .into()
}
