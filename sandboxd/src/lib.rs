//! The user half of sandboxd, in the order in which data flows.
//!
//! `cli` and `select` say what is wanted, `probe` puts the kernel half to work; `source` reads what it sends, `facts`
//! looks at the outside; `fold` makes lines of both, by `pair`, `decode` and `world`; `sink` writes them, as `json` or
//! `text`. `trace` and `recording` hold the two ways to feed the fold.

pub mod caller;
pub mod cli;
pub mod doctor;
pub mod list;
pub mod runtime;
pub mod select;

pub mod command;
pub mod control;
pub mod daemon;
pub mod power;
pub mod probe;
pub mod reaper;

pub mod facts;
pub mod input;
pub mod module;
pub mod record;
pub mod recording;
pub mod source;

pub mod args;
pub mod decode;
pub mod fold;
mod glob;
mod lock;
pub mod pair;
pub mod private;
pub mod status;
pub mod world;

pub mod event;
pub mod json;
pub mod schema;
pub mod sink;
pub mod stdout;
pub mod summary;
pub mod text;
pub mod trace;
