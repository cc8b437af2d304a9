//! The guest that stands in for a phone, and an `adb` of our own that knows nothing else.
//!
//! Its server has a port and a home of its own, so that nobody's devices and keys are touched.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use std::{fs, io};

use anyhow::{Context, Result, anyhow, bail, ensure};
use tempfile::TempDir;

use crate::build::Build;
use crate::guest::{self, Programs};
use crate::kernels::Kernel;
use crate::qemu::{Machine, Report};
use crate::{adbd, paths, process, signals};

const SCRIPT: &str = include_str!("../../lab/guest/phone");
/// For boot, all cases and a machine with other work.
const TIMEOUT: Duration = Duration::from_mins(10);
const BOOT: Duration = Duration::from_secs(90);
/// The kernel takes its time to detach probes.
const DETACHED: Duration = Duration::from_mins(1);

/// A running guest, and what it takes to talk to it.
pub(super) struct Phone {
    /// The device whose adbd is root, as adb calls it.
    pub(super) root: String,
    /// The one whose adbd is the shell's user. Both are the same guest.
    pub(super) shell: String,
    /// Where scripts run; empty at the beginning of a case.
    pub(super) scratch: PathBuf,
    server: u16,
    home: TempDir,
    guest: Option<JoinHandle<Result<Report>>>,
}

impl Phone {
    /// Builds, boots, and waits until adb sees both devices.
    pub(super) fn boot(kernel: &Kernel, cpu: &str) -> Result<Self> {
        Build::usual()
            .program()
            .context("cannot build what is pushed")?;
        let home = tempfile::tempdir().context("cannot make a scratch directory")?;
        let scratch = home.path().join("scratch");
        fs::create_dir(&scratch)?;
        let [root, shell, server] = [free_port()?, free_port()?, free_port()?];
        let mut copies = adbd::files()?;
        copies.push(adbd::shell()?);
        let machine = Machine {
            net: true,
            forwards: vec![(root, 5555), (shell, 5556)],
            timeout: TIMEOUT,
            copies,
            ..Machine::new(kernel.clone(), cpu, SCRIPT.into())
        };
        let programs = Programs::prepare()?;
        let run = move || machine.run(&programs, io::stderr(), io::stderr());
        let phone = Self {
            root: format!("127.0.0.1:{root}"),
            shell: format!("127.0.0.1:{shell}"),
            scratch,
            server,
            home,
            guest: Some(thread::spawn(run)),
        };
        phone.say(&["start-server"])?;
        phone.connect(&phone.root, BOOT)?;
        Ok(phone)
    }

    /// Ends the guest, which must have gone well until then.
    pub(super) fn off(mut self) -> Result<()> {
        self.at_root("touch /tmp/phone/over")?;
        let guest = self.guest.take().context("the guest was ended before")?;
        let report = guest.join().map_err(|_| anyhow!("the guest's thread"))??;
        ensure!(report.status == 0, "the guest ended with {}", report.status);
        Ok(())
    }

    /// A program that finds our adb server and nobody's.
    pub(super) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env("ANDROID_ADB_SERVER_PORT", self.server.to_string())
            .env_remove("ANDROID_SERIAL")
            .current_dir(&self.scratch);
        command
    }

    /// What adb prints.
    pub(super) fn say(&self, arguments: &[&str]) -> Result<String> {
        let mut adb = self.command("adb");
        // The server makes a key there, unless the user has one.
        adb.env("HOME", self.home.path()).args(arguments);
        process::read_text(&mut adb, &format!("adb {}", arguments.join(" ")))
    }

    /// What a command prints on the device, as root.
    pub(super) fn at_root(&self, command: &str) -> Result<String> {
        self.say(&["-s", &self.root, "shell", "-T", command])
    }

    /// Connects until adb calls it a device.
    pub(super) fn connect(&self, serial: &str, within: Duration) -> Result<()> {
        let begin = Instant::now();
        loop {
            self.try_to_connect(serial)?;
            if self
                .say(&["devices"])?
                .contains(&format!("{serial}\tdevice"))
            {
                return Ok(());
            }
            if self.guest.as_ref().is_none_or(JoinHandle::is_finished) {
                bail!("the guest is gone");
            }
            ensure!(!signals::caught(), "interrupted");
            ensure!(begin.elapsed() < within, "adb cannot connect to {serial}");
            thread::sleep(Duration::from_millis(200));
        }
    }

    /// Tells adb of a device, which may not be one yet, or never will be.
    fn try_to_connect(&self, serial: &str) -> Result<()> {
        let mut adb = self.command("adb");
        let adb = adb.args(["connect", serial]).stdin(Stdio::null());
        adb.output().context("cannot run adb")?;
        Ok(())
    }

    /// Tells adb of a device that will never be one, and waits until adb says so.
    pub(super) fn connect_in_vain(&self, serial: &str, state: &str) -> Result<()> {
        let begin = Instant::now();
        let mut adb = self.command("adb");
        adb.args(["connect", serial]).stdin(Stdio::null());
        // It may wait for long. When the device is sent away at the end of the case, it ends.
        let mut connecting = adb
            .stdout(Stdio::null())
            .spawn()
            .context("cannot run adb")?;
        thread::spawn(move || connecting.wait());
        loop {
            let devices = self.say(&["devices"])?;
            if devices.contains(&format!("{serial}\t{state}")) {
                return Ok(());
            }
            ensure!(
                begin.elapsed() < Duration::from_secs(20),
                "adb does not call {serial} {state}: {devices}"
            );
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// The kernel's version.
    pub(super) fn release(&self) -> Result<String> {
        Ok(self.at_root("uname -r")?.trim().to_owned())
    }

    /// How every case finds it: the root device alone is connected, nothing is pretended, nothing lies about.
    pub(super) fn as_it_was(&self) -> Result<()> {
        for line in self.say(&["devices"])?.lines().skip(1) {
            if let Some((serial, _)) = line.split_once('\t')
                && serial != self.root
            {
                self.say(&["disconnect", serial])?;
            }
        }
        self.connect(&self.root, Duration::from_secs(20))?;
        self.at_root("rm -f /tmp/phone/su /tmp/phone/ro.* /tmp/phone/uname*")?;
        fs::remove_dir_all(&self.scratch)?;
        fs::create_dir(&self.scratch).context("cannot make the scratch directory anew")
    }

    /// Says something else than the truth on the shell's device: `su`, a property, `uname-r`.
    pub(super) fn pretend(&self, what: &str, answer: &str) -> Result<()> {
        self.at_root(&format!("echo {answer} >/tmp/phone/{what}"))?;
        self.connect(&self.shell, Duration::from_secs(20))
    }

    /// Fails if a run left files or processes. The reaper may still detach probes: see [`Self::has_no_probes`].
    pub(super) fn is_clean(&self) -> Result<()> {
        let files = self.at_root("find /data/local/tmp -mindepth 1")?;
        ensure!(files.is_empty(), "left on the device: {files}");
        let running = self.at_root("ps -o args | grep -E '[s]andboxd |[o]n-device' || true")?;
        ensure!(running.is_empty(), "still running: {running}");
        Ok(())
    }

    /// Fails if a probe or the reaper is left after a minute.
    pub(super) fn has_no_probes(&self) -> Result<()> {
        let begin = Instant::now();
        loop {
            let left =
                self.at_root("cat /sys/kernel/debug/kprobes/list; pgrep sandboxd || true")?;
            if left.is_empty() {
                return Ok(());
            }
            ensure!(
                begin.elapsed() < DETACHED,
                "after a minute there are {left}"
            );
            thread::sleep(Duration::from_millis(500));
        }
    }

    /// The script that is tested.
    pub(super) fn script() -> PathBuf {
        paths::root().join("scripts/device.sh")
    }

    /// The program that it pushes where a case does not say otherwise: what every guest has.
    pub(super) fn program() -> PathBuf {
        guest::stripped_daemon()
    }

    /// A file in the scratch directory.
    pub(super) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.scratch.join(name)
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        // Whatever it says: there is nobody left to tell.
        let _ = self.say(&["kill-server"]);
    }
}

/// A port that nobody has now.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("cannot find a free port")?;
    Ok(listener.local_addr()?.port())
}
