//! The files that a run names: each must be one of its own, or one destroys the other.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::TraceError;
use crate::event::Time;
use crate::private::directory_of;
use crate::sink::name::{self, Name};
use crate::sink::{Naming, Options};
use crate::{cli, facts};

/// What standard output goes to.
const STDOUT: &str = "/proc/self/fd/1";

/// Where lines go.
pub(super) fn output(options: &cli::Trace) -> Result<Options, TraceError> {
    let plain = Options {
        out: options.out.clone(),
        format: options.format,
        owner: options.owner,
        ..Options::default()
    };
    let is_rotated = options.rotate_size.is_some()
        || options.rotate_age.is_some()
        || options.rotate_keep.is_some();
    if options.owner.is_some() && plain.to_stdout() && options.record.is_none() {
        return Err(TraceError::Usage(
            "--owner: there is no file that could be somebody's: name one with -o or --record"
                .to_owned(),
        ));
    }
    let Some(path) = options.out.as_deref().filter(|_| !plain.to_stdout()) else {
        return if is_rotated {
            Err(TraceError::Usage(
                "standard output has no parts: name a file with -o, or leave --rotate-… out"
                    .to_owned(),
            ))
        } else {
            Ok(plain)
        };
    };
    let name = Name::parse(path).map_err(TraceError::Usage)?;
    let name = if is_rotated && !name.tells_parts() {
        name.with_part()
    } else {
        name
    };
    if !name.is_pattern() {
        return Ok(plain);
    }
    if fs::metadata(path).is_ok_and(|there| !there.is_file()) {
        return Err(TraceError::Usage(format!(
            "-o names {}, which is no ordinary file and has no parts: name a file, or leave --rotate-… out",
            path.display()
        )));
    }
    let wall_ns = facts::boot_ns().saturating_add_signed(facts::clock_offset());
    let parts = Naming {
        name,
        package: subject(options),
        time: Time(wall_ns),
        keep: options.rotate_keep,
    };
    Ok(Options {
        out: Some(parts.first()),
        parts: Some(parts),
        ..plain
    })
}

/// The recording's file. A daemon is started again by itself, and must not replace what the one that was killed has kept.
pub(super) fn record(path: &Path, is_daemon: bool) -> PathBuf {
    let others = (2..).map(|number| name::another(path, number));
    let mut paths = std::iter::once(path.to_owned()).chain(others);
    let free = paths.find(|path| !is_daemon || !path.exists());
    let free = free.unwrap_or_else(|| path.to_owned());
    if free != path {
        let (path, free) = (path.display(), free.display());
        tracing::info!("{path} is there already: the recording goes to {free}");
    }
    free
}

/// Who is watched, in a word for a file's name.
fn subject(options: &cli::Trace) -> String {
    let numbers = |kind: &str, numbers: &[u32]| {
        let words = numbers.iter().map(|number| format!("{kind}{number}"));
        words.collect::<Vec<_>>()
    };
    let command = options.command.first().map(|program| {
        let name = Path::new(program).file_name().unwrap_or(program);
        name.to_string_lossy().into_owned()
    });
    let words = if options.packages.is_empty() {
        let all_apps = options.all_apps.then(|| "all-apps".to_owned());
        let mut words: Vec<String> = all_apps.into_iter().chain(command).collect();
        words.extend(numbers("uid", &options.uids));
        words.extend(numbers("pid", &options.pids()));
        words.extend(numbers("tid", &options.tids()));
        words
    } else {
        options.packages.clone()
    };
    words.join("+")
}

/// Whether lines and recording go to different files.
pub(super) fn are_apart(options: &cli::Trace, output: &Options) -> Result<(), TraceError> {
    let Some(record) = &options.record else {
        return Ok(());
    };
    let name = record.display();
    match output.out.as_deref().filter(|_| !output.to_stdout()) {
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
    let name = path.file_name()?;
    Some(directory_of(path).canonicalize().ok()?.join(name))
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
