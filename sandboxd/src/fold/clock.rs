//! The wall clock beside the boot clock, by which everything is ordered: lines have both, and say when the one was set.

use super::Fold;
use crate::event::{self, Line, Time};
use crate::sink::Lines;

/// The wall clock may drift by so much between two looks without being called set, nanoseconds.
const DRIFT_NS: u64 = 100_000_000;

/// By how much the wall clock is ahead of the boot clock.
#[derive(Debug, Default)]
pub(super) struct Clocks {
    offset_ns: i64,
    /// When it was seen last that it was set, and what it was by then: records from before that may come still.
    set: Option<(u64, i64)>,
}

impl Clocks {
    pub(super) fn new(offset_ns: i64) -> Self {
        Self {
            offset_ns,
            set: None,
        }
    }

    /// Takes what the offset was at a time; gives by how much the wall clock was set, if it was.
    fn look(&mut self, boot_ns: u64, offset_ns: i64) -> Option<i64> {
        let step_ns = offset_ns.saturating_sub(self.offset_ns);
        let is_set = step_ns.unsigned_abs() > DRIFT_NS;
        if is_set {
            self.set = Some((boot_ns, self.offset_ns));
        }
        self.offset_ns = offset_ns;
        is_set.then_some(step_ns)
    }

    /// The wall clock's time at that of the boot clock.
    fn time(&self, boot_ns: u64) -> Time {
        let offset_ns = match self.set {
            Some((set, before)) if boot_ns < set => before,
            _ => self.offset_ns,
        };
        Time(boot_ns.saturating_add_signed(offset_ns))
    }
}

impl Fold {
    pub(super) fn look_at_clocks(&mut self, boot_ns: u64, offset_ns: i64, out: &mut impl Lines) {
        if let Some(step_ns) = self.clocks.look(boot_ns, offset_ns) {
            let (seq, time) = (self.next_seq(), self.time(boot_ns));
            let line = event::Clock {
                run: &self.start.run,
                seq,
                time,
                boot_ns,
                step_ns,
            };
            out.line(&Line::Clock(line), None);
        }
    }

    /// The wall clock's time at that of the boot clock.
    #[must_use]
    pub fn time(&self, boot_ns: u64) -> Time {
        self.clocks.time(boot_ns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_before_the_clock_was_set_has_the_time_of_before() {
        let mut clocks = Clocks::new(1_000_000_000);
        assert_eq!(clocks.look(50, 1_000_000_010), None, "it drifts");
        assert_eq!(clocks.time(40).0, 1_000_000_050);
        assert_eq!(clocks.look(100, 10), Some(-1_000_000_000));
        assert_eq!(clocks.time(99).0, 1_000_000_109);
        assert_eq!(clocks.time(100).0, 110);
        // Since then it is as it is.
        assert_eq!(clocks.look(200, 20), None);
        assert_eq!(clocks.time(99).0, 1_000_000_109);
        assert_eq!(clocks.time(150).0, 170);
    }
}
