//! Where lines go: rendered into blocks of whole lines, which a thread writes.
//!
//! [`Sink::line`] only renders. [`Sink::flush`] hands the block over and waits where the writer is behind, so that a
//! slow reader slows the reading of the ring and memory stays bounded. What cannot be written is counted by call and
//! told as an [`Event`]; saying so in a line is left to the caller. How lines look is left to [`json`]
//! and [`text`](crate::text).

mod block;
mod frame;
pub mod name;
mod output;
mod parts;
mod place;
mod queue;
#[cfg(test)]
mod tests;
mod writer;

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::event::{Line, Time};
use crate::{json, stdout};
use output::{Look, Output};
pub use parts::Naming;
use parts::Parts;
use place::Place;

/// Bytes of a block, about.
const BLOCK: usize = 128 * 1024;

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
    /// Files of a run that is written in parts, or whose name says what it is of.
    pub parts: Option<Naming>,
    /// Whose files are.
    pub owner: Option<u32>,
}

/// Why there is no output.
#[derive(Debug, thiserror::Error)]
pub enum SinkError {
    /// The file cannot be made.
    #[error("cannot write to {}: {}", path.display(), explained(cause))]
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

/// Why a file cannot be made, and what to do, which [`private`](crate::private) says of what it refuses.
fn explained(cause: &io::Error) -> String {
    let advice = match cause.kind() {
        io::ErrorKind::Other => return cause.to_string(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "free space there, or choose another file"
        }
        io::ErrorKind::NotFound => "make its directory first, or choose another file",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "choose a file that this user may write"
        }
        io::ErrorKind::IsADirectory => "name a file in it",
        _ => "choose another file",
    };
    format!("{cause}: {advice}")
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
    parts: Option<Parts>,
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
                parts: None,
            });
        };
        let (parts, place) = open_file(path, options.parts, options.owner)?;
        let main = Output::start(place, look(false))?;
        let screen = terminal.then(Output::screen).transpose()?;
        Ok(Self {
            main,
            screen,
            parts,
        })
    }

    /// Whether lines can go on in another file.
    #[must_use]
    pub fn has_parts(&self) -> bool {
        self.parts.as_ref().is_some_and(Parts::can_go_on)
    }

    /// The file of the part that is being written.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.parts.as_ref()?.path()
    }

    /// A part is full when its file has so many bytes.
    pub fn set_limit(&mut self, limit: Option<u64>) {
        self.main.set_limit(limit);
    }

    /// Whether the part is full, counting what was made since [`Self::flush`].
    #[must_use]
    pub fn part_is_full(&self) -> bool {
        self.main.is_full()
    }

    /// Hands everything over and waits until it was written or refused: what was refused is known then. Nothing is lost
    /// if it is cancelled.
    pub async fn settle(&mut self) {
        self.main.settle().await;
    }

    /// Whether lines go to a file, which nobody has to read.
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.main.is_file
    }

    /// Whether the last lines were refused: the disk is full.
    #[must_use]
    pub fn refuses(&self) -> bool {
        self.main.queue.refuses()
    }

    /// Makes the file of another part, which begins at that time; the `start` line of that part goes there, and what
    /// comes behind it. If it cannot be made, nothing has changed.
    pub fn prepare(&mut self, part: u64, time: Time) -> Result<(), SinkError> {
        let parts = self.parts.as_mut();
        parts.map_or(Ok(()), |parts| parts.prepare(part, time))
    }

    /// The part has its `start` line, and what is known to run: what is too old can go.
    pub fn part_has_begun(&mut self) {
        self.main.has_head();
        if let Some(parts) = &mut self.parts {
            parts.trim();
        }
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
        self.main.flush().await;
    }

    /// The same, but what cannot be handed over until then is counted as not written.
    pub async fn flush_by(&mut self, deadline: Instant) {
        if timeout_at(deadline, self.flush()).await.is_err() {
            self.main.queue.refuse(&self.main.block);
            self.main.block.forget_lines();
        }
    }

    /// What happened since the last time.
    pub fn try_events(&mut self) -> Vec<Event> {
        self.main.queue.take_events()
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
        if let (Line::Start(start), Some(parts)) = (line, &mut self.parts) {
            parts.begun = true;
            if start.part > 1
                && let Some(place) = parts.go_on()
            {
                self.main.go_on(place);
            }
        }
        self.main.line(line, index);
        if let Some(screen) = &mut self.screen {
            screen.line(line, index);
            if screen.block.len() >= BLOCK && !screen.offer() {
                screen.hide();
            }
        }
    }
}

/// Makes the file, or the first of several.
fn open_file(
    path: PathBuf,
    naming: Option<Naming>,
    owner: Option<u32>,
) -> Result<(Option<Parts>, Place), SinkError> {
    if let Some(naming) = naming {
        let (parts, place) = Parts::open(naming, owner)?;
        return Ok((Some(parts), place));
    }
    match Place::file(&path, owner) {
        Ok(place) => Ok((None, place)),
        Err(cause) => Err(SinkError::Open { path, cause }),
    }
}

fn wants_colour() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}
