//! The return of a call: paired with the thread's slot, not with its number, which `rt_sigreturn` and `execve` change.

use kprobe_common::config::LIVE;
use kprobe_common::index::index;
use kprobe_common::record::{Frame, Return, STACK_UNIT, flag, kind};
use kprobe_common::regs::Regs;
use kprobe_common::spec::{self, Spec};
use kprobe_common::thread::{self, Slot, state};

use crate::call::{self, NO_SYSCALL, Part};
use crate::capture::Capture;
use crate::emit::{self, Ring};
use crate::enter::{followed, frame, is_nothing, is_shown, is_state, ring, route, variant};
use crate::glance::{self, Glance};
use crate::ignored;
use crate::life;
use crate::maps;
use crate::scratch::Desk;
use crate::target::{self, Numbers, Task};
use crate::thread::{Found, clear_restart, find, resumed};

/// Returns from -4095 to -1 are errors.
/// <https://github.com/torvalds/linux/blob/v6.12/include/linux/err.h#L28>
const MAX_ERRNO: i64 = 4095;
/// Asks for a restart: `ERESTARTSYS` to `ERESTART_RESTARTBLOCK`.
/// <https://github.com/torvalds/linux/blob/v6.12/include/linux/errno.h#L14-L20>
const RESTART: core::ops::RangeInclusive<i64> = -516..=-512;

/// A call returned; `regs` is the kernel's pointer to the user's registers, `ret` what it hands over as the return value.
#[inline(always)]
pub(crate) fn exit(regs: *const Regs, ret: u64) {
    let numbers = target::numbers();
    match glance::of(numbers.tid()) {
        Glance::Other => {}
        Glance::Outside(abi) if is_nothing(abi, call::number_at(regs)) => {}
        _ => of_thread(regs, ret, numbers),
    }
}

#[inline(always)]
fn of_thread(regs: *const Regs, ret: u64, numbers: Numbers) {
    let Some((task, found, left)) = thread_of_call(numbers) else {
        return;
    };
    let before = leave(found.slot);
    let Some(desk) = Desk::take(task, Ring::Calls) else {
        return refuse(regs, &before, task.tid, left);
    };
    // Of a new program the stack pointer is told, which 32-bit code has among the others.
    let part = if before.flags & thread::flag::EXECED == 0 {
        Part::Head
    } else {
        Part::Whole
    };
    if !desk.sheet.read_regs(regs, part) {
        return;
    }
    // SAFETY: just read.
    let abi = unsafe { call::abi(&*desk.sheet.regs()) };
    let ret = call::ret(abi, ret);
    match before.state {
        state::ENTERED | state::FOLLOWED => returned(&desk, regs, &before, found.slot, ret),
        state::FILTERED | state::LOST => {}
        _ if desk.sheet.read_regs(regs, Part::Whole) => alone(&desk, &before, &found, ret),
        _ => {}
    }
    if left {
        life::left(&desk);
    } else {
        glance::outside(task.tid, abi, found.slot);
    }
}

/// The current thread, if the call it returns from was a target's or made it one; and whether it is none any more.
#[inline(always)]
fn thread_of_call(numbers: Numbers) -> Option<(Task, Found, bool)> {
    let control = target::control()?;
    // SAFETY: the map's only value.
    let (phase, leaving) = unsafe {
        (
            core::ptr::read_volatile(&raw const (*control).phase),
            core::ptr::read_volatile(&raw const (*control).leaving),
        )
    };
    // First of all: before the probes are live nobody takes the slots of ended threads away.
    if phase != LIVE {
        return None;
    }
    if let Some((task, watch)) = target::watched(numbers)
        && let Some(found) = find(task, watch)
    {
        return Some((task, found, false));
    }
    // Not a target now. It was one at entry if it is among the few inside a call that changes the user ID.
    let leaver = if leaving == 0 { None } else { leaver(numbers) };
    if leaver.is_none() {
        glance::other(numbers.tid());
    }
    leaver
}

/// The current thread, if the call that it returns from has made it leave the targets.
#[inline(always)]
fn leaver(numbers: Numbers) -> Option<(Task, Found, bool)> {
    let slot = maps::THREADS.get_ptr_mut(numbers.tid())?;
    // SAFETY: a value of the map of threads, used by the current thread alone.
    if unsafe { (*slot).flags } & thread::flag::LEAVING == 0 {
        return None;
    }
    let found = Found {
        slot,
        new: false,
        unsettled: false,
    };
    Some((numbers.with(target::uid()), found, true))
}

/// There is no memory for a record: the return is lost, and with it the call whose entry was not seen.
#[inline(always)]
fn refuse(regs: *const Regs, before: &Slot, tid: u32, left: bool) {
    let mut changes = before.flags & thread::flag::STATE != 0;
    if before.state == state::ENTERED {
        emit::count_exit_lost(before.index);
    } else if before.state == state::NONE || before.state == state::UNKNOWN {
        let index = call::index_at(regs);
        if let Some(spec) = maps::SPECS.get(index as u32) {
            changes |= spec.flags & spec::STATE_EXIT != 0;
            if spec.flags & spec::SELECTED != 0 {
                emit::count_lost(index);
            }
        }
    }
    if changes {
        emit::count_cpu(|cpu| &raw mut cpu.state_lost);
    }
    if left {
        let _ = maps::THREADS.remove(tid);
    }
}

/// Takes the call out of the slot: the thread is outside, for certain.
#[inline(always)]
fn leave(slot: *mut Slot) -> Slot {
    if slot.is_null() {
        return Slot {
            state: state::UNKNOWN,
            ..Slot::default()
        };
    }
    // SAFETY: a value of the map of threads, used by the current thread alone.
    unsafe {
        let before = *slot;
        (*slot).state = state::NONE;
        (*slot).index = 0;
        (*slot).flags &= !(thread::flag::LEAVING | thread::flag::EXECED | thread::flag::STATE);
        if before.flags & thread::flag::LEAVING != 0
            && let Some(control) = target::control()
        {
            emit::subtract(&raw mut (*control).leaving);
        }
        before
    }
}

/// The return of a call whose entry was reported.
#[inline(always)]
fn returned(desk: &Desk, regs: *const Regs, before: &Slot, slot: *mut Slot, ret: i64) {
    let Some(spec) = maps::SPECS.get(before.spec as u32) else {
        return;
    };
    let execed = before.flags & thread::flag::EXECED != 0;
    let shown = before.state == state::ENTERED;
    let flags = route(shown, before.flags & thread::flag::STATE != 0);
    desk.begin(
        kind::EXIT,
        flags | if execed { flag::EXECED } else { 0 },
        before.index,
        size_of::<Return>(),
    );
    put_return(desk, ret, execed);
    let registers = (outputs(spec, ret) & followed(spec, flags)) | before.late;
    if !execed && registers != 0 && desk.sheet.read_regs(regs, Part::Args) {
        // SAFETY: the registers were read.
        let abi = call::abi(unsafe { &*desk.sheet.regs() });
        let capture = Capture {
            sheet: desk.sheet.number(),
            spec: before.spec,
            abi,
            at_exit: true,
            ret,
            late: before.late,
        };
        capture.walk(desk.sheet, registers);
    }
    if !emit::emit(desk, ring(flags)) && shown {
        emit::count_call(desk, before.index, |calls| &raw mut calls.exits_lost);
    }
    if RESTART.contains(&ret) && !slot.is_null() {
        // SAFETY: a value of the map of threads, used by the current thread alone.
        unsafe { (*slot).flags |= thread::flag::RESTART };
    }
}

/// A return without a reported entry.
#[inline(always)]
fn alone(desk: &Desk, before: &Slot, found: &Found, ret: i64) {
    let Some((index, nr)) = asked(desk, before) else {
        return resumed(desk, found.slot);
    };
    let Some(spec) = maps::SPECS.get(index as u32) else {
        return;
    };
    let selected = spec.flags & spec::SELECTED != 0;
    let why = why(before, spec, found.new);
    // Its entry may have gone unseen.
    ignored::change(desk, spec);
    let state = changes(desk, spec, index, why, ret);
    if !selected && !state {
        return resumed(desk, found.slot);
    }
    if found.slot.is_null() {
        // The entry was counted and reported; without a slot nobody remembers which one it was.
        return;
    }
    let shown = selected && is_shown(desk, spec, index);
    if selected {
        emit::count_call(desk, index, |calls| &raw mut calls.seen);
        if !shown {
            emit::count_call(desk, index, |calls| &raw mut calls.filtered);
        }
    }
    if !shown && !state {
        return resumed(desk, found.slot);
    }
    if report(desk, spec, (index, nr), why | route(shown, state), ret) {
        clear_restart(found.slot);
    } else if shown {
        emit::count_call(desk, index, |calls| &raw mut calls.lost);
    }
}

/// Index and number of the call that was asked for; `None` if the return is no call's: a signal handler's end put the
/// registers of before it back, and wrote -1 over the number. A tracer that skips a call does that too, but then the
/// task's register still has the number.
#[inline(always)]
fn asked(desk: &Desk, before: &Slot) -> Option<(u16, i32)> {
    // SAFETY: the registers were read.
    let regs = unsafe { &*desk.sheet.regs() };
    if regs.syscallno != NO_SYSCALL {
        return Some((call::index_of(regs), regs.syscallno));
    }
    let entered = maps::SPECS.get(before.index as u32)?;
    let restored = entered.flags & spec::RESTORES != 0;
    if before.state != state::NONE || restored || !target::restores() {
        return None;
    }
    let nr = call::asked(regs);
    Some((index(call::abi(regs), nr), nr))
}

/// Whether a return without a reported entry changed what is known of the process: it succeeded, or it settles what
/// was uncertain since its entry.
#[inline(always)]
fn changes(desk: &Desk, spec: &Spec, index: u16, why: u8, ret: i64) -> bool {
    why & flag::BLOCKED == 0
        && (!failed(ret) || spec.flags & spec::STATE_ENTER != 0)
        && is_state(desk, spec, index, spec::STATE_ENTER | spec::STATE_EXIT)
}

/// What is known of why the entry was not reported.
#[inline(always)]
fn why(before: &Slot, spec: &Spec, new: bool) -> u8 {
    // Of what is followed by its return alone no entry is reported, even where a probe sits there.
    let reported = spec.flags & (spec::SELECTED | spec::STATE_ENTER) != 0;
    if before.state == state::NONE && spec.flags & spec::ATTACHED != 0 && reported {
        flag::BLOCKED
    } else if new && spec.flags & spec::IDENTITY != 0 {
        flag::ARRIVED
    } else {
        0
    }
}

#[inline(always)]
fn report(desk: &Desk, spec: &Spec, (index, nr): (u16, i32), flags: u8, ret: i64) -> bool {
    // What is followed alone is read as the row says: no command makes a difference to it.
    let chosen = if flags & flag::UNSHOWN == 0 {
        variant(desk, spec, index)
    } else {
        Some((index, spec))
    };
    let Some((number, spec)) = chosen else {
        return false;
    };
    desk.begin(
        kind::EXIT_ONLY,
        flags,
        index,
        size_of::<Return>() + size_of::<Frame>(),
    );
    put_return(desk, ret, false);
    let abi = frame(desk, size_of::<Return>());
    // SAFETY: just filled; the kernel's number is in the return.
    unsafe { (*desk.sheet.frame(size_of::<Return>())).nr = nr };
    // Inputs are read here for the first time: late, unless the call never ran.
    let (registers, late) = if flags & flag::BLOCKED == 0 {
        let seen = followed(spec, flags);
        (outputs(spec, ret) & seen, spec.enter & seen)
    } else {
        (spec.enter, 0)
    };
    Capture {
        sheet: desk.sheet.number(),
        spec: number,
        abi,
        at_exit: true,
        ret,
        late,
    }
    .walk(desk.sheet, registers);
    emit::emit(desk, ring(flags))
}

#[inline(always)]
fn put_return(desk: &Desk, ret: i64, execed: bool) {
    // SAFETY: the return is the start of the record's fixed part; the registers were read.
    unsafe {
        let regs = &*desk.sheet.regs();
        let stack = if execed {
            (call::sp(regs) / STACK_UNIT) as u32
        } else {
            0
        };
        let nr = regs.syscallno;
        desk.sheet
            .part::<Return>(0)
            .write(Return { ret, nr, stack });
    }
}

/// The registers that the call gives through, one bit each.
#[inline(always)]
fn outputs(spec: &Spec, ret: i64) -> u8 {
    if failed(ret) {
        spec.exit_always
    } else {
        spec.exit
    }
}

#[inline(always)]
fn failed(ret: i64) -> bool {
    (-MAX_ERRNO..0).contains(&ret)
}
