//! What is known of the watched processes: a fold over records of state and looks at `/proc`.
//!
//! A wrong answer is never given for a missing one: what a loss or a gap made uncertain is unknown until read anew.
//! Looking itself is left to `facts`; this only says what it wants looked at.

mod belonging;
mod calls;
mod ending;
pub mod file;
mod happened;
pub mod identity;
mod life;
mod listed;
mod looks;
mod mapped;
pub mod maps;
pub mod meant;
mod name;
pub mod paths;
mod process;
mod space;
pub mod table;
mod wanted;

use std::collections::hash_map::Entry;
use std::rc::Rc;

use kprobe_common::record::Header;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::caller::{Caller, Class};
use crate::event::Proc;
use crate::input::FileKey;
use crate::record::{Body, Record};
pub use belonging::{MET, Settled};
use calls::Inside;
pub use ending::End;
pub use happened::Happened;
use identity::Packages;
pub use looks::Want;
use maps::backing::{Backing, Files as Mappings};
use maps::{Held, Maps};
use meant::{Meant, Tables};
use process::Process;
use space::Space;
pub use wanted::Verdict;
use wanted::Wanted;

/// A clock tick as user space counts them, nanoseconds.
const TICK_NS: u64 = 10_000_000;

/// What is known of the caller of a call, when it began.
#[derive(Clone, Debug)]
pub struct Who {
    /// The process for good.
    pub proc: Proc,
    /// The first word of its command line.
    pub name: Option<Rc<str>>,
    /// The package that it is of, where known.
    pub package: Option<Rc<str>>,
    /// Whether it is shown, as far as was known then.
    pub verdict: Verdict,
    /// Where the call came from.
    pub caller: Rc<Caller>,
    /// What the arguments mean; `None` where it is not followed.
    pub meant: Option<Rc<Meant>>,
}

/// All watched processes.
#[derive(Debug, Default)]
pub struct World {
    processes: FxHashMap<u32, Process>,
    spaces: FxHashMap<u64, Space>,
    /// Memory of programs that are being loaded, by process.
    loading: FxHashMap<u32, Maps>,
    /// Files that were mapped.
    mapped: Mappings,
    next_space: u64,
    /// Bytes of a page.
    page: u64,
    /// Whether changes of mappings are seen; if not, what `/proc` said is soon out of date.
    follows: bool,
    /// Threads inside a call.
    inside: FxHashMap<u32, Inside>,
    /// When the looks at descriptors began that are counted, and how many there were.
    recent_looks: (u64, u32),
    /// Whether descriptors and directories are followed.
    follows_files: bool,
    /// Whether a task is watched because of its user ID, which it can change.
    by_uid: bool,
    /// The process that was made to be watched, until it was met.
    made: Option<u32>,
    packages: Rc<Packages>,
    /// Something was lost by then; what is given before may be from before that, or from behind it. 0: nothing.
    doubtful_until: u64,
    wanted: Wanted,
    zygotes: FxHashSet<u32>,
    settled: Vec<Settled>,
    /// Processes that turned out to be none that were asked for.
    pub not_target: u64,
    /// Processes that ended before it was known whose they are.
    pub undetermined: u64,
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

    /// Begins: whether descriptors are followed, whether tasks are watched because of their user ID, and which process
    /// was made to be watched.
    pub fn begin(&mut self, follows_files: bool, by_uid: bool, made: Option<u32>) {
        self.follows_files = follows_files;
        self.by_uid = by_uid;
        self.made = made;
    }

    /// Who calls, from there.
    pub fn who(&mut self, header: &Header, caller: Rc<Caller>) -> Who {
        let process = self.process(header);
        process.threads.insert(header.tid);
        process.missed |= caller.place.class == Class::Unknown;
        let whose = process.whose.as_ref();
        Who {
            proc: process.proc,
            name: process.naming.name.clone(),
            package: whose.and_then(|whose| whose.package.clone()),
            verdict: process.verdict,
            caller,
            meant: None,
        }
    }

    /// What executable memory of the process of a record holds an address, when it was written.
    #[must_use]
    pub fn held(&self, header: &Header, address: u64) -> Option<Held<'_>> {
        let space = self.space(header.tgid).filter(|_| !self.is_in_doubt())?;
        space.maps().at(address, header.time)
    }

    /// The address space of the process of a record, and how often its mappings changed; `None` where nobody tells of that.
    #[must_use]
    pub fn space_of(&self, header: &Header) -> Option<(u64, u64)> {
        let space = self.space(header.tgid).filter(|_| !self.is_in_doubt());
        space.map(Space::version)
    }

    /// Where the stack ends that an address of the process of a record lies in, when it was written.
    #[must_use]
    pub fn stack_end(&self, header: &Header, address: u64) -> Option<u64> {
        let space = self.space(header.tgid).filter(|_| !self.is_in_doubt())?;
        space.maps().stack_end(address, header.time)
    }

    /// The address space of a process, where its changes are told.
    fn space(&self, pid: u32) -> Option<&Space> {
        let process = self.processes.get(&pid)?;
        self.spaces.get(&process.space).filter(|_| self.follows)
    }

    /// The number of a mapped file.
    #[must_use]
    pub fn file_id(&self, file: &FileKey) -> Option<u32> {
        self.mapped.id(file)
    }

    /// The executable ranges of a process and what they are of; `None` while that is not known, is changing, or is shared
    /// with another process.
    #[must_use]
    pub fn code(&self, pid: u32) -> Option<impl Iterator<Item = (u64, u64, &Backing)>> {
        let space = self.space(pid)?;
        let is_settled =
            space.users == 1 && !self.loading.contains_key(&pid) && !self.is_in_doubt();
        is_settled.then(|| space.maps().code()).flatten()
    }

    /// How many processes are known.
    #[must_use]
    pub fn count(&self) -> usize {
        self.processes.len()
    }

    /// Whether a process is watched, so that what the kernel tells of it matters.
    #[must_use]
    pub fn watches(&self, pid: u32) -> bool {
        self.processes.contains_key(&pid)
    }

    /// Takes a record of the life of processes.
    pub fn change(&mut self, record: &Record<'_>, mut out: impl FnMut(Happened<'_>)) {
        let header = &record.header;
        match record.body {
            Body::Fork(fork) => self.fork(header, &fork, &mut out),
            Body::Exec(exec) => {
                let path = record.parts().next().map(|part| part.bytes);
                self.exec(header, &exec, path, &mut out);
            }
            Body::ThreadExit(_) | Body::Left => self.thread_gone(record, &mut out),
            Body::Mapped(mapped) => {
                let name = record.parts().next().map_or(&[][..], |part| part.bytes);
                self.mapped(header, &mapped, name);
            }
            Body::Loading => self.loading(header),
            Body::Untold => self.untold(),
            Body::Named => self.is_named(record, &mut out),
            Body::Enter(_) | Body::Exit(_) | Body::ExitOnly(..) | Body::Resumed => {}
        }
    }

    /// Records of state were lost, by that time: whatever was known of mappings and descriptors may be wrong. So may be what
    /// becomes known of records from before that time, since nobody knows which of them are from before the loss.
    pub fn lost(&mut self, by: u64) {
        self.doubtful_until = self.doubtful_until.max(by);
        self.distrust();
    }

    /// A record of that time comes next.
    pub fn pass(&mut self, time: u64) {
        if self.doubtful_until != 0 && time > self.doubtful_until {
            self.doubtful_until = 0;
            self.distrust();
        }
    }

    /// Whether records are taken now from before a loss that is known already.
    #[must_use]
    pub fn is_in_doubt(&self) -> bool {
        self.doubtful_until != 0
    }

    fn distrust(&mut self) {
        self.untold();
        self.ends_are_missing();
        for process in self.processes.values_mut() {
            for tables in process.all_tables() {
                tables.files.borrow_mut().forget();
                tables.dirs.borrow_mut().forget();
            }
        }
    }

    /// The process of a record, met now if it is new.
    fn process(&mut self, header: &Header) -> &mut Process {
        match self.processes.entry(header.tgid) {
            Entry::Occupied(met) => met.into_mut(),
            Entry::Vacant(new) => {
                let maps = Maps::default();
                let space = new_space(&mut self.spaces, &mut self.next_space, maps);
                new.insert(Process {
                    named: self.wanted.names(header),
                    ..Process::new(header, space)
                })
            }
        }
    }

    /// The tables of a thread, where they are followed.
    fn tables(&self, header: &Header) -> Option<Tables> {
        let process = self.processes.get(&header.tgid)?;
        self.follows_files
            .then(|| process.tables_of(header.tid).clone())
    }

    /// The thread has other tables now.
    fn set_tables(&mut self, header: &Header, tables: Tables) {
        self.process(header).own_tables.insert(header.tid, tables);
    }

    /// Paths begin elsewhere for everybody.
    fn uproot(&mut self) {
        for process in self.processes.values_mut() {
            for tables in process.all_tables() {
                tables.dirs.borrow_mut().distrusted = true;
            }
        }
    }

    /// A thread has another user ID: it may be watched no longer, while others that share its tables are.
    fn changed_user(&mut self, header: &Header) {
        if !self.by_uid {
            return;
        }
        let Some(process) = self.processes.get_mut(&header.tgid) else {
            return;
        };
        // A look that began after the change saw what it left; if there was none, one is due.
        if process.looked.is_none_or(|looked| looked <= header.time) {
            (process.looked, process.stale) = (None, true);
        }
        let shared = process.threads.len() > 1;
        for tables in process.all_tables() {
            for table in [&tables.files, &tables.dirs] {
                let mut table = table.borrow_mut();
                table.forget_before(header.time);
                table.distrusted |= shared;
            }
        }
    }

    fn forget(&mut self, pid: u32) {
        self.loading.remove(&pid);
        if let Some(process) = self.processes.remove(&pid) {
            self.leave_space(process.space);
        }
    }

    fn new_space(&mut self, maps: Maps) -> u64 {
        new_space(&mut self.spaces, &mut self.next_space, maps)
    }

    fn leave_space(&mut self, id: u64) {
        if let Some(space) = self.spaces.get_mut(&id) {
            space.users -= 1;
            if space.users == 0 {
                self.spaces.remove(&id);
            }
        }
    }
}

fn new_space(spaces: &mut FxHashMap<u64, Space>, next: &mut u64, maps: Maps) -> u64 {
    *next += 1;
    spaces.insert(*next, Space::new(*next, maps));
    *next
}

#[cfg(test)]
mod tests;
