//! Looks at `/proc`: which one is due, and what it tells.

use std::rc::Rc;

use kprobe_common::index;
use kprobe_common::record::Header;
use kprobe_common::table::kind::Kind;
use kprobe_common::table::{self, Files};

use super::file::{File, SOCKET, Socket, other_address, own_address};
use super::maps::Maps;
use super::meant::{Tables, numbered};
use super::space::Space;
use super::table::Table;
use super::{Happened, TICK_NS, World};
use crate::event::{From, Proc, ProcessEvent};
use crate::input::{CWD, DescriptorLook, FilesFound, Found, OpenFile, ProcessLook, ROOT};
use crate::record::{Body, Record};

/// A process that could not be read is not looked at again so soon, nanoseconds.
const LOOK_AGAIN_NS: u64 = 1_000_000_000;
/// So many descriptors are looked at in so long, nanoseconds: a program can make up numbers faster than anybody can look.
const LOOKS_MAX: u32 = 500;
const LOOKS_NS: u64 = 100_000_000;
/// What `/proc` says of a file that has no name any more.
const DELETED: &[u8] = b" (deleted)";

/// A look that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// At the whole process.
    Process,
    /// At its name.
    Name,
    /// At one of its descriptors, or at a directory that paths begin at ([`CWD`], [`ROOT`]).
    Descriptor(i32),
}

impl World {
    /// What should be looked at before this record: its process if it is new or has become unknown, its name if that
    /// may have changed, a descriptor that no call made.
    #[must_use]
    pub fn wants(&self, record: &Record<'_>) -> Option<Want> {
        // After it executes a program, it could not be told when it began.
        let executes = matches!(record.body, Body::Exec(_));
        if !record.begins_call() && !executes {
            return None;
        }
        let process = self.processes.get(&record.header.tgid);
        let Some(process) = process.filter(|process| !executes || process.announced) else {
            return Some(Want::Process);
        };
        if executes {
            return None;
        }
        let maps = self.spaces.get(&process.space).map(Space::maps);
        // What is seen of it now is of no use before what was lost is behind.
        let unknown = !process.announced
            || !self.is_in_doubt()
                && (process.stale || process.missed || !maps.is_some_and(Maps::is_known));
        let due = unknown
            && process.looked.is_none_or(|at| {
                at.saturating_add(LOOK_AGAIN_NS) < record.header.time || process.stale
            });
        if due {
            return Some(Want::Process);
        }
        if process.name_is_due(record.header.time) {
            return Some(Want::Name);
        }
        self.wanted_descriptor(record).map(Want::Descriptor)
    }

    fn wanted_descriptor(&self, record: &Record<'_>) -> Option<i32> {
        let (Body::Enter(frame), header) = (record.body, &record.header) else {
            return None;
        };
        if self.is_in_doubt() {
            return None;
        }
        let (since, count) = self.recent_looks;
        if count >= LOOKS_MAX && header.time < since.saturating_add(LOOKS_NS) {
            return None;
        }
        let row = table::row(header.index)?;
        // What is closed now is not there any more when it is looked at.
        if matches!(row.files, Some(Files::Closes)) {
            return None;
        }
        let tables = self.tables(header)?;
        let (files, dirs) = (tables.files.borrow(), tables.dirs.borrow());
        let abi = index::abi(header.index);
        let form = row.form_in(abi, &frame.args);
        numbered(&form, abi, &frame).find_map(|(arg, _, number)| match arg.kind {
            Kind::Fd | Kind::DirFd => {
                (number >= 0 && files.wants_look(number, header.time)).then_some(number)
            }
            // A change of directory that overlapped the look at the process, or could not be read, left it unknown.
            Kind::Path => [number, ROOT]
                .into_iter()
                .find(|&number| number < 0 && dirs.wants_look(number, header.time)),
            _ => None,
        })
    }

    /// Takes a look at a process, for a record of that user ID and time.
    pub fn look(
        &mut self,
        look: &ProcessLook,
        uid: u32,
        at: u64,
        mut out: impl FnMut(Happened<'_>),
    ) {
        let header = Header {
            tgid: look.pid,
            tid: look.tid,
            uid,
            time: at,
            ..Header::default()
        };
        let seen = self.seen_then(look, at);
        if self.is_another(look.pid, seen) {
            self.replaced(look.pid, at, &mut out);
        }
        let process = self.process(&header);
        let is_new = !std::mem::replace(&mut process.announced, true);
        if is_new {
            let start = seen.map_or(at / TICK_NS, |found| found.start);
            process.proc = Proc {
                pid: look.pid,
                start,
            };
        }
        process.looked = Some(look.ended);
        (process.stale, process.missed) = (false, false);
        let renamed = seen.is_some_and(|found| self.found(look, found));
        let is_made = is_new && self.made.take_if(|made| *made == look.pid).is_some();
        if is_made {
            let process = self.process(&header);
            (process.named, process.from) = (true, From::Command);
        }
        if is_new {
            self.may_be_candidate(look.pid);
        }
        self.settle(look.pid);
        let process = &self.processes[&look.pid];
        if is_new {
            let event = if is_made {
                ProcessEvent::Start
            } else {
                ProcessEvent::Attach
            };
            out(process.happened(event, at));
        } else if renamed {
            out(process.happened(ProcessEvent::Rename, at));
        }
    }

    /// What a look found, if it is of the process that a record of that time was of: its number may be another's since.
    fn seen_then<'a>(&self, look: &'a ProcessLook, at: u64) -> Option<&'a Found> {
        let found = look.found.as_ref()?;
        let begun = found.start.saturating_mul(TICK_NS);
        // A start is known to a tick: of another process that began in the tick of the record nobody knows which was first.
        let begun = if self.is_another(look.pid, Some(found)) {
            begun.saturating_add(TICK_NS)
        } else {
            begun
        };
        (begun <= at).then_some(found)
    }

    /// Whether the number is another process's than the one that is known by it.
    fn is_another(&self, pid: u32, found: Option<&Found>) -> bool {
        // What a record says of the start is a little later than what `/proc` says of the same process.
        let process = self.processes.get(&pid);
        process
            .zip(found)
            .is_some_and(|(process, found)| process.announced && found.start > process.proc.start)
    }

    /// Takes what a look found. Returns whether the process has another name now.
    fn found(&mut self, look: &ProcessLook, found: &Found) -> bool {
        let Some(process) = self.processes.get_mut(&look.pid) else {
            return false;
        };
        process.ppid = Some(found.ppid);
        process.threads.extend(&found.tids);
        let renamed = process.naming.take(&found.name, look.ended);
        process.cmdline = found.cmdline.as_slice().into();
        let (space, tables) = (process.space, process.tables_of(look.tid).clone());
        if let (Some(space), Some(lines)) = (self.spaces.get_mut(&space), &found.maps) {
            let time = (look.began, look.ended);
            if space.maps().is_known() {
                space.change().fill(lines, &mut self.mapped, look.ended);
            } else {
                space
                    .change()
                    .read(lines, &mut self.mapped, self.page, time);
            }
        }
        if let Some(files) = found.files.as_ref().filter(|_| self.follows_files) {
            // Threads of other users are not watched, and change the same tables.
            if self.by_uid && files.users > 1 {
                tables.files.borrow_mut().distrusted = true;
            }
            read_files(&tables, files, look.began, look.ended);
        }
        renamed
    }

    /// Takes a look at a descriptor.
    pub fn look_at(&mut self, look: &DescriptorLook) {
        let (since, count) = self.recent_looks;
        self.recent_looks = if look.began < since.saturating_add(LOOKS_NS) {
            (since, count + 1)
        } else {
            (look.began, 1)
        };
        let Some(process) = self.processes.get(&look.pid) else {
            return;
        };
        let tables = process.tables_of(look.tid);
        let is_dir = matches!(look.fd, CWD | ROOT);
        let table = if is_dir { &tables.dirs } else { &tables.files };
        let mut table = table.borrow_mut();
        // If the number is another process's by now, so is the descriptor.
        let found = look.found.as_ref();
        match found.filter(|_| look.start <= process.proc.start) {
            Some(open) if is_dir => {
                read_dir(&mut table, look.fd, &open.link, look.began, look.ended);
            }
            Some(open) => read_file(&mut table, open, look.began, look.ended),
            None => table.look_in_vain(look.fd, look.ended),
        }
    }
}

fn read_files(tables: &Tables, found: &FilesFound, began: u64, ended: u64) {
    let mut files = tables.files.borrow_mut();
    for open in &found.open {
        read_file(&mut files, open, began, ended);
    }
    let mut dirs = tables.dirs.borrow_mut();
    read_dir(&mut dirs, CWD, &found.cwd, began, ended);
    read_dir(&mut dirs, ROOT, &found.root, began, ended);
}

/// Takes what a link says of the working directory, or of the root, which counts only if it is everybody's.
fn read_dir(dirs: &mut Table, number: i32, link: &str, began: u64, ended: u64) {
    let link = link.as_bytes();
    if link.starts_with(b"/") && !link.ends_with(DELETED) && (number == CWD || link == b"/") {
        dirs.look(number, Rc::new(File::cwd(link.into())), false, began, ended);
    } else {
        dirs.look_in_vain(number, ended);
    }
}

fn read_file(files: &mut Table, open: &OpenFile, began: u64, ended: u64) {
    let file = seen(open);
    if file.kind == "io_uring" {
        files.distrusted = true;
    }
    if file.is_vague() {
        files.look_in_vain(open.fd, ended);
    }
    files.look(open.fd, Rc::new(file), open.on_exec, began, ended);
}

/// What a link in `/proc/PID/fd` says.
fn seen(open: &OpenFile) -> File {
    let link = open.link.as_bytes();
    if let Some(socket) = &open.socket {
        return File::socket(Socket {
            local: own_address(&socket.local),
            peer: other_address(&socket.peer),
            ..Socket::new(socket.domain, socket.kind, socket.protocol)
        });
    }
    if let Some(name) = link.strip_prefix(b"/memfd:") {
        let name = name.strip_suffix(DELETED).unwrap_or(name);
        return File {
            name: Some(name.into()),
            ..File::of("memfd")
        };
    }
    if link.starts_with(b"/dmabuf:") {
        return File::of("dmabuf");
    }
    if link.starts_with(b"/") {
        return File::at((!link.ends_with(DELETED)).then(|| link.into()));
    }
    let text = open.link.as_str();
    let kind = match text.split_once(':') {
        Some(("anon_inode", what)) => what.trim_start_matches('[').trim_end_matches(']'),
        Some((kind, _)) => kind,
        None => text,
    };
    let kind = match kind {
        "eventpoll" => "epoll",
        kind => kind,
    };
    match (kind, open.pid) {
        (SOCKET, _) => File::socket(Socket::default()),
        ("pidfd", pid) => File {
            pid,
            ..File::of("pidfd")
        },
        _ => File::of(kind.to_owned()),
    }
}
