//! `sandboxd doctor`: that it says of each kernel what the guest finds out by other means, that tracing works where it says
//! so, and that it leaves nothing behind. What it says of bad situations is in `bad`.

mod bad;

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use kprobe_common::index::Abi;
use kprobe_common::table::rows::ROWS;
use serde_json::{Value, json};

use super::trace::{Facts, Trace, expect, tail};
use crate::lab::{Case, Outcome};
pub(crate) use bad::{LOCKED_DOWN, SITUATIONS};

/// What it says, and what `/proc` and `/sys` say; then runs of both backends.
pub(crate) const TRUTH: Case = Case {
    name: "doctor",
    script: r#"
# What the reaper of a case before still holds is not doctor's.
for i in $(seq 1 300); do grep -q . /sys/kernel/debug/kprobes/list || break; usleep 200000; done
sandboxd doctor --json >doctor.json 2>doctor.err; echo "doctor=$?" >facts
cat /sys/kernel/debug/kprobes/list >probes-after
for comm in /proc/[0-9]*/comm; do read name <$comm && echo $name; done >names-after 2>/dev/null
sandboxd doctor >doctor.txt 2>>doctor.err; echo "text=$?" >>facts
sandboxd schema --doctor >schema.json
echo "machine=$(uname -m)" >>facts
echo "page=$(sed -n 's/^KernelPageSize: *\([0-9]*\) kB/\1/p' /proc/self/smaps | head -n 1)" >>facts
echo "paca=$(grep -c -m 1 ' paca' /proc/cpuinfo)" >>facts
echo "jit=$(cat /proc/sys/net/core/bpf_jit_enable)" >>facts
echo "lockdown=$(sed -n 's/.*\[\(.*\)\].*/\1/p' /sys/kernel/security/lockdown 2>/dev/null)" >>facts
echo "now=$(date +%s)" >>facts
echo "packages=$(grep -c . /data/system/packages.list)" >>facts
zcat /proc/config.gz >config 2>/dev/null
sed -n 's/^[0-9a-f]* [A-Za-z] \(__arm64_[^ ]*\|compat_arm_syscall\).*/\1/p' /proc/kallsyms | sort -u >symbols
run() {
    sandboxd trace -n com.example.app --backend $1 -o lines.$1 2>log.$1 & pid=$!
    wait-for log.$1 ready 60 || exit 90
    as-uid 10123 protected-app >/dev/null
    kill -INT $pid; wait $pid; echo "code_$1=$?" >>facts
}
run auto
run tracepoint
run kprobe
"#,
    check: truth,
    timeout_s: 180,
};

/// A report of `doctor --json`.
struct Report {
    line: Value,
}

impl Report {
    /// Of a file; it fits the schema.
    fn read(outcome: &Outcome, file: &str, schema: &Value) -> Result<Self> {
        let line: Value = serde_json::from_str(&outcome.text(file)?)
            .with_context(|| format!("{file} is not JSON"))?;
        jsonschema::validate(schema, &line)
            .map_err(|error| anyhow::anyhow!("{file} does not fit its schema: {error}"))?;
        Ok(Self { line })
    }

    /// What one check found.
    fn check(&self, name: &str) -> Result<&Value> {
        let checks = self.line["checks"].as_array().context("no checks")?;
        let mut found = checks.iter().filter(|check| check["check"] == name);
        let check = found.next().with_context(|| format!("no check {name}"))?;
        ensure!(found.next().is_none(), "two checks {name}");
        Ok(check)
    }

    /// The checks in a state.
    fn in_state(&self, state: &str) -> Vec<&str> {
        let checks = self.line["checks"].as_array();
        let those = checks.into_iter().flatten();
        those
            .filter(|check| check["state"] == state)
            .filter_map(|check| check["check"].as_str())
            .collect()
    }
}

fn schema(outcome: &Outcome) -> Result<Value> {
    serde_json::from_str(&outcome.text("schema.json")?).context("the schema is not JSON")
}

fn truth(outcome: &Outcome) -> Result<()> {
    outcome.expect_status(0)?;
    let facts = Facts::read(outcome, "facts")?;
    let report = Report::read(outcome, "doctor.json", &schema(outcome)?)?;
    ensure!(
        facts.number("doctor")? == 0 && facts.number("text")? == 0,
        "{}: {}",
        report.line,
        outcome.text("doctor.err")?
    );
    expect(&report.line, &[("/works", true.into())])?;
    ensure!(report.in_state("missing").is_empty(), "{}", report.line);
    // Some of the lab's kernels do not know the time.
    let timeless = facts.number("now")? < 1_577_836_800;
    let limited = if timeless { &["clock"][..] } else { &[] };
    ensure!(
        report.in_state("limited") == limited,
        "limited: {:?}, not {limited:?}",
        report.in_state("limited")
    );
    nothing_is_left(outcome)?;
    is_of_this_guest(outcome, &report, &facts)?;
    symbols_are_counted(outcome, &report)?;
    configuration_is_read(outcome, &report)?;
    runs_are_as_foretold(outcome, &report, &facts)?;
    text_says_the_same(outcome, &report)
}

/// No probe, and no process that holds one.
fn nothing_is_left(outcome: &Outcome) -> Result<()> {
    let probes = outcome.text("probes-after")?;
    ensure!(probes.is_empty(), "probes are left: {probes}");
    let names = outcome.text("names-after")?;
    ensure!(names.contains("sh\n"), "no processes: {names}");
    ensure!(!names.contains("sandboxd"), "it is left: {names}");
    Ok(())
}

fn is_of_this_guest(outcome: &Outcome, report: &Report, facts: &Facts) -> Result<()> {
    let value = |check: &str, name: &str| {
        Ok::<_, anyhow::Error>(report.check(check)?["values"][name].clone())
    };
    let text = |key: &str| facts.texts(key).next().unwrap_or_default().to_owned();
    let lockdown = Some(text("lockdown")).filter(|mode| !mode.is_empty());
    let wanted = [
        ("kernel", "release", json!(outcome.release)),
        ("kernel", "machine", json!(text("machine"))),
        ("pages", "bytes", json!(facts.number("page")? << 10)),
        ("pointer-auth", "present", json!(facts.number("paca")? == 1)),
        ("jit", "enabled", json!(facts.number("jit")? != 0)),
        ("lockdown", "mode", json!(lockdown)),
        ("packages", "count", json!(facts.number("packages")?)),
        ("root", "uid", json!(0)),
        ("kprobes", "work", json!(true)),
        ("other-kprobes", "symbols", json!([])),
        ("root-manager", "managers", json!([])),
    ];
    for (check, name, wanted) in wanted {
        let found = value(check, name)?;
        ensure!(found == wanted, "{check}: {name} is {found}, not {wanted}");
    }
    Ok(())
}

/// Counted here by the table and the guest's own list.
fn symbols_are_counted(outcome: &Outcome, report: &Report) -> Result<()> {
    let text = outcome.text("symbols")?;
    let there: BTreeSet<&str> = text.lines().collect();
    for (abi, name) in [(Abi::Arm64, "arm64"), (Abi::Arm32, "arm32")] {
        let rows = ROWS
            .iter()
            .filter(|row| row.nr(abi).is_some() && row.entry_symbol(abi).is_some());
        let has = rows.clone().filter(|row| {
            [row.entry_symbol(abi), row.older_symbol(abi)]
                .into_iter()
                .flatten()
                .any(|(start, rest)| there.contains(format!("{start}{rest}").as_str()))
        });
        let values = &report.check("symbols")?["values"];
        let of = format!("{name}_of");
        ensure!(
            values[name] == has.count() && values[of.as_str()] == rows.count(),
            "{name}: {values}"
        );
    }
    Ok(())
}

/// Where there is a configuration, what it lacks is what the text of it lacks.
fn configuration_is_read(outcome: &Outcome, report: &Report) -> Result<()> {
    let text = outcome.text("config")?;
    let check = report.check("config")?;
    if text.is_empty() {
        return expect(check, &[("/state", "unknown".into())]);
    }
    let lacks = ["COMPAT", "KPROBES", "BPF_JIT", "BPF_SYSCALL"]
        .into_iter()
        .filter(|option| !text.contains(&format!("CONFIG_{option}=y\n")))
        .collect::<Vec<_>>();
    expect(
        check,
        &[("/values/not_set", json!(lacks)), ("/state", "ok".into())],
    )
}

/// The backend is the one that a run takes, both work, and what they cost was measured.
fn runs_are_as_foretold(outcome: &Outcome, report: &Report, facts: &Facts) -> Result<()> {
    let values = &report.check("backend")?["values"];
    let start = |name: &str| -> Result<Value> {
        let code = facts.number(&format!("code_{name}"))?;
        let log = outcome.text(&format!("log.{name}"))?;
        ensure!(code == 0, "{name}: exit code {code}: {}", tail(&log));
        let trace = Trace::read(outcome, &format!("lines.{name}"))?;
        ensure!(
            trace.calls().count() > 10,
            "{name}: {}",
            trace.calls().count()
        );
        Ok(trace.start().clone())
    };
    expect(&start("auto")?, &[("/backend", values["backend"].clone())])?;
    start("tracepoint")?;
    let probed = start("kprobe")?;
    let symbols = values["symbols"].as_u64().context("no symbols")?;
    let attached = probed["attached"].as_u64().context("none attached")?;
    ensure!(
        attached <= symbols && attached * 10 >= symbols * 7,
        "{attached} of {symbols} were attached"
    );
    // How long it takes is not compared: an attach stops all CPUs, which takes ten times as long where the host is busy.
    let times = [
        "attach_ms",
        "detach_ms",
        "kprobes_attach_ms",
        "kprobes_detach_ms",
    ];
    let measured = times.iter().all(|time| values[*time].is_u64())
        && values["kprobes_detach_ms"].as_u64() > Some(0);
    ensure!(measured, "nothing was measured: {values}");
    Ok(())
}

fn text_says_the_same(outcome: &Outcome, report: &Report) -> Result<()> {
    let text = outcome.text("doctor.txt")?;
    for check in report.line["checks"].as_array().into_iter().flatten() {
        let begin = format!(
            "{:17}{:9}",
            check["check"].as_str().unwrap_or_default(),
            check["state"].as_str().unwrap_or_default()
        );
        ensure!(
            text.lines().any(|line| line.starts_with(&begin)),
            "no line {begin:?} in {text}"
        );
    }
    ensure!(!text.contains('\x1b'), "colours in a file");
    ensure!(
        text.contains("\nNot seen, on any device:\n"),
        "no blind spots"
    );
    let verdict = report.line["verdict"].as_str().context("no verdict")?;
    ensure!(verdict.starts_with("tracing will work"), "{verdict}");
    ensure!(text.ends_with(&format!(": {verdict}\n")), "{}", tail(&text));
    Ok(())
}
