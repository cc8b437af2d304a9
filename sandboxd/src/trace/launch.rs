//! `--launch`: stops an app and starts it anew, by Android's own commands. That it is watched from its first instruction
//! is left to the run, which is live by then.

use std::process::{Command, Stdio};

use super::TraceError;
use crate::cli;
use crate::command::{self, Running, Waiting};

/// Which app, and how it is started.
#[derive(Debug)]
pub(super) struct Launch {
    package: String,
    /// Empty: the launcher's, which is asked for.
    activity: String,
    user: String,
    /// What starts it: made before the run has only the power left that it needs.
    starter: Option<Waiting>,
}

/// A start under way.
#[derive(Debug)]
pub(super) struct Launched(Option<Running>);

impl Launch {
    /// What was asked for; it must be one package.
    pub(super) fn new(options: &cli::Trace) -> Result<Option<Self>, TraceError> {
        let Some(activity) = &options.launch else {
            return Ok(None);
        };
        let usage = |text: &str| Err(TraceError::Usage(format!("--launch: {text}")));
        let [package] = &options.packages[..] else {
            return usage("one package can be started (-n NAME), not several");
        };
        if package.contains(['*', '?', '[']) {
            return usage("a pattern cannot be started: name the package (-n NAME)");
        }
        let user = match &options.users[..] {
            [] => "current".to_owned(),
            [user] => user.to_string(),
            _ => return usage("an app can be started for one user (--user N), not for several"),
        };
        let activity = match activity.split_once('/') {
            Some((other, _)) if other != package => {
                return usage(&format!("{activity} is not of {package}, which is watched"));
            }
            None if !activity.is_empty() => format!("{package}/{activity}"),
            _ => activity.clone(),
        };
        Ok(Some(Self {
            package: package.clone(),
            activity,
            user,
            starter: None,
        }))
    }

    /// Finds out what is to be started, and makes what starts it.
    pub(super) fn prepare(&mut self) -> Result<(), TraceError> {
        if self.activity.is_empty() {
            self.activity = self.launcher()?;
        }
        let words = ["am", "start", "--user", &self.user, "-n", &self.activity];
        let starter = command::prepare(&words.map(Into::into), None, command::Stdout::Kept)?;
        self.starter = Some(starter);
        Ok(())
    }

    /// Stops the app, all of its processes.
    pub(super) fn stop(&self) -> Result<(), TraceError> {
        let words = ["force-stop", "--user", &self.user, &self.package];
        ask("am", &words).map(drop)
    }

    /// Starts it; the answer comes later. The run is live by now, and goes on whatever comes of it.
    pub(super) fn start(self) -> Launched {
        let running = self.starter.map(Waiting::release).transpose();
        Launched(running.unwrap_or_else(|error| {
            tracing::error!("{error}; the run goes on");
            None
        }))
    }

    /// The activity that the launcher starts: the last line of the answer.
    fn launcher(&self) -> Result<String, TraceError> {
        let words = [
            "package",
            "resolve-activity",
            "--brief",
            "--user",
            &self.user,
            "-a",
            "android.intent.action.MAIN",
            "-c",
            "android.intent.category.LAUNCHER",
            &self.package,
        ];
        let answer = ask("cmd", &words)?;
        let last = answer.lines().last().unwrap_or_default().trim();
        if last.contains('/') {
            return Ok(last.to_owned());
        }
        let said = if last.is_empty() { "no answer" } else { last };
        Err(TraceError::Usage(format!(
            "--launch: {} has no activity that the launcher starts ({said}); name one: --launch=.MainActivity",
            self.package
        )))
    }
}

impl Launched {
    /// Says it if the app could not be started.
    pub(super) fn look(&mut self) {
        let Some(starter) = self.0.take_if(|starter| starter.ended().is_some()) else {
            return;
        };
        match starter.said() {
            // `am` says what is wrong and ends with 0.
            Ok(output) => {
                let said = [output.stdout, output.stderr].concat();
                let said = String::from_utf8_lossy(&said);
                let wrong = said.lines().filter(|line| line.starts_with("Error"));
                let wrong: Vec<&str> = wrong.collect();
                if !wrong.is_empty() || !output.status.success() {
                    let last = said.lines().last().unwrap_or("no message");
                    let said = if wrong.is_empty() {
                        last.to_owned()
                    } else {
                        wrong.join("; ")
                    };
                    tracing::error!("am start: {said} ({}); the run goes on", output.status);
                }
            }
            Err(error) => tracing::error!("am start: {error}; the run goes on"),
        }
    }
}

/// Runs a command of Android's to its end and gives what it said.
fn ask(program: &str, words: &[&str]) -> Result<String, TraceError> {
    let what = format!("{program} {}", words[0]);
    let output = Command::new(program)
        .args(words)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| failed(&what, &error.to_string()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = [output.stderr, output.stdout].concat();
    let said = String::from_utf8_lossy(&said);
    Err(failed(&what, said.lines().next().unwrap_or("no message")))
}

fn failed(what: &str, why: &str) -> TraceError {
    TraceError::Launch {
        what: what.to_owned(),
        why: why.to_owned(),
    }
}
