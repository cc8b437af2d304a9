//! `sandboxd doctor`: what this device can do, and what is missing and why.
//!
//! `look` looks at the outside and `trial` tries what a run does; the checks judge what these saw, each for itself, and
//! know nothing else.

mod blind;
mod config;
mod cost;
mod finding;
mod hooks;
mod kernel;
mod look;
mod report;
mod rights;
mod rooted;
mod symbols;
mod system;
mod trial;

pub use blind::{BLIND_SPOTS, BlindSpot};
pub use finding::{Finding, State};
use look::Seen;
pub use report::{Report, schema};

use crate::trace::TraceError;

/// Looks at everything, and judges it; `object`: the kernel half.
pub fn examine(object: &[u8]) -> Result<Report, TraceError> {
    Ok(Report::new(judge(&Seen::look(object)?)))
}

/// Every check, in the order of reading: what is, what is let, what works, what it comes to.
fn judge(seen: &Seen) -> Vec<Finding> {
    let root = seen.rights.uid == 0;
    let tried = seen.trial.as_ref();
    let works = seen.kprobes.is_ok();
    let refused = match tried {
        Err(error) if trial::was_not_tried(error) => None,
        tried => Some(hooks::is_denied(tried, &seen.kprobes)),
    };
    let usual = &seen.usual;
    let rings = u64::from(usual.watch.ring) + u64::from(usual.watch.state_ring);
    vec![
        kernel::release(&seen.kernel.0, &seen.kernel.1),
        rights::root(seen.rights),
        kernel::lockdown(seen.lockdown.as_deref(), &seen.config),
        config::configuration(&seen.config, tried.is_ok_and(trial::Trial::is_whole)),
        rights::seccomp(seen.rights),
        rights::selinux(&seen.selinux, refused),
        hooks::ring(&seen.ring),
        hooks::programs(tried),
        hooks::tracefs(seen.tracefs, &seen.fields, root),
        hooks::tracepoints(tried),
        hooks::raw_tracepoints(tried, works),
        hooks::kprobes(tried, &seen.kprobes, root),
        symbols::symbols(seen.symbols.as_ref()),
        hooks::mappings(&seen.mappings, root),
        cost::backend(
            usual.backend,
            &usual.reason,
            usual.symbols.len(),
            tried.ok(),
        ),
        kernel::jit(seen.jit, &seen.config),
        kernel::pages(seen.page),
        kernel::pointer_auth(seen.pointer_auth),
        rooted::root_manager(&seen.marks, root),
        rooted::other_probes(seen.other_probes.as_deref()),
        system::packages(&seen.packages, root),
        system::clock(seen.clocks),
        system::memory(seen.memory, rings),
    ]
}

#[cfg(test)]
mod tests;
