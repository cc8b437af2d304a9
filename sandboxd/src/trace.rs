//! `sandboxd trace`: from options to a run and through it. The loop that feeds the fold is in `run`.

mod ending;
mod files;
mod ignoring;
mod launch;
mod left_out;
mod packages;
mod plan;
mod priority;
mod replay;
mod run;
mod said;
mod targets;
mod waits;

use std::io::IsTerminal as _;
use std::time::Duration;

use crate::cli;
use crate::command::{self, CommandError};
use crate::fold::{Errors, Names};
use crate::input::{Fact, Start};
use crate::probe::{self, Attached, Backend, Loaded, ProbeError};
use crate::recording::RecordingError;
use crate::select::SelectError;
use crate::sink::{Options, Sink, SinkError};
use crate::{facts, select};
use launch::Launch;
use left_out::LeftOut;
use packages::Packages;
use plan::Plan;
pub use replay::replay;
use run::{Run, Started};
use targets::Targets;
use waits::Signals;

/// Why a run could not begin, or broke off.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// A bad expression.
    #[error(transparent)]
    Select(#[from] SelectError),
    /// Nothing to watch, or something that is not there.
    #[error("{0}")]
    Usage(String),
    /// The kernel half.
    #[error(transparent)]
    Probe(#[from] ProbeError),
    /// The command.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// The output.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// The recording.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// Lines that the output did not take.
    #[error("{lines} lines could not be written; the summary says how many calls are missing")]
    Unwritten {
        /// How many.
        lines: u64,
    },
    /// A replay whose lines the output did not take.
    #[error("lines could not be written: {0}")]
    Output(String),
    /// An app could not be stopped or started.
    #[error("--launch: {what}: {why}")]
    Launch {
        /// Which command.
        what: String,
        /// What it said.
        why: String,
    },
    /// Signals, timers.
    #[error("cannot set up {what}: {source}")]
    Runtime {
        /// What.
        what: &'static str,
        /// Why.
        source: std::io::Error,
    },
}

impl TraceError {
    /// The exit code that says it.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Select(_)
            | Self::Usage(_)
            | Self::Command(CommandError::Find { .. } | CommandError::Nameless) => 2,
            Self::Probe(error) if error.is_platform() => 3,
            Self::Probe(_)
            | Self::Command(_)
            | Self::Sink(_)
            | Self::Recording(_)
            | Self::Unwritten { .. }
            | Self::Output(_)
            | Self::Launch { .. }
            | Self::Runtime { .. } => 1,
        }
    }
}

/// Runs a trace to its end.
pub fn trace(object: &[u8], options: &cli::Trace, argv: &[String]) -> Result<(), TraceError> {
    let selection = select::parse(&options.exprs)?;
    let plan = Plan::new(&selection, options)?;
    let targets = Targets::new(options)?;
    let packages = Packages::new(options)?;
    let mut launch = Launch::new(options)?;
    let left_out = LeftOut::new(options)?;
    let names = Names::new(&options.names()).map_err(TraceError::Usage)?;
    Errors::new(&options.errors).map_err(TraceError::Usage)?;
    let output = Options {
        out: options.out.clone(),
        format: options.format,
    };
    files::are_apart(options)?;
    // Before signals are caught: Ctrl-C ends what hangs.
    if let Some(launch) = &mut launch {
        launch.stop()?;
    }
    let waiting = prepare(options, &output)?;
    // Behind the command, which is to run like any other.
    priority::come_first();
    let sink = Sink::open(output)?;
    let recorder = options
        .record
        .as_deref()
        .map(crate::recording::Recorder::create)
        .transpose()?;
    let runtime = runtime()?;
    let signals = {
        let _inside = runtime.enter();
        Signals::catch().map_err(signals_failed)?
    };
    // Before the probes are live: a program may be loaded by then whose first calls are seen.
    let mappings = probe::Mappings::open().unwrap_or_else(|error| {
        tracing::warn!(
            "the kernel does not tell of mappings ({error}): code that is mapped from now on is `unknown` until it is met in /proc"
        );
        probe::Mappings::default()
    });
    let watch = probe::Watch {
        names: names.told(),
        left_out: left_out.is_somebody(),
        ..plan.watch(&targets, options)
    };
    let mut loaded = probe::load(object, &watch, plan.backend)?;
    if let Some(waiting) = &waiting {
        loaded.add_command(waiting.pid, options.no_follow)?;
    }
    let attached = attach(&mut loaded, &plan)?;
    plan.mark_attached(&mut loaded, &attached)?;
    targets.seed(&mut loaded)?;
    left_out.seed(&mut loaded)?;
    let mut start = start(options, argv, &plan, &targets, &attached);
    start.made = waiting.as_ref().map(|waiting| waiting.pid);
    let ready = format!(
        "ready: {} calls selected, {} probes attached ({})",
        plan.indexes.len(),
        start.attached,
        plan.reason
    );
    let met = waiting
        .as_ref()
        .map(|waiting| meet(waiting, options, &start));
    let mut run = Run::new(loaded, mappings, sink, recorder, start, packages);
    let runs = run.meet()?;
    run.begin();
    tracing::info!("{ready}");
    if !options.packages.is_empty() && !runs && launch.is_none() {
        tracing::info!(
            "no process of {} runs yet: waiting",
            options.packages.join(", ")
        );
    }
    let command = waiting.map(command::Waiting::release).transpose()?;
    let launched = launch.map(|launch| launch.start());
    if let Some(met) = &met {
        run.take(met);
    }
    let started = Started { command, launched };
    run.finish_with(&runtime, signals, options.duration, started, &targets)
}

/// Looks at the command while it waits, so that its paths and descriptors are known from its first call on.
fn meet(waiting: &command::Waiting, options: &cli::Trace, start: &Start) -> Fact {
    // Nobody but root got so far.
    let uid = options.as_uid.unwrap_or(0);
    facts::process(waiting.pid, waiting.pid, uid, facts::boot_ns(), start.files)
}

/// Starts the command, if there is one; it waits. Before any signal is caught, so that it inherits none of that.
fn prepare(options: &cli::Trace, output: &Options) -> Result<Option<command::Waiting>, TraceError> {
    if options.command.is_empty() {
        return Ok(None);
    }
    let own_stdout = !output.to_stdout() && !std::io::stdout().is_terminal();
    let waiting = command::prepare(&options.command, options.as_uid, own_stdout)?;
    Ok(Some(waiting))
}

fn runtime() -> Result<tokio::runtime::Runtime, TraceError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|source| TraceError::Runtime {
            what: "the event loop",
            source,
        })
}

fn signals_failed(source: std::io::Error) -> TraceError {
    TraceError::Runtime {
        what: "signals",
        source,
    }
}

/// Attaches the probes, and says how far it is where that takes long.
fn attach(loaded: &mut Loaded, plan: &Plan) -> Result<Attached, TraceError> {
    let began = std::time::Instant::now();
    let mut said = 2;
    let mut attached = probe::attach(
        loaded,
        plan.backend,
        plan.returns,
        &plan.symbols,
        &plan.optional,
        |done, of| {
            if began.elapsed() >= Duration::from_secs(said) {
                tracing::info!("attaching: {done} of {of} probes");
                said += 2;
            }
        },
    )?;
    // What is only followed and is not in this kernel cannot change anything.
    attached
        .failed
        .retain(|(symbol, _)| plan.is_selected(symbol));
    if let Some((symbol, reason)) = attached.failed.first()
        && plan.backend == Backend::Kprobe
        && !attached
            .symbols
            .iter()
            .any(|symbol| plan.is_selected(symbol))
    {
        return Err(TraceError::Probe(ProbeError::NothingAttached {
            count: attached.failed.len(),
            symbol: symbol.clone(),
            reason: reason.clone(),
        }));
    }
    if !attached.symbols.iter().any(|symbol| is_compat(symbol)) {
        let all = attached.failed.len();
        attached.failed.retain(|(symbol, _)| !is_compat(symbol));
        if attached.failed.len() < all {
            tracing::info!("this kernel runs no 32-bit programs: their calls have no probes");
        }
    }
    say_failed(&attached);
    Ok(attached)
}

/// The entry of 32-bit programs' calls; a kernel without `CONFIG_COMPAT` has none of them.
fn is_compat(symbol: &str) -> bool {
    symbol.starts_with("__arm64_compat_")
}

fn say_failed(attached: &Attached) {
    if !attached.failed.is_empty() {
        let failed: Vec<String> = attached
            .failed
            .iter()
            .map(|(symbol, reason)| format!("{symbol} ({reason})"))
            .collect();
        tracing::warn!(
            "{} symbols cannot be probed, calls by them are seen by their returns alone: {}",
            failed.len(),
            failed.join(", ")
        );
    }
}

fn start(
    options: &cli::Trace,
    argv: &[String],
    plan: &Plan,
    targets: &Targets,
    attached: &Attached,
) -> Start {
    let (kernel, arch) = facts::kernel();
    Start {
        run: facts::run_id(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        boot_ns: facts::boot_ns(),
        offset_ns: facts::clock_offset(),
        kernel,
        arch,
        device: facts::device(),
        argv: argv.to_vec(),
        tags: options.tags.iter().cloned().collect(),
        backend: Some(plan.backend),
        backend_reason: plan.reason.clone(),
        page: facts::page_size(),
        address_bits: facts::address_bits(),
        targets: targets.described(options),
        indexes: plan.indexes.clone(),
        attached: attached.symbols.len(),
        failed: attached
            .failed
            .iter()
            .map(|(symbol, reason)| crate::event::Failed {
                symbol: symbol.clone(),
                reason: reason.clone(),
            })
            .collect(),
        returns: plan.returns,
        stacks: options.stack_bytes().is_some(),
        show: plan.show,
        raw: plan.raw,
        only: options.only.clone(),
        made_by: options.made_by(),
        names: options.names(),
        errors: options.errors.clone(),
        files: plan.files,
        by_uid: plan.by_uid,
        made: None,
    }
}

/// Where entries come from, and why.
fn choose_backend(options: &cli::Trace, symbols: usize) -> (Backend, String) {
    let kprobes = std::path::Path::new("/sys/bus/event_source/devices/kprobe/type").exists();
    match options.backend {
        cli::BackendName::Kprobe => (Backend::Kprobe, "asked for by --backend".to_owned()),
        cli::BackendName::Tracepoint => (Backend::Tracepoint, "asked for by --backend".to_owned()),
        cli::BackendName::Auto if !kprobes => (
            Backend::Tracepoint,
            "this kernel has no kprobes for perf events".to_owned(),
        ),
        cli::BackendName::Auto if symbols > probe::KPROBES_MAX => (
            Backend::Tracepoint,
            format!(
                "{symbols} symbols are more than the {} worth a kprobe each",
                probe::KPROBES_MAX
            ),
        ),
        cli::BackendName::Auto => (
            Backend::Kprobe,
            format!("{symbols} symbols, calls without a probe cost nothing"),
        ),
    }
}
