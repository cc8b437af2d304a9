//! Files that hold what was seen of apps: whatever the umask, nobody but their owner reads them.

use std::fs::{File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _, fchown};
use std::path::Path;

/// Its owner reads and writes it.
const MODE: u32 = 0o600;

/// What becomes of a file that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum There {
    /// It is made anew.
    Replaced,
    /// It is left alone, which is an error.
    Kept,
}

/// Makes a file, for the user and group of that number, or for whoever this runs as.
pub fn create(path: &Path, there: There, owner: Option<u32>) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).mode(MODE);
    match there {
        There::Replaced => options.create(true).truncate(true),
        There::Kept => options.create_new(true),
    };
    let file = options.open(path)?;
    // A pipe or a device belongs to somebody.
    if file.metadata()?.is_file() {
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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::MetadataExt as _;

    use super::*;

    #[test]
    fn a_file_is_its_owners_whatever_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out");
        fs::write(&path, "before").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        drop(create(&path, There::Replaced, None).unwrap());
        let found = fs::metadata(&path).unwrap();
        assert_eq!((found.mode() & 0o7777, found.len()), (0o600, 0));
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
    fn devices_are_left_as_they_are() {
        let before = fs::metadata("/dev/null").unwrap().mode();
        drop(create(Path::new("/dev/null"), There::Replaced, None).unwrap());
        assert_eq!(fs::metadata("/dev/null").unwrap().mode(), before);
    }
}
