//! What the kernel half sends: records of fixed heads and packed slots, in the machine's byte order.
//!
//! Two rings carry them: what changes the state of a process in one, all other calls in the other, so that a flood of
//! those does not push state out. What the kernel itself tells of mappings is put into records too, so that all that
//! happens in a process is one kind of thing. Reading them is left to the user half's `source`.

/// What a record is; the first byte of its [`Header`].
pub mod kind {
    /// A call was entered: [`super::Header`], [`super::Frame`], slots.
    pub const ENTER: u8 = 1;
    /// The call in the thread's slot returned: [`super::Header`], [`super::Return`], slots.
    pub const EXIT: u8 = 2;
    /// A return whose entry was not reported: [`super::Header`], [`super::Return`], [`super::Frame`], slots.
    pub const EXIT_ONLY: u8 = 3;
    /// The thread left an earlier call's restart behind: [`super::Header`] alone.
    pub const RESUMED: u8 = 4;
    /// State ring: a task was made: [`super::Header`] of the parent, [`super::Fork`].
    pub const FORK: u8 = 9;
    /// State ring: a program was executed: [`super::Header`], [`super::Exec`], a string slot.
    pub const EXEC: u8 = 10;
    /// State ring: a thread ended: [`super::Header`], [`Ending`](crate::ending::Ending).
    pub const THREAD_EXIT: u8 = 11;
    /// State ring: a thread is no target any more, since its user ID is another: [`super::Header`] alone.
    pub const LEFT: u8 = 12;
    /// An executable mapping was made: [`super::Header`], [`super::Mapped`], a string slot with what the kernel calls it.
    pub const MAPPED: u8 = 13;
    /// A program is about to be loaded, and the memory of the old one is gone: [`super::Header`] alone.
    pub const LOADING: u8 = 14;
    /// Mappings were made that nobody told of: [`super::Header`] alone.
    pub const UNTOLD: u8 = 15;
    /// State ring: a candidate's command line begins otherwise than before: [`super::Header`], a string slot.
    pub const NAMED: u8 = 16;
}

/// Bits of [`Header::flags`].
pub mod flag {
    /// `EXIT_ONLY`: the thread was known to be outside a call and a probe sat on the entry: refused before it.
    pub const BLOCKED: u8 = 1;
    /// `EXIT_ONLY`: the call itself made the task a target.
    pub const ARRIVED: u8 = 2;
    /// The thread had no room in the thread map: its return is not reported.
    pub const NO_SLOT: u8 = 4;
    /// `ENTER`, `EXIT`, `EXIT_ONLY`: came by the ring of state, since the call changes what is known of the process.
    pub const STATE: u8 = 8;
    /// `EXIT`: the program changed under the call (`execve`), so nothing was read anew.
    pub const EXECED: u8 = 16;
    /// With [`STATE`]: not selected or dropped by a filter. It stands in no account and gives no line.
    pub const UNSHOWN: u8 = 32;
}

/// Starts every record. 32 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "user", derive(bytemuck::Pod, bytemuck::Zeroable))]
#[repr(C)]
pub struct Header {
    /// One of [`kind`].
    pub kind: u8,
    /// Bits of [`flag`].
    pub flags: u8,
    /// The CPU it was written on.
    pub cpu: u16,
    /// Records this CPU could not put into this ring before this one; wraps.
    pub lost: u32,
    /// Nanoseconds since boot, suspend included (`CLOCK_BOOTTIME`).
    pub time: u64,
    /// Process.
    pub tgid: u32,
    /// Thread.
    pub tid: u32,
    /// Real user ID, in the initial user namespace.
    pub uid: u32,
    /// [`index`](mod@crate::index) of the call; 0 where there is none.
    pub index: u16,
    /// How many slots follow the fixed part.
    pub slots: u16,
}

/// The registers of a call. 104 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "user", derive(bytemuck::Pod, bytemuck::Zeroable))]
#[repr(C)]
pub struct Frame {
    /// The number, also where the index stands for many.
    pub nr: i32,
    /// [`Abi`](crate::index::Abi) as a number.
    pub abi: u16,
    /// Not 0 if the `svc` is a Thumb instruction, which has two bytes.
    pub thumb: u16,
    /// The argument registers, as they are.
    pub args: [u64; crate::spec::REGISTERS],
    /// The address after the `svc`.
    pub pc: u64,
    /// The link register, pointer authentication not stripped.
    pub lr: u64,
    /// Stack pointer.
    pub sp: u64,
    /// Frame pointer (`x29`; `r11` in 32-bit code).
    pub fp: u64,
    /// The thread's name, ended by a zero byte.
    pub comm: [u8; 16],
}

/// A return. 16 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "user", derive(bytemuck::Pod, bytemuck::Zeroable))]
#[repr(C)]
pub struct Return {
    /// `x0` at exit; a 32-bit task's is sign-extended, so that an error is negative in both ABIs.
    pub ret: i64,
    /// The number at exit: -1 after `rt_sigreturn`.
    pub nr: i32,
    /// After an `execve`, where the kernel put the new program's stack pointer, in units of [`STACK_UNIT`]; else 0.
    pub stack: u32,
}

/// The unit of [`Return::stack`], bytes: addresses of 48 bits have room.
pub const STACK_UNIT: u64 = 1 << 16;

/// Bits of [`Fork::clone_flags`] that say what the new task shares.
/// <https://github.com/torvalds/linux/blob/v6.12/include/uapi/linux/sched.h#L11-L20>
pub mod clone {
    /// The address space.
    pub const VM: u64 = 0x100;
    /// The working directory and the root.
    pub const FS: u64 = 0x200;
    /// The table of descriptors.
    pub const FILES: u64 = 0x400;
    /// The process: it is a thread of it.
    pub const THREAD: u64 = 0x1_0000;
}

/// A new task. 32 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "user", derive(bytemuck::Pod, bytemuck::Zeroable))]
#[repr(C)]
pub struct Fork {
    /// `clone(2)` flags, the exit signal not among them.
    pub clone_flags: u64,
    /// The new thread; its process too unless `CLONE_THREAD` is set.
    pub child: u32,
    /// How often its number was given away before, as [`family`](crate::family) counts; 0: it is no candidate.
    pub births: u32,
    /// Its name, inherited.
    pub comm: [u8; 16],
}

/// A program was executed. 24 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "user", derive(bytemuck::Pod, bytemuck::Zeroable))]
#[repr(C)]
pub struct Exec {
    /// The thread that called, which now has the leader's number.
    pub old_tid: u32,
    /// Keeps the next field aligned.
    pub unused: u32,
    /// The thread's new name.
    pub comm: [u8; 16],
}

/// An executable mapping. 56 bytes. The kernel's own event says it (`PERF_RECORD_MMAP2`, see `perf_event_open(2)`); the
/// user half puts it into a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "user", derive(bytemuck::Pod, bytemuck::Zeroable))]
#[repr(C)]
pub struct Mapped {
    /// Where it begins.
    pub address: u64,
    /// Its bytes.
    pub len: u64,
    /// Where in the file it begins, bytes.
    pub offset: u64,
    /// The file's inode; 0 where there is none.
    pub inode: u64,
    /// The inode's generation.
    pub generation: u64,
    /// The file's device.
    pub major: u32,
    /// The file's device.
    pub minor: u32,
    /// `PROT_*` bits.
    pub prot: u32,
    /// `MAP_*` bits.
    pub flags: u32,
}

/// How the bytes of a slot came about; [`Slot::state`].
pub mod state {
    /// All of it, read at its proper time.
    pub const WHOLE: u8 = 0;
    /// The start of it: the limit was met.
    pub const CUT: u8 = 1;
    /// It could not be read: [`super::Slot::error`] says why, no bytes follow.
    pub const UNREAD: u8 = 2;
    /// Bit: an input, read at exit because it could not be read at entry.
    pub const LATE: u8 = 0x80;
}

/// Starts each slot; its bytes follow, padded with anything to a multiple of 8. 8 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "user", derive(bytemuck::Pod, bytemuck::Zeroable))]
#[repr(C)]
pub struct Slot {
    /// The register it was read through, or one of [`register`].
    pub register: u8,
    /// 0 for what the register points at; 1 and on for what that points at, in order.
    pub part: u8,
    /// One of [`state`], perhaps with [`state::LATE`].
    pub state: u8,
    /// Keeps the next field aligned.
    pub unused: u8,
    /// How many bytes follow. A string's final zero byte is not among them.
    pub len: u16,
    /// The kernel's error (negative), where [`state::UNREAD`].
    pub error: i16,
}

/// [`Slot::register`] of what was read through none that holds an argument. In entries of 64-bit tasks' calls only.
pub mod register {
    /// The chain of frames, innermost first: of each the caller's frame pointer and the return address, as they are in
    /// memory. [`super::state::CUT`]: there may be more, since there are [`super::FRAMES`] or the next cannot be read, which
    /// the error then says.
    pub const FRAMES: u8 = 8;
    /// The stack from the stack pointer on. [`super::state::CUT`]: the rest cannot be read.
    pub const STACK: u8 = 9;
}

/// Longest path the kernel takes, its zero byte included (`PATH_MAX`).
pub const PATH_MAX: usize = 4096;
/// Elements copied of one iovec array; what is beyond is cut and said to be.
pub const IOVECS: usize = 8;
/// Strings copied of one `argv` or `envp`; what is beyond is cut and said to be.
pub const STRINGS: usize = 24;
/// Where the last copy into a record may begin, at most: there is room for two whole paths and everything else before
/// it, and for as much as a path behind it.
pub const RECORD_MAX: usize = 12 * 1024;
/// Frames copied of one chain.
pub const FRAMES: usize = 64;
/// Bytes of one frame: a frame pointer and a return address.
pub const FRAME: usize = 16;
/// Most bytes that can be copied of a stack.
pub const STACK_MAX: usize = 32 * 1024;

/// Messages copied of one array of them; what is beyond is cut and said to be.
pub const MESSAGES: usize = 8;
/// Instructions copied of one filter; what is beyond is cut and said to be.
pub const INSTRUCTIONS: usize = PATH_MAX / 8;

/// Part numbers of a [`crate::spec::read::MSGHDR`] argument; in an array of messages, those of the next message are
/// [`msghdr::EACH`] more.
pub mod msghdr {
    /// The structure.
    pub const HEAD: u8 = 0;
    /// The address in `msg_name`.
    pub const NAME: u8 = 1;
    /// The control data.
    pub const CONTROL: u8 = 2;
    /// The array of iovecs.
    pub const IOVEC: u8 = 3;
    /// What the first iovec points at; the next ones follow.
    pub const DATA: u8 = 4;
    /// Numbers of one message.
    pub const EACH: u8 = 16;
}

const _: () = {
    assert!(msghdr::DATA as usize + IOVECS <= msghdr::EACH as usize);
    assert!(MESSAGES * msghdr::EACH as usize <= 256);
    assert!(size_of::<Header>() == 32);
    assert!(size_of::<Frame>() == 104);
    assert!(size_of::<Return>() == 16);
    assert!(size_of::<Fork>() == 32);
    assert!(size_of::<Exec>() == 24);
    assert!(size_of::<Mapped>() == 56);
    assert!(size_of::<Slot>() == 8);
};
