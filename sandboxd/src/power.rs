//! What a run may still do once its probes are attached: the capabilities that it keeps, and the calls that it may make.
//!
//! Capabilities are a thread's own, so each thread drops its own. The filter of calls is set once, for all threads. What
//! is kept and why stands in ARCHITECTURE.md, "Less power".

mod calls;

use caps::{CapSet, Capability, CapsHashSet};

/// What a thread of a run does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Reads the rings and looks at `/proc` and at files.
    Reader,
    /// The same, and begins new files.
    FileMaker,
    /// Writes lines to what is open already.
    Writer,
}

const READER: [Capability; 4] = [
    Capability::CAP_BPF,
    Capability::CAP_SYS_PTRACE,
    Capability::CAP_DAC_READ_SEARCH,
    Capability::CAP_CHECKPOINT_RESTORE,
];
const FILE_MAKER: [Capability; 2] = [Capability::CAP_DAC_OVERRIDE, Capability::CAP_CHOWN];

impl Role {
    /// What it cannot do without.
    fn capabilities(self) -> Vec<Capability> {
        match self {
            Self::Reader => READER.to_vec(),
            Self::FileMaker => [&READER[..], &FILE_MAKER].concat(),
            Self::Writer => Vec::new(),
        }
    }
}

/// Drops every capability of this thread that its role does not need. What it does not have it cannot keep.
pub fn drop_capabilities(role: Role) {
    if let Err(error) = keep(&role.capabilities()) {
        tracing::warn!(
            "cannot drop capabilities ({error}): the run goes on with more power than it needs"
        );
    }
}

fn keep(wanted: &[Capability]) -> Result<(), caps::errors::CapsError> {
    let has = caps::read(None, CapSet::Permitted)?;
    let kept: CapsHashSet = wanted
        .iter()
        .copied()
        .filter(|capability| has.contains(capability))
        .collect();
    // A raised effective set must be within the permitted one: it goes first.
    caps::set(None, CapSet::Effective, &kept)?;
    caps::set(None, CapSet::Permitted, &kept)?;
    caps::clear(None, CapSet::Inheritable)
}

/// Forbids, to every thread and for good, the calls that a run does not need. `makes_files`: whether it begins new files.
pub fn forbid_calls(makes_files: bool) {
    if let Err(error) = calls::forbid(makes_files) {
        tracing::warn!(
            "cannot forbid calls that are not needed ({error}): the run goes on with more power than it needs"
        );
    }
}
