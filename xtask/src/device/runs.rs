//! Runs that go well: what arrives, and what is left. `endings` has those that are ended in other ways.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::Case;
use super::phone::Phone;
use super::started::{Ended, Started};
use crate::cases::books;

/// In the order in which they are run.
pub(super) const CASES: &[Case] = &[
    ("ctrl-c", ctrl_c),
    ("builds", builds),
    ("words", words),
    ("su-c", |phone| by_su(phone, "magisk")),
    ("su-0", |phone| by_su(phone, "userdebug")),
    ("adb-root", adb_root),
    ("exit-codes", exit_codes),
    ("pull", pull),
    ("pull-by-su", pull_by_su),
    ("pull-parts", pull_parts),
    ("keep", keep),
];

/// From Ctrl-C to the end of the script, on a machine with other work.
pub(super) const SOON: Duration = Duration::from_secs(5);
/// The app that the guest runs, and what it calls; with few probes, which are what takes long.
pub(super) const APP: [&str; 5] = ["-u", "10123", "-e", "openat", "--no-fds"];
pub(super) const CALL: &str = r#""syscall":"openat""#;

/// `device.sh --serial SERIAL --bin PROGRAM OPTIONS -- WORDS`.
pub(super) fn start(
    phone: &Phone,
    serial: &str,
    options: &[&str],
    words: &[&str],
) -> Result<Started> {
    let program = Phone::program();
    let program = program.to_str().context("a path that is not UTF-8")?;
    let fixed = ["--serial", serial, "--bin", program];
    Started::new(phone, &[&fixed, options, &["--"], words].concat())
}

/// The whole way: lines while it runs, Ctrl-C, the true end, nothing left.
fn ctrl_c(phone: &Phone) -> Result<()> {
    let before = phone.at_root("find /data /tmp -xdev | sort")?;
    let words = ["-n", "com.example.app", "-e", "openat"];
    let mut run = start(phone, &phone.root, &[], &words)?;
    run.wait_for(CALL)?;
    run.wait_for(CALL)?;
    let asked = Instant::now();
    run.signal("-INT")?;
    let ended = run.end()?;
    ensure!(
        asked.elapsed() < SOON,
        "it took {:?} to end",
        asked.elapsed()
    );
    ended.expect(0)?;
    is_whole(&ended.lines()?, "signal")?;
    ensure!(
        ended.stderr.contains("INFO end (signal)"),
        "{}",
        ended.stderr
    );
    phone.is_clean()?;
    let after = phone.at_root("find /data /tmp -xdev | sort")?;
    ensure!(before == after, "other files than before: {after}");
    phone.has_no_probes()
}

/// Frame, numbering and books, as of every trace; ended for this reason, with calls in it.
pub(super) fn is_whole(lines: &[Value], why: &str) -> Result<()> {
    books::check(lines)?;
    let end = lines.last().context("no line")?;
    ensure!(end["why"] == why, "ended by {}", end["why"]);
    ensure!(end["emitted"].as_u64() > Some(1), "no calls: {end}");
    Ok(())
}

/// Without `--bin` it builds what is stale. Without `--serial` it takes the only device.
fn builds(phone: &Phone) -> Result<()> {
    let ended = Started::new(phone, &["--", "list", "openat"])?.end()?;
    ended.expect(0)?;
    ensure!(
        ended.stdout.iter().any(|line| line.starts_with("openat ")),
        "{:?}",
        ended.stdout
    );
    phone.is_clean()
}

/// Every word arrives as it was, by three shells.
fn words(phone: &Phone) -> Result<()> {
    run_words(phone, &phone.root)?;
    phone.is_clean()
}

fn run_words(phone: &Phone, serial: &str) -> Result<()> {
    const WORDS: [&str; 8] = [
        "it's",
        "a  b",
        "$HOME `id`",
        "\"",
        "\\n",
        "",
        "*",
        "'; exit 9; '",
    ];
    let options = [
        "-e",
        "execve",
        "--no-fds",
        "--as-uid",
        "10123",
        "--",
        "/bin/echo",
    ];
    let ended = start(phone, serial, &[], &[&options[..], &WORDS[..]].concat())?.end()?;
    ended.expect(0)?;
    let lines = ended.lines()?;
    books::check(&lines)?;
    let given = lines[0]["argv"].as_array().context("no argv")?;
    let given = &given[given.len().saturating_sub(WORDS.len())..];
    ensure!(given == WORDS, "arrived: {given:?}");
    ensure!(
        ended.stderr.contains("it's a  b $HOME `id`"),
        "its output: {}",
        ended.stderr
    );
    Ok(())
}

fn by_su(phone: &Phone, kind: &str) -> Result<()> {
    phone.pretend("su", kind)?;
    run_words(phone, &phone.shell)?;
    phone.is_clean()
}

/// Debian's adbd knows no `adb root`: a stand-in for adb restarts it as another user, all else is adb's.
fn adb_root(phone: &Phone) -> Result<()> {
    phone.pretend("ro.debuggable", "1")?;
    let path = adb_that_restarts(phone)?;
    let mut command = phone.command(Phone::script());
    command
        .env("PATH", path)
        .args(["--serial", &phone.shell, "--bin"]);
    command
        .arg(Phone::program())
        .args(["--", "--duration", "1s"])
        .args(APP);
    let ended = Started::of(phone, command)?.end()?;
    ended.expect(0)?;
    is_whole(&ended.lines()?, "duration")?;
    phone.connect(&phone.shell, Duration::from_secs(20))?;
    let user = phone.say(&["-s", &phone.shell, "shell", "-T", "id -u"])?;
    ensure!(user.trim() == "2000", "adbd is still user {user}");
    phone.is_clean()
}

/// A `PATH` on which it is found first.
fn adb_that_restarts(phone: &Phone) -> Result<String> {
    let restart = |change: &str| {
        let kill = "kill $(cat /tmp/phone/pid)";
        format!(
            "adb -s {} shell -T '{change} /tmp/phone/rooted; {kill}'",
            phone.root
        )
    };
    let (root, unroot) = (restart("touch"), restart("rm -f"));
    stand_in(
        phone,
        &format!("*' root') {root}; echo restarting adbd as root ;;\n*' unroot') {unroot} ;;\n"),
    )
}

/// A `PATH` with a stand-in for adb that has these cases of its arguments, and leaves all else to adb.
pub(super) fn stand_in(phone: &Phone, cases: &str) -> Result<String> {
    let dir = phone.path("stand-in");
    fs::create_dir(&dir)?;
    let adb = dir.join("adb");
    let script = format!(
        "#!/bin/sh\nalone=${{0%/*}}\nPATH=${{PATH#\"$alone\":}}\ncase $* in\n{cases}*) exec adb \"$@\" ;;\nesac\n"
    );
    fs::write(&adb, script)?;
    fs::set_permissions(&adb, fs::Permissions::from_mode(0o755))?;
    let path = std::env::var("PATH").unwrap_or_default();
    Ok(format!("{}:{path}", dir.display()))
}

/// Each of sandboxd's exit codes is the script's, and its streams stay apart.
fn exit_codes(phone: &Phone) -> Result<()> {
    let run = |words: &[&str]| -> Result<Ended> { start(phone, &phone.root, &[], words)?.end() };
    run(&["--nonsense"])?.expect_trouble(2, "unexpected argument '--nonsense'")?;
    run(&["replay", "/nowhere"])?.expect_trouble(1, "/nowhere")?;
    run(&["-e", "openat", "--no-fds", "--", "/bin/false"])?.expect(0)?;
    phone.is_clean()?;
    // What no sandboxd of the lab does, another program does.
    let program = phone.path("program");
    fs::write(&program, "#!/bin/sh\neval \"$1 $2\"\n")?;
    let program = program.to_str().context("a path that is not UTF-8")?;
    for (words, status, said) in [
        ("exit 3", 3, ""),
        ("exit 101", 1, "device: sandboxd ended with status 101\n"),
        ("kill -9 $$", 1, "device: sandboxd ended with status 137\n"),
    ] {
        let fixed = ["--serial", &phone.root, "--bin", program, "--"];
        let words: Vec<&str> = words.splitn(2, ' ').collect();
        let ended = Started::new(phone, &[&fixed[..], &words].concat())?.end()?;
        ended.expect_trouble(status, said)?;
    }
    phone.is_clean()
}

/// What the run wrote, byte for byte: the recording gives the lines that were printed.
fn pull(phone: &Phone) -> Result<()> {
    let words = [&APP[..], &["--duration", "1500ms", "--record", "run.rec"]].concat();
    let ended = start(phone, &phone.root, &["--pull=got"], &words)?.end()?;
    ended.expect(0)?;
    is_whole(&ended.lines()?, "duration")?;
    ensure!(
        ended.stderr.contains("fetched into got: run.rec"),
        "{}",
        ended.stderr
    );
    phone.is_clean()?;
    let recording = phone.path("got/run.rec");
    let recording = recording.to_str().context("a path that is not UTF-8")?;
    phone.say(&["-s", &phone.root, "push", recording, "/tmp/run.rec"])?;
    let replayed = phone.at_root("sandboxd replay /tmp/run.rec; rm /tmp/run.rec")?;
    ensure!(
        replayed.lines().eq(&ended.stdout),
        "the recording gives other lines"
    );
    Ok(())
}

/// Several files, of root, with odd names, fetched by a user who cannot read them; after Ctrl-C.
fn pull_by_su(phone: &Phone) -> Result<()> {
    phone.pretend("su", "magisk")?;
    let words = [&APP[..], &["-o", "it's calls.jsonl", "--record", "run.rec"]].concat();
    let run = start(phone, &phone.shell, &["--pull"], &words)?;
    let begin = Instant::now();
    while phone
        .at_root("cat /data/local/tmp/*/out/*.jsonl 2>/dev/null | grep -c openat || true")?
        .trim()
        < "3"
    {
        ensure!(
            begin.elapsed() < Duration::from_secs(30),
            "no lines in the file"
        );
    }
    run.signal("-INT")?;
    let ended = run.end()?;
    ended.expect(0)?;
    ensure!(ended.stdout.is_empty(), "lines on stdout too");
    let text = fs::read_to_string(phone.path("it's calls.jsonl")).context("not fetched")?;
    let lines = text
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<Vec<Value>, _>>()?;
    is_whole(&lines, "signal")?;
    ensure!(
        fs::metadata(phone.path("run.rec"))?.len() > 0,
        "an empty recording"
    );
    phone.is_clean()
}

/// A run in parts: each of its files, without a gap between them.
fn pull_parts(phone: &Phone) -> Result<()> {
    let parts = [
        "-o",
        "calls-{part}.jsonl",
        "--rotate-age",
        "1s",
        "--duration",
        "3500ms",
    ];
    let ended = start(
        phone,
        &phone.root,
        &["--pull"],
        &[&APP[..], &parts].concat(),
    )?
    .end()?;
    ended.expect(0)?;
    let mut lines: Vec<Value> = Vec::new();
    let (mut part, mut path) = (1, phone.path("calls-0001.jsonl"));
    while let Ok(text) = fs::read_to_string(&path) {
        for line in text.lines() {
            lines.push(serde_json::from_str(line).with_context(|| format!("not JSON: {line}"))?);
        }
        part += 1;
        path = phone.path(format!("calls-{part:04}.jsonl"));
    }
    ensure!(part > 3, "only {} parts: {}", part - 1, ended.stderr);
    let numbers: Vec<u64> = lines
        .iter()
        .filter_map(|line| line["seq"].as_u64())
        .collect();
    ensure!(
        numbers.windows(2).all(|two| two[1] == two[0] + 1),
        "gaps: {numbers:?}"
    );
    ensure!(
        lines.last().is_some_and(|line| line["why"] == "duration"),
        "no end"
    );
    let files = fs::read_dir(&phone.scratch)?.count();
    ensure!(files == part, "{files} files of {} parts", part - 1);
    phone.is_clean()
}

/// The program stays, is used again without another push, and is not touched by a run without `--keep`.
fn keep(phone: &Phone) -> Result<()> {
    let place = "/data/local/tmp/sandboxd";
    let look = || phone.at_root(&format!("stat -c '%i %Y %s' {place}"));
    start(phone, &phone.root, &["--keep"], &["list", "openat"])?
        .end()?
        .expect(0)?;
    let first = look()?;
    for options in [&["--keep"][..], &[]] {
        start(phone, &phone.root, options, &["list", "openat"])?
            .end()?
            .expect(0)?;
        ensure!(look()? == first, "it was pushed again");
    }
    phone.at_root(&format!("echo other >{place}"))?;
    start(phone, &phone.root, &["--keep"], &["list", "openat"])?
        .end()?
        .expect(0)?;
    ensure!(look()? != first, "another program was run");
    let left = phone.at_root("ls /data/local/tmp; rm /data/local/tmp/sandboxd")?;
    ensure!(left == "sandboxd\n", "left: {left}");
    phone.is_clean()
}
