//! The scripts' common frame: start a trace, wait until its probes are live, do something, stop it, replay it.
//!
//! It leaves `lines` (stdout), `log` (stderr), `rec` (the recording), `replayed`, `ended` with both exit statuses,
//! and `schema.json`.
//! What happens in between is each case's.

/// Starts the daemon with the given options. Fails the script with 90 if it is not ready in time.
macro_rules! start {
    ($options:expr) => {
        concat!(
            "sandboxd trace --record rec ",
            $options,
            " >lines 2>log & pid=$!\n",
            "wait-for log ready 60 || exit 90\n"
        )
    };
}

/// Stops it as Ctrl-C would, and replays what it recorded.
macro_rules! stop {
    () => {
        concat!("\nkill -INT $pid", $crate::cases::script::ended!())
    };
}

/// Waits until it ends by itself, and replays what it recorded.
macro_rules! ended {
    () => {
        "\nwait $pid; echo \"trace $?\" >ended\n\
         sandboxd replay rec >replayed 2>replay.log; echo \"replay $?\" >>ended\n\
         sandboxd schema --json >schema.json 2>/dev/null || :\n"
    };
}

/// A script that traces with the given options what the body does.
macro_rules! traced {
    ($options:expr, $body:expr) => {
        concat!(
            $crate::cases::script::start!($options),
            $body,
            $crate::cases::script::stop!()
        )
    };
}

pub(crate) use {ended, start, stop, traced};
