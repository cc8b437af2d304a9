//! The entry of a call: is it a target's, is it selected, does a filter drop it; then its record.

use aya_ebpf::helpers::generated::bpf_get_current_comm;
use kprobe_common::index::{Abi, index};
use kprobe_common::record::{Frame, flag, kind};
use kprobe_common::regs::Regs;
use kprobe_common::spec::{self, Spec, mode};
use kprobe_common::thread::{self, Slot};

use crate::call::{self, NO_SYSCALL, Part};
use crate::capture::Capture;
use crate::config::config;
use crate::emit::{self, Ring};
use crate::ending;
use crate::family;
use crate::glance::{self, Glance};
use crate::ignored;
use crate::maps;
use crate::scratch::Desk;
use crate::stack;
use crate::target::{self, Task};
use crate::thread::{clear_restart, find, resumed};
use crate::whose;

/// Some call was entered, by its number.
#[inline(always)]
pub(crate) fn any(regs: *const Regs, nr: i32) {
    match glance::of(target::numbers().tid()) {
        Glance::Outside(abi) if is_nothing(abi, nr) => {}
        _ => enter(regs),
    }
}

/// Whether nothing follows from a call of that number, whatever its arguments and whatever it returns.
#[inline(always)]
pub(crate) fn is_nothing(abi: Abi, nr: i32) -> bool {
    nr != NO_SYSCALL
        && maps::SPECS
            .get(index(abi, nr) as u32)
            .is_some_and(|spec| spec.flags & !spec::ATTACHED == 0)
}

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
    glance::forget(task.tid);
    let Some(desk) = Desk::take(task, Ring::Calls) else {
        return refuse(regs, task, found.slot);
    };
    let Some(index) = read_regs(&desk, regs) else {
        return;
    };
    let Some(spec) = maps::SPECS.get(index as u32) else {
        return;
    };
    let mut slot = Slot {
        index,
        spec: index,
        ..Slot::default()
    };
    ignored::change(&desk, spec);
    if found.unsettled {
        family::name(&desk);
    }
    if spec.flags & spec::NEVER_RETURNS != 0 {
        ending::called(task, index, desk.sheet.arg(0) as u32);
    }
    let selected = spec.flags & spec::SELECTED != 0;
    let shown = selected && is_shown(&desk, spec, index);
    let state = is_state(&desk, spec, index, spec::STATE_ENTER);
    if selected {
        emit::count_call(&desk, index, |calls| &raw mut calls.seen);
        if !shown {
            emit::count_call(&desk, index, |calls| &raw mut calls.filtered);
            slot.state = thread::state::FILTERED;
        }
    }
    if shown || state {
        let flags = route(shown, state) | no_slot(found.slot);
        let chosen = if shown {
            variant(&desk, spec, index)
        } else {
            Some((index, spec))
        };
        slot.state = if let Some((number, spec)) = chosen
            && report(&desk, (number, spec), index, flags)
        {
            slot.spec = number;
            clear_restart(found.slot);
            inside(shown)
        } else {
            if shown {
                emit::count_call(&desk, index, |calls| &raw mut calls.lost);
            }
            resumed(&desk, found.slot);
            thread::state::LOST
        };
        slot.flags = if state { thread::flag::STATE } else { 0 };
        slot.late = desk.sheet.late() as u8;
    } else {
        resumed(&desk, found.slot);
    }
    keep(found.slot, spec, slot);
}

/// Reads what a record tells of the registers; gives the call's index.
#[inline(always)]
fn read_regs(desk: &Desk, regs: *const Regs) -> Option<u16> {
    if !desk.sheet.read_regs(regs, Part::Frame) {
        return None;
    }
    // SAFETY: just read.
    let (abi, index) = unsafe {
        let regs = &*desk.sheet.regs();
        (call::abi(regs), call::index_of(regs))
    };
    let rest = match abi {
        Abi::Arm64 => Part::Args,
        Abi::Arm32 => Part::Rest,
    };
    desk.sheet.read_regs(regs, rest).then_some(index)
}

/// There is no memory for a record: the call is lost if it is selected.
#[inline(always)]
fn refuse(regs: *const Regs, task: Task, into: *mut Slot) {
    let index = call::index_at(regs);
    let Some(spec) = maps::SPECS.get(index as u32) else {
        return;
    };
    let selected = spec.flags & spec::SELECTED != 0;
    if selected {
        emit::count_lost(index);
    }
    let changes = spec.flags & (spec::STATE_ENTER | spec::STATE_EXIT) != 0;
    if changes {
        emit::count_cpu(|cpu| &raw mut cpu.state_lost);
        ignored::replace(task.tgid);
    }
    let state = if selected || changes {
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

/// Whether the call changes what is known of the process: `phase` is the bit of `spec` to ask for.
#[inline(always)]
pub(crate) fn is_state(desk: &Desk, spec: &Spec, index: u16, phase: u16) -> bool {
    if spec.flags & phase == 0 {
        return false;
    }
    if spec.flags & spec::STATE_LISTED == 0 {
        return true;
    }
    let command = desk.sheet.arg(spec.state_register) as u32;
    maps::COMMANDS
        .get_ptr(spec::state_key(index, command))
        .is_some()
}

/// The flags that say by which ring a record comes, and whether for the state alone.
#[inline(always)]
pub(crate) fn route(shown: bool, state: bool) -> u8 {
    match (shown, state) {
        (_, false) => 0,
        (true, true) => flag::STATE,
        (false, true) => flag::STATE | flag::UNSHOWN,
    }
}

#[inline(always)]
fn no_slot(slot: *mut Slot) -> u8 {
    if slot.is_null() { flag::NO_SLOT } else { 0 }
}

#[inline(always)]
fn inside(shown: bool) -> u8 {
    if shown {
        thread::state::ENTERED
    } else {
        thread::state::FOLLOWED
    }
}

/// Remembers the entry in the thread's slot, for its return.
#[inline(always)]
fn keep(into: *mut Slot, spec: &Spec, mut slot: Slot) {
    if into.is_null() || config!(returns) == 0 || spec.flags & spec::NEVER_RETURNS != 0 {
        return;
    }
    // SAFETY: a value of the map of threads, used by the current thread alone.
    unsafe {
        let over = thread::flag::EXECED | thread::flag::STATE;
        slot.flags |= (*into).flags & !over;
        slot.birth = (*into).birth;
        if spec.flags & spec::IDENTITY != 0 && slot.flags & thread::flag::LEAVING == 0 {
            slot.flags |= thread::flag::LEAVING;
            if let Some(control) = target::control() {
                emit::add(&raw mut (*control).leaving);
            }
        }
        *into = slot;
    }
}

/// Whether no filter drops the call.
#[inline(always)]
pub(crate) fn is_shown(desk: &Desk, spec: &Spec, index: u16) -> bool {
    wanted(desk, spec, index) && whose::is_shown(desk.task) && !ignored::is_ignored(desk)
}

/// Whether the call's command selects it.
#[inline(always)]
fn wanted(desk: &Desk, spec: &Spec, index: u16) -> bool {
    if spec.command.mode == mode::ANY {
        return true;
    }
    let command = spec.command.command(|at| desk.sheet.arg(at));
    let key = spec::command_key(index, command);
    let listed = maps::COMMANDS.get_ptr(key).is_some();
    listed == (spec.command.mode == mode::LISTED)
}

/// The spec that tells what is copied, and its number: the call's own, or that of a variant.
#[inline(always)]
pub(crate) fn variant<'a>(desk: &Desk, spec: &'a Spec, index: u16) -> Option<(u16, &'a Spec)> {
    let known = |command, broad| {
        let number = maps::VARIANTS.get_ptr(spec::variant_key(index, command, broad))?;
        // SAFETY: a value of the map.
        Some(unsafe { *number })
    };
    match spec.variant.variant(|at| desk.sheet.arg(at), known) {
        None => Some((index, spec)),
        Some(number) => Some((number, maps::SPECS.get(number as u32)?)),
    }
}

/// Puts the entry's record together and hands it over.
#[inline(always)]
fn report(desk: &Desk, (number, spec): (u16, &Spec), index: u16, flags: u8) -> bool {
    desk.begin(kind::ENTER, flags, index, size_of::<Frame>());
    let abi = frame(desk, 0);
    let capture = Capture {
        sheet: desk.sheet.number(),
        spec: number,
        abi,
        at_exit: false,
        ret: 0,
        late: 0,
    };
    capture.walk(desk.sheet, spec.enter & followed(spec, flags));
    if stack::is_wanted() && flags & flag::UNSHOWN == 0 {
        stack::append(desk.sheet, abi);
    }
    emit::emit(desk, ring(flags))
}

/// The registers that may be read through: all, or what the state is made of.
#[inline(always)]
pub(crate) fn followed(spec: &Spec, flags: u8) -> u8 {
    if flags & flag::UNSHOWN == 0 {
        u8::MAX
    } else {
        spec.followed
    }
}

/// The ring of a record with these flags.
#[inline(always)]
pub(crate) fn ring(flags: u8) -> Ring {
    if flags & flag::STATE == 0 {
        Ring::Calls
    } else {
        Ring::State
    }
}

/// Fills the part of a record that tells of the registers, `offset` bytes behind its header.
#[inline(always)]
pub(crate) fn frame(desk: &Desk, offset: usize) -> Abi {
    let frame = desk.sheet.frame(offset);
    // SAFETY: the registers were read; the frame lies in the record's fixed part.
    unsafe {
        call::fill(&mut *frame, &*desk.sheet.regs());
        bpf_get_current_comm((&raw mut (*frame).comm).cast(), 16);
        call::abi(&*desk.sheet.regs())
    }
}
