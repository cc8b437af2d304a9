//! Locks of files, by which a process that is there is told from one that was killed. What a lock means is left to whoever takes
//! it.
//!
//! They are of the POSIX kind, which the kernel takes away when a killed process's descriptors are closed. One by `flock`
//! stays until its files are done away with, behind the probes, which takes half a minute. They go too when the process closes
//! any descriptor of the file.
//! <https://github.com/torvalds/linux/blob/v6.12/fs/open.c#L1541-L1557>

use std::fs::{self, File};
use std::io;
use std::os::fd::AsRawFd as _;
use std::thread;
use std::time::{Duration, Instant};

/// How long a process that was killed may take to end, on a busy device.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(20);
/// `PF_EXITING` of <https://github.com/torvalds/linux/blob/v6.12/include/linux/sched.h#L1686>.
const EXITING: u64 = 4;

/// Locks a file for writing, or gives the process that has it locked and will have it for longer.
pub(crate) fn lock(file: &File) -> io::Result<Option<libc::pid_t>> {
    let began = Instant::now();
    loop {
        match try_lock(file)? {
            Some(holder) if is_ending(holder) && began.elapsed() < PATIENCE => thread::sleep(PAUSE),
            other => return Ok(other),
        }
    }
}

/// The same, at once. The holder is 0 if it let go just while it was asked who it is.
fn try_lock(file: &File) -> io::Result<Option<libc::pid_t>> {
    // SAFETY: plain integers, for which zero is a value: from the start of the file to its end.
    let mut lock: libc::flock = unsafe { std::mem::zeroed() };
    lock.l_type = libc::F_WRLCK as libc::c_short;
    lock.l_whence = libc::SEEK_SET as libc::c_short;
    // SAFETY: the kernel reads one `flock`, ours.
    if unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETLK, &raw const lock) } == 0 {
        return Ok(None);
    }
    let error = io::Error::last_os_error();
    if !matches!(error.raw_os_error(), Some(libc::EACCES | libc::EAGAIN)) {
        return Err(error);
    }
    // SAFETY: the kernel reads one `flock`, ours, and writes it.
    if unsafe { libc::fcntl(file.as_raw_fd(), libc::F_GETLK, &raw mut lock) } != 0 {
        return Err(io::Error::last_os_error());
    }
    let has_gone = lock.l_type == libc::F_UNLCK as libc::c_short;
    Ok(Some(if has_gone { 0 } else { lock.l_pid }))
}

/// Whether a process was killed, or ends by itself: its locks go a moment later.
fn is_ending(pid: libc::pid_t) -> bool {
    let killed = || {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let pending = status
            .lines()
            .find_map(|line| line.strip_prefix("SigPnd:"))?;
        let pending = u64::from_str_radix(pending.trim(), 16).ok()?;
        Some(pending & 1 << (libc::SIGKILL - 1) != 0)
    };
    let exiting = || {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // Behind the name, which may have anything in it: state, five numbers, flags.
        let (_, rest) = stat.rsplit_once(") ")?;
        let flags: u64 = rest.split(' ').nth(6)?.parse().ok()?;
        Some(flags & EXITING != 0)
    };
    // Who cannot be looked at has gone.
    killed().unwrap_or(true) || exiting().unwrap_or(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Locks the file named by the first argument, says so, and waits for the end of its input.
    const OTHER: &str = "import fcntl,sys; f=open(sys.argv[1],'r+'); fcntl.lockf(f,fcntl.LOCK_EX); print('locked',flush=True); sys.stdin.read()";

    #[test]
    fn who_has_it_is_told_and_it_goes_with_its_process() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        let file = File::create(&path).unwrap();
        let other = std::process::Command::new("python3")
            .args(["-c", OTHER])
            .arg(&path)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn();
        let mut other = match other {
            Ok(other) => other,
            Err(error) => return eprintln!("skipped: no python3: {error}"),
        };
        let said = other.stdout.take().unwrap();
        let mut word = String::new();
        io::BufRead::read_line(&mut io::BufReader::new(said), &mut word).unwrap();
        assert_eq!(lock(&file).unwrap(), Some(other.id() as libc::pid_t));
        assert!(!is_ending(other.id() as libc::pid_t));
        other.kill().unwrap();
        // Whether it has ended by now or not.
        assert_eq!(lock(&file).unwrap(), None);
        assert!(is_ending(other.id() as libc::pid_t));
        other.wait().unwrap();
    }
}
