//! How a run ends: the probes are silenced, what they saw is read, the books are closed.

use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use super::TraceError;
use super::run::Run;
use crate::input::{Fact, Input, Show, Stop};
use crate::recording::Recorder;
use crate::sink::Event;
use crate::{facts, summary};

/// How long the books may take to balance once the probes are silent: programs that were running then finish.
const SETTLE: Duration = Duration::from_millis(250);
/// And at least this long: one that has passed its last question may not have counted yet.
const STEP: Duration = Duration::from_millis(5);
/// How long a reader may take for the last lines.
const LAST_LINES: Duration = Duration::from_millis(600);
/// And for the very last, whatever came before.
const END_LINE: Duration = Duration::from_millis(300);
/// A file has no reader that could stall, but on a busy device its writer may have to wait for a CPU.
const TO_A_FILE: Duration = Duration::from_secs(5);

impl Run {
    /// Silences the probes, reads what is left, and closes the books.
    pub(super) async fn end(mut self, why: &str) -> Result<(), TraceError> {
        let (last, end) = if self.sink.is_file() {
            (TO_A_FILE, TO_A_FILE)
        } else {
            (LAST_LINES, END_LINE)
        };
        let deadline = Instant::now() + last;
        self.settle(deadline).await;
        // Told in any case: a call's own count may have been raised after the total that was noticed.
        self.tell_losses();
        self.look_at_clocks();
        // What is on its way is written or refused before the accounts are closed, if its reader lets it.
        let _ = tokio::time::timeout_at(deadline.into(), self.sink.settle()).await;
        self.take_events();
        self.tell_unwritten();
        let stop = Fact::Stop(self.stop(why));
        self.push(Input::Fact(&stop));
        let finished = self
            .sink
            .finish(end.max(deadline.saturating_duration_since(Instant::now())))
            .await;
        if let Some(error) = self.said.refused(&finished.events) {
            tracing::error!("lines could not be written: {error}");
        }
        let gone = why == "reader_gone" || finished.events.contains(&Event::ReaderGone);
        tracing::info!(
            "{}; lines unwritten {}",
            self.fold.summary(why, &finished.unwritten),
            finished.lines
        );
        if self.show == Show::Counts {
            let calls = summary::table(self.fold.closed());
            let libraries = summary::libraries(&self.fold.by_library());
            // Nobody may be reading; the lines are what counts.
            let _ = write!(io::stderr(), "{calls}\n{libraries}");
        }
        self.recorder.map_or(Ok(()), Recorder::finish)?;
        if finished.lines > 0 && !gone {
            return Err(TraceError::Unwritten {
                lines: finished.lines,
            });
        }
        Ok(())
    }

    /// Silences the probes and reads until all that they saw has come, or for as long as programs may take that were
    /// running then. Lines that nobody took until `deadline` are counted and not kept in memory.
    async fn settle(&mut self, deadline: Instant) {
        self.loaded.shared.stop();
        let settled = Instant::now() + SETTLE;
        loop {
            tokio::time::sleep(STEP).await;
            while self.read(true) {
                if self.sink.full() {
                    self.sink.flush_by(deadline.into()).await;
                }
            }
            if self.is_balanced() || Instant::now() >= settled {
                break;
            }
        }
        self.sink.flush_by(deadline.into()).await;
    }

    /// The kernel half's books.
    fn stop(&self, why: &str) -> Stop {
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
        Stop {
            why: why.to_owned(),
            boot_ns: facts::boot_ns(),
            counts: counts.collect(),
            threads_full: shared.threads_full(),
        }
    }

    /// Whether everything that the kernel half saw has arrived, was filtered, or was lost.
    fn is_balanced(&self) -> bool {
        let mut expected = 0;
        for &index in &self.indexes {
            let calls = self.loaded.shared.calls(index);
            // A program that has not ended yet may have counted the one and not yet the other.
            expected += calls.seen.saturating_sub(calls.filtered + calls.lost);
        }
        self.fold.received() >= expected
    }
}
