//! The user half of sandboxd, in the order in which data flows.

pub mod args;
pub mod decode;
pub mod event;
pub mod fold;
pub mod input;
pub mod list;
pub mod pair;
pub mod probe;
pub mod record;
pub mod recording;
pub mod select;
pub mod status;
pub mod world;
