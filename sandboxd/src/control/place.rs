//! Where a daemon is found: a directory that only root can enter, with a socket and a file with its number in it.
//!
//! The file is locked as long as its daemon runs, so that one that was killed is told from one that is there.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use crate::facts;
use crate::lock::lock;

/// Where it is unless it is said otherwise: in memory on Android, as everywhere else, so that nothing is left after a boot.
pub const RUN_DIR: &str = "/dev/sandboxd";
/// The socket's name there.
pub(super) const SOCKET: &str = "control";
/// The name of the file with the number.
pub(super) const PID: &str = "pid";
/// How often it is tried where another daemon ends meanwhile.
const TRIES: u32 = 100;
/// Rights of the directory: nobody but its owner finds anything in it.
const PRIVATE: u32 = 0o700;

/// Why there is no such place.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// Something in the way.
    #[error("cannot make {} for the daemon: {cause}; choose another directory with --run-dir", path.display())]
    Make {
        /// The directory, or what was to be in it.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// Not ours alone.
    #[error("{} is not root's alone, others could speak to the daemon: remove it, or choose another directory with --run-dir", path.display())]
    Open {
        /// The directory.
        path: PathBuf,
    },
    /// There is one.
    #[error(
        "a daemon runs already, as process {pid}: see `sandboxd ctl status`, end it with `sandboxd ctl stop`, or choose another directory with --run-dir"
    )]
    Taken {
        /// Its process.
        pid: libc::pid_t,
    },
}

/// The place of a daemon that runs; nothing is left of it afterwards.
#[derive(Debug)]
pub struct Place {
    dir: PathBuf,
    /// Has its number; locked, and open until the end.
    pid: File,
}

impl Place {
    /// Takes a place, and listens there.
    pub fn take(dir: &Path) -> Result<(Self, UnixListener), PlaceError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |cause| PlaceError::Make { path, cause }
        };
        let path = dir.join(PID);
        let mut tries = 0;
        let pid = loop {
            make(dir)?;
            // One that ends just now takes its file and its directory away.
            match hold(&path) {
                Ok(Ok(Some(pid))) => break pid,
                Ok(Err(pid)) => return Err(PlaceError::Taken { pid }),
                Err(cause) if tries >= TRIES || cause.kind() != io::ErrorKind::NotFound => {
                    return Err(failed(&path)(cause));
                }
                Ok(Ok(None)) | Err(_) => tries += 1,
            }
        };
        let mut place = Self {
            dir: dir.to_owned(),
            pid,
        };
        place.say_number().map_err(failed(&path))?;
        let socket = dir.join(SOCKET);
        // Of one that was killed: nobody listens there, since the lock is ours.
        match fs::remove_file(&socket) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
                return Err(failed(&socket)(cause));
            }
            _ => {}
        }
        let listener = UnixListener::bind(&socket)
            .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
            .map_err(failed(&socket))?;
        Ok((place, listener))
    }

    fn say_number(&mut self) -> io::Result<()> {
        self.pid.set_len(0)?;
        self.pid.rewind()?;
        writeln!(self.pid, "{}", std::process::id())
    }
}

/// Opens and locks the file, or gives the process that has it; nothing if the file has gone by then.
fn hold(path: &Path) -> io::Result<Result<Option<File>, libc::pid_t>> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(libc::O_NOFOLLOW)
        .open(path)?;
    if let Some(pid) = lock(&file)? {
        return Ok(Err(pid));
    }
    let is_there = fs::metadata(path)?.ino() == file.metadata()?.ino();
    Ok(Ok(is_there.then_some(file)))
}

/// Makes the directory, or sees that it is root's alone.
fn make(dir: &Path) -> Result<(), PlaceError> {
    let failed = |cause| PlaceError::Make {
        path: dir.to_owned(),
        cause,
    };
    match fs::DirBuilder::new().mode(PRIVATE).create(dir) {
        Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {}
        made => made.map_err(failed)?,
    }
    let found = fs::symlink_metadata(dir).map_err(failed)?;
    let is_private = found.permissions().mode() & 0o777 == PRIVATE;
    if found.is_dir() && found.uid() == facts::own_user() && is_private {
        Ok(())
    } else {
        Err(PlaceError::Open {
            path: dir.to_owned(),
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // What is left there is of no harm: the next daemon takes it over.
        let _ = fs::remove_file(self.dir.join(SOCKET));
        let _ = fs::remove_file(self.dir.join(PID));
        if let Err(error) = fs::remove_dir(&self.dir)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!("{} stays, empty or not: {error}", self.dir.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_of_a_place() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("sandboxd");
        let (place, _listener) = Place::take(&dir).unwrap();
        let mode = fs::metadata(&dir).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, PRIVATE);
        let pid = fs::read_to_string(dir.join(PID)).unwrap();
        assert_eq!(pid.trim(), std::process::id().to_string());
        drop(place);
        assert!(!dir.exists());
    }

    #[test]
    fn nothing_is_left_of_a_place_that_cannot_be() {
        let home = tempfile::tempdir().unwrap();
        // No socket has so long a name.
        let dir = home.path().join("long".repeat(30));
        let error = Place::take(&dir).unwrap_err();
        assert!(
            error.to_string().contains("control for the daemon"),
            "{error}"
        );
        assert!(!dir.exists());
    }

    #[test]
    fn what_a_killed_daemon_left_is_taken_over() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("sandboxd");
        let (place, listener) = Place::take(&dir).unwrap();
        // Its lock goes with it, its files stay.
        let pid = fs::read(dir.join(PID)).unwrap();
        drop((place, listener));
        fs::DirBuilder::new().mode(PRIVATE).create(&dir).unwrap();
        fs::write(dir.join(PID), pid).unwrap();
        drop(UnixListener::bind(dir.join(SOCKET)).unwrap());
        assert!(Place::take(&dir).is_ok());
    }

    #[test]
    fn a_directory_of_others_is_not_used() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("open");
        fs::create_dir(&dir).unwrap();
        fs::set_permissions(&dir, fs::Permissions::from_mode(0o777)).unwrap();
        assert!(matches!(Place::take(&dir), Err(PlaceError::Open { .. })));
        let link = home.path().join("link");
        std::os::unix::fs::symlink(home.path(), &link).unwrap();
        assert!(matches!(Place::take(&link), Err(PlaceError::Open { .. })));
        let file = home.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(matches!(Place::take(&file), Err(PlaceError::Open { .. })));
        let nowhere = home.path().join("no").join("where");
        assert!(matches!(
            Place::take(&nowhere),
            Err(PlaceError::Make { .. })
        ));
    }
}
