//! The daemon's command line: parse, run, exit code.

fn main() {}
