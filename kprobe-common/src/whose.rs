//! Whose calls are shown: threads and processes that are left out by number, and threads by name.
//!
//! The kernel half compares bytes: a pattern of names is 16 bytes and a mask. What a name has at its end alone it is not
//! told of; the user half looks at every name again.

/// Patterns that the kernel half takes, at most.
pub const PATTERNS: usize = 32;
/// Bytes of a thread's name, its final zero byte included (`TASK_COMM_LEN`).
pub const NAME: usize = 16;

/// A pattern of names, and whether calls of threads with such a name are kept. 64 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "user", derive(bytemuck::Pod, bytemuck::Zeroable))]
#[repr(C)]
pub struct Pattern {
    /// The bytes, as they are in memory.
    pub name: [u64; 2],
    /// Which bits of them count.
    pub mask: [u64; 2],
    /// Bits of one byte of which one must be set, so that a name does not end before it; or none.
    pub some: [u64; 2],
    /// 0: calls are dropped.
    pub keep: u64,
    /// Makes it a power of two.
    pub unused: u64,
}

/// All patterns; they apply in their order, and the last that matches decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "user", derive(bytemuck::Pod, bytemuck::Zeroable))]
#[repr(C)]
pub struct Patterns(pub [Pattern; PATTERNS]);

impl Pattern {
    /// Whether a name matches. What follows its end are zero bytes.
    #[must_use]
    #[inline(always)]
    pub const fn matches(&self, name: [u64; 2]) -> bool {
        let other =
            (name[0] ^ self.name[0]) & self.mask[0] | (name[1] ^ self.name[1]) & self.mask[1];
        let some = name[0] & self.some[0] | name[1] & self.some[1];
        other == 0 && (some != 0 || self.some[0] | self.some[1] == 0)
    }
}

/// What stands for a process that is left out.
#[must_use]
#[inline(always)]
pub const fn process(tgid: u32) -> u64 {
    1 << 32 | tgid as u64
}

/// What stands for a thread that is left out.
#[must_use]
#[inline(always)]
pub const fn thread(tid: u32) -> u64 {
    tid as u64
}

const _: () = assert!(size_of::<Pattern>() == 64 && size_of::<Patterns>() == 64 * PATTERNS);

#[cfg(feature = "user")]
// SAFETY: plain integers without padding (asserted above), any bit pattern is a value.
unsafe impl aya::Pod for Patterns {}
