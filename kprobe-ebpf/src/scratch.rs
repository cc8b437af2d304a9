//! Memory in which a record is put together, since a program's stack has 512 bytes.
//!
//! Up to 6.12 a program is not preempted and one per CPU would do. On 7.x raw tracepoint programs can be: each CPU has
//! a few, taken in turn, and a program that finds another task's mark on its memory gives its record up and counts it.

use aya_ebpf::helpers::generated::{bpf_get_smp_processor_id, bpf_ktime_get_boot_ns};
use kprobe_common::counters::Cpu;
use kprobe_common::record::{Frame, Header, PATH_MAX, RECORD_MAX, Slot};
use kprobe_common::regs::Regs;

use crate::bound::at_most;
use crate::call;
use crate::capture::Walk;
use crate::maps;
use crate::target::Task;

/// Scratch memories of one CPU.
pub(crate) const PER_CPU: u32 = 4;
/// Room beyond [`RECORD_MAX`], so that a copy that starts before it can be as long as a path, and the heads of slots
/// that say "cut" fit behind.
pub(crate) const SLACK: usize = PATH_MAX + 1024;

/// The memory. Its cursor lives here and not in a register: loaded anew before each use it is "unknown, then
/// checked" on every path, so that the verifier sees the paths as alike and prunes them. In a register it has another
/// range on each, and the walk grows past a million ("BPF program is too large").
#[repr(C)]
pub(crate) struct Scratch {
    /// Which task uses it.
    pub(crate) owner: u64,
    /// Bytes of `record` in use.
    pub(crate) cursor: u32,
    /// Registers that could not be read through.
    pub(crate) late: u32,
    pub(crate) walk: Walk,
    pub(crate) regs: Regs,
    pub(crate) record: [u8; RECORD_MAX + SLACK],
}

/// What a program holds while it puts a record together.
#[derive(Clone, Copy)]
pub(crate) struct Desk {
    pub(crate) sheet: Sheet,
    /// Which of the scratch memories it is.
    pub(crate) number: u32,
    pub(crate) cpu: u32,
    pub(crate) cpu_counts: *mut Cpu,
    pub(crate) time: u64,
    pub(crate) task: Task,
}

impl Desk {
    /// Takes the CPU's next scratch memory. The time of the records is now.
    #[inline(always)]
    pub(crate) fn take(task: Task) -> Option<Self> {
        // SAFETY: neither helper takes a pointer.
        let (time, cpu) = unsafe { (bpf_ktime_get_boot_ns(), bpf_get_smp_processor_id()) };
        let cpu_counts = maps::CPUS.get_ptr_mut(cpu)?;
        // SAFETY: a value of the map; only this CPU uses it.
        let turn = unsafe {
            let turn = (*cpu_counts).turn;
            (*cpu_counts).turn = turn + 1;
            turn as u32 % PER_CPU
        };
        let number = cpu * PER_CPU + turn;
        let sheet = Sheet::numbered(number)?;
        let desk = Self {
            sheet,
            number,
            cpu,
            cpu_counts,
            time,
            task,
        };
        // SAFETY: a value of the map, ours for this turn.
        unsafe { core::ptr::write_volatile(&raw mut (*sheet.0).owner, desk.mark()) };
        Some(desk)
    }

    /// Whether no other task took the scratch memory over.
    #[inline(always)]
    pub(crate) fn is_ours(&self) -> bool {
        // SAFETY: as in `take`.
        unsafe { core::ptr::read_volatile(&raw const (*self.sheet.0).owner) == self.mark() }
    }

    #[inline(always)]
    fn mark(&self) -> u64 {
        self.time ^ u64::from(self.task.tid) << 32
    }

    /// Starts a record: its header, then `fixed` bytes that the caller fills.
    #[inline(always)]
    pub(crate) fn begin(&self, kind: u8, flags: u8, index: u16, fixed: usize) {
        let header = Header {
            kind,
            flags,
            cpu: self.cpu as u16,
            lost: 0,
            time: self.time,
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

/// Scratch memory, as a record is written on it.
#[derive(Clone, Copy)]
pub(crate) struct Sheet(pub(crate) *mut Scratch);

impl Sheet {
    /// One of the scratch memories.
    #[inline(always)]
    pub(crate) fn numbered(number: u32) -> Option<Self> {
        maps::SCRATCH.get_ptr_mut(number).map(Self)
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

    /// Reads the registers of the call, and keeps the first argument where the others are: `x0` is the return value
    /// at exit.
    #[inline(always)]
    pub(crate) fn read_regs(&self, from: *const Regs) -> bool {
        call::read(self.regs(), from)
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
