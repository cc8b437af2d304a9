//! The command line: what was typed. What it means is left to the verbs.

mod daemon;
mod doctor;
mod number;
mod trace;
mod words;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::schema::Which;
use crate::sink::Format;
pub use daemon::{Ask, Ctl, Daemon, Who};
pub use doctor::Doctor;
pub use number::Number;
pub use trace::{BackendName, StackBy, Trace};
pub use words::shown;

/// Shows every system call an Android app makes, from the kernel, with nothing in the app
#[derive(Debug, Parser)]
#[command(
    version,
    about,
    max_term_width = 100,
    after_help = "Exit codes: 0 ended as asked, 1 failed at run time, \
    2 wrong usage, 3 this kernel or these privileges cannot do it, 4 a daemon runs already."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Watch tasks and write their system calls
    Trace(Box<Trace>),
    /// Watch as a file says, for as long as the device runs, and be spoken to by `ctl`
    Daemon(Daemon),
    /// Speak to a daemon: whom it watches, new files, its end
    Ctl(Ctl),
    /// Write the lines that a recording gives
    Replay(Replay),
    /// List the system calls it knows: name, number in both ABIs, groups, arguments
    List(List),
    /// Look at what this device can do, and say what is missing and why
    Doctor(Doctor),
    /// Print the schema of the output
    Schema(Schema),
}

/// `replay`
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  sandboxd trace -u 10123 --record run.rec > live.jsonl; sandboxd replay run.rec | cmp - live.jsonl"
)]
pub struct Replay {
    /// A recording made by `trace --record`; `-`: standard input
    pub file: PathBuf,
    /// Write lines to FILE instead of standard output
    #[arg(short, long = "output", value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// How lines look; auto: text on a terminal, JSON otherwise
    #[arg(long, value_enum, default_value_t = Format::Auto)]
    pub format: Format,
}

/// `list`
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  sandboxd list %network\n  sandboxd list --json '/^mem/' | jq .args"
)]
pub struct List {
    /// Which calls; all without it
    #[arg(value_name = "EXPR")]
    pub exprs: Vec<String>,
    /// One JSON object per call
    #[arg(long)]
    pub json: bool,
    /// The threads that `trace --quiet-runtime` leaves out, instead of calls
    #[arg(long, conflicts_with = "exprs")]
    pub runtime_threads: bool,
}

/// `schema`
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own, and only one is taken"
)]
#[command(after_help = "Example:\n  sandboxd schema --duckdb | duckdb calls.db")]
#[group(multiple = false)]
pub struct Schema {
    /// JSON Schema of a line (the default)
    #[arg(long)]
    pub json: bool,
    /// Table definitions for DuckDB
    #[arg(long)]
    pub duckdb: bool,
    /// Table definitions for ClickHouse
    #[arg(long)]
    pub clickhouse: bool,
    /// JSON Schema of what `doctor --json` writes
    #[arg(long)]
    pub doctor: bool,
}

impl Schema {
    /// Which schema was asked for.
    #[must_use]
    pub fn which(&self) -> Which {
        match (self.duckdb, self.clickhouse, self.doctor) {
            (true, ..) => Which::Duckdb,
            (_, true, _) => Which::Clickhouse,
            (.., true) => Which::Doctor,
            _ => Which::Json,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_separate_places_and_not_expressions() {
        assert_eq!(words::places("app,!libc"), ["app", "!libc"]);
        assert_eq!(words::places("!/a{1,2}/,anon"), ["!/a{1,2}/", "anon"]);
        assert_eq!(words::places(""), [""]);
    }

    #[test]
    fn who_made_calls_is_not_asked_for_without_returns() {
        let asked = [
            "--entry=stub",
            "--inline",
            "--caller=app",
            "--from=app",
            "--origin=app",
        ];
        for asked in asked {
            let words = ["sandboxd", "trace", "-p", "1", "--no-returns", asked];
            let error = Cli::try_parse_from(words).unwrap_err();
            assert!(error.to_string().contains("--no-returns"), "{error}");
        }
    }

    #[test]
    fn nobodys_origin_is_known_without_stacks() {
        let bytes = |words: &[&str]| {
            let words = ["sandboxd", "trace", "-p", "1"].iter().chain(words);
            match Cli::try_parse_from(words).unwrap().verb {
                Verb::Trace(trace) => trace.stack_bytes(),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(bytes(&[]), None);
        assert_eq!(bytes(&["--origin", "app"]), Some(0));
        assert_eq!(bytes(&["--origin", "app", "--stack=dwarf"]), Some(16 << 10));
    }

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
    }
}
