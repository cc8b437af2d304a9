//! Files that hold what was seen of apps: whatever the umask, nobody but their owner reads them.

use std::fs::{File, OpenOptions, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, fchown};
use std::path::Path;

/// Its owner reads and writes it.
const MODE: u32 = 0o600;

/// What becomes of a file that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum There {
    /// What it holds goes, by [`empty`]: a run that comes to nothing leaves it.
    Replaced,
    /// It is left alone, which is an error.
    Kept,
}

/// Makes a file, for the user and group of that number, or for whoever this runs as.
pub fn create(path: &Path, there: There, owner: Option<u32>) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).mode(MODE);
    match there {
        There::Replaced => options.create(true),
        There::Kept => options.create_new(true),
    };
    if owner.is_some() {
        // Whoever it will belong to may write there: a link of theirs would give them what it leads to.
        options.custom_flags(libc::O_NOFOLLOW);
    }
    let file = options.open(path)?;
    let found = file.metadata()?;
    // A pipe or a device belongs to somebody.
    if found.is_file() {
        // Held for as long as it is open. (Not every file system can.)
        if there == There::Replaced && matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
            return Err(io::Error::other("another run writes to it"));
        }
        if owner.is_some() && found.nlink() != 1 {
            return Err(io::Error::other(
                "it has other names too, and is not given away",
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
        if let Some(owner) = owner {
            fchown(&file, Some(owner), Some(owner))?;
        }
    }
    Ok(file)
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
    use std::fs;

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
    fn a_file_that_another_run_writes_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out");
        let mut first = create(&path, There::Replaced, None).unwrap();
        io::Write::write_all(&mut first, b"lines").unwrap();
        let error = create(&path, There::Replaced, None).unwrap_err();
        assert_eq!(error.to_string(), "another run writes to it");
        assert_eq!(fs::read(&path).unwrap(), b"lines");
        drop(first);
        assert!(create(&path, There::Replaced, None).is_ok());
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
    fn devices_are_left_as_they_are() {
        let before = fs::metadata("/dev/null").unwrap().mode();
        empty(&create(Path::new("/dev/null"), There::Replaced, None).unwrap()).unwrap();
        assert_eq!(fs::metadata("/dev/null").unwrap().mode(), before);
    }
}
