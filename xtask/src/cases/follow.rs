//! Who stays watched: threads and processes that targets make, users that come and go, numbers that are used again.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::script::{ended, stop, traced};
use super::trace::{Facts, Trace, expect};
use crate::lab::{Case, Outcome};

/// A command's later threads are its own, its children are not.
pub(crate) const COMMAND: Case = Case {
    name: "no-follow-command",
    script: concat!(
        "sandboxd trace --record rec --no-follow -e openat,exit_group -- /bin/family >lines 2>log & pid=$!\n",
        "wait-for log 'end (' 60 || exit 91\ngrep '^[a-z]*=' log >facts",
        ended!()
    ),
    check: family,
    timeout_s: 60,
};

/// The same of a process that was there.
pub(crate) const PROCESS: Case = Case {
    name: "no-follow-process",
    script: concat!(
        "family wait >facts & family=$!\nwait-for facts pid= 10 || exit 92\n",
        "sandboxd trace --record rec --no-follow -e openat,exit_group -p $family >lines 2>log & pid=$!\n",
        "wait-for log ready 60 || exit 90\nkill -USR1 $family\nwait $family || exit 91",
        ended!()
    ),
    check: family,
    timeout_s: 60,
};

/// A user who leaves is not watched, and comes back as somebody new.
pub(crate) const USER: Case = Case {
    name: "comes-and-goes",
    script: traced!(
        "-u 10123 -e openat,setresuid,exit_group",
        "comes-and-goes >facts || exit 91"
    ),
    check: user,
    timeout_s: 60,
};

/// The same where processes are watched too: a thread that has left could be one of theirs.
pub(crate) const USER_AND_PROCESS: Case = Case {
    name: "comes-and-goes-mixed",
    script: concat!(
        "sleep 1000 & sleeper=$!\n",
        "sandboxd trace --record rec -u 10123 -p $sleeper -e openat,setresuid,exit_group >lines 2>log & pid=$!\n",
        "wait-for log ready 60 || exit 90\ncomes-and-goes >facts || exit 91\nkill $sleeper",
        stop!()
    ),
    check: user,
    timeout_s: 60,
};

/// Numbers of a thread that ended while the probes were attached, and of a process that ended later. Those below 300 are
/// not used again.
pub(crate) const NUMBERS: Case = Case {
    name: "numbers-used-again",
    script: concat!(
        "while [ $(sh -c 'echo $$') -lt 310 ]; do :; done\necho 500 >/proc/sys/kernel/pid_max || exit 94\n",
        "same-number >facts & program=$!\nwait-for facts stays= 10 || exit 92\n. ./facts\n",
        "sandboxd trace --record rec --backend kprobe -e %file,%desc -p $process,$stays -t $thread >lines 2>log & pid=$!\n",
        // Between the first probe and the last, each of which takes a descriptor, it is held.
        "until [ $(ls /proc/$pid/fd 2>/dev/null | wc -l) -gt 80 ] || [ ! -e /proc/$pid ]; do :; done\n\
         kill -STOP $pid; grep -q ready log && exit 95\n\
         : >end-thread\nwait-for facts thread_ended 10 || exit 93\nkill -CONT $pid\n",
        "wait-for log ready 120 || exit 90\n: >end-process\nwait $program || exit 91",
        ended!()
    ),
    check: numbers,
    timeout_s: 200,
};

fn family(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let facts = Facts::read(outcome, "facts")?;
    let (pid, thread, child) = (
        facts.number("pid")?,
        facts.number("thread")?,
        facts.number("child")?,
    );
    for (path, tid) in [("/family/thread", thread), ("/family/last", pid)] {
        expect(
            trace.with_path(path)?,
            &[
                ("/pid", json!(pid)),
                ("/tid", json!(tid)),
                ("/outcome", json!("returned")),
            ],
        )?;
    }
    for line in trace.lines() {
        ensure!(line["pid"] != child, "a child's: {line}");
    }
    Ok(())
}

fn user(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let facts = Facts::read(outcome, "facts")?;
    let (pid, child) = (facts.number("pid")?, facts.number("child")?);
    let own: Vec<&Value> = trace.calls().filter(|line| line["pid"] == pid).collect();
    let told: Vec<_> = own
        .iter()
        .map(|line| {
            let what = &line["args"]["pathname"];
            let what = if what.is_null() {
                &line["args"]["ruid"]
            } else {
                what
            };
            (what.clone(), line["outcome"].clone())
        })
        .collect();
    let wanted = [
        (json!(10123), json!("returned")),
        (json!("/here/first"), json!("returned")),
        (json!(10999), json!("returned")),
        (json!(10123), json!("returned")),
        (json!("/here/again"), json!("returned")),
        (Value::Null, json!("no_return")),
    ];
    ensure!(told == wanted, "not what it did as the user: {told:?}");
    let events: Vec<_> = trace
        .lines()
        .iter()
        .filter(|line| line["type"] == "process" && line["pid"] == pid)
        .map(|line| line["event"].as_str().unwrap_or_default())
        .collect();
    ensure!(
        events == ["attach", "leave", "attach", "exit"],
        "its life: {events:?}"
    );
    for line in trace.lines() {
        ensure!(line["pid"] != child, "a stranger's: {line}");
    }
    Ok(())
}

fn numbers(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let facts = Facts::read(outcome, "facts")?;
    ensure!(
        facts.number("strangers")? == 3,
        "no stranger got the numbers: the case shows nothing"
    );
    expect(
        trace.with_path("/number/own")?,
        &[("/pid", json!(facts.number("stays")?))],
    )?;
    for line in trace.calls() {
        ensure!(
            line["args"]["pathname"] != "/number/stranger",
            "a stranger's: {line}"
        );
    }
    Ok(())
}
