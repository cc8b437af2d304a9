//! Long runs: parts by size and by age, compressed and not, after kill -9, on a full disk; whose they are.
//!
//! What every part has to satisfy stands in `books`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::schema::Schema;
use super::script::stop;
use super::trace::{Facts, tail};
use super::{books, trace};
use crate::lab::{Case, Outcome};

/// How many threads `blocked-ppoll` has, which wait all the time.
const WAITING: u64 = 40;
/// The smallest part that can be asked for.
const PART: u64 = 64 << 10;

/// Parts of 64 KiB under load, while forty threads wait in a call that began in the first.
pub(crate) const BY_SIZE: Case = Case {
    name: "parts-by-size",
    script: concat!(
        "sandboxd trace --record rec -u 10123 -e openat,ppoll -o calls.jsonl --rotate-size 64K >printed 2>log & pid=$!\n\
         wait-for log ready 60 || exit 90\n\
         as-uid 10123 blocked-ppoll before wake >blocked & blocked=$!\n\
         wait-for blocked READY 60 || exit 92\n\
         as-uid 10123 flood 4 500 >facts || exit 91\n\
         sleep 1; touch wake; wait $blocked || exit 93\n",
        stop!(),
        "for part in calls-*.jsonl; do cat $part; done | cmp - replayed >compared 2>&1; echo \"same=$?\" >>facts\n\
         stat -c '%a %u %g %s %n' calls-*.jsonl rec >files\n"
    ),
    check: by_size,
    timeout_s: 120,
};

/// Parts of a second under load, compressed, by the tracepoint; each is what `zstd` reads.
pub(crate) const BY_AGE: Case = Case {
    name: "parts-by-age",
    script: concat!(
        "sandboxd trace --record rec -u 10123 --backend tracepoint -e openat -o '{package}-{part}.jsonl.zst' --rotate-age 1s \
         >printed 2>log & pid=$!\n\
         wait-for log ready 60 || exit 90\n\
         for i in $(seq 20); do as-uid 10123 flood 4 50 >>facts || exit 91; usleep 200000; done\n",
        stop!(),
        "stat -c '%a %u %g %s %n' uid10123-*.zst >files\n"
    ),
    check: by_age,
    timeout_s: 120,
};

/// What `kill -9` leaves of a compressed file: all but the last second.
pub(crate) const KILLED: Case = Case {
    name: "parts-killed",
    script: r"
sandboxd trace -u 10123 -e openat -o calls.jsonl.zst >printed 2>log & pid=$!
wait-for log ready 60 || exit 90
as-uid 10123 paced 100 >made & paced=$!
sleep 5
read up idle </proc/uptime; kill -KILL $pid; read after idle </proc/uptime
wait $pid; echo code=$? >facts
echo before=${up%.*}${up#*.}0 >>facts; echo after=${after%.*}${after#*.}0 >>facts
kill $paced
",
    check: killed,
    timeout_s: 90,
};

/// Who can read what a run leaves, whatever the umask and whatever was there.
pub(crate) const OWNERS: Case = Case {
    name: "parts-owners",
    script: r"
one() {
    sandboxd trace -u 10123 -e openat --record $1.rec -o $2 $3 $4 >printed 2>log.$1 & pid=$!
    wait-for log.$1 ready 60 || exit 90
    as-uid 10123 flood 1 7 >facts
    kill -INT $pid; wait $pid; echo $1=$? >>codes
}
umask 0; echo old >plain.jsonl; chmod 666 plain.jsonl
one wide plain.jsonl
umask 777
one shell 'shell-{part}.jsonl.zst' --owner shell
one number number.jsonl --owner=10123
umask 22
stat -c '%a %u %g %n' plain.jsonl wide.rec shell-0001.jsonl.zst shell.rec number.jsonl number.rec >files
as-uid 2000 cat shell-0001.jsonl.zst >read.shell; echo shell=$? >reads
as-uid 2000 cat plain.jsonl >read.plain 2>&1; echo plain=$? >>reads
chmod 644 *
",
    check: owners,
    timeout_s: 120,
};

/// A file system of 256 KiB, filled by parts of 64 KiB, and emptied again.
pub(crate) const DISK_FULL: Case = Case {
    name: "parts-disk-full",
    script: r"
mkdir small kept; mount -t tmpfs -o size=256k small small || exit 93
sandboxd trace -u 10123 -e openat -o 'small/calls-{part}.jsonl' --rotate-size 64K >printed 2>log & pid=$!
wait-for log ready 60 || exit 90
as-uid 10123 flood 1 1000 >facts || exit 91
wait-for log 'No space left' 30 || exit 94
sleep 1
for part in 1 2 3; do mv small/calls-000$part.jsonl kept; done
for i in 1 2; do as-uid 10123 flood 1 60 >>facts || exit 91; sleep 2; done
kill -INT $pid; wait $pid; echo $? >ended
mv small/* kept; umount small
",
    check: disk_full,
    timeout_s: 90,
};

/// Lines of the parts whose names begin so, in the order of their names.
fn parts(outcome: &Outcome, directory: &str, prefix: &str) -> Result<Vec<(PathBuf, Vec<Value>)>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(outcome.path(directory))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with(prefix) {
            paths.push(path);
        }
    }
    paths.sort();
    let read = |path: PathBuf| {
        let lines = lines(&path).with_context(|| path.display().to_string())?;
        Ok((path, lines))
    };
    paths.into_iter().map(read).collect()
}

/// The lines of a file, which are whole.
fn lines(path: &PathBuf) -> Result<Vec<Value>> {
    let bytes = if path.extension().is_some_and(|ending| ending == "zst") {
        let (bytes, said) = unpacked(path)?;
        ensure!(said.is_empty(), "zstd says {said}");
        bytes
    } else {
        fs::read(path)?
    };
    whole(&bytes)
}

fn whole(bytes: &[u8]) -> Result<Vec<Value>> {
    let text = str::from_utf8(bytes)?;
    ensure!(
        text.is_empty() || text.ends_with('\n'),
        "the last line is torn"
    );
    let parse = |line| serde_json::from_str(line).with_context(|| format!("not JSON: {line}"));
    text.lines().map(parse).collect()
}

/// What `zstd` makes of a file, and what it says.
pub(super) fn unpacked(path: &Path) -> Result<(Vec<u8>, String)> {
    let mut command = Command::new("zstd");
    let output = command.args(["-q", "-d", "-c"]).arg(path).output();
    let output = output.context("zstd cannot be run (scripts/setup.sh installs it)")?;
    Ok((
        output.stdout,
        String::from_utf8_lossy(&output.stderr).into_owned(),
    ))
}

fn check_schema(outcome: &Outcome, parts: &[Vec<Value>]) -> Result<()> {
    let schema = Schema::parse(&outcome.text("schema.json")?)?;
    parts
        .iter()
        .flatten()
        .try_for_each(|line| schema.check(line))
}

fn ended_well(outcome: &Outcome) -> Result<()> {
    outcome.expect_status(0)?;
    let (ended, log) = (outcome.text("ended")?, outcome.text("log")?);
    ensure!(ended == "trace 0\nreplay 0\n", "{ended}: {}", tail(&log));
    Ok(())
}

/// `MODE UID GID SIZE NAME` of each file.
fn are_private(outcome: &Outcome) -> Result<()> {
    for line in outcome.text("files")?.lines() {
        ensure!(line.starts_with("600 0 0 "), "not root's alone: {line}");
    }
    Ok(())
}

fn number(of: &Value, field: &str) -> u64 {
    of[field].as_u64().unwrap_or(0)
}

fn flooded(parts: &[Vec<Value>]) -> u64 {
    let calls = parts.iter().flatten();
    calls
        .filter(|line| line["args"]["pathname"] == "/flood/missing")
        .count() as u64
}

fn by_size(outcome: &Outcome) -> Result<()> {
    ended_well(outcome)?;
    are_private(outcome)?;
    let (paths, parts): (Vec<_>, Vec<_>) = parts(outcome, ".", "calls-")?.into_iter().unzip();
    let sums = books::check_parts(&parts)?;
    check_schema(outcome, &parts)?;
    let facts = Facts::read(outcome, "facts")?;
    ensure!(
        facts.number("same")? == 0,
        "the replay differs: {}",
        outcome.text("compared")?
    );
    let made = facts.number("openat")? as u64;
    let lost = number(&sums["openat"], "lost");
    ensure!(
        flooded(&parts) + lost >= made,
        "of {made} calls {lost} are lost, and too few written"
    );
    ensure!(
        lost > 0 || flooded(&parts) == made,
        "{} lines of {made} calls",
        flooded(&parts)
    );
    let seen = number(&sums["ppoll"], "seen");
    ensure!(seen >= WAITING, "{seen} calls of ppoll");
    ensure!(parts.len() > 10, "{} parts of {made} calls", parts.len());
    for (path, lines) in paths.iter().zip(&parts).take(parts.len() - 1) {
        let size = fs::metadata(path)?.len();
        let end = lines[lines.len() - 1].to_string().len() as u64;
        ensure!(
            (PART..PART + end + 4096).contains(&size),
            "{} bytes: {}",
            size,
            path.display()
        );
    }
    // While the flood is under way everybody else waits, in a call of an earlier part.
    let flood = |lines: &&Vec<Value>| {
        let calls = lines.iter().filter(|line| line["type"] == "syscall");
        calls.clone().count() > 10
            && calls
                .clone()
                .all(|line| line["args"]["pathname"] == "/flood/missing")
    };
    let during: Vec<_> = parts[..parts.len() - 1].iter().filter(flood).collect();
    ensure!(
        during.len() > 5,
        "{} parts are of the flood alone",
        during.len()
    );
    for lines in during {
        let waiting = number(&lines[lines.len() - 1]["by_call"]["ppoll"], "pending");
        ensure!(waiting == WAITING, "{waiting} calls of ppoll are pending");
    }
    Ok(())
}

fn by_age(outcome: &Outcome) -> Result<()> {
    ended_well(outcome)?;
    are_private(outcome)?;
    let (_, parts): (Vec<_>, Vec<_>) = parts(outcome, ".", "uid10123-")?.into_iter().unzip();
    let sums = books::check_parts(&parts)?;
    check_schema(outcome, &parts)?;
    let replayed = whole(&outcome.bytes("replayed")?)?;
    ensure!(parts.concat() == replayed, "the replay gives other lines");
    let made: i64 = Facts::read(outcome, "facts")?
        .numbers("openat")?
        .iter()
        .sum();
    let accounted = flooded(&parts) + number(&sums["openat"], "lost");
    ensure!(
        accounted == made as u64,
        "{made} calls made, {accounted} accounted for"
    );
    // Where the host is busy, a second may pass in which the guest does nothing.
    let is_busy = |lines: &&Vec<Value>| flooded(std::slice::from_ref(*lines)) > 0;
    let busy = parts.iter().filter(is_busy).count();
    ensure!(busy >= 4, "calls in {busy} of {} parts", parts.len());
    for lines in &parts[..parts.len() - 1] {
        let (start, end) = (&lines[0], &lines[lines.len() - 1]);
        let age = number(end, "boot_ns") - number(start, "boot_ns");
        ensure!(age >= 1_000_000_000, "a part of {age} ns");
    }
    Ok(())
}

fn killed(outcome: &Outcome) -> Result<()> {
    outcome.expect_status(0)?;
    let facts = Facts::read(outcome, "facts")?;
    ensure!(facts.number("code")? == 128 + 9, "it was not killed");
    let (bytes, _) = unpacked(&outcome.path("calls.jsonl.zst"))?;
    let lines = whole(&bytes)?;
    ensure!(
        lines.first().is_some_and(|line| line["type"] == "start"),
        "no start"
    );
    let last = lines.iter().rev().find(|line| line["type"] == "syscall");
    let last = number(last.context("no call")?, "boot_ns") / 1_000_000;
    let before = facts.number("before")? as u64;
    let made = Facts::read(outcome, "made")?.numbers("at_ms")?;
    let due = made
        .iter()
        .filter(|at| **at as u64 + 1000 <= before)
        .count();
    let paced = lines
        .iter()
        .filter(|line| line["args"]["pathname"] == "/paced/missing");
    let there = paced.count();
    ensure!(due > 10, "only {due} calls were made a second before");
    ensure!(
        there >= due,
        "{there} calls are there, {due} were made a second before; the last at {last} of {before} ms"
    );
    Ok(())
}

fn owners(outcome: &Outcome) -> Result<()> {
    outcome.expect_status(0)?;
    let codes = outcome.text("codes")?;
    ensure!(codes == "wide=0\nshell=0\nnumber=0\n", "{codes}");
    let files = outcome.text("files")?;
    let wanted = "600 0 0 plain.jsonl\n600 0 0 wide.rec\n600 2000 2000 shell-0001.jsonl.zst\n600 2000 2000 shell.rec\n\
                  600 10123 10123 number.jsonl\n600 10123 10123 number.rec\n";
    ensure!(files == wanted, "{files}");
    let reads = Facts::read(outcome, "reads")?;
    ensure!(
        reads.number("shell")? == 0,
        "the shell cannot read what is its own"
    );
    ensure!(
        reads.number("plain")? != 0,
        "the shell reads what is root's"
    );
    trace::Trace::read(outcome, "plain.jsonl")?;
    let parts = parts(outcome, ".", "shell-")?;
    ensure!(parts.len() == 1, "{} parts", parts.len());
    books::check_parts(&[parts[0].1.clone()])?;
    Ok(())
}

fn disk_full(outcome: &Outcome) -> Result<()> {
    outcome.expect_status(0)?;
    let log = outcome.text("log")?;
    ensure!(
        outcome.text("ended")? == "1\n",
        "it did not say so by its exit code: {}",
        tail(&log)
    );
    ensure!(
        log.matches("No space left").count() == 1,
        "said more than once: {log}"
    );
    let parts = parts(outcome, "kept", "calls-")?;
    for (path, lines) in &parts {
        books::stands_alone(lines).with_context(|| path.display().to_string())?;
    }
    let all: Vec<_> = parts.iter().map(|(_, lines)| lines.clone()).collect();
    let seen = number(&books::sums(&all)?["openat"], "seen");
    let lines = all.concat();
    let calls = lines
        .iter()
        .filter(|line| line["type"] == "syscall")
        .count() as u64;
    let made: i64 = Facts::read(outcome, "facts")?
        .numbers("openat")?
        .iter()
        .sum();
    ensure!(
        calls > 150 && calls < made as u64,
        "{calls} lines of {made} calls"
    );
    ensure!(
        parts.len() > 4,
        "{} parts: none since there was room again",
        parts.len()
    );
    ensure!(seen == made as u64, "{made} calls made, {seen} seen");
    let last = lines.last().context("no line at all")?;
    ensure!(
        last["type"] == "end" && last["why"] == "signal",
        "the last line is {last}"
    );
    let summary = log
        .lines()
        .find(|line| line.contains("end (signal)"))
        .context("no summary")?;
    ensure!(
        summary.contains(&format!("= emitted {calls} +")),
        "{calls} lines: {summary}"
    );
    Ok(())
}
