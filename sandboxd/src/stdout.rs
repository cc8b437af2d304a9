//! Whether standard output was open when the program began.
//!
//! Before `main`, Rust's own start puts `/dev/null` where a standard stream is closed, and then every write succeeds and
//! goes nowhere. So it is looked at before that.

use std::sync::atomic::{AtomicBool, Ordering};

/// What is said where output should go to a stream that is not there.
pub const CLOSED: &str =
    "standard output is closed: redirect it to a file or a pipe, or choose a file with -o";

static WAS_CLOSED: AtomicBool = AtomicBool::new(false);

// SAFETY: the C library calls what stands in this section once each, before `main`; the function has the type that is
// called, whatever arguments it is given, and touches nothing that Rust's start would have to prepare.
#[used]
#[unsafe(link_section = ".init_array")]
static LOOK: extern "C" fn() = look;

extern "C" fn look() {
    // SAFETY: takes no pointer.
    let flags = unsafe { libc::fcntl(libc::STDOUT_FILENO, libc::F_GETFD) };
    WAS_CLOSED.store(flags == -1, Ordering::Relaxed);
}

/// Whether it was closed.
#[must_use]
pub fn was_closed() -> bool {
    WAS_CLOSED.load(Ordering::Relaxed)
}
