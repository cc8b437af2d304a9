//! Whose calls the kernel half drops: told before the probes are live.

use aya::Ebpf;
use aya::maps::{Array, MapData};
use kprobe_common::whose::Patterns;

use super::load::{map_error, take};
use super::tasks::removed;
use super::{Loaded, ProbeError, Watch};

/// Hands over the patterns of names.
pub(super) fn fill(ebpf: &mut Ebpf, watch: &Watch) -> Result<(), ProbeError> {
    let mut patterns = Patterns::default();
    for (place, pattern) in patterns.0.iter_mut().zip(&watch.names.patterns) {
        *place = *pattern;
    }
    let mut names: Array<MapData, Patterns> = take(ebpf, "NAMES")?;
    names
        .set(0, patterns, 0)
        .map_err(|source| map_error("NAMES", source))
}

impl Loaded {
    /// Leaves a thread or a process out.
    pub fn leave_out(&mut self, key: u64) -> Result<(), ProbeError> {
        self.left_out
            .insert(key, 0, 0)
            .map_err(|source| map_error("LEFT_OUT", source))
    }

    /// Takes that back; it may have been taken back before.
    pub fn take_back(&mut self, key: u64) -> Result<(), ProbeError> {
        removed(self.left_out.remove(&key)).map_err(|source| map_error("LEFT_OUT", source))
    }
}
