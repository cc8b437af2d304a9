//! What can happen beside a run: it is stopped, its disk fills, its directory goes, the clock is set, targets are
//! killed, are five thousand threads, fork without end. After each: no crash, a true account.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::books;
use super::flood::by_call;
use super::script::{start, stop};
use super::trace::{Facts, Trace, tail};
use crate::lab::{Case, Outcome};

/// All of this file.
pub(crate) const CASES: [Case; 9] = [
    Case {
        name: "fault-stdout-closed",
        script: r"
sandboxd trace -u 10123 -e openat >&- 2>log; echo code=$? >facts
sandboxd trace -u 10123 -e openat -c --duration 1s >&- 2>log.counts; echo counts=$? >>facts
",
        check: stdout_closed,
        timeout_s: 60,
    },
    Case {
        name: "fault-stopped",
        script: concat!(
            start!(
                "-u 10123 --buffer 64K --state-buffer 16K -e openat,faccessat,unlinkat,getppid,pwrite64"
            ),
            "kill -STOP $pid; as-uid 10123 torrent 0 300 >facts || exit 91\n\
             kill -CONT $pid; as-uid 10123 torrent 0 300 >>facts || exit 91\n",
            stop!()
        ),
        check: stopped,
        timeout_s: 120,
    },
    Case {
        name: "fault-clock-set",
        script: concat!(
            // A machine without a clock of its own begins in 1970.
            "date -s @$(($(date +%s) + 7200)) >/dev/null\n",
            start!("-u 10123 -e openat"),
            "as-uid 10123 flood 1 20 >facts || exit 91\n\
             wait-for lines /flood/missing 30 || exit 92\n\
             date -s @$(($(date +%s) - 3600)) >/dev/null\n\
             wait-for lines '\"type\":\"clock\"' 30 || exit 93\n\
             as-uid 10123 flood 1 20 >>facts || exit 91\n\
             date -s @$(($(date +%s) + 3600)) >/dev/null\n",
            stop!()
        ),
        check: clock_set,
        timeout_s: 90,
    },
    Case {
        name: "fault-target-killed",
        script: concat!(
            start!(
                "-u 10123 --buffer 64M --state-buffer 16M -e openat,faccessat,unlinkat,getppid,pwrite64,ppoll"
            ),
            "as-uid 10123 blocked-ppoll before never >blocked & blocked=$!\n\
             as-uid 10123 torrent 600 1 >/dev/null & flood=$!\n\
             wait-for blocked READY 30 || exit 92\n\
             wait-for lines /torrent/missing 60 || exit 93\n\
             kill -KILL $flood $blocked; wait $flood; wait $blocked; echo killed=$flood >facts\n",
            stop!()
        ),
        check: target_killed,
        timeout_s: 120,
    },
    Case {
        name: "fault-5000-threads",
        script: concat!(
            "echo 20000 >/proc/sys/kernel/threads-max\n",
            start!("-u 10123 --buffer 64M --state-buffer 16M -e openat"),
            "crowd 10123 5000 >facts || exit 91\n",
            stop!()
        ),
        check: threads,
        timeout_s: 180,
    },
    Case {
        name: "fault-forks",
        script: concat!(
            start!("-u 10123 --buffer 64M --state-buffer 16M -e openat"),
            "as-uid 10123 forks 1000 >facts || exit 91\n",
            stop!()
        ),
        check: forks,
        timeout_s: 180,
    },
    Case {
        name: "fault-cpu-away",
        script: concat!(
            start!(
                "-u 10123 --buffer 64M --state-buffer 16M -e openat,faccessat,unlinkat,getppid,pwrite64"
            ),
            "as-uid 10123 torrent 6 1 >facts & flood=$!\n\
             wait-for lines /torrent/missing 60 || exit 93\n\
             cpu=/sys/devices/system/cpu/cpu1/online\n\
             # Some kernels cannot do without a CPU.\n\
             [ -e $cpu ] && for turn in 1 2 3; do\n\
                 echo 0 >$cpu || exit 94; sleep 1\n\
                 echo 1 >$cpu || exit 95; sleep 1\n\
             done\n\
             wait $flood || exit 91\n",
            stop!()
        ),
        check: cpu_away,
        timeout_s: 180,
    },
    Case {
        name: "fault-directory-gone",
        script: r"
mkdir gone kept
one() {
    sandboxd trace -u 10123 -e openat -o gone/$1 $2 $3 >printed 2>log.$1 & pid=$!
    wait-for log.$1 ready 60 || exit 90
    as-uid 10123 flood 1 500 >facts.$1 || exit 91
    mv gone moved; rm -r moved
    as-uid 10123 flood 1 500 >>facts.$1 || exit 91
    kill -INT $pid; wait $pid; echo code=$? >>facts.$1
}
one whole.jsonl
mkdir gone
one parts.jsonl --rotate-size 64K
ls gone >left; mv gone/* kept
",
        check: directory_gone,
        timeout_s: 120,
    },
    Case {
        name: "fault-disk-freed",
        script: r"
# What is on its way when there is room again must not fill it.
mkdir small; mount -t tmpfs -o size=4m small small || exit 93
dd if=/dev/zero of=small/ballast bs=1k count=3968 2>/dev/null
sandboxd trace -u 10123 -e openat -o small/out >printed 2>log & pid=$!
wait-for log ready 60 || exit 90
as-uid 10123 flood 1 1000 >facts || exit 91
wait-for log 'No space left' 30 || exit 94
rm small/ballast
# What was refused is told once a line is taken.
for i in $(seq 30); do
    as-uid 10123 flood 1 3 >>facts || exit 91
    grep -q unwritten small/out && break
    sleep 1
done
kill -INT $pid; wait $pid; echo code=$? >>facts
cp small/out out; umount small
",
        check: disk_freed,
        timeout_s: 120,
    },
];

fn code(facts: &Facts, log: &str, wanted: i64) -> Result<()> {
    let code = facts.number("code")?;
    ensure!(
        code == wanted && !log.contains("panicked"),
        "exit code {code}: {}",
        tail(log)
    );
    Ok(())
}

/// How often a program says that it called `openat`, all its runs together.
fn opened(facts: &Facts) -> Result<u64> {
    Ok(facts.numbers("openat")?.into_iter().sum::<i64>() as u64)
}

/// The accounts of a call are of so many.
fn accounted(of: &Value, made: u64) -> Result<()> {
    let count = |what: &str| of[what].as_u64().unwrap_or(0);
    let parts = count("emitted") + count("filtered") + count("lost");
    ensure!(
        count("seen") == made && parts == made,
        "{made} calls were made, but {of}"
    );
    Ok(())
}

/// What stderr says at the end is of so many.
fn summed_up(log: &str, made: u64) -> Result<()> {
    let wanted = format!("): seen {made} = emitted ");
    ensure!(
        log.contains(&wanted),
        "{made} calls were made, but {}",
        tail(log)
    );
    Ok(())
}

fn stdout_closed(outcome: &Outcome) -> Result<()> {
    outcome.expect_status(0)?;
    let facts = Facts::read(outcome, "facts")?;
    code(&facts, &outcome.text("log")?, 1)?;
    let log = outcome.text("log.counts")?;
    ensure!(facts.number("counts")? == 1, "counts: {}", tail(&log));
    ensure!(log.contains("closed"), "it does not say why: {log}");
    Ok(())
}

fn stopped(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    by_call(&Facts::read(outcome, "facts")?, trace.end())?;
    ensure!(
        trace.end()["lost"].as_u64() > Some(0),
        "nothing was lost: it was not stopped"
    );
    Ok(())
}

fn cpu_away(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    by_call(&Facts::read(outcome, "facts")?, trace.end()).map(drop)
}

fn clock_set(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let made = opened(&Facts::read(outcome, "facts")?)?;
    accounted(&trace.end()["by_call"]["openat"], made)?;
    let line = trace
        .lines()
        .iter()
        .find(|line| line["type"] == "clock")
        .context("no clock line")?;
    let step = line["step_ns"].as_i64().unwrap_or_default();
    // `date` has whole seconds.
    let hour = 3_600_000_000_000;
    ensure!(
        (-hour - 2_000_000_000..=-hour + 2_000_000_000).contains(&step),
        "{line}"
    );
    let hours = |line: &Value| line["time"].as_str().map(|time| time[..13].to_owned());
    let calls = trace.named("openat");
    let (first, last) = (
        calls.first().context("none")?,
        calls.last().context("none")?,
    );
    ensure!(
        hours(first) > hours(last),
        "the clock was set back, but {first} and then {last}"
    );
    Ok(())
}

fn target_killed(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let killed = Facts::read(outcome, "facts")?.number("killed")?;
    let ended: Vec<_> = trace
        .lines()
        .iter()
        .filter(|line| line["type"] == "process" && line["event"] == "exit")
        .collect();
    ensure!(ended.len() == 2, "{} processes ended", ended.len());
    for line in &ended {
        ensure!(line["signal"] == "SIGKILL", "it was killed, but {line}");
    }
    ensure!(
        ended.iter().any(|line| line["pid"] == killed),
        "not {killed}: {ended:?}"
    );
    let waiting = trace.named("ppoll");
    let all_killed = waiting.iter().all(|line| line["killed"] == true);
    ensure!(
        waiting.len() == 40 && all_killed,
        "{} threads waited, killed {all_killed}",
        waiting.len()
    );
    Ok(())
}

fn threads(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let made = opened(&Facts::read(outcome, "facts")?)?;
    accounted(&trace.end()["by_call"]["openat"], made)?;
    ensure!(made == 10_000, "{made} calls");
    let lost = trace.count("openat", "lost");
    let lines = trace.named("openat");
    ensure!(lines.len() as u64 + lost == made, "{} lines", lines.len());
    Ok(())
}

fn forks(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let facts = Facts::read(outcome, "facts")?;
    let made = opened(&facts)?;
    accounted(&trace.end()["by_call"]["openat"], made)?;
    let parent = facts.number("pid")?;
    let ended = trace.lines().iter().filter(|line| {
        line["type"] == "process" && line["event"] == "exit" && line["exit_code"] == json!(7)
    });
    let (ended, children) = (ended.count() as i64, facts.number("children")?);
    ensure!(
        ended == children,
        "{children} children of {parent}, {ended} ends told of"
    );
    Ok(())
}

fn directory_gone(outcome: &Outcome) -> Result<()> {
    outcome.expect_status(0)?;
    for run in ["whole.jsonl", "parts.jsonl"] {
        let facts = Facts::read(outcome, &format!("facts.{run}"))?;
        let log = outcome.text(&format!("log.{run}"))?;
        code(&facts, &log, 0)?;
        summed_up(&log, opened(&facts)?)?;
    }
    let left = outcome.text("left")?;
    ensure!(left.lines().count() > 1, "nothing came after it: {left:?}");
    for name in left.lines() {
        let lines = outcome.lines(&format!("kept/{name}"))?;
        books::stands_alone(&lines).with_context(|| format!("in {name}"))?;
    }
    Ok(())
}

fn disk_freed(outcome: &Outcome) -> Result<()> {
    outcome.expect_status(0)?;
    let (facts, log) = (Facts::read(outcome, "facts")?, outcome.text("log")?);
    code(&facts, &log, 1)?;
    let made = opened(&facts)?;
    summed_up(&log, made)?;
    let lines = outcome.lines("out")?;
    books::stands_alone(&lines)?;
    let end = lines.last().context("no line")?;
    accounted(&end["by_call"]["openat"], made)?;
    let told = lines
        .iter()
        .find(|line| line["type"] == "loss")
        .context("no line tells of those that were refused")?;
    ensure!(told["reason"] == "unwritten", "{told}");
    // They are told of once a line was taken, so calls may stand before that.
    let is_gap = |two: &[Value]| {
        let [before, behind] = [&two[0], &two[1]].map(|line| line["seq"].as_u64());
        behind > before.map(|seq| seq + 1)
    };
    let gap = lines
        .windows(2)
        .position(is_gap)
        .context("no line is missing")?;
    ensure!(
        lines[gap + 1..]
            .iter()
            .any(|line| line["type"] == "syscall"),
        "nothing was written once there was room"
    );
    Ok(())
}
