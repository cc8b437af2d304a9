//! The entry of a call: is it a target's, is it selected, does a filter drop it; then its record.

use aya_ebpf::helpers::generated::bpf_get_current_comm;
use kprobe_common::record::{Change, Frame, flag, kind};
use kprobe_common::regs::Regs;
use kprobe_common::spec::{self, Spec, command};
use kprobe_common::thread::{self, Slot};

use crate::call;
use crate::capture::Capture;
use crate::config::config;
use crate::emit::{self, Ring};
use crate::maps;
use crate::scratch::Desk;
use crate::target;
use crate::thread::{clear_restart, find, resumed};

/// A call was entered; `regs` is the kernel's pointer to the user's registers.
#[inline(always)]
pub(crate) fn enter(regs: *const Regs) {
    let Some((task, watch)) = target::current() else {
        return;
    };
    if !target::is_live() {
        return;
    }
    let Some(found) = find(task, watch) else {
        return;
    };
    let Some(desk) = Desk::take(task, Ring::Calls) else {
        return refuse(regs, found.slot);
    };
    if !desk.sheet.read_regs(regs) {
        return;
    }
    // SAFETY: just read.
    let index = call::index_of(unsafe { &*desk.sheet.regs() });
    let Some(spec) = maps::SPECS.get(index as u32) else {
        return;
    };
    if spec.flags & spec::STATE_ENTER != 0 {
        change(&desk, index, flag::BEFORE, 0);
    }
    let mut slot = Slot {
        index,
        ..Slot::default()
    };
    if spec.flags & spec::SELECTED != 0 {
        emit::count_call(&desk, index, |calls| &raw mut calls.seen);
        slot.state = if !wanted(&desk, spec, index) {
            emit::count_call(&desk, index, |calls| &raw mut calls.filtered);
            resumed(&desk, found.slot);
            thread::state::FILTERED
        } else if report(&desk, spec, index, found.slot.is_null()) {
            clear_restart(found.slot);
            thread::state::ENTERED
        } else {
            emit::count_call(&desk, index, |calls| &raw mut calls.lost);
            resumed(&desk, found.slot);
            thread::state::LOST
        };
        slot.late = desk.sheet.late() as u8;
    } else {
        resumed(&desk, found.slot);
    }
    keep(found.slot, spec, slot);
}

/// There is no memory for a record: the call is lost if it is selected.
#[inline(always)]
fn refuse(regs: *const Regs, into: *mut Slot) {
    let index = call::index_at(regs);
    let Some(spec) = maps::SPECS.get(index as u32) else {
        return;
    };
    let selected = spec.flags & spec::SELECTED != 0;
    if selected {
        emit::count_lost(index);
    }
    let state = if selected {
        thread::state::LOST
    } else {
        thread::state::NONE
    };
    let slot = Slot {
        state,
        index,
        ..Slot::default()
    };
    keep(into, spec, slot);
}

/// Remembers the entry in the thread's slot, for its return.
#[inline(always)]
fn keep(into: *mut Slot, spec: &Spec, mut slot: Slot) {
    if into.is_null() || config!(returns) == 0 || spec.flags & spec::NEVER_RETURNS != 0 {
        return;
    }
    // SAFETY: a value of the map of threads, used by the current thread alone.
    unsafe {
        slot.flags = (*into).flags & !thread::flag::EXECED;
        if spec.flags & spec::IDENTITY != 0 && slot.flags & thread::flag::LEAVING == 0 {
            slot.flags |= thread::flag::LEAVING;
            if let Some(control) = target::control() {
                emit::add(&raw mut (*control).leaving);
            }
        }
        *into = slot;
    }
}

/// Whether the call's command selects it.
#[inline(always)]
pub(crate) fn wanted(desk: &Desk, spec: &Spec, index: u16) -> bool {
    if spec.command_mode == command::ANY {
        return true;
    }
    let word = desk.sheet.arg(spec.command_register) >> (spec.command_shift & 63);
    let key = spec::command_key(index, word as u32 & spec.command_mask);
    let listed = maps::COMMANDS.get_ptr(key).is_some();
    listed == (spec.command_mode == command::LISTED)
}

/// Puts the entry's record together and hands it over.
#[inline(always)]
fn report(desk: &Desk, spec: &Spec, index: u16, no_slot: bool) -> bool {
    let flags = if no_slot { flag::NO_SLOT } else { 0 };
    desk.begin(kind::ENTER, flags, index, size_of::<Frame>());
    let abi = frame(desk, 0);
    let capture = Capture {
        sheet: desk.sheet.number(),
        index,
        abi,
        at_exit: false,
        ret: 0,
        late: 0,
    };
    capture.walk(desk.sheet, spec.enter);
    emit::emit(desk, Ring::Calls)
}

/// Fills the part of a record that tells of the registers, `offset` bytes behind its header.
#[inline(always)]
pub(crate) fn frame(desk: &Desk, offset: usize) -> kprobe_common::index::Abi {
    let frame = desk.sheet.frame(offset);
    // SAFETY: the registers were read; the frame lies in the record's fixed part.
    unsafe {
        call::fill(&mut *frame, &*desk.sheet.regs());
        bpf_get_current_comm((&raw mut (*frame).comm).cast(), 16);
        call::abi(&*desk.sheet.regs())
    }
}

/// Reports a call that changes what is known of the process, to the ring of state.
#[inline(always)]
pub(crate) fn change(desk: &Desk, index: u16, flags: u8, ret: i64) {
    desk.begin(kind::CHANGE, flags, index, size_of::<Change>());
    // SAFETY: the registers were read; the change is the record's fixed part.
    unsafe {
        let regs = &*desk.sheet.regs();
        desk.sheet.part::<Change>(0).write(Change {
            args: call::args(regs),
            ret,
            nr: regs.syscallno,
            abi: call::abi(regs) as u32,
        });
    }
    emit::emit(desk, Ring::State);
}
