//! The verbs that people and CI say: `cargo xtask VERB`.

fn main() {}
