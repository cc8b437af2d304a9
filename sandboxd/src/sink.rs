//! Where lines go: rendered into blocks of whole lines, which a thread writes.
//!
//! [`Sink::line`] only renders. [`Sink::flush`] hands the block over and waits where the writer is behind, so that a
//! slow reader slows the reading of the ring and memory stays bounded. What cannot be written is counted by call and
//! told as an [`Event`]; saying so in a line is left to the caller. How lines look is left to [`json`]
//! and [`text`].

mod block;
mod place;
mod queue;
#[cfg(test)]
mod tests;
mod writer;

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::time::{Instant, timeout, timeout_at};

use crate::event::Line;
use crate::power::{self, Role};
use crate::{json, stdout, text};
use block::Block;
use place::Place;
use queue::Queue;

/// Bytes of a block, about.
const BLOCK: usize = 256 * 1024;
/// How long a writer that was told to stop is waited for: it looks every [`place::TICK`].
const STOPPING: Duration = Duration::from_millis(200);

/// What takes lines.
pub trait Lines {
    /// Takes a line; `index` is the call's, for `syscall` lines.
    fn line(&mut self, line: &Line<'_>, index: Option<u16>);
}

/// JSON, for tests and replays.
impl Lines for Vec<u8> {
    fn line(&mut self, line: &Line<'_>, _index: Option<u16>) {
        json::write(self, line);
    }
}

/// How lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Text on a terminal, JSON elsewhere.
    #[default]
    Auto,
    /// JSON lines.
    Json,
    /// Text for people.
    Text,
}

/// Where lines go and how they look.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// A file, in place of standard output, which is also `-`.
    pub out: Option<PathBuf>,
    /// How they look there.
    pub format: Format,
}

/// Why there is no output.
#[derive(Debug, thiserror::Error)]
pub enum SinkError {
    /// The file cannot be made.
    #[error("cannot write to {}: {cause}: choose a file in a directory that exists and has room", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the kernel said.
        #[source]
        cause: io::Error,
    },
    /// Standard output cannot be used.
    #[error("cannot use standard output: {0}: redirect it, or choose a file with -o")]
    Stdout(#[source] io::Error),
    /// Standard output is closed.
    #[error("{}", stdout::CLOSED)]
    Closed,
    /// There is no thread for writing.
    #[error(
        "cannot start the thread that writes the output: {0}: free memory or raise the limit of threads"
    )]
    Thread(#[source] io::Error),
}

/// What happened to the output.
#[derive(Debug, PartialEq, Eq)]
pub enum Event {
    /// Nobody reads it any more: the pipe's other end is closed, the terminal is gone.
    ReaderGone,
    /// Lines were not taken. Later ones are tried again.
    Unwritten {
        /// `syscall` lines among them, by the call's index.
        by_index: BTreeMap<u16, u64>,
        /// All of them.
        lines: u64,
        /// Where, why, what to do.
        error: String,
    },
}

/// What became of the output.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Finished {
    /// `syscall` lines of the whole run that were not taken, by the call's index.
    pub unwritten: BTreeMap<u16, u64>,
    /// All lines of the whole run that were not taken.
    pub lines: u64,
    /// What was not told before.
    pub events: Vec<Event>,
}

/// The output.
#[derive(Debug)]
pub struct Sink {
    main: Output,
    screen: Option<Output>,
}

#[derive(Clone, Copy, Debug)]
enum Look {
    Json,
    Text { colour: bool },
}

/// One place, its writer, and the block that is being filled.
#[derive(Debug)]
struct Output {
    look: Look,
    block: Block,
    queue: Arc<Queue>,
    /// Lines that a slow terminal did not show.
    hidden: usize,
}

impl Options {
    /// Whether lines go to standard output.
    #[must_use]
    pub fn to_stdout(&self) -> bool {
        self.out.as_ref().is_none_or(|path| path.as_os_str() == "-")
    }
}

impl Sink {
    /// Opens the output and starts its writer.
    pub fn open(options: Options) -> Result<Self, SinkError> {
        let terminal = io::stdout().is_terminal();
        let look = |on_terminal: bool| match options.format {
            Format::Json => Look::Json,
            Format::Auto if !on_terminal => Look::Json,
            Format::Auto | Format::Text => Look::Text {
                colour: on_terminal && wants_colour(),
            },
        };
        let to_stdout = options.to_stdout();
        let Some(path) = options.out.filter(|_| !to_stdout) else {
            if stdout::was_closed() {
                return Err(SinkError::Closed);
            }
            let place = Place::stdout().map_err(SinkError::Stdout)?;
            return Ok(Self {
                main: Output::start(place, look(terminal))?,
                screen: None,
            });
        };
        let place = Place::file(&path).map_err(|cause| SinkError::Open { path, cause })?;
        let main = Output::start(place, look(false))?;
        if !terminal {
            return Ok(Self { main, screen: None });
        }
        let place = Place::stdout().map_err(SinkError::Stdout)?;
        let screen = Output::start(
            place,
            Look::Text {
                colour: wants_colour(),
            },
        )?;
        Ok(Self {
            main,
            screen: Some(screen),
        })
    }

    /// Whether there is a block's worth of lines: [`Self::flush`] before more are made.
    #[must_use]
    pub fn full(&self) -> bool {
        self.main.block.len() >= BLOCK
    }

    /// Hands over what was rendered. Waits while four blocks are on their way. Nothing is lost if it is cancelled.
    pub async fn flush(&mut self) {
        if let Some(screen) = &mut self.screen {
            screen.offer();
        }
        self.main.queue.push(&mut self.main.block).await;
    }

    /// The same, but what cannot be handed over until then is counted as not written.
    pub async fn flush_by(&mut self, deadline: Instant) {
        if timeout_at(deadline, self.flush()).await.is_err() {
            self.main.queue.refuse(&self.main.block);
            self.main.block.clear();
        }
    }

    /// What happened since the last time.
    pub fn try_events(&mut self) -> Vec<Event> {
        self.main.queue.take_events()
    }

    /// Waits until something happened. Nothing is lost if it is cancelled.
    pub async fn happened(&self) {
        self.main.queue.happened().await;
    }

    /// Writes what is left and ends, within the time given: what a reader does not take until then is counted.
    pub async fn finish(mut self, within: Duration) -> Finished {
        let deadline = Instant::now() + within;
        if let Some(screen) = &mut self.screen {
            screen.offer();
            screen.queue.close();
        }
        let finished = self.main.finish(deadline).await;
        if let Some(screen) = self.screen {
            screen.finish(deadline).await;
        }
        finished
    }
}

impl Lines for Sink {
    fn line(&mut self, line: &Line<'_>, index: Option<u16>) {
        self.main.line(line, index);
        if let Some(screen) = &mut self.screen {
            screen.line(line, index);
            if screen.block.len() >= BLOCK && !screen.offer() {
                screen.hide();
            }
        }
    }
}

impl Output {
    fn start(place: Place, look: Look) -> Result<Self, SinkError> {
        let queue = Arc::new(Queue::new());
        let of_writer = Arc::clone(&queue);
        thread::Builder::new()
            .name("output".into())
            .spawn(move || {
                power::drop_capabilities(Role::Writer);
                writer::run(&of_writer, place);
            })
            .map_err(SinkError::Thread)?;
        Ok(Self {
            look,
            block: Block::default(),
            queue,
            hidden: 0,
        })
    }

    fn line(&mut self, line: &Line<'_>, index: Option<u16>) {
        self.block.line(index, |out| match self.look {
            Look::Json => json::write(out, line),
            Look::Text { colour } => text::write(out, line, colour),
        });
    }

    /// Hands the block over if there is room at once.
    fn offer(&mut self) -> bool {
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
    fn hide(&mut self) {
        self.hidden += self.block.lines();
        self.block.clear();
    }

    async fn finish(mut self, deadline: Instant) -> Finished {
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

fn wants_colour() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}
