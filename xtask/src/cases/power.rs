//! What is left of root's power once a run is live, and that the run needs no more than that.

use anyhow::{Context, Result, ensure};

use super::trace::{Facts, tail};
use crate::lab::{Case, Outcome};

/// A run that looks at a good deal, under strace: which calls fail for not being allowed; and what `/proc` says of its
/// threads meanwhile.
pub(crate) const LESS: Case = Case {
    name: "less-power",
    script: r#"
strace -f -o calls sandboxd trace -u 10123 -e openat,connect,mmap -k -o lines --record rec 2>log & strace=$!
wait-for log ready 90 || exit 90
pid=$(pidof sandboxd)
for task in /proc/$pid/task/*; do cat $task/status; done >status-of-threads
as-uid 10123 protected-app >app
as-uid 10123 flood 1 100 >facts
sleep 1
kill -INT $pid; wait $strace; echo "code=$?" >>facts
"#,
    check: less,
    timeout_s: 120,
};

/// What happens late: an app's start that has been said, new files in another's directory, other targets, the end.
pub(crate) const LATE: Case = Case {
    name: "less-power-late",
    script: r#"
trap 'rm /system/bin/am' EXIT
printf '#!/bin/sh\necho Starting: Intent\n' >/system/bin/am; chmod 755 /system/bin/am
strace -f -o calls.launch sandboxd trace -n com.example.app --launch=.Main -e openat --backend tracepoint -o lines.launch --duration 3s 2>log.launch
echo "launch=$?" >facts
mkdir theirs; chown 2000:2000 theirs; chmod 700 theirs
printf 'output = "%s/theirs/{part}.jsonl.zst"\nexpr = "openat"\nbackend = "tracepoint"\nuid = 10123\nowner = "shell"\nrotate-keep = 2\n' $(pwd) >config.toml
strace -f -o calls.daemon sandboxd daemon --config config.toml 2>log.daemon & strace=$!
wait-for log.daemon ready 90 || exit 90
pid=$(cat /dev/sandboxd/pid)
for task in /proc/$pid/task/*; do cat $task/status; done >status-of-threads
sandboxd ctl add -n com.example.app -u 10777 >told
as-uid 10123 flood 4 100 >made
sandboxd ctl rotate >>told; rm -r theirs
sandboxd ctl rotate >>told
sandboxd ctl remove -n com.example.app -u 10123 >>told
sandboxd ctl status >>told
kill -HUP $pid; sleep 2
sandboxd ctl stop; wait $strace; echo "daemon=$?" >>facts
"#,
    check: late,
    timeout_s: 300,
};

/// `CAP_DAC_OVERRIDE`, `CAP_CHOWN`.
const FILE_MAKER: u64 = 1 << 1 | 1;
/// `CAP_BPF`, `CAP_SYS_PTRACE`, `CAP_DAC_READ_SEARCH`, `CAP_CHECKPOINT_RESTORE`.
const READER: u64 = 1 << 39 | 1 << 19 | 1 << 2 | 1 << 40;

fn less(outcome: &Outcome) -> Result<()> {
    outcome.expect_status(0)?;
    let log = outcome.text("log")?;
    let code = Facts::read(outcome, "facts")?.number("code")?;
    ensure!(code == 0, "exit code {code}: {}", tail(&log));
    ensure!(!log.contains("power"), "it says {log}");
    let status = outcome.text("status-of-threads")?;
    threads_have(&status, &[("sandboxd", READER), ("output", 0)])?;
    nothing_was_refused(&outcome.text("calls")?, 100)
}

fn late(outcome: &Outcome) -> Result<()> {
    outcome.expect_status(0)?;
    let facts = Facts::read(outcome, "facts")?;
    for (run, lines) in [("launch", 100), ("daemon", 100)] {
        let log = outcome.text(&format!("log.{run}"))?;
        let code = facts.number(run)?;
        ensure!(
            code == 0 && !log.contains("panicked"),
            "{run}: exit code {code}: {}",
            tail(&log)
        );
        nothing_was_refused(&outcome.text(&format!("calls.{run}"))?, lines)
            .with_context(|| format!("in {run}"))?;
    }
    let status = outcome.text("status-of-threads")?;
    threads_have(&status, &[("sandboxd", READER | FILE_MAKER), ("output", 0)])
}

/// Each thread, by name, has these capabilities, no others, and no way to more.
fn threads_have(status: &str, wanted: &[(&str, u64)]) -> Result<()> {
    let threads: Vec<&str> = status.split("Name:").skip(1).collect();
    ensure!(threads.len() == wanted.len(), "threads: {status}");
    for (thread, (name, capabilities)) in threads.iter().zip(wanted) {
        let field = |key: &str| {
            let line = thread.lines().find_map(|line| line.strip_prefix(key));
            line.map(str::trim).with_context(|| format!("no {key}"))
        };
        let found = thread.lines().next().unwrap_or_default().trim();
        ensure!(found == *name, "the thread is called {found}, not {name}");
        for (key, value) in [
            ("CapPrm:", *capabilities),
            ("CapEff:", *capabilities),
            ("CapInh:", 0),
        ] {
            let found = u64::from_str_radix(field(key)?, 16)?;
            ensure!(found == value, "{name}: {key} {found:x}, not {value:x}");
        }
        ensure!(
            field("NoNewPrivs:")? == "1" && field("Seccomp:")? == "2",
            "{name} has no filter"
        );
    }
    Ok(())
}

/// The filter's answer is one that the kernel gives to nothing else that a run does.
fn nothing_was_refused(calls: &str, least: usize) -> Result<()> {
    let (_, after) = calls
        .rsplit_once("SECCOMP_SET_MODE_FILTER")
        .context("no filter was set")?;
    let refused: Vec<&str> = after
        .lines()
        .filter(|line| line.contains("ENOSYS"))
        .collect();
    ensure!(refused.is_empty(), "refused: {}", refused.join("; "));
    ensure!(
        after.lines().count() > least,
        "the run did little: {}",
        tail(after)
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_power_than_needed_is_seen() {
        let thread = |name: &str, has: &str, seccomp: u8| {
            format!(
                "Name:\t{name}\nCapInh:\t0\nCapPrm:\t{has}\nCapEff:\t{has}\nNoNewPrivs:\t1\nSeccomp:\t{seccomp}\n"
            )
        };
        let wanted = [("output", 0)];
        assert!(threads_have(&thread("output", "0", 2), &wanted).is_ok());
        assert!(threads_have(&thread("output", "4", 2), &wanted).is_err());
        assert!(threads_have(&thread("output", "0", 0), &wanted).is_err());
        assert!(threads_have(&thread("other", "0", 2), &wanted).is_err());
        assert!(threads_have("", &wanted).is_err());
    }

    #[test]
    fn a_refused_call_is_seen() {
        let calls = |more: &str| {
            format!(
                "1 seccomp(SECCOMP_SET_MODE_FILTER) = 0\n{}{more}",
                "read\n".repeat(101)
            )
        };
        assert!(nothing_was_refused(&calls(""), 100).is_ok());
        assert!(nothing_was_refused(&calls("2 socket() = -1 ENOSYS"), 100).is_err());
        assert!(nothing_was_refused("1 clone3() = -1 ENOSYS", 0).is_err());
    }
}
