//! What calls do to descriptors and directories: from arguments and results to steps of a table.

use std::rc::Rc;

use kprobe_common::index::{self, Abi};
use kprobe_common::record::{Frame, Header, clone};
use kprobe_common::table::change::{self, F_SETFD};
use kprobe_common::table::kind::Kind;
use kprobe_common::table::{Files, OnlyIf, Ret, Syscall};

use super::Inside;
use super::done::{done, has_failed, name_socket};
use super::made::{on_exec, room, taken, word};
use crate::input::{CWD, ROOT};
use crate::record::Record;
use crate::world::file::{File, Socket};
use crate::world::meant::{Meant, Tables};
use crate::world::table::{Aim, Done, Span};

/// `__O_TMPFILE`: the path is the directory's.
const O_TMPFILE: u32 = 0x40_0000;
/// Flags of [`Files::ClosesRange`].
const RANGE_UNSHARE: u64 = 2;
pub(super) const RANGE_CLOEXEC: u64 = 4;
/// Flags of [`Files::Unshares`]: `CLONE_FS`, and what comes with directories of its own: `CLONE_NEWNS`, `CLONE_NEWUSER`.
const OWN_DIRS: u64 = 0x1002_0200;

/// What a call was asked to do to descriptors and directories.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) tables: Tables,
    /// `None`: the call makes a process or executes a program, which is seen elsewhere.
    pub(super) files: Option<Files>,
    pub(super) on_exec: Option<bool>,
    /// The path, as the call took it.
    path: Option<Rc<[u8]>>,
    /// The first string or address, as the call took it.
    pub(super) taken: Option<Rc<[u8]>>,
    /// How much room there is for an address.
    pub(super) room: Option<u64>,
    /// The socket that it connects, and by which count.
    pub(super) connects: Option<(Rc<File>, u32)>,
    /// It has an effect on directories, not on descriptors.
    is_dir: bool,
}

impl Asked {
    /// The absolute path that was meant, if nothing changed where it begins.
    pub(super) fn path(&self, meant: &Meant, header: &Header) -> Option<Rc<[u8]>> {
        let path = self.path.as_deref()?;
        meant.path(0, path, header).map(Into::into)
    }
}

/// A call that has such an effect was entered.
pub(super) fn begin(
    tables: &Tables,
    meant: &Meant,
    record: &Record<'_>,
    frame: &Frame,
    row: &'static Syscall,
) -> Option<Asked> {
    let header = &record.header;
    let asked = ask(tables, meant, record, frame, row)?;
    let aim = row.files.map_or(Aim::Nothing, |files| {
        aim(files, row, frame, index::abi(header.index))
    });
    let (dirs_aim, files_aim) = if asked.is_dir {
        (aim, Aim::Nothing)
    } else {
        (Aim::Nothing, aim)
    };
    for (table, aim) in [(&tables.files, files_aim), (&tables.dirs, dirs_aim)] {
        table.borrow_mut().begin(header.tid, aim, header.time);
    }
    Some(asked)
}

/// What a call was asked to do; `None` if it does nothing of the kind.
fn ask(
    tables: &Tables,
    meant: &Meant,
    record: &Record<'_>,
    frame: &Frame,
    row: &'static Syscall,
) -> Option<Asked> {
    let makes = row.state & change::LIFE != 0 && row.ret != Ret::Never;
    if row.files.is_none() && !makes {
        return None;
    }
    let abi = index::abi(record.header.index);
    if row
        .files_if
        .is_some_and(|only_if| !applies(only_if, row, frame, abi))
    {
        return None;
    }
    let word = word(record, row, frame, abi);
    let path = taken(record, row, abi, |kind| *kind == Kind::Path)
        .filter(|_| word.is_some_and(|word| word & O_TMPFILE == 0))
        .map(Into::into);
    let name = |kind: &Kind| matches!(kind, Kind::Str | Kind::Sockaddr(_));
    Some(Asked {
        tables: tables.clone(),
        files: row.files,
        on_exec: row.files.and_then(|files| on_exec(files, word)),
        path,
        taken: taken(record, row, abi, name).map(Into::into),
        room: room(record, row, abi),
        connects: meant
            .first(row)
            .filter(|_| row.files == Some(Files::Connects))
            .and_then(|file| {
                let began = file.learn(Socket::connecting)?;
                Some((file, began))
            }),
        is_dir: matches!(
            row.files,
            Some(Files::Chdir | Files::Roots | Files::RootsAll)
        ),
    })
}

/// Whether what a call does to descriptors is done to the thread's table alone, so that [`pass`] can do it at once.
pub(super) fn is_plain(files: Option<Files>) -> bool {
    matches!(
        files,
        None | Some(
            Files::Opens(..)
                | Files::OpensPair(..)
                | Files::Duplicates
                | Files::Replaces(_)
                | Files::Controls
                | Files::Marks
                | Files::Closes
        )
    )
}

/// A [plain](is_plain) call was entered and has returned, and nothing came in between.
pub(super) fn pass(
    tables: &Tables,
    meant: &Meant,
    [enter, exit]: [&Record<'_>; 2],
    frame: &Frame,
    inside: &Inside,
    ret: i64,
) {
    let (header, row) = (&enter.header, inside.row);
    let Some(files) = row.files else { return };
    let aim = aim(files, row, frame, index::abi(header.index));
    // It was given nothing, so it has changed nothing.
    if has_failed(ret) && matches!(aim, Aim::Nothing | Aim::Opens) {
        return;
    }
    let Some(asked) = ask(tables, meant, enter, frame, row) else {
        return;
    };
    let done = done(&asked, meant, exit, inside, ret);
    let times = [header.time, exit.header.time];
    tables
        .files
        .borrow_mut()
        .pass(header.tid, aim, &done, times);
}

/// Whether a call with these numbers has the effect that its row tells of. A condition that speaks of memory does not hold.
fn applies(only_if: OnlyIf, row: &Syscall, frame: &Frame, abi: Abi) -> bool {
    let number = |name: &str| {
        let at = row.args.iter().position(|arg| arg.name == name)?;
        let register = usize::from(row.registers(abi)[at]);
        let is_number = !row.args[at].kind.is_pointer();
        let value = frame.args.get(register).filter(|_| is_number)?;
        Some(*value as u32)
    };
    only_if.holds(abi, None, &number) == Some(true)
}

fn aim(files: Files, row: &Syscall, frame: &Frame, abi: Abi) -> Aim {
    let registers = row.registers(abi);
    let argument = |at: usize| {
        frame
            .args
            .get(usize::from(registers[at]))
            .copied()
            .unwrap_or(0)
    };
    let (first, second) = (argument(0) as i32, argument(1) as i32);
    match files {
        Files::Controls if argument(1) as u32 == F_SETFD => Aim::OnExec(Span::one(first)),
        Files::Opens(..) | Files::OpensPair(..) | Files::Duplicates | Files::Controls => Aim::Opens,
        Files::Replaces(_) if first == second => Aim::Nothing,
        Files::Replaces(_) => Aim::Replaces(second),
        Files::Marks => Aim::OnExec(Span::one(first)),
        Files::Closes => Aim::Closes(Span::one(first)),
        Files::ClosesRange => range(argument(0), argument(1), argument(2)),
        Files::Chdir => Aim::Replaces(CWD),
        Files::Roots | Files::RootsAll => Aim::Closes(Span {
            first: ROOT,
            last: CWD,
        }),
        Files::Unshares | Files::Connects | Files::Binds | Files::Hides => Aim::Nothing,
    }
}

/// The call returned. Gives the thread's tables where it has others now.
pub(super) fn end(
    asked: &Asked,
    meant: &Meant,
    record: &Record<'_>,
    inside: &Inside,
    ret: i64,
) -> Option<Tables> {
    let (tid, time) = (record.header.tid, record.header.time);
    let tables = &asked.tables;
    if let Some(files) = asked.files
        && !has_failed(ret)
        && let Some(fresh) = unshared(asked, files, inside, tid, time)
    {
        return Some(fresh);
    }
    if !inside.alone
        && let Some(files) = asked.files
    {
        name_socket(asked, files, meant, inside, ret);
    }
    let done = done(asked, meant, record, inside, ret);
    let (files, dirs) = if asked.is_dir {
        (&Done::Nothing, &done)
    } else {
        (&done, &Done::Nothing)
    };
    tables.files.borrow_mut().end(tid, files, time);
    tables.dirs.borrow_mut().end(tid, dirs, time);
    None
}

/// The tables of a thread that shares them no longer.
fn unshared(asked: &Asked, files: Files, inside: &Inside, tid: u32, time: u64) -> Option<Tables> {
    let (own_files, own_dirs, aim) = match files {
        Files::Unshares => {
            let flags = inside.args[0];
            (
                flags & clone::FILES != 0,
                flags & OWN_DIRS != 0,
                Aim::Nothing,
            )
        }
        Files::ClosesRange if inside.args[2] & RANGE_UNSHARE != 0 => {
            let flags = inside.args[2] & !RANGE_UNSHARE;
            (true, false, range(inside.args[0], inside.args[1], flags))
        }
        _ => return None,
    };
    let own = |table: &crate::world::meant::Shared, is_own: bool| {
        if !is_own {
            table.borrow_mut().end(tid, &Done::Nothing, time);
            return Rc::clone(table);
        }
        let mut old = table.borrow_mut();
        let copy = if inside.alone {
            old.unknown_copy()
        } else {
            old.copy(tid, time)
        };
        old.end(tid, &Done::Nothing, time);
        Rc::new(copy.into())
    };
    let fresh = Tables {
        files: own(&asked.tables.files, own_files),
        dirs: own(&asked.tables.dirs, own_dirs),
    };
    let done = match aim {
        Aim::Closes(_) => Done::Closed,
        Aim::OnExec(_) => Done::OnExec(Some(true)),
        _ => return Some(fresh),
    };
    let mut table = fresh.files.borrow_mut();
    table.begin(tid, aim, time);
    table.end(tid, &done, time);
    drop(table);
    Some(fresh)
}

fn range(first: u64, last: u64, flags: u64) -> Aim {
    let clamp = |value: u64| i32::try_from(value as u32).unwrap_or(i32::MAX);
    let span = Span {
        first: clamp(first),
        last: clamp(last),
    };
    match flags {
        flags if flags & RANGE_UNSHARE != 0 => Aim::Nothing,
        flags if flags & RANGE_CLOEXEC != 0 => Aim::OnExec(span),
        _ => Aim::Closes(span),
    }
}
