//! An address space: its mappings, the processes in it, and how often its mappings changed.

use super::maps::Maps;

/// An address space and the processes in it (`vfork` and `CLONE_VM` share one).
#[derive(Debug)]
pub(super) struct Space {
    /// No other has it.
    id: u64,
    maps: Maps,
    /// Counts the changes of its mappings: as long as it stays, so does what is known of its code.
    version: u64,
    pub(super) users: u32,
}

impl Space {
    /// Of one process.
    pub(super) fn new(id: u64, maps: Maps) -> Self {
        Self {
            id,
            maps,
            version: 0,
            users: 1,
        }
    }

    /// Its mappings.
    pub(super) fn maps(&self) -> &Maps {
        &self.maps
    }

    /// Its mappings, to be changed.
    pub(super) fn change(&mut self) -> &mut Maps {
        self.version += 1;
        &mut self.maps
    }

    /// Which one it is, and how often its mappings changed.
    pub(super) fn version(&self) -> (u64, u64) {
        (self.id, self.version)
    }
}
