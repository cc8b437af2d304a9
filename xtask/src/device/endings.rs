//! Runs that do not end by themselves: what the device does when nobody listens any more, and what the script says.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::Case;
use super::phone::Phone;
use super::runs::{APP, CALL, SOON, is_whole, stand_in, start};
use super::started::Started;

/// In the order in which they are run.
pub(super) const CASES: &[Case] = &[
    ("command-too", command_too),
    ("two-at-once", two_at_once),
    ("interrupted-early", interrupted_early),
    ("interrupted-twice", interrupted_twice),
    ("terminated", terminated),
    ("reader-goes", reader_goes),
    ("reader-interrupted", reader_interrupted),
    ("nobody-reads", nobody_reads),
    ("connection-lost", connection_lost),
    ("lost-with-files", lost_with_files),
    ("script-killed", script_killed),
];

/// Ctrl-C reaches a command that sandboxd started, as it does at a terminal.
fn command_too(phone: &Phone) -> Result<()> {
    let words = [
        "-e",
        "openat",
        "--no-fds",
        "--",
        "sh",
        "-c",
        "cat /nothing; sleep 321",
    ];
    let mut run = start(phone, &phone.root, &[], &words)?;
    run.wait_for("/nothing")?;
    run.signal("-INT")?;
    let ended = run.end()?;
    ended.expect(0)?;
    ensure!(
        ended
            .lines()?
            .last()
            .is_some_and(|line| line["type"] == "end"),
        "no end"
    );
    let left = phone.at_root("pgrep -f 'sleep 32[1]' || true")?;
    ensure!(left.is_empty(), "the command goes on: {left}");
    phone.is_clean()
}

/// Two runs on one device do not know of each other.
fn two_at_once(phone: &Phone) -> Result<()> {
    let mut first = start(phone, &phone.root, &[], &APP)?;
    let mut second = start(phone, &phone.root, &["--keep"], &APP)?;
    for run in [&mut first, &mut second] {
        run.wait_for(CALL)?;
        run.wait_for(CALL)?;
    }
    second.signal("-INT")?;
    is_whole(&second.end()?.lines()?, "signal")?;
    first.wait_for(CALL)?;
    first.signal("-INT")?;
    is_whole(&first.end()?.lines()?, "signal")?;
    phone.at_root("rm /data/local/tmp/sandboxd")?;
    phone.is_clean()
}

/// Ctrl-C while the program is being pushed.
fn interrupted_early(phone: &Phone) -> Result<()> {
    let path = stand_in(
        phone,
        "*' push '*sandboxd-run*) adb \"$@\"; touch pushed; exec sleep 60 ;;\n",
    )?;
    let mut command = phone.command(Phone::script());
    command
        .env("PATH", path)
        .args(["--serial", &phone.root, "--bin"]);
    command.arg(Phone::program()).arg("--").args(APP);
    let run = Started::of(phone, command)?;
    let begin = Instant::now();
    while !phone.path("pushed").exists() {
        ensure!(
            begin.elapsed() < Duration::from_secs(20),
            "it pushes nothing"
        );
        thread::sleep(Duration::from_millis(50));
    }
    ensure!(
        !phone.at_root("ls /data/local/tmp")?.is_empty(),
        "nothing was pushed"
    );
    run.signal("-INT")?;
    run.end()?.expect_trouble(130, "")?;
    phone.is_clean()
}

/// Who presses it twice does not wait for the end, which the device comes to by itself.
fn interrupted_twice(phone: &Phone) -> Result<()> {
    let mut run = start(phone, &phone.root, &[], &APP)?;
    run.wait_for(CALL)?;
    phone.at_root("kill -STOP $(cat /data/local/tmp/*/pid)")?;
    run.signal("-INT")?;
    thread::sleep(Duration::from_secs(2));
    ensure!(run.runs()?, "it did not wait for the end");
    run.signal("-INT")?;
    thread::sleep(Duration::from_secs(1));
    phone.at_root("kill -CONT $(cat /data/local/tmp/*/pid)")?;
    let ended = run.end()?;
    ended.expect(1)?;
    ensure!(
        ended.stderr.contains("device: did not wait for the end\n"),
        "{}",
        ended.stderr
    );
    has_stopped(phone)
}

/// `device.sh … | head`: ends as asked.
fn reader_goes(phone: &Phone) -> Result<()> {
    let mut run = start(phone, &phone.root, &[], &APP)?;
    run.wait_for(CALL)?;
    run.read_no_more();
    run.end()?.expect(0)?;
    phone.is_clean()
}

/// A script in a pipeline, whose exit code is this one's: it goes on where a Ctrl-C ends the reader.
fn piped(phone: &Phone, options: &[&str], pipeline: &str, words: &[&str]) -> Result<Started> {
    let mut command = phone.command("bash");
    let pipeline = format!("trap : INT; {pipeline}; exit \"${{PIPESTATUS[0]}}\"");
    command.args(["-c", &pipeline, "bash"]).arg(Phone::script());
    command.args(["--serial", &phone.root]).args(options);
    command.arg("--bin").arg(Phone::program());
    command.arg("--").args(APP).args(words);
    Started::of(phone, command)
}

/// `device.sh … | jq`: at a terminal Ctrl-C ends both. That jq has gone is no second Ctrl-C.
fn reader_interrupted(phone: &Phone) -> Result<()> {
    let mut run = piped(phone, &[], "\"$@\" | cat", &[])?;
    run.wait_for(CALL)?;
    run.signal("-INT")?;
    let ended = run.end()?;
    ended.expect(0)?;
    ensure!(
        ended.stderr.contains("INFO end (signal)") && !ended.stderr.contains("device:"),
        "{}",
        ended.stderr
    );
    phone.is_clean()
}

/// Nor does it matter that the script's own words have no reader either: what is to be fetched is.
fn nobody_reads(phone: &Phone) -> Result<()> {
    let words = ["--record", "run.rec"];
    let run = piped(phone, &["--pull"], "\"$@\" 2>&1 | head -n 2", &words)?;
    run.end()?.expect(0)?;
    ensure!(phone.path("run.rec").exists(), "not fetched");
    phone.is_clean()
}

/// `timeout` tells the script and then all of its group: that is one wish, and adb goes on until the end.
fn terminated(phone: &Phone) -> Result<()> {
    let mut run = start(phone, &phone.root, &[], &APP)?;
    run.wait_for(CALL)?;
    run.wait_for(CALL)?;
    run.signal("-TERM")?;
    run.signal("-TERM")?;
    let ended = run.end()?;
    ended.expect(0)?;
    is_whole(&ended.lines()?, "signal")?;
    phone.is_clean()
}

/// The device notices that nobody is there any more.
fn connection_lost(phone: &Phone) -> Result<()> {
    let mut run = start(phone, &phone.root, &[], &APP)?;
    run.wait_for(CALL)?;
    phone.say(&["disconnect", &phone.root])?;
    let ended = run.end()?;
    ended.expect(1)?;
    ensure!(
        ended.stderr.contains("the connection to"),
        "{}",
        ended.stderr
    );
    phone.connect(&phone.root, Duration::from_secs(20))?;
    has_stopped(phone)
}

/// What was to be fetched is not thrown away: it is said where it is.
fn lost_with_files(phone: &Phone) -> Result<()> {
    let words = [&APP[..], &["--record", "run.rec"]].concat();
    let mut run = start(phone, &phone.root, &["--pull"], &words)?;
    run.wait_for(CALL)?;
    phone.say(&["disconnect", &phone.root])?;
    let ended = run.end()?;
    ended.expect(1)?;
    let place = ended
        .stderr
        .split("it is still in ")
        .nth(1)
        .unwrap_or_default();
    let place = place.split(' ').next().unwrap_or_default();
    ensure!(place.starts_with("/data/local/tmp/"), "{}", ended.stderr);
    phone.connect(&phone.root, Duration::from_secs(20))?;
    let replayed =
        format!("sleep 1; sandboxd replay {place}/run.rec | tail -n 1; rm -r ${{place%/*}}");
    let last = phone.at_root(&format!("place={place}; {replayed}"))?;
    ensure!(
        last.contains(r#""type":"end""#),
        "the recording ends with {last}"
    );
    has_stopped(phone)
}

/// So does it when the script cannot say anything.
fn script_killed(phone: &Phone) -> Result<()> {
    let mut run = start(phone, &phone.root, &[], &APP)?;
    run.wait_for(CALL)?;
    run.signal("-KILL")?;
    ensure!(run.end()?.status == 128 + 9, "not killed");
    has_stopped(phone)
}

/// The device's side needs a moment; then nothing is left.
fn has_stopped(phone: &Phone) -> Result<()> {
    let begin = Instant::now();
    while !phone.at_root("ls /data/local/tmp")?.is_empty() {
        ensure!(begin.elapsed() < SOON, "the device did not notice");
    }
    phone.is_clean()
}
