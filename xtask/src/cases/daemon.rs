//! The daemon: others are watched while it is live, it is spoken to by friend and foe, and it is killed.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::books;
use super::trace::{Facts, Trace, tail};
use crate::lab::{Case, Outcome};

/// An app that runs all the time, another that comes, targets that change by request and by file, an app that is killed and
/// comes back.
pub(crate) const TARGETS: Case = Case {
    name: "daemon-targets",
    script: r#"
sandboxd schema --json >schema.json
here=$(pwd)
config() { printf 'package = [%s]\nuid = [%s]\nexpr = "openat"\noutput = "%s/lines"\nrecord = "%s/recording"\n' "$1" "$2" $here $here >config.toml; }
config '"com.example.app"' ''
sandboxd daemon --config config.toml 2>log & daemon=$!
wait-for log ready 90 || exit 90
as-uid 10123 sh -c 'i=0; while :; do cat /marker-a-$i; i=$((i+1)); usleep 30000; done' 2>/dev/null & app=$!
echo "app=$app" >facts
sleep 1
sandboxd ctl add -u 10777 >said
as-uid 10777 flood 1 20
sandboxd ctl remove -n com.example.app >>said
sleep 1
sandboxd ctl status --json >status.json
sandboxd ctl add -n com.example.app >>said
sleep 1
kill -KILL $app
as-uid 10123 cat /marker-back 2>/dev/null
config '"com.example.app"' 10778
kill -HUP $daemon
wait-for log 'hangup: watching' 20 || exit 91
as-uid 10777 cat /marker-gone 2>/dev/null
as-uid 10778 cat /marker-new 2>/dev/null
sandboxd ctl remove -u 999 2>refused; echo "refused=$?" >>facts
sleep 1
sandboxd ctl stop >>said; echo "stop=$?" >>facts
wait $daemon; echo "trace $?" >ended
[ -e /dev/sandboxd ]; echo "left=$?" >>facts
sandboxd replay recording >replayed; echo "replay $?" >>ended
"#,
    check: targets,
    timeout_s: 180,
};

/// Friend and foe at the socket.
pub(crate) const SOCKET: Case = Case {
    name: "daemon-socket",
    script: r#"
printf 'output = "%s/lines"\nexpr = "openat"\nuid = 10123\n' $(pwd) >config.toml
sandboxd daemon --config config.toml 2>log & daemon=$!
wait-for log ready 90 || exit 90
socket=/dev/sandboxd/control
as-uid 10123 talk $socket '{"ask":"stop"}' >other; echo "other=$?" >facts
chmod 755 /dev/sandboxd; chmod 666 $socket
as-uid 10123 talk $socket '{"ask":"stop"}' >other-inside
chmod 700 /dev/sandboxd
for request in '' '{' '{"ask":"sta' 'x' '{"ask":"fly"}' '[1,2]' '{"ask":"add","uids":[99999999999]}'; do
    talk $socket "$request"
done >malformed
talk $socket "$(head -c 100000 /dev/zero | tr '\0' x)" >long
talk $socket -1000 >many & many=$!
sleep 1
sandboxd ctl status >among; echo "among=$?" >>facts
wait $many; echo "many=$?" >>facts
cat many >>facts
sandboxd daemon --config config.toml 2>second; echo "second=$?" >>facts
as-uid 10123 flood 1 30 >flood
sandboxd ctl stop; wait $daemon; echo "code=$?" >>facts
"#,
    check: socket,
    timeout_s: 120,
};

/// `kill -9`: the kernel's own list of probes is empty within a minute, and another daemon takes over at once.
pub(crate) const KILLED: Case = Case {
    name: "daemon-killed",
    script: r#"
printf 'output = "%s/lines"\nall-apps = true\nbackend = "kprobe"\n' $(pwd) >config.toml
list=/sys/kernel/debug/kprobes/list
[ -e $list ] || { mkdir -p debug; mount -t debugfs debugfs debug; list=debug/kprobes/list; }
probes() { grep -c __arm64_ $list; }
uptime_ms() { read up idle </proc/uptime; echo ${up%.*}${up#*.}0; }
for i in $(seq 1 300); do [ $(probes) = 0 ] && break; usleep 200000; done
sandboxd daemon --config config.toml 2>log & daemon=$!
wait-for log ready 90 || exit 90
echo "attached=$(probes)" >facts
kill -KILL $daemon
begin=$(uptime_ms)
printf 'output = "%s/again"\nuid = 10123\nexpr = "openat"\nbackend = "tracepoint"\n' $(pwd) >again.toml
sandboxd daemon --config again.toml 2>log.again & again=$!
wait-for log.again ready: 90 || exit 91
as-uid 10123 flood 1 30 >flood
sandboxd ctl status >told; echo "status=$?" >>facts
for i in $(seq 1 300); do [ $(probes) = 0 ] && break; usleep 200000; done
echo "left=$(probes)" >>facts; echo "gone_ms=$(($(uptime_ms) - begin))" >>facts
sandboxd ctl stop; wait $again; echo "code=$?" >>facts
cat /sys/kernel/rcu_expedited >expedited
"#,
    check: killed,
    timeout_s: 240,
};

/// New files when they are asked for, in a directory that is another user's alone: what is left of root's power is enough.
pub(crate) const ROTATED: Case = Case {
    name: "daemon-rotated",
    script: r#"
mkdir theirs; chown 2000:2000 theirs; chmod 700 theirs
printf 'output = "%s/theirs/calls-{part}.jsonl"\nexpr = "openat"\nuid = 10123\nowner = "shell"\nrotate-keep = 3\n' $(pwd) >config.toml
sandboxd daemon --config config.toml 2>log & daemon=$!
wait-for log ready 90 || exit 90
as-uid 10123 sh -c 'while :; do cat /marker; usleep 20000; done' 2>/dev/null & app=$!
for part in 2 3 4; do sleep 1; sandboxd ctl rotate >>said || exit 91; done
sandboxd ctl status >told
pid=$(cat /dev/sandboxd/pid); grep Cap /proc/$pid/status >capabilities
sandboxd ctl stop; wait $daemon; echo "code=$?" >facts
kill $app
stat -c '%u %a %n' theirs/* >files
cp theirs/* .
"#,
    check: rotated,
    timeout_s: 120,
};

/// Nobody takes its lines: it answers all the same, and ends when it is told to, with a true account.
pub(crate) const STALLED: Case = Case {
    name: "daemon-stalled",
    script: r#"
mkfifo pipe
printf 'output = "%s/pipe"\nuid = 10123\nexpr = "openat"\nbackend = "tracepoint"\n' $(pwd) >config.toml
sleep 1000 <pipe & reader=$!
sandboxd daemon --config config.toml 2>log & daemon=$!
wait-for log ready 90 || exit 90
as-uid 10123 flood 4 3000 >made
sleep 1
sandboxd ctl status --json >status.json; echo "status=$?" >facts
sandboxd ctl rotate >rotated 2>&1; echo "rotate=$?" >>facts
sandboxd ctl stop >said; echo "stop=$?" >>facts
wait $daemon; echo "code=$?" >>facts
kill $reader
"#,
    check: stalled,
    timeout_s: 120,
};

fn stalled(outcome: &Outcome) -> Result<()> {
    outcome.expect_status(0)?;
    let (facts, log) = (Facts::read(outcome, "facts")?, outcome.text("log")?);
    // Lines that were not taken make its end a failure.
    for (what, wanted) in [("status", 0), ("rotate", 1), ("stop", 0), ("code", 1)] {
        let found = facts.number(what)?;
        ensure!(
            found == wanted,
            "{what}: {found}, not {wanted}; {}",
            tail(&log)
        );
    }
    let status = &outcome.lines("status.json")?[0];
    ensure!(status["emitted"].as_u64() > Some(0), "{status}");
    let made = Facts::read(outcome, "made")?.numbers("openat")?;
    let made: i64 = made.into_iter().sum();
    let account = format!("end (stop): seen {made} = ");
    ensure!(log.contains(&account), "no {account:?}: {}", tail(&log));
    Ok(())
}

fn rotated(outcome: &Outcome) -> Result<()> {
    outcome.expect_status(0)?;
    let code = Facts::read(outcome, "facts")?.number("code")?;
    ensure!(
        code == 0,
        "exit code {code}: {}",
        tail(&outcome.text("log")?)
    );
    let files = outcome.text("files")?;
    let name = |part| format!("calls-000{part}.jsonl");
    let wanted: Vec<String> = (2..=4)
        .map(|part| format!("2000 600 theirs/{}", name(part)))
        .collect();
    ensure!(files.lines().eq(wanted.iter()), "files: {files}");
    for part in 2..=4 {
        let lines = outcome.lines(&name(part))?;
        books::stands_alone(&lines).with_context(|| format!("part {part}"))?;
        let calls = lines
            .iter()
            .filter(|line| line["type"] == "syscall")
            .count();
        ensure!(calls > 3 || part == 4, "part {part} has {calls} calls");
        ensure!(
            lines[0]["part"] == part,
            "part {part} says {}",
            lines[0]["part"]
        );
    }
    let status = outcome.text("told")?;
    ensure!(
        status.contains("calls-0004.jsonl (part 4)"),
        "status: {status}"
    );
    Ok(())
}

fn targets(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let facts = Facts::read(outcome, "facts")?;
    for (what, wanted) in [("refused", 1), ("stop", 0), ("left", 1)] {
        let found = facts.number(what)?;
        ensure!(found == wanted, "{what}: {found}, not {wanted}");
    }
    ensure!(
        outcome.text("refused")?.contains("uid 999 is not among"),
        "it says {}",
        outcome.text("refused")?
    );
    let changes: Vec<&Value> = trace
        .lines()
        .iter()
        .filter(|line| line["type"] == "targets")
        .collect();
    ensure!(changes.len() == 4, "{} changes of targets", changes.len());
    let times: Vec<u64> = changes
        .iter()
        .filter_map(|line| line["boot_ns"].as_u64())
        .collect();
    the_app_is_seen(&trace, facts.number("app")?, times[1]..times[2])?;
    others_are_seen(&trace)?;
    let status: Value = serde_json::from_str(&outcome.text("status.json")?)?;
    ensure!(
        status["targets"]["uids"] == serde_json::json!([10777])
            && status["emitted"].as_u64() > Some(20),
        "status: {status}"
    );
    Ok(())
}

/// The app's calls are there before it was removed and after it was added again, and none of between.
fn the_app_is_seen(trace: &Trace, app: i64, away: std::ops::Range<u64>) -> Result<()> {
    let at = |line: &Value| line["boot_ns"].as_u64().unwrap_or_default();
    let of_app: Vec<&Value> = trace
        .calls()
        .filter(|line| line["package"] == "com.example.app")
        .collect();
    let (before, after) = (
        of_app.iter().filter(|line| at(line) < away.start).count(),
        of_app.iter().filter(|line| at(line) > away.end).count(),
    );
    ensure!(
        before > 5 && after > 5,
        "{before} calls before, {after} after"
    );
    ensure!(
        before + after == of_app.len(),
        "calls while it was not watched"
    );
    let events = trace
        .lines()
        .iter()
        .filter(|line| line["type"] == "process" && line["pid"] == app);
    let events: Vec<&str> = events
        .filter_map(|line| line["event"].as_str())
        .filter(|event| *event != "exec")
        .collect();
    ensure!(
        events.starts_with(&["attach", "leave", "attach"]) && events.last() == Some(&"exit"),
        "the app: {events:?}"
    );
    Ok(())
}

/// Each of the others as long as it is asked for; the app once it is back.
fn others_are_seen(trace: &Trace) -> Result<()> {
    let opened = |path: &str| {
        trace
            .calls()
            .filter(|line| line["args"]["pathname"] == path)
            .count()
    };
    for (path, wanted) in [
        ("/flood/missing", 20),
        ("/marker-back", 1),
        ("/marker-gone", 0),
        ("/marker-new", 1),
    ] {
        let found = opened(path);
        ensure!(
            found == wanted,
            "{path} was opened {found} times, not {wanted}"
        );
    }
    Ok(())
}

fn socket(outcome: &Outcome) -> Result<()> {
    outcome.expect_status(0)?;
    let (facts, log) = (Facts::read(outcome, "facts")?, outcome.text("log")?);
    ensure!(!log.contains("panicked"), "it panicked: {}", tail(&log));
    for (what, wanted) in [
        ("other", 2),
        ("among", 0),
        ("many", 0),
        ("connections", 1000),
        ("second", 4),
        ("code", 0),
    ] {
        let found = facts.number(what)?;
        ensure!(
            found == wanted,
            "{what}: {found}, not {wanted}; {}",
            tail(&log)
        );
    }
    let says = |file: &str, word: &str| {
        let text = outcome.text(file)?;
        ensure!(text.contains(word), "{file}: {text}");
        Ok(())
    };
    says("other", "Permission denied")?;
    says("other-inside", "only root may ask, and this is user 10123")?;
    says("long", "at most 65536 bytes")?;
    says("second", "a daemon runs already, as process")?;
    let malformed = outcome.lines("malformed")?;
    let refused = malformed
        .iter()
        .filter(|answer| answer["answer"] == "refused")
        .count();
    ensure!(
        refused == 7 && malformed.len() == 7,
        "malformed: {malformed:?}"
    );
    let trace = Trace::read(outcome, "lines")?;
    ensure!(
        trace.calls().count() == 30,
        "{} calls",
        trace.calls().count()
    );
    Ok(())
}

fn killed(outcome: &Outcome) -> Result<()> {
    outcome.expect_status(0)?;
    let facts = Facts::read(outcome, "facts")?;
    let attached = facts.number("attached")?;
    ensure!(attached > 50, "{attached} probes were attached");
    for (what, wanted) in [("left", 0), ("status", 0), ("code", 0)] {
        let found = facts.number(what)?;
        ensure!(found == wanted, "{what}: {found}, not {wanted}");
    }
    let gone = facts.number("gone_ms")?;
    ensure!(gone < 60_000, "the probes were there for {gone} ms");
    let again = Trace::read(outcome, "again")?;
    ensure!(
        again.calls().count() == 30,
        "{} calls",
        again.calls().count()
    );
    let expedited = outcome.text("expedited").context("no rcu_expedited")?;
    ensure!(expedited.trim() == "0", "rcu_expedited is {expedited}");
    Ok(())
}
