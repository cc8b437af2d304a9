//! What calls do to descriptors and directories: from arguments and results to steps of a table.

use std::rc::Rc;

use kprobe_common::index::{self, Abi};
use kprobe_common::record::{Frame, Header, clone};
use kprobe_common::table::change::{self, F_DUPFD_CLOEXEC, F_SETFD};
use kprobe_common::table::kind::Kind;
use kprobe_common::table::{Files, OnlyIf, Ret, Syscall};

use super::Inside;
use super::made::{file, on_exec, pair, room, taken, word};
use crate::input::{CWD, ROOT};
use crate::record::Record;
use crate::world::file::{File, Socket, other_address, own_address};
use crate::world::meant::{EBADF, Meant, Tables};
use crate::world::table::{Aim, Done, Span};

const EINPROGRESS: i64 = -115;
/// `__O_TMPFILE`: the path is the directory's.
const O_TMPFILE: u32 = 0x40_0000;
const FD_CLOEXEC: u64 = 1;
/// Flags of [`Files::ClosesRange`].
const RANGE_UNSHARE: u64 = 2;
const RANGE_CLOEXEC: u64 = 4;
/// Flags of [`Files::Unshares`]: `CLONE_FS`, and what comes with directories of its own: `CLONE_NEWNS`, `CLONE_NEWUSER`.
const OWN_DIRS: u64 = 0x1002_0200;

/// What a call was asked to do to descriptors and directories.
#[derive(Debug)]
pub(super) struct Asked {
    tables: Tables,
    /// `None`: the call makes a process or executes a program, which is seen elsewhere.
    files: Option<Files>,
    on_exec: Option<bool>,
    /// The path, as the call took it.
    path: Option<Rc<[u8]>>,
    /// The first string or address, as the call took it.
    pub(super) taken: Option<Rc<[u8]>>,
    /// How much room there is for an address.
    pub(super) room: Option<u64>,
    /// The socket that it connects, and by which count.
    connects: Option<(Rc<File>, u32)>,
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
    let makes = row.state & change::LIFE != 0 && row.ret != Ret::Never;
    if row.files.is_none() && !makes {
        return None;
    }
    let abi = index::abi(header.index);
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
    let asked = Asked {
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
    };
    let aim = row
        .files
        .map_or(Aim::Nothing, |files| aim(files, row, frame, abi));
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
    let failed = (-4095..0).contains(&ret);
    let tables = &asked.tables;
    if let Some(files) = asked.files
        && !failed
        && let Some(fresh) = unshared(asked, files, inside, tid, time)
    {
        return Some(fresh);
    }
    if !inside.alone
        && let Some(files) = asked.files
    {
        name_socket(asked, files, meant, inside, ret);
    }
    let done = match asked.files {
        Some(Files::Closes) if ret == EBADF => Done::WasNotOpen,
        // Whatever else it says, it has closed.
        Some(Files::Closes) => Done::Closed,
        Some(files) if !failed => succeeded(asked, files, meant, record, inside, ret),
        _ => Done::Nothing,
    };
    let done = match done {
        // What happened between its entry and its return nobody knows.
        Done::Opened(given) if inside.alone => Done::Opened(
            given
                .into_iter()
                .map(|(number, ..)| (number, None, None))
                .collect(),
        ),
        Done::Nothing | Done::WasNotOpen => done,
        _ if inside.alone => Done::Unclear,
        done => done,
    };
    let (files, dirs) = if asked.is_dir {
        (&Done::Nothing, &done)
    } else {
        (&done, &Done::Nothing)
    };
    tables.files.borrow_mut().end(tid, files, time);
    tables.dirs.borrow_mut().end(tid, dirs, time);
    None
}

fn succeeded(
    asked: &Asked,
    files: Files,
    meant: &Meant,
    record: &Record<'_>,
    inside: &Inside,
    ret: i64,
) -> Done {
    let first = || meant.first(inside.row);
    let number = ret as i32;
    let give = |file: Option<Rc<File>>, on_exec: Option<bool>| {
        if let Some(file) = &file {
            meant.give(number, Rc::clone(file));
        }
        Done::Opened(vec![(number, file, on_exec)])
    };
    match files {
        Files::Opens(made, _) => {
            // A descriptor that it was asked to change is no new one.
            let same = inside
                .row
                .args
                .first()
                .is_some_and(|arg| arg.kind == Kind::Fd)
                && inside.args[0] as i32 == number;
            if same {
                return Done::Nothing;
            }
            give(
                file(made, asked, meant, record, inside).map(Rc::new),
                asked.on_exec,
            )
        }
        Files::OpensPair(made, _) => match pair(record, inside.row) {
            Some(numbers) => Done::Opened(
                numbers
                    .map(|number| {
                        let file = file(made, asked, meant, record, inside).map(Rc::new);
                        (number, file, asked.on_exec)
                    })
                    .into(),
            ),
            None => Done::Unclear,
        },
        Files::Duplicates => give(first(), Some(false)),
        Files::Controls if inside.args[1] as u32 == F_SETFD => {
            Done::OnExec(Some(inside.args[2] & FD_CLOEXEC != 0))
        }
        Files::Controls => give(first(), Some(inside.args[1] as u32 == F_DUPFD_CLOEXEC)),
        Files::Replaces(_) => {
            let file = first();
            if let Some(file) = &file {
                meant.give(number, Rc::clone(file));
            }
            if inside.args[0] as i32 == inside.args[1] as i32 {
                return Done::Nothing;
            }
            Done::Replaced(file, asked.on_exec)
        }
        Files::Marks => Done::OnExec(None),
        Files::ClosesRange if inside.args[2] & RANGE_CLOEXEC != 0 => Done::OnExec(Some(true)),
        Files::Closes | Files::ClosesRange => Done::Closed,
        Files::Chdir => {
            let path = asked.path(meant, &record.header);
            let path = path.or_else(|| first()?.path.clone());
            Done::Replaced(path.map(|path| Rc::new(File::cwd(path))), Some(false))
        }
        Files::Roots | Files::RootsAll => Done::Unclear,
        Files::Hides => {
            asked.tables.files.borrow_mut().distrusted = true;
            Done::Nothing
        }
        Files::Connects | Files::Binds | Files::Unshares => Done::Nothing,
    }
}

/// A socket has another address now.
fn name_socket(asked: &Asked, files: Files, meant: &Meant, inside: &Inside, ret: i64) {
    let address = asked.taken.as_deref();
    if let Some((socket, began)) = &asked.connects {
        // One that does not wait may fail later, which no call has to tell; until another one connects it, it leads
        // there or nowhere.
        let connects = ret == 0 || ret == EINPROGRESS;
        let peer = address.filter(|_| connects).and_then(other_address);
        socket.learn(|socket| socket.connected(*began, peer));
    }
    if files == Files::Binds
        && ret == 0
        && let Some(socket) = meant.first(inside.row)
    {
        let address = address.and_then(own_address);
        socket.learn(|socket| {
            socket.is_bound = address.is_some();
            socket.local = address;
        });
    }
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
