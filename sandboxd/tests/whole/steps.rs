//! Steps of a run: calls that return at once among those that do not, and what else happens to processes.

use kprobe_common::record::{clone, flag, kind};
use proptest::bool::weighted;
use proptest::prelude::*;
use proptest::sample::select;

use super::calls::{self, Call, Draw};
use super::looks;
use super::run::{NUMBERS, THREADS};

/// Calls that take, give, close and move descriptors, and that ask for them.
pub(crate) const OF_FILES: &[&str] = &[
    "arm64/openat",
    "arm64/openat2",
    "arm32/open",
    "arm64/close",
    "arm64/dup",
    "arm32/dup2",
    "arm64/dup3",
    "arm64/fcntl+dupfd",
    "arm64/ioctl+cloexec",
    "arm64/socket",
    "arm64/accept4",
    "arm64/pipe2",
    "arm64/socketpair",
    "arm64/eventfd2",
    "arm64/signalfd4",
    "arm64/pidfd_getfd",
    "arm64/fsync",
    "arm64/newfstatat",
    "arm64/sendto",
    "arm64/ppoll",
];
/// Calls that change more than numbers of their own thread's table.
pub(crate) const OF_STATE: &[&str] = &[
    "arm64/chdir",
    "arm64/fchdir",
    "arm64/chroot",
    "arm64/pivot_root",
    "arm64/unshare",
    "arm64/close_range",
    "arm64/connect",
    "arm64/bind",
    "arm64/mmap",
    "arm64/munmap",
    "arm64/mprotect",
    "arm64/brk",
    "arm64/prctl",
    "arm64/prctl+vma",
    "arm64/setuid",
    "arm64/restart_syscall",
    "arm64/clone",
    "arm64/exit",
    "arm64/io_uring_setup",
];

/// What happens.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// A call returns at once; whether somebody looks before.
    Whole(Call, Draw, bool),
    Enter(Call, Draw),
    Exit(Call, Draw),
    /// While a thread is inside a call, one of its neighbour's returns at once.
    Around((Call, Draw), (Call, Draw)),
    /// A task is made, that shares these things, and perhaps out of a zygote.
    Clone(Draw, u64, bool),
    Exec(Draw),
    /// Something of this kind happens to a thread.
    Happens(u8, Draw),
    Named(Draw, usize),
    Look(Draw),
    Losses(u16, [u64; 2]),
    Packages(bool),
    Targets(bool),
    Tick(u64),
    Cut,
    Live,
}

/// Flags that are not as they should be, of entry and return.
fn odd() -> impl Strategy<Value = [u8; 2]> {
    let all = [flag::STATE, flag::UNSHOWN, flag::NO_SLOT, flag::EXECED];
    let bits = || prop_oneof![3 => Just(0), 2 => select(all.to_vec())];
    prop_oneof![
        9 => Just([0; 2]),
        1 => Just([flag::UNSHOWN; 2]),
        1 => Just([flag::STATE; 2]),
        2 => [bits(), bits()],
    ]
}

fn draw() -> BoxedStrategy<Draw> {
    let number = || prop_oneof![20 => NUMBERS, 2 => Just(-100), 1 => Just(-1)];
    let error = select(vec![-9, -9, -2, -4, -22, -115, -512, -516]);
    let ret = prop_oneof![3 => NUMBERS.prop_map(i64::from), 1 => error];
    let uid = prop_oneof![6 => Just(looks::APP), 1 => Just(0), 1 => Just(looks::SHARED), 1 => Just(10_077)];
    let cpus = prop_oneof![4 => (0..2_u16).prop_map(|cpu| [cpu; 2]), 1 => [0..2_u16, 0..2_u16]];
    let lost = prop_oneof![30 => Just(0), 1 => Just(1)];
    let comm = prop_oneof![6 => Just(0), 1 => Just(1)];
    let who = (THREADS, uid, cpus, comm);
    let what = ([number(), number()], 0..4_u8, ret, odd(), lost);
    (who, what)
        .prop_map(|((tid, uid, cpus, comm), what)| {
            let (numbers, choice, ret, odd, lost) = what;
            Draw {
                tid,
                uid,
                cpus,
                comm,
                numbers,
                choice,
                ret,
                odd,
                lost,
            }
        })
        .boxed()
}

/// A call, most often one that meets others.
fn call() -> BoxedStrategy<Call> {
    let of = |names: &[&str]| {
        let calls = names.iter().map(|name| calls::call(name));
        select(calls.collect::<Vec<_>>())
    };
    prop_oneof![6 => of(OF_FILES), 2 => of(OF_STATE), 1 => select(calls::all())].boxed()
}

/// What happens to a task but calls.
fn of_one() -> BoxedStrategy<Step> {
    let of_thread = [0, clone::FS, clone::FILES, clone::FS | clone::FILES];
    let of_thread = of_thread.map(|shares| clone::THREAD | clone::VM | shares);
    let shares = [&[0, clone::FILES, clone::FS, clone::VM], &of_thread[..]].concat();
    let kinds = vec![kind::THREAD_EXIT, kind::LEFT, kind::RESUMED, kind::UNTOLD];
    prop_oneof![
        2 => (draw(), select(shares), any::<bool>())
            .prop_map(|(draw, shares, born)| Step::Clone(draw, shares, born)),
        1 => draw().prop_map(Step::Exec),
        1 => (select(kinds), draw()).prop_map(|(kind, draw)| Step::Happens(kind, draw)),
        1 => (draw(), 0..4_usize).prop_map(|(draw, name)| Step::Named(draw, name)),
        2 => draw().prop_map(Step::Look),
    ]
    .boxed()
}

/// What happens to all.
fn of_all() -> BoxedStrategy<Step> {
    let more = prop_oneof![3 => Just([1, 0]), 1 => Just([0, 1])];
    prop_oneof![
        4 => (0..2_u16, more).prop_map(|(cpu, more)| Step::Losses(cpu, more)),
        1 => any::<bool>().prop_map(Step::Packages),
        1 => any::<bool>().prop_map(Step::Targets),
        1 => select(vec![0, 2_000_000_000, 70_000_000_000]).prop_map(Step::Tick),
        1 => Just(Step::Cut),
        1 => Just(Step::Live),
    ]
    .boxed()
}

pub(crate) fn step() -> BoxedStrategy<Step> {
    // Of some, nobody will tell the end.
    let forgotten = prop_oneof![2 => Just(0), 1 => Just(flag::NO_SLOT)];
    prop_oneof![
        30 => (call(), draw(), weighted(0.8))
            .prop_map(|(call, draw, looks)| Step::Whole(call, draw, looks)),
        4 => [(call(), draw()), (call(), draw())].prop_map(|[long, short]| Step::Around(long, short)),
        4 => (call(), draw(), forgotten).prop_map(|(call, mut draw, flags)| {
            draw.odd[0] ^= flags;
            Step::Enter(call, draw)
        }),
        4 => (call(), draw()).prop_map(|(call, draw)| Step::Exit(call, draw)),
        4 => of_one(),
        3 => of_all(),
    ]
    .boxed()
}

impl Step {
    /// In one process of two threads, so that more of them meet.
    pub(crate) fn in_one_process(mut self) -> Self {
        if let Self::Whole(_, draw, _)
        | Self::Enter(_, draw)
        | Self::Exit(_, draw)
        | Self::Around((_, draw), _)
        | Self::Clone(draw, ..)
        | Self::Exec(draw)
        | Self::Happens(_, draw)
        | Self::Named(draw, _)
        | Self::Look(draw) = &mut self
        {
            draw.tid = 2 + draw.tid % 2;
        }
        self
    }
}
