//! Vectors of buffers, messages, filters and the like: structures with pointers in them, each read once and from our copy.

use kprobe_common::record::{IOVECS, MESSAGES, msghdr};
use kprobe_common::spec::{phase, read};

use super::{Step, job, size_of_many, stage};
use crate::config::config;

/// Bytes of an address or of control data of a message, at most: room for as many descriptors as can be passed at once
/// (`SCM_MAX_FD`, 253).
const NAME_MAX: u32 = 128;
const CONTROL_MAX: u32 = 1040;
/// Words in a `struct msghdr`, and in a `struct mmsghdr`.
/// <https://github.com/torvalds/linux/blob/v6.12/include/linux/socket.h#L106-L115>
const WORDS: u32 = 7;
const WORDS_OF_MANY: u32 = 8;

impl Step<'_> {
    /// The next message of an array; one alone is an array of one.
    #[inline(always)]
    pub(super) fn next_message(&self) {
        let (messages, base) = (get!(self.messages), get!(self.base));
        if messages == 0 || base >= MESSAGES as u32 * msghdr::EACH as u32 || self.failed() {
            return self.next_register();
        }
        let words = if self.many() { WORDS_OF_MANY } else { WORDS };
        let (at, size) = (get!(self.next), words * self.word());
        set!(self.next, at + size as u64);
        set!(self.messages, messages - 1);
        set!(self.item, 0);
        set!(self.message, self.sheet.cursor() as u32);
        set!(self.part, base);
        set!(self.base, base + msghdr::EACH as u32);
        self.job(job::HEAD, at, size as u64, size);
        // Of what the call will fill, how much room there is.
        let arg = self.described(get!(self.register) as usize);
        let alone = !self.at_exit && arg.phase & phase::EXIT != 0;
        set!(self.stage, if alone { stage::MESSAGE } else { stage::NAME });
    }

    /// Whether messages are elements of an array and have a length behind them.
    #[inline(always)]
    fn many(&self) -> bool {
        self.described(get!(self.register) as usize).read == read::MMSGHDR
    }

    #[inline(always)]
    pub(super) fn message_name(&self) {
        self.message_part(0, msghdr::NAME, NAME_MAX, stage::CONTROL);
    }

    #[inline(always)]
    pub(super) fn message_control(&self) {
        self.message_part(4, msghdr::CONTROL, CONTROL_MAX, stage::IOVEC);
    }

    /// A pointer of a `struct msghdr` and the length behind it: the words `word` and `word + 1`.
    #[inline(always)]
    fn message_part(&self, word: u32, part: u8, cap: u32, next: u32) {
        if self.failed() {
            return self.next_register();
        }
        set!(self.stage, next);
        let pointer = self.field(get!(self.message), word);
        if pointer != 0 {
            self.part_of_message(part);
            // The length of the address is an `int`; the control data's is a word, and no longer than this.
            let len = self.field(get!(self.message), word + 1) & 0xffff_ffff;
            self.job(job::BYTES, pointer, len, cap);
        }
    }

    /// The number of a part of this message: `base` is the next one's already.
    #[inline(always)]
    fn part_of_message(&self, part: u8) {
        set!(
            self.part,
            get!(self.base) - msghdr::EACH as u32 + part as u32
        );
    }

    #[inline(always)]
    pub(super) fn message_iovec(&self) {
        if self.failed() {
            return self.next_register();
        }
        let pointer = self.field(get!(self.message), 2);
        if pointer == 0 {
            return self.next_message();
        }
        let count = self.field(get!(self.message), 3);
        set!(self.count, count);
        if self.many() {
            let arg = self.described(get!(self.register) as usize);
            let gives = self.gives(arg);
            let len = self.field(get!(self.message), WORDS) & 0xffff_ffff;
            set!(self.remaining, if gives { len } else { u64::MAX });
        }
        self.part_of_message(msghdr::IOVEC);
        self.iovec_array(pointer, count);
    }

    /// The array of a vector of buffers.
    #[inline(always)]
    pub(super) fn iovec_array(&self, pointer: u64, count: u64) {
        let element = 2 * self.word();
        set!(self.array, self.sheet.cursor() as u32);
        self.job(
            job::HEAD,
            pointer,
            size_of_many(count, element),
            IOVECS as u32 * element,
        );
        set!(self.stage, stage::BUFFER);
    }

    /// What the next entry of an array of iovecs points at.
    #[inline(always)]
    pub(super) fn next_buffer(&self) {
        let item = get!(self.item);
        if item >= IOVECS as u32 || item as u64 >= get!(self.count) || self.failed() {
            return self.next_message();
        }
        let base = self.field(get!(self.array), item * 2);
        let len = self.field(get!(self.array), item * 2 + 1);
        let remaining = get!(self.remaining);
        let len = if len < remaining { len } else { remaining };
        set!(self.remaining, remaining - len);
        set!(self.item, item + 1);
        set!(self.part, get!(self.part) + 1);
        self.job(job::BYTES, base, len, config!(strsize));
    }

    /// What a structure of two words points at, as much as the other word says: a pointer and a length, in the one order
    /// or the other, or a filter's instructions, eight bytes each, as many as the low half of the first word says.
    /// <https://github.com/torvalds/linux/blob/v6.12/include/uapi/linux/filter.h#L24-L32>
    #[inline(always)]
    pub(super) fn span(&self) {
        let arg = self.described(get!(self.register) as usize);
        // Of what the call will fill, how much room there is.
        let alone = !self.at_exit && arg.phase & phase::EXIT != 0;
        if !self.failed() && !alone {
            let first = self.field(get!(self.message), 0);
            let second = self.field(get!(self.message), 1);
            let (pointer, len) = match arg.read {
                read::PROGRAM => (second, 8 * (first & 0xffff)),
                read::COUNTED => (second, first & 0xffff_ffff),
                _ => (first, second),
            };
            if pointer != 0 {
                set!(self.part, 1);
                self.job(job::BYTES, pointer, len, arg.cap as u32);
            }
        }
        self.next_register();
    }
}
