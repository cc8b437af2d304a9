//! Who called whom: the chain of frames, and a copy of the stack for those who unwind it. Bytes only.
//!
//! The chain is walked here and not by `bpf_get_stack`, which gives addresses and does not say why they end.
//!
//! A 32-bit task has neither: its compilers do not agree where in a frame the frame pointer and the return address lie,
//! and the kernel's own walk knows only a layout that none of them has used for long
//! (<https://github.com/torvalds/linux/blob/v6.12/arch/arm64/kernel/perf_callchain.c#L45-L98>).

use aya_ebpf::helpers::generated::bpf_probe_read_user;
use kprobe_common::index::Abi;
use kprobe_common::record::{FRAME, FRAMES, Header, RECORD_MAX, STACK_MAX, Slot, register, state};
use kprobe_common::regs::untag;

use crate::bound::at_most;
use crate::config::config;
use crate::scratch::{PAGE, SLACK, Sheet};

/// `-EFAULT`.
const EFAULT: i16 = -14;
/// Copies of a stack that begins in the middle of a page.
const COPIES: usize = STACK_MAX / PAGE + 1;
/// Where the slots begin at most.
const FRAMES_AT: usize = RECORD_MAX + SLACK;
const STACK_AT: usize = FRAMES_AT + size_of::<Slot>() + FRAMES * FRAME;
/// How often a chain may go on at a lower address: a signal's handler can run on a stack of its own.
const TURNS: u32 = 1;

/// Whether anything was asked for: constant for a run, so that the verifier drops the rest where nothing was.
#[inline(always)]
pub(crate) fn is_wanted() -> bool {
    config!(frames) | config!(stack) != 0
}

/// Adds what was asked for to the record.
#[inline(always)]
pub(crate) fn append(sheet: Sheet, abi: Abi) {
    if matches!(abi, Abi::Arm32) {
        return;
    }
    if config!(frames) != 0 {
        append_frames(sheet.number());
    }
    if config!(stack) != 0 {
        append_stack(sheet.number());
    }
}

/// The chain of frames. Exported, so that its BTF says "global" and the verifier walks it once.
#[unsafe(no_mangle)]
#[inline(never)]
pub(crate) extern "C" fn append_frames(sheet: u32) -> u32 {
    let Some(sheet) = Sheet::numbered(sheet) else {
        return 0;
    };
    // Seen by the verifier where nobody asks for frames, and then the end of it.
    if config!(frames) == 0 {
        return 0;
    }
    let at = at_most::<FRAMES_AT>(sheet.cursor());
    let (mut frame, mut turns) = (untag(sheet.frame_pointer()), 0);
    let (mut count, mut how, mut error) = (0, state::WHOLE, 0);
    for number in 0..FRAMES {
        // Where a frame lies is a multiple of 16 by the calling convention; the kernel's walk asks for 8.
        if frame == 0 || frame & 7 != 0 {
            break;
        }
        // SAFETY: `FRAMES` of them fit behind the last place where the slot can begin.
        let into = unsafe {
            sheet
                .record()
                .add(at + size_of::<Slot>())
                .add(number * FRAME)
                .cast::<u64>()
        };
        // SAFETY: as above; the helper checks the source.
        if unsafe { bpf_probe_read_user(into.cast(), FRAME as u32, frame as *const _) } != 0 {
            (how, error) = (state::CUT, EFAULT);
            break;
        }
        count = number + 1;
        // SAFETY: just read; slots are 8-byte aligned.
        let next = untag(unsafe { into.read_volatile() });
        turns += u32::from(next <= frame);
        if next == 0 || next == frame || turns > TURNS {
            break;
        }
        frame = next;
        if count == FRAMES {
            how = state::CUT;
        }
    }
    put(sheet, at, register::FRAMES, how, error, count * FRAME);
    0
}

/// A copy of the stack, page by page, since a copy is made of all or nothing.
#[unsafe(no_mangle)]
#[inline(never)]
pub(crate) extern "C" fn append_stack(sheet: u32) -> u32 {
    let Some(sheet) = Sheet::numbered(sheet) else {
        return 0;
    };
    let size = config!(stack) as usize;
    if size == 0 {
        return 0;
    }
    let at = at_most::<STACK_AT>(sheet.cursor());
    let (sp, mut how, mut error) = (untag(sheet.stack_pointer()), state::WHOLE, 0);
    sheet.set_copied(0);
    for _ in 0..COPIES {
        // From map memory, so that all paths look alike to the verifier where they meet.
        let copied = at_most::<STACK_MAX>(sheet.copied());
        let from = sp + copied as u64;
        let (near, left) = (
            PAGE - (from as usize & (PAGE - 1)),
            size.saturating_sub(copied),
        );
        let len = at_most::<PAGE>(if near < left { near } else { left });
        if len == 0 {
            break;
        }
        // SAFETY: the slot begins at `STACK_AT` at most, behind which there is room for `STACK_MAX` bytes.
        let into = unsafe { sheet.record().add(at + size_of::<Slot>()).add(copied) };
        // SAFETY: as above; the helper checks the source.
        if unsafe { bpf_probe_read_user(into.cast(), len as u32, from as *const _) } != 0 {
            (how, error) = (state::CUT, EFAULT);
            break;
        }
        sheet.set_copied((copied + len) as u32);
    }
    put(sheet, at, register::STACK, how, error, sheet.copied());
    0
}

/// Ends a slot that begins at `at`.
#[inline(always)]
fn put(sheet: Sheet, at: usize, register: u8, state: u8, error: i16, len: usize) {
    let slot = Slot {
        register,
        part: 0,
        state,
        unused: 0,
        len: len as u16,
        error,
    };
    // SAFETY: both callers bounded `at`; every slot begins at a multiple of 8; the header was written.
    unsafe {
        sheet.record().add(at).cast::<Slot>().write(slot);
        (*sheet.record().cast::<Header>()).slots += 1;
    }
    sheet.set_cursor((at + size_of::<Slot>() + len.next_multiple_of(8)) as u32);
}
