//! The files that a run names: each must be one of its own, or one destroys the other.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::TraceError;
use crate::cli;

/// What standard output goes to.
const STDOUT: &str = "/proc/self/fd/1";

/// Whether lines and recording go to different files.
pub(super) fn are_apart(options: &cli::Trace) -> Result<(), TraceError> {
    let Some(record) = &options.record else {
        return Ok(());
    };
    let name = record.display();
    match options.out.as_deref().filter(|out| *out != Path::new("-")) {
        Some(out) if are_same(out, record) => Err(TraceError::Usage(format!(
            "-o and --record name the same file, {name}: lines and recording need a file each"
        ))),
        None if are_same(Path::new(STDOUT), record) => Err(TraceError::Usage(format!(
            "--record names the file that standard output goes to, {name}: lines and recording need a file each"
        ))),
        _ => Ok(()),
    }
}

/// Whether a replay leaves its recording alone.
pub(super) fn is_kept(options: &cli::Replay) -> Result<(), TraceError> {
    match &options.out {
        Some(out) if are_same(out, &options.file) => Err(TraceError::Usage(format!(
            "-o names the recording itself, {}: lines need a file of their own",
            out.display()
        ))),
        _ => Ok(()),
    }
}

/// Whether two names mean one file, there or not. Devices and pipes take anything.
fn are_same(one: &Path, other: &Path) -> bool {
    match (fs::metadata(one), fs::metadata(other)) {
        (Ok(one), Ok(other)) => {
            one.is_file() && (one.dev(), one.ino()) == (other.dev(), other.ino())
        }
        (Err(_), Err(_)) => place(one).is_some_and(|place| Some(place) == self::place(other)),
        _ => false,
    }
}

/// Where a file will be that is not there yet.
fn place(path: &Path) -> Option<PathBuf> {
    let parent = path.parent()?;
    let parent = if parent.as_os_str().is_empty() {
        Path::new(".")
    } else {
        parent
    };
    Some(parent.canonicalize().ok()?.join(path.file_name()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_by_two_names_is_one_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        let by_way = dir.path().join(".").join("new");
        assert!(are_same(&path("new"), &by_way), "not there yet");
        assert!(!are_same(&path("new"), &path("other")));
        fs::write(path("there"), "").unwrap();
        fs::hard_link(path("there"), path("link")).unwrap();
        assert!(are_same(&path("there"), &path("link")));
        assert!(!are_same(&path("there"), &path("new")));
        let null = Path::new("/dev/null");
        assert!(!are_same(null, null), "it takes anything");
    }
}
