//! How a daemon is spoken to while it runs: one request, one answer, each a line of JSON, over a socket that only root can
//! open.
//!
//! `control/place` is where the socket lies, `control/serve` the daemon's side, `control/ask` the other one. What a
//! request means is left to the run.

mod ask;
mod place;
mod serve;

use serde::{Deserialize, Serialize};

use crate::event::Targets;
pub use ask::ask;
pub use place::{Place, PlaceError, RUN_DIR};
pub use serve::{Asked, serve};

/// Bytes of a request, at most.
const REQUEST_MAX: usize = 64 * 1024;

/// What is asked of a daemon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// How it is.
    Status {},
    /// To watch these too.
    Add(Who),
    /// To watch these no more.
    Remove(Who),
    /// To go on in a new file.
    Rotate {},
    /// To end.
    Stop {},
}

/// Whom a request is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Who {
    /// Packages, or patterns of their names, as they were asked for.
    pub packages: Vec<String>,
    /// User IDs.
    pub uids: Vec<u32>,
}

/// Who is watched, in words.
#[must_use]
pub fn in_words(targets: &Targets) -> Vec<String> {
    let uids = targets.uids.iter().map(|uid| format!("uid {uid}"));
    let mut who: Vec<String> = targets.packages.iter().cloned().chain(uids).collect();
    if targets.all_apps {
        who.push("all apps".to_owned());
    }
    if who.is_empty() {
        who.push("nobody (add somebody with `sandboxd ctl add`)".to_owned());
    }
    who
}

/// What the daemon says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// It is done, in words.
    Done {
        /// For people.
        said: String,
    },
    /// How it is.
    Status(Box<Status>),
    /// Too many ask at once.
    Busy {},
    /// It is not done.
    Refused {
        /// Why, and what to do.
        why: String,
    },
}

/// How a daemon is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Status {
    /// Its process.
    pub pid: u32,
    /// sandboxd's version.
    pub version: String,
    /// The run, as on its lines.
    pub run: String,
    /// Since when, seconds.
    pub up_s: u64,
    /// Where lines go.
    pub output: String,
    /// Which part of the output that is, from 1.
    pub part: u64,
    /// Who is watched.
    pub targets: Targets,
    /// Where entries come from.
    pub backend: String,
    /// How many calls are selected.
    pub calls: usize,
    /// How many probes are attached.
    pub attached: usize,
    /// Processes that are known.
    pub processes: usize,
    /// `syscall` lines so far.
    pub emitted: u64,
    /// Calls that a filter dropped so far.
    pub filtered: u64,
    /// Calls that were lost so far.
    pub lost: u64,
    /// Records of state that were lost so far.
    pub state_lost: u64,
}

impl Answer {
    /// A refusal.
    pub fn refused(why: impl Into<String>) -> Self {
        Self::Refused { why: why.into() }
    }

    /// Something that was done.
    pub fn done(said: impl Into<String>) -> Self {
        Self::Done { said: said.into() }
    }
}

/// A request, or why it is none.
fn request(line: &[u8]) -> Result<Request, Answer> {
    serde_json::from_slice(line).map_err(|error| {
        Answer::refused(format!(
            "this is no request ({error}): a request is a line like {{\"ask\":\"status\"}}"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_a_line_of_json() {
        assert_eq!(request(br#"{"ask":"status"}"#), Ok(Request::Status {}));
        let who = Who {
            packages: vec!["com.a".to_owned()],
            uids: vec![],
        };
        let add = br#"{"ask":"add","packages":["com.a"]}"#;
        assert_eq!(request(add), Ok(Request::Add(who)));
    }

    #[test]
    fn what_is_no_request_is_refused_in_words() {
        for line in [
            "",
            "status",
            "{}",
            "[]",
            r#"{"ask":"fly"}"#,
            r#"{"ask":"add","uids":[-1]}"#,
            r#"{"ask":"add","uids":["1"]}"#,
            r#"{"ask":"add","pids":[1]}"#,
            r#"{"ask":"status""#,
            "\u{0}\u{1}",
        ] {
            let Err(Answer::Refused { why }) = request(line.as_bytes()) else {
                panic!("{line} was taken for a request");
            };
            assert!(why.starts_with("this is no request ("), "{why}");
        }
    }
}
