//! What a run says once on standard error, however often it happens.

use crate::sink::Event;

/// Fewer lost records are no reason to speak up: the lines and the end tell of them.
const MANY: u64 = 1000;
/// Nor is less than this share of all, one in so many.
const SHARE: u64 = 100;

/// What was said already.
#[derive(Debug, Default)]
pub(super) struct Said {
    refused: bool,
    losses: bool,
    left_out: bool,
}

impl Said {
    /// Why the output did not take lines, the first time. Nothing where its reader has gone: that is no failure, and it
    /// ends the run.
    pub(super) fn refused<'a>(&mut self, events: &'a [Event]) -> Option<&'a str> {
        if events.contains(&Event::ReaderGone) {
            self.refused = true;
        }
        let why = |event: &'a Event| match event {
            Event::Unwritten { error, .. } => Some(error.as_str()),
            Event::ReaderGone => None,
        };
        let error = events.iter().find_map(why)?;
        (!std::mem::replace(&mut self.refused, true)).then_some(error)
    }

    /// What to do about losses, once they are heavy: so many records were lost, so many calls arrived.
    pub(super) fn losses(&mut self, lost: u64, received: u64) -> Option<String> {
        let heavy = lost >= MANY && lost.saturating_mul(SHARE) >= received;
        (heavy && !std::mem::replace(&mut self.losses, true)).then(|| {
            format!(
                "{lost} records have found no room so far: calls come faster than they are read. Fewer calls (-e), larger \
                 rings (--buffer, --state-buffer), or lines to a file (-o) lose less; `loss` lines say what is missing"
            )
        })
    }

    /// That calls were not kept while it was not known whose they are, the first time.
    pub(super) fn left_out(&mut self, count: u64) -> Option<String> {
        (count > 0 && !std::mem::replace(&mut self.left_out, true)).then(|| {
            format!(
                "{count} calls were lost (held_full): a process made more of them than are kept before it was known whose it \
                 is. Fewer calls (-e) lose less; `loss` lines say what is missing"
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn unwritten(error: &str) -> Event {
        Event::Unwritten {
            by_index: BTreeMap::new(),
            lines: 1,
            error: error.into(),
        }
    }

    #[test]
    fn a_refusal_is_said_once() {
        let mut said = Said::default();
        assert_eq!(said.refused(&[]), None);
        assert_eq!(said.refused(&[unwritten("full")]), Some("full"));
        assert_eq!(said.refused(&[unwritten("still full")]), None);
    }

    #[test]
    fn calls_that_were_not_kept_are_said_once() {
        let mut said = Said::default();
        assert_eq!(said.left_out(0), None);
        assert!(said.left_out(7).unwrap().starts_with("7 calls"));
        assert_eq!(said.left_out(9), None);
    }

    #[test]
    fn a_reader_that_has_seen_enough_is_no_failure() {
        let mut said = Said::default();
        assert_eq!(said.refused(&[unwritten("gone"), Event::ReaderGone]), None);
        assert_eq!(said.refused(&[unwritten("nobody reads")]), None);
    }

    #[test]
    fn losses_are_said_once_they_are_heavy() {
        let mut said = Said::default();
        assert_eq!(said.losses(999, 0), None, "few");
        assert_eq!(said.losses(5000, 1_000_000), None, "a small share");
        let advice = said.losses(20_000, 1_000_000).unwrap();
        assert!(advice.contains("-e") && advice.contains("--buffer"));
        assert_eq!(said.losses(900_000, 1_000_000), None, "once");
    }
}
