//! Who made earlier calls: a place in code makes the same call again and again, and nothing about it changes until
//! mappings do, or what is known of code.

use std::rc::Rc;

use kprobe_common::record::{Frame, Header};
use rustc_hash::FxHashMap;

use super::{Caller, Class, Entry, Place};
use crate::event::Written;
use crate::world::World;

/// So many are remembered.
const KEPT_MAX: usize = 1024;

/// Callers by the registers that tell of them.
#[derive(Debug, Default)]
pub(super) struct Memo(FxHashMap<Key, Kept>);

#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    space: u64,
    pc: u64,
    lr: u64,
    nr: i32,
    index: u16,
    thumb: u16,
}

#[derive(Debug)]
struct Kept {
    /// Changes of the mappings, and of what is known of code, until then.
    versions: (u64, u64),
    /// When it was worked out: nothing is said of earlier calls.
    time: u64,
    caller: Rc<Caller>,
}

impl Memo {
    /// Who made this call, if that was worked out for an earlier one and nothing has changed; `codes`: how often what is
    /// known of code has.
    pub(super) fn find(
        &self,
        world: &World,
        header: &Header,
        frame: &Frame,
        codes: u64,
    ) -> Option<&Rc<Caller>> {
        let (space, maps) = world.space_of(header)?;
        let kept = self.0.get(&key(space, header, frame))?;
        let holds = kept.versions == (maps, codes) && kept.time <= header.time;
        holds.then_some(&kept.caller)
    }

    /// Remembers who made a call, if that is the answer for later ones too. Gives it back to be shared.
    pub(super) fn keep(
        &mut self,
        world: &World,
        header: &Header,
        frame: &Frame,
        codes: u64,
        mut caller: Caller,
    ) -> Rc<Caller> {
        let space = world.space_of(header);
        let Some((space, maps)) = space.filter(|_| lasts(&caller, header.time)) else {
            return Rc::new(caller);
        };
        if self.0.len() >= KEPT_MAX {
            self.0.clear();
        }
        caller.written = Some(Written::default());
        let caller = Rc::new(caller);
        let kept = Kept {
            versions: (maps, codes),
            time: header.time,
            caller: Rc::clone(&caller),
        };
        self.0.insert(key(space, header, frame), kept);
        caller
    }
}

fn key(space: u64, header: &Header, frame: &Frame) -> Key {
    Key {
        space,
        pc: frame.pc,
        lr: frame.lr,
        nr: frame.nr,
        index: header.index,
        thumb: frame.thumb,
    }
}

/// Whether time alone does not change the answer. Who has a stack is asked for anew: that is another one each time.
fn lasts(caller: &Caller, time: u64) -> bool {
    let is_from_known = match caller.entry {
        Entry::Stub | Entry::Syscall | Entry::Gadget => caller.from.is_some(),
        Entry::Inline => true,
        Entry::Unknown => false,
    };
    let from = caller.from.as_ref();
    let known = is_from_known && is_settled(&caller.place, time);
    known && caller.stack.is_none() && from.is_none_or(|from| is_settled(from, time))
}

/// The stack grows without telling, and a file can lose its name later than the call was made.
fn is_settled(place: &Place, time: u64) -> bool {
    let module = place.module.as_ref();
    !matches!(place.class, Class::Unknown | Class::Stack)
        && module.is_none_or(|module| module.has_settled(time))
}

/// Whether two answers say the same: what is remembered must be what would be worked out now.
pub(super) fn are_same(one: &Caller, other: &Caller) -> bool {
    let of_froms = match (&one.from, &other.from) {
        (Some(one), Some(other)) => is_same_place(one, other),
        (None, None) => true,
        _ => false,
    };
    one.entry == other.entry && is_same_place(&one.place, &other.place) && of_froms
}

fn is_same_place(one: &Place, other: &Place) -> bool {
    let at = |place: &Place| (place.pc, place.class, place.offset, place.altered);
    let module = |place: &Place| place.module.as_ref().map(Rc::as_ptr);
    let site = |place: &Place| place.site.as_ref().map(Rc::as_ptr);
    at(one) == at(other)
        && module(one) == module(other)
        && site(one) == site(other)
        && one.name == other.name
        && one.map == other.map
}
