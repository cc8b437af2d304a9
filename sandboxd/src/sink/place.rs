//! What is written to: a file, a pipe, a terminal, a socket; how each takes bytes, and how each fails.
//!
//! A write never blocks in the middle of a line where the kernel lets us know beforehand: a pipe gets what surely
//! fits. So a reader that stalls leaves whole lines, and the process can end.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::time::Duration;

use super::name;
use crate::private::{self, There};

/// How long to wait for room before looking whether to stop.
pub(super) const TICK: Duration = Duration::from_millis(50);
/// Bytes that are written to a terminal or socket at a time: as many as it takes once it says that it takes some.
const AT_ONCE: usize = 16 * 1024;

/// A place.
#[derive(Debug)]
pub(super) struct Place {
    file: File,
    name: String,
    kind: Kind,
    /// Blocks are written as frames.
    pub(super) compressed: bool,
    /// It holds what another run wrote, until there is something to write.
    replaces: bool,
    /// The last write ended within a line that could not be taken back.
    broken: bool,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// Never waits; can be cut.
    Regular,
    /// Of so many bytes.
    Pipe(usize),
    /// A terminal, a socket, a device.
    Other { terminal: bool },
}

/// Whether a write would block.
pub(super) enum Ready {
    /// It takes that many bytes.
    For(usize),
    /// Not yet.
    Not,
    /// Never again.
    Gone,
}

impl Place {
    /// Standard output.
    pub(super) fn stdout() -> io::Result<Self> {
        let file = File::from(io::stdout().as_fd().try_clone_to_owned()?);
        Self::of(file, "standard output".into())
    }

    /// A file; what it held is gone with the first write.
    pub(super) fn file(path: &Path, owner: Option<u32>) -> io::Result<Self> {
        Ok(Self {
            replaces: true,
            ..Self::at(path, private::create(path, There::Replaced, owner)?)?
        })
    }

    /// A file of that name; its ending says whether it is compressed.
    pub(super) fn at(path: &Path, file: File) -> io::Result<Self> {
        Ok(Self {
            compressed: name::is_compressed(path),
            ..Self::of(file, path.display().to_string())?
        })
    }

    /// An open file.
    pub(super) fn of(file: File, name: String) -> io::Result<Self> {
        let kind = file.metadata()?.file_type();
        let kind = if kind.is_file() {
            Kind::Regular
        } else if kind.is_fifo() {
            Kind::Pipe(pipe_size(&file))
        } else {
            Kind::Other {
                terminal: io::IsTerminal::is_terminal(&file),
            }
        };
        Ok(Self {
            file,
            name,
            kind,
            compressed: false,
            replaces: false,
            broken: false,
        })
    }

    /// Waits a little until it takes a line of that length.
    pub(super) fn ready(&self, line: usize) -> Ready {
        let Kind::Pipe(size) = self.kind else {
            if matches!(self.kind, Kind::Regular) {
                return Ready::For(usize::MAX);
            }
            return self.polled(|| Ready::For(AT_ONCE));
        };
        self.polled(|| {
            let room = pipe_room(&self.file, size);
            // A line that no pipe of this size takes at once is written all the same.
            if room >= line || line > size / 2 {
                return Ready::For(room);
            }
            std::thread::sleep(Duration::from_millis(1));
            Ready::Not
        })
    }

    fn polled(&self, ready: impl FnOnce() -> Ready) -> Ready {
        match poll(&self.file, libc::POLLOUT, TICK) {
            0 => Ready::Not,
            events if events & libc::POLLERR != 0 && !self.is_terminal() => Ready::Gone,
            _ => ready(),
        }
    }

    /// Writes some of it.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.replaces {
            private::empty(&self.file)?;
            self.replaces = false;
        }
        if self.broken {
            // Between frames there is nothing that could begin anew.
            if !self.compressed {
                self.file.write_all(b"\n")?;
            }
            self.broken = false;
        }
        self.file.write(bytes)
    }

    /// Takes back the bytes of a line that is not whole; where that cannot be, the next line starts anew.
    pub(super) fn cut(&mut self, bytes: usize) {
        if bytes > 0 {
            self.broken = self.take_back(bytes as u64).is_none();
        }
    }

    fn take_back(&mut self, bytes: u64) -> Option<()> {
        if !matches!(self.kind, Kind::Regular) {
            return None;
        }
        let end = self.file.stream_position().ok()?;
        // Somebody else writes here too: what is behind may be theirs.
        if self.file.metadata().ok()?.len() != end {
            return None;
        }
        let whole = end.checked_sub(bytes)?;
        self.file.set_len(whole).ok()?;
        self.file.seek(SeekFrom::Start(whole)).ok()?;
        Some(())
    }

    /// Whether nobody reads it any more, as far as that shows without writing.
    pub(super) fn reader_is_gone(&self) -> bool {
        let gone = libc::POLLERR | libc::POLLHUP;
        !matches!(self.kind, Kind::Regular) && poll(&self.file, 0, Duration::ZERO) & gone != 0
    }

    /// Whether an error says that nobody reads it any more.
    pub(super) fn means_gone(&self, error: &io::Error) -> bool {
        match error.kind() {
            io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::NotConnected => true,
            _ => self.is_terminal() && error.raw_os_error() == Some(libc::EIO),
        }
    }

    pub(super) fn is_file(&self) -> bool {
        matches!(self.kind, Kind::Regular)
    }

    fn is_terminal(&self) -> bool {
        matches!(self.kind, Kind::Other { terminal: true })
    }

    /// Where, why, what to do.
    pub(super) fn explain(&self, error: &io::Error) -> String {
        let name = &self.name;
        let advice = match error.raw_os_error() {
            Some(libc::ENOSPC | libc::EDQUOT) => {
                "free space there, or choose another place with -o"
            }
            Some(libc::EFBIG) => {
                "raise the limit of file sizes (ulimit -f), or choose another place with -o"
            }
            _ => "choose another place with -o",
        };
        format!("cannot write to {name}: {error}: {advice}")
    }
}

/// The events of a file, waiting for them at most so long; 0 if there are none.
fn poll(file: &File, events: i16, within: Duration) -> i16 {
    let mut fd = libc::pollfd {
        fd: file.as_raw_fd(),
        events,
        revents: 0,
    };
    // SAFETY: one `pollfd`, ours, and a descriptor that is open as long as `file` is.
    let ready = unsafe { libc::poll(&raw mut fd, 1, within.as_millis() as i32) };
    if ready > 0 { fd.revents } else { 0 }
}

fn pipe_size(file: &File) -> usize {
    // SAFETY: takes no pointer.
    let size = unsafe { libc::fcntl(file.as_raw_fd(), libc::F_GETPIPE_SZ) };
    usize::try_from(size).unwrap_or(libc::PIPE_BUF)
}

/// How many bytes a pipe surely takes, once it takes any.
///
/// The kernel counts pages, not bytes: a write that does not fit the rest of the last page starts a new one, so that
/// two pages in a row hold more than one page's bytes, but not always much more.
fn pipe_room(file: &File, size: usize) -> usize {
    let mut queued: libc::c_int = 0;
    // SAFETY: the kernel writes one `int`, to ours.
    let told = unsafe { libc::ioctl(file.as_raw_fd(), libc::FIONREAD, &raw mut queued) };
    let queued = usize::try_from(queued).unwrap_or(size);
    if told != 0 {
        return libc::PIPE_BUF;
    }
    if queued == 0 {
        return size;
    }
    // SAFETY: takes no pointer.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    let page = usize::try_from(page).unwrap_or(libc::PIPE_BUF);
    size.saturating_sub(2 * queued + 2 * page)
        .max(libc::PIPE_BUF)
}
