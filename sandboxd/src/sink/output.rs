//! One place, its writer, and the block that is being filled.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::time::{Instant, timeout, timeout_at};

use super::block::Block;
use super::place::Place;
use super::queue::Queue;
use super::{BLOCK, Finished, SinkError, wants_colour, writer};
use crate::event::Line;
use crate::json::Json;
use crate::power::{self, Role};
use crate::text;

/// How long a writer that was told to stop is waited for: it looks every [`place::TICK`](super::place::TICK).
const STOPPING: Duration = Duration::from_millis(200);
/// How long lines wait for others to be compressed with them: a reader has them within a second.
const FRAME: Duration = Duration::from_millis(900);

/// How lines look in one place.
#[derive(Clone, Copy, Debug)]
pub(super) enum Look {
    Json,
    Text { colour: bool },
}

/// One place, its writer, and the block that is being filled.
#[derive(Debug)]
pub(super) struct Output {
    look: Look,
    json: Json,
    pub(super) block: Block,
    pub(super) queue: Arc<Queue>,
    /// Lines that a slow terminal did not show.
    hidden: usize,
    compressed: bool,
    pub(super) is_file: bool,
    /// When the block had its first line, where that matters.
    begun: Option<Instant>,
    part: Part,
}

/// How much a part has, and may have.
#[derive(Clone, Copy, Debug, Default)]
struct Part {
    /// How many there were before.
    before: u64,
    /// Bytes of what it begins with.
    head: u64,
    /// Bytes that it may have.
    limit: Option<u64>,
    /// Bytes that the block may have until it has them.
    room: Option<u64>,
}

impl Output {
    pub(super) fn start(place: Place, look: Look) -> Result<Self, SinkError> {
        let queue = Arc::new(Queue::new());
        let of_writer = Arc::clone(&queue);
        let (compressed, is_file) = (place.compressed, place.is_file());
        thread::Builder::new()
            .name("output".into())
            .spawn(move || {
                power::drop_capabilities(Role::Writer);
                writer::run(&of_writer, place);
            })
            .map_err(SinkError::Thread)?;
        Ok(Self {
            look,
            json: Json::default(),
            block: Block::empty(),
            queue,
            hidden: 0,
            compressed,
            is_file,
            begun: None,
            part: Part::default(),
        })
    }

    /// The terminal, beside a file.
    pub(super) fn screen() -> Result<Self, SinkError> {
        let place = Place::stdout().map_err(SinkError::Stdout)?;
        let colour = wants_colour();
        Self::start(place, Look::Text { colour })
    }

    pub(super) fn line(&mut self, line: &Line<'_>, index: Option<u16>) {
        if self.compressed && self.block.lines() == 0 {
            self.begun = Some(Instant::now());
        }
        self.block.line(index, |out| match self.look {
            Look::Json => self.json.write(out, line),
            Look::Text { colour } => text::write(out, line, colour),
        });
    }

    /// Hands the block over, waiting for room; one that is to be compressed only once it is worth that, or has waited.
    pub(super) async fn flush(&mut self) {
        let waits = self.begun.is_some_and(|begun| begun.elapsed() < FRAME);
        if !self.compressed || !waits || self.block.len() >= BLOCK {
            self.queue.push(&mut self.block).await;
        }
        self.measure();
    }

    /// Hands everything over, and waits until it was written or refused.
    pub(super) async fn settle(&mut self) {
        self.queue.push(&mut self.block).await;
        self.queue.settled().await;
        self.measure();
    }

    /// What comes from now on is of another part.
    pub(super) fn go_on(&mut self, place: Place) {
        self.compressed = place.compressed;
        self.queue.go_on(&mut self.block, place);
        self.part.before += 1;
        self.part.room = None;
    }

    /// The part has what it begins with. It is full when it has more than that again, or it would be all that there is.
    pub(super) fn has_head(&mut self) {
        let bytes = self.block.len() as u64;
        self.part.head = if self.compressed { 0 } else { bytes };
        self.measure();
    }

    /// A part is full when it has so many bytes.
    pub(super) fn set_limit(&mut self, limit: Option<u64>) {
        self.part.limit = limit;
        self.measure();
    }

    /// Whether the part has what it may have, as far as was known when it was last flushed, and what came since.
    pub(super) fn is_full(&self) -> bool {
        let more = if self.compressed { 0 } else { self.block.len() };
        self.part.room.is_some_and(|room| room <= more as u64)
    }

    fn measure(&mut self) {
        let Some(limit) = self.part.limit else {
            self.part.room = None;
            return;
        };
        let (progress, waiting) = self.queue.progress();
        let written = if progress.parts == self.part.before {
            progress.bytes
        } else {
            0
        };
        // How much comes of what is on its way is only known once it was compressed.
        let waiting = if self.compressed { 0 } else { waiting };
        let limit = limit.max(2 * self.part.head);
        self.part.room = Some(limit.saturating_sub(written + waiting));
    }

    /// Hands the block over if there is room at once.
    pub(super) fn offer(&mut self) -> bool {
        if !self.queue.try_push(&mut self.block) {
            return false;
        }
        if self.hidden > 0 {
            let hidden = std::mem::take(&mut self.hidden);
            self.block.line(None, |out| {
                out.extend(
                    format!("sandboxd: {hidden} lines were not shown: the terminal is too slow\n")
                        .bytes(),
                );
            });
        }
        true
    }

    /// Drops the block: the screen is for watching, and must not hold up the file.
    pub(super) fn hide(&mut self) {
        self.hidden += self.block.lines();
        self.block.clear();
    }

    pub(super) async fn finish(mut self, deadline: Instant) -> Finished {
        // Cancelled by the deadline, the block is still here and is counted below.
        let _ = timeout_at(deadline, self.queue.push(&mut self.block)).await;
        self.queue.close();
        if timeout_at(deadline, self.queue.ended()).await.is_err() {
            self.queue.abandon();
            let _ = timeout(STOPPING, self.queue.ended()).await;
        }
        self.queue.settle(&self.block)
    }
}
