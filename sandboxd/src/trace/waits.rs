//! What a run waits for: records, the time to look around, a reason to stop.

use std::io;
use std::os::fd::{AsRawFd as _, RawFd};
use std::time::{Duration, Instant};

use inotify::Inotify;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::TraceError;
use super::control::{Line, Said};
use crate::facts;
use crate::probe::Loaded;

/// The rings are looked at this often while records come, and while none do. The kernel half wakes the reader before
/// that only when much has piled up, since a wake-up a record would cost more than the record.
const BUSY: Duration = Duration::from_millis(20);
const IDLE: Duration = Duration::from_millis(50);
/// Clocks, losses and targets are looked at this often.
const LOOK: Duration = Duration::from_millis(500);
/// Signals that end a run. They are caught from before the first probe is attached: none ends a run half begun.
pub(super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
    /// Not for one that `nohup` started, nor for a daemon, which has another use for it.
    hangup: Option<Signal>,
}

impl Signals {
    /// Catches them, inside a runtime.
    pub(super) fn catch(is_daemon: bool) -> io::Result<Self> {
        survive_file_size_limit()?;
        let hangup = if is_daemon || facts::is_ignored(libc::SIGHUP) {
            None
        } else {
            Some(signal(SignalKind::hangup())?)
        };
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup,
        })
    }

    async fn any(&mut self) {
        let hangup = async {
            match &mut self.hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = hangup => {}
        }
    }
}

/// What a run waits for.
pub(super) struct Waits {
    rings: [AsyncFd<Borrowed>; 2],
    /// Tells when the list of packages is written anew.
    list: Option<AsyncFd<Borrowed>>,
    list_changed: bool,
    /// How it is spoken to, and what was said last.
    line: Option<Line>,
    said: Option<Said>,
    signals: Signals,
    until: Option<Instant>,
    next_look: Instant,
    pause: Duration,
}

/// The descriptor of a ring, or of what tells of the list; the run owns it.
struct Borrowed(RawFd);

impl std::os::fd::AsRawFd for Borrowed {
    fn as_raw_fd(&self) -> RawFd {
        self.0
    }
}

impl Waits {
    pub(super) fn new(
        loaded: &Loaded,
        list: Option<&Inotify>,
        signals: Signals,
        line: Option<Line>,
        duration: Option<Duration>,
    ) -> Result<Self, TraceError> {
        Ok(Self {
            rings: [
                waiting("the ring of calls", loaded.calls.as_raw_fd())?,
                waiting("the ring of state", loaded.state.as_raw_fd())?,
            ],
            list: list
                .map(|list| waiting("the list of packages", list.as_raw_fd()))
                .transpose()?,
            list_changed: false,
            line,
            said: None,
            signals,
            until: duration.map(|duration| Instant::now() + duration),
            next_look: Instant::now() + LOOK,
            pause: BUSY,
        })
    }

    /// Whether the list of packages was written since somebody asked.
    pub(super) fn list_changed(&mut self) -> bool {
        std::mem::take(&mut self.list_changed)
    }

    /// What was said since somebody asked, and to whom: to be given back.
    pub(super) async fn take_said(&mut self) -> Option<(Line, Said)> {
        let said = match self.said.take() {
            Some(said) => said,
            // In a flood nothing waits for it.
            None => self.line.as_mut()?.try_said().await?,
        };
        Some((self.line.take()?, said))
    }

    /// It is listened to again.
    pub(super) fn give_back(&mut self, line: Line) {
        self.line = Some(line);
    }

    /// How it is spoken to.
    pub(super) fn line(&mut self) -> Option<&mut Line> {
        self.line.as_mut()
    }

    pub(super) fn look_is_due(&mut self) -> bool {
        let now = Instant::now();
        let due = now >= self.next_look;
        if due {
            self.next_look = now + LOOK;
        }
        due
    }

    /// Waits until the rings should be looked at, or for a reason to stop.
    pub(super) async fn wait(&mut self) -> Option<&'static str> {
        let pause = self.pause;
        let woken = {
            let [calls, state] = &self.rings;
            async move {
                let readable = tokio::select! {
                    readable = calls.readable() => readable,
                    readable = state.readable() => readable,
                };
                if let Ok(mut guard) = readable {
                    guard.clear_ready();
                }
            }
        };
        let list = &self.list;
        let written = async move {
            match list {
                Some(list) => match list.readable().await {
                    Ok(mut guard) => guard.clear_ready(),
                    Err(_) => std::future::pending().await,
                },
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            why = stop(&mut self.signals, self.until) => return Some(why),
            said = said(&mut self.line) => self.said = Some(said),
            () = written => self.list_changed = true,
            () = woken => self.pause = BUSY,
            () = tokio::time::sleep(pause) => self.pause = IDLE,
        }
        None
    }

    /// Waits for a reason to stop, or until something was said: to be taken by [`Self::take_said`].
    pub(super) async fn stop_or_said(&mut self) -> Option<&'static str> {
        let (line, before) = (&mut self.line, self.said.take());
        let said = async {
            match before {
                Some(said) => said,
                None => said(line).await,
            }
        };
        tokio::select! {
            biased;
            why = stop(&mut self.signals, self.until) => return Some(why),
            said = said => self.said = Some(said),
        }
        None
    }

    /// Waits for a reason to stop.
    pub(super) async fn stop(&mut self) -> &'static str {
        stop(&mut self.signals, self.until).await
    }
}

/// What is said next; nothing ever where nobody can say anything.
async fn said(line: &mut Option<Line>) -> Said {
    match line {
        Some(line) => line.said().await,
        None => std::future::pending().await,
    }
}

fn waiting(what: &'static str, fd: RawFd) -> Result<AsyncFd<Borrowed>, TraceError> {
    // SAFETY: what has the descriptor belongs to the run, which drops its waits before it ends and never replaces it.
    unsafe { AsyncFd::register_with_interest(Borrowed(fd), Interest::READABLE) }.map_err(|error| {
        TraceError::Runtime {
            what,
            source: error.into(),
        }
    })
}

/// Beyond `ulimit -f` the kernel kills, unless there is a handler: then the write fails and is said. tokio's handler
/// stays when its stream of signals goes.
pub(super) fn survive_file_size_limit() -> io::Result<()> {
    signal(SignalKind::from_raw(libc::SIGXFSZ)).map(drop)
}

async fn stop(signals: &mut Signals, until: Option<Instant>) -> &'static str {
    let over = async {
        match until {
            Some(until) => tokio::time::sleep_until(until.into()).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = signals.any() => "signal",
        () = over => "duration",
    }
}
