//! Attaches probes one at a time and takes each away again, measuring both: for `doctor`. A run leaves its probes to the
//! reaper instead.

use std::time::{Duration, Instant};

use aya::programs::{KProbe, ProgramError, RawTracePoint, TracePoint};

use super::Loaded;
use super::attach::{TRACEPOINTS, reason};
use super::load::program;

/// One probe that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The symbol, or the tracepoint.
    pub name: String,
    /// How long attaching and detaching took, or why it failed.
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
        let attempt = |&(name, category, event, full): &(&'static str, _, _, &str)| {
            let took = program(&mut self.ebpf, name)
                .map_err(|error| error.to_string())
                .and_then(|program: &mut TracePoint| {
                    measured(
                        program,
                        |program| program.attach(category, event),
                        TracePoint::detach,
                    )
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
            });
        Attempt {
            name: event.to_owned(),
            took,
        }
    }

    /// Tries kprobes.
    pub fn try_kprobes(&mut self, symbols: &[String]) -> Vec<Attempt> {
        let attempt = |symbol: &String| Attempt {
            name: symbol.clone(),
            took: program(&mut self.ebpf, "enter_kprobe")
                .map_err(|error| error.to_string())
                .and_then(|program: &mut KProbe| {
                    measured(program, |program| program.attach(symbol, 0), KProbe::detach)
                }),
        };
        symbols.iter().map(attempt).collect()
    }

    /// Ends it where every probe was taken away: no reaper is needed then.
    pub fn leave(self) {
        std::mem::forget(self);
    }
}

fn measured<P, L>(
    program: &mut P,
    attach: impl FnOnce(&mut P) -> Result<L, ProgramError>,
    detach: impl FnOnce(&mut P, L) -> Result<(), ProgramError>,
) -> Result<Took, String> {
    let began = Instant::now();
    let link = attach(program).map_err(|error| reason(&error))?;
    let attached = Instant::now();
    detach(program, link).map_err(|error| reason(&error))?;
    Ok(Took {
        attach: attached - began,
        detach: attached.elapsed(),
    })
}
