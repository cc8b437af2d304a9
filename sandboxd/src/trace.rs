//! `sandboxd trace`: from options to a run and through it. The loop that feeds the fold is in `run`.

mod attaching;
mod control;
mod ending;
mod error;
mod files;
mod followed;
mod ignoring;
mod launch;
mod left_out;
mod meeting;
mod packages;
mod plan;
mod priority;
mod reading;
mod replay;
mod retarget;
mod rotation;
mod run;
mod said;
mod stats;
mod targets;
mod unwritten;
mod usual;
mod waits;

use std::io::IsTerminal as _;

use crate::cli;
use crate::command;
use crate::fold::{Errors, Names};
use crate::input::{Fact, Start};
use crate::power::{self, Role};
use crate::probe::{self, Attached, Backend};
use crate::recording::Recorder;
use crate::sink::{Options, Sink};
use crate::{facts, select};
use attaching::attach;
pub use control::Control;
use control::Line;
pub use error::TraceError;
use launch::Launch;
use left_out::LeftOut;
use packages::Packages;
use plan::Plan;
pub use replay::replay;
use rotation::Rotation;
use run::{Run, Started};
use targets::Targets;
pub use usual::{Usual, usual};
use waits::Signals;

/// Runs a trace to its end.
pub fn trace(object: &[u8], options: &cli::Trace, argv: &[String]) -> Result<(), TraceError> {
    run(object, options, argv, None)
}

/// The same, for a run that is spoken to.
pub fn serve(
    object: &[u8],
    options: &cli::Trace,
    argv: &[String],
    control: Control,
) -> Result<(), TraceError> {
    run(object, options, argv, Some(control))
}

/// Whether options are good, as far as that can be said without looking at what runs and what is installed.
pub fn check(options: &cli::Trace) -> Result<(), TraceError> {
    // Which backend is best is found out by trying.
    let options = cli::Trace {
        backend: cli::BackendName::Tracepoint,
        ..options.clone()
    };
    understand(&options, true).map(drop)
}

fn understand(options: &cli::Trace, changing: bool) -> Result<(Plan, Names, Options), TraceError> {
    let selection = select::parse(&options.exprs)?;
    let plan = Plan::new(&selection, options, changing)?;
    let names = Names::new(&options.names()).map_err(TraceError::Usage)?;
    Errors::new(&options.errors).map_err(TraceError::Usage)?;
    packages::patterns(&options.packages)?;
    let output = files::output(options)?;
    files::are_apart(options, &output)?;
    Ok((plan, names, output))
}

fn run(
    object: &[u8],
    options: &cli::Trace,
    argv: &[String],
    control: Option<Control>,
) -> Result<(), TraceError> {
    let changing = control.is_some();
    let (plan, names, output) = understand(options, changing)?;
    // First of all: nothing is warned of, and what an earlier run wrote is kept, where this one cannot begin.
    probe::platform::check()?;
    let targets = Targets::new(options, changing)?;
    let packages = Packages::new(options, changing)?;
    let mut launch = Launch::new(options)?;
    let left_out = LeftOut::new(options)?;
    // Before signals are caught: Ctrl-C ends what hangs.
    if let Some(launch) = &mut launch {
        launch.prepare()?;
    }
    let waiting = prepare(options, &output)?;
    // Behind the command, which is to run like any other.
    priority::come_first();
    let sink = Sink::open(output)?;
    let recorder = options
        .record
        .as_deref()
        .map(|path| Recorder::create_for(&files::record(path, changing), options.owner))
        .transpose()?;
    let runtime = runtime()?;
    let (signals, line) = {
        let _inside = runtime.enter();
        let signals = Signals::catch(changing).map_err(signals_failed)?;
        (signals, control.map(Line::open).transpose()?)
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
        changing,
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
    start.changing = changing;
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
    run.rotate_by(Rotation::new(options));
    if options.stats {
        run.tell_stats();
    }
    // Now that nothing but the kernel can keep the run from beginning; a Ctrl-C reaches what hangs there by itself.
    if let Some(launch) = &launch {
        launch.stop()?;
    }
    let runs = run.meet()?;
    give_up_power(run.makes_files());
    run.begin();
    tracing::info!("{ready}");
    if !options.packages.is_empty() && !runs && launch.is_none() {
        tracing::info!(
            "no process of {} runs yet: waiting",
            options.packages.join(", ")
        );
    }
    let command = waiting.map(command::Waiting::release).transpose()?;
    let launched = launch.map(Launch::start);
    if let Some(met) = &met {
        run.take(met);
    }
    let started = Started {
        command,
        launched,
        line,
    };
    run.finish_with(&runtime, signals, options.duration, started, &targets)
}

/// Keeps the power alone that the run needs from here on.
fn give_up_power(makes_files: bool) {
    let role = if makes_files {
        Role::FileMaker
    } else {
        Role::Reader
    };
    power::drop_capabilities(role);
    power::forbid_calls(makes_files);
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
    let stdout = if output.to_stdout() || std::io::stdout().is_terminal() {
        command::Stdout::OnStderr
    } else {
        command::Stdout::Same
    };
    let waiting = command::prepare(&options.command, options.as_uid, stdout)?;
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
        changing: false,
    }
}

/// Where entries come from, and why. A kprobe is only set, to find out whether it works, where that decides.
fn choose_backend(options: &cli::Trace, symbols: usize) -> (Backend, String) {
    let asked = "asked for by --backend".to_owned();
    match options.backend {
        cli::BackendName::Kprobe => (Backend::Kprobe, asked),
        cli::BackendName::Tracepoint => (Backend::Tracepoint, asked),
        cli::BackendName::Auto if symbols > probe::KPROBES_MAX => (
            Backend::Tracepoint,
            format!(
                "{symbols} symbols are more than the {} worth a kprobe each",
                probe::KPROBES_MAX
            ),
        ),
        cli::BackendName::Auto => match probe::platform::kprobes() {
            Err(reason) => (Backend::Tracepoint, reason),
            Ok(()) => (
                Backend::Kprobe,
                format!("{symbols} symbols, calls without a probe cost nothing"),
            ),
        },
    }
}
