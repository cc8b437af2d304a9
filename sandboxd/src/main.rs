//! The daemon's command line: parse, do, exit code. The only place that picks an exit code.

use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;

use clap::Parser as _;
use sandboxd::cli::{self, Cli, Verb};
use sandboxd::trace::{self, TraceError};
use sandboxd::{daemon, doctor, list, runtime, schema, select, stdout};
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::prelude::*;

/// The kernel half; empty where it was not built.
static KERNEL_HALF: &[u8] = aya::include_bytes_aligned!(concat!(env!("OUT_DIR"), "/kprobe-ebpf.o"));

/// This kernel or these privileges cannot do it.
const PLATFORM: u8 = 3;

fn main() -> ExitCode {
    let cli = Cli::parse();
    log_to_stderr();
    let argv: Vec<String> = std::env::args_os().map(|arg| cli::shown(&arg)).collect();
    let result = match &cli.verb {
        Verb::Trace(options) => trace::trace(KERNEL_HALF, options, &argv).map_err(Failure::from),
        Verb::Daemon(options) => daemon::run(KERNEL_HALF, options, &argv).map_err(Failure::from),
        Verb::Ctl(options) => print(|out| daemon::ask(options, out)),
        Verb::Replay(options) => trace::replay(options).map_err(Failure::from),
        Verb::Doctor(options) => examine(options.json),
        Verb::Schema(options) => print(|out| Ok(schema::print(options.which(), out)?)),
        Verb::List(options) if options.runtime_threads => {
            print(|out| runtime::list(options.json, out))
        }
        Verb::List(options) => print(|out| list::run(&options.exprs, options.json, out)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure { code, message }) => {
            let _ = writeln!(io::stderr(), "sandboxd: {message}");
            ExitCode::from(code)
        }
    }
}

/// Examines the device. That tracing will not work is an answer, and an exit code.
fn examine(json: bool) -> Result<(), Failure> {
    let report = doctor::examine(KERNEL_HALF)?;
    let colours = io::stdout().is_terminal();
    print(|out| Ok(report.write(json, colours, out)?))?;
    if report.works {
        return Ok(());
    }
    Err(Failure {
        code: PLATFORM,
        message: report.verdict,
    })
}

/// How the program fails: what it says and how it exits.
struct Failure {
    code: u8,
    message: String,
}

impl From<TraceError> for Failure {
    fn from(error: TraceError) -> Self {
        let code = error.exit_code();
        let more = if code == PLATFORM {
            "\nsandboxd: `sandboxd doctor` says what else is missing here, and what to do"
        } else {
            ""
        };
        Self {
            code,
            message: format!("{error}{more}"),
        }
    }
}

/// Diagnostics go to standard error; `RUST_LOG` chooses which.
fn log_to_stderr() {
    let asked = std::env::var("RUST_LOG").ok();
    let filter: Targets = asked
        .and_then(|asked| asked.parse().ok())
        .unwrap_or_else(|| {
            Targets::new()
                .with_default(Level::INFO)
                .with_targets([("aya", Level::ERROR), ("aya_obj", Level::ERROR)])
        });
    tracing_subscriber::fmt()
        .with_max_level(Level::TRACE)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false)
        // Where nobody reads stderr, a message is lost; saying that there would panic.
        .log_internal_errors(false)
        .without_time()
        .finish()
        .with(filter)
        .init();
}

/// Lets a verb write to standard output. A reader that has seen enough is no failure.
fn print(verb: impl FnOnce(&mut dyn io::Write) -> anyhow::Result<()>) -> Result<(), Failure> {
    if stdout::was_closed() {
        return Err(Failure {
            code: 1,
            message: stdout::CLOSED.to_owned(),
        });
    }
    let mut out = io::BufWriter::new(io::stdout().lock());
    let result = verb(&mut out).and_then(|()| out.flush().map_err(Into::into));
    match result {
        Err(error) if is_broken_pipe(&error) => Ok(()),
        Err(error) => {
            let code = if error.downcast_ref::<select::SelectError>().is_some() {
                2
            } else {
                1
            };
            Err(Failure {
                code,
                message: format!("{error:#}"),
            })
        }
        Ok(()) => Ok(()),
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}
