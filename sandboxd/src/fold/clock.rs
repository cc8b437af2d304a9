//! The wall clock beside the boot clock, by which everything is ordered: lines have both, and say when the one was set.

use super::Fold;
use crate::event::{self, Line, Time};
use crate::sink::Lines;

/// The wall clock may drift by so much between two looks without being called set, nanoseconds.
const DRIFT_NS: u64 = 100_000_000;

impl Fold {
    pub(super) fn clock(&mut self, boot_ns: u64, offset_ns: i64, out: &mut impl Lines) {
        let step_ns = offset_ns.saturating_sub(self.offset_ns);
        self.offset_ns = offset_ns;
        if step_ns.unsigned_abs() > DRIFT_NS {
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
        Time(boot_ns.saturating_add_signed(self.offset_ns))
    }
}
