//! Opens what a process has mapped: the file that is meant, or nothing.

use std::fs::{self, File, Metadata, OpenOptions};
use std::ops::Range;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use crate::input::FileKey;

/// What the kernel calls the code that it gives to programs.
const VDSO: &str = "[vdso]";
/// Bytes of the kernel's own pages: the vdso has one or two of at most 64 KiB.
const OWN_PAGES: u64 = 128 << 10;

/// The file's path as the process sees it.
pub(super) fn path(pid: u32, key: &FileKey) -> String {
    format!("/proc/{pid}/root{}", key.path)
}

pub(super) fn is_there(pid: u32) -> bool {
    fs::metadata(format!("/proc/{pid}/root/")).is_ok()
}

/// Opens the file that is meant, or nothing: by what is mapped there, which works for files without a name too, else by
/// its path as the process sees it, or, since many processes are gone by now, as this one does.
pub(super) fn open(
    pid: u32,
    key: &FileKey,
    mapping: Option<Range<u64>>,
) -> Option<(File, Metadata)> {
    let mapped = mapping.and_then(|mapping| {
        let link = format!(
            "/proc/{pid}/map_files/{:x}-{:x}",
            mapping.start, mapping.end
        );
        // What `stat` calls the device is not always what the kernel calls it (btrfs, overlayfs). Then the path decides.
        let named = fs::read_link(&link).ok()?;
        let named = named.to_string_lossy();
        let is_named = named.strip_suffix(" (deleted)").unwrap_or(&named) == key.path;
        reopen(&link, key, is_named)
    });
    mapped
        .or_else(|| reopen(&path(pid, key), key, false))
        .or_else(|| reopen(&key.path, key, false))
}

/// Opens a regular file if it is the one that is meant. A path may lead anywhere by now, and opening a device or a pipe
/// can do more than open it: so it is first looked at without being opened.
fn reopen(path: &str, key: &FileKey, is_named: bool) -> Option<(File, Metadata)> {
    let place = OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_PATH)
        .open(path)
        .ok()?;
    let metadata = place.metadata().ok()?;
    let device = (libc::major(metadata.dev()), libc::minor(metadata.dev()));
    let is_there = metadata.ino() == key.inode && (is_named || device == (key.major, key.minor));
    if !metadata.is_file() || !is_there {
        return None;
    }
    let file = File::open(format!("/proc/self/fd/{}", place.as_raw_fd())).ok()?;
    let metadata = file.metadata().ok()?;
    let is_same = key.generation == 0
        || generation(&file).is_none_or(|generation| generation == key.generation as u32);
    is_same.then_some((file, metadata))
}

/// What tells apart files that had the same number, where the file system says it.
fn generation(file: &File) -> Option<u32> {
    // `FS_IOC_GETVERSION` says `long` and means `int` (v6.12:
    // <https://github.com/torvalds/linux/blob/v6.12/fs/ext4/ioctl.c>).
    const GET_VERSION: libc::Ioctl = 0x8008_7601_u32 as libc::Ioctl;
    let mut version: libc::c_long = 0;
    // SAFETY: the kernel writes no more than a long, which outlives the call.
    let result = unsafe { libc::ioctl(file.as_raw_fd(), GET_VERSION, &raw mut version) };
    (result == 0).then_some(version as u32)
}

/// The bytes of pages that the kernel maps of itself. All 64-bit programs have the same vdso, this one too: where the
/// process is gone, it is read here.
pub(super) fn own_pages(pid: u32, key: &FileKey, mapping: &Range<u64>) -> Option<Vec<u8>> {
    pages(&pid.to_string(), mapping).or_else(|| {
        let is_same = key.path == VDSO && key.generation == u64::from(usize::BITS);
        let maps = super::super::text(Path::new("/proc/self/maps")).filter(|_| is_same)?;
        let lines = super::super::parse_maps(&maps);
        let own = lines.iter().find(|line| line.path == VDSO)?;
        pages("self", &(own.start..own.end))
    })
}

fn pages(process: &str, mapping: &Range<u64>) -> Option<Vec<u8>> {
    let len = mapping.end.checked_sub(mapping.start)?.min(OWN_PAGES);
    let memory = File::open(format!("/proc/{process}/mem")).ok()?;
    let mut bytes = vec![0; usize::try_from(len).ok()?];
    memory.read_exact_at(&mut bytes, mapping.start).ok()?;
    Some(bytes)
}
