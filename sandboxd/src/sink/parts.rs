//! The files of a run that is written in parts: what they are called, made and removed.
//!
//! The next file is made before the part that goes before it ends: where it cannot be, the run goes on in the one that
//! is there.

use std::collections::VecDeque;
use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::{MetadataExt as _, fchown};
use std::path::{Path, PathBuf};

use super::SinkError;
use super::name::{self, Name};
use super::place::Place;
use crate::event::Time;
use crate::private::{self, There, directory_of};

/// Files of the same name that are tried past.
const NAMESAKES: u32 = 9999;

/// What the files of a run are called.
#[derive(Clone, Debug)]
pub struct Naming {
    /// Their name.
    pub name: Name,
    /// What stands for `{package}`.
    pub package: String,
    /// When the first begins.
    pub time: Time,
    /// How many are kept, the one that is being written among them; all if nothing is said.
    pub keep: Option<usize>,
}

/// The files.
#[derive(Debug)]
pub(super) struct Parts {
    naming: Naming,
    owner: Option<u32>,
    /// Whose the directory of the first is, and what others may do there.
    directory: Option<Metadata>,
    /// Those that are there, the one that is being written last.
    paths: VecDeque<PathBuf>,
    /// The next one, once it was made.
    next: Option<(PathBuf, Place)>,
    /// Whether anything goes to any of them.
    pub(super) begun: bool,
}

/// A run that never began leaves no file.
impl Drop for Parts {
    fn drop(&mut self) {
        for path in self.paths.iter().filter(|_| !self.begun) {
            // It is empty: nothing is lost if it stays.
            let _ = fs::remove_file(path);
        }
    }
}

impl Naming {
    /// The first file's name, if no other has it.
    #[must_use]
    pub fn first(&self) -> PathBuf {
        self.name.path(&self.package, self.time, 1)
    }
}

impl Parts {
    /// Makes the first file.
    pub(super) fn open(naming: Naming, owner: Option<u32>) -> Result<(Self, Place), SinkError> {
        let wanted = naming.first();
        let (path, place) = made(&wanted, owner).map_err(|cause| unmade(wanted, cause))?;
        let parts = Self {
            naming,
            owner,
            directory: fs::metadata(directory_of(&path)).ok(),
            paths: [path].into(),
            next: None,
            begun: false,
        };
        Ok((parts, place))
    }

    /// Whether there can be another.
    pub(super) fn can_go_on(&self) -> bool {
        self.naming.name.tells_parts()
    }

    /// The file that is being written.
    pub(super) fn path(&self) -> Option<&Path> {
        self.paths.back().map(PathBuf::as_path)
    }

    /// Makes the file of another part, which begins at that time.
    pub(super) fn prepare(&mut self, part: u64, time: Time) -> Result<(), SinkError> {
        let naming = &self.naming;
        let wanted = naming.name.path(&naming.package, time, part);
        let again = |error: io::Error| {
            if error.kind() != io::ErrorKind::NotFound {
                return Err(error);
            }
            self.make_directory(directory_of(&wanted))?;
            made(&wanted, self.owner)
        };
        let next = made(&wanted, self.owner).or_else(again);
        self.next = Some(next.map_err(|cause| unmade(wanted.clone(), cause))?);
        Ok(())
    }

    /// Makes a directory that was removed, as the first one was.
    fn make_directory(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)?;
        tracing::warn!("{} was removed: it is made anew", path.display());
        if let Some(first) = &self.directory {
            let made = File::open(path)?;
            // Before it is given away: later that would need another capability.
            made.set_permissions(first.permissions())?;
            fchown(&made, Some(first.uid()), Some(first.gid()))?;
        }
        Ok(())
    }

    /// The next file, which is written from now on.
    pub(super) fn go_on(&mut self) -> Option<Place> {
        let (path, place) = self.next.take()?;
        self.paths.push_back(path);
        Some(place)
    }

    /// Removes those that are too many, the oldest first.
    pub(super) fn trim(&mut self) {
        let Some(keep) = self.naming.keep else { return };
        while self.paths.len() > keep.max(1) {
            let Some(path) = self.paths.pop_front() else {
                break;
            };
            // Whoever took it away already has done what was to be done.
            if let Err(error) = fs::remove_file(&path)
                && error.kind() != io::ErrorKind::NotFound
            {
                tracing::warn!("cannot remove {}: {error}", path.display());
            }
        }
    }
}

fn unmade(path: PathBuf, cause: io::Error) -> SinkError {
    SinkError::Open { path, cause }
}

/// Makes a file of that name; if one is there, of one like it.
fn made(wanted: &Path, owner: Option<u32>) -> io::Result<(PathBuf, Place)> {
    let (path, file) = made_beside(wanted, owner)?;
    let place = Place::at(&path, file)?;
    Ok((path, place))
}

fn made_beside(wanted: &Path, owner: Option<u32>) -> io::Result<(PathBuf, File)> {
    let others = (2..=NAMESAKES).map(|number| name::another(wanted, number));
    let mut paths = std::iter::once(wanted.to_owned()).chain(others);
    loop {
        let path = paths.next().ok_or(io::ErrorKind::AlreadyExists)?;
        match private::create(&path, There::Kept, owner) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            Ok(file) => {
                if path != wanted {
                    let (wanted, path) = (wanted.display(), path.display());
                    tracing::info!("{wanted} is there already: lines go to {path}");
                }
                return Ok((path, file));
            }
        }
    }
}
