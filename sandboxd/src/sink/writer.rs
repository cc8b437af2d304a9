//! The writer: takes blocks from the queue and writes them, whole lines at a time.
//!
//! How much a place takes without blocking is left to [`Place`].

use std::io;
use std::sync::Arc;

use super::block::{Block, Tally};
use super::frame::frame;
use super::place::{Place, Ready};
use super::queue::{Queue, Work};

/// How writing a block ended early.
enum Stop {
    /// The sink gave up.
    Abandoned,
    /// Nobody reads any more.
    Gone,
    /// The kernel refused, after so many bytes.
    Failed(usize, io::Error),
}

/// Writes until the queue ends.
pub(super) fn run(queue: &Queue, mut place: Place) {
    let mut gone = false;
    loop {
        match queue.next() {
            Work::End => break,
            Work::Idle => {
                if !gone && place.reader_is_gone() {
                    gone = true;
                    queue.reader_is_gone();
                }
            }
            Work::Block(block) if gone => skip(queue, block),
            Work::Block(block) => match write_to(queue, &mut place, &block) {
                Ok(()) => queue.pop(block, &Tally::default(), String::new),
                // What was not written stays in the queue and is counted there.
                Err(Stop::Abandoned) => break,
                Err(Stop::Gone) => {
                    gone = true;
                    queue.reader_is_gone();
                    skip(queue, block);
                }
                Err(Stop::Failed(done, error)) => {
                    let whole = block.whole(done);
                    place.cut(done - whole);
                    let missing = block.missing(whole);
                    queue.pop(block, &missing, || place.explain(&error));
                }
            },
        }
    }
    queue.end();
}

/// Nobody reads: every line that is not written yet is missing.
fn skip(queue: &Queue, block: Arc<Block>) {
    let missing = block.missing(queue.done());
    queue.pop(block, &missing, || {
        "nobody reads the output any more".into()
    });
}

fn write_to(queue: &Queue, place: &mut Place, block: &Block) -> Result<(), Stop> {
    if block.begins_part
        && let Some(next) = queue.next_place()
    {
        *place = next;
    }
    if place.compressed {
        write_frame(queue, place, block)
    } else {
        write(queue, place, block)
    }
}

/// Writes a block as a frame: all of it, or nothing.
fn write_frame(queue: &Queue, place: &mut Place, block: &Block) -> Result<(), Stop> {
    let frame = frame(block.bytes(0, block.len()));
    let mut done = 0;
    while done < frame.len() {
        let rest = &frame[done..];
        let step = match place.ready(rest.len()) {
            _ if queue.abandoned() => Err(Stop::Abandoned),
            Ready::Not => Ok(0),
            Ready::Gone => Err(Stop::Gone),
            Ready::For(room) => attempt(place, &rest[..room.min(rest.len())], 0),
        };
        match step {
            Ok(written) => done += written,
            Err(stop) => {
                place.cut(done);
                return Err(stop);
            }
        }
    }
    queue.wrote(block.len(), frame.len());
    Ok(())
}

fn write(queue: &Queue, place: &mut Place, block: &Block) -> Result<(), Stop> {
    let mut done = 0;
    while done < block.len() {
        if queue.abandoned() {
            return Err(Stop::Abandoned);
        }
        match place.ready(block.end_of_line(done) - done) {
            Ready::Not => {}
            Ready::Gone => return Err(Stop::Gone),
            Ready::For(room) => {
                // At least one line, however long, or none would ever be written.
                let to = block
                    .whole(done.saturating_add(room))
                    .max(block.end_of_line(done));
                let written = attempt(place, block.bytes(done, to), done)?;
                done += written;
                queue.wrote(done, written);
            }
        }
    }
    Ok(())
}

fn attempt(place: &mut Place, bytes: &[u8], done: usize) -> Result<usize, Stop> {
    match place.write(bytes) {
        Ok(0) => Err(Stop::Failed(done, io::ErrorKind::WriteZero.into())),
        Ok(written) => Ok(written),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock
            ) =>
        {
            Ok(0)
        }
        Err(error) if place.means_gone(&error) => Err(Stop::Gone),
        Err(error) => Err(Stop::Failed(done, error)),
    }
}
