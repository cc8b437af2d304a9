//! What the costs are to be at most, and whether they are.

use std::fmt;

use serde::Serialize;

use super::figures::Boot;
use super::plan::{MISSING, Tool, UNPROBED};

/// A binary's size, in bytes.
const BINARY: u64 = 5 << 20;

/// A figure and the most that it may be.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Target {
    what: String,
    found: f64,
    most: f64,
    met: bool,
}

impl Target {
    fn new(what: String, found: f64, most: f64) -> Self {
        Self {
            what,
            found,
            most,
            met: found <= most,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            what,
            found,
            most,
            met,
        } = self;
        let verdict = if *met { "met" } else { "not met" };
        write!(f, "{verdict:<8} {what}: {found:.0}, at most {most:.0}")
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

/// Of one boot, what was measured in it.
pub(crate) fn of_boot(boot: &Boot) -> Vec<Target> {
    let mut targets = Vec::new();
    for (kernel, tool, workload, most) in ADDED {
        if kernel == boot.kernel
            && let Some(found) = boot.added(tool, workload)
        {
            let what = format!("{kernel}: added to {workload} by {tool}");
            targets.push(Target::new(what, found, most));
        }
    }
    targets
}

/// Of the program's size.
#[expect(clippy::cast_precision_loss, reason = "megabytes")]
pub(crate) fn of_binary(bytes: u64) -> Target {
    Target::new(
        "bytes of the program".to_owned(),
        bytes as f64,
        BINARY as f64,
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
    }
}
