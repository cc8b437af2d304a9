//! What is known about an argument beside its value.

use serde::Serialize;

use crate::args::EXACT;
use crate::event::Hex;

/// An entry of `arg_status`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The gravest thing known.
    pub state: State,
    /// Where it was looked for (`unread`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub addr: Option<Hex>,
    /// Why it could not be read (`unread`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<&'static str>,
    /// How long it is in truth (`cut`), where known and no more than JSON can carry.
    #[serde(skip_serializing_if = "is_not_exact")]
    pub len: Option<u64>,
    /// The number that is too big for JSON (`big`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Hex>,
    /// The field of a structure whose number that is, the first one (`big`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<&'static str>,
    /// The string's bytes (`bytes`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hex: Option<String>,
}

/// Whether there is no number that JSON carries.
#[expect(clippy::ref_option, reason = "serde calls it so")]
fn is_not_exact(len: &Option<u64>) -> bool {
    len.is_none_or(|len| len > EXACT)
}

/// What happened to an argument, gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It could not be read: the value is null, or lacks a part.
    Unread,
    /// Only its start is there.
    Cut,
    /// It was read at exit: another thread may have changed it.
    Late,
    /// Its number, or one in it, does not fit a JSON number: the value is null there.
    Big,
    /// It is not UTF-8: its bytes are here too.
    Bytes,
}

impl State {
    /// All of them, for the schema.
    pub const ALL: [Self; 5] = [Self::Unread, Self::Cut, Self::Late, Self::Big, Self::Bytes];
}

impl Status {
    /// With a state and nothing else.
    #[must_use]
    pub fn new(state: State) -> Self {
        Self {
            state,
            addr: None,
            error: None,
            len: None,
            value: None,
            field: None,
            hex: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_that_json_cannot_carry_is_left_out() {
        let json = |len| {
            let cut = Status {
                len: Some(len),
                ..Status::new(State::Cut)
            };
            serde_json::to_string(&cut).unwrap()
        };
        assert_eq!(json(EXACT), r#"{"state":"cut","len":9007199254740991}"#);
        assert_eq!(json(u64::MAX), r#"{"state":"cut"}"#);
    }
}
