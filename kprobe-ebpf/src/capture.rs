//! Walks a descriptor and copies what the registers point at. Bytes only: what they mean is left to the user half.
//!
//! One loop, one copy a step, and the step a function of numbers alone ([`capture_step`]): the verifier walks it once
//! by itself. Everything that a step leaves for the next lies in map memory ([`Walk`]) and is read from there anew, so
//! that all paths look alike where they meet. With nested loops, and with the step inside the loop, 6.1 said "BPF
//! program is too large. Processed 1000001 insn".

use aya_ebpf::helpers::generated::bpf_probe_read_user;
use kprobe_common::index::Abi;
use kprobe_common::record::{IOVECS, MESSAGES, PATH_MAX, STRINGS, state};
use kprobe_common::regs::untag;
use kprobe_common::spec::{ArgSpec, REGISTERS, Spec, length, phase, read, request_size};

use crate::bound::at_most;
use crate::config::config;
use crate::maps;
use crate::scratch::Sheet;
pub(crate) use walk::Walk;
use walk::{job, stage};

/// `-EFAULT`.
const EFAULT: i16 = -14;
/// Steps of one walk: an array of messages, each with its head, address, control data, array of iovecs, full array of
/// buffers and their end; and one for each register. Two full vectors of strings are fewer.
const STEPS: u32 = MESSAGES as u32 * (5 + IOVECS as u32) + REGISTERS as u32;

/// Reads or writes a field of the walk, in memory and nowhere else.
macro_rules! get {
    ($self:ident.$field:ident) => {
        // SAFETY: a field of the scratch memory.
        unsafe { core::ptr::read_volatile(&raw const (*$self.walk()).$field) }
    };
}
macro_rules! set {
    ($self:ident.$field:ident, $value:expr) => {{
        let value = $value;
        // SAFETY: a field of the scratch memory.
        unsafe { core::ptr::write_volatile(&raw mut (*$self.walk()).$field, value) }
    }};
}

mod copy;
mod message;
mod walk;

/// What every step of one capture is told: plain numbers, since that is all that a function can be passed which the
/// verifier of 5.10 walks once by itself and not anew at each call.
#[derive(Clone, Copy)]
pub(crate) struct Capture {
    /// Which of the scratch memories holds the record.
    pub(crate) sheet: u32,
    /// Number of the spec: the call's index, or a variant's.
    pub(crate) spec: u16,
    pub(crate) abi: Abi,
    /// At exit there is no later time to read again: what can be had of a buffer is taken.
    pub(crate) at_exit: bool,
    /// The call's return value; not used at entry.
    pub(crate) ret: i64,
    /// Inputs that are read late, one bit for each register.
    pub(crate) late: u8,
}

impl Capture {
    /// Copies the memory behind the registers of the mask `registers`, and behind those that are late.
    #[inline(always)]
    pub(crate) fn walk(&self, sheet: Sheet, registers: u8) {
        let todo = (registers | self.late) as u32;
        if todo == 0 {
            return;
        }
        let (todo, register) = lowest(todo, 0);
        // SAFETY: a field of the scratch memory.
        unsafe {
            let walk = &raw mut (*sheet.0).walk;
            core::ptr::write_volatile(&raw mut (*walk).todo, todo);
            core::ptr::write_volatile(&raw mut (*walk).register, register);
            core::ptr::write_volatile(&raw mut (*walk).stage, stage::BEGIN);
        }
        let how = self.abi as u32 | (self.at_exit as u32) << 1 | (self.late as u32) << 8;
        for _ in 0..STEPS {
            if capture_step(self.sheet, self.spec as u32, how, self.ret as u64) == 0 {
                return;
            }
        }
    }
}

/// One step; 0 when there is nothing left. Exported, so that its BTF says "global" and the verifier walks it once.
#[unsafe(no_mangle)]
#[inline(never)]
pub(crate) extern "C" fn capture_step(sheet: u32, spec: u32, how: u32, ret: u64) -> u32 {
    let (Some(sheet), Some(spec)) = (Sheet::numbered(sheet), maps::SPECS.get(spec)) else {
        return 0;
    };
    let abi = if how & 1 == 0 { Abi::Arm64 } else { Abi::Arm32 };
    let step = Step {
        sheet,
        spec,
        abi,
        at_exit: how & 2 != 0,
        ret,
        late: how >> 8,
    };
    step.take()
}

/// One step of a capture.
#[derive(Clone, Copy)]
struct Step<'a> {
    sheet: Sheet,
    spec: &'a Spec,
    abi: Abi,
    at_exit: bool,
    ret: u64,
    late: u32,
}

impl Step<'_> {
    #[inline(always)]
    fn take(&self) -> u32 {
        set!(self.job, job::NONE);
        set!(self.done, 0);
        self.prepare();
        self.perform();
        if get!(self.done) == 0 {
            return 1;
        }
        let (todo, register) = lowest(get!(self.todo) >> 1, get!(self.register) + 1);
        set!(self.todo, todo);
        set!(self.register, register);
        set!(self.stage, stage::BEGIN);
        todo
    }

    #[inline(always)]
    fn walk(&self) -> *mut Walk {
        // SAFETY: a field of a map value.
        unsafe { &raw mut (*self.sheet.0).walk }
    }

    /// Decides what this step copies.
    #[inline(always)]
    fn prepare(&self) {
        match get!(self.stage) {
            stage::STRING => self.next_string(),
            stage::BUFFER => self.next_buffer(),
            stage::NAME => self.message_name(),
            stage::CONTROL => self.message_control(),
            stage::IOVEC => self.message_iovec(),
            stage::MESSAGE => self.next_message(),
            stage::SPAN => self.span(),
            _ => self.begin(),
        }
    }

    /// Begins with a register, or passes it over.
    #[inline(always)]
    fn begin(&self) {
        let register = at_most::<{ REGISTERS - 1 }>(get!(self.register) as usize);
        let pointer = self.sheet.arg(register as u8);
        if pointer == 0 {
            return self.next_register();
        }
        let arg = self.described(register);
        let late = self.late & (1 << register) != 0;
        set!(self.late, if late { state::LATE as u32 } else { 0 });
        set!(self.part, 0);
        if arg.read == read::STRING {
            self.job(job::STRING, pointer, 0, PATH_MAX as u32 + 1);
            return self.next_register();
        }
        let count = self.count(arg);
        if arg.read == read::BYTES {
            let cap = if arg.cap == 0 {
                config!(strsize)
            } else {
                arg.cap as u32
            };
            let want = size_of_many(count, arg.element as u32);
            self.job(job::BYTES, pointer, want, cap);
            return self.next_register();
        }
        self.begin_vector(arg, pointer, count);
    }

    /// Begins with a register whose memory has pointers in it.
    #[inline(always)]
    fn begin_vector(&self, arg: ArgSpec, pointer: u64, count: u64) {
        let gives = self.gives(arg);
        set!(self.remaining, if gives { self.ret } else { u64::MAX });
        set!(self.vector, pointer);
        set!(self.count, count);
        set!(self.item, 0);
        set!(self.messages, 0);
        set!(self.full, 0);
        match arg.read {
            read::STRINGS | read::POINTERS => {
                set!(self.element, arg.element as u32);
                set!(self.stage, stage::STRING);
            }
            read::IOVEC => self.iovec_array(pointer, count),
            read::MSGHDR | read::MMSGHDR => {
                set!(self.next, pointer);
                set!(self.messages, count);
                set!(self.base, 0);
                self.next_message();
            }
            read::PROGRAM | read::COUNTED | read::SPAN => {
                set!(self.message, self.sheet.cursor() as u32);
                self.job(job::HEAD, pointer, 2 * self.word() as u64, 2 * self.word());
                set!(self.stage, stage::SPAN);
            }
            _ => self.next_register(),
        }
    }

    /// Whether the call has filled what the register points at.
    #[inline(always)]
    fn gives(&self, arg: ArgSpec) -> bool {
        self.at_exit && arg.phase & phase::EXIT != 0
    }

    /// What is read through a register.
    #[inline(always)]
    fn described(&self, register: usize) -> ArgSpec {
        let register = at_most::<{ REGISTERS - 1 }>(register);
        // SAFETY: bounded above; an index that the compiler checks again could panic.
        unsafe { *self.spec.args.get_unchecked(register) }
    }

    /// Nothing is left of the register once this step's copy is made.
    #[inline(always)]
    fn next_register(&self) {
        set!(self.done, 1);
    }

    #[inline(always)]
    fn job(&self, job: u32, pointer: u64, want: u64, cap: u32) {
        set!(self.job, job);
        set!(self.pointer, untag(pointer));
        set!(self.want, want);
        set!(self.cap, cap);
    }

    #[inline(always)]
    fn note(&self, state: u8, error: i16) {
        set!(self.job, job::NOTE);
        set!(self.part, 0);
        set!(self.state, state as u32);
        set!(self.error, error as i32);
        self.next_register();
    }

    /// What the call gave, or what it has room for.
    #[inline(always)]
    fn within(&self, room: u64) -> u64 {
        if self.at_exit {
            self.ret.min(room)
        } else {
            room
        }
    }

    /// How many elements there are.
    #[inline(always)]
    fn count(&self, arg: ArgSpec) -> u64 {
        match arg.length {
            length::REGISTER => self.sheet.arg(arg.register),
            length::REGISTER32 => self.sheet.arg(arg.register) & 0xffff_ffff,
            length::RETURN => self.ret,
            length::WITHIN => self.within(self.sheet.arg(arg.register)),
            length::WITHIN32 => self.within(self.sheet.arg(arg.register) & 0xffff_ffff),
            length::BEHIND => self.sheet.arg(arg.register) + self.word() as u64,
            length::WITHIN_BEHIND => self.within(self.sheet.arg(arg.register)) + self.word() as u64,
            length::REQUEST => request_size(self.sheet.arg(arg.register)),
            length::POINTER => user_u32(self.sheet.arg(arg.register)),
            _ => 1,
        }
    }

    /// The next of an array of pointers to strings, or to elements of one size. The slot of part 0 comes last and says how the array ended.
    #[inline(always)]
    fn next_string(&self) {
        let (item, element) = (get!(self.item), get!(self.element));
        if element != 0 && item as u64 >= get!(self.count) {
            return self.note(state::WHOLE, 0);
        }
        if item >= STRINGS as u32 {
            return self.note(state::CUT, 0);
        }
        let at = untag(get!(self.vector)) + (item * self.word()) as u64;
        let mut string = 0u64;
        // SAFETY: the destination is on the stack; the helper checks the source.
        let read =
            unsafe { bpf_probe_read_user((&raw mut string).cast(), self.word(), at as *const _) };
        if read != 0 {
            self.sheet
                .set_late(self.sheet.late() | 1 << (get!(self.register) & 7));
            return self.note(state::UNREAD, EFAULT);
        }
        if string == 0 {
            let whole = if element == 0 {
                state::WHOLE
            } else {
                state::CUT
            };
            return self.note(whole, 0);
        }
        set!(self.item, item + 1);
        set!(self.part, item + 1);
        if element == 0 {
            self.job(job::STRING, string, 0, config!(strsize) + 1);
        } else {
            self.job(job::BYTES, string, element as u64, element);
        }
    }
}

/// Passes over registers that have no bit.
#[inline(always)]
fn lowest(mut todo: u32, mut register: u32) -> (u32, u32) {
    for _ in 1..REGISTERS {
        if todo & 1 == 0 {
            todo >>= 1;
            register += 1;
        }
    }
    (todo, register)
}

/// Bytes in `count` elements. More than 4 GiB are as good as 4 GiB, and the product then fits: a saturating one would
/// call a library that a BPF program does not have.
#[inline(always)]
fn size_of_many(count: u64, element: u32) -> u64 {
    let count = if count > u32::MAX as u64 {
        u32::MAX as u64
    } else {
        count
    };
    count * element as u64
}

/// A number in the task's memory, such as a `socklen_t`.
#[inline(always)]
fn user_u32(pointer: u64) -> u64 {
    let mut value = 0u32;
    // SAFETY: the destination is on the stack; the helper checks the source and zeroes what it cannot read.
    unsafe { bpf_probe_read_user((&raw mut value).cast(), 4, untag(pointer) as *const _) };
    value as u64
}
