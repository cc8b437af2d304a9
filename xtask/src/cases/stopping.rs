//! What stops a trace and what must not: a flood, a reader of stderr that goes, odd names, a hangup under `nohup`.

use anyhow::{Result, ensure};

use super::trace::{Facts, tail};
use crate::lab::{Case, Outcome};

/// Ctrl-C and `--duration` while four threads make calls without end and a file takes the lines.
pub(crate) const IN_A_FLOOD: Case = Case {
    name: "stop-in-a-flood",
    script: r#"
as-uid 10123 flood 4 100000000 & flood=$!
sandboxd trace -u 10123 -e openat -c >lines.INT 2>log.INT & pid=$!
wait-for log.INT ready 60 || exit 90
sleep 2
kill -INT $pid; (sleep 20; kill -KILL $pid) & killer=$!
wait $pid; echo "INT=$?"  >facts
kill $killer
timeout -s KILL 40 sandboxd trace -u 10123 -e openat --duration 2s -o lines.duration 2>log.duration
echo "duration=$?" >>facts
tail -n 1 lines.duration >last
kill $flood
"#,
    check: in_a_flood,
    timeout_s: 120,
};

/// stderr's reader goes once it has read that the probes are live; what is said later cannot be written.
pub(crate) const STDERR_GONE: Case = Case {
    name: "stderr-gone",
    script: r#"
mkfifo errors
sed /ready/q errors >first & reader=$!
{ sandboxd trace -u 10123 -e openat --duration 2s -c >lines 2>errors; echo "code=$?" >facts; } &
wait $reader
as-uid 10123 flood 1 10
wait-for facts code= 60 || exit 94
"#,
    check: stderr_gone,
    timeout_s: 90,
};

/// Nothing is left of a command when the daemon cannot begin.
pub(crate) const NOTHING_LEFT: Case = Case {
    name: "no-command-left",
    script: r#"
as-uid 2000 sandboxd trace -- sleep 1000 >lines 2>log; echo "no_root=$?" >facts
sandboxd trace -o /nowhere/out -- sleep 1000 >lines 2>>log; echo "no_file=$?" >>facts
sandboxd trace -- no-such-program >lines 2>>log; echo "no_program=$?" >>facts
sleep 1
for status in /proc/[0-9]*/comm; do read name <$status; if [ "$name" = sandboxd ]; then echo "left=$status"; fi; done >left
"#,
    check: nothing_left,
    timeout_s: 90,
};

/// A process whose name is not UTF-8 is a target like any other.
pub(crate) const ODD_NAME: Case = Case {
    name: "odd-name",
    script: r#"
name=$(printf 'a\377b')
cp /bin/blocked-ppoll "./$name"
"./$name" before wake >facts & target=$!
wait-for facts READY 20 || exit 92
sandboxd trace -p $target -e clock_nanosleep,nanosleep,exit_group --duration 3s >lines 2>log
echo "code=$?" >>facts
kill -KILL $target
"#,
    check: odd_name,
    timeout_s: 60,
};

/// A run that `nohup` started outlives its terminal's hangup, and still ends with SIGTERM.
pub(crate) const NOHUP: Case = Case {
    name: "nohup",
    script: r#"
(trap '' HUP; exec sandboxd trace -u 10123 -e openat >lines 2>log) & pid=$!
wait-for log ready 60 || exit 90
kill -HUP $pid; sleep 1
as-uid 10123 flood 1 7 >facts || exit 91
sleep 1
kill -TERM $pid; wait $pid; echo "code=$?" >>facts
"#,
    check: nohup,
    timeout_s: 60,
};

fn no_panic(log: &str) -> Result<()> {
    ensure!(!log.contains("panicked"), "it panicked: {}", tail(log));
    Ok(())
}

fn in_a_flood(outcome: &Outcome) -> Result<()> {
    outcome.expect_status(0)?;
    let facts = Facts::read(outcome, "facts")?;
    for end in ["INT", "duration"] {
        let log = outcome.text(&format!("log.{end}"))?;
        no_panic(&log)?;
        let code = facts.number(end)?;
        ensure!(code == 0, "{end}: exit code {code}: {}", tail(&log));
    }
    let last = outcome.text("last")?;
    ensure!(
        last.contains(r#""why":"duration""#),
        "the last line is {last}"
    );
    Ok(())
}

fn stderr_gone(outcome: &Outcome) -> Result<()> {
    outcome.expect_status(0)?;
    let first = outcome.text("first")?;
    ensure!(first.contains("ready"), "stderr began with {first:?}");
    let code = Facts::read(outcome, "facts")?.number("code")?;
    ensure!(code == 0, "exit code {code}");
    let lines = outcome.text("lines")?;
    ensure!(
        lines
            .lines()
            .last()
            .is_some_and(|line| line.contains(r#""why":"duration""#)),
        "no end line: {}",
        tail(&lines)
    );
    Ok(())
}

fn nothing_left(outcome: &Outcome) -> Result<()> {
    outcome.expect_status(0)?;
    let (facts, log) = (Facts::read(outcome, "facts")?, outcome.text("log")?);
    no_panic(&log)?;
    for (what, code) in [("no_root", 3), ("no_file", 1), ("no_program", 2)] {
        let found = facts.number(what)?;
        ensure!(found == code, "{what}: exit code {found}: {}", tail(&log));
    }
    ensure!(log.contains("no-such-program"), "it says {}", tail(&log));
    let left = outcome.text("left")?;
    ensure!(left.is_empty(), "processes are left: {left}");
    Ok(())
}

fn odd_name(outcome: &Outcome) -> Result<()> {
    outcome.expect_status(0)?;
    let code = Facts::read(outcome, "facts")?.number("code")?;
    let log = outcome.text("log")?;
    ensure!(code == 0, "exit code {code}: {}", tail(&log));
    let lines = outcome.text("lines")?;
    let last = lines.lines().last().unwrap_or_default();
    ensure!(
        last.contains(r#""why":"duration""#),
        "its process lives, but the run ended: {last}"
    );
    Ok(())
}

fn nohup(outcome: &Outcome) -> Result<()> {
    outcome.expect_status(0)?;
    let facts = Facts::read(outcome, "facts")?;
    let code = facts.number("code")?;
    ensure!(code == 0, "exit code {code}");
    let lines = outcome.text("lines")?;
    // The argument, and not `paths`, which has it too once the process was looked at.
    let calls = lines.matches(r#""pathname":"/flood/missing""#).count();
    ensure!(calls == 7, "{calls} calls after the hangup, not 7");
    Ok(())
}
