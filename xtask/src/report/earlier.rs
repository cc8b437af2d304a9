//! What earlier runs of the same build found: each boot is kept, and each case of it that was not run again.

use std::fs;
use std::path::Path;

use super::{Report, Round};
use crate::kernels;

/// What was saved, if it can be read: another version's, or none, counts for nothing.
pub(super) fn read(json: &Path) -> Option<Report> {
    serde_json::from_str(&fs::read_to_string(json).ok()?).ok()
}

impl Report {
    /// This and what was found before, if that is of the same build, in the order of the kernels.
    pub(super) fn with(&self, earlier: Report) -> Report {
        let mut all = self.clone();
        if earlier.build != self.build {
            return all;
        }
        for round in earlier.rounds {
            match all.rounds.iter_mut().find(|new| new.is_of(&round)) {
                Some(new) => new.keep(round),
                None => all.rounds.push(round),
            }
        }
        let names = kernels::names();
        let place = |round: &Round| names.iter().position(|name| *name == round.kernel);
        all.rounds
            .sort_by_key(|round| (place(round).unwrap_or(usize::MAX), round.cpu.clone()));
        for skipped in earlier.skipped {
            if !all.skipped.contains(&skipped) {
                all.skipped.push(skipped);
            }
        }
        all
    }
}

impl Round {
    fn is_of(&self, other: &Round) -> bool {
        (&self.kernel, &self.cpu) == (&other.kernel, &other.cpu)
    }

    /// Keeps what was found of cases that were not run again, in their order.
    fn keep(&mut self, earlier: Round) {
        let mut verdicts = earlier.verdicts;
        for new in self.verdicts.drain(..) {
            match verdicts.iter_mut().find(|old| old.case == new.case) {
                Some(old) => *old = new,
                None => verdicts.push(new),
            }
        }
        self.verdicts = verdicts;
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{report, round};
    use super::*;

    #[test]
    fn what_was_not_run_again_is_kept() {
        let before = vec![
            round("debian-6.1", &[("a", None), ("b", Some("no"))]),
            round("debian-5.10", &[("a", None)]),
        ];
        let now = report("x", vec![round("debian-6.1", &[("b", None), ("c", None)])]);
        let all = now.with(report("x", before.clone()));
        let said: Vec<String> = all.rounds.iter().map(Round::summary).collect();
        assert_eq!(
            said,
            [
                "debian-5.10 max: 1 passed, 0 failed\n",
                "debian-6.1 max: 3 passed, 0 failed\n"
            ]
        );
        let cases: Vec<&str> = all.rounds[1]
            .verdicts
            .iter()
            .map(|one| &*one.case)
            .collect();
        assert_eq!(cases, ["a", "b", "c"]);
        assert_eq!(
            now.with(report("y", before)).rounds.len(),
            1,
            "another build's"
        );
    }
}
