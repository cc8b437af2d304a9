//! What the kernel was asked to do, and did or refused: programs, rings, tracepoints, kprobes.

use super::finding::{Finding, State};
use super::trial::{Trial, was_not_tried};
use crate::probe::{Attempt, ProbeError, platform};

/// A trial that did not come about.
type Tried<'a> = Result<&'a Trial, &'a ProbeError>;

/// A ring buffer; `supported`: what the kernel said when it was asked for one.
#[must_use]
pub(super) fn ring(supported: &Result<bool, String>) -> Finding {
    const CHECK: &str = "ring-buffer";
    match supported {
        Ok(true) => Finding::new(CHECK, State::Ok, "the kernel has them"),
        Ok(false) => Finding::new(CHECK, State::Missing, "the kernel makes none")
            .follows("records cannot leave the kernel")
            .todo("a kernel of 5.10 or later with CONFIG_BPF_SYSCALL"),
        Err(why) => Finding::new(
            CHECK,
            State::Unknown,
            format!("it could not be asked: {why}"),
        ),
    }
}

/// The programs that a run loads.
#[must_use]
pub(super) fn programs(tried: Tried<'_>) -> Finding {
    const CHECK: &str = "programs";
    let trial = match tried {
        Ok(trial) => trial,
        Err(error) if was_not_tried(error) => return not_tried(CHECK),
        Err(error) => {
            return Finding::new(CHECK, State::Missing, error.to_string())
                .follows("nothing can be watched");
        }
    };
    let of = |program: &Option<Result<(), String>>| match program {
        Some(Err(why)) => Some(why.clone()),
        _ => None,
    };
    match (of(&trial.kprobe_program), of(&trial.tracepoint_program)) {
        (None, None) => Finding::new(CHECK, State::Ok, "the kernel's verifier takes all of them"),
        (Some(why), None) => Finding::new(CHECK, State::Limited, why)
            .follows("entries are seen by the tracepoint alone")
            .todo("please report it with `uname -a` and this message"),
        (None, Some(why)) => Finding::new(CHECK, State::Limited, why)
            .follows("--backend tracepoint does not work, nor what needs it: more than 160 symbols")
            .todo("please report it with `uname -a` and this message"),
        (Some(one), Some(other)) => Finding::new(CHECK, State::Missing, format!("{one}; {other}"))
            .follows("nothing can be watched"),
    }
}

fn not_tried(check: &'static str) -> Finding {
    Finding::new(check, State::Unknown, "not tried, for the reason above")
}

/// tracefs; `mounted`: where.
#[must_use]
pub(super) fn tracefs(
    mounted: Option<&str>,
    fields: &Result<(), ProbeError>,
    root: bool,
) -> Finding {
    const CHECK: &str = "tracefs";
    let finding = match fields {
        Ok(()) => {
            let place = mounted.unwrap_or("its place");
            Finding::new(
                CHECK,
                State::Ok,
                format!("{place} has the formats that are needed"),
            )
        }
        Err(error) if !root => Finding::new(
            CHECK,
            State::Unknown,
            format!("not readable without root: {error}"),
        ),
        Err(error) => Finding::new(CHECK, State::Missing, error.to_string())
            .follows("processes and signals cannot be followed")
            .todo("mount -t tracefs nodev /sys/kernel/tracing"),
    };
    finding.value("mounted", mounted)
}

/// The tracepoints that tell of processes and signals.
#[must_use]
pub(super) fn tracepoints(tried: Tried<'_>) -> Finding {
    const CHECK: &str = "tracepoints";
    let Ok(trial) = tried else {
        return not_tried(CHECK);
    };
    let failed = failed(&trial.tracepoints);
    if failed.is_empty() {
        let names: Vec<&str> = trial
            .tracepoints
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        Finding::new(
            CHECK,
            State::Ok,
            format!("attached and taken away: {}", names.join(", ")),
        )
    } else {
        let more = match failed.len() {
            1 => String::new(),
            some => format!("; and {} more", some - 1),
        };
        let found = format!("{}{more}", failed[0]);
        Finding::new(CHECK, State::Missing, found)
            .follows("processes and signals cannot be followed")
            .todo(permit(&failed))
    }
}

/// The tracepoints that all calls pass.
#[must_use]
pub(super) fn raw_tracepoints(tried: Tried<'_>, kprobes: bool) -> Finding {
    const CHECK: &str = "raw-tracepoints";
    let Ok(trial) = tried else {
        return not_tried(CHECK);
    };
    let returns = failed(trial.returns.as_slice());
    let entries = failed(trial.entries.as_slice());
    match (returns.first(), entries.first()) {
        (None, None) if trial.entries.is_some() => Finding::new(
            CHECK,
            State::Ok,
            "attached and taken away: sys_exit for returns, sys_enter for --backend tracepoint",
        ),
        (None, None) => Finding::new(
            CHECK,
            State::Limited,
            "sys_exit works, sys_enter was not tried",
        )
        .follows("--backend tracepoint does not work"),
        (None, Some(why)) if kprobes => Finding::new(CHECK, State::Limited, why).follows(
            "--backend tracepoint does not work, nor what needs it: more than 160 symbols",
        ),
        (None, Some(why)) => Finding::new(CHECK, State::Missing, why)
            .follows("no entry can be seen: there are no kprobes either")
            .todo(permit(&entries)),
        (Some(why), _) => Finding::new(CHECK, State::Missing, why)
            .follows("returns cannot be seen: --no-returns does without")
            .todo(permit(&returns)),
    }
}

/// What follows where there are none.
const INSTEAD: &str =
    "entries are seen by the tracepoint: every task of the system pays for it at each of its calls";

/// Kprobes: `works`, what the kernel said to one and whether it fired.
#[must_use]
pub(super) fn kprobes(tried: Tried<'_>, works: &Result<(), String>, root: bool) -> Finding {
    const CHECK: &str = "kprobes";
    let finding = match (works, tried) {
        (Err(why), _) if !root => Finding::new(
            CHECK,
            State::Unknown,
            format!("not tried without root: {why}"),
        ),
        (Err(why), Err(_)) => Finding::new(CHECK, State::Unknown, why),
        (Err(why), Ok(trial)) if trial.entries.as_ref().is_some_and(is_whole) => {
            Finding::new(CHECK, State::Limited, why)
                .follows(INSTEAD)
                .todo(enable(why))
        }
        (Err(why), Ok(_)) => Finding::new(CHECK, State::Missing, why)
            .follows("no entry can be seen: the tracepoint does not work either")
            .todo(enable(why)),
        (Ok(()), Err(_)) => Finding::new(CHECK, State::Ok, "one was set, and fired"),
        (Ok(()), Ok(trial)) => set(trial),
    };
    finding.value("work", works.is_ok())
}

/// Kprobes fire here: which of those that a run sets can be set.
fn set(trial: &Trial) -> Finding {
    const CHECK: &str = "kprobes";
    let failed = failed(&trial.kprobes);
    let all = trial.kprobes.len();
    if matches!(trial.kprobe_program, Some(Err(_))) {
        let found = "they fire, but the program for them was refused: see `programs`";
        Finding::new(CHECK, State::Limited, found).follows(INSTEAD)
    } else if all == 0 {
        let found = "they fire, but this kernel has no symbol of a call that a run would probe";
        Finding::new(CHECK, State::Limited, found).follows(INSTEAD)
    } else if failed.is_empty() {
        Finding::new(
            CHECK,
            State::Ok,
            format!("they fire; {all} were attached and taken away"),
        )
    } else {
        let found = format!(
            "{} of {all} could not be attached: {}",
            failed.len(),
            failed.join("; ")
        );
        Finding::new(CHECK, State::Limited, found)
            .follows("calls by such symbols are seen by their returns alone: the `start` line names them")
            .todo("--backend tracepoint sees them all")
    }
}

fn enable(why: &str) -> String {
    if why.contains(platform::KPROBES_ENABLED) {
        format!("echo 1 > {}", platform::KPROBES_ENABLED)
    } else if denies(why) {
        permit(&[why.to_owned()]).to_owned()
    } else if why.contains("never fire") {
        format!(
            "mount -t debugfs nodev /sys/kernel/debug; if {} is 0, they are switched off: echo 1 > it",
            platform::KPROBES_ENABLED
        )
    } else {
        "nothing, or a kernel with CONFIG_KPROBES and CONFIG_KPROBE_EVENTS".to_owned()
    }
}

/// The kernel's word of mappings.
#[must_use]
pub(super) fn mappings(heard: &Result<(), String>, root: bool) -> Finding {
    const CHECK: &str = "mappings";
    match heard {
        Err(why) if !root => Finding::new(
            CHECK,
            State::Unknown,
            format!("not tried without root: {why}"),
        ),
        Ok(()) => Finding::new(CHECK, State::Ok, "the kernel tells of executable mappings"),
        Err(why) => Finding::new(
            CHECK,
            State::Limited,
            format!("the kernel does not tell of mappings: {why}"),
        )
        .follows(
            "`caller` of code that is mapped during a run is `unknown` until it is met in /proc",
        )
        .todo("CONFIG_PERF_EVENTS, root, and no seccomp filter on this process"),
    }
}

/// Whether something was refused for want of permission, and not for want of the thing.
pub(super) fn is_denied(tried: Tried<'_>, kprobes: &Result<(), String>) -> bool {
    let attempts = match tried {
        Err(error) => return matches!(error, ProbeError::Denied { .. }),
        Ok(trial) => [
            &trial.tracepoints[..],
            trial.returns.as_slice(),
            trial.entries.as_slice(),
            &trial.kprobes,
        ]
        .concat(),
    };
    let said = failed(&attempts);
    said.iter()
        .chain(kprobes.as_ref().err())
        .any(|why| denies(why))
}

/// `EPERM` and `EACCES`, in the words that the C library has for them.
fn denies(why: &str) -> bool {
    ["(os error 1)", "(os error 13)"]
        .iter()
        .any(|error| why.contains(error))
}

fn is_whole(attempt: &Attempt) -> bool {
    attempt.took.is_ok()
}

/// Why attempts failed.
fn failed(attempts: &[Attempt]) -> Vec<String> {
    let why = |one: &Attempt| one.took.as_ref().err().cloned();
    attempts.iter().filter_map(why).collect()
}

/// What helps against a refusal.
fn permit(failed: &[String]) -> &'static str {
    if failed.iter().any(|why| denies(why)) {
        "something forbids perf_event_open(2) or bpf(2): a seccomp filter, SELinux, or a container; start it outside of that"
    } else {
        "a kernel with CONFIG_TRACEPOINTS and CONFIG_HAVE_SYSCALL_TRACEPOINTS"
    }
}
