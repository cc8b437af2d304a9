//! Differences between strace and sandboxd that do not fail the lab's case, each with its reason.
//!
//! A row that nothing meets any more fails the case, so that the table holds no more than it must.

use notation::agree::Difference;

/// An accepted difference.
#[derive(Debug)]
pub(super) struct Accepted {
    /// The call; with a `*` at its end, every call whose name begins so.
    pub(super) call: &'static str,
    /// The place as [`Difference::place`] has it, or how it begins, with a `*`.
    pub(super) place: &'static str,
    /// Why it is there.
    #[expect(dead_code, reason = "shown when the row is stale, by Debug")]
    pub(super) why: &'static str,
}

impl Accepted {
    /// Whether it is about this difference.
    pub(super) fn covers(&self, call: &str, difference: &Difference) -> bool {
        fits(self.call, call) && fits(self.place, &difference.place)
    }
}

/// The rows that one ABI's case takes.
pub(super) fn of(alone: &'static [Accepted]) -> Vec<&'static Accepted> {
    BOTH.iter().chain(alone).collect()
}

fn fits(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => pattern == name,
    }
}

const fn row(call: &'static str, place: &'static str, why: &'static str) -> Accepted {
    Accepted { call, place, why }
}

const UNUSED: &str = "strace shows registers that the command does not use, and counts them";
const OPTION: &str = "strace shows the option's bytes, JSON what they say or that they are too few";
const UNNAMED: &str = "the value has no name in the table yet";
const TAKES_NONE: &str = "strace names every AT_ flag there is; this call takes none of the others";
const COPIED_ELSEWHERE: &str = "strace reads what the pointer leads to; the row keeps the pointer";
const UNWRITTEN: &str = "strace shows what lay there before: the kernel does not write it";
const COMPOUND: &str = "one number made of two, which the row does not take apart yet";
const PAIRS: &str = "strace puts the halves of a 64-bit number together and changes the order; the row has the registers' own";
const NO_EABI: &str = "a number of the old ABI, which no arm64 kernel knows";

/// Of programs of both ABIs.
#[rustfmt::skip]
const BOTH: &[Accepted] = &[
    row("ioctl", "argp", "a character pushed into a terminal is not followed yet"),
    row("prctl", "one more", UNUSED),
    row("ptrace", "options", UNUSED),
    row("ptrace", "one more", UNUSED),
    row("seccomp", "one more", "the action that is asked for is not shown yet"),
    row("fcntl*", "hint", "strace does not follow this pointer"),
    row("setsockopt", "timeout", OPTION),
    row("setsockopt", "ifname", OPTION),
    row("setsockopt", "value", OPTION),
    row("getsockopt", "cred.pid", OPTION),
    row("getdents64", "dirp[*", "an entry's length in the kernel's format follows from its name"),
    row("keyctl", "buffer", "a key that did not fit was not given: strace shows what lay there before"),
    row("fchownat", "flags", TAKES_NONE),
    row("unlinkat", "flags", TAKES_NONE),
    row("statx", "flags", TAKES_NONE),
    row("utimensat", "times[*", "strace has a word for a time that says `now` or `leave it`"),
    row("timerfd_create", "flags", "strace names TFD_ flags of another call"),
    row("socket", "protocol", COMPOUND),
    row("connect", "addr.sa_data", "an address cut short: strace shows its bytes, JSON fields that are not there"),
];

/// Of 64-bit programs alone.
#[rustfmt::skip]
pub(super) const ARM64: &[Accepted] = &[
    row("sendmmsg", "msgvec[*", "what was sent of each is written behind the entry, at which the messages are read"),
    row("waitid", "infop.si_utime", UNWRITTEN),
    row("waitid", "infop.si_stime", UNWRITTEN),
    row("mincore", "vec", COPIED_ELSEWHERE),
    row("ptrace", "op", "all 64 bits of a number that is no request; the row has 32"),
];

/// Of 32-bit programs alone.
#[rustfmt::skip]
pub(super) const ARM32: &[Accepted] = &[
    row("_llseek", "*", PAIRS),
    row("arm_fadvise64_64", "*", PAIRS),
    row("arm_sync_file_range", "(name)", "two names of one number in the kernel's header"),
    row("syscall_0x*", "*", NO_EABI),
    row("mmap2", "pgoffset", "strace counts in bytes what the call counts in pages"),
    row("ioctl", "op", UNNAMED),
    row("getsockname", "addr.sa_data", "an address cut short: strace shows its bytes, JSON fields that are not there"),
];
