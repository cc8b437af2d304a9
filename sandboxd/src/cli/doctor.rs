//! `doctor`: its options.

use clap::Args;

/// `doctor`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    sandboxd doctor                                             before the first trace on a device\n  \
    sandboxd doctor --json | jq -r '.checks[] | select(.state != \"ok\") | .todo'\n\n\
    It loads what a run would load, attaches a few probes and takes them away again. Nothing is watched.\n\
    Exit codes: 0 tracing will work, 3 it will not (the checks that are `missing` say why).")]
pub struct Doctor {
    /// One JSON object instead of text (`sandboxd schema --doctor` describes it)
    #[arg(long)]
    pub json: bool,
}
