//! From the kernel's saved registers to a call: which ABI, which number, which arguments. Knows no hook.

use core::mem::offset_of;

use aya_ebpf::helpers::generated::bpf_probe_read_kernel;
use kprobe_common::index::{Abi, index};
use kprobe_common::record::Frame;
use kprobe_common::regs::{PSTATE_MODE32, PSTATE_THUMB, Regs};
use kprobe_common::spec::REGISTERS;

/// What is in the number's place where there is none.
/// <https://github.com/torvalds/linux/blob/v6.12/arch/arm64/include/asm/ptrace.h#L93>
pub(crate) const NO_SYSCALL: i32 = -1;

/// Parts of the saved registers. A copy costs by its length, and few calls need all of them.
#[derive(Clone, Copy)]
pub(crate) enum Part {
    /// From the stack pointer on: processor state, first argument and number are behind it.
    Head,
    /// The same, and the link register and the frame pointer, where 64-bit code has them.
    Frame,
    /// The arguments but for the first.
    Args,
    /// What is before the frame.
    Rest,
    /// Everything.
    Whole,
}

impl Part {
    /// Where it begins and ends, in bytes.
    const fn span(self) -> (usize, usize) {
        let frame = offset_of!(Regs, regs) + 29 * size_of::<u64>();
        match self {
            Self::Head => (offset_of!(Regs, sp), size_of::<Regs>()),
            Self::Frame => (frame, size_of::<Regs>()),
            Self::Args => (size_of::<u64>(), REGISTERS * size_of::<u64>()),
            Self::Rest => (0, frame),
            Self::Whole => (0, size_of::<Regs>()),
        }
    }
}

/// Copies a part of the saved registers in one read.
#[inline(always)]
pub(crate) fn read(into: *mut Regs, from: *const Regs, part: Part) -> bool {
    let (begin, end) = part.span();
    // SAFETY: `into` is scratch memory of that size; the helper checks `from`.
    unsafe {
        let from = from.cast::<u8>().wrapping_add(begin);
        let into = into.cast::<u8>().add(begin);
        bpf_probe_read_kernel(into.cast(), (end - begin) as u32, from.cast()) == 0
    }
}

/// The ABI that the task runs in now.
#[inline(always)]
pub(crate) fn abi(regs: &Regs) -> Abi {
    abi_of(regs.pstate)
}

#[inline(always)]
fn abi_of(pstate: u64) -> Abi {
    if pstate & PSTATE_MODE32 == 0 {
        Abi::Arm64
    } else {
        Abi::Arm32
    }
}

/// The index of the number that the kernel dispatched on: a tracer cannot make it lie, unlike `x8`.
/// <https://github.com/torvalds/linux/blob/v6.12/arch/arm64/kernel/syscall.c#L75-L137>
#[inline(always)]
pub(crate) fn index_of(regs: &Regs) -> u16 {
    index(abi(regs), regs.syscallno)
}

/// The same of registers that were not copied, where there is no memory for all of them.
#[inline(always)]
pub(crate) fn index_at(from: *const Regs) -> u16 {
    let mut pstate = 0u64;
    // SAFETY: the destination is on the stack; the helper checks the source.
    unsafe {
        let at = &raw const (*from).pstate;
        bpf_probe_read_kernel((&raw mut pstate).cast(), 8, at.cast());
    }
    index(abi_of(pstate), number_at(from))
}

/// The kernel's number of registers that were not copied; [`NO_SYSCALL`] if it cannot be read.
#[inline(always)]
pub(crate) fn number_at(from: *const Regs) -> i32 {
    let mut nr = NO_SYSCALL;
    // SAFETY: the destination is on the stack; the helper checks the source.
    let failed = unsafe {
        let at = &raw const (*from).syscallno;
        bpf_probe_read_kernel((&raw mut nr).cast(), 4, at.cast()) != 0
    };
    if failed { NO_SYSCALL } else { nr }
}

/// The number in the register that the task put it into: what it asked for, where a tracer wrote over the kernel's.
#[inline(always)]
pub(crate) fn asked(regs: &Regs) -> i32 {
    match abi(regs) {
        Abi::Arm64 => regs.regs[8] as i32,
        Abi::Arm32 => regs.regs[7] as i32,
    }
}

/// The address of the `svc` instruction: the saved one is behind it.
#[inline(always)]
pub(crate) fn svc(regs: &Regs) -> u64 {
    regs.pc.wrapping_sub(if is_thumb(regs) { 2 } else { 4 })
}

/// The stack pointer.
#[inline(always)]
pub(crate) fn sp(regs: &Regs) -> u64 {
    match abi(regs) {
        Abi::Arm64 => regs.sp,
        Abi::Arm32 => regs.regs[13],
    }
}

#[inline(always)]
fn is_thumb(regs: &Regs) -> bool {
    regs.pstate & PSTATE_MODE32 != 0 && regs.pstate & PSTATE_THUMB != 0
}

/// The argument registers; the first from `orig_x0`, since `x0` is the return value at exit.
#[inline(always)]
pub(crate) fn args(regs: &Regs) -> [u64; 6] {
    [
        regs.orig_x0,
        regs.regs[1],
        regs.regs[2],
        regs.regs[3],
        regs.regs[4],
        regs.regs[5],
    ]
}

/// What a record tells of a call's registers, its thread's name left empty.
#[inline(always)]
pub(crate) fn fill(frame: &mut Frame, regs: &Regs) {
    let abi = abi(regs);
    frame.nr = regs.syscallno;
    frame.abi = abi as u16;
    frame.thumb = u16::from(is_thumb(regs));
    frame.args = args(regs);
    frame.pc = regs.pc;
    // 32-bit code keeps them in r14, r13 and r11:
    // https://github.com/torvalds/linux/blob/v6.12/arch/arm64/include/asm/ptrace.h#L112-L119
    (frame.lr, frame.sp, frame.fp) = match abi {
        Abi::Arm64 => (regs.regs[30], regs.sp, regs.regs[29]),
        Abi::Arm32 => (regs.regs[14], regs.regs[13], regs.regs[11]),
    };
}

/// The return value, of what the kernel hands over as such; a 32-bit task's is sign-extended, so that an error is negative
/// in both ABIs. (Whether the kernel did that depends on its version.)
#[inline(always)]
pub(crate) fn ret(abi: Abi, ret: u64) -> i64 {
    match abi {
        Abi::Arm64 => ret as i64,
        Abi::Arm32 => ret as u32 as i32 as i64,
    }
}
