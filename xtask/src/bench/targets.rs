//! What the costs are to be at most, and whether they are.

use std::fmt;

use serde::Serialize;

use super::alone::Alone;
use super::figures::Boot;
use super::plan::{MISSING, Tool, UNPROBED, UNWATCHED, WORKLOADS, Workload};

/// A binary's size, in bytes.
const BINARY: u64 = 5 << 20;

/// Instructions for a line of a recording.
const REPLAYED: f64 = 1500.0;
/// Of the daemon with twenty targets.
const RSS_ANON_KIB: f64 = 8192.0;

/// A figure and what it may be.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Target {
    what: String,
    found: f64,
    bound: Bound,
    met: bool,
}

/// Where it has to stay.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

impl Target {
    fn new(what: String, found: f64, bound: Bound) -> Self {
        let met = match bound {
            Bound::AtMost(most) => found <= most,
            Bound::AtLeast(least) => found >= least,
        };
        Self {
            what,
            found,
            bound,
            met,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            what, found, met, ..
        } = self;
        let verdict = if *met { "met" } else { "not met" };
        write!(f, "{verdict:<8} {what}: ")?;
        match self.bound {
            Bound::AtMost(most) => write!(f, "{found:.0}, at most {most:.0}"),
            Bound::AtLeast(least) => write!(f, "{found:.1}, at least {least:.1}"),
        }
    }
}

/// What is added to a call: by which tool, in which kernel, of which workload. What is within a measurement's error counts
/// as nothing.
const ADDED: [(&str, Tool, &str, f64); 3] = [
    ("debian-6.1", Tool::Kprobe, MISSING, 5200.0),
    ("debian-6.1", Tool::Tracepoint, MISSING, 4700.0),
    ("debian-6.1", Tool::KprobeNoReturns, UNPROBED, ERROR),
];
/// The error of a measurement of a short call.
const ERROR: f64 = 10.0;

/// What each backend is held against: empty programs on the same hooks.
const FLOORS: [(Tool, Tool); 2] = [
    (Tool::Kprobe, Tool::FloorKprobe),
    (Tool::Tracepoint, Tool::FloorTracepoint),
];
const ABOVE_FLOOR: [(&str, f64); 2] = [(UNWATCHED, 150.0), (UNPROBED, 100.0)];

/// Others, and how many times cheaper than they sandboxd is to be, whatever the workload.
const CHEAPER: [(Tool, f64); 3] = [
    (Tool::Strace, 8.0),
    (Tool::StraceSeccomp, 8.0),
    (Tool::Bpftrace, 3.0),
];

/// Of one boot, what was measured in it.
pub(crate) fn of_boot(boot: &Boot) -> Vec<Target> {
    let mut targets = Vec::new();
    let kernel = &boot.kernel;
    for (of, tool, workload, most) in ADDED {
        if of == kernel
            && let Some(found) = boot.added(tool, workload)
        {
            let what = format!("{kernel}: added to {workload} by {tool}");
            targets.push(Target::new(what, found, Bound::AtMost(most)));
        }
    }
    for (tool, floor) in FLOORS {
        for (workload, most) in ABOVE_FLOOR {
            let both = (boot.added(tool, workload), boot.added(floor, workload));
            if let (Some(found), Some(floor)) = both {
                let what = format!("{kernel}: added to {workload} by {tool}, above the floor");
                targets.push(Target::new(what, found - floor, Bound::AtMost(most)));
            }
        }
        for (other, least) in CHEAPER {
            targets.extend(cheapest(boot, tool, other, least));
        }
    }
    if let Some(alone) = boot.alone() {
        targets.extend(of_daemon(kernel, alone));
    }
    targets
}

/// Of the daemon alone.
#[expect(clippy::cast_precision_loss, reason = "kibibytes")]
fn of_daemon(kernel: &str, alone: &Alone) -> [Target; 2] {
    let replayed = format!("{kernel}: a line of openat made of a recording");
    let memory = format!("{kernel}: RssAnon with 20 targets, KiB");
    [
        Target::new(replayed, alone.replayed, Bound::AtMost(REPLAYED)),
        Target::new(
            memory,
            alone.rss_anon_kib as f64,
            Bound::AtMost(RSS_ANON_KIB),
        ),
    ]
}

/// By how much the other one is dearer where that is least.
fn cheapest(boot: &Boot, tool: Tool, other: Tool, least: f64) -> Option<Target> {
    let ratio = |workload: &'static Workload| {
        let both = (
            boot.added(tool, workload.name)?,
            boot.added(other, workload.name)?,
        );
        Some((both.1 / both.0, workload.name))
    };
    let shown = WORKLOADS.iter().filter(|workload| workload.shown > 0);
    let (found, workload) = shown.filter_map(ratio).min_by(|a, b| a.0.total_cmp(&b.0))?;
    let kernel = &boot.kernel;
    let what = format!("{kernel}: {other} against {tool}, worst of all ({workload})");
    Some(Target::new(what, found, Bound::AtLeast(least)))
}

/// Of the program's size.
#[expect(clippy::cast_precision_loss, reason = "megabytes")]
pub(crate) fn of_binary(bytes: u64) -> Target {
    Target::new(
        "bytes of the program".to_owned(),
        bytes as f64,
        Bound::AtMost(BINARY as f64),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_above_is_not_met() {
        assert!(of_binary(BINARY).met);
        let above = of_binary(BINARY + 1);
        assert!(!above.met);
        assert!(above.to_string().starts_with("not met  bytes"), "{above}");
        let ratio = |found| Target::new(String::new(), found, Bound::AtLeast(8.0)).met;
        assert!(ratio(8.0) && !ratio(7.9));
    }
}
