//! What is known of the watched processes: a fold over records of state and looks at `/proc`.
//!
//! A wrong answer is never given for a missing one: what a loss or a gap made uncertain is unknown until read anew.
//! Looking itself is left to `facts`; this only says what it wants looked at.

mod happened;
pub mod identity;
pub mod maps;

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use kprobe_common::record::{Change, Header};
use kprobe_common::table::{self, change};

use crate::event::{Mapping, Proc, ProcessEvent};
use crate::input::ProcessLook;
use crate::record::{Body, Record};
pub use happened::Happened;
use maps::Maps;

/// `CLONE_VM` and `CLONE_THREAD` of `clone(2)`.
const CLONE_VM: u64 = 0x100;
const CLONE_THREAD: u64 = 0x1_0000;
/// A clock tick as user space counts them, nanoseconds.
const TICK_NS: u64 = 10_000_000;
/// A process that could not be read is not looked at again so soon, nanoseconds.
const LOOK_AGAIN_NS: u64 = 1_000_000_000;

/// What is known of the caller of a call, when it began.
#[derive(Clone, Debug)]
pub struct Who {
    /// The process for good.
    pub proc: Proc,
    /// The first word of its command line.
    pub name: Option<Rc<str>>,
    /// The mapping that the `svc` lies in.
    pub map: Option<Mapping>,
}

/// All watched processes.
#[derive(Debug, Default)]
pub struct World {
    processes: HashMap<u32, Process>,
    spaces: HashMap<u64, Space>,
    next_space: u64,
    /// Bytes of a page.
    page: u64,
    /// Whether changes of mappings are seen; if not, what `/proc` said is soon out of date.
    follows: bool,
}

#[derive(Debug)]
struct Process {
    proc: Proc,
    ppid: Option<u32>,
    uid: u32,
    name: Option<Rc<str>>,
    threads: HashSet<u32>,
    space: u64,
    /// Executed a program, whose name and mappings are not known yet.
    stale: bool,
    /// When it was last looked at, or could not be.
    looked: Option<u64>,
}

/// An address space and the processes in it (`vfork` and `CLONE_VM` share one).
#[derive(Debug, Default)]
struct Space {
    maps: Maps,
    users: u32,
}

/// Bytes of a page where a recording does not say.
const PAGE: u64 = 4096;

impl World {
    /// Without processes, on a machine with pages of so many bytes. `follows` says whether changes will be told.
    #[must_use]
    pub fn new(page: u64, follows: bool) -> Self {
        Self {
            page: if page.is_power_of_two() { page } else { PAGE },
            follows,
            ..Self::default()
        }
    }

    /// Whether `/proc` should be looked at before this record: its process is new, or has become unknown.
    #[must_use]
    pub fn wants(&self, record: &Record<'_>) -> bool {
        if !record.begins_call() {
            return false;
        }
        let Some(process) = self.processes.get(&record.header.tgid) else {
            return true;
        };
        let unknown = process.stale || !self.maps(process).is_some_and(Maps::is_known);
        unknown
            && process.looked.is_none_or(|at| {
                at.saturating_add(LOOK_AGAIN_NS) < record.header.time || process.stale
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
        let is_new = !self.processes.contains_key(&look.pid);
        if is_new {
            let start = look
                .found
                .as_ref()
                .map_or(look.began / TICK_NS, |found| found.start);
            self.meet(
                Proc {
                    pid: look.pid,
                    start,
                },
                None,
                uid,
            );
        }
        let Some(process) = self.processes.get_mut(&look.pid) else {
            return;
        };
        process.looked = Some(look.ended);
        process.stale = false;
        if let Some(found) = &look.found {
            process.ppid = Some(found.ppid);
            process.name = (!found.name.is_empty()).then(|| found.name.as_str().into());
            process.threads.extend(&found.tids);
            let space = process.space;
            if let (Some(space), Some(lines)) = (self.spaces.get_mut(&space), &found.maps) {
                space.maps.read(lines, self.page, look.began, look.ended);
            }
        }
        if is_new {
            out(self.processes[&look.pid].happened(ProcessEvent::Attach, at));
        }
    }

    /// Who calls: the process, and where the call comes from.
    pub fn who(&mut self, header: &Header, svc: u64) -> Who {
        if !self.processes.contains_key(&header.tgid) {
            self.meet(
                Proc {
                    pid: header.tgid,
                    start: header.time / TICK_NS,
                },
                None,
                header.uid,
            );
        }
        let Some(process) = self.processes.get_mut(&header.tgid) else {
            return Who {
                proc: Proc {
                    pid: header.tgid,
                    start: 0,
                },
                name: None,
                map: None,
            };
        };
        process.threads.insert(header.tid);
        process.uid = header.uid;
        let process = &self.processes[&header.tgid];
        let map = self
            .maps(process)
            .filter(|_| self.follows)
            .and_then(|maps| maps.at(svc, header.time));
        Who {
            proc: process.proc,
            name: process.name.clone(),
            map,
        }
    }

    /// Takes a record of state.
    pub fn change(&mut self, record: &Record<'_>, mut out: impl FnMut(Happened<'_>)) {
        let header = &record.header;
        match record.body {
            Body::Change(change) => self.call(
                header,
                &change,
                record.has(kprobe_common::record::flag::BEFORE),
            ),
            Body::Fork(fork) => self.fork(header, fork.child, fork.clone_flags, &mut out),
            Body::Exec(_) => {
                let path = record.parts().next().map(|part| part.bytes);
                self.exec(header, path, &mut out);
            }
            Body::ThreadExit | Body::Left => self.thread_gone(record, &mut out),
            Body::Enter(_) | Body::Exit(_) | Body::ExitOnly(..) | Body::Resumed => {}
        }
    }

    /// Records of state were lost: whatever was known of mappings may be wrong.
    pub fn lost(&mut self) {
        for space in self.spaces.values_mut() {
            space.maps.forget();
        }
        for process in self.processes.values_mut() {
            process.looked = None;
        }
    }

    fn call(&mut self, header: &Header, change: &Change, before: bool) {
        let Some(row) = table::row(header.index) else {
            return;
        };
        if row.state & change::MAPS == 0 {
            return;
        }
        let Some(process) = self.processes.get(&header.tgid) else {
            return;
        };
        if let (Some(space), Some(effect)) = (self.spaces.get_mut(&process.space), row.effect) {
            if before {
                space
                    .maps
                    .before(effect, &change.args, header.time, header.tid);
            } else {
                space.maps.apply(
                    effect,
                    &change.args,
                    change.ret as u64,
                    header.time,
                    header.tid,
                );
            }
        }
    }

    fn fork(
        &mut self,
        header: &Header,
        child: u32,
        flags: u64,
        out: &mut impl FnMut(Happened<'_>),
    ) {
        if flags & CLONE_THREAD != 0 {
            if let Some(process) = self.processes.get_mut(&header.tgid) {
                process.threads.insert(child);
            }
            return;
        }
        self.forget(child);
        let parent = self.processes.get(&header.tgid);
        let (name, space) = parent.map_or((None, None), |parent| {
            (parent.name.clone(), Some(parent.space))
        });
        let maps = match space {
            Some(space) if flags & CLONE_VM != 0 => Err(space),
            Some(space) => Ok(self
                .spaces
                .get(&space)
                .map(|space| space.maps.for_child(header.time))
                .unwrap_or_default()),
            None => Ok(Maps::default()),
        };
        let space = match maps {
            Ok(maps) => self.new_space(maps),
            Err(shared) => {
                if let Some(space) = self.spaces.get_mut(&shared) {
                    space.users += 1;
                }
                shared
            }
        };
        let process = Process {
            proc: Proc {
                pid: child,
                start: header.time / TICK_NS,
            },
            ppid: Some(header.tgid),
            uid: header.uid,
            name,
            threads: HashSet::from([child]),
            space,
            stale: false,
            looked: None,
        };
        out(process.happened(ProcessEvent::Start, header.time));
        self.processes.insert(child, process);
    }

    fn exec(&mut self, header: &Header, path: Option<&[u8]>, out: &mut impl FnMut(Happened<'_>)) {
        if !self.processes.contains_key(&header.tgid) {
            self.meet(
                Proc {
                    pid: header.tgid,
                    start: header.time / TICK_NS,
                },
                None,
                header.uid,
            );
        }
        let fresh = self.new_space(Maps::default());
        let Some(process) = self.processes.get_mut(&header.tgid) else {
            return;
        };
        let old = std::mem::replace(&mut process.space, fresh);
        process.threads = HashSet::from([header.tid]);
        process.name = None;
        process.stale = true;
        process.uid = header.uid;
        out(Happened {
            path,
            ..process.happened(ProcessEvent::Exec, header.time)
        });
        self.leave_space(old);
    }

    /// A thread ended or is watched no more; with the last one, its process.
    fn thread_gone(&mut self, record: &Record<'_>, out: &mut impl FnMut(Happened<'_>)) {
        let header = &record.header;
        let Some(process) = self.processes.get_mut(&header.tgid) else {
            return;
        };
        process.threads.remove(&header.tid);
        if process.threads.is_empty() {
            out(process.happened(happened::end(record), header.time));
            self.forget(header.tgid);
        }
    }

    fn meet(&mut self, proc: Proc, ppid: Option<u32>, uid: u32) {
        let space = self.new_space(Maps::default());
        let process = Process {
            proc,
            ppid,
            uid,
            name: None,
            threads: HashSet::new(),
            space,
            stale: false,
            looked: None,
        };
        self.processes.insert(proc.pid, process);
    }

    fn forget(&mut self, pid: u32) {
        if let Some(process) = self.processes.remove(&pid) {
            self.leave_space(process.space);
        }
    }

    fn new_space(&mut self, maps: Maps) -> u64 {
        self.next_space += 1;
        self.spaces
            .insert(self.next_space, Space { maps, users: 1 });
        self.next_space
    }

    fn leave_space(&mut self, id: u64) {
        if let Some(space) = self.spaces.get_mut(&id) {
            space.users -= 1;
            if space.users == 0 {
                self.spaces.remove(&id);
            }
        }
    }

    fn maps(&self, process: &Process) -> Option<&Maps> {
        self.spaces.get(&process.space).map(|space| &space.maps)
    }
}

impl Process {
    fn happened(&self, event: ProcessEvent, time: u64) -> Happened<'static> {
        Happened {
            event,
            time,
            proc: self.proc,
            ppid: self.ppid,
            uid: self.uid,
            name: self.name.clone(),
            path: None,
        }
    }
}
