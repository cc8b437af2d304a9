//! What an error means, in the C library's words, which strace prints behind its name.

use std::io;

/// The words; none for a number that is no error.
pub(super) fn meaning(error: u16) -> Option<String> {
    // Codes between the kernel and itself: include/linux/errno.h.
    let own = match error {
        512 => "To be restarted if SA_RESTART is set",
        513 => "To be restarted",
        514 => "To be restarted if no handler",
        516 => "Interrupted by signal",
        _ => "",
    };
    if !own.is_empty() {
        return Some(own.to_owned());
    }
    let text = io::Error::from_raw_os_error(i32::from(error)).to_string();
    let words = text.strip_suffix(&format!(" (os error {error})"))?;
    let is_known =
        !words.starts_with("Unknown error") && !words.starts_with("No error information");
    is_known.then(|| words.to_owned())
}
