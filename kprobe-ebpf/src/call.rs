//! From the kernel's saved registers to a call: which ABI, which number, which arguments. Knows no hook.

use aya_ebpf::helpers::generated::bpf_probe_read_kernel;
use kprobe_common::index::{Abi, index};
use kprobe_common::record::Frame;
use kprobe_common::regs::{PSTATE_MODE32, PSTATE_THUMB, Regs};

/// Copies the whole saved register block in one read.
#[inline(always)]
pub(crate) fn read(into: *mut Regs, from: *const Regs) -> bool {
    // SAFETY: `into` is scratch memory of that size; the helper checks `from`.
    unsafe { bpf_probe_read_kernel(into.cast(), size_of::<Regs>() as u32, from.cast()) == 0 }
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
    let (mut pstate, mut nr) = (0u64, 0i32);
    // SAFETY: the destinations are on the stack; the helper checks the sources.
    unsafe {
        let (at, number) = (&raw const (*from).pstate, &raw const (*from).syscallno);
        bpf_probe_read_kernel((&raw mut pstate).cast(), 8, at.cast());
        bpf_probe_read_kernel((&raw mut nr).cast(), 4, number.cast());
    }
    index(abi_of(pstate), nr)
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

/// The return value; a 32-bit task's is sign-extended, so that an error is negative in both ABIs.
#[inline(always)]
pub(crate) fn ret(regs: &Regs) -> i64 {
    match abi(regs) {
        Abi::Arm64 => regs.regs[0] as i64,
        Abi::Arm32 => regs.regs[0] as u32 as i32 as i64,
    }
}
