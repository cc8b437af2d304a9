//! Processes and threads that begin, execute and end.

use std::cell::RefCell;
use std::rc::Rc;

use kprobe_common::record::{Exec, Fork, Header, clone};
use rustc_hash::FxHashSet;

use super::ending::Endings;
use super::meant::{Shared, Tables};
use super::name::Naming;
use super::table::{Done, Table};
use super::{Happened, Process, World, happened};
use crate::event::{From, Kind, Proc, ProcessEvent};
use crate::record::{Body, Record};

impl World {
    pub(super) fn fork(
        &mut self,
        header: &Header,
        fork: &Fork,
        out: &mut impl FnMut(Happened<'_>),
    ) {
        let (child, flags) = (fork.child, fork.clone_flags);
        self.process(header);
        let tables = self.inherited(header, flags);
        if flags & clone::THREAD != 0 {
            let process = self.process(header);
            process.threads.insert(child);
            if let Some(tables) = tables {
                process.own_tables.insert(child, tables);
            }
            return;
        }
        self.replaced(child, header.time, out);
        let parent = self.process(header);
        let (naming, space) = (parent.naming.child(fork.comm), parent.space);
        let is_zygotes = parent
            .whose
            .as_ref()
            .is_some_and(|whose| whose.kind == Kind::AppZygote);
        let from_zygote = fork.births != 0 && !parent.candidate;
        // What a candidate makes becomes an app's when it does.
        let born_uid = if from_zygote {
            header.uid
        } else {
            parent.born_uid
        };
        let (named, cmdline) = (parent.named, Rc::clone(&parent.cmdline));
        let space = if flags & clone::VM != 0 {
            if let Some(space) = self.spaces.get_mut(&space) {
                space.users += 1;
            }
            space
        } else {
            let began = self.inside.get(&header.tid).map(|inside| inside.time);
            let maps = self.spaces.get(&space);
            let maps = maps.map(|space| space.maps().for_child(header.tid, began, header.time));
            self.new_space(maps.unwrap_or_default())
        };
        let tables = match tables {
            _ if from_zygote => Tables::default(),
            Some(tables) => tables,
            None => self.process(header).tables_of(header.tid).clone(),
        };
        let process = Process {
            proc: Proc {
                pid: child,
                ..Process::new(header, space).proc
            },
            ppid: Some(header.tgid),
            naming,
            threads: FxHashSet::from_iter([child]),
            tables,
            announced: true,
            // What the zygote has open, and where it is, is not followed.
            stale: from_zygote,
            candidate: fork.births != 0,
            born_uid,
            births: (fork.births != 0).then_some(fork.births),
            named,
            cmdline,
            from: if from_zygote || is_zygotes {
                From::Specialisation
            } else {
                From::Fork
            },
            ..Process::new(header, space)
        };
        self.processes.insert(child, process);
        self.settle(child);
        out(self.processes[&child].happened(ProcessEvent::Start, header.time));
    }

    /// The tables that a new task does not share with its parent; `None` if it shares what the process has.
    fn inherited(&mut self, header: &Header, flags: u64) -> Option<Tables> {
        let process = self.process(header);
        let parent = process.tables_of(header.tid).clone();
        let own = |table: &Shared, shared: bool| {
            if shared {
                return Rc::clone(table);
            }
            let copy = table.borrow_mut().copy(header.tid, header.time);
            Rc::new(RefCell::new(copy))
        };
        let all = flags & (clone::FILES | clone::FS) == clone::FILES | clone::FS;
        if all && !process.own_tables.contains_key(&header.tid) {
            return None;
        }
        Some(Tables {
            files: own(&parent.files, flags & clone::FILES != 0),
            dirs: own(&parent.dirs, flags & clone::FS != 0),
        })
    }

    pub(super) fn exec(
        &mut self,
        header: &Header,
        exec: &Exec,
        path: Option<&[u8]>,
        out: &mut impl FnMut(Happened<'_>),
    ) {
        let old_tid = exec.old_tid;
        if let Some(inside) = self.inside.remove(&old_tid) {
            if let Some(meant) = &inside.meant {
                meant.settle(None);
            }
            self.inside.insert(header.tid, inside);
        }
        let loaded = self.loading.remove(&header.tgid).unwrap_or_default();
        let fresh = self.new_space(loaded);
        let process = self.process(header);
        let old = std::mem::replace(&mut process.space, fresh);
        let tables = process.tables_of(old_tid).clone();
        process.tables = executed(&tables, old_tid, header.time);
        process.own_tables.clear();
        process.threads = FxHashSet::from_iter([header.tid]);
        process.naming = Naming::executed(exec.comm);
        process.cmdline = [].into();
        process.stale = true;
        process.uid = header.uid;
        process.announced = true;
        process.endings = Endings::default();
        out(Happened {
            path,
            ..process.happened(ProcessEvent::Exec, header.time)
        });
        self.leave_space(old);
    }

    /// The number is another process's now: whoever had it has ended, and that was missed.
    pub(super) fn replaced(&mut self, pid: u32, time: u64, out: &mut impl FnMut(Happened<'_>)) {
        self.settle_at_last(pid);
        if let Some(process) = self.processes.get(&pid).filter(|process| process.announced) {
            out(process.happened(ProcessEvent::Exit, time));
        }
        self.forget(pid);
    }

    /// A thread ended or is watched no more; with the last one, its process.
    pub(super) fn thread_gone(&mut self, record: &Record<'_>, out: &mut impl FnMut(Happened<'_>)) {
        let header = &record.header;
        if let Some(tables) = self.tables(header) {
            for table in [&tables.files, &tables.dirs] {
                table
                    .borrow_mut()
                    .end(header.tid, &Done::Unclear, header.time);
            }
        }
        self.inside.remove(&header.tid);
        let end = match record.body {
            Body::ThreadExit(ending) => self.note_end(header, &ending),
            _ => None,
        };
        let Some(process) = self.processes.get_mut(&header.tgid) else {
            return;
        };
        process.own_tables.remove(&header.tid);
        process.threads.remove(&header.tid);
        if matches!(record.body, Body::Left) && !process.threads.is_empty() {
            // It goes on unseen, and changes what the others share with it.
            process.distrust();
        }
        if process.threads.is_empty() {
            self.settle_at_last(header.tgid);
            let process = &self.processes[&header.tgid];
            if process.announced {
                out(Happened {
                    end,
                    ..process.happened(happened::end(record), header.time)
                });
            }
            self.forget(header.tgid);
        }
    }
}

/// The tables of a program that the thread executed: what an exec closes is closed, directories stay.
fn executed(tables: &Tables, tid: u32, time: u64) -> Tables {
    let mut files = tables.files.borrow_mut();
    let fresh: Table = files.exec(tid, time);
    files.end(tid, &Done::Nothing, time);
    tables.dirs.borrow_mut().end(tid, &Done::Nothing, time);
    Tables {
        files: Rc::new(RefCell::new(fresh)),
        dirs: Rc::clone(&tables.dirs),
    }
}
