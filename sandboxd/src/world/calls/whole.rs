//! Calls whose return follows their entry at once, as most do: nothing came in between, so nothing has to be kept for it.

use std::rc::Rc;

use kprobe_common::index;
use kprobe_common::record::{Frame, Header};
use kprobe_common::table::{self, Syscall, change};

use super::{Inside, asks, files};
use crate::record::Record;
use crate::world::World;
use crate::world::meant::{Meant, Tables};

impl World {
    /// Takes an entry and the return that follows it at once; the same as [`Self::call`] with one after the other.
    pub fn whole(
        &mut self,
        enter: &Record<'_>,
        frame: &Frame,
        exit: &Record<'_>,
        ret: i64,
    ) -> Option<Rc<Meant>> {
        let header = &enter.header;
        let tables = self.tables(header);
        let row = table::row(header.index);
        if !row.is_none_or(is_plain) || self.is_left_over(header, tables.as_ref()) {
            let meant = self.call(enter);
            self.call(exit);
            return meant;
        }
        self.thread_is_called(header, frame.comm);
        let (row, tables) = (row?, tables?);
        let abi = index::abi(header.index);
        let form = row.form_in(abi, &frame.args);
        if !enter.is_state() && !asks(&form) {
            return None;
        }
        let meant = Meant::new(tables.clone(), false, (&form, abi), enter, frame);
        meant.settle_at_once(ret);
        if enter.is_state() {
            let inside = Inside {
                row,
                args: frame.args,
                uid: header.uid,
                time: header.time,
                meant: None,
                files: None,
                alone: false,
                names: None,
            };
            files::pass(&tables, &meant, [enter, exit], frame, &inside, ret);
        }
        Some(Rc::new(meant))
    }

    /// Whether the thread is thought to be inside a call still.
    fn is_left_over(&self, header: &Header, tables: Option<&Tables>) -> bool {
        let is_inside = |tables: &Tables| {
            tables.files.borrow().is_inside(header.tid)
                || tables.dirs.borrow().is_inside(header.tid)
        };
        self.inside.contains_key(&header.tid) || tables.is_some_and(is_inside)
    }
}

/// Whether all that a call can change are numbers of the thread's own table, or nothing. What becomes of processes and
/// threads, records between the entry and the return would tell, and of another user ID a return that has it.
fn is_plain(row: &'static Syscall) -> bool {
    row.effect.is_none() && row.state & change::NAME == 0 && files::is_plain(row.files)
}
