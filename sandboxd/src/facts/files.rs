//! Looks at descriptors: `/proc/PID/fd`, and sockets, which only a descriptor of one's own can be asked about.

use std::fs;
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

use crate::input::{CWD, DescriptorLook, Fact, FilesFound, OpenFile, ROOT, SocketFound};

use super::boot_ns;

/// `O_CLOEXEC`, as `/proc/PID/fdinfo` has it: octal.
const O_CLOEXEC: u32 = 0o2_000_000;

/// Looks at one descriptor of a thread, or at a directory that its paths begin at: [`CWD`], [`ROOT`].
#[must_use]
pub fn descriptor(pid: u32, tid: u32, fd: i32) -> Fact {
    let began = boot_ns();
    let thread = Thread::new(pid, tid);
    let found = match fd {
        CWD => thread.dir_at("cwd", fd),
        ROOT => thread.dir_at("root", fd),
        _ => thread.open_file(fd, &mut None),
    };
    // Asked after it: if this is the process still, it was it then.
    let start = super::start(pid).unwrap_or(0);
    Fact::Descriptor {
        look: DescriptorLook {
            pid,
            tid,
            fd,
            start,
            began,
            ended: boot_ns(),
            found,
        },
    }
}

/// All descriptors of a thread, and the directories its paths begin at.
pub(super) fn files(pid: u32, tid: u32, tids: &[u32]) -> Option<FilesFound> {
    let thread = Thread::new(pid, tid);
    let mut pidfd = None;
    let mut open = Vec::new();
    for entry in fs::read_dir(thread.dir.join("fd")).ok()? {
        let fd = entry.ok()?.file_name().to_str()?.parse().ok()?;
        open.extend(thread.open_file(fd, &mut pidfd));
    }
    let link = |name: &str| thread.link(name).unwrap_or_default();
    let owners = tids
        .iter()
        .filter_map(|tid| fs::metadata(format!("/proc/{pid}/task/{tid}")).ok())
        .map(|metadata| metadata.uid());
    let users: std::collections::BTreeSet<u32> = owners.collect();
    Some(FilesFound {
        cwd: link("cwd"),
        root: link("root"),
        open,
        users: users.len(),
    })
}

/// A thread, as `/proc` has it.
struct Thread {
    pid: u32,
    dir: PathBuf,
}

impl Thread {
    fn new(pid: u32, tid: u32) -> Self {
        Self {
            pid,
            dir: format!("/proc/{pid}/task/{tid}").into(),
        }
    }

    /// A link to a directory, by its name; nothing if it cannot be read or is not UTF-8.
    fn link(&self, name: &str) -> Option<String> {
        let path = fs::read_link(self.dir.join(name)).ok()?;
        path.into_os_string().into_string().ok()
    }

    /// The same, as if it were a descriptor of that number.
    fn dir_at(&self, name: &str, fd: i32) -> Option<OpenFile> {
        Some(OpenFile {
            fd,
            link: self.link(name)?,
            ..OpenFile::default()
        })
    }

    /// What is behind a descriptor. `pidfd` is this thread's process, once it was needed.
    fn open_file(&self, fd: i32, pidfd: &mut Option<OwnedFd>) -> Option<OpenFile> {
        let link = fs::read_link(self.dir.join("fd").join(fd.to_string())).ok()?;
        let info = fs::read_to_string(self.dir.join("fdinfo").join(fd.to_string())).ok()?;
        let field = |name: &str| {
            let line = info.lines().find_map(|line| line.strip_prefix(name))?;
            line.strip_prefix(':').map(str::trim)
        };
        let flags = u32::from_str_radix(field("flags")?, 8).ok()?;
        // Not UTF-8: it is there, and what it is called cannot be said.
        let link = link.into_os_string().into_string().unwrap_or_default();
        let socket = link.starts_with("socket:").then(|| {
            if pidfd.is_none() {
                *pidfd = pidfd_open(self.pid);
            }
            let copy = pidfd.as_ref().and_then(|pidfd| pidfd_getfd(pidfd, fd));
            copy.map(|copy| ask(&copy)).unwrap_or_default()
        });
        Some(OpenFile {
            fd,
            on_exec: flags & O_CLOEXEC != 0,
            pid: field("Pid").and_then(|pid| pid.parse().ok()),
            link,
            socket,
        })
    }
}

fn pidfd_open(pid: u32) -> Option<OwnedFd> {
    // SAFETY: takes numbers alone.
    own(unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) })
}

fn pidfd_getfd(pidfd: &OwnedFd, fd: i32) -> Option<OwnedFd> {
    // SAFETY: takes numbers alone.
    own(unsafe { libc::syscall(libc::SYS_pidfd_getfd, pidfd.as_raw_fd(), fd, 0) })
}

fn own(fd: libc::c_long) -> Option<OwnedFd> {
    // SAFETY: a descriptor that the kernel just gave, which nobody else knows.
    (fd >= 0).then(|| unsafe { OwnedFd::from_raw_fd(fd as i32) })
}

/// Asks a socket what it is and where its ends are.
fn ask(socket: &OwnedFd) -> SocketFound {
    SocketFound {
        domain: option(socket, libc::SO_DOMAIN),
        kind: option(socket, libc::SO_TYPE),
        protocol: option(socket, libc::SO_PROTOCOL),
        local: address(socket, libc::getsockname),
        peer: address(socket, libc::getpeername),
    }
}

fn option(socket: &OwnedFd, name: libc::c_int) -> Option<u32> {
    let mut value: libc::c_int = 0;
    let mut len = size_of::<libc::c_int>() as libc::socklen_t;
    // SAFETY: the kernel writes at most `len` bytes to `value`.
    let got = unsafe {
        let value = (&raw mut value).cast();
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            name,
            value,
            &raw mut len,
        )
    };
    (got == 0).then_some(value.cast_unsigned())
}

type Ask =
    unsafe extern "C" fn(libc::c_int, *mut libc::sockaddr, *mut libc::socklen_t) -> libc::c_int;

fn address(socket: &OwnedFd, ask: Ask) -> Vec<u8> {
    let mut bytes = [0u8; size_of::<libc::sockaddr_storage>()];
    let mut len = bytes.len() as libc::socklen_t;
    // SAFETY: the kernel writes at most `len` bytes to `bytes`, and to `len` how many there are.
    let got = unsafe { ask(socket.as_raw_fd(), bytes.as_mut_ptr().cast(), &raw mut len) };
    if got == 0 {
        bytes[..bytes.len().min(len as usize)].to_vec()
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsRawFd as _;

    use super::*;

    fn look(fd: i32) -> Option<OpenFile> {
        let pid = std::process::id();
        match descriptor(pid, pid, fd) {
            Fact::Descriptor { look } => look.found,
            fact => panic!("{fact:?}"),
        }
    }

    #[test]
    fn a_file_says_its_path_and_whether_an_exec_closes_it() {
        let file = fs::File::open("/proc/self/status").unwrap();
        let found = look(file.as_raw_fd()).unwrap();
        assert!(found.link.ends_with("/status"), "{found:?}");
        assert!(found.on_exec);
        assert_eq!(found.socket, None);
    }

    #[test]
    fn a_socket_says_its_ends() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let socket = look(listener.as_raw_fd()).unwrap().socket.unwrap();
        // Where this may not be asked, nothing is said.
        if let Some(domain) = socket.domain {
            assert_eq!(domain, libc::AF_INET.cast_unsigned());
            let port = listener.local_addr().unwrap().port();
            assert_eq!(socket.local[2..4], port.to_be_bytes());
            assert!(socket.peer.is_empty());
        }
    }

    #[test]
    fn what_is_not_open_is_not_found() {
        assert_eq!(look(987_654), None);
    }

    #[test]
    fn a_process_has_directories() {
        let pid = std::process::id();
        let found = files(pid, pid, &[pid]).unwrap();
        assert_eq!(
            found.cwd,
            std::env::current_dir().unwrap().to_str().unwrap()
        );
        assert_eq!((found.root.as_str(), found.users), ("/", 1));
        assert!(found.open.iter().any(|open| open.fd == 1));
    }
}
