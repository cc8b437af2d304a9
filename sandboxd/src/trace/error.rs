//! Why a run could not begin, or broke off, and the exit code that says it.

use crate::command::CommandError;
use crate::control::PlaceError;
use crate::probe::ProbeError;
use crate::recording::RecordingError;
use crate::select::SelectError;
use crate::sink::SinkError;

/// Why a run could not begin, or broke off.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// A bad expression.
    #[error(transparent)]
    Select(#[from] SelectError),
    /// Nothing to watch, or something that is not there.
    #[error("{0}")]
    Usage(String),
    /// The kernel half.
    #[error(transparent)]
    Probe(#[from] ProbeError),
    /// Others were to be watched, and the kernel half could not be told of all of it.
    #[error("who is watched was changed in part only: {0}; start the daemon anew")]
    Partly(#[source] ProbeError),
    /// The command.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// The output.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// The daemon's place.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// The recording.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// Lines that the output did not take.
    #[error("{lines} lines could not be written; the summary says how many calls are missing")]
    Unwritten {
        /// How many.
        lines: u64,
    },
    /// A replay whose lines the output did not take.
    #[error("lines could not be written: {0}")]
    Output(String),
    /// An app could not be stopped or started.
    #[error("--launch: {what}: {why}")]
    Launch {
        /// Which command.
        what: String,
        /// What it said.
        why: String,
    },
    /// Signals, timers.
    #[error("cannot set up {what}: {source}")]
    Runtime {
        /// What.
        what: &'static str,
        /// Why.
        source: std::io::Error,
    },
}

impl TraceError {
    /// The exit code that says it.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Select(_)
            | Self::Usage(_)
            | Self::Command(CommandError::Find { .. } | CommandError::Nameless) => 2,
            Self::Probe(error) if error.is_platform() => 3,
            Self::Place(PlaceError::Taken { .. }) => 4,
            Self::Probe(_)
            | Self::Partly(_)
            | Self::Command(_)
            | Self::Sink(_)
            | Self::Place(_)
            | Self::Recording(_)
            | Self::Unwritten { .. }
            | Self::Output(_)
            | Self::Launch { .. }
            | Self::Runtime { .. } => 1,
        }
    }
}
