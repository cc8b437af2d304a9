//! What lines of `/proc/PID/maps` say.

use super::PROT_WRITE;
use super::backing::{Backing, Files};
use super::ranges::Range;
use crate::event::Perms;
use crate::input::{FileKey, MapLine};

/// The stack in `/proc/PID/maps`: where its permissions were changed it is several mappings, and only one has the name.
pub(super) fn stack_among(lines: &[MapLine]) -> Option<(u64, u64)> {
    let at = lines.iter().position(|line| line.path == "[stack]")?;
    let (mut start, mut end) = (lines[at].start, lines[at].end);
    let is_part = |line: &MapLine| line.path.is_empty() && line.inode == 0;
    for line in lines[..at].iter().rev() {
        if line.end != start || !is_part(line) {
            break;
        }
        start = line.start;
    }
    for line in &lines[at + 1..] {
        if line.start != end || !is_part(line) {
            break;
        }
        end = line.end;
    }
    Some((start, end))
}

/// A line of `/proc/PID/maps` as a range that is known since that time.
pub(super) fn found(
    line: &MapLine,
    files: &mut Files,
    stack: Option<(u64, u64)>,
    since: u64,
) -> Range {
    let key = FileKey {
        major: line.major,
        minor: line.minor,
        inode: line.inode,
        ..FileKey::default()
    };
    Range {
        end: line.end,
        perms: Perms {
            prot: line.prot,
            shared: line.shared,
        },
        backing: match stack {
            Some((start, end)) if (start..end).contains(&line.start) => Backing::Stack,
            _ => files.backing(&line.path, key, line.offset),
        },
        since,
        written: line.prot & PROT_WRITE != 0,
        ..Range::default()
    }
}
