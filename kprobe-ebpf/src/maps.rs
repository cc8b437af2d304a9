//! Every map, in one list. Sizes of one are set by the loader.

use aya_ebpf::bindings::BPF_F_MMAPABLE;
use aya_ebpf::macros::map;
use aya_ebpf::maps::{Array, HashMap, RingBuf};
use kprobe_common::config::{self, Control};
use kprobe_common::counters::{Calls, Cpu};
use kprobe_common::ending::Ending;
use kprobe_common::family::{APP_WORDS, CommandLine, PLACES, Place};
use kprobe_common::ignored::{HEADS, Head, TABLES, Table};
use kprobe_common::index::INDEXES;
use kprobe_common::spec::Spec;
use kprobe_common::thread;
use kprobe_common::whose::Patterns;

use crate::scratch::Scratch;

/// Records of calls.
#[map]
pub(crate) static CALLS: RingBuf = RingBuf::with_byte_size(1 << 12, 0);

/// Records of state.
#[map]
pub(crate) static STATE: RingBuf = RingBuf::with_byte_size(1 << 12, 0);

/// What to copy, by index; behind these, what to copy for variants.
#[map]
pub(crate) static SPECS: Array<Spec> = Array::with_max_entries(INDEXES as u32, 0);

/// Commands that choose another spec: `spec::variant_key` to its number.
#[map]
pub(crate) static VARIANTS: HashMap<u64, u16> = HashMap::with_max_entries(1, 0);

/// Listed commands: `spec::command_key`.
#[map]
pub(crate) static COMMANDS: HashMap<u64, u8> = HashMap::with_max_entries(1, 0);

/// Target user IDs: for a moment those of before and those that come instead.
#[map]
pub(crate) static UIDS: HashMap<u32, u8> = HashMap::with_max_entries(2 * config::UIDS, 0);

/// Target processes, with the `thread::flag` bits that their threads start with.
#[map]
pub(crate) static TGIDS: HashMap<u32, u8> = HashMap::with_max_entries(1024, 0);

/// Target user IDs within an Android user, one bit each.
#[map]
pub(crate) static APPS: Array<u64> = Array::with_max_entries(APP_WORDS, BPF_F_MMAPABLE);

/// Target Android users.
#[map]
pub(crate) static USERS: HashMap<u32, u8> = HashMap::with_max_entries(64, 0);

/// What is said of processes out of zygotes.
#[map]
pub(crate) static PROCESSES: Array<Place> = Array::with_max_entries(PLACES, BPF_F_MMAPABLE);

/// Where the command lines of zygotes and candidates are.
#[map]
pub(crate) static COMMAND_LINES: HashMap<u32, CommandLine> = HashMap::with_max_entries(4096, 0);

/// What is remembered of each thread. Preallocated: what finds no room is counted, nothing is evicted.
#[map]
pub(crate) static THREADS: HashMap<u32, thread::Slot> = HashMap::with_max_entries(16384, 0);

/// What is known of threads at a glance: see `glance`.
#[map]
pub(crate) static GLANCES: Array<u64> = Array::with_max_entries(thread::GLANCES, BPF_F_MMAPABLE);

/// Counts, by CPU times `INDEXES` plus index.
#[map]
pub(crate) static COUNTS: Array<Calls> = Array::with_max_entries(1, BPF_F_MMAPABLE);

/// Counts, by CPU.
#[map]
pub(crate) static CPUS: Array<Cpu> = Array::with_max_entries(1, BPF_F_MMAPABLE);

/// Shared while running.
#[map]
pub(crate) static CONTROL: Array<Control> = Array::with_max_entries(1, BPF_F_MMAPABLE);

/// What is told of addresses that calls are not wanted from, by process.
#[map]
pub(crate) static IGNORED: Array<Head> = Array::with_max_entries(HEADS, BPF_F_MMAPABLE);

/// Those addresses.
#[map]
pub(crate) static RANGES: Array<Table> = Array::with_max_entries(TABLES, BPF_F_MMAPABLE);

/// Patterns of threads' names.
#[map]
pub(crate) static NAMES: Array<Patterns> = Array::with_max_entries(1, 0);

/// Threads and processes that are left out: `whose::thread`, `whose::process`.
#[map]
pub(crate) static LEFT_OUT: HashMap<u64, u8> = HashMap::with_max_entries(1024, 0);

/// What is known of threads that will end, by number.
#[map]
pub(crate) static ENDINGS: HashMap<u32, Ending> = HashMap::with_max_entries(8192, 0);

/// Where records are put together, by CPU times `SCRATCH_PER_CPU` plus which of them.
#[map]
pub(crate) static SCRATCH: Array<Scratch> = Array::with_max_entries(1, 0);
