//! The loop of a run: reads the rings and looks at the outside, feeds the fold, hands lines to the sink.

use std::time::Duration;

use kprobe_common::record::kind;
use tokio::runtime::Runtime;

use super::TraceError;
use super::control::Line;
use super::ignoring::Ignoring;
use super::launch::Launched;
use super::packages::Packages;
use super::reading::{Reading, feed, losses};
use super::rotation::Rotation;
use super::said::Said;
use super::stats::{self, Stats};
use super::targets::Targets;
use super::unwritten::Untold;
use super::waits::{Signals, Waits};
use crate::command::Running;
use crate::facts::Modules;
use crate::fold::Fold;
use crate::input::{Fact, Input, Show, Start};
use crate::probe::{Loaded, Mappings};
use crate::recording::Recorder;
use crate::sink::Sink;
use crate::source::Source;
use crate::world::Verdict;
use crate::{facts, record};

/// What the run has started.
pub(super) struct Started {
    /// The command behind `--`.
    pub(super) command: Option<Running>,
    /// The app of `--launch`.
    pub(super) launched: Option<Launched>,
    /// How it is spoken to.
    pub(super) line: Option<Line>,
}

/// A run.
pub(super) struct Run {
    pub(super) loaded: Loaded,
    pub(super) packages: Packages,
    files: bool,
    source: Source,
    mappings: Mappings,
    modules: Modules,
    pub(super) ignoring: Ignoring,
    pub(super) fold: Fold,
    pub(super) sink: Sink,
    pub(super) recorder: Option<Recorder>,
    pub(super) indexes: Vec<u16>,
    pub(super) show: Show,
    losses: u64,
    pub(super) said: Said,
    pub(super) untold: Untold,
    pub(super) rotation: Rotation,
    pub(super) stats: Option<Stats>,
}

impl Run {
    pub(super) fn new(
        loaded: Loaded,
        mappings: Mappings,
        sink: Sink,
        recorder: Option<Recorder>,
        start: Start,
        packages: Packages,
    ) -> Self {
        let (indexes, show) = (start.indexes.clone(), start.show);
        let (source, fold) = (Source::new(), Fold::new());
        let mut run = Self {
            loaded,
            packages,
            files: start.files,
            source,
            mappings,
            modules: Modules::default(),
            ignoring: Ignoring::default(),
            fold,
            sink,
            recorder,
            indexes,
            show,
            losses: 0,
            said: Said::default(),
            untold: Untold::default(),
            rotation: Rotation::default(),
            stats: None,
        };
        run.push(Input::Fact(&Fact::Start(Box::new(start))));
        run
    }

    /// Takes what was found out before the first record.
    pub(super) fn take(&mut self, fact: &Fact) {
        self.push(Input::Fact(fact));
    }

    /// Lets the probes work.
    pub(super) fn begin(&self) {
        self.loaded.begin();
    }

    /// Whether it is followed what descriptors mean.
    pub(super) fn follows_files(&self) -> bool {
        self.files
    }

    /// What is known of whether a process is shown.
    pub(super) fn verdict(&self, pid: u32) -> Verdict {
        self.fold.verdict(pid)
    }

    /// What became known so far is of no use to the kernel half.
    pub(super) fn forget_verdicts(&mut self) {
        self.fold.take_verdicts();
    }

    /// Tells the kernel half what became known of processes out of zygotes.
    pub(super) fn tell_verdicts(&mut self) {
        for settled in self.fold.take_verdicts() {
            if let Some(births) = settled.births.filter(|_| settled.verdict != Verdict::Held) {
                let born = kprobe_common::family::born(settled.proc.pid, births);
                let family = &self.loaded.family;
                family.say(born, settled.verdict == Verdict::Shown);
            }
        }
    }

    /// Runs until there is a reason to stop, then ends the run.
    pub(super) fn finish_with(
        mut self,
        runtime: &Runtime,
        signals: Signals,
        duration: Option<Duration>,
        mut started: Started,
        targets: &Targets,
    ) -> Result<(), TraceError> {
        runtime.block_on(async {
            let mut waits = Waits::new(
                &self.loaded,
                self.packages.watch.as_ref(),
                signals,
                started.line.take(),
                duration,
            )?;
            let why = loop {
                let more = self.read(false);
                if let Some(why) = self.write(&mut waits).await {
                    break why;
                }
                if let Some(why) = self.rotate_when_due(&mut waits).await {
                    break why;
                }
                // Signals and timers are only looked at when this waits, and in a flood nothing else makes it wait.
                tokio::task::yield_now().await;
                if waits.look_is_due()
                    && let Some(why) = self.look_around(&mut started, targets, waits.line())
                {
                    break why;
                }
                if let Some(why) = self.listen(&mut waits).await {
                    break why;
                }
                if waits.list_changed() {
                    self.renew_packages();
                }
                if !more && let Some(why) = waits.wait().await {
                    break why;
                }
            };
            // It names descriptors that end with the run.
            drop(waits);
            self.end(why).await
        })
    }

    /// Does what is due now and then. Returns why the run is to end, if it is.
    fn look_around(
        &mut self,
        started: &mut Started,
        targets: &Targets,
        line: Option<&mut Line>,
    ) -> Option<&'static str> {
        if let Some(launched) = &mut started.launched {
            launched.look();
        }
        let command = started.command.as_mut();
        if command.is_some_and(|command| command.ended().is_some()) || targets.are_gone() {
            return Some("target_exited");
        }
        self.notice_losses();
        self.look_at_clocks();
        if let Some(advice) = self.said.left_out(self.fold.calls_left_out()) {
            tracing::warn!("{advice}");
        }
        // In a flood nothing waits for it.
        self.renew_packages();
        if let Some(line) = line {
            self.look_after(line);
        }
        None
    }

    /// Reads the rings and feeds the fold. Returns whether more is there.
    pub(super) fn read(&mut self, all: bool) -> bool {
        self.loaded.show_messages();
        if let Some(stats) = &mut self.stats {
            stats.notice();
            stats.say_when_due(&self.loaded.shared, &self.indexes);
        }
        // What a part that was full has left goes first: memory holds one round, however small parts are.
        let more = self.source.has_more()
            || self.source.fill(
                &mut self.loaded.calls,
                &mut self.loaded.state,
                &mut self.mappings,
                &self.loaded.rings,
                all,
            );
        // What was lost before these were read may have changed what they mean.
        self.notice_losses();
        let mut begun = Vec::new();
        // A part that is full ends here, unless it is the last one; and a reader that stalls costs a block, not a round.
        let mut is_full = false;
        while !is_full && let Some((record, exit)) = self.source.next_records() {
            if self.packages.is_asked()
                && let Some(pid) = loading(record)
            {
                begun.push(pid);
            }
            if self.fold.follows(record) {
                let mut reading = Reading {
                    fold: &mut self.fold,
                    sink: &mut self.sink,
                    recorder: &mut self.recorder,
                    modules: &mut self.modules,
                    loaded: &self.loaded,
                    indexes: &self.indexes,
                };
                reading.take(record, exit);
            }
            is_full = self.sink.full() || !all && self.sink.part_is_full();
        }
        for pid in begun {
            self.may_be_zygote(pid);
        }
        self.tell_verdicts();
        if !is_full {
            self.ignoring
                .step(&mut self.loaded.ignored, &mut self.fold, self.source.read());
        }
        more || is_full
    }

    /// Hands the lines over. A reader that does not keep up holds this up, and then the rings fill; but no signal, and
    /// nobody who speaks to the run: until he has his answer, the lines stay.
    async fn write(&mut self, waits: &mut Waits) -> Option<&'static str> {
        tokio::select! {
            biased;
            why = waits.stop_or_said() => if why.is_some() {
                return why;
            },
            () = self.sink.flush() => {}
            () = stats::say_meanwhile(&mut self.stats, &self.loaded.shared, &self.indexes) => {}
        }
        self.take_events().then_some("reader_gone")
    }

    /// Tells the fold of losses that are new.
    fn notice_losses(&mut self) {
        let total = self.loaded.shared.losses_total();
        if total != self.losses {
            self.losses = total;
            self.tell_losses();
            if let Some(advice) = self.said.losses(total, self.fold.received()) {
                tracing::warn!("{advice}");
            }
        }
    }

    pub(super) fn tell_losses(&mut self) {
        let fact = losses(&self.loaded, &self.indexes);
        self.push(Input::Fact(&fact));
    }

    pub(super) fn look_at_clocks(&mut self) {
        // What is not read yet may be older.
        let boot_ns = self.look_at_wall_clock().min(self.source.read());
        self.push(Input::Fact(&Fact::Tick { boot_ns }));
    }

    /// Compares the clocks. Returns the boot clock's time.
    pub(super) fn look_at_wall_clock(&mut self) -> u64 {
        let (boot_ns, offset_ns) = (facts::boot_ns(), facts::clock_offset());
        self.push(Input::Fact(&Fact::Clock { boot_ns, offset_ns }));
        boot_ns
    }

    pub(super) fn push(&mut self, input: Input<'_>) {
        feed(&mut self.fold, &mut self.sink, &mut self.recorder, input);
    }
}

/// The process that is about to load a program, if the record says that.
fn loading(record: &[u8]) -> Option<u32> {
    let header = record::header(record)?;
    (header.kind == kind::LOADING).then_some(header.tgid)
}
