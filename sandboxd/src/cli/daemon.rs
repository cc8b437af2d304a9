//! `daemon` and `ctl`: their options.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::words;
use crate::control::RUN_DIR;

/// `daemon`
#[derive(Debug, Args)]
#[command(
    after_help = "The file is TOML; its keys are the long names of trace's options:\n  \
    package = [\"com.example.app\"]\n  \
    expr = \"%default,!%stat\"\n  \
    output = \"/data/local/tmp/calls-{time}.jsonl\"\n  \
    tag = { case = \"42\" }\n\n\
    SIGHUP has package and uid read anew; SIGTERM, Ctrl-C and `sandboxd ctl stop` end it. It stays in the foreground:\n  \
    cd /data/local/tmp\n  \
    setsid sandboxd daemon --config sandboxd.toml </dev/null >/dev/null 2>sandboxd.log &"
)]
pub struct Daemon {
    /// What to watch, and where to write
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
    /// Say whether the file is good, and end
    #[arg(long)]
    pub check: bool,
    /// A directory for the socket and the process number, which is made and removed
    #[arg(long, value_name = "DIR", default_value = RUN_DIR)]
    pub run_dir: PathBuf,
}

/// `ctl`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    sandboxd ctl status --json | jq .emitted\n  \
    sandboxd ctl add -n com.example.other\n  \
    sandboxd ctl remove -u 10123\n\n\
    Which calls are watched does not change while the daemon runs: change its file and start it anew.")]
pub struct Ctl {
    /// What to ask of the daemon
    #[command(subcommand)]
    pub ask: Ask,
    /// The directory that the daemon was given
    #[arg(long, value_name = "DIR", default_value = RUN_DIR, global = true)]
    pub run_dir: PathBuf,
    /// One JSON object
    #[arg(long, global = true)]
    pub json: bool,
}

/// What to ask of a daemon.
#[derive(Debug, Subcommand)]
pub enum Ask {
    /// Say how it is: since when, whom it watches, how many calls so far
    Status,
    /// Watch these too
    Add(Who),
    /// Watch these no more
    Remove(Who),
    /// Go on in a new file
    Rotate,
    /// End; returns once the daemon has written its last line
    Stop,
}

/// Whom to watch.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub struct Who {
    /// A package, or a pattern; to remove it, as it was asked for
    #[arg(
        short = 'n',
        long = "package",
        value_name = "NAME",
        value_delimiter = ','
    )]
    pub packages: Vec<String>,
    /// A user ID
    #[arg(short, long = "uid", value_name = "UID", value_delimiter = ',', value_parser = words::user)]
    pub uids: Vec<u32>,
}
