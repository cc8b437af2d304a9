//! Walks a descriptor and copies what the registers point at. Bytes only: what they mean is left to the user half.

use aya_ebpf::helpers::generated::{bpf_probe_read_user, bpf_probe_read_user_str};
use kprobe_common::index::Abi;
use kprobe_common::record::{Header, IOVECS, PATH_MAX, RECORD_MAX, STRINGS, Slot, msghdr, state};
use kprobe_common::regs::untag;
use kprobe_common::spec::{ArgSpec, REGISTERS, Spec, length, phase, read};

use crate::config::config;
use crate::scratch::{Desk, SLACK};

/// Bytes of an address or of control data of a message, at most.
const NAME_MAX: u32 = 128;
const CONTROL_MAX: u32 = 256;
/// `-EFAULT`.
const EFAULT: i16 = -14;
/// The granule in which memory can be missing; a larger page is a multiple of it.
const PAGE: u64 = 4096;

/// One capture: the desk it writes at and what every copy needs to know.
#[derive(Clone, Copy)]
pub(crate) struct Capture<'a> {
    pub(crate) desk: &'a Desk,
    pub(crate) abi: Abi,
    /// At exit there is no later time to read again: what can be had of a buffer is taken.
    pub(crate) at_exit: bool,
    /// The call's return value; not used at entry.
    pub(crate) ret: i64,
}

impl Capture<'_> {
    /// Copies the memory of each register whose phase is among `phases`, and of those in the mask `late` again.
    #[inline(always)]
    pub(crate) fn walk(&self, spec: &Spec, phases: u8, late: u8) {
        for register in 0..REGISTERS as u8 {
            let arg = &spec.args[register as usize];
            let again = late & (1 << register) != 0;
            if arg.phase & phases != 0 || again {
                self.argument(arg, register, if again { state::LATE } else { 0 });
            }
        }
    }

    #[inline(always)]
    fn argument(&self, arg: &ArgSpec, register: u8, late: u8) {
        let pointer = self.desk.arg(register);
        if pointer == 0 {
            return;
        }
        let to = Place { register, part: 0, late };
        match arg.read {
            read::STRING => self.string(pointer, PATH_MAX as u32 + 1, to),
            read::BYTES => {
                let bytes = size_of_many(self.count(arg), arg.element as u32);
                let cap = if arg.cap == 0 { config!(strsize) } else { arg.cap as u32 };
                self.bytes(pointer, bytes, cap, to);
            }
            read::IOVEC => {
                self.desk.set_remaining(self.limit(arg, late));
                self.iovec(pointer, self.count(arg), to);
            }
            read::STRINGS => self.strings(pointer, to),
            read::MSGHDR => {
                self.desk.set_remaining(self.limit(arg, late));
                self.message(pointer, to);
            }
            _ => {}
        }
    }

    /// How many elements there are.
    #[inline(always)]
    fn count(&self, arg: &ArgSpec) -> u64 {
        match arg.length {
            length::REGISTER => self.desk.arg(arg.register),
            length::REGISTER32 => self.desk.arg(arg.register) & 0xffff_ffff,
            length::RETURN => self.ret as u64,
            length::POINTER => {
                let mut count = 0u32;
                // SAFETY: the destination is on the stack; the helper checks the source.
                unsafe {
                    bpf_probe_read_user(
                        (&raw mut count).cast(),
                        4,
                        untag(self.desk.arg(arg.register)) as *const _,
                    );
                }
                count as u64
            }
            _ => 1,
        }
    }

    /// What a vector's parts hold together: all of it where the call takes it, the return value where it gives it.
    #[inline(always)]
    fn limit(&self, arg: &ArgSpec, late: u8) -> u64 {
        if late == 0 && arg.phase & phase::EXIT != 0 { self.ret as u64 } else { u64::MAX }
    }

    /// A string, its final zero byte within `cap` bytes.
    #[inline(always)]
    fn string(&self, pointer: u64, cap: u32, to: Place) {
        let at = self.desk.cursor();
        if at > RECORD_MAX {
            return self.put(to, state::CUT, 0, 0);
        }
        let cap = if cap > PATH_MAX as u32 + 1 { PATH_MAX as u32 + 1 } else { cap };
        // SAFETY: `at` is within the record and the slack behind it holds the longest string.
        let read = unsafe {
            bpf_probe_read_user_str(self.desk.data(at), cap, untag(pointer) as *const _)
        };
        if read < 0 {
            self.unread(to, read as i16);
        } else if read as u32 >= cap {
            // Filled to the last byte, which the helper made zero.
            self.put(to, state::CUT, cap - 1, 0);
        } else {
            self.put(to, state::WHOLE, (read as u32).saturating_sub(1), 0);
        }
    }

    /// Bytes: `want` of them, at most `cap`.
    #[inline(always)]
    fn bytes(&self, pointer: u64, want: u64, cap: u32, to: Place) {
        let at = self.desk.cursor();
        if at > RECORD_MAX {
            return self.put(to, state::CUT, 0, 0);
        }
        let mut len = if want > cap as u64 { cap } else { want as u32 };
        if len > PATH_MAX as u32 {
            len = PATH_MAX as u32;
        }
        let whole = if want > len as u64 { state::CUT } else { state::WHOLE };
        if len == 0 {
            return self.put(to, whole, 0, 0);
        }
        let pointer = untag(pointer);
        if self.copy(at, len, pointer) {
            return self.put(to, whole, len, 0);
        }
        // The helper copies all or nothing: take what lies before the next page, once nothing else can be done.
        let near = (PAGE - (pointer & (PAGE - 1))) as u32;
        if self.at_exit && near < len && self.copy(at, near, pointer) {
            return self.put(to, state::CUT, near, EFAULT);
        }
        self.unread(to, EFAULT);
    }

    #[inline(always)]
    fn copy(&self, at: usize, len: u32, pointer: u64) -> bool {
        if len > PATH_MAX as u32 {
            return false;
        }
        // SAFETY: `at` is within the record and the slack behind it holds `PATH_MAX` bytes.
        unsafe { bpf_probe_read_user(self.desk.data(at), len, pointer as *const _) == 0 }
    }

    /// An array of `struct iovec`, then what each entry points at.
    #[inline(always)]
    fn iovec(&self, pointer: u64, count: u64, to: Place) {
        let element = self.word() * 2;
        let at = self.desk.cursor();
        let bytes = size_of_many(count, element);
        self.bytes(pointer, bytes, IOVECS as u32 * element, to);
        for i in 0..IOVECS as u32 {
            if i as u64 >= count || self.failed(to.register) {
                return;
            }
            let base = self.field(at, i * element);
            let len = self.field(at, i * element + self.word());
            let len = self.desk.spend(len);
            self.bytes(base, len, config!(strsize), to.part(to.part + 1 + i as u8));
        }
    }

    /// An array of pointers to strings, ended by a null pointer. Part 0 comes last and says how it ended.
    #[inline(always)]
    fn strings(&self, pointer: u64, to: Place) {
        let cap = config!(strsize) + 1;
        for i in 0..STRINGS as u32 {
            let mut string = 0u64;
            let at = untag(pointer) + (i * self.word()) as u64;
            // SAFETY: the destination is on the stack; the helper checks the source.
            let read = unsafe {
                bpf_probe_read_user((&raw mut string).cast(), self.word(), at as *const _)
            };
            if read != 0 {
                return self.unread(to, EFAULT);
            }
            if string == 0 {
                return self.put(to, state::WHOLE, 0, 0);
            }
            self.string(string, cap, to.part(1 + i as u8));
        }
        self.put(to, state::CUT, 0, 0);
    }

    /// A `struct msghdr` and what it points at.
    /// <https://github.com/torvalds/linux/blob/v6.12/include/linux/socket.h#L106-L115>
    #[inline(always)]
    fn message(&self, pointer: u64, to: Place) {
        let word = self.word();
        let at = self.desk.cursor();
        self.bytes(pointer, (7 * word) as u64, 7 * word, to);
        if self.failed(to.register) {
            return;
        }
        let name = self.field(at, 0);
        let name_len = self.field(at, word) & 0xffff_ffff;
        if name != 0 {
            self.bytes(name, name_len, NAME_MAX, to.part(msghdr::NAME));
        }
        let control = self.field(at, 4 * word);
        if control != 0 {
            self.bytes(control, self.field(at, 5 * word), CONTROL_MAX, to.part(msghdr::CONTROL));
        }
        let iovec = self.field(at, 2 * word);
        if iovec != 0 {
            self.iovec(iovec, self.field(at, 3 * word), to.part(msghdr::IOVEC));
        }
    }

    /// Bytes in a pointer.
    #[inline(always)]
    fn word(&self) -> u32 {
        match self.abi {
            Abi::Arm64 => 8,
            Abi::Arm32 => 4,
        }
    }

    /// A pointer-sized field of the structure whose slot begins at `at`: from our copy, so that it is read once.
    #[inline(always)]
    fn field(&self, at: usize, offset: u32) -> u64 {
        if at > RECORD_MAX {
            return 0;
        }
        // SAFETY: within the record or the slack behind it; slots are 8-byte, fields word-aligned.
        unsafe {
            let field = self.desk.data(at).cast::<u8>().add(offset as usize & 0xff);
            match self.abi {
                Abi::Arm64 => field.cast::<u64>().read_volatile(),
                Abi::Arm32 => field.cast::<u32>().read_volatile() as u64,
            }
        }
    }

    #[inline(always)]
    fn failed(&self, register: u8) -> bool {
        self.desk.late() & (1 << register) != 0
    }

    #[inline(always)]
    fn unread(&self, to: Place, error: i16) {
        self.desk.set_late(self.desk.late() | 1 << to.register);
        self.put(to, state::UNREAD, 0, error);
    }

    /// Ends a slot: its head, now that its bytes are there.
    #[inline(always)]
    fn put(&self, to: Place, state: u8, len: u32, error: i16) {
        let at = self.desk.cursor();
        if at > RECORD_MAX + SLACK - 2 * size_of::<Slot>() {
            return;
        }
        let slot = Slot {
            register: to.register,
            part: to.part,
            state: state | to.late,
            unused: 0,
            len: len as u16,
            error,
        };
        // SAFETY: within the record or its slack; every slot begins at a multiple of 8; the header was written.
        unsafe {
            self.desk.record().add(at).cast::<Slot>().write(slot);
            (*self.desk.record().cast::<Header>()).slots += 1;
        }
        self.desk.set_cursor(at as u32 + size_of::<Slot>() as u32 + (len + 7 & !7));
    }
}

/// Where the next bytes belong.
#[derive(Clone, Copy)]
struct Place {
    register: u8,
    part: u8,
    late: u8,
}

impl Place {
    #[inline(always)]
    fn part(self, part: u8) -> Self {
        Self { part, ..self }
    }
}

/// Bytes in `count` elements. More than 4 GiB are as good as 4 GiB, and the product then fits: a saturating one would
/// call a library that a BPF program does not have.
#[inline(always)]
fn size_of_many(count: u64, element: u32) -> u64 {
    let count = if count > u32::MAX as u64 { u32::MAX as u64 } else { count };
    count * element as u64
}
