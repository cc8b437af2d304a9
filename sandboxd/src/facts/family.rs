//! Zygotes and what came out of them before the probes were live.

use std::fs;
use std::path::{Path, PathBuf};

use kprobe_common::family::{CommandLine, WEBVIEW_ZYGOTE};

use super::parse_stat;

/// What zygotes call themselves; before they do, an argument of theirs says it.
const ZYGOTES: [&[u8]; 2] = [b"zygote", b"zygote64"];
const OF_WEB_VIEWS: &[u8] = b"webview_zygote";
const ARGUMENT: &[u8] = b"--zygote";

/// A process of `/proc`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Running {
    /// Its start, clock ticks since boot.
    pub start: u64,
    /// Its number.
    pub pid: u32,
    /// Its parent.
    pub ppid: u32,
    /// Real user ID.
    pub uid: u32,
}

/// All processes, in the order in which they began: whoever made one stands before it.
#[must_use]
pub fn processes() -> Vec<Running> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let mut found: Vec<Running> = pids.filter_map(running).collect();
    found.sort_unstable_by_key(|process| (process.start, process.pid));
    found
}

fn running(pid: u32) -> Option<Running> {
    let dir = directory(pid);
    let (ppid, start) = parse_stat(&super::state(pid)?)?;
    let status = super::text(&dir.join("status"))?;
    let uids = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    let uid = uids.split_whitespace().next()?.parse().ok()?;
    Some(Running {
        start,
        pid,
        ppid,
        uid,
    })
}

/// Where the command line of a zygote is, and how it begins; `None` if the process is none.
#[must_use]
pub fn zygote(pid: u32) -> Option<CommandLine> {
    let line = words(pid)?;
    let mut words = line.split(|&byte| byte == 0);
    let first = words.next()?;
    // Anything can call itself so; what makes processes for other users is root, or the one user that may.
    let is_zygote = match running(pid)?.uid {
        0 => ZYGOTES.contains(&first) || words.any(|word| word == ARGUMENT),
        WEBVIEW_ZYGOTE => first == OF_WEB_VIEWS,
        _ => false,
    };
    is_zygote.then(|| place(pid, &line))?
}

/// Where the command line of a process is, and how it begins.
#[must_use]
pub fn command_line(pid: u32) -> Option<CommandLine> {
    place(pid, &words(pid)?)
}

fn words(pid: u32) -> Option<Vec<u8>> {
    fs::read(directory(pid).join("cmdline")).ok()
}

fn place(pid: u32, line: &[u8]) -> Option<CommandLine> {
    let stat = super::state(pid)?;
    let mut head = [0; 32];
    let known = line.len().min(head.len());
    head[..known].copy_from_slice(&line[..known]);
    Some(CommandLine {
        address: begin(&stat)?,
        head: bytemuck::cast(head),
    })
}

/// Where the arguments begin (field 48, `proc_pid_stat(5)`).
fn begin(stat: &str) -> Option<u64> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    fields.nth(45)?.parse().ok().filter(|&address| address != 0)
}

fn directory(pid: u32) -> PathBuf {
    Path::new("/proc").join(pid.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_found_and_is_no_zygote() {
        let pid = std::process::id();
        let found = processes();
        assert!(found.iter().any(|process| process.pid == pid));
        assert!(found.windows(2).all(|pair| pair[0].start <= pair[1].start));
        assert_eq!(zygote(pid), None);
        let stat = fs::read_to_string("/proc/self/stat").unwrap();
        assert!(begin(&stat).is_some());
    }
}
