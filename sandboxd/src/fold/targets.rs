//! Others are asked for while the run is live: says so, and who leaves by it.

use super::Fold;
use crate::event::{self, Line};
use crate::sink::Lines;

impl Fold {
    /// Others are asked for from now on: says so, then who leaves.
    pub(super) fn retarget(
        &mut self,
        boot_ns: u64,
        targets: &event::Targets,
        out: &mut impl Lines,
    ) {
        self.start.targets = targets.clone();
        let (seq, time) = (self.next_seq(), self.time(boot_ns));
        let line = event::NewTargets {
            run: &self.start.run,
            seq,
            time,
            boot_ns,
            targets,
        };
        out.line(&Line::Targets(line), None);
        let mut world = std::mem::take(&mut self.world);
        world.ask_anew(targets, boot_ns, |happened| self.process(&happened, out));
        self.world = world;
    }
}
