//! How a trace ends when something else does: the disk is full, the reader is gone, Ctrl-C, a kill.
//!
//! Whole lines, a summary on stderr, and no probe left behind.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::trace::{Facts, tail};
use crate::lab::{Case, Outcome};

/// The file system of `-o` takes 64 KiB.
pub(crate) const DISK_FULL: Case = Case {
    name: "disk-full",
    script: r"
mkdir small; mount -t tmpfs -o size=64k small small || exit 93
sandboxd trace -u 10123 -e openat -o small/out >printed 2>log & pid=$!
wait-for log ready 60 || exit 90
as-uid 10123 flood 1 3000 >facts || exit 91
sleep 1
kill -INT $pid 2>/dev/null
wait $pid; echo $? >ended
cat small/out >out; umount small
",
    check: disk_full,
    timeout_s: 60,
};

/// `ulimit -f` takes 64 KiB: the kernel would kill with SIGXFSZ.
pub(crate) const FILE_SIZE_LIMIT: Case = Case {
    name: "file-size-limit",
    script: r"
( ulimit -f 128; exec sandboxd trace -u 10123 -e openat -o out ) >printed 2>log & pid=$!
wait-for log ready 60 || exit 90
as-uid 10123 flood 1 3000 >facts || exit 91
sleep 1
kill -INT $pid 2>/dev/null
wait $pid; echo $? >ended
",
    check: file_size_limit,
    timeout_s: 60,
};

/// The reader of stdout takes three lines and goes.
pub(crate) const READER_GONE: Case = Case {
    name: "reader-gone",
    script: r"
{ sandboxd trace -u 10123 -e openat 2>log; echo $? >ended; } | head -n 3 >lines &
wait-for log ready 60 || exit 90
as-uid 10123 flood 1 1000 >facts || exit 91
wait-for ended '
' 20 || exit 94
",
    check: reader_gone,
    timeout_s: 60,
};

/// Ctrl-C with a reader on stdout, and `kill -9`: how long until it is gone, until the streams close, until the probes are.
pub(crate) const PROBES_GONE: Case = Case {
    name: "probes-gone",
    script: r#"
list=/sys/kernel/debug/kprobes/list
[ -e $list ] || { mkdir -p debug; mount -t debugfs debugfs debug; list=debug/kprobes/list; }
probes() { grep -c __arm64_ $list; }
uptime_ms() { read up idle </proc/uptime; echo ${up%.*}${up#*.}0; }
probe_free() {
    for i in $(seq 1 300); do [ $(probes) = 0 ] && break; usleep 200000; done
    echo "$1_left=$(probes)"; echo "$1_probes_ms=$(($(uptime_ms) - begin))"
}
run() {
    mkfifo pipe.$1
    { cat >lines.$1; uptime_ms >closed.$1; } <pipe.$1 & reader=$!
    sandboxd trace -u 10123 -e %default --backend kprobe >pipe.$1 2>log.$1 & pid=$!
    wait-for log.$1 ready 90 || exit 90
    echo "$1_attached=$(probes)"
    begin=$(uptime_ms)
    kill -$1 $pid; wait $pid; echo "$1_code=$?"
    echo "$1_exit_ms=$(($(uptime_ms) - begin))"
    wait $reader
    echo "$1_closed_ms=$(($(cat closed.$1) - begin))"
    probe_free $1
}
begin=$(uptime_ms); probe_free BEFORE >before
run INT >facts
run KILL >>facts
"#,
    check: probes_gone,
    timeout_s: 300,
};

fn no_panic(log: &str) -> Result<()> {
    ensure!(!log.contains("panicked"), "it panicked: {}", tail(log));
    Ok(())
}

/// Whole JSON lines only, the last one too.
fn whole_lines(text: &str) -> Result<Vec<Value>> {
    ensure!(
        text.is_empty() || text.ends_with('\n'),
        "the last line is not whole: {}",
        tail(text)
    );
    let parse = |line| serde_json::from_str(line).with_context(|| format!("not JSON: {line}"));
    text.lines().map(parse).collect()
}

fn disk_full(outcome: &Outcome) -> Result<()> {
    no_room(outcome, "No space left")
}

fn file_size_limit(outcome: &Outcome) -> Result<()> {
    no_room(outcome, "File too large")
}

fn no_room(outcome: &Outcome, why: &str) -> Result<()> {
    outcome.expect_status(0)?;
    let log = outcome.text("log")?;
    no_panic(&log)?;
    let lines = whole_lines(&outcome.text("out")?)?;
    ensure!(
        lines.len() > 10 && lines.len() < 3000,
        "{} lines fitted in 64 KiB",
        lines.len()
    );
    ensure!(
        lines[0]["type"] == "start",
        "the first line is {}",
        lines[0]
    );
    let code = outcome.text("ended")?;
    ensure!(code == "1\n", "exit code {code}; it said {}", tail(&log));
    ensure!(log.contains(why), "it does not say why: {}", tail(&log));
    ensure!(
        log.contains("unwritten"),
        "it does not say what is missing: {}",
        tail(&log)
    );
    Ok(())
}

fn reader_gone(outcome: &Outcome) -> Result<()> {
    outcome.expect_status(0)?;
    let log = outcome.text("log")?;
    no_panic(&log)?;
    let lines = whole_lines(&outcome.text("lines")?)?;
    ensure!(
        lines.len() == 3 && lines[0]["type"] == "start",
        "head got {} lines",
        lines.len()
    );
    let code = outcome.text("ended")?;
    ensure!(code == "0\n", "exit code {code}; it said {}", tail(&log));
    ensure!(
        log.contains("end (reader_gone)"),
        "no summary on stderr: {}",
        tail(&log)
    );
    ensure!(
        !log.contains("ERROR"),
        "an error where there is none: {}",
        tail(&log)
    );
    Ok(())
}

fn probes_gone(outcome: &Outcome) -> Result<()> {
    outcome.expect_status(0)?;
    let facts = Facts::read(outcome, "facts")?;
    for end in ["INT", "KILL"] {
        no_panic(&outcome.text(&format!("log.{end}"))?)?;
        let number = |what: &str| facts.number(&format!("{end}_{what}"));
        ensure!(
            number("attached")? > 50,
            "{end}: only {} probes were attached",
            number("attached")?
        );
        ensure!(
            number("left")? == 0,
            "{end}: {} probes are left after a minute",
            number("left")?
        );
        ensure!(
            number("probes_ms")? <= 60_000,
            "{end}: probes were gone after {} ms",
            number("probes_ms")?
        );
        for what in ["exit_ms", "closed_ms"] {
            ensure!(
                end == "KILL" || number(what)? <= 1000,
                "{end}: {what} is {}",
                number(what)?
            );
        }
    }
    ensure!(
        facts.number("INT_code")? == 0,
        "exit code {}",
        facts.number("INT_code")?
    );
    let lines = whole_lines(&outcome.text("lines.INT")?)?;
    ensure!(
        lines.last().is_some_and(|line| line["type"] == "end"),
        "Ctrl-C left no end"
    );
    whole_lines(&outcome.text("lines.KILL")?).context("after kill -9")?;
    Ok(())
}
