//! What a call that has returned did to the numbers it aimed at, and to sockets.

use std::rc::Rc;

use kprobe_common::table::Files;
use kprobe_common::table::change::{F_DUPFD_CLOEXEC, F_SETFD};
use kprobe_common::table::kind::Kind;

use super::Inside;
use super::files::{Asked, RANGE_CLOEXEC};
use super::made::{file, pair};
use crate::record::Record;
use crate::world::file::{File, other_address, own_address};
use crate::world::meant::{EBADF, Meant};
use crate::world::table::Done;

const EINPROGRESS: i64 = -115;
const FD_CLOEXEC: u64 = 1;

/// Whether a return value is an error.
pub(super) fn has_failed(ret: i64) -> bool {
    (-4095..0).contains(&ret)
}

/// What it did to the numbers that it aimed at.
pub(super) fn done(
    asked: &Asked,
    meant: &Meant,
    record: &Record<'_>,
    inside: &Inside,
    ret: i64,
) -> Done {
    let done = match asked.files {
        Some(Files::Closes) if ret == EBADF => Done::WasNotOpen,
        // Whatever else it says, it has closed.
        Some(Files::Closes) => Done::Closed,
        Some(files) if !has_failed(ret) => succeeded(asked, files, meant, record, inside, ret),
        _ => Done::Nothing,
    };
    match done {
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
    }
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
pub(super) fn name_socket(asked: &Asked, files: Files, meant: &Meant, inside: &Inside, ret: i64) {
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
