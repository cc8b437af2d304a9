//! The output's interface for programs: JSON Schema of a line, table definitions for `DuckDB` and `ClickHouse`.
//!
//! All three come from one description of the lines (`lines`) and from the table's rows (`args`); what the values
//! look like is [`json`](crate::json)'s doing, and tests hold the two against each other.

mod args;
mod caller;
mod field;
mod json_schema;
mod lines;
mod netlink;
mod process;
mod start;
mod tables;

use std::io::{self, Write};

pub use json_schema::json;
pub use tables::{clickhouse, duckdb};

/// What to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    /// JSON Schema 2020-12 of a line.
    #[default]
    Json,
    /// Tables and a macro for `DuckDB`.
    Duckdb,
    /// Tables for `ClickHouse`.
    Clickhouse,
    /// JSON Schema 2020-12 of what `doctor --json` writes.
    Doctor,
}

/// Prints it.
pub fn print(which: Which, out: &mut dyn Write) -> io::Result<()> {
    let text = match which {
        Which::Json => json(),
        Which::Duckdb => duckdb(),
        Which::Clickhouse => clickhouse(),
        Which::Doctor => crate::doctor::schema(),
    };
    out.write_all(text.as_bytes())
}
