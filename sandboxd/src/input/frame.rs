//! What is seen of the code that a frame of a stack goes on in.

use serde::{Deserialize, Serialize};

/// What there is at the instruction before a return address, or at a `svc`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FrameFound {
    /// What the address behind it is for.
    pub link: Option<Link>,
    /// How the caller's registers are found while it runs.
    pub rule: Option<Rule>,
}

/// What an address is for, by the code there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// A call comes before it: a function returns to it.
    Call,
    /// The end of a signal handler begins there.
    Restorer,
    /// Nothing that a function would return to.
    Other,
}

/// How the caller's registers are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Where the function's frame ends, which is the caller's stack pointer: so many bytes from where this points.
    pub frame: (Pointer, i64),
    /// The caller's frame pointer.
    pub fp: Kept,
    /// The return address.
    pub lr: Kept,
}

/// A register that points into the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pointer {
    /// The stack pointer.
    Stack,
    /// The frame pointer.
    Frame,
}

/// Where a register of the caller is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// In its register still.
    Same,
    /// In memory, so many bytes from the frame's end.
    At(i64),
    /// Nowhere: there is no caller.
    Gone,
}
