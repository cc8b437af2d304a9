//! Tries what a run does: loads its programs, attaches them, takes them away. What that means is left to `hooks` and `cost`.

use std::collections::BTreeSet;

use crate::probe::{self, Attempt, Backend, ProbeError, Watch};
use crate::trace::Usual;

/// How many kprobes are tried: enough for a mean, few enough to be quick where each takes a tenth of a second.
const SAMPLE: usize = 6;

/// What was tried.
#[derive(Debug, Default)]
pub(super) struct Trial {
    /// Whether the program for kprobes was loaded.
    pub(super) kprobe_program: Option<Result<(), String>>,
    /// Whether the program for all entries was loaded.
    pub(super) tracepoint_program: Option<Result<(), String>>,
    /// The tracepoints of processes and signals.
    pub(super) tracepoints: Vec<Attempt>,
    /// The tracepoint of all returns.
    pub(super) returns: Option<Attempt>,
    /// The tracepoint of all entries.
    pub(super) entries: Option<Attempt>,
    /// Some kprobes.
    pub(super) kprobes: Vec<Attempt>,
}

impl Trial {
    /// Whether all that a run with the tracepoint needs was attached.
    pub(super) fn is_whole(&self) -> bool {
        let all = self
            .tracepoints
            .iter()
            .chain(&self.returns)
            .chain(&self.entries);
        self.entries.is_some() && all.into_iter().all(|attempt| attempt.took.is_ok())
    }
}

/// Tries it for a run; `symbols`: those of the kernel, where they are known.
pub(super) fn trial(
    object: &[u8],
    usual: &Usual,
    symbols: Option<&BTreeSet<String>>,
) -> Result<Trial, ProbeError> {
    let watch = Watch {
        both: true,
        ..usual.watch.clone()
    };
    let (mut loaded, backend, refused) = match probe::load(object, &watch, usual.backend) {
        // A run can do with the other one.
        Err(error) if is_of_entries(&error) => {
            let watch = Watch {
                both: false,
                ..watch
            };
            let backend = usual.backend.other();
            let Ok(loaded) = probe::load(object, &watch, backend) else {
                return Err(error);
            };
            (loaded, backend, Some(error))
        }
        loaded => (loaded?, usual.backend, None),
    };
    let refused = refused.or_else(|| loaded.other.take()?.err());
    let other = refused.map_or(Ok(()), |error| Err(error.to_string()));
    let (kprobe, tracepoint) = match backend {
        Backend::Kprobe => (Ok(()), other),
        Backend::Tracepoint => (other, Ok(())),
    };
    let mut trial = Trial {
        tracepoints: loaded.try_tracepoints(),
        returns: Some(loaded.try_raw("exit_tracepoint", "sys_exit")),
        ..Trial::default()
    };
    if tracepoint.is_ok() {
        trial.entries = Some(loaded.try_raw("enter_tracepoint", "sys_enter"));
    }
    if kprobe.is_ok() {
        trial.kprobes = loaded.try_kprobes(&sample(&usual.symbols, symbols));
    }
    trial.kprobe_program = Some(kprobe);
    trial.tracepoint_program = Some(tracepoint);
    loaded.leave();
    Ok(trial)
}

/// Whether the verifier refused the program that one backend has for entries.
fn is_of_entries(error: &ProbeError) -> bool {
    matches!(error, ProbeError::Refused { program, .. } if program.starts_with("enter_"))
}

/// Some of the symbols that are there, from all over the list.
fn sample(wanted: &[String], there: Option<&BTreeSet<String>>) -> Vec<String> {
    let there: Vec<&String> = wanted
        .iter()
        .filter(|symbol| there.is_none_or(|there| there.contains(*symbol)))
        .collect();
    let step = there.len().div_ceil(SAMPLE).max(1);
    there.into_iter().step_by(step).cloned().collect()
}

/// Whether nothing was tried for a reason that has a check of its own.
#[must_use]
pub(super) fn was_not_tried(error: &ProbeError) -> bool {
    matches!(
        error,
        ProbeError::NotRoot | ProbeError::TooOld { .. } | ProbeError::LockedDown
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_small_and_of_what_is_there() {
        let names: Vec<String> = (0..100).map(|n| format!("s{n:02}")).collect();
        let some = sample(&names, None);
        assert!(some.len() <= SAMPLE && some.len() > 3, "{some:?}");
        let there = BTreeSet::from(["s07".to_owned(), "other".to_owned()]);
        assert_eq!(sample(&names, Some(&there)), ["s07"]);
        assert!(sample(&[], None).is_empty());
    }
}
