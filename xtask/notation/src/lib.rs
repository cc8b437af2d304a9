//! strace's notation as data: a tree of what a line says, and whether that agrees with a line of JSON.
//!
//! `value` and `line` read text, `agree` compares. What a difference means is left to those who ask: the lab, which
//! holds sandboxd against strace, and sandboxd's own tests, which hold its text against its JSON.

pub mod agree;
mod line;
mod tree;
mod value;

pub use line::{Bad, Call, Line, calls, line};
pub use tree::{Field, Text, Tree};
pub use value::value;
