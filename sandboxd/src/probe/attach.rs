//! Attaches the programs, one symbol at a time: a symbol that will not take a probe is reported, not fatal.

use std::collections::BTreeSet;
use std::os::fd::{AsFd as _, AsRawFd as _};

use aya::Ebpf;
use aya::programs::{KProbe, ProgramError, RawTracePoint, TracePoint};
use perf_event::Counter;

use super::address::Addresses;
use super::load::program;
use super::{Backend, Loaded, ProbeError, platform};

/// What was attached.
#[derive(Clone, Debug, Default)]
pub struct Attached {
    /// Symbols that carry a probe, or the names of the tracepoints.
    pub symbols: Vec<String>,
    /// Symbols that would not, each with the reason.
    pub failed: Vec<(String, String)>,
}

/// Program, category and name of each classic tracepoint, and both as messages have them.
pub(super) const TRACEPOINTS: [(&str, &str, &str, &str); 5] = [
    ("task_made", "task", "task_newtask", "task:task_newtask"),
    (
        "task_execed",
        "sched",
        "sched_process_exec",
        "sched:sched_process_exec",
    ),
    (
        "task_ended",
        "sched",
        "sched_process_exit",
        "sched:sched_process_exit",
    ),
    (
        "task_sent",
        "signal",
        "signal_generate",
        "signal:signal_generate",
    ),
    (
        "task_signalled",
        "signal",
        "signal_deliver",
        "signal:signal_deliver",
    ),
];

/// The program that sees credentials change.
pub(super) const CREDS: &str = "task_creds";

/// Attaches returns and process life first, then entries, so that no entry is ever without its return.
pub fn attach(
    loaded: &mut Loaded,
    backend: Backend,
    returns: bool,
    symbols: &[String],
    optional: &BTreeSet<String>,
    mut progress: impl FnMut(usize, usize),
) -> Result<Attached, ProbeError> {
    let ebpf = &mut loaded.ebpf;
    for (name, category, event, full) in TRACEPOINTS {
        let program: &mut TracePoint = program(ebpf, name)?;
        program
            .attach(category, event)
            .map_err(|source| not_attached(full, source))?;
    }
    if returns {
        // Where it cannot be seen, each return of each task costs its user ID.
        let program: &mut KProbe = program(ebpf, CREDS)?;
        match program.attach("commit_creds", 0) {
            Ok(_) => loaded.shared.creds(),
            Err(error) => tracing::debug!("commit_creds cannot be probed: {}", reason(&error)),
        }
        attach_raw(ebpf, "exit_tracepoint", "sys_exit")?;
    }
    match backend {
        Backend::Tracepoint => {
            attach_raw(ebpf, "enter_tracepoint", "sys_enter")?;
            Ok(Attached {
                symbols: vec!["sys_enter".to_owned()],
                failed: Vec::new(),
            })
        }
        Backend::Kprobe => {
            platform::kprobes().map_err(ProbeError::NoKprobes)?;
            attach_kprobes(loaded, symbols, optional, &mut progress)
        }
    }
}

fn attach_raw(ebpf: &mut Ebpf, name: &'static str, event: &'static str) -> Result<(), ProbeError> {
    let program: &mut RawTracePoint = program(ebpf, name)?;
    program
        .attach(event)
        .map(drop)
        .map_err(|source| not_attached(event, source))
}

/// A tracepoint that is there and refused is a matter of permission.
pub(super) fn not_attached(name: &'static str, source: ProgramError) -> ProbeError {
    match source {
        ProgramError::SyscallError(error)
            if matches!(
                error.io_error.raw_os_error(),
                Some(libc::EPERM | libc::EACCES)
            ) =>
        {
            // aya names its own functions.
            let by = if error.call.starts_with("perf_event_open_") {
                "perf_event_open(2)"
            } else {
                "bpf(2)"
            };
            ProbeError::Denied {
                what: format!("to attach to {name} by {by}"),
                source: error.io_error,
            }
        }
        source => ProbeError::Tracepoint { name, source },
    }
}

fn attach_kprobes(
    loaded: &mut Loaded,
    symbols: &[String],
    optional: &BTreeSet<String>,
    progress: &mut impl FnMut(usize, usize),
) -> Result<Attached, ProbeError> {
    let program: &mut KProbe = program(&mut loaded.ebpf, "enter_kprobe")?;
    let addresses = Addresses::read(symbols);
    let mut attached = Attached::default();
    for (done, symbol) in symbols.iter().enumerate() {
        progress(done, symbols.len());
        if let Some(addresses) = &addresses {
            if let Ok(probe) = at_address(addresses, symbol, program) {
                loaded.by_address.push(probe);
                attached.symbols.push(symbol.clone());
                continue;
            }
            // To look for a name in vain takes longest.
            if optional.contains(symbol) && !addresses.has(symbol) {
                continue;
            }
        }
        match program.attach(symbol, 0) {
            Ok(_) => attached.symbols.push(symbol.clone()),
            // Not a symbol of this kernel.
            Err(ProgramError::SyscallError(error))
                if optional.contains(symbol)
                    && error.io_error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => attached.failed.push((symbol.clone(), reason(&error))),
        }
    }
    match attached.failed.first() {
        Some((symbol, reason)) if attached.symbols.is_empty() => Err(ProbeError::NothingAttached {
            count: symbols.len(),
            symbol: symbol.clone(),
            reason: reason.clone(),
        }),
        _ => Ok(attached),
    }
}

/// Puts a probe on the address of a symbol.
pub(super) fn at_address(
    addresses: &Addresses,
    symbol: &str,
    program: &KProbe,
) -> std::io::Result<Counter> {
    let program = program.fd().map_err(std::io::Error::other)?;
    addresses.attach(symbol, program.as_fd().as_raw_fd())
}

/// The innermost words of an error: aya's outer ones repeat what the line says anyway.
pub(super) fn reason(error: &ProgramError) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
