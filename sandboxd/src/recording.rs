//! A run's inputs in a file, as they came: `trace --record`, `replay`.
//!
//! A line that names the format, then frames: length (u32, little-endian), kind (one byte), checksum (u32), that many
//! bytes. Records are stored as they are, facts as JSON; the last frame says that nothing follows. The checksum is that
//! of all frames so far, without the checksums in them: a frame that is changed, missing or moved shows.
//!
//! The first format had neither checksums nor a last frame. It is read still.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use crc32fast::Hasher;

use crate::input::{Fact, Input};
use crate::private::{self, There};

const MAGIC: &[u8; 21] = b"sandboxd recording 2\n";
const FIRST_MAGIC: &[u8; 21] = b"sandboxd recording 1\n";
const RECORD: u8 = 0;
const FACT: u8 = 1;
const END: u8 = 2;
/// What is said of a frame that is not whole.
const ENDS_INSIDE: &str = "it ends inside a frame";
/// No frame is longer: a look at a process with very many mappings is the longest.
const FRAME_MAX: u32 = 64 << 20;

/// What is wrong with a recording.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// The file cannot be opened, read or written.
    #[error("cannot {what} the recording {}: {source}", path.display())]
    Io {
        /// What was tried.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Something else.
    #[error("{} is not a sandboxd recording, or one of another format; recordings are made by `sandboxd trace --record FILE`", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// It ends in the middle.
    #[error("{}: damaged or cut off at byte {at}: {what}; the lines up to there are complete", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where.
        at: u64,
        /// How.
        what: String,
    },
}

/// Writes a recording.
#[derive(Debug)]
pub struct Recorder {
    path: PathBuf,
    file: BufWriter<File>,
    /// Of the frames so far.
    sum: Hasher,
    /// The file holds what is to be replaced.
    replaces: bool,
    /// Something is missing in it, so that nothing more is added.
    broken: Option<RecordingError>,
}

impl Recorder {
    /// Makes the file of a recording; one that is there is replaced with the first input.
    pub fn create(path: &Path) -> Result<Self, RecordingError> {
        Self::create_for(path, None)
    }

    /// The same, for a user of that number.
    pub fn create_for(path: &Path, owner: Option<u32>) -> Result<Self, RecordingError> {
        let file = private::create(path, There::Replaced, owner)
            .map_err(|source| io_error("create", path, source))?;
        Ok(Self {
            path: path.to_owned(),
            file: BufWriter::new(file),
            sum: Hasher::new(),
            replaces: true,
            broken: None,
        })
    }

    /// Adds an input, unless one is missing already: [`Self::finish`] tells.
    pub fn push(&mut self, input: Input<'_>) {
        if self.broken.is_none()
            && let Err(error) = self.add(input)
        {
            tracing::error!("{error}; the run goes on, its recording ends here");
            self.broken = Some(error);
        }
    }

    fn add(&mut self, input: Input<'_>) -> Result<(), RecordingError> {
        match input {
            Input::Record(bytes) => self.frame(RECORD, bytes),
            Input::Fact(fact) => {
                let json = serde_json::to_vec(fact)
                    .map_err(|error| io_error("write", &self.path, error.into()))?;
                self.frame(FACT, &json)
            }
        }
    }

    /// Ends the recording: everything is in the file, or what went wrong first.
    pub fn finish(mut self) -> Result<(), RecordingError> {
        if self.broken.is_none() {
            self.frame(END, &[])?;
        }
        self.write(Write::flush)?;
        self.broken.map_or(Ok(()), Err)
    }

    fn frame(&mut self, kind: u8, bytes: &[u8]) -> Result<(), RecordingError> {
        let len = (bytes.len() as u32).to_le_bytes();
        let head = [len[0], len[1], len[2], len[3], kind];
        let sum = add(&mut self.sum, &head, bytes);
        let replaces = std::mem::take(&mut self.replaces);
        self.write(|file| {
            if replaces {
                private::empty(file.get_ref())?;
                file.write_all(MAGIC)?;
            }
            file.write_all(&head)?;
            file.write_all(&sum.to_le_bytes())?;
            file.write_all(bytes)
        })
    }

    fn write(
        &mut self,
        write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> Result<(), RecordingError> {
        write(&mut self.file).map_err(|source| io_error("write", &self.path, source))
    }
}

/// Adds a frame to a checksum and gives it.
fn add(sum: &mut Hasher, head: &[u8], bytes: &[u8]) -> u32 {
    sum.update(head);
    sum.update(bytes);
    sum.clone().finalize()
}

/// Reads a recording.
#[derive(Debug)]
pub struct Recording<R = Box<dyn Read>> {
    path: PathBuf,
    file: R,
    at: u64,
    /// Of the frames so far; none in the first format.
    sum: Option<Hasher>,
    bytes: Vec<u8>,
    fact: Option<Fact>,
}

impl Recording {
    /// Opens a recording; `-` is standard input.
    pub fn open(path: &Path) -> Result<Self, RecordingError> {
        if path.as_os_str() == "-" {
            let stdin: Box<dyn Read> = Box::new(io::stdin().lock());
            return Self::read(stdin, Path::new("standard input"));
        }
        let file = File::open(path).map_err(|source| io_error("open", path, source))?;
        Self::read(Box::new(BufReader::new(file)), path)
    }
}

impl<R: Read> Recording<R> {
    /// Begins to read what `file` gives; `path` is what messages call it.
    pub fn read(file: R, path: &Path) -> Result<Self, RecordingError> {
        let mut recording = Self {
            path: path.to_owned(),
            file,
            at: MAGIC.len() as u64,
            sum: Some(Hasher::new()),
            bytes: Vec::new(),
            fact: None,
        };
        let mut magic = [0; MAGIC.len()];
        match recording.file.read_exact(&mut magic) {
            Ok(()) if magic == *MAGIC => Ok(recording),
            Ok(()) if magic == *FIRST_MAGIC => {
                recording.sum = None;
                Ok(recording)
            }
            Err(source) if source.kind() != ErrorKind::UnexpectedEof => {
                Err(io_error("read", path, source))
            }
            _ => Err(RecordingError::Foreign {
                path: path.to_owned(),
            }),
        }
    }

    /// The next input; `None` at the end.
    pub fn next_input(&mut self) -> Result<Option<Input<'_>>, RecordingError> {
        let Some(kind) = self.frame()? else {
            return Ok(None);
        };
        let begin = self.at;
        self.at += self.bytes.len() as u64;
        match kind {
            RECORD => Ok(Some(Input::Record(&self.bytes))),
            FACT => match serde_json::from_slice(&self.bytes) {
                Ok(fact) => Ok(Some(Input::Fact(self.fact.insert(fact)))),
                Err(error) => Err(self.damaged(begin, error.to_string())),
            },
            END if self.sum.is_some() => match self.file.read(&mut [0]) {
                Ok(0) => Ok(None),
                Ok(_) => Err(self.damaged(self.at, "something follows its end")),
                Err(source) => Err(io_error("read", &self.path, source)),
            },
            kind => Err(self.damaged(begin, format!("a frame of the unknown kind {kind}"))),
        }
    }

    /// Reads a frame's bytes and gives its kind; `None` where the file ends before it.
    fn frame(&mut self) -> Result<Option<u8>, RecordingError> {
        let (begin, mut head, mut wanted) = (self.at, [0; 5], [0; 4]);
        match self.file.read(&mut head[..1]) {
            Ok(0) if self.sum.is_none() => return Ok(None),
            Ok(0) => return Err(self.damaged(begin, "it ends without its last mark")),
            Ok(_) => self.read_exact(&mut head[1..])?,
            Err(source) => return Err(io_error("read", &self.path, source)),
        }
        if self.sum.is_some() {
            self.read_exact(&mut wanted)?;
        }
        let len = u32::from_le_bytes([head[0], head[1], head[2], head[3]]);
        if len > FRAME_MAX {
            return Err(self.damaged(begin, format!("a frame of {len} bytes")));
        }
        self.bytes.clear();
        // Memory for what is there, not for what a damaged length says.
        match (&mut self.file)
            .take(len.into())
            .read_to_end(&mut self.bytes)
        {
            Ok(read) if read == len as usize => {}
            Ok(_) => return Err(self.damaged(begin, ENDS_INSIDE)),
            Err(source) => return Err(io_error("read", &self.path, source)),
        }
        self.at += head.len() as u64;
        if let Some(sum) = &mut self.sum {
            if add(sum, &head, &self.bytes) != u32::from_le_bytes(wanted) {
                return Err(self.damaged(begin, "its checksum says otherwise"));
            }
            self.at += wanted.len() as u64;
        }
        Ok(Some(head[4]))
    }

    fn read_exact(&mut self, bytes: &mut [u8]) -> Result<(), RecordingError> {
        self.file
            .read_exact(bytes)
            .map_err(|source| match source.kind() {
                ErrorKind::UnexpectedEof => self.damaged(self.at, ENDS_INSIDE),
                _ => io_error("read", &self.path, source),
            })
    }

    fn damaged(&self, at: u64, what: impl Into<String>) -> RecordingError {
        RecordingError::Damaged {
            path: self.path.clone(),
            at,
            what: what.into(),
        }
    }
}

fn io_error(what: &'static str, path: &Path, source: io::Error) -> RecordingError {
    RecordingError::Io {
        what,
        path: path.to_owned(),
        source,
    }
}
