//! A run as a fold over its inputs: every line of output comes of what was pushed so far, and of nothing else.
//!
//! The same inputs give the same bytes, live or replayed. Looking at the outside is left to whoever pushes; before a
//! record, [`Fold::wants`] says which look is due.

mod books;
mod by_library;
mod clock;
mod failed;
mod held;
mod line;
mod losses;
mod made_by;
mod only;
mod part;
mod process;
mod targets;
mod unwanted;
mod whole;
mod whose;

use std::collections::BTreeMap;
use std::rc::Rc;

use kprobe_common::record::kind;
use kprobe_common::table;
use rustc_hash::FxHashMap;

use crate::caller::{self, Callers};
use crate::event::{self, Line};
use crate::input::{Fact, Input, Start};
use crate::pair::{Pair, Paired};
use crate::record::{self, Body, Record};
use crate::sink::Lines;
use crate::world::identity::Packages;
use crate::world::{Settled, Verdict, Want, Who, World};
use books::Books;
use by_library::ByLibrary;
pub use by_library::LibraryCount;
use clock::Clocks;
pub use failed::Errors;
use held::Held;
pub use made_by::{Asked, MadeBy};
pub use only::Only;
use part::Earlier;
pub use whole::Joined;
pub use whose::{Names, Told};

/// Time between `stats` lines.
const STATS_NS: u64 = 60_000_000_000;

/// A look at the outside that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// `/proc` of this process; its user ID and time are given back with the answer.
    Process {
        /// The process.
        pid: u32,
        /// The thread.
        tid: u32,
        /// Whether its descriptors are wanted too.
        files: bool,
        /// As the record has it.
        uid: u32,
        /// The record's time.
        at: u64,
    },
    /// The name of this process; the record's time is given back with the answer.
    Name {
        /// The process.
        pid: u32,
        /// The record's time.
        at: u64,
    },
    /// A descriptor of this thread.
    Descriptor {
        /// The process.
        pid: u32,
        /// The thread.
        tid: u32,
        /// The descriptor.
        fd: i32,
    },
    /// A mapped file.
    Code {
        /// A process that has it mapped.
        pid: u32,
        /// What of it.
        want: caller::Want,
    },
    /// The counters of loss.
    Losses,
}

/// A run so far.
#[derive(Debug, Default)]
pub struct Fold {
    start: Start,
    seq: u64,
    clocks: Clocks,
    packages: Rc<Packages>,
    world: World,
    callers: Callers,
    pair: Option<Pair<Who>>,
    books: Books,
    only: Only,
    made_by: MadeBy,
    names: Names,
    errors: Errors,
    /// Calls that were not shown because of who made them, by process, since somebody asked.
    unwanted: FxHashMap<u32, u64>,
    by_library: ByLibrary,
    held: Held,
    /// What became known of processes, since somebody asked.
    verdicts: Vec<Settled>,
    stats_at: u64,
    ended: bool,
    /// What earlier parts told of.
    earlier: Earlier,
    /// The accounts of the run, once it has ended.
    closed: BTreeMap<String, event::CallCount>,
}

impl Fold {
    /// Before anything happened.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The look that is due before this record can be pushed.
    #[must_use]
    pub fn wants(&self, bytes: &[u8]) -> Option<Look> {
        let record = Record::parse(bytes)?;
        if self.books.is_behind(&record) {
            return Some(Look::Losses);
        }
        let header = &record.header;
        let (pid, tid) = (header.tgid, header.tid);
        let Some(want) = self.world.wants(&record) else {
            let (Body::Enter(frame) | Body::ExitOnly(_, frame)) = record.body else {
                return None;
            };
            let want = self.callers.wants(&self.world, &record, &frame);
            return want.map(|want| Look::Code { pid, want });
        };
        Some(match want {
            Want::Process => Look::Process {
                pid,
                tid,
                files: self.start.files,
                uid: header.uid,
                at: header.time,
            },
            Want::Name => Look::Name {
                pid,
                at: header.time,
            },
            Want::Descriptor(fd) => Look::Descriptor { pid, tid, fd },
        })
    }

    /// Whether a record matters: what the kernel tells of mappings, it tells of every process.
    #[must_use]
    pub fn follows(&self, bytes: &[u8]) -> bool {
        record::header(bytes).is_some_and(|header| {
            !matches!(header.kind, kind::MAPPED | kind::LOADING) || self.world.watches(header.tgid)
        })
    }

    /// Takes an input and gives the lines that come of it.
    pub fn push(&mut self, input: Input<'_>, out: &mut impl Lines) {
        if self.ended {
            return;
        }
        match input {
            Input::Record(bytes) => {
                if let Some(record) = Record::parse(bytes) {
                    self.record(&record, bytes, out);
                }
            }
            Input::Fact(fact) => self.fact(fact, out),
        }
        self.give_settled(out);
    }

    /// What is known of whether a process is shown.
    #[must_use]
    pub fn verdict(&self, pid: u32) -> Verdict {
        self.world.verdict_of(pid)
    }

    /// Records so far that began a call: what was received of what the kernel half saw.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.books.received()
    }

    /// How the run began; who is watched, as it is now.
    #[must_use]
    pub fn begun(&self) -> &Start {
        &self.start
    }

    fn record(&mut self, record: &Record<'_>, bytes: &[u8], out: &mut impl Lines) {
        let header = record.header;
        self.tell_losses_before(record, out);
        self.world.pass(header.time);
        self.books.note(record);
        self.world.saw_user(record);
        self.give_settled(out);
        match record.body {
            Body::Enter(_) | Body::ExitOnly(..) if !record.is_shown() => {
                // It goes on, so it was not killed in the call before.
                self.paired(out, |pair, give| pair.resume(header.tid, give));
                self.world.call(record);
            }
            Body::Exit(_) if !record.is_shown() => {
                self.world.call(record);
            }
            Body::Enter(frame) | Body::ExitOnly(_, frame) => {
                let caller = self.callers.caller(&self.world, record, &frame);
                let mut who = self.world.who(&header, caller);
                let never =
                    table::row(header.index).is_some_and(|row| row.ret == table::Ret::Never);
                who.meant = self.world.call(record);
                self.paired(out, |pair, give| {
                    pair.begin(record, bytes, never, who, give);
                });
            }
            Body::Exit(_) => {
                self.world.call(record);
                self.paired(out, |pair, give| pair.end(record, bytes, give));
            }
            Body::Resumed => self.paired(out, |pair, give| pair.resume(header.tid, give)),
            Body::Left => {
                self.paired(out, |pair, give| pair.let_go(header.tid, give));
                self.state(record, out);
            }
            Body::Fork(_) | Body::Mapped(_) | Body::Loading | Body::Untold | Body::Named => {
                self.state(record, out);
            }
            Body::Exec(exec) => {
                let path = record.parts().next().map_or(&[][..], |part| part.bytes);
                self.paired(out, |pair, give| {
                    pair.exec(exec.old_tid, header.tid, path, give);
                });
                self.state(record, out);
            }
            Body::ThreadExit(_) => {
                self.paired(out, |pair, give| pair.kill(header.tid, give));
                self.state(record, out);
            }
        }
    }

    /// Lets the pairing take a step and writes the calls that come out of it.
    fn paired(
        &mut self,
        out: &mut impl Lines,
        step: impl FnOnce(&mut Pair<Who>, &mut dyn FnMut(Paired<'_, Who>)),
    ) {
        let Some(mut pair) = self.pair.take() else {
            return;
        };
        step(&mut pair, &mut |call| self.call(&call, out));
        self.pair = Some(pair);
    }

    fn state(&mut self, record: &Record<'_>, out: &mut impl Lines) {
        let mut world = std::mem::take(&mut self.world);
        world.change(record, |happened| self.process(&happened, out));
        self.world = world;
    }

    fn fact(&mut self, fact: &Fact, out: &mut impl Lines) {
        match fact {
            Fact::Start(start) => self.start(start, out),
            Fact::Packages { by_uid } => {
                self.packages = Rc::new(Packages::new(by_uid.clone()));
                self.world.set_packages(Rc::clone(&self.packages));
            }
            Fact::Targets { boot_ns, targets } => self.retarget(*boot_ns, targets, out),
            Fact::Zygotes { pids } => self.world.set_zygotes(pids),
            Fact::Live { .. } => self.world.live(),
            Fact::Process { look, uid, at } => {
                self.callers.codes.forget_unread();
                let mut world = std::mem::take(&mut self.world);
                world.look(look, *uid, *at, |happened| self.process(&happened, out));
                self.world = world;
            }
            Fact::Name { look, at } => {
                let mut world = std::mem::take(&mut self.world);
                world.look_at_name(look, *at, |happened| self.process(&happened, out));
                self.world = world;
            }
            Fact::Descriptor { look } => self.world.look_at(look),
            Fact::Module { look } => {
                if let Some(id) = self.world.file_id(&look.file) {
                    self.callers.codes.module(look, id);
                }
            }
            Fact::Site { look } => {
                if let Some(id) = self.world.file_id(&look.file) {
                    self.callers.site(look, id);
                }
            }
            Fact::Losses { boot_ns, cpus } => self.losses(*boot_ns, cpus),
            Fact::Clock { boot_ns, offset_ns } => self.look_at_clocks(*boot_ns, *offset_ns, out),
            Fact::Tick { boot_ns } => self.tick(*boot_ns, out),
            Fact::Unwritten {
                boot_ns,
                by_index,
                lines,
            } => {
                self.unwritten(*boot_ns, by_index, *lines, out);
            }
            Fact::Cut(now) => self.cut(now, out),
            Fact::Stop(stop) => {
                self.tell_losses(out);
                self.paired(out, |pair, give| pair.finish(give));
                self.world.settle_all();
                self.give_settled(out);
                self.end(stop, out);
                self.ended = true;
            }
        }
    }

    fn start(&mut self, start: &Start, out: &mut impl Lines) {
        self.clocks = Clocks::new(start.offset_ns);
        self.stats_at = start.boot_ns.saturating_add(STATS_NS);
        self.pair = Some(Pair::new(start.returns));
        self.world = World::new(start.page, start.returns);
        self.callers = Callers::new(start.address_bits, start.stacks);
        self.books = Books::new(start.boot_ns);
        self.world.begin(start.files, start.by_uid, start.made);
        self.world.ask(&start.targets, start.changing);
        // The command line was refused if it held a pattern that is none.
        self.only = Only::new(&start.only).unwrap_or_default();
        self.made_by = MadeBy::new(&start.made_by).unwrap_or_default();
        self.names = Names::new(&start.names).unwrap_or_default();
        self.errors = Errors::new(&start.errors).unwrap_or_default();
        self.start = start.clone();
        self.earlier = Earlier::default();
        self.start_line(start.boot_ns, out);
    }

    /// The `start` line of the run, or of another part of it.
    fn start_line(&mut self, boot_ns: u64, out: &mut impl Lines) {
        let seq = self.next_seq();
        let names = line::names(&self.start.indexes);
        let line = event::Start {
            seq,
            part: self.part(),
            time: self.time(boot_ns),
            boot_ns,
            ..line::start(&self.start, &names)
        };
        out.line(&Line::Start(Box::new(line)), None);
    }

    fn tick(&mut self, boot_ns: u64, out: &mut impl Lines) {
        self.tell_losses_by(boot_ns, out);
        self.world.pass(boot_ns);
        self.paired(out, |pair, give| pair.tick(boot_ns, give));
        if boot_ns >= self.stats_at {
            self.stats_at = boot_ns.saturating_add(STATS_NS);
            let (seq, time) = (self.next_seq(), self.time(boot_ns));
            let line = self.books.stats(&self.start.run, seq, time, boot_ns);
            out.line(&Line::Stats(line), None);
        }
    }

    fn next_seq(&mut self) -> u64 {
        let seq = self.seq;
        self.seq += 1;
        seq
    }
}
