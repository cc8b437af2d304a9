//! Blocks between the sink and its writer, how far the writer got, and what it could not write.
//!
//! A block stays here until all of it is written, so that at any moment the missing lines can be counted, even while
//! the writer hangs in the kernel.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::block::{Block, Tally};
use super::place::Place;
use super::{Event, Finished};

/// Blocks on their way.
const BLOCKS: usize = 4;
/// How often a writer without work looks whether its reader is still there.
const IDLE: Duration = Duration::from_millis(250);

#[derive(Debug, Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    /// For the writer: a block, or the end.
    work: Condvar,
    /// For the sink: a block was written.
    room: Notify,
    /// For the sink: the writer ended.
    end: Notify,
}

#[derive(Debug, Default)]
struct State {
    blocks: VecDeque<Arc<Block>>,
    /// Bytes of the first block that were written.
    done: usize,
    /// The files of parts whose blocks are on their way.
    places: VecDeque<Place>,
    progress: Progress,
    /// Something of the last block was refused.
    refuses: bool,
    /// Emptied blocks, for the next lines: as many as can be on their way, so that memory does not come and go.
    spare: Vec<Block>,
    phase: Phase,
    reader: Reader,
    /// Lines of the whole run that were not written.
    total: Tally,
    /// Those that were not told yet, and why.
    untold: Tally,
    error: String,
}

/// How far the writer is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Progress {
    /// Parts that it has begun, besides the first.
    pub(super) parts: u64,
    /// Bytes in the file of the part, as they are there.
    pub(super) bytes: u64,
}

/// How far the end is, in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    /// Blocks come.
    #[default]
    Open,
    /// No more blocks come.
    Closed,
    /// The writer shall stop at the next line's end.
    Abandoned,
    /// The writer has ended.
    Ended,
}

/// Whether anybody reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Reader {
    #[default]
    There,
    Gone,
    /// Gone, and the sink was told.
    Missed,
}

/// What the writer has to do.
pub(super) enum Work {
    /// Write this block.
    Block(Arc<Block>),
    /// Nothing for a while.
    Idle,
    /// End.
    End,
}

impl Queue {
    pub(super) fn new() -> Self {
        Self::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Counters and lists: usable even after a panic elsewhere.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a block, if it has lines, and leaves an empty one; `false` if there is no room.
    pub(super) fn try_push(&self, block: &mut Block) -> bool {
        if block.lines() == 0 {
            return true;
        }
        let mut state = self.state();
        if state.blocks.len() >= BLOCKS {
            return false;
        }
        let empty = state.spare.pop().unwrap_or_else(Block::empty);
        state
            .blocks
            .push_back(Arc::new(std::mem::replace(block, empty)));
        self.work.notify_one();
        true
    }

    /// The same, waiting for room.
    pub(super) async fn push(&self, block: &mut Block) {
        while !self.try_push(block) {
            self.room.notified().await;
        }
    }

    /// Takes the last block of a part, whether there is room or not, and the file that the next ones go to.
    pub(super) fn go_on(&self, block: &mut Block, place: Place) {
        let mut state = self.state();
        if block.lines() > 0 {
            let empty = state.spare.pop().unwrap_or_else(Block::empty);
            let last = std::mem::replace(block, empty);
            state.blocks.push_back(Arc::new(last));
        }
        block.begins_part = true;
        state.places.push_back(place);
        self.work.notify_one();
    }

    /// Waits until every block was written or refused.
    pub(super) async fn settled(&self) {
        while !self.state().blocks.is_empty() {
            self.room.notified().await;
        }
    }

    /// Whether the last block was refused, or a part of it.
    pub(super) fn refuses(&self) -> bool {
        self.state().refuses
    }

    /// How far the writer is, and how many bytes of lines are on their way to it.
    pub(super) fn progress(&self) -> (Progress, u64) {
        let state = self.state();
        let waiting: usize = state.blocks.iter().map(|block| block.len()).sum();
        (state.progress, waiting.saturating_sub(state.done) as u64)
    }

    pub(super) fn close(&self) {
        self.state().reach(Phase::Closed);
        self.work.notify_one();
    }

    pub(super) fn abandon(&self) {
        self.state().reach(Phase::Abandoned);
        self.work.notify_one();
    }

    pub(super) async fn ended(&self) {
        while self.state().phase < Phase::Ended {
            self.end.notified().await;
        }
    }

    pub(super) fn take_events(&self) -> Vec<Event> {
        self.state().take_events()
    }

    /// Counts a block that could not be handed over in time.
    pub(super) fn refuse(&self, block: &Block) {
        self.state().unwritten(&block.missing(0), not_in_time);
    }

    /// What became of all lines, once the writer ended or is given up; `rest` was not even handed over.
    pub(super) fn settle(&self, rest: &Block) -> Finished {
        let mut state = self.state();
        let mut left = rest.missing(0);
        let mut done = state.done;
        for block in std::mem::take(&mut state.blocks) {
            left.add(&block.missing(done));
            done = 0;
        }
        if left.lines > 0 {
            state.unwritten(&left, not_in_time);
        }
        Finished {
            events: state.take_events(),
            unwritten: state.total.by_index.clone(),
            lines: state.total.lines,
        }
    }
}

fn not_in_time() -> String {
    "the output was not read in time: let its reader read faster".into()
}

/// The writer's side.
impl Queue {
    /// Waits for work.
    pub(super) fn next(&self) -> Work {
        let idle = |state: &mut State| state.blocks.is_empty() && state.phase == Phase::Open;
        let waiting = self.work.wait_timeout_while(self.state(), IDLE, idle);
        let (state, _) = waiting.unwrap_or_else(PoisonError::into_inner);
        match state.blocks.front() {
            _ if state.phase >= Phase::Abandoned => Work::End,
            Some(block) => Work::Block(Arc::clone(block)),
            None if state.phase == Phase::Closed => Work::End,
            None => Work::Idle,
        }
    }

    pub(super) fn abandoned(&self) -> bool {
        self.state().phase >= Phase::Abandoned
    }

    /// How many bytes of the first block are written.
    pub(super) fn done(&self) -> usize {
        self.state().done
    }

    /// So many bytes of the first block are written, which took so many bytes in the file.
    pub(super) fn wrote(&self, done: usize, bytes: usize) {
        let mut state = self.state();
        state.done = done;
        state.progress.bytes += bytes as u64;
    }

    /// Where the blocks of another part go.
    pub(super) fn next_place(&self) -> Option<Place> {
        let mut state = self.state();
        state.progress = Progress {
            parts: state.progress.parts + 1,
            bytes: 0,
        };
        state.places.pop_front()
    }

    /// The first block is done with: what was not written of it is missing.
    pub(super) fn pop(&self, block: Arc<Block>, missing: &Tally, why: impl FnOnce() -> String) {
        let mut state = self.state();
        state.done = 0;
        // Absent if it was counted as missing already, at the end.
        let here = state.blocks.pop_front().is_some();
        state.refuses = missing.lines > 0;
        if here && missing.lines > 0 {
            state.unwritten(missing, why);
        }
        if let Some(mut block) = Arc::into_inner(block)
            && block.is_usual()
            && state.spare.len() <= BLOCKS
        {
            block.clear();
            state.spare.push(block);
        }
        self.room.notify_one();
    }

    pub(super) fn reader_is_gone(&self) {
        self.state().reader = Reader::Gone;
    }

    pub(super) fn end(&self) {
        self.state().reach(Phase::Ended);
        self.end.notify_one();
        self.room.notify_one();
    }
}

impl State {
    fn reach(&mut self, phase: Phase) {
        self.phase = self.phase.max(phase);
    }

    fn unwritten(&mut self, missing: &Tally, why: impl FnOnce() -> String) {
        self.total.add(missing);
        self.untold.add(missing);
        self.error = why();
    }

    fn take_events(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        let untold = std::mem::take(&mut self.untold);
        if untold.lines > 0 {
            let error = std::mem::take(&mut self.error);
            let Tally { by_index, lines } = untold;
            events.push(Event::Unwritten {
                by_index,
                lines,
                error,
            });
        }
        if self.reader == Reader::Gone {
            self.reader = Reader::Missed;
            events.push(Event::ReaderGone);
        }
        events
    }
}
