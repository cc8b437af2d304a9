//! A run that is spoken to: what it does about each request, and about a hangup.

use std::os::unix::net::UnixListener;
use std::path::PathBuf;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::Receiver;

use super::TraceError;
use super::retarget::Gone;
use super::run::Run;
use super::waits::Waits;
use crate::control::{Answer, Asked, Request, Status, Who, in_words, serve};
use crate::facts;

/// Who is asked for anew.
pub(super) type Reread = Box<dyn Fn() -> Result<Who, String>>;

/// How a run is spoken to.
pub struct Control {
    /// Where requests come.
    pub listener: UnixListener,
    /// Where lines go, unless the run names its files itself.
    pub output: PathBuf,
    /// Reads the file that says who is watched, after a hangup.
    pub reread: Reread,
}

/// The same, at work.
pub(super) struct Line {
    requests: Receiver<Asked>,
    hangup: Signal,
    reread: Reread,
    output: PathBuf,
    gone: Gone,
}

/// What was said to a run.
pub(super) enum Said {
    /// A request.
    Asked(Asked),
    /// Read the file anew.
    Hangup,
}

impl Line {
    /// Listens, inside a runtime.
    pub(super) fn open(control: Control) -> Result<Self, TraceError> {
        let failed = |what| move |source| TraceError::Runtime { what, source };
        Ok(Self {
            requests: serve(control.listener).map_err(failed("the control socket"))?,
            hangup: signal(SignalKind::hangup()).map_err(failed("signals"))?,
            reread: control.reread,
            output: control.output,
            gone: Gone::default(),
        })
    }

    /// Waits until something is said. Nothing is lost if it is cancelled.
    pub(super) async fn said(&mut self) -> Said {
        tokio::select! {
            Some(asked) = self.requests.recv() => Said::Asked(asked),
            Some(()) = self.hangup.recv() => Said::Hangup,
            else => std::future::pending().await,
        }
    }

    /// What was said already.
    pub(super) async fn try_said(&mut self) -> Option<Said> {
        tokio::select! {
            biased;
            said = self.said() => Some(said),
            () = std::future::ready(()) => None,
        }
    }
}

impl Run {
    /// Does what was said. Returns why the run is to end, if it is.
    pub(super) async fn listen(&mut self, waits: &mut Waits) -> Option<&'static str> {
        let (mut line, said) = waits.take_said().await?;
        let why = tokio::select! {
            biased;
            why = waits.stop() => Some(why),
            why = self.obey(&mut line, said) => why,
        };
        waits.give_back(line);
        why
    }

    async fn obey(&mut self, line: &mut Line, said: Said) -> Option<&'static str> {
        match said {
            Said::Hangup => match (line.reread)().and_then(|who| self.become_watch(line, &who)) {
                Ok(said) => tracing::info!("hangup: {said}"),
                Err(why) => tracing::error!("hangup: {why}; the run goes on"),
            },
            Said::Asked(asked) => {
                let ends = asked.request == Request::Stop {};
                let answer = self.answer(line, &asked.request).await;
                asked.answer(answer);
                return ends.then_some("stop");
            }
        }
        None
    }

    async fn answer(&mut self, line: &mut Line, request: &Request) -> Answer {
        let watched = self.watched();
        let changed = match request {
            Request::Status {} => return Answer::Status(Box::new(self.status(line))),
            Request::Stop {} => return Answer::done("ending"),
            Request::Rotate {} => return self.begin_part(line).await,
            Request::Add(who) => self.become_watch(line, &more(watched, who)),
            Request::Remove(who) => {
                less(watched, who).and_then(|who| self.become_watch(line, &who))
            }
        };
        match changed {
            Ok(said) => Answer::done(said),
            Err(why) => Answer::Refused { why },
        }
    }

    async fn begin_part(&mut self, line: &Line) -> Answer {
        match self.rotate("asked for").await {
            Ok(()) => Answer::done(format!("part {}: {}", self.fold.part(), self.output(line))),
            Err(error) => Answer::refused(error.to_string()),
        }
    }

    /// Where lines go.
    fn output(&self, line: &Line) -> String {
        let path = self.sink.path().unwrap_or(&line.output);
        path.display().to_string()
    }

    /// Who is watched now.
    fn watched(&self) -> Who {
        let targets = &self.fold.begun().targets;
        Who {
            packages: targets.packages.clone(),
            uids: targets.uids.clone(),
        }
    }

    /// Watches these from now on, and no others. Returns what changed, in words.
    fn become_watch(&mut self, line: &mut Line, who: &Who) -> Result<String, String> {
        // What was installed a moment ago may be asked for.
        self.renew_packages();
        let before = self.watched();
        if before == *who {
            return Ok("nothing changed".to_owned());
        }
        self.retarget(who, &mut line.gone)
            .map_err(|error| error.to_string())?;
        let names = in_words(&self.fold.begun().targets);
        Ok(format!("watching {}", names.join(", ")))
    }

    /// Does what is due after a while.
    pub(super) fn look_after(&mut self, line: &mut Line) {
        if line.gone.rests()
            && let Err(error) = self.forget_threads(&mut line.gone)
        {
            tracing::warn!("cannot have threads forgotten that are not watched any more: {error}");
        }
    }

    fn status(&self, line: &Line) -> Status {
        let start = self.fold.begun();
        let [emitted, filtered, lost] = self.fold.so_far();
        let up = facts::boot_ns().saturating_sub(start.boot_ns);
        Status {
            pid: std::process::id(),
            version: start.version.clone(),
            run: start.run.clone(),
            up_s: up / 1_000_000_000,
            output: self.output(line),
            part: self.fold.part(),
            targets: start.targets.clone(),
            backend: start
                .backend
                .map_or("", crate::probe::Backend::word)
                .to_owned(),
            calls: start.indexes.len(),
            attached: start.attached,
            processes: self.fold.processes(),
            emitted,
            filtered: filtered + self.filtered_in_kernel(),
            lost,
            state_lost: self.fold.state_lost(),
        }
    }

    fn filtered_in_kernel(&self) -> u64 {
        let calls = |&index: &u16| self.loaded.shared.calls(index).filtered;
        self.indexes.iter().map(calls).sum()
    }
}

/// Those, and more.
fn more(mut watched: Who, who: &Who) -> Who {
    for name in &who.packages {
        if !watched.packages.contains(name) {
            watched.packages.push(name.clone());
        }
    }
    for uid in &who.uids {
        if !watched.uids.contains(uid) {
            watched.uids.push(*uid);
        }
    }
    watched
}

/// Those without these, which must be among them.
fn less(mut watched: Who, who: &Who) -> Result<Who, String> {
    let unknown = |what: String| {
        Err(format!(
            "{what} is not among what is watched: `sandboxd ctl status` shows that, and names are removed as they were added"
        ))
    };
    for name in &who.packages {
        if !watched.packages.contains(name) {
            return unknown(name.clone());
        }
    }
    for uid in &who.uids {
        if !watched.uids.contains(uid) {
            return unknown(format!("uid {uid}"));
        }
    }
    watched.packages.retain(|name| !who.packages.contains(name));
    watched.uids.retain(|uid| !who.uids.contains(uid));
    Ok(watched)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(packages: &[&str], uids: &[u32]) -> Who {
        Who {
            packages: packages.iter().map(|&name| name.to_owned()).collect(),
            uids: uids.to_vec(),
        }
    }

    #[test]
    fn who_is_added_twice_is_there_once() {
        let watched = more(who(&["a"], &[1]), &who(&["a", "b"], &[2, 1]));
        assert_eq!(watched, who(&["a", "b"], &[1, 2]));
        assert_eq!(less(watched, &who(&["a"], &[2])), Ok(who(&["b"], &[1])));
    }

    #[test]
    fn who_is_not_there_cannot_be_removed() {
        let watched = || who(&["a"], &[1]);
        assert!(
            less(watched(), &who(&["b"], &[]))
                .unwrap_err()
                .starts_with("b is not among")
        );
        assert!(
            less(watched(), &who(&[], &[2]))
                .unwrap_err()
                .starts_with("uid 2 is not among")
        );
        assert_eq!(less(watched(), &watched()), Ok(Who::default()));
    }
}
