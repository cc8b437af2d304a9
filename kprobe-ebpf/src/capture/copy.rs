//! Performs the copy that a step has decided on, and writes the slot that tells of it.

use aya_ebpf::helpers::generated::{bpf_probe_read_user, bpf_probe_read_user_str};
use kprobe_common::index::Abi;
use kprobe_common::record::{Header, IOVECS, PATH_MAX, RECORD_MAX, Slot, state};

use super::{EFAULT, Step, job};
use crate::bound::at_most;
use crate::scratch::{PAGE, SLACK};

impl Step<'_> {
    /// Copies what was decided.
    #[inline(always)]
    pub(super) fn perform(&self) {
        match get!(self.job) {
            job::STRING => self.string(),
            job::BYTES | job::HEAD => self.bytes(),
            job::NOTE => self.put(get!(self.state), 0, get!(self.error)),
            _ => {}
        }
    }

    /// A string, its final zero byte within `cap` bytes.
    #[inline(always)]
    fn string(&self) {
        let at = self.sheet.cursor();
        let cap = at_most::<{ PATH_MAX + 1 }>(get!(self.cap) as usize) as u32;
        if at > RECORD_MAX {
            return self.put(state::CUT as u32, 0, 0);
        }
        let from = get!(self.pointer) as *const _;
        // SAFETY: `data` keeps within the record, and the slack behind it holds the longest string.
        let read = unsafe { bpf_probe_read_user_str(self.sheet.data(at), cap + 1, from) };
        if read < 0 {
            self.unread(read as i32);
        } else if read as u32 > cap {
            // One byte more than fits was asked for: a string that fits exactly does not fill it.
            self.put(state::CUT as u32, cap.saturating_sub(1), 0);
        } else {
            self.put(state::WHOLE as u32, (read as u32).saturating_sub(1), 0);
        }
    }

    /// Bytes: `want` of them, at most `cap`.
    #[inline(always)]
    fn bytes(&self) {
        let (want, cap) = (get!(self.want), get!(self.cap));
        let len = if want > cap as u64 { cap } else { want as u32 };
        let whole = if want > len as u64 {
            state::CUT
        } else {
            state::WHOLE
        } as u32;
        let at = self.sheet.cursor();
        if at > RECORD_MAX {
            set!(self.full, 1);
            return self.put(state::CUT as u32, 0, 0);
        }
        if len == 0 || self.copy(at, len) {
            return self.put(whole, len, 0);
        }
        // The helper copies all or nothing: take what lies before the next page, once nothing else can be done. Of what
        // is looked at here, the rest would be an older record's.
        let near = (PAGE - (get!(self.pointer) as usize & (PAGE - 1))) as u32;
        let partly = self.at_exit && get!(self.job) != job::HEAD;
        if partly && near < len && self.copy(at, near) {
            return self.put(state::CUT as u32, near, EFAULT as i32);
        }
        self.unread(EFAULT as i32);
    }

    #[inline(always)]
    fn copy(&self, at: usize, len: u32) -> bool {
        let len = at_most::<PATH_MAX>(len as usize) as u32;
        let from = get!(self.pointer) as *const _;
        // SAFETY: `data` keeps within the record, and the slack behind it holds `PATH_MAX` bytes.
        unsafe { bpf_probe_read_user(self.sheet.data(at), len, from) == 0 }
    }

    /// Bytes in a pointer.
    #[inline(always)]
    pub(super) fn word(&self) -> u32 {
        match self.abi {
            Abi::Arm64 => 8,
            Abi::Arm32 => 4,
        }
    }

    /// A word of the structure whose slot begins at `at`: from our copy, so that it is read once.
    #[inline(always)]
    pub(super) fn field(&self, at: u32, word: u32) -> u64 {
        let at = at_most::<RECORD_MAX>(at as usize);
        let offset = at_most::<{ 8 * 2 * IOVECS }>((word * self.word()) as usize);
        // SAFETY: within the record or the slack behind it; slots are 8-byte, words word-aligned.
        unsafe {
            let field = self.sheet.data(at).cast::<u8>().add(offset);
            let low = field.cast::<u32>().read_volatile() as u64;
            match self.abi {
                Abi::Arm64 => low | (field.add(4).cast::<u32>().read_volatile() as u64) << 32,
                Abi::Arm32 => low,
            }
        }
    }

    /// Whether something of this register could not be read, or had no room: what comes next was looked up in it.
    #[inline(always)]
    pub(super) fn failed(&self) -> bool {
        get!(self.full) != 0 || self.sheet.late() >> (get!(self.register) & 7) & 1 != 0
    }

    #[inline(always)]
    fn unread(&self, error: i32) {
        let register = get!(self.register) & 7;
        self.sheet.set_late(self.sheet.late() | 1 << register);
        self.put(state::UNREAD as u32, 0, error);
    }

    /// Ends a slot: its head, now that its bytes are there.
    #[inline(always)]
    fn put(&self, state: u32, len: u32, error: i32) {
        let at = self.sheet.cursor();
        if at > RECORD_MAX + SLACK - 2 * size_of::<Slot>() {
            return;
        }
        let slot = Slot {
            register: get!(self.register) as u8,
            part: get!(self.part) as u8,
            state: (state | get!(self.late)) as u8,
            unused: 0,
            len: len as u16,
            error: error as i16,
        };
        let at = at_most::<{ RECORD_MAX + SLACK - 2 * size_of::<Slot>() }>(at);
        // SAFETY: within the record or its slack; every slot begins at a multiple of 8; the header was written.
        unsafe {
            self.sheet.record().add(at).cast::<Slot>().write(slot);
            (*self.sheet.record().cast::<Header>()).slots += 1;
        }
        self.sheet
            .set_cursor(at as u32 + size_of::<Slot>() as u32 + ((len + 7) & !7));
    }
}
