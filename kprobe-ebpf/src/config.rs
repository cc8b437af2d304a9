//! What the user half set before the programs were loaded. Kept in read-only data, so that the verifier knows the
//! values and drops the code they rule out.

use kprobe_common::config::Config;

#[unsafe(no_mangle)]
static CONFIG: Config = Config {
    targets: 0,
    uid: 0,
    own_tgid: 0,
    strsize: 256,
    returns: 1,
    ignores: 1,
    names: 0,
    other_names: 1,
    left_out: 0,
    sent_signal: 0,
    sent_pid: 0,
    sent_result: 0,
    taken_signal: 0,
    taken_handler: 0,
    newtask_pid: 0,
    newtask_flags: 0,
    exec_filename: 0,
    exec_old_pid: 0,
    frames: 0,
    stack: 0,
    state_room: 0,
};

/// One field of the configuration: a volatile read, since the loader changes what the compiler saw.
macro_rules! config {
    ($field:ident) => {
        $crate::config::read(|config| &raw const config.$field)
    };
}
pub(crate) use config;

#[inline(always)]
pub(crate) fn read(field: impl FnOnce(&'static Config) -> *const u32) -> u32 {
    // SAFETY: the pointer is to a field of a static.
    unsafe { core::ptr::read_volatile(field(&CONFIG)) }
}
