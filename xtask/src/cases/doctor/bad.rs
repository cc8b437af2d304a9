//! Bad situations, made up: what `doctor` says of each, word by word, and that a run fails with the same words, or does
//! without.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{Report, schema};
use crate::cases::trace::{Facts, tail};
use crate::lab::{Case, Outcome};

/// Those that pass: each is made, looked at, and taken back.
pub(crate) const SITUATIONS: Case = Case {
    name: "doctor-situations",
    script: r#"
sandboxd schema --doctor >schema.json
# try NAME WITH: what doctor says, and runs that choose their backend, or ask for one, behind a program or none
try() {
    name=$1; shift
    for out in auto kprobe; do echo 'an earlier run' >$name.$out; done
    "$@" sandboxd doctor --json >$name.json 2>$name.err; echo "doctor_$name=$?" >>facts
    "$@" timeout 60 sandboxd trace -u 10123 -e openat --duration 1s -o $name.auto 2>$name.auto.log; echo "auto_$name=$?" >>facts
    "$@" timeout 60 sandboxd trace -u 10123 -e openat --duration 1s -o $name.kprobe --backend kprobe 2>$name.kprobe.log; echo "kprobe_$name=$?" >>facts
}
mkdir -p empty
chmod 777 .
try not-root as-uid 2000
try old old-release
try no-perf forbid perf_event_open
try no-bpf forbid bpf
mount -o bind empty /sys/bus/event_source/devices/kprobe && try no-kprobes env
umount /sys/bus/event_source/devices/kprobe
echo 0 >/sys/kernel/debug/kprobes/enabled && try kprobes-off env
echo 1 >/sys/kernel/debug/kprobes/enabled
mount -o bind empty /sys/kernel/tracing && mount -o bind empty /sys/kernel/debug && try no-tracefs env
umount /sys/kernel/debug; umount /sys/kernel/tracing
try all-well env
chmod -R a+rX .
"#,
    check: situations,
    timeout_s: 240,
};

/// A kernel that is locked down: until it is booted anew, so this is the last case of all. Kernels that cannot be leave
/// `no-lockdown`.
pub(crate) const LOCKED_DOWN: Case = Case {
    name: "doctor-locked-down",
    script: r#"
sandboxd schema --doctor >schema.json
grep -q confidentiality /sys/kernel/security/lockdown 2>/dev/null || { echo none >no-lockdown; exit 0; }
echo integrity >/sys/kernel/security/lockdown || exit 91
sandboxd doctor --json >integrity.json 2>integrity.err; echo "integrity=$?" >>facts
sandboxd trace -u 10123 -e openat --duration 1s -o lines 2>integrity.log; echo "integrity_trace=$?" >>facts
echo confidentiality >/sys/kernel/security/lockdown || exit 92
sandboxd doctor --json >locked.json 2>locked.err; echo "locked=$?" >>facts
sandboxd trace -u 10123 -e openat --duration 1s -o none 2>locked.log; echo "locked_trace=$?" >>facts
"#,
    check: locked_down,
    timeout_s: 90,
};

/// A situation: which check is in which state, and how a run of either kind ends.
struct Wanted {
    name: &'static str,
    check: &'static str,
    state: &'static str,
    /// What it found, `RELEASE` standing for what the kernel says that it is.
    found: &'static str,
    doctor: i64,
    auto: i64,
    kprobe: i64,
}

const NOT_ROOT: &str = "only root can watch other users' system calls: run sandboxd as root (`adb root`, or `su -c` before it)";
const TOO_OLD: &str = "Linux RELEASE is too old: sandboxd needs 5.10 or later";
const NO_PERF: &str = "the kernel refuses to attach to task:task_newtask by perf_event_open(2) (Operation not permitted (os error 1)); run sandboxd as root, outside containers that drop CAP_BPF, CAP_PERFMON or CAP_SYS_ADMIN, and outside seccomp filters that forbid it";
const NO_BPF: &str = "the kernel refuses to make BPF maps (Operation not permitted (os error 1)); run sandboxd as root, outside containers that drop CAP_BPF, CAP_PERFMON or CAP_SYS_ADMIN, and outside seccomp filters that forbid it";
const NO_KPROBES: &str = "this kernel has no kprobes for perf events";
const KPROBES_OFF: &str = "kprobes are switched off in /sys/kernel/debug/kprobes/enabled";
const NO_TRACEFS: &str = "cannot read /sys/kernel/tracing/events/signal/signal_generate/format: No such file or directory (os error 2); mount tracefs with `mount -t tracefs nodev /sys/kernel/tracing`";
const LOCKED: &str = "this kernel is locked down (confidentiality, in /sys/kernel/security/lockdown): it lets nobody attach kprobes or read its memory by BPF, root neither; boot it without `lockdown=confidentiality`, or one that is not configured so";

#[rustfmt::skip]
const WANTED: [Wanted; 7] = [
    Wanted { name: "not-root", check: "root", state: "missing", found: NOT_ROOT, doctor: 3, auto: 3, kprobe: 3 },
    Wanted { name: "old", check: "kernel", state: "missing", found: TOO_OLD, doctor: 3, auto: 3, kprobe: 3 },
    Wanted { name: "no-perf", check: "tracepoints", state: "missing", found: NO_PERF, doctor: 3, auto: 3, kprobe: 3 },
    Wanted { name: "no-bpf", check: "programs", state: "missing", found: NO_BPF, doctor: 3, auto: 3, kprobe: 3 },
    Wanted { name: "no-kprobes", check: "kprobes", state: "limited", found: NO_KPROBES, doctor: 0, auto: 0, kprobe: 3 },
    Wanted { name: "kprobes-off", check: "kprobes", state: "limited", found: KPROBES_OFF, doctor: 0, auto: 0, kprobe: 3 },
    Wanted { name: "no-tracefs", check: "tracefs", state: "missing", found: NO_TRACEFS, doctor: 3, auto: 3, kprobe: 3 },
];

fn situations(outcome: &Outcome) -> Result<()> {
    outcome.expect_status(0)?;
    let facts = Facts::read(outcome, "facts")?;
    let schema = schema(outcome)?;
    for wanted in WANTED {
        situation(outcome, &facts, &schema, &wanted)
            .with_context(|| format!("situation {}", wanted.name))?;
    }
    let codes = ["doctor_all-well", "auto_all-well", "kprobe_all-well"];
    for code in codes {
        ensure!(facts.number(code)? == 0, "{code} after all of them");
    }
    Ok(())
}

fn situation(outcome: &Outcome, facts: &Facts, schema: &Value, wanted: &Wanted) -> Result<()> {
    let Wanted { name, check, .. } = wanted;
    let report = Report::read(outcome, &format!("{name}.json"), schema)?;
    let kernel = report.check("kernel")?["values"]["release"].clone();
    let found = wanted
        .found
        .replace("RELEASE", kernel.as_str().unwrap_or_default());
    let finding = report.check(check)?;
    ensure!(finding["state"] == wanted.state, "{finding}");
    let said = finding["found"].as_str().unwrap_or_default();
    ensure!(
        said == found || *check == "tracepoints" && said == format!("{found}; and 4 more"),
        "it says {said:?}, not {found:?}"
    );
    let works = wanted.doctor == 0;
    ensure!(report.line["works"] == works, "{}", report.line["verdict"]);
    ensure!(
        works || report.in_state("missing").contains(check),
        "{}",
        report.line["verdict"]
    );
    for (kind, code) in [
        ("doctor", wanted.doctor),
        ("auto", wanted.auto),
        ("kprobe", wanted.kprobe),
    ] {
        let ended = facts.number(&format!("{kind}_{name}"))?;
        ensure!(ended == code, "{kind}: exit code {ended}, not {code}");
    }
    for kind in ["auto", "kprobe"] {
        let log = outcome.text(&format!("{name}.{kind}.log"))?;
        ensure!(
            log.contains(&found),
            "{kind} says nothing of {found:?}: {}",
            tail(&log)
        );
        let failed = facts.number(&format!("{kind}_{name}"))? == 3;
        ensure!(
            log.contains("sandboxd doctor") == failed,
            "{kind} points to doctor where it helps: {}",
            tail(&log)
        );
        let kept = outcome.text(&format!("{name}.{kind}"))?;
        ensure!(
            (kept == "an earlier run\n") == failed
                && failed != kept.starts_with("{\"type\":\"start\""),
            "a run with code 3 leaves what is there, any other replaces it: {}",
            tail(&kept)
        );
    }
    let err = outcome.text(&format!("{name}.err"))?;
    ensure!(err.is_empty() == works, "stderr says {err:?}");
    Ok(())
}

fn locked_down(outcome: &Outcome) -> Result<()> {
    outcome.expect_status(0)?;
    if outcome.path("no-lockdown").exists() {
        let debian = outcome.kernel.starts_with("debian");
        ensure!(!debian, "{} cannot be locked down", outcome.kernel);
        return Ok(());
    }
    let facts = Facts::read(outcome, "facts")?;
    let schema = schema(outcome)?;
    let report = Report::read(outcome, "integrity.json", &schema)?;
    ensure!(report.check("lockdown")?["values"]["mode"] == "integrity");
    ensure!(report.check("lockdown")?["state"] == "ok");
    let codes = ["integrity", "integrity_trace"].map(|code| facts.number(code));
    ensure!(
        matches!(codes, [Ok(0), Ok(0)]),
        "{codes:?}: {}",
        outcome.text("integrity.log")?
    );
    let report = Report::read(outcome, "locked.json", &schema)?;
    let finding = report.check("lockdown")?;
    ensure!(
        finding["state"] == "missing" && finding["found"] == LOCKED,
        "{finding}"
    );
    ensure!(report.line["works"] == false);
    let codes = ["locked", "locked_trace"].map(|code| facts.number(code));
    ensure!(matches!(codes, [Ok(3), Ok(3)]), "{codes:?}");
    let log = outcome.text("locked.log")?;
    ensure!(
        log.contains(LOCKED) && log.contains("sandboxd doctor"),
        "{}",
        tail(&log)
    );
    Ok(())
}
