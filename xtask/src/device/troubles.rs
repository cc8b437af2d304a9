//! What can be wrong with a device, and what the script says to it.
//!
//! adb and adbd are real; what the guest says of itself is pretended where it cannot be true.

use std::fs;
use std::os::unix::fs::symlink;

use anyhow::{Context, Result, ensure};

use super::Case;
use super::phone::Phone;
use super::runs::stand_in;
use super::standing_in::{self, Manner};
use super::started::{Ended, Started};
use crate::process;

/// In the order in which they are run.
pub(super) const CASES: &[Case] = &[
    ("no-adb", no_adb),
    ("no-device", no_device),
    ("no-such-device", no_such_device),
    ("several-devices", several_devices),
    ("unauthorised", unauthorised),
    ("offline", offline),
    ("no-root", no_root),
    ("32-bit", narrow),
    ("other-processor", other_processor),
    ("old-kernel", old_kernel),
    ("data-full", data_full),
    ("root-refused", root_refused),
    ("no-room-to-run", no_room_to_run),
    ("cannot-take-away", cannot_take_away),
    ("wrong-usage", wrong_usage),
];

/// `device.sh OPTIONS --bin PROGRAM -- -n com.example.app`, to its end.
fn run(phone: &Phone, options: &[&str]) -> Result<Ended> {
    let program = Phone::program();
    let program = program.to_str().context("a path that is not UTF-8")?;
    let words = ["--bin", program, "--", "-n", "com.example.app"];
    Started::new(phone, &[options, &words].concat())?.end()
}

fn run_on(phone: &Phone, serial: &str) -> Result<Ended> {
    run(phone, &["--serial", serial])
}

/// A `PATH` with what the script needs until it looks for adb.
fn no_adb(phone: &Phone) -> Result<()> {
    let dir = phone.path("bin");
    fs::create_dir(&dir)?;
    for name in ["bash", "env", "dirname", "mktemp", "rm"] {
        symlink(format!("/usr/bin/{name}"), dir.join(name))?;
    }
    let mut command = phone.command(Phone::script());
    command.env("PATH", &dir).args(["--", "-p", "1"]);
    let ended = Started::of(phone, command)?.end()?;
    ended.expect_trouble(
        1,
        "device: there is no adb: install Android's platform tools (Debian: apt-get install adb)\n",
    )
}

fn no_device(phone: &Phone) -> Result<()> {
    phone.say(&["disconnect", &phone.root])?;
    let said =
        "device: no device: plug one in with USB debugging on, or use 'adb connect HOST:PORT'\n";
    run(phone, &[])?.expect_trouble(1, said)
}

fn no_such_device(phone: &Phone) -> Result<()> {
    let said = format!(
        "device: no device emulator-1: adb sees {} device\n",
        phone.root
    );
    run_on(phone, "emulator-1")?.expect_trouble(1, &said)
}

fn several_devices(phone: &Phone) -> Result<()> {
    phone.pretend("su", "none")?;
    let ended = run(phone, &[])?;
    ended.expect_trouble(
        1,
        "device: several devices, choose one with --serial: 127.0.0.1:",
    )?;
    for serial in [&phone.root, &phone.shell] {
        ensure!(
            ended.stderr.contains(&format!("{serial} device")),
            "{}",
            ended.stderr
        );
    }
    phone.is_clean()
}

fn unauthorised(phone: &Phone) -> Result<()> {
    let serial = standing_in::device(Manner::Distrustful)?;
    phone.connect_in_vain(&serial, "unauthorized")?;
    let said = format!(
        "device: {serial} does not trust this computer: unlock it and say yes to its question about USB debugging\n"
    );
    run_on(phone, &serial)?.expect_trouble(1, &said)
}

fn offline(phone: &Phone) -> Result<()> {
    let serial = standing_in::device(Manner::Silent)?;
    phone.connect_in_vain(&serial, "offline")?;
    let said = format!("device: {serial} is offline: plug it in again, or try 'adb reconnect'\n");
    run_on(phone, &serial)?.expect_trouble(1, &said)
}

fn no_root(phone: &Phone) -> Result<()> {
    phone.pretend("su", "none")?;
    let said = format!(
        "device: no root on {}: neither su nor 'adb root' gives it. Magisk, KernelSU and APatch ask on the device, \
         or have a list: allow 'Shell' (com.android.shell)\n",
        phone.shell
    );
    run_on(phone, &phone.shell)?.expect_trouble(3, &said)?;
    phone.is_clean()
}

fn narrow(phone: &Phone) -> Result<()> {
    phone.pretend("uname-m", "armv7l")?;
    let said = format!(
        "device: {} has a 32-bit kernel (armv7l): sandboxd needs a 64-bit one\n",
        phone.shell
    );
    run_on(phone, &phone.shell)?.expect_trouble(3, &said)
}

fn other_processor(phone: &Phone) -> Result<()> {
    phone.pretend("uname-m", "x86_64")?;
    let said = format!(
        "device: {} is no arm64 device (x86_64): sandboxd knows no other\n",
        phone.shell
    );
    run_on(phone, &phone.shell)?.expect_trouble(3, &said)
}

fn old_kernel(phone: &Phone) -> Result<()> {
    for release in ["5.4.210-android11", "4.19.0", "5.9.16"] {
        phone.pretend("uname-r", release)?;
        let said = format!(
            "device: {} has Linux {release}: sandboxd needs 5.10 or later\n",
            phone.shell
        );
        run_on(phone, &phone.shell)?.expect_trouble(3, &said)?;
    }
    phone.is_clean()
}

/// There is room for the directory but not for the program.
fn data_full(phone: &Phone) -> Result<()> {
    phone.at_root("mount -t tmpfs -o size=1m,mode=771,uid=2000,gid=2000 small /data/local/tmp")?;
    let ended = run_on(phone, &phone.root)?;
    let left = phone.at_root("ls -A /data/local/tmp; umount /data/local/tmp")?;
    ended.expect_trouble(
        1,
        &format!("device: /data on {} is full: sandboxd needs ", phone.root),
    )?;
    ensure!(left.is_empty(), "left: {left}");
    Ok(())
}

/// As [`run`], with a stand-in for adb on its `PATH`.
fn run_by(phone: &Phone, path: &str, options: &[&str]) -> Result<Ended> {
    let mut command = phone.command(Phone::script());
    command.env("PATH", path).args(options).arg("--bin");
    command
        .arg(Phone::program())
        .args(["--", "-n", "com.example.app"]);
    Started::of(phone, command)?.end()
}

/// `su` gives root, and gives it no more by the time that the run is to begin: nothing was lost, and there is nothing to fetch.
fn root_refused(phone: &Phone) -> Result<()> {
    phone.pretend("su", "magisk")?;
    let refuse = format!(
        "adb -s {} shell -T 'echo none >/tmp/phone/su' </dev/null",
        phone.root
    );
    let path = stand_in(
        phone,
        &format!("*' shell '*on-device.sh*) {refuse}; exec adb \"$@\" ;;\n"),
    )?;
    let ended = run_by(phone, &path, &["--serial", &phone.shell, "--pull"])?;
    let said = format!(
        "device: could not start as root on {} (status 127), though 'su -c' gave root just before.",
        phone.shell
    );
    ended.expect_trouble(1, &said)?;
    says_nothing_of_a_run(&ended)?;
    phone.is_clean()
}

fn says_nothing_of_a_run(ended: &Ended) -> Result<()> {
    for words in ["was lost", "still in", "cannot take away"] {
        ensure!(!ended.stderr.contains(words), "{}", ended.stderr);
    }
    Ok(())
}

/// There is room for what is pushed, but not for the directory of what is to be fetched, nor for the number of the process.
fn no_room_to_run(phone: &Phone) -> Result<()> {
    for (options, said) in [
        (
            &["--pull"][..],
            "device: cannot make the directory for what is to be fetched: ",
        ),
        (&[], "device: cannot write /data/local/tmp/sandboxd-run-"),
    ] {
        // Its own, and those of the run's directory and of the three files in it.
        phone.at_root(
            "mount -t tmpfs -o size=64m,nr_inodes=5,mode=771,uid=2000,gid=2000 few /data/local/tmp",
        )?;
        let ended = run(
            phone,
            &[&["--serial", phone.root.as_str()], options].concat(),
        )?;
        let left = phone.at_root("ls -A /data/local/tmp; umount /data/local/tmp")?;
        ended.expect_trouble(1, said)?;
        says_nothing_of_a_run(&ended)?;
        ensure!(left.is_empty(), "left: {left}");
    }
    phone.is_clean()
}

/// What stays on the device is said, and the command that removes it does.
fn cannot_take_away(phone: &Phone) -> Result<()> {
    let path = stand_in(
        phone,
        "*' push '*orders*) echo 'adb: error: none today' >&2; exit 1 ;;\n*'rm -rf '*) echo 'rm: not today' >&2; exit 1 ;;\n",
    )?;
    let ended = run_by(phone, &path, &["--serial", &phone.root])?;
    ended.expect_trouble(1, "device: cannot push to ")?;
    ended.expect_trouble(1, "device: cannot take away /data/local/tmp/sandboxd-run-")?;
    let (_, command) = ended
        .stderr
        .split_once("(rm: not today): it stays there until you do: ")
        .with_context(|| format!("no command: {}", ended.stderr))?;
    ensure!(
        phone.at_root("ls /data/local/tmp/*")?.contains("sandboxd"),
        "nothing stayed"
    );
    process::read_text(phone.command("sh").args(["-c", command]), command)?;
    phone.is_clean()
}

fn wrong_usage(phone: &Phone) -> Result<()> {
    let wrong = |arguments: &[&str], said: &str| -> Result<()> {
        Started::new(phone, arguments)?
            .end()?
            .expect_trouble(2, said)
    };
    wrong(
        &["-n", "x"],
        "device: '-n' is none of this script's options: sandboxd's own stand behind --",
    )?;
    wrong(
        &[],
        "device: what shall sandboxd do? Its options stand behind --",
    )?;
    wrong(&["--serial"], "device: --serial needs a value")?;
    wrong(
        &["--", "frobnicate"],
        "device: sandboxd has no verb 'frobnicate', but trace, ",
    )?;
    let help = Started::new(phone, &["--help"])?.end()?;
    help.expect(0)?;
    ensure!(
        help.stdout[0].starts_with("Usage: scripts/device.sh"),
        "{:?}",
        help.stdout
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::device::between;

    #[test]
    fn the_script_knows_the_verbs_that_the_program_has() {
        let script = between("scripts/device.sh", "\nverbs='", "'");
        let taken = between("sandboxd/src/cli.rs", "pub enum Verb {\n", "\n}\n");
        let mut verbs: Vec<String> = taken
            .lines()
            .map(str::trim)
            .filter(|line| !line.starts_with("///"))
            .filter_map(|line| Some(line.split_once('(')?.0.to_lowercase()))
            .collect();
        // clap's own.
        verbs.push("help".into());
        assert_eq!(script.split(' ').collect::<Vec<_>>(), verbs);
    }
}
