//! Calls that change what is known of a process: what they were asked at their entry is applied at their return.

use std::rc::Rc;

use kprobe_common::index;
use kprobe_common::record::{Frame, Header, STACK_UNIT, flag, state};
use kprobe_common::spec::REGISTERS;
use kprobe_common::table::kind::Kind;
use kprobe_common::table::{self, Files, Form, Syscall, change};

use super::World;
use super::listed;
use super::meant::{Meant, Tables};
use crate::record::{Body, Record};

mod done;
mod files;
mod made;
mod whole;

/// A thread inside a call.
#[derive(Debug)]
pub(super) struct Inside {
    pub(super) row: &'static Syscall,
    pub(super) args: [u64; REGISTERS],
    /// The user ID at its entry.
    uid: u32,
    /// The time of its entry.
    pub(super) time: u64,
    /// What the arguments mean; `None` where nobody asks.
    pub(super) meant: Option<Rc<Meant>>,
    /// Where its effect goes; `None` where it has none.
    files: Option<files::Asked>,
    /// The return was seen, not the entry: what came in between is not known.
    alone: bool,
    /// The memory that it names, and how; `None` where it does not.
    names: Option<Naming>,
}

/// Start and length of memory, and the name that it is given.
type Naming = ((u64, u64), Option<Rc<str>>);

impl World {
    /// Takes a record of a call; an entry is given back with what its arguments mean.
    pub fn call(&mut self, record: &Record<'_>) -> Option<Rc<Meant>> {
        let header = &record.header;
        match record.body {
            Body::Enter(frame) => {
                self.thread_is_called(header, frame.comm);
                let Some(inside) = self.enter(record, &frame, false) else {
                    self.inside.remove(&header.tid);
                    return None;
                };
                let meant = inside.meant.clone();
                if let Some(old) = self.inside.insert(header.tid, inside)
                    && let Some(meant) = old.meant
                {
                    meant.settle(None);
                }
                meant
            }
            Body::Exit(ret) => {
                if record.has(flag::EXECED) {
                    self.program_begins(header, u64::from(ret.stack) * STACK_UNIT);
                }
                let inside = self.inside.remove(&header.tid)?;
                self.leave(record, &inside, ret.ret);
                inside.meant
            }
            Body::ExitOnly(ret, frame) => {
                self.thread_is_called(header, frame.comm);
                let inside = self.enter(record, &frame, true)?;
                if record.is_state() {
                    self.leave(record, &inside, ret.ret);
                }
                // Refused before it began: nothing came in between.
                inside.meant.filter(|_| record.is_blocked())
            }
            _ => None,
        }
    }

    /// A call was entered that may take mappings away.
    fn maps_before(&mut self, header: &Header, row: &Syscall, args: &[u64; REGISTERS]) {
        let space = self.process(header).space;
        if let (Some(space), Some(effect)) = (self.spaces.get_mut(&space), row.effect) {
            space.change().before(effect, args, header.time, header.tid);
        }
    }

    fn maps_after(&mut self, header: &Header, row: &Syscall, args: &[u64; REGISTERS], ret: i64) {
        let space = self.process(header).space;
        if let (Some(space), Some(effect)) = (self.spaces.get_mut(&space), row.effect) {
            space
                .change()
                .apply(effect, args, ret as u64, header.time, header.tid);
        }
    }

    fn enter(&mut self, record: &Record<'_>, frame: &Frame, alone: bool) -> Option<Inside> {
        let header = &record.header;
        let row = table::row(header.index)?;
        let abi = index::abi(header.index);
        let form = row.form_in(abi, &frame.args);
        if record.is_state() {
            self.maps_before(header, row, &frame.args);
        }
        let tables = self
            .tables(header)
            .filter(|_| record.is_state() || asks(&form));
        if tables.is_none() && !record.is_state() {
            return None;
        }
        let in_doubt = self.is_in_doubt();
        let meant =
            |tables: &Tables| Meant::new(tables.clone(), in_doubt, (&form, abi), record, frame);
        let meant = tables.as_ref().map(|tables| Rc::new(meant(tables)));
        let files = match (&tables, &meant) {
            (Some(tables), Some(meant)) if record.is_state() => {
                files::begin(tables, meant, record, frame, row)
            }
            _ => None,
        };
        if let Some(meant) = &meant {
            meant.begin();
        }
        Some(Inside {
            row,
            args: frame.args,
            uid: header.uid,
            time: header.time,
            meant,
            files,
            alone,
            names: naming(record, row, frame),
        })
    }

    fn leave(&mut self, record: &Record<'_>, inside: &Inside, ret: i64) {
        let header = &record.header;
        if let Some(meant) = &inside.meant {
            meant.settle(Some(ret));
        }
        if record.is_state() {
            self.maps_after(header, inside.row, &inside.args, ret);
            if let (Some(asked), Some(meant)) = (&inside.files, &inside.meant) {
                let fresh = files::end(asked, meant, record, inside, ret);
                if let Some(tables) = fresh {
                    self.set_tables(header, tables);
                }
                match inside.row.files {
                    Some(Files::RootsAll) if ret == 0 => self.uproot(),
                    _ => {}
                }
            }
            match &inside.names {
                Some((span, name)) if ret == 0 => self.memory_named(header, *span, name.as_ref()),
                Some(_) => {}
                None => self.may_have_named(record, inside.row, ret),
            }
            let changed = inside.alone || inside.uid != header.uid;
            if inside.row.state & change::IDENTITY != 0 && ret >= 0 && changed {
                self.changed_user(header);
            }
        }
    }
}

/// Whether a call has anything to ask of descriptors and directories.
fn asks(form: &Form) -> bool {
    form.args()
        .any(|arg| matches!(arg.kind, Kind::Fd | Kind::DirFd | Kind::Path) || listed::is_list(arg))
}

/// What a call names that gives names to memory: `prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, start, len, name)`.
fn naming(record: &Record<'_>, row: &Syscall, frame: &Frame) -> Option<Naming> {
    let [op, what, start, len, name, _] = frame.args;
    if row.state & change::NAME == 0 || op as u32 != change::MEMORY_NAME || what != 0 {
        return None;
    }
    let text = record.parts().find(|part| part.register == 4);
    let text = text.filter(|part| name != 0 && part.state == state::WHOLE);
    let name = text.map(|part| String::from_utf8_lossy(part.bytes).into());
    Some(((start, len), name))
}
