//! Memory in which a record is put together, since a program's stack has 512 bytes.
//!
//! Up to 6.12 a program is not preempted and one per CPU would do. On 7.x raw tracepoint programs can be, though not
//! moved to another CPU: each CPU has a few. A program takes one that nobody uses and gives it back at its end; where
//! there is none it gives its record up and counts it.

use aya_ebpf::helpers::generated::{bpf_get_smp_processor_id, bpf_ktime_get_boot_ns};
use kprobe_common::config::SCRATCH_PER_CPU;
use kprobe_common::counters::Cpu;
use kprobe_common::record::{FRAME, FRAMES, Frame, Header, PATH_MAX, RECORD_MAX, STACK_MAX, Slot};
use kprobe_common::regs::Regs;

use crate::bound::at_most;
use crate::call::{self, Part};
use crate::capture::Walk;
use crate::emit::{self, Ring};
use crate::maps;
use crate::target::Task;

/// Room beyond [`RECORD_MAX`], so that a copy that starts before it can be as long as a path, and the heads of slots
/// that say "cut" fit behind.
pub(crate) const SLACK: usize = PATH_MAX + 1024;
/// The granule in which memory can be missing; a larger page is a multiple of it.
pub(crate) const PAGE: usize = 4096;
/// Behind that, room for two slots with frames and the stack. The verifier does not see that the last page of the stack is
/// cut to what is left.
pub(crate) const BEHIND: usize = 2 * size_of::<Slot>() + FRAMES * FRAME + STACK_MAX + PAGE;
/// The longest record.
pub(crate) const WHOLE: usize = RECORD_MAX + SLACK + BEHIND;

/// The memory. Its cursor lives here and not in a register: loaded anew before each use it is "unknown, then
/// checked" on every path, so that the verifier sees the paths as alike and prunes them. In a register it has another
/// range on each, and the walk grows past a million ("BPF program is too large").
#[repr(C)]
pub(crate) struct Scratch {
    /// How many programs use it, or are about to find that one does.
    pub(crate) users: u64,
    /// Which of the scratch memories it is; here, so that it looks alike to the verifier whichever was taken.
    pub(crate) number: u32,
    /// Bytes of `record` in use.
    pub(crate) cursor: u32,
    /// Registers that could not be read through.
    pub(crate) late: u32,
    /// Bytes of the stack that are copied.
    copied: u32,
    pub(crate) walk: Walk,
    pub(crate) regs: Regs,
    pub(crate) record: [u8; WHOLE],
}

/// What a program holds while it puts a record together.
pub(crate) struct Desk {
    pub(crate) sheet: Sheet,
    pub(crate) cpu: u32,
    pub(crate) cpu_counts: *mut Cpu,
    pub(crate) task: Task,
}

impl Desk {
    /// Takes a scratch memory of the CPU. Where none is free, a record of that ring is lost.
    #[inline(always)]
    pub(crate) fn take(task: Task, ring: Ring) -> Option<Self> {
        // SAFETY: takes no pointer.
        let cpu = unsafe { bpf_get_smp_processor_id() };
        let cpu_counts = maps::CPUS.get_ptr_mut(cpu)?;
        for turn in 0..SCRATCH_PER_CPU {
            let number = cpu * SCRATCH_PER_CPU + turn;
            let sheet = Sheet::numbered(number)?;
            if sheet.take(number) {
                return Some(Self {
                    sheet,
                    cpu,
                    cpu_counts,
                    task,
                });
            }
        }
        // SAFETY: a value of the map.
        emit::add(unsafe { &raw mut (*cpu_counts).scratch_taken });
        emit::add(emit::lost(cpu_counts, ring));
        None
    }

    /// Starts a record, whose time is now: its header, then `fixed` bytes that the caller fills.
    #[inline(always)]
    pub(crate) fn begin(&self, kind: u8, flags: u8, index: u16, fixed: usize) {
        let header = Header {
            kind,
            flags,
            cpu: self.cpu as u16,
            lost: 0,
            // SAFETY: takes no pointer.
            time: unsafe { bpf_ktime_get_boot_ns() },
            tgid: self.task.tgid,
            tid: self.task.tid,
            uid: self.task.uid,
            index,
            slots: 0,
        };
        // SAFETY: the record begins with a header and is 8-byte aligned in the scratch memory.
        unsafe {
            self.sheet.record().cast::<Header>().write(header);
            self.sheet.set_cursor((size_of::<Header>() + fixed) as u32);
        }
        self.sheet.set_late(0);
    }
}

impl Drop for Desk {
    #[inline(always)]
    fn drop(&mut self) {
        self.sheet.give_back();
    }
}

/// Scratch memory, as a record is written on it.
#[derive(Clone, Copy)]
pub(crate) struct Sheet(pub(crate) *mut Scratch);

impl Sheet {
    /// One of the scratch memories.
    #[inline(always)]
    pub(crate) fn numbered(number: u32) -> Option<Self> {
        maps::SCRATCH.get_ptr_mut(number).map(Self)
    }

    /// Takes it, unless it is in use. Two programs that both count themselves in before either looks both find two, and
    /// neither takes it: that is no more than a wasted chance. (5.10 has no instruction that adds and gives back.)
    #[inline(always)]
    fn take(&self, number: u32) -> bool {
        // SAFETY: a field of a map value.
        let users = unsafe { &raw mut (*self.0).users };
        emit::add(users);
        // SAFETY: as above; it is ours where nobody else uses it.
        unsafe {
            if core::ptr::read_volatile(users) == 1 {
                core::ptr::write_volatile(&raw mut (*self.0).number, number);
                return true;
            }
        }
        emit::subtract(users);
        false
    }

    #[inline(always)]
    fn give_back(&self) {
        // SAFETY: a field of a map value.
        emit::subtract(unsafe { &raw mut (*self.0).users });
    }

    /// Which of the scratch memories it is.
    #[inline(always)]
    pub(crate) fn number(&self) -> u32 {
        // SAFETY: a field of a map value.
        unsafe { core::ptr::read_volatile(&raw const (*self.0).number) }
    }

    /// The record's first byte.
    #[inline(always)]
    pub(crate) fn record(&self) -> *mut u8 {
        // SAFETY: a field of a map value.
        unsafe { (&raw mut (*self.0).record).cast() }
    }

    /// The part of the record `offset` bytes behind its header.
    #[inline(always)]
    pub(crate) fn part<T>(&self, offset: usize) -> *mut T {
        // SAFETY: callers stay within the fixed part they began with.
        unsafe { self.record().add(size_of::<Header>() + offset).cast() }
    }

    /// The part of the record that holds a call's registers.
    #[inline(always)]
    pub(crate) fn frame(&self, offset: usize) -> *mut Frame {
        self.part(offset)
    }

    #[inline(always)]
    pub(crate) fn cursor(&self) -> usize {
        // SAFETY: a field of a map value.
        unsafe { core::ptr::read_volatile(&raw const (*self.0).cursor) as usize }
    }

    #[inline(always)]
    pub(crate) fn set_cursor(&self, cursor: u32) {
        // SAFETY: a field of a map value.
        unsafe { core::ptr::write_volatile(&raw mut (*self.0).cursor, cursor) }
    }

    /// The saved registers, once [`crate::call::read`] has filled them.
    #[inline(always)]
    pub(crate) fn regs(&self) -> *mut Regs {
        // SAFETY: a field of a map value.
        unsafe { &raw mut (*self.0).regs }
    }

    /// Reads some of the registers; of the others the memory has those of another call.
    #[inline(always)]
    pub(crate) fn read_regs(&self, from: *const Regs, which: Part) -> bool {
        call::read(self.regs(), from, which)
    }

    /// The address of the `svc` instruction.
    #[inline(always)]
    pub(crate) fn svc(&self) -> u64 {
        // SAFETY: the registers were read.
        call::svc(unsafe { &*self.regs() })
    }

    /// An argument register. From map memory, because the verifier allows a variable index there and not on the stack.
    #[inline(always)]
    pub(crate) fn arg(&self, register: u8) -> u64 {
        // SAFETY: the registers were read; the mask keeps the index inside.
        unsafe {
            let regs = self.regs();
            if register == 0 {
                (*regs).orig_x0
            } else {
                core::ptr::read_volatile(
                    (&raw const (*regs).regs)
                        .cast::<u64>()
                        .add(register as usize & 7),
                )
            }
        }
    }

    /// Where the bytes of a slot that begins at `at` go.
    #[inline(always)]
    pub(crate) fn data(&self, at: usize) -> *mut core::ffi::c_void {
        let at = at_most::<RECORD_MAX>(at);
        // SAFETY: `at` is within the record.
        unsafe { self.record().add(at + size_of::<Slot>()).cast() }
    }

    /// The frame pointer of a 64-bit task.
    #[inline(always)]
    pub(crate) fn frame_pointer(&self) -> u64 {
        // SAFETY: a field of a map value; the registers were read.
        unsafe { (*self.regs()).regs[29] }
    }

    /// The stack pointer of a 64-bit task.
    #[inline(always)]
    pub(crate) fn stack_pointer(&self) -> u64 {
        // SAFETY: a field of a map value; the registers were read.
        unsafe { (*self.regs()).sp }
    }

    #[inline(always)]
    pub(crate) fn copied(&self) -> usize {
        // SAFETY: a field of a map value.
        unsafe { core::ptr::read_volatile(&raw const (*self.0).copied) as usize }
    }

    #[inline(always)]
    pub(crate) fn set_copied(&self, copied: u32) {
        // SAFETY: a field of a map value.
        unsafe { core::ptr::write_volatile(&raw mut (*self.0).copied, copied) }
    }

    /// Registers that could not be read through, one bit each.
    #[inline(always)]
    pub(crate) fn late(&self) -> u32 {
        // SAFETY: a field of a map value.
        unsafe { core::ptr::read_volatile(&raw const (*self.0).late) }
    }

    #[inline(always)]
    pub(crate) fn set_late(&self, late: u32) {
        // SAFETY: a field of a map value.
        unsafe { core::ptr::write_volatile(&raw mut (*self.0).late, late) }
    }
}
