//! What the kernel half is told before it runs, and a word it is told while it runs.

/// Bits of [`Config::targets`]: which tests a task is put to, cheapest first.
pub mod target {
    /// The task's user ID is [`super::Config::uid`].
    pub const ONE_UID: u32 = 1;
    /// The task's user ID is in the map of user IDs.
    pub const UIDS: u32 = 1 << 1;
    /// The task's slot says so, or its process is in the map of processes.
    pub const TASKS: u32 = 1 << 2;
    /// The task's user ID is an app's, of any Android user: 10000 and above within the user.
    pub const ALL_APPS: u32 = 1 << 3;
    /// The task's user ID, within its Android user, is in the set of those of packages.
    pub const PACKAGES: u32 = 1 << 4;
    /// With [`ALL_APPS`] and [`PACKAGES`]: the Android user is in the map of users.
    pub const USERS: u32 = 1 << 5;
    /// What zygotes make is watched until it is known whose it is.
    pub const BORN: u32 = 1 << 6;
    /// These bits stand in [`super::Control::targets`]: they change while the run is live.
    pub const CHANGING: u32 = 1 << 7;
}

/// User IDs that can be watched.
pub const UIDS: u32 = 1024;

/// Memories in which one CPU's programs put records together: one, and more for those that are preempted (7.x).
pub const SCRATCH_PER_CPU: u32 = 4;

/// Constant for a run: the verifier sees the values and drops what they rule out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "user", derive(bytemuck::Pod, bytemuck::Zeroable))]
#[repr(C)]
pub struct Config {
    /// Bits of [`target`].
    pub targets: u32,
    /// The one user ID, where [`target::ONE_UID`].
    pub uid: u32,
    /// The daemon's own process, never a target.
    pub own_tgid: u32,
    /// Most bytes of a buffer (`--strsize`).
    pub strsize: u32,
    /// Whether `sys_exit` is attached: without it no slot is ever left.
    pub returns: u32,
    /// Whether there are addresses that calls are not wanted from.
    pub ignores: u32,
    /// How many patterns of names there are, at most [`PATTERNS`](crate::whose::PATTERNS).
    pub names: u32,
    /// 0: calls of threads whose name matches none of them are dropped.
    pub other_names: u32,
    /// Whether there are threads or processes that are left out.
    pub left_out: u32,
    /// Offset of `sig` in the fields of `signal:signal_generate`.
    pub sent_signal: u32,
    /// Offset of `pid` in the fields of `signal:signal_generate`.
    pub sent_pid: u32,
    /// Offset of `result` in the fields of `signal:signal_generate`.
    pub sent_result: u32,
    /// Offset of `sig` in the fields of `signal:signal_deliver`.
    pub taken_signal: u32,
    /// Offset of `sa_handler` in the fields of `signal:signal_deliver`.
    pub taken_handler: u32,
    /// Offset of `pid` in the fields of `task:task_newtask`.
    pub newtask_pid: u32,
    /// Offset of `clone_flags` in the fields of `task:task_newtask`.
    pub newtask_flags: u32,
    /// Offset of `filename` (a `__data_loc`) in the fields of `sched:sched_process_exec`.
    pub exec_filename: u32,
    /// Offset of `old_pid` in the fields of `sched:sched_process_exec`.
    pub exec_old_pid: u32,
    /// Not 0: entries carry the chain of frames.
    pub frames: u32,
    /// Bytes of the stack that entries carry, at most [`STACK_MAX`](crate::record::STACK_MAX).
    pub stack: u32,
    /// Below so many unread bytes in the ring of state calls find room there for certain.
    pub state_room: u32,
}

/// [`Control::phase`] while calls are watched. Before it is 0, afterwards [`STOPPED`].
pub const LIVE: u64 = 1;
/// [`Control::phase`] once no call is counted or reported any more.
pub const STOPPED: u64 = 2;

/// Shared while running; one entry of an array that user space maps into its memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "user", derive(bytemuck::Pod, bytemuck::Zeroable))]
#[repr(C)]
pub struct Control {
    /// [`LIVE`] while calls are watched: from after the last probe is attached, so that no thread is half seen, to the
    /// end of the run.
    pub phase: u64,
    /// Threads inside a call that can make them leave the set of targets.
    pub leaving: u64,
    /// Not 0: the entry of every call with [`RESTORES`](crate::spec::RESTORES) is seen.
    pub restores: u64,
    /// Bits of [`target`], where [`target::CHANGING`].
    pub targets: u64,
    /// Not 0: whoever changes its credentials is seen doing so.
    pub creds: u64,
}

#[cfg(feature = "user")]
// SAFETY: plain integers without padding (all are u32), any bit pattern is a value.
unsafe impl aya::Pod for Config {}
