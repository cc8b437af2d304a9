//! `sandboxd daemon`: a run that a file describes and that others speak to. `sandboxd ctl`: speaks to it.

mod config;

use std::io::{self, Write};
use std::path::Path;

use crate::cli;
use crate::control::{self, Answer, Place, Request, Status, Who};
use crate::probe::platform;
use crate::trace::{self, Control, TraceError};
use config::Config;

/// Runs a daemon to its end.
pub fn run(object: &[u8], options: &cli::Daemon, argv: &[String]) -> Result<(), TraceError> {
    let config = Config::read(&options.config).map_err(TraceError::Usage)?;
    if options.check {
        trace::check(&config.trace)?;
        tracing::info!("{} is good", options.config.display());
        return Ok(());
    }
    platform::check()?;
    let (place, listener) = Place::take(&options.run_dir)?;
    let path = options.config.clone();
    let trace = config.trace.clone();
    let control = Control {
        listener,
        output: config.trace.out.clone().unwrap_or_default(),
        reread: Box::new(move || {
            let now = Config::read(&path)?;
            let later = config.other_changes(&now);
            if !later.is_empty() {
                tracing::warn!(
                    "{}: {} changed; that takes effect when the daemon is started anew",
                    path.display(),
                    later.join(", ")
                );
            }
            Ok(Who {
                packages: now.trace.packages,
                uids: now.trace.uids,
            })
        }),
    };
    let ended = trace::serve(object, &trace, argv, control);
    drop(place);
    ended
}

/// Asks a daemon, and says what it answers.
pub fn ask(options: &cli::Ctl, out: &mut dyn Write) -> anyhow::Result<()> {
    let request = request(&options.ask);
    let answer = control::ask(&options.run_dir, &request)
        .map_err(|error| anyhow::anyhow!("{}", unreachable(&options.run_dir, &error)))?;
    if let Answer::Refused { why } = answer {
        anyhow::bail!("{why}");
    }
    if options.json {
        match &answer {
            Answer::Status(status) => serde_json::to_writer(&mut *out, status)?,
            other => serde_json::to_writer(&mut *out, other)?,
        }
        writeln!(out)?;
    } else {
        match &answer {
            Answer::Status(status) => tell(status, out)?,
            Answer::Done { said } => writeln!(out, "{said}")?,
            Answer::Busy {} | Answer::Refused { .. } => {}
        }
    }
    Ok(())
}

fn request(ask: &cli::Ask) -> Request {
    let who = |who: &cli::Who| Who {
        packages: who.packages.clone(),
        uids: who.uids.clone(),
    };
    match ask {
        cli::Ask::Status => Request::Status {},
        cli::Ask::Add(add) => Request::Add(who(add)),
        cli::Ask::Remove(remove) => Request::Remove(who(remove)),
        cli::Ask::Rotate => Request::Rotate {},
        cli::Ask::Stop => Request::Stop {},
    }
}

fn unreachable(dir: &Path, error: &io::Error) -> String {
    let dir = dir.display();
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => format!(
            "no daemon runs at {dir}: start one with `sandboxd daemon --config FILE`, or name its directory with --run-dir"
        ),
        io::ErrorKind::PermissionDenied => {
            format!(
                "only root can speak to the daemon at {dir}: run this as root (`su -c` before it)"
            )
        }
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
            format!(
                "the daemon at {dir} does not answer in time. What was asked may be done still: `sandboxd ctl status` shows it"
            )
        }
        _ => format!("the daemon at {dir} does not answer: {error}"),
    }
}

/// A status for people.
fn tell(status: &Status, out: &mut dyn Write) -> io::Result<()> {
    let up = humantime::format_duration(std::time::Duration::from_secs(status.up_s));
    let targets = &status.targets;
    let who = control::in_words(targets);
    writeln!(
        out,
        "sandboxd {} runs as process {} since {up}",
        status.version, status.pid
    )?;
    writeln!(out, "watching   {}", who.join(", "))?;
    writeln!(
        out,
        "calls      {} selected, {} probes attached ({})",
        status.calls, status.attached, status.backend
    )?;
    writeln!(out, "processes  {} known", status.processes)?;
    writeln!(
        out,
        "so far     {} calls, {} filtered, {} lost, {} state records lost",
        status.emitted, status.filtered, status.lost, status.state_lost
    )?;
    writeln!(out, "output     {} (part {})", status.output, status.part)?;
    writeln!(out, "run        {}", status.run)
}
