//! What the descriptors and paths among a call's arguments mean: what they were at its entry, as long as nothing
//! changed them before its return.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use arrayvec::ArrayVec;
use kprobe_common::index::Abi;
use kprobe_common::record::{Frame, Header};
use kprobe_common::spec::REGISTERS;
use kprobe_common::table::kind::Kind;
use kprobe_common::table::structs::OPEN_HOW;
use kprobe_common::table::{Arg, Form, Syscall};
use smallvec::SmallVec;

use crate::input::{CWD, ROOT};
use crate::record::Record;

use super::file::{File, Socket};
use super::listed;
use super::table::Table;

/// `-EBADF`.
pub(super) const EBADF: i64 = -9;

/// `open_how.resolve` and one of its bits.
const RESOLVE_AT: std::ops::Range<usize> = 16..24;
const RESOLVE_IN_ROOT: u64 = 0x10;

/// A table that threads share.
pub(super) type Shared = Rc<RefCell<Table>>;

/// The tables of a thread.
#[derive(Clone, Debug, Default)]
pub(super) struct Tables {
    /// Descriptors.
    pub(super) files: Shared,
    /// The working directory and the root.
    pub(super) dirs: Shared,
}

/// A descriptor that a call took or gave.
#[derive(Clone, Debug)]
pub struct Used {
    /// The argument, or `ret`.
    pub name: &'static str,
    /// Whether the argument is a list with it in it.
    pub listed: bool,
    /// What it is of.
    pub file: Rc<File>,
    /// What was known of the socket then.
    pub socket: Option<Rc<Socket>>,
    /// Its number.
    pub number: i32,
}

/// The directory that a path argument begins at.
#[derive(Clone, Debug)]
struct Base {
    number: i32,
    dir: Option<Rc<[u8]>>,
}

/// What a call's arguments mean.
#[derive(Debug)]
pub struct Meant {
    tables: Tables,
    used: RefCell<SmallVec<[Used; 1]>>,
    bases: RefCell<ArrayVec<Base, REGISTERS>>,
    /// Whether absolute paths begin where ours do.
    rooted: Cell<bool>,
    made: RefCell<Option<Used>>,
    /// The tables' counts when the call began.
    since: Cell<(u64, u64)>,
    settled: Cell<bool>,
}

impl Used {
    /// As it is known now.
    #[must_use]
    pub fn new(name: &'static str, number: i32, file: Rc<File>) -> Self {
        let socket = file.as_socket();
        Self {
            name,
            listed: false,
            file,
            socket,
            number,
        }
    }
}

impl Meant {
    /// Looks the arguments up, before the call does anything; not where the tables are in doubt.
    pub(super) fn new(
        tables: Tables,
        in_doubt: bool,
        (form, abi): (&Form, Abi),
        record: &Record<'_>,
        frame: &Frame,
    ) -> Self {
        let time = record.header.time;
        let mut used = SmallVec::new();
        let mut bases = ArrayVec::new();
        let usual = !in_doubt && begins_as_usual(form, abi, record);
        let rooted;
        {
            let (mut files, mut dirs) = (tables.files.borrow_mut(), tables.dirs.borrow_mut());
            rooted = usual && dirs.at(ROOT, time).is_some();
            for (arg, register, number) in numbered(form, abi, frame) {
                let mut at = |number: i32| match (number, &arg.kind) {
                    _ if in_doubt => None,
                    (CWD, Kind::DirFd | Kind::Path) => dirs.at(CWD, time),
                    _ => files.at(number, time),
                };
                match arg.kind {
                    Kind::Fd | Kind::DirFd => {
                        used.extend(at(number).map(|file| Used::new(arg.name, number, file)));
                    }
                    Kind::Path => {
                        let dir = at(number).filter(|_| usual);
                        let dir = dir.and_then(|file| file.path.clone());
                        bases.push(Base { number, dir });
                    }
                    _ if listed::is_list(arg) => {
                        let each = listed::numbers(record, frame, (form, abi), arg, register);
                        used.extend(each.into_iter().filter_map(|number| {
                            let listed = true;
                            Some(Used {
                                listed,
                                ..Used::new(arg.name, number, at(number)?)
                            })
                        }));
                    }
                    _ => {}
                }
            }
        }
        Self {
            tables,
            used: RefCell::new(used),
            bases: RefCell::new(bases),
            rooted: Cell::new(rooted),
            made: RefCell::default(),
            since: Cell::default(),
            settled: Cell::default(),
        }
    }

    /// Notes the tables' counts, once the call's own beginning is among them.
    pub(super) fn begin(&self) {
        let counts = (
            self.tables.files.borrow().seq(),
            self.tables.dirs.borrow().seq(),
        );
        self.since.set(counts);
    }

    /// The call is over, or what is known of it: what may have changed since it began is not known.
    pub fn settle(&self, ret: Option<i64>) {
        if self.settled.replace(true) {
            return;
        }
        let (files, dirs) = (self.tables.files.borrow(), self.tables.dirs.borrow());
        let since = self.since.get();
        let holds = |number: i32| {
            if number == CWD {
                dirs.is_unchanged(number, since.1)
            } else {
                files.is_unchanged(number, since.0)
            }
        };
        let bad = ret == Some(EBADF);
        self.used
            .borrow_mut()
            .retain(|used| !bad && holds(used.number));
        for base in &mut *self.bases.borrow_mut() {
            if !holds(base.number) {
                base.dir = None;
            }
        }
        if !dirs.is_unchanged(ROOT, since.1) {
            self.rooted.set(false);
        }
    }

    /// The call is over, and nothing can have changed since it began.
    pub(super) fn settle_at_once(&self, ret: i64) {
        self.settled.set(true);
        let mut used = self.used.borrow_mut();
        if ret == EBADF {
            used.clear();
        } else if self.tables.dirs.borrow().distrusted {
            // As in `settle`: this number is the working directory's, whatever the argument is.
            used.retain(|used| used.number != CWD);
        }
    }

    /// Notes what the call gave.
    pub(super) fn give(&self, number: i32, file: Rc<File>) {
        *self.made.borrow_mut() = Some(Used::new("ret", number, file));
    }

    /// The file of the first descriptor among the arguments, as far as it is known until now.
    pub fn first(&self, row: &Syscall) -> Option<Rc<File>> {
        let first = row.args.iter().find(|arg| arg.kind == Kind::Fd)?;
        self.used
            .borrow()
            .iter()
            .find(|used| used.name == first.name)
            .map(|used| Rc::clone(&used.file))
    }

    /// The descriptors, in the order of the arguments, the result last.
    #[must_use]
    pub fn used(&self) -> SmallVec<[Used; 2]> {
        let mut all: SmallVec<_> = self.used.borrow().iter().cloned().collect();
        all.extend(self.made.borrow().clone());
        all
    }

    /// The absolute path that the argument means which is the `at`th among those that are paths.
    #[must_use]
    pub fn path(&self, at: usize, path: &[u8], header: &Header) -> Option<Vec<u8>> {
        let bases = self.bases.borrow();
        let dir = bases.get(at)?.dir.as_deref();
        if path.first() == Some(&b'/') && !self.rooted.get() {
            return None;
        }
        super::paths::absolute(dir, path, header.tgid, header.tid)
    }
}

/// Whether paths begin where they mostly do, and `..` leads out of there: not with `RESOLVE_IN_ROOT`, by which the
/// descriptor's directory is the root. If that could not be read, nobody knows.
/// See `path_init` in <https://github.com/torvalds/linux/blob/v6.12/fs/namei.c>.
fn begins_as_usual(form: &Form, abi: Abi, record: &Record<'_>) -> bool {
    let is_how = |arg: &Arg| matches!(arg.kind, Kind::StructSized(def, _) if std::ptr::eq(def, &raw const OPEN_HOW));
    let Some(at) = form.args().position(is_how) else {
        return true;
    };
    let register = form.registers(abi)[at];
    let how = record
        .parts()
        .find(|part| part.register == register && part.part == 0 && !part.late);
    let flags = how.and_then(|how| how.bytes.get(RESOLVE_AT)?.first_chunk().copied());
    flags.is_some_and(|flags| u64::from_le_bytes(flags) & RESOLVE_IN_ROOT == 0)
}

/// The value of an argument by its name; 0 if there is none.
pub(super) fn named(form: &Form, abi: Abi, frame: &Frame, name: &str) -> u64 {
    let at = form.position(name);
    let register = at.map(|at| usize::from(form.registers(abi)[at]));
    let value = register.and_then(|register| frame.args.get(register));
    value.copied().unwrap_or(0)
}

/// The arguments with their registers and numbers: a path's is that of the directory it begins at, which the descriptor
/// before it says, or [`CWD`].
pub(super) fn numbered<'f>(
    form: &'f Form,
    abi: Abi,
    frame: &Frame,
) -> impl Iterator<Item = (&'f Arg, u8, i32)> {
    let mut dir = CWD;
    form.args()
        .zip(form.registers(abi))
        .map(move |(arg, register)| {
            let number = match arg.kind {
                Kind::Path => std::mem::replace(&mut dir, CWD),
                _ => number(frame, register),
            };
            if arg.kind == Kind::DirFd {
                dir = number;
            }
            (arg, register, number)
        })
}

/// A descriptor: the low half of its register.
fn number(frame: &Frame, register: u8) -> i32 {
    frame
        .args
        .get(usize::from(register))
        .map_or(-1, |&value| value as i32)
}
