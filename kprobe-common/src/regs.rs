//! Where arm64 keeps the registers of a call: offsets into the kernel's `struct pt_regs`.
//!
//! These have not moved since 4.19 and need no BTF:
//! <https://github.com/torvalds/linux/blob/v5.10/arch/arm64/include/asm/ptrace.h#L177-L204>,
//! <https://github.com/torvalds/linux/blob/v6.12/arch/arm64/include/asm/ptrace.h#L153-L185>.

/// The part of `struct pt_regs` that a call needs, copied in one read.
#[derive(Clone, Copy)]
#[cfg_attr(feature = "user", derive(bytemuck::Pod, bytemuck::Zeroable))]
#[repr(C)]
pub struct Regs {
    /// `x0` to `x30`. At exit `x0` holds the return value.
    pub regs: [u64; 31],
    /// The user's stack pointer (64-bit tasks; a 32-bit task keeps it in `r13`).
    pub sp: u64,
    /// The address after the `svc` instruction.
    pub pc: u64,
    /// Processor state; see [`PSTATE_MODE32`].
    pub pstate: u64,
    /// The first argument, kept because `x0` is overwritten by the return value.
    pub orig_x0: u64,
    /// The number the kernel dispatched on, after a tracer had its say; -1 after `rt_sigreturn`.
    pub syscallno: i32,
    /// Not read.
    pub unused: u32,
}

/// Set in `pstate` while the task runs 32-bit code.
/// <https://github.com/torvalds/linux/blob/v6.12/arch/arm64/include/uapi/asm/ptrace.h#L42>
pub const PSTATE_MODE32: u64 = 0x10;

/// Set in `pstate` while 32-bit code is Thumb code, whose `svc` has two bytes and not four.
/// <https://github.com/torvalds/linux/blob/v6.12/arch/arm64/include/asm/ptrace.h#L68>
pub const PSTATE_THUMB: u64 = 0x20;

const _: () = {
    assert!(core::mem::offset_of!(Regs, sp) == 248);
    assert!(core::mem::offset_of!(Regs, pc) == 256);
    assert!(core::mem::offset_of!(Regs, pstate) == 264);
    assert!(core::mem::offset_of!(Regs, orig_x0) == 272);
    assert!(core::mem::offset_of!(Regs, syscallno) == 280);
};

/// Clears the top byte of a user pointer, which the hardware ignores and Android's allocator fills (`0xb4`).
///
/// `bpf_probe_read_user` of a tagged pointer fails with EFAULT since 6.3 (and where that change was back-ported),
/// because `copy_from_user_nofault` then asks `__access_ok`, which does not untag:
/// <https://github.com/torvalds/linux/blob/v6.12/mm/maccess.c#L112-L127>.
#[inline(always)]
#[must_use]
pub const fn untag(pointer: u64) -> u64 {
    pointer & 0x00ff_ffff_ffff_ffff
}
