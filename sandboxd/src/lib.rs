//! The user half of sandboxd, in the order in which data flows.

pub mod probe;
