//! Files that hold what was seen of apps: whatever the umask, nobody but their owner reads them.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, fchown};
use std::path::Path;

use crate::facts;
use crate::lock::lock;

/// Its owner reads and writes it.
const MODE: u32 = 0o600;
/// Others than the owner of a directory may make files there.
const OTHERS_WRITE: u32 = 0o022;

/// What becomes of a file that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum There {
    /// What it holds goes, by [`empty`]: a run that comes to nothing leaves it.
    Replaced,
    /// It is left alone, which is an error.
    Kept,
}

/// Makes a file, for the user and group of that number, or for whoever this runs as.
///
/// What cannot be is said with what to do, where the kernel's own words are not enough.
pub fn create(path: &Path, there: There, owner: Option<u32>) -> io::Result<File> {
    // Whoever may write there could have made a link, by which root would give them what it leads to, or spoil it.
    let is_shared = owner.is_some() || is_shared(path);
    let mut options = OpenOptions::new();
    options.write(true).mode(MODE);
    match there {
        There::Replaced => options.create(true),
        There::Kept => options.create_new(true),
    };
    if is_shared {
        options.custom_flags(libc::O_NOFOLLOW);
    }
    let file = options.open(path).map_err(|error| match error.raw_os_error() {
        Some(libc::ELOOP) if is_shared => io::Error::other(
            "it is a link in a directory that others can write to: name the file that it leads to",
        ),
        _ => error,
    })?;
    match own(&file, path, is_shared, owner) {
        Ok(()) => Ok(file),
        Err(error) => {
            if there == There::Kept {
                // Just made, and of use to nobody.
                let _ = fs::remove_file(path);
            }
            Err(error)
        }
    }
}

/// The directory that a file is in.
#[must_use]
pub fn directory_of(path: &Path) -> &Path {
    let parent = path.parent();
    let named = parent.filter(|parent| !parent.as_os_str().is_empty());
    named.unwrap_or(Path::new("."))
}

/// Whether others can make files in the directory that a file is in.
fn is_shared(path: &Path) -> bool {
    let Ok(found) = fs::metadata(directory_of(path)) else {
        return true;
    };
    ![0, facts::own_user()].contains(&found.uid()) || found.mode() & OTHERS_WRITE != 0
}

/// Takes a file that is open: nobody else writes to it, and nobody but its owner reads it.
fn own(file: &File, path: &Path, is_shared: bool, owner: Option<u32>) -> io::Result<()> {
    let found = file.metadata()?;
    // A pipe or a device belongs to somebody.
    if !found.is_file() {
        return Ok(());
    }
    // Held for as long as it is open. (Not every file system can.)
    if let Ok(Some(pid)) = lock(file) {
        return Err(io::Error::other(format!(
            "process {pid} writes to it: end that one, or choose another file"
        )));
    }
    if is_shared && found.nlink() != 1 {
        return Err(io::Error::other(
            "it has other names too, in or from a directory that others can write to: choose another file",
        ));
    }
    // The umask takes bits away, and a file that was there may have more. Before it is given away: later that would
    // need another capability.
    if let Err(error) = file.set_permissions(Permissions::from_mode(MODE)) {
        tracing::warn!(
            "{} may be read by others: its mode cannot be set: {error}",
            path.display()
        );
    }
    match owner {
        Some(owner) => fchown(file, Some(owner), Some(owner)),
        None => Ok(()),
    }
}

/// Empties a file that is to be replaced; a pipe or a device has nothing to empty.
pub fn empty(file: &File) -> io::Result<()> {
    if file.metadata()?.is_file() {
        file.set_len(0)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_its_owners_whatever_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out");
        fs::write(&path, "before").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        let file = create(&path, There::Replaced, None).unwrap();
        let found = fs::metadata(&path).unwrap();
        assert_eq!((found.mode() & 0o7777, found.len()), (0o600, 6));
        empty(&file).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().len(), 0);
    }

    #[test]
    fn a_file_that_is_there_can_be_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out");
        drop(create(&path, There::Kept, None).unwrap());
        let again = create(&path, There::Kept, None).unwrap_err();
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
    }

    #[test]
    fn a_file_can_be_given_to_another() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out");
        if let Err(error) = create(&path, There::Replaced, Some(2000)) {
            eprintln!("skipped: not allowed to give files away: {error}");
            return;
        }
        let found = fs::metadata(&path).unwrap();
        assert_eq!((found.uid(), found.gid()), (2000, 2000));
        assert_eq!(found.mode() & 0o7777, 0o600);
    }

    #[test]
    fn links_lead_nowhere_where_a_file_is_given_away() {
        let dir = tempfile::tempdir().unwrap();
        let [secret, link, hard] = ["secret", "link", "hard"].map(|name| dir.path().join(name));
        fs::write(&secret, "before").unwrap();
        std::os::unix::fs::symlink(&secret, &link).unwrap();
        fs::hard_link(&secret, &hard).unwrap();
        assert!(create(&link, There::Replaced, Some(2000)).is_err());
        assert!(create(&hard, There::Replaced, Some(2000)).is_err());
        assert_eq!(fs::read(&secret).unwrap(), b"before");
    }

    #[test]
    fn links_lead_nowhere_where_others_can_make_them() {
        let dir = tempfile::tempdir().unwrap();
        let [secret, link, hard] = ["secret", "link", "hard"].map(|name| dir.path().join(name));
        fs::write(&secret, "before").unwrap();
        std::os::unix::fs::symlink(&secret, &link).unwrap();
        assert!(create(&link, There::Replaced, None).is_ok(), "our own link");
        fs::set_permissions(dir.path(), Permissions::from_mode(0o777)).unwrap();
        let error = create(&link, There::Replaced, None).unwrap_err();
        assert!(error.to_string().starts_with("it is a link in"), "{error}");
        fs::hard_link(&secret, &hard).unwrap();
        let error = create(&hard, There::Replaced, None).unwrap_err();
        assert!(
            error.to_string().starts_with("it has other names"),
            "{error}"
        );
        assert_eq!(fs::read(&secret).unwrap(), b"before");
        assert!(create(&dir.path().join("new"), There::Replaced, None).is_ok());
    }

    #[test]
    fn what_cannot_be_given_away_is_not_left_behind() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out");
        // No user has the last number.
        assert!(create(&path, There::Kept, Some(u32::MAX - 1)).is_ok() == path.exists());
    }

    #[test]
    fn devices_are_left_as_they_are() {
        let before = fs::metadata("/dev/null").unwrap().mode();
        empty(&create(Path::new("/dev/null"), There::Replaced, None).unwrap()).unwrap();
        assert_eq!(fs::metadata("/dev/null").unwrap().mode(), before);
    }
}
