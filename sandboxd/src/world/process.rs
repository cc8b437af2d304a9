//! What is known of one process.

use std::rc::Rc;

use kprobe_common::record::Header;
use rustc_hash::{FxHashMap, FxHashSet};

use super::ending::Endings;
use super::identity::Whose;
use super::meant::Tables;
use super::name::Naming;
use super::{Happened, TICK_NS, Verdict};
use crate::event::{From, Proc, ProcessEvent};

#[expect(clippy::struct_excessive_bools, reason = "each is known by itself")]
#[derive(Debug)]
pub(super) struct Process {
    pub(super) proc: Proc,
    pub(super) ppid: Option<u32>,
    pub(super) uid: u32,
    /// From when on it was seen.
    pub(super) from: From,
    /// It came out of a zygote, in this run.
    pub(super) candidate: bool,
    /// Its user ID when it was made.
    pub(super) born_uid: u32,
    /// How often its number was given away before, where the kernel half counted.
    pub(super) births: Option<u32>,
    /// It was named on the command line, or made by one that was.
    pub(super) named: bool,
    pub(super) whose: Option<Whose>,
    pub(super) verdict: Verdict,
    pub(super) naming: Naming,
    /// The words of its command line; none where that is not known.
    pub(super) cmdline: Rc<[String]>,
    pub(super) threads: FxHashSet<u32>,
    pub(super) space: u64,
    pub(super) tables: Tables,
    /// Threads that do not share the process's tables.
    pub(super) own_tables: FxHashMap<u32, Tables>,
    /// Whether a line told of it.
    pub(super) announced: bool,
    /// Executed a program, whose name and mappings are not known yet.
    pub(super) stale: bool,
    /// A call came from where nothing executable was known to be.
    pub(super) missed: bool,
    /// When it was last looked at, or could not be.
    pub(super) looked: Option<u64>,
    /// How its threads ended.
    pub(super) endings: Endings,
}

impl Process {
    pub(super) fn new(header: &Header, space: u64) -> Self {
        Self {
            proc: Proc {
                pid: header.tgid,
                start: header.time / TICK_NS,
            },
            ppid: None,
            uid: header.uid,
            from: From::Attach,
            candidate: false,
            born_uid: header.uid,
            births: None,
            named: false,
            whose: None,
            verdict: Verdict::Held,
            naming: Naming::default(),
            cmdline: Rc::new([]),
            threads: FxHashSet::default(),
            space,
            tables: Tables::default(),
            own_tables: FxHashMap::default(),
            announced: false,
            stale: false,
            missed: false,
            looked: None,
            endings: Endings::default(),
        }
    }

    pub(super) fn tables_of(&self, tid: u32) -> &Tables {
        self.own_tables.get(&tid).unwrap_or(&self.tables)
    }

    /// Changes of its tables are not seen any more.
    pub(super) fn distrust(&self) {
        for tables in self.all_tables() {
            tables.files.borrow_mut().distrusted = true;
            tables.dirs.borrow_mut().distrusted = true;
        }
    }

    pub(super) fn all_tables(&self) -> impl Iterator<Item = &Tables> {
        std::iter::once(&self.tables).chain(self.own_tables.values())
    }

    pub(super) fn happened(&self, event: ProcessEvent, time: u64) -> Happened<'static> {
        Happened {
            event,
            time,
            proc: self.proc,
            ppid: self.ppid,
            uid: self.uid,
            name: self.naming.name.clone(),
            cmdline: Rc::clone(&self.cmdline),
            path: None,
            from: self.from,
            whose: self.whose.clone(),
            verdict: self.verdict,
            end: None,
        }
    }
}
