//! Where a walk stands between two steps, in memory: see `capture`.

/// What the next step does; [`Walk::stage`].
pub(super) mod stage {
    /// Begins with the register.
    pub(in crate::capture) const BEGIN: u32 = 0;
    /// Copies the next string of a vector.
    pub(in crate::capture) const STRING: u32 = 1;
    /// Copies what the next iovec points at.
    pub(in crate::capture) const BUFFER: u32 = 2;
    /// Copies a message's address, control data, iovecs.
    pub(in crate::capture) const NAME: u32 = 3;
    pub(in crate::capture) const CONTROL: u32 = 4;
    pub(in crate::capture) const IOVEC: u32 = 5;
    /// Copies the next message of an array.
    pub(in crate::capture) const MESSAGE: u32 = 6;
    /// Copies what a structure of two words points at.
    pub(in crate::capture) const SPAN: u32 = 7;
}

/// What a step copies; [`Walk::job`].
pub(super) mod job {
    /// Nothing.
    pub(in crate::capture) const NONE: u32 = 0;
    /// A string.
    pub(in crate::capture) const STRING: u32 = 1;
    /// Bytes.
    pub(in crate::capture) const BYTES: u32 = 2;
    /// Nothing, but a slot says how it ended.
    pub(in crate::capture) const NOTE: u32 = 3;
    /// Bytes that are looked at here: all of them or none.
    pub(in crate::capture) const HEAD: u32 = 4;
}

/// Where a walk stands: in scratch memory.
#[repr(C)]
pub(crate) struct Walk {
    /// Registers still to do, one bit each; the lowest is under way, unless it is done with this step.
    pub(super) todo: u32,
    pub(super) register: u32,
    pub(super) stage: u32,
    pub(super) done: u32,
    /// Element of a vector that comes next, and how many there are.
    pub(super) item: u32,
    pub(super) count: u64,
    /// Where the vector lies in the task's memory.
    pub(super) vector: u64,
    /// Where the slot with the array of iovecs or the message begins in the record.
    pub(super) array: u32,
    pub(super) message: u32,
    /// Of an array of messages: where the next lies in the task's memory, and how many there are from it on; how many
    /// numbers of parts those before it have taken.
    pub(super) next: u64,
    pub(super) messages: u64,
    pub(super) base: u32,
    /// Bytes in an element of an array of pointers; 0 for strings.
    pub(super) element: u32,
    /// Not 0: the record had no room for what would be looked at next.
    pub(super) full: u32,
    /// Bytes that the parts may hold together.
    pub(super) remaining: u64,
    /// Part of the slot that comes next, and its flag if it is read late.
    pub(super) part: u32,
    pub(super) late: u32,
    pub(super) job: u32,
    pub(super) cap: u32,
    pub(super) pointer: u64,
    pub(super) want: u64,
    /// State and error of a note.
    pub(super) state: u32,
    pub(super) error: i32,
}
