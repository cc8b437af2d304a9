//! The loop of a run: reads the rings and looks at the outside, feeds the fold, hands lines to the sink.

use std::io;
use std::time::{Duration, Instant};

use super::TraceError;
use super::targets::Targets;
use super::waits::{Waits, survive_file_size_limit};
use crate::command::Running;
use crate::fold::{Fold, Look};
use crate::input::{Fact, Input, Show, Start, Stop};
use crate::probe::Loaded;
use crate::recording::{Recorder, Recording};
use crate::sink::{Event, Sink};
use crate::source::Source;
use crate::{facts, reaper, summary};

/// How long the books may take to balance once the probes are silent: programs that were running then finish.
const SETTLE: Duration = Duration::from_millis(250);
/// How long a reader may take for the last lines.
const LAST_LINES: Duration = Duration::from_millis(400);

/// A run.
pub(super) struct Run {
    loaded: Loaded,
    source: Source,
    fold: Fold,
    sink: Sink,
    recorder: Option<Recorder>,
    indexes: Vec<u16>,
    show: Show,
    losses: u64,
    /// The output refused lines: said once, counted always.
    refused: bool,
}

impl Run {
    pub(super) fn new(
        loaded: Loaded,
        sink: Sink,
        recorder: Option<Recorder>,
        start: Start,
    ) -> Self {
        let (indexes, show) = (start.indexes.clone(), start.show);
        let (source, fold) = (Source::new(), Fold::new());
        let mut run = Self {
            loaded,
            source,
            fold,
            sink,
            recorder,
            indexes,
            show,
            losses: 0,
            refused: false,
        };
        run.push(Input::Fact(&Fact::Start(Box::new(start))));
        run
    }

    /// Takes what `packages.list` said.
    pub(super) fn packages(&mut self, packages: io::Result<Option<Fact>>) {
        match packages {
            Ok(Some(fact)) => self.push(Input::Fact(&fact)),
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(
                    "cannot read {}: {error}; lines carry no package",
                    facts::PACKAGES
                );
            }
        }
    }

    /// Runs until there is a reason to stop, then ends the run.
    pub(super) fn finish_with(
        mut self,
        duration: Option<Duration>,
        mut command: Option<Running>,
        targets: &Targets,
    ) -> Result<(), TraceError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|source| TraceError::Runtime {
                what: "the event loop",
                source,
            })?;
        runtime.block_on(async {
            let mut waits = Waits::new(&self.loaded, duration)?;
            let why = loop {
                let more = self.read(false);
                if let Some(why) = self.write(&mut waits).await {
                    break why;
                }
                if waits.look_is_due() {
                    if command
                        .as_mut()
                        .is_some_and(|command| command.ended().is_some())
                        || targets.are_gone()
                    {
                        break "target_exited";
                    }
                    self.look();
                }
                if !more && let Some(why) = waits.wait().await {
                    break why;
                }
            };
            self.end(why).await
        })
    }

    /// Reads the rings and feeds the fold. Returns whether more is there.
    fn read(&mut self, all: bool) -> bool {
        self.loaded.show_messages();
        let more = self
            .source
            .fill(&mut self.loaded.calls, &mut self.loaded.state, all);
        while let Some(record) = self.source.next_record() {
            // At most twice: losses, then the process.
            for _ in 0..2 {
                let Some(look) = self.fold.wants(record) else {
                    break;
                };
                let fact = match look {
                    Look::Process { pid, uid, at } => facts::process(pid, uid, at),
                    Look::Losses => losses(&self.loaded, &self.indexes),
                };
                feed(
                    &mut self.fold,
                    &mut self.sink,
                    &mut self.recorder,
                    Input::Fact(&fact),
                );
            }
            feed(
                &mut self.fold,
                &mut self.sink,
                &mut self.recorder,
                Input::Record(record),
            );
        }
        more
    }

    /// Hands the lines over. A reader that does not keep up holds this up, and then the rings fill; but not a signal.
    async fn write(&mut self, waits: &mut Waits) -> Option<&'static str> {
        tokio::select! {
            () = self.sink.flush() => {}
            why = waits.stop() => return Some(why),
        }
        let mut gone = false;
        for event in self.sink.try_events() {
            match event {
                Event::ReaderGone => gone = true,
                Event::Unwritten {
                    by_index,
                    lines,
                    error,
                } => {
                    self.say_refused(&error);
                    let boot_ns = facts::boot_ns();
                    self.push(Input::Fact(&Fact::Unwritten {
                        boot_ns,
                        by_index,
                        lines,
                    }));
                }
            }
        }
        gone.then_some("reader_gone")
    }

    /// Looks at the clocks and the counters of loss.
    fn look(&mut self) {
        let total = self.loaded.shared.losses_total();
        if total != self.losses {
            self.losses = total;
            let fact = losses(&self.loaded, &self.indexes);
            self.push(Input::Fact(&fact));
        }
        let (boot_ns, offset_ns) = (facts::boot_ns(), facts::clock_offset());
        self.push(Input::Fact(&Fact::Clock { boot_ns, offset_ns }));
        self.push(Input::Fact(&Fact::Tick { boot_ns }));
    }

    fn push(&mut self, input: Input<'_>) {
        feed(&mut self.fold, &mut self.sink, &mut self.recorder, input);
    }

    /// Silences the probes, reads what is left, closes the books, and leaves the probes to the reaper.
    async fn end(mut self, why: &str) -> Result<(), TraceError> {
        self.loaded.shared.stop();
        let deadline = Instant::now() + SETTLE;
        loop {
            while self.read(true) {}
            if self.is_balanced() || Instant::now() >= deadline {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        self.look();
        let shared = &self.loaded.shared;
        let counts = self
            .indexes
            .iter()
            .map(|&index| (index, shared.calls(index)))
            .map(|(index, calls)| {
                (
                    index,
                    [calls.seen, calls.filtered, calls.lost, calls.exits_lost],
                )
            });
        let stop = Stop {
            why: why.to_owned(),
            boot_ns: facts::boot_ns(),
            counts: counts.collect(),
            threads_full: shared.threads_full(),
        };
        let flush = tokio::time::timeout(LAST_LINES, self.sink.flush()).await;
        self.push(Input::Fact(&Fact::Stop(stop)));
        let within = if flush.is_ok() {
            LAST_LINES
        } else {
            Duration::ZERO
        };
        let refused = &mut self.refused;
        let finished = self.sink.finish(within).await;
        for event in &finished.events {
            if let Event::Unwritten { error, .. } = event
                && !std::mem::replace(refused, true)
            {
                tracing::error!("lines could not be written: {error}");
            }
        }
        tracing::info!(
            "{}; lines unwritten {}",
            self.fold.summary(why, &finished.unwritten),
            finished.lines
        );
        if self.show == Show::Counts {
            eprint!("{}", summary::table(self.fold.closed()));
        }
        reaper::leave_probes_behind();
        // Dropping them here would disable each probe on 5.10, where they are no links, and take many seconds.
        std::mem::forget(self.loaded);
        if let Some(recorder) = &mut self.recorder {
            recorder.finish()?;
        }
        if finished.lines > 0 && why != "reader_gone" {
            return Err(TraceError::Unwritten {
                lines: finished.lines,
            });
        }
        Ok(())
    }

    fn say_refused(&mut self, error: &str) {
        if !std::mem::replace(&mut self.refused, true) {
            tracing::error!("lines could not be written: {error}; the run goes on and counts them");
        }
    }

    /// Whether everything that the kernel half saw has arrived, was filtered, or was lost.
    fn is_balanced(&self) -> bool {
        let mut expected = 0;
        for &index in &self.indexes {
            let calls = self.loaded.shared.calls(index);
            expected += calls.seen - calls.filtered - calls.lost;
        }
        self.fold.received() >= expected
    }
}

fn losses(loaded: &Loaded, indexes: &[u16]) -> Fact {
    Fact::Losses {
        boot_ns: facts::boot_ns(),
        cpus: loaded.shared.losses(indexes),
    }
}

/// One input, to the recording and to the fold.
fn feed(fold: &mut Fold, sink: &mut Sink, recorder: &mut Option<Recorder>, input: Input<'_>) {
    if let Some(open) = recorder
        && let Err(error) = open.push(input)
    {
        tracing::error!("{error}; the run goes on without a recording");
        *recorder = None;
    }
    fold.push(input, sink);
}

/// Writes the lines of a recording.
pub(super) fn replay(mut recording: Recording, mut sink: Sink) -> Result<(), TraceError> {
    let error = |what| move |source| TraceError::Runtime { what, source };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(error("the event loop"))?;
    runtime.block_on(async {
        survive_file_size_limit().map_err(error("signals"))?;
        let mut fold = Fold::new();
        let mut result = Ok(());
        loop {
            match recording.next_input() {
                Ok(Some(input)) => fold.push(input, &mut sink),
                Ok(None) => break,
                Err(error) => {
                    result = Err(error.into());
                    break;
                }
            }
            if sink.full() {
                sink.flush().await;
                if sink.try_events().contains(&Event::ReaderGone) {
                    return Ok(());
                }
            }
        }
        let finished = sink.finish(Duration::from_mins(1)).await;
        for event in finished.events {
            if let Event::Unwritten { lines, error, .. } = event {
                tracing::error!("{lines} lines could not be written: {error}");
            }
        }
        result
    })
}
