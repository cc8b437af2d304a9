//! A command that is started to be watched: it waits, still as the daemon's own child code, until the probes are live,
//! so that its first call that is seen is its `execve`.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;

use crate::cli;

/// Where `execvp` looks without a `PATH`.
const PATH: &str = "/usr/local/bin:/bin:/usr/bin";

/// Why a command could not be started.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// It is not there, or is no program.
    #[error("cannot start {name}: {source}")]
    Find {
        /// The program.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// There is no word.
    #[error("the command behind `--` has an empty name: write the program to start there")]
    Nameless,
    /// No pipe, no process.
    #[error("cannot start {name}: {source}")]
    Start {
        /// The program.
        name: String,
        /// Why.
        source: io::Error,
    },
}

/// A command that waits for its release.
#[derive(Debug)]
pub struct Waiting {
    /// Its process.
    pub pid: u32,
    name: String,
    go: io::PipeWriter,
    spawned: mpsc::Receiver<io::Result<Child>>,
}

/// Where a command's standard output goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stdout {
    /// Where the daemon's goes.
    Same,
    /// To standard error, since the daemon's carries the lines.
    OnStderr,
    /// To the daemon, with standard error: [`Running::said`]. Nothing is there to be read.
    Kept,
}

/// Starts `argv` as a process that waits.
pub fn prepare(
    argv: &[OsString],
    uid: Option<u32>,
    stdout: Stdout,
) -> Result<Waiting, CommandError> {
    let program = argv.first().filter(|name| !name.is_empty());
    let program = program.ok_or(CommandError::Nameless)?;
    let name = cli::shown(program);
    let error = |source| CommandError::Start {
        name: name.clone(),
        source,
    };
    find(program).map_err(|source| CommandError::Find {
        name: name.clone(),
        source,
    })?;
    let (mut told, tell) = io::pipe().map_err(error)?;
    let (wait, go) = io::pipe().map_err(error)?;
    let mut command = Command::new(program);
    command.args(argv.iter().skip(1));
    if let Some(uid) = uid {
        command.uid(uid).gid(uid);
    }
    match stdout {
        Stdout::Same => {}
        Stdout::OnStderr => {
            let stderr = io::stderr().as_fd().try_clone_to_owned().map_err(error)?;
            command.stdout(Stdio::from(stderr));
        }
        Stdout::Kept => {
            command.stdin(Stdio::null());
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
        }
    }
    hold(&mut command, tell.into(), wait.into(), go.as_raw_fd());
    // Spawning returns once the child has executed, so it happens on a thread of its own.
    let (send, spawned) = mpsc::channel();
    std::thread::spawn(move || {
        let _ = send.send(command.spawn());
    });
    let mut pid = [0; 4];
    if let Err(source) = told.read_exact(&mut pid) {
        let source = spawned.recv().ok().and_then(Result::err).unwrap_or(source);
        return Err(error(source));
    }
    Ok(Waiting {
        pid: u32::from_ne_bytes(pid),
        name,
        go,
        spawned,
    })
}

/// Looks for the program where `execvp` will, so that a typing error is said before anything is attached.
fn find(name: &OsStr) -> io::Result<()> {
    if name.as_bytes().contains(&b'/') {
        return judge(Path::new(name));
    }
    let path = std::env::var_os("PATH").unwrap_or_else(|| PATH.into());
    let mut answer = Err(io::Error::from_raw_os_error(libc::ENOENT));
    for dir in std::env::split_paths(&path) {
        match judge(&dir.join(name)) {
            Ok(()) => return Ok(()),
            // What is no program is passed over, and said if there is nothing better.
            Err(error) if error.raw_os_error() == Some(libc::EACCES) => answer = Err(error),
            Err(_) => {}
        }
    }
    answer
}

/// Whether a file is a program, in the words of a shell.
fn judge(path: &Path) -> io::Result<()> {
    let metadata = std::fs::metadata(path)?;
    if metadata.is_dir() {
        Err(io::Error::from_raw_os_error(libc::EISDIR))
    } else if metadata.permissions().mode() & 0o111 == 0 {
        Err(io::Error::from_raw_os_error(libc::EACCES))
    } else {
        Ok(())
    }
}

/// Makes the child tell its number and wait for a byte before it executes. It lets go of its own copy of the pipe's
/// other end, `go`, first: else it would wait for ever for a daemon that ended without releasing it.
fn hold(command: &mut Command, tell: OwnedFd, wait: OwnedFd, go: RawFd) {
    let closure = move || {
        let pid = std::process::id().to_ne_bytes();
        let mut byte = 0u8;
        // SAFETY: plain reads and writes on descriptors that the closure owns, into memory that outlives them, and a
        // close of a descriptor that nothing in the child uses; all are allowed between fork and exec.
        // An error would be told to whoever spawned it: the daemon, which is gone if this fails.
        unsafe {
            libc::close(go);
            let told = libc::write(tell.as_raw_fd(), pid.as_ptr().cast(), pid.len());
            let read = libc::read(wait.as_raw_fd(), (&raw mut byte).cast(), 1);
            if told != pid.len() as isize || read != 1 {
                libc::_exit(1);
            }
        }
        Ok(())
    };
    // SAFETY: the closure allocates nothing and makes async-signal-safe calls only.
    unsafe { command.pre_exec(closure) };
}

impl Waiting {
    /// Lets the command run.
    pub fn release(mut self) -> Result<Running, CommandError> {
        let name = self.name;
        let error = |source| CommandError::Start {
            name: name.clone(),
            source,
        };
        self.go.write_all(&[1]).map_err(error)?;
        match self.spawned.recv() {
            Ok(Ok(child)) => Ok(Running { child }),
            Ok(Err(source)) => Err(error(source)),
            Err(_) => Err(error(io::Error::other("the thread that starts it is gone"))),
        }
    }
}

/// A command that runs.
#[derive(Debug)]
pub struct Running {
    child: Child,
}

impl Running {
    /// Whether it has ended, and how in words.
    pub fn ended(&mut self) -> Option<String> {
        let status = self.child.try_wait().ok()??;
        Some(match (status.code(), status.signal()) {
            (Some(code), _) => format!("exit status {code}"),
            (_, Some(signal)) => format!("signal {signal}"),
            _ => status.to_string(),
        })
    }

    /// What it said and how it ended, once it has; [`Stdout::Kept`].
    pub fn said(self) -> io::Result<Output> {
        self.child.wait_with_output()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_is_never_released_goes_away() {
        let argv = ["true".into()];
        let Waiting { go, spawned, .. } = prepare(&argv, None, Stdout::Same).unwrap();
        drop(go);
        let spawned = spawned.recv_timeout(std::time::Duration::from_secs(10));
        let ended = spawned.unwrap().unwrap().wait().unwrap();
        assert_eq!(ended.code(), Some(1), "it was executed");
    }

    #[test]
    fn a_command_that_cannot_be_is_said_at_once() {
        let said = |name: &str| {
            prepare(&[name.into()], None, Stdout::Same)
                .unwrap_err()
                .to_string()
        };
        assert!(said("no-such-program").starts_with("cannot start no-such-program: No such file"));
        assert!(said("/tmp").starts_with("cannot start /tmp: Is a directory"));
        assert!(said("/etc/passwd").starts_with("cannot start /etc/passwd: Permission denied"));
        assert!(said("").contains("empty name"));
        assert!(matches!(
            prepare(&[], None, Stdout::Same),
            Err(CommandError::Nameless)
        ));
        let odd = OsStr::from_bytes(b"no-such-\xff").to_owned();
        let error = prepare(&[odd], None, Stdout::Same).unwrap_err();
        assert!(error.to_string().contains(r"no-such-\xff"), "{error}");
    }

    #[test]
    fn words_that_are_not_utf8_arrive_as_they_are() {
        let test = [b"test".as_slice(), b"\xff\xfe", b"=", b"\xff\xfe"];
        let argv = test.map(|word| OsStr::from_bytes(word).to_owned());
        let mut running = prepare(&argv, None, Stdout::Same)
            .unwrap()
            .release()
            .unwrap();
        assert!(running.child.wait().unwrap().success());
    }
}
