//! Loads the object and fills its maps: which tasks, which calls, how much of each.

use std::io;
use std::mem::ManuallyDrop;
use std::rc::Rc;

use aya::maps::{Array, HashMap, MapData, RingBuf};
use aya::programs::{KProbe, ProgramError, RawTracePoint, TracePoint};
use aya::{Ebpf, EbpfError, EbpfLoader, VerifierLogLevel};
use kprobe_common::config::SCRATCH_PER_CPU;
use kprobe_common::family::CommandLine;
use kprobe_common::index::INDEXES;
use kprobe_common::spec::{self, Spec};
use kprobe_common::thread;
use perf_event::Counter;

use super::attach::{CREDS, TRACEPOINTS};
use super::glances::Glances;
use super::settings::{config, targets};
use super::{Backend, Family, Ignored, ProbeError, Rings, Shared, platform, whose};
use crate::fold::Told;
use crate::reaper;

/// What the kernel half shall watch.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own"
)]
#[derive(Clone, Debug, Default)]
pub struct Watch {
    /// Tasks by user ID.
    pub uids: Vec<u32>,
    /// Tasks of every app.
    pub all_apps: bool,
    /// Tasks of packages, and what zygotes make until it is known whose it is.
    pub packages: bool,
    /// Of apps, only those of these Android users; of all where there is none.
    pub users: Vec<u32>,
    /// Whether processes or threads will be added.
    pub tasks: bool,
    /// Whether user IDs and packages will change while the run is live.
    pub changing: bool,
    /// What to copy, by index; behind these, for variants.
    pub specs: Vec<(u16, Spec)>,
    /// Numbers of variants' specs, by `spec::variant_key`.
    pub variants: Vec<(u64, u16)>,
    /// Listed commands, by index.
    pub commands: Vec<(u16, u32)>,
    /// Commands that change what is known of the process, by index.
    pub state_commands: Vec<(u16, u32)>,
    /// Most bytes of a buffer.
    pub strsize: u32,
    /// Whether returns are watched.
    pub returns: bool,
    /// If entries carry the chain of frames, how many bytes of the stack beside it.
    pub stack: Option<u32>,
    /// Whether there are addresses that calls are not wanted from.
    pub ignores: bool,
    /// Names of threads whose calls are dropped or kept.
    pub names: Told,
    /// Whether there are threads or processes that are left out.
    pub left_out: bool,
    /// Bytes of the ring of calls.
    pub ring: u32,
    /// Bytes of the ring of state.
    pub state_ring: u32,
    /// Whether the program of the other backend is to be loaded too, which a run does without.
    pub both: bool,
}

/// The kernel half, loaded and told what to do, not attached.
pub struct Loaded {
    /// Never dropped: that would take the probes away one by one, and the kernel makes whoever does it wait.
    pub(super) ebpf: ManuallyDrop<Ebpf>,
    /// Probes that were put on addresses; never dropped either.
    pub(super) by_address: ManuallyDrop<Vec<Counter>>,
    /// Records of calls.
    pub calls: RingBuf<MapData>,
    /// Records of state.
    pub state: RingBuf<MapData>,
    /// How full both are.
    pub rings: Rc<Rings>,
    /// Counters and the stop word.
    pub shared: Shared,
    /// Addresses that calls are not wanted from.
    pub ignored: Ignored,
    /// What is said of user IDs and of processes out of zygotes.
    pub family: Family,
    pub(super) glances: Rc<Glances>,
    pub(super) uids: HashMap<MapData, u32, u8>,
    pub(super) command_lines: HashMap<MapData, u32, CommandLine>,
    specs: Array<MapData, Spec>,
    pub(super) threads: HashMap<MapData, u32, thread::Slot>,
    pub(super) tgids: HashMap<MapData, u32, u8>,
    pub(super) left_out: HashMap<MapData, u64, u8>,
    /// What came of loading the other backend's program, if that was asked for.
    pub other: Option<Result<(), ProbeError>>,
    #[cfg(feature = "debug-log")]
    show_messages: Box<dyn FnMut()>,
}

/// However a run ends, its probes are left to the reaper, and go with the process.
impl Drop for Loaded {
    fn drop(&mut self) {
        reaper::leave_probes_behind();
    }
}

impl Loaded {
    /// Hands over what the kernel half had to say; nothing in a release.
    pub fn show_messages(&mut self) {
        #[cfg(feature = "debug-log")]
        (self.show_messages)();
    }

    /// Changes what is copied for a call.
    pub fn set_spec(&mut self, index: u16, spec: &Spec) -> Result<(), ProbeError> {
        self.specs
            .set(u32::from(index), spec, 0)
            .map_err(|source| map_error("SPECS", source))
    }
}

/// Loads the object for this watch and backend.
pub fn load(object: &[u8], watch: &Watch, backend: Backend) -> Result<Loaded, ProbeError> {
    if object.is_empty() {
        return Err(ProbeError::NoObject);
    }
    platform::check()?;
    let cpus = aya::util::nr_cpus().map_err(|(_, source)| ProbeError::Unsupported {
        what: "counting its CPUs",
        source,
    })?;
    let config = config(watch)?;
    let mut ebpf = EbpfLoader::new()
        .btf(None)
        .verifier_log_level(VerifierLogLevel::DISABLE)
        .override_global("CONFIG", &config, true)
        .map_max_entries("USERS", entries(watch.users.len()))
        .map_max_entries("CALLS", watch.ring)
        .map_max_entries("STATE", watch.state_ring)
        .map_max_entries("SPECS", watch.spec_count())
        .map_max_entries("VARIANTS", entries(watch.variants.len()))
        .map_max_entries(
            "COMMANDS",
            entries(watch.commands.len() + watch.state_commands.len()),
        )
        .map_max_entries("COUNTS", cpus as u32 * INDEXES as u32)
        .map_max_entries("CPUS", cpus as u32)
        .map_max_entries("SCRATCH", cpus as u32 * SCRATCH_PER_CPU)
        .load(object)
        .map_err(load_error)?;
    load_programs(&mut ebpf, watch, backend)?;
    let other = watch.both.then(|| load_entries(&mut ebpf, backend.other()));
    let specs = fill(&mut ebpf, watch)?;
    whose::fill(&mut ebpf, watch)?;
    let shared = Shared::map(
        take_map(&mut ebpf, "COUNTS")?.map_data(),
        take_map(&mut ebpf, "CPUS")?.map_data(),
        take_map(&mut ebpf, "CONTROL")?.map_data(),
        cpus,
    )?;
    let ignored = Ignored::map(
        take_map(&mut ebpf, "IGNORED")?.map_data(),
        take_map(&mut ebpf, "RANGES")?.map_data(),
    )?;
    let glances = Rc::new(Glances::map(take_map(&mut ebpf, "GLANCES")?.map_data())?);
    let family = Family::map(
        take_map(&mut ebpf, "APPS")?.map_data(),
        take_map(&mut ebpf, "PROCESSES")?.map_data(),
        Rc::clone(&glances),
    )?;
    let (calls, state) = (take(&mut ebpf, "CALLS")?, take(&mut ebpf, "STATE")?);
    let rings = Rings::map(&calls, &state, [watch.ring, watch.state_ring])?;
    let mut loaded = Loaded {
        rings: Rc::new(rings),
        ignored,
        uids: take(&mut ebpf, "UIDS")?,
        family,
        glances,
        command_lines: take(&mut ebpf, "COMMAND_LINES")?,
        specs,
        calls,
        state,
        threads: take(&mut ebpf, "THREADS")?,
        tgids: take(&mut ebpf, "TGIDS")?,
        left_out: take(&mut ebpf, "LEFT_OUT")?,
        other,
        shared,
        #[cfg(feature = "debug-log")]
        show_messages: messages(&mut ebpf)?,
        ebpf: ManuallyDrop::new(ebpf),
        by_address: ManuallyDrop::default(),
    };
    for &uid in &watch.uids {
        loaded.add_uid(uid)?;
    }
    loaded.watch(targets(watch));
    Ok(loaded)
}

#[cfg(feature = "debug-log")]
fn messages(ebpf: &mut Ebpf) -> Result<Box<dyn FnMut()>, ProbeError> {
    let mut logger = aya_log::EbpfLogger::init(ebpf)?;
    Ok(Box::new(move || logger.flush()))
}

impl Watch {
    /// How many specs there are, used or not.
    fn spec_count(&self) -> u32 {
        let last = self.specs.iter().map(|(number, _)| *number).max();
        u32::from(last.unwrap_or(0).max(INDEXES - 1)) + 1
    }
}

/// A map has room for one entry at least.
fn entries(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX).max(1)
}

/// Only the programs that will be attached: the other backend's may be more than the kernel can take.
fn load_programs(ebpf: &mut Ebpf, watch: &Watch, backend: Backend) -> Result<(), ProbeError> {
    load_entries(ebpf, backend)?;
    if watch.returns {
        load_raw(ebpf, "exit_tracepoint")?;
        load_kprobe(ebpf, CREDS)?;
    }
    for (name, ..) in TRACEPOINTS {
        let program: &mut TracePoint = program(ebpf, name)?;
        program.load().map_err(|error| refused(name, error))?;
    }
    Ok(())
}

fn load_entries(ebpf: &mut Ebpf, backend: Backend) -> Result<(), ProbeError> {
    match backend {
        Backend::Kprobe => load_kprobe(ebpf, "enter_kprobe"),
        Backend::Tracepoint => load_raw(ebpf, "enter_tracepoint"),
    }
}

fn load_kprobe(ebpf: &mut Ebpf, name: &'static str) -> Result<(), ProbeError> {
    let program: &mut KProbe = program(ebpf, name)?;
    program.load().map_err(|error| refused(name, error))
}

fn load_raw(ebpf: &mut Ebpf, name: &'static str) -> Result<(), ProbeError> {
    let program: &mut RawTracePoint = program(ebpf, name)?;
    program.load().map_err(|error| refused(name, error))
}

pub(super) fn program<'a, P>(
    ebpf: &'a mut Ebpf,
    name: &'static str,
) -> Result<&'a mut P, ProbeError>
where
    &'a mut P: TryFrom<&'a mut aya::programs::Program, Error = ProgramError>,
{
    ebpf.program_mut(name)
        .ok_or_else(|| refused(name, ProgramError::NotLoaded))?
        .try_into()
        .map_err(|error| refused(name, error))
}

fn refused(program: &'static str, source: ProgramError) -> ProbeError {
    match source {
        ProgramError::SyscallError(error) if error.io_error.raw_os_error() == Some(libc::EPERM) => {
            ProbeError::Denied {
                what: "to load BPF programs".to_owned(),
                source: error.io_error,
            }
        }
        source => ProbeError::Refused { program, source },
    }
}

fn load_error(error: EbpfError) -> ProbeError {
    if let EbpfError::MapError(aya::maps::MapError::CreateError { io_error, .. }) = &error {
        let source = io::Error::from_raw_os_error(io_error.raw_os_error().unwrap_or(0));
        return match io_error.raw_os_error() {
            Some(libc::EPERM) => ProbeError::Denied {
                what: "to make BPF maps".to_owned(),
                source,
            },
            Some(libc::ENOSYS) => ProbeError::Unsupported {
                what: "the bpf system call",
                source,
            },
            Some(libc::EINVAL) => ProbeError::Unsupported {
                what: "one of the BPF map types",
                source,
            },
            _ => ProbeError::Load(error),
        };
    }
    ProbeError::Load(error)
}

fn fill(ebpf: &mut Ebpf, watch: &Watch) -> Result<Array<MapData, Spec>, ProbeError> {
    let mut specs: Array<MapData, Spec> = take(ebpf, "SPECS")?;
    for (index, spec) in &watch.specs {
        specs
            .set(u32::from(*index), spec, 0)
            .map_err(|source| map_error("SPECS", source))?;
    }
    let mut variants: HashMap<MapData, u64, u16> = take(ebpf, "VARIANTS")?;
    for (key, number) in &watch.variants {
        variants
            .insert(key, number, 0)
            .map_err(|source| map_error("VARIANTS", source))?;
    }
    let mut commands: HashMap<MapData, u64, u8> = take(ebpf, "COMMANDS")?;
    let selecting = watch
        .commands
        .iter()
        .map(|&(index, command)| spec::command_key(index, command));
    let changing = watch
        .state_commands
        .iter()
        .map(|&(index, command)| spec::state_key(index, command));
    for key in selecting.chain(changing) {
        commands
            .insert(key, 0, 0)
            .map_err(|source| map_error("COMMANDS", source))?;
    }
    let mut users: HashMap<MapData, u32, u8> = take(ebpf, "USERS")?;
    for &user in &watch.users {
        users
            .insert(user, 0, 0)
            .map_err(|source| map_error("USERS", source))?;
    }
    Ok(specs)
}

pub(super) fn take<M>(ebpf: &mut Ebpf, name: &'static str) -> Result<M, ProbeError>
where
    M: TryFrom<aya::maps::Map, Error = aya::maps::MapError>,
{
    let map = ebpf.take_map(name).ok_or_else(|| missing(name))?;
    map.try_into().map_err(|source| map_error(name, source))
}

fn take_map(ebpf: &mut Ebpf, name: &'static str) -> Result<ArrayMap, ProbeError> {
    match ebpf.take_map(name) {
        Some(aya::maps::Map::Array(data)) => Ok(ArrayMap(data)),
        _ => Err(missing(name)),
    }
}

/// The data of an array that is only mapped, never asked through `bpf(2)`.
struct ArrayMap(MapData);

impl ArrayMap {
    fn map_data(&self) -> &MapData {
        &self.0
    }
}

fn missing(name: &'static str) -> ProbeError {
    map_error(
        name,
        aya::maps::MapError::InvalidName {
            name: name.to_owned(),
        },
    )
}

pub(super) fn map_error(name: &'static str, source: aya::maps::MapError) -> ProbeError {
    ProbeError::Map { name, source }
}
