//! Attaches what a plan says, and says how far it is and what the kernel lacks.

use std::time::Duration;

use super::TraceError;
use super::plan::Plan;
use crate::probe::{self, Attached, Backend, Loaded, ProbeError};

/// Attaches the probes, and says how far it is where that takes long.
pub(super) fn attach(loaded: &mut Loaded, plan: &Plan) -> Result<Attached, TraceError> {
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
