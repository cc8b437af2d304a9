//! Ctrl-C and a polite kill: they end what this program started, then the program.
//!
//! Whoever waits for something asks [`caught`] now and then.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};

/// How often one asks who waits.
pub(crate) const LOOK: Duration = Duration::from_millis(50);

static CAUGHT: AtomicBool = AtomicBool::new(false);

/// Catches them from now on.
pub(crate) fn catch() -> Result<()> {
    ctrlc::set_handler(|| CAUGHT.store(true, Ordering::Relaxed)).context("cannot catch Ctrl-C")
}

/// Whether one came.
pub(crate) fn caught() -> bool {
    CAUGHT.load(Ordering::Relaxed)
}
