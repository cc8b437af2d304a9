//! The user half of sandboxd, in the order in which data flows.

pub mod args;
pub mod event;
pub mod json;
pub mod list;
pub mod probe;
pub mod select;
pub mod sink;
pub mod status;
pub mod text;
