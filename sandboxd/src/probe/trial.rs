//! Attaches probes one at a time and takes each away again, measuring both: for `doctor`. A run leaves its probes to the
//! reaper instead.

use std::time::{Duration, Instant};

use aya::programs::kprobe::KProbeLinkId;
use aya::programs::{KProbe, ProgramError, RawTracePoint, TracePoint};
use perf_event::Counter;

use super::Loaded;
use super::address::Addresses;
use super::attach::{TRACEPOINTS, at_address, not_attached, reason};
use super::load::program;

/// One probe that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The symbol, or the tracepoint.
    pub name: String,
    /// How long attaching and detaching took, or why it failed, as a run would say it.
    pub took: Result<Took, String>,
}

/// How long it took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Took {
    /// To attach.
    pub attach: Duration,
    /// To detach.
    pub detach: Duration,
}

impl Loaded {
    /// Tries the tracepoints that tell of processes and signals.
    pub fn try_tracepoints(&mut self) -> Vec<Attempt> {
        let attempt = |&(name, category, event, full): &(&'static str, _, _, &'static str)| {
            let took = program(&mut self.ebpf, name)
                .map_err(|error| error.to_string())
                .and_then(|program: &mut TracePoint| {
                    measured(
                        program,
                        |program| program.attach(category, event),
                        TracePoint::detach,
                    )
                    .map_err(|error| not_attached(full, error).to_string())
                });
            Attempt {
                name: full.to_owned(),
                took,
            }
        };
        TRACEPOINTS.iter().map(attempt).collect()
    }

    /// Tries the tracepoint that all returns pass, or all entries.
    pub fn try_raw(&mut self, name: &'static str, event: &'static str) -> Attempt {
        let took = program(&mut self.ebpf, name)
            .map_err(|error| error.to_string())
            .and_then(|program: &mut RawTracePoint| {
                measured(
                    program,
                    |program| program.attach(event),
                    RawTracePoint::detach,
                )
                .map_err(|error| not_attached(event, error).to_string())
            });
        Attempt {
            name: event.to_owned(),
            took,
        }
    }

    /// Tries kprobes: all are attached, one after the other as a run does it, then all are taken away. The kernel is
    /// slower where it has just taken one away.
    pub fn try_kprobes(&mut self, symbols: &[String]) -> Vec<Attempt> {
        let program: &mut KProbe = match program(&mut self.ebpf, "enter_kprobe") {
            Ok(program) => program,
            Err(error) => {
                let failed = |symbol: &String| Attempt {
                    name: symbol.clone(),
                    took: Err(error.to_string()),
                };
                return symbols.iter().map(failed).collect();
            }
        };
        let addresses = Addresses::read(symbols);
        let attach = |symbol: &String| {
            let began = Instant::now();
            let by_address = addresses
                .as_ref()
                .and_then(|addresses| at_address(addresses, symbol, program).ok());
            let probe = match by_address {
                Some(probe) => Ok(Tried::ByAddress(probe)),
                None => program.attach(symbol, 0).map(Tried::ByName),
            };
            (symbol.clone(), probe, began.elapsed())
        };
        let attached: Vec<_> = symbols.iter().map(attach).collect();
        let detach = |(name, probe, attach): (String, Result<Tried, _>, Duration)| {
            let began = Instant::now();
            let took = probe
                .and_then(|probe| match probe {
                    Tried::ByName(link) => program.detach(link),
                    Tried::ByAddress(probe) => {
                        drop(probe);
                        Ok(())
                    }
                })
                .map(|()| Took {
                    attach,
                    detach: began.elapsed(),
                })
                .map_err(|error: ProgramError| format!("{name}: {}", reason(&error)));
            Attempt { name, took }
        };
        attached.into_iter().map(detach).collect()
    }

    /// Ends it where every probe was taken away: no reaper is needed then.
    pub fn leave(self) {
        std::mem::forget(self);
    }
}

/// A kprobe that is attached.
enum Tried {
    ByName(KProbeLinkId),
    ByAddress(Counter),
}

fn measured<P, L>(
    program: &mut P,
    attach: impl FnOnce(&mut P) -> Result<L, ProgramError>,
    detach: impl FnOnce(&mut P, L) -> Result<(), ProgramError>,
) -> Result<Took, ProgramError> {
    let began = Instant::now();
    let link = attach(program)?;
    let attached = Instant::now();
    detach(program, link)?;
    Ok(Took {
        attach: attached - began,
        detach: attached.elapsed(),
    })
}
