//! A protected app, as the demo shows it: what it looks for, what it reads about itself, where its calls come from.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::script::traced;
use super::trace::{Facts, Trace, expect};
use crate::lab::{Case, Outcome};

/// The default selection, and `getpid`, which the app's own code calls.
pub(crate) const CASE: Case = Case {
    name: "protected-app",
    script: traced!(
        "-u 10123 -e %default,getpid",
        "as-uid 10123 protected-app >facts || exit 91"
    ),
    check,
    timeout_s: 90,
};

/// The places where it looks for `su`, three times in each of two threads.
const PLACES: usize = 7;
const LOOKS: usize = 3 * 2;

fn check(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let facts = Facts::read(outcome, "facts")?;
    let pid = facts.number("pid")?;
    let looked: Vec<_> = trace
        .calls()
        .filter(|line| ends_with(&line["args"]["pathname"], "/su"))
        .collect();
    ensure!(
        looked.len() == PLACES * LOOKS,
        "{} looks for su, not {}",
        looked.len(),
        PLACES * LOOKS
    );
    let names: BTreeSet<_> = looked
        .iter()
        .filter_map(|line| line["comm"].as_str())
        .collect();
    ensure!(
        names == BTreeSet::from(["protected-app", "guard-watch"]),
        "threads {names:?}"
    );
    for line in &looked {
        expect(
            line,
            &[
                ("/pid", json!(pid)),
                ("/ret", json!(-2)),
                ("/package", json!("com.example.app")),
            ],
        )?;
    }
    for file in ["maps", "status"] {
        let line = trace.with_path(&format!("/proc/self/{file}"))?;
        expect(line, &[("/pid", json!(pid))])?;
    }
    let connect = trace.only("connect")?;
    expect(connect, &[("/ret", json!(-111))])?;
    ensure!(
        connect["args"]["addr"].to_string().contains("27042"),
        "{connect}"
    );
    own_code(&trace, &facts)?;
    child(&trace, &facts)
}

/// The calls of code that it wrote itself: one in anonymous memory, one in a memfd.
fn own_code(trace: &Trace, facts: &Facts) -> Result<()> {
    let at = facts
        .texts("own_code_at")
        .next()
        .context("no own_code_at")?;
    let at = u64::from_str_radix(at.trim_start_matches("0x"), 16)?;
    let lines = trace.named("getpid");
    ensure!(lines.len() >= 2, "{} lines of getpid", lines.len());
    let svc = json!(format!("{:#x}", at + 4));
    let own = lines
        .iter()
        .filter(|line| line["caller"]["pc"] == svc)
        .count();
    ensure!(own == 1, "{own} lines of getpid from {svc}");
    Ok(())
}

/// The child names itself, executes the program again, looks once more, and leaves with 3.
fn child(trace: &Trace, facts: &Facts) -> Result<()> {
    let child = facts.number("child")?;
    let looked = trace.with_path("/data/local/tmp/frida-server")?;
    expect(looked, &[("/pid", json!(child)), ("/ret", json!(-2))])?;
    let executed = trace
        .calls()
        .filter(|line| line["syscall"] == "execve" && line["pid"] == child)
        .count();
    ensure!(executed == 1, "{executed} execve in the child");
    let exit: Vec<_> = trace
        .named("exit_group")
        .into_iter()
        .filter(|line| line["pid"] == child)
        .collect();
    ensure!(exit.len() == 1, "{} exit_group in the child", exit.len());
    expect(
        exit[0],
        &[("/args/status", json!(3)), ("/outcome", json!("no_return"))],
    )?;
    for event in ["start", "exec", "exit"] {
        let told = |line: &&Value| {
            line["type"] == "process" && line["event"] == event && line["pid"] == child
        };
        let lines = trace.lines().iter().filter(told).count();
        ensure!(
            lines == 1,
            "{lines} process lines of event {event} for the child"
        );
    }
    Ok(())
}

fn ends_with(value: &Value, end: &str) -> bool {
    value.as_str().is_some_and(|text| text.ends_with(end))
}
