//! What a call's success changes: bits of `Syscall::state`, and what it does to the address space.

/// The address space.
pub const MAPS: u8 = 1;
/// Descriptors, and the working directory, which is one that has no number.
pub const FDS: u8 = 2;
/// User and group IDs.
pub const IDENTITY: u8 = 4;
/// The thread's or process's life, or its name.
pub const LIFE: u8 = 8;
/// The address space, in a way that is uncertain from entry to return.
pub const MAPS_BEFORE: u8 = 16;

/// What a success does to the address space; the arguments are `mmap(2)`'s, `munmap(2)`'s and so on, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Maps `length` bytes at the address it returns.
    Map,
    /// Unmaps.
    Unmap,
    /// Changes the protection.
    Protect,
    /// Moves or resizes.
    Remap,
    /// Moves the end of the heap to what it returns.
    Brk,
    /// Attaches a segment of unknown size at the address it returns.
    Attach,
    /// Detaches a segment of unknown size.
    Detach,
    /// Something that only `/proc/PID/maps` can tell.
    Unclear,
}
