//! When the output goes on in another part, and how: everything that was made is written or refused, the next file is
//! there, and then the accounts are cut.

use std::time::{Duration, Instant};

use super::run::Run;
use super::waits::Waits;
use crate::cli;
use crate::facts;
use crate::input::{Fact, Input, Stop};
use crate::sink::SinkError;

/// How long the output may take for what is on its way to it.
const SETTLE: Duration = Duration::from_secs(2);
/// What could not be done is tried again so much later.
const AGAIN: Duration = Duration::from_secs(1);
/// Why a part of a run ends.
const ROTATED: &str = "rotated";

/// When another part begins by itself.
#[derive(Debug, Default)]
pub(super) struct Rotation {
    size: Option<u64>,
    age: Option<Duration>,
    /// When this part began, `CLOCK_BOOTTIME`, nanoseconds: it counts while a phone sleeps.
    began: u64,
    /// Not to be tried before.
    not_before: Option<Instant>,
    said: bool,
}

/// Why the output does not go on in another part.
#[derive(Debug, thiserror::Error)]
pub(super) enum RotateError {
    /// All parts would be one file.
    #[error(
        "the output is one file: name it with {{part}} or {{time}}, as in -o calls-{{part}}.jsonl"
    )]
    OneFile,
    /// It takes too long.
    #[error("the output has not taken what was written so far: it is too slow")]
    Slow,
    /// The other file would take none either, not even its first line.
    #[error("the output has just refused lines")]
    Refused,
    /// There is no other file.
    #[error(transparent)]
    Sink(#[from] SinkError),
}

impl Rotation {
    /// As the command line says, of a run that begins now.
    pub(super) fn new(options: &cli::Trace) -> Self {
        Self {
            size: options.rotate_size,
            age: options.rotate_age,
            began: facts::boot_ns(),
            ..Self::default()
        }
    }

    /// Whether it may be tried.
    fn is_ready(&self) -> bool {
        self.not_before.is_none_or(|time| time <= Instant::now())
    }

    fn is_old(&self) -> bool {
        self.age.is_some_and(|age| {
            let lived = facts::boot_ns().saturating_sub(self.began);
            u128::from(lived) >= age.as_nanos()
        })
    }
}

impl Run {
    /// Whether there can be more parts.
    pub(super) fn makes_files(&self) -> bool {
        self.sink.has_parts()
    }

    /// Lets the output go on in another part by itself.
    pub(super) fn rotate_by(&mut self, rotation: Rotation) {
        self.sink.set_limit(rotation.size);
        self.rotation = rotation;
    }

    /// Begins another part if that is due. Gives the reason to end the run that came meanwhile.
    pub(super) async fn rotate_when_due(&mut self, waits: &mut Waits) -> Option<&'static str> {
        if !self.rotation.is_ready() {
            return None;
        }
        if self.rotation.not_before.take().is_some() {
            self.sink.set_limit(self.rotation.size);
        }
        let why = if self.sink.part_is_full() {
            "size"
        } else if self.rotation.is_old() {
            "age"
        } else {
            return None;
        };
        tokio::select! {
            biased;
            why = waits.stop() => return Some(why),
            rotated = self.rotate_still_due(why) => {
                if let Err(error) = rotated {
                    self.put_off(&error);
                }
            }
        }
        None
    }

    /// Begins another part, if that is due still when everything is written: what was refused fills none.
    async fn rotate_still_due(&mut self, why: &str) -> Result<(), RotateError> {
        self.settle_output().await?;
        if self.sink.part_is_full() || self.rotation.is_old() {
            return self.rotate(why).await;
        }
        Ok(())
    }

    async fn settle_output(&mut self) -> Result<(), RotateError> {
        let settled = tokio::time::timeout(SETTLE, self.sink.settle()).await;
        settled.map_err(|_| RotateError::Slow)
    }

    /// The output stays where it is for now.
    fn put_off(&mut self, error: &RotateError) {
        self.rotation.not_before = Some(Instant::now() + AGAIN);
        self.sink.set_limit(None);
        if !std::mem::replace(&mut self.rotation.said, true) {
            tracing::warn!(
                "the output goes on in the same file: {error}; tried again every second"
            );
        }
    }

    /// Ends the part of the output, and begins another; `why` is for people. If it cannot be, nothing has changed. Nothing
    /// is half done if it is cancelled.
    pub(super) async fn rotate(&mut self, why: &str) -> Result<(), RotateError> {
        if !self.sink.has_parts() {
            return Err(RotateError::OneFile);
        }
        self.settle_output().await?;
        if self.sink.refuses() {
            return Err(RotateError::Refused);
        }
        // What was refused stands in this part's accounts. No call may be written from here on, since it could be refused when
        // its part has ended.
        self.take_events();
        self.look_at_wall_clock();
        let boot_ns = facts::boot_ns();
        self.sink
            .prepare(self.fold.part() + 1, self.fold.time(boot_ns))?;
        let cut = Fact::Cut(self.counts_now(boot_ns));
        self.push(Input::Fact(&cut));
        self.sink.part_has_begun();
        self.sink.set_limit(self.rotation.size);
        self.rotation = Rotation {
            began: boot_ns,
            not_before: None,
            said: false,
            ..self.rotation
        };
        if let Some(path) = self.sink.path() {
            tracing::info!("part {} ({why}): {}", self.fold.part(), path.display());
        }
        Ok(())
    }

    /// The kernel half's books while it works: what has not been told of may still be on its way.
    fn counts_now(&self, boot_ns: u64) -> Stop {
        let shared = &self.loaded.shared;
        let count = |&index: &u16| {
            let (seen, filtered) = shared.calls_so_far(index);
            (seen > 0).then_some((index, [seen, filtered, 0, 0]))
        };
        Stop {
            why: ROTATED.to_owned(),
            boot_ns,
            counts: self.indexes.iter().filter_map(count).collect(),
            threads_full: shared.threads_full(),
        }
    }
}
