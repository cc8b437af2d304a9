//! Which way a run with the default selection would take, and how long it would take to get there and back.

use std::time::Duration;

use serde_json::Value;

use super::finding::{Finding, State};
use super::trial::Trial;
use crate::probe::{Attempt, Backend};

/// The run: backend, reason, number of symbols.
#[must_use]
pub(super) fn backend(
    backend: Backend,
    reason: &str,
    symbols: usize,
    trial: Option<&Trial>,
) -> Finding {
    const CHECK: &str = "backend";
    let name = backend.word();
    let of = |backend| trial.and_then(|trial| time(backend, symbols, trial));
    let (taken, kprobes) = (of(backend), of(Backend::Kprobe));
    let found = format!("{name}: {reason}");
    let finding = match taken {
        Some(taken) => Finding::new(CHECK, State::Ok, found).follows(match kprobes {
            Some(kprobes) if backend == Backend::Tracepoint => format!(
                "with the default selection {}; --backend kprobe: {}",
                said(taken),
                said(kprobes)
            ),
            _ => format!("with the default selection {}", said(taken)),
        }),
        None if trial.is_none() => Finding::new(CHECK, State::Unknown, found)
            .follows("what it costs could not be measured"),
        None => Finding::new(CHECK, State::Missing, found)
            .follows("not all of its probes could be attached")
            .todo("see the checks above, which say what failed; --backend with the other one may work"),
    };
    let millis =
        |time: Option<Duration>| time.map_or(Value::Null, |time| (time.as_millis() as u64).into());
    finding
        .value("backend", name)
        .value("symbols", symbols)
        .value("attach_ms", millis(taken.map(|(attach, _)| attach)))
        .value("detach_ms", millis(taken.map(|(_, detach)| detach)))
        .value(
            "kprobes_attach_ms",
            millis(kprobes.map(|(attach, _)| attach)),
        )
        .value(
            "kprobes_detach_ms",
            millis(kprobes.map(|(_, detach)| detach)),
        )
}

fn said((attach, detach): (Duration, Duration)) -> String {
    format!(
        "attaching takes {}, and detaching, after the run's end, {}",
        seconds(attach),
        seconds(detach)
    )
}

/// What was measured, for as many probes as a run sets.
fn time(backend: Backend, symbols: usize, trial: &Trial) -> Option<(Duration, Duration)> {
    let others = trial.tracepoints.iter().chain(&trial.returns);
    let others = total(others)?;
    let entries = match backend {
        Backend::Tracepoint => total(&trial.entries)?,
        Backend::Kprobe => {
            let tried = trial.kprobes.iter().flat_map(|one| &one.took);
            let attach = median(tried.clone().map(|took| took.attach))?;
            let detach = median(tried.map(|took| took.detach))?;
            (attach * symbols as u32, detach * symbols as u32)
        }
    };
    Some((others.0 + entries.0, others.1 + entries.1))
}

/// The one in the middle: a probe that had to wait for something else says nothing of the others.
fn median(times: impl Iterator<Item = Duration>) -> Option<Duration> {
    let mut times: Vec<Duration> = times.collect();
    times.sort_unstable();
    times.get(times.len() / 2).copied()
}

/// The sum of attempts; nothing if there are none, or one failed.
fn total<'a>(attempts: impl IntoIterator<Item = &'a Attempt>) -> Option<(Duration, Duration)> {
    let sum = attempts
        .into_iter()
        .try_fold(None, |sum: Option<(Duration, Duration)>, one| {
            let took = one.took.as_ref().ok()?;
            let (attach, detach) = sum.unwrap_or_default();
            Some(Some((attach + took.attach, detach + took.detach)))
        });
    sum?
}

/// As people say it.
fn seconds(time: Duration) -> String {
    if time < Duration::from_millis(100) {
        "less than 0.1 s".to_owned()
    } else {
        format!("about {:.1} s", time.as_secs_f64())
    }
}
