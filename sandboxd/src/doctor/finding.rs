//! What a check found: in which state something is, what follows from it, and what to do.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// How it stands with what was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it should be.
    Ok,
    /// It could not be found out.
    Unknown,
    /// Tracing works, with less than there could be.
    Limited,
    /// Tracing does not work.
    Missing,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Ok, Self::Unknown, Self::Limited, Self::Missing];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Unknown => "unknown",
            Self::Limited => "limited",
            Self::Missing => "missing",
        }
    }
}

/// What one check found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub check: &'static str,
    /// How it stands.
    pub state: State,
    /// What is there.
    pub found: String,
    /// What follows from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follows: Option<String>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub todo: Option<String>,
    /// The same for programs.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<&'static str, Value>,
}

impl Finding {
    /// Something is in that state.
    #[must_use]
    pub fn new(check: &'static str, state: State, found: impl Into<String>) -> Self {
        Self {
            check,
            state,
            found: found.into(),
            follows: None,
            todo: None,
            values: BTreeMap::new(),
        }
    }

    /// What follows.
    #[must_use]
    pub fn follows(mut self, follows: impl Into<String>) -> Self {
        self.follows = Some(follows.into());
        self
    }

    /// What to do.
    #[must_use]
    pub fn todo(mut self, todo: impl Into<String>) -> Self {
        self.todo = Some(todo.into());
        self
    }

    /// Something for programs.
    #[must_use]
    pub fn value(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.values.insert(name, value.into());
        self
    }
}
