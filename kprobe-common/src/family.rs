//! Processes out of zygotes: how the halves tell each other whose they are.
//!
//! A zygote's child runs as root before it becomes an app, and which app is only known once it has an app's user ID, or,
//! where that says too little, a name. Until then it is a candidate: the kernel half reports it, the user half holds what
//! it did. Once the user half knows, it says so in memory that both share, and the kernel half goes by that.

/// How many places there are: one for all processes whose numbers have the same remainder.
pub const PLACES: u32 = 1 << 15;
/// The numbers of an Android user's user IDs.
/// <https://android.googlesource.com/platform/system/core/+/main/libcutils/include/private/android_filesystem_config.h>
pub const PER_USER: u32 = 100_000;
/// The first user ID of an app, within a user.
pub const FIRST_APP: u32 = 10_000;
/// The first user ID of an isolated process, within a user.
pub const FIRST_ISOLATED: u32 = 90_000;
/// The user ID of the zygote of web views, which makes isolated processes.
pub const WEBVIEW_ZYGOTE: u32 = 1_053;
/// Words of a set of user IDs within a user, one bit each.
pub const APP_WORDS: u32 = PER_USER.div_ceil(64);
/// Bytes of a command line's first word that are copied.
pub const NAME_MAX: usize = 256;

/// What the user half can say of a process; the upper bits of [`Place::said`].
pub mod verdict {
    /// It is a target.
    pub const TARGET: u64 = 1 << 62;
    /// It is none.
    pub const OTHER: u64 = 2 << 62;
    /// The bits of a verdict.
    pub const ALL: u64 = 3 << 62;
}

/// What is said of a process. 16 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "user", derive(bytemuck::Pod, bytemuck::Zeroable))]
#[repr(C)]
pub struct Place {
    /// The process that the place is of, and how often the place was given away before. The kernel half writes it.
    pub born: u64,
    /// The same word and what is said of that process; of another one it says nothing. The user half writes it; the kernel
    /// half for children of others.
    pub said: u64,
}

/// Where a candidate's command line is, and how it began when it was last reported. 40 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "user", derive(bytemuck::Pod, bytemuck::Zeroable))]
#[repr(C)]
pub struct CommandLine {
    /// Its address.
    pub address: u64,
    /// Its first bytes.
    pub head: [u64; 4],
}

/// Bits of a birth's count in [`Place::born`], above the process.
const BIRTHS: u64 = (1 << 30) - 1;

/// The word of a process in a place that had this one before.
#[must_use]
#[inline(always)]
pub const fn next(born: u64, tgid: u32) -> u64 {
    (((born >> 32) + 1) & BIRTHS) << 32 | tgid as u64
}

/// The word of a process by its count, as a [`Fork`](crate::record::Fork) has it.
#[must_use]
#[inline(always)]
pub const fn born(tgid: u32, births: u32) -> u64 {
    (births as u64 & BIRTHS) << 32 | tgid as u64
}

/// The count in such a word.
#[must_use]
#[inline(always)]
pub const fn births(born: u64) -> u32 {
    (born >> 32 & BIRTHS) as u32
}

const _: () = {
    assert!(PLACES.is_power_of_two());
    assert!(size_of::<Place>() == 16 && size_of::<CommandLine>() == 40);
};

#[cfg(feature = "user")]
// SAFETY: plain integers, no padding (asserted above), any bit pattern is a value.
unsafe impl aya::Pod for CommandLine {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_used_again_is_another_word() {
        let first = next(0, 700);
        let second = next(first, 700);
        assert_ne!(first, second);
        assert_eq!(second, born(700, births(second)));
        assert_eq!(second & verdict::ALL, 0);
        let last = born(700, u32::MAX);
        assert_eq!(births(next(last, 700)), 0);
    }
}
