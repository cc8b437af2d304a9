//! Tables for `DuckDB` and `ClickHouse`: one for `syscall` lines, one for all others.
//!
//! Arguments stay JSON: each call has its own.

use super::field::{Field, Kind, Presence};
use super::lines::{LINES, SYSCALL};

/// A column of a table.
struct Column {
    name: &'static str,
    kind: Kind,
    /// Whether every line that goes into the table has a value.
    always: bool,
    about: &'static str,
    /// Lines of different types have different things of that name: only JSON holds them all.
    mixed: bool,
}

/// The columns of `syscall` lines.
fn of_syscalls() -> Vec<Column> {
    let column = |field: &'static Field| Column {
        name: field.name,
        kind: field.kind,
        always: field.presence == Presence::Always,
        about: field.about,
        mixed: false,
    };
    SYSCALL.iter().map(column).collect()
}

/// The columns of all other lines: every field of any of them.
fn of_others() -> Vec<Column> {
    let tag = Column {
        name: "type",
        kind: Kind::Word,
        always: true,
        about: "of the line",
        mixed: false,
    };
    let mut columns = vec![tag];
    let others = || LINES.iter().filter(|line| line.tag != "syscall");
    for field in others().flat_map(|line| line.fields) {
        if let Some(known) = columns.iter_mut().find(|column| column.name == field.name) {
            known.mixed |= duckdb_type(known.kind) != duckdb_type(field.kind);
            continue;
        }
        let has = |fields: &[Field]| {
            fields
                .iter()
                .any(|other| other.name == field.name && other.presence == Presence::Always)
        };
        let always = others().all(|line| has(line.fields));
        columns.push(Column {
            name: field.name,
            kind: field.kind,
            always,
            about: field.about,
            mixed: false,
        });
    }
    columns
}

/// Tables for `DuckDB`, and macros that read a file.
#[must_use]
pub fn duckdb() -> String {
    let (calls, others) = (of_syscalls(), of_others());
    [
        HEAD_DUCKDB,
        &duckdb_table("syscalls", &calls),
        &duckdb_table("events", &others),
        &duckdb_macro("syscall_lines", &calls, "\"type\" = 'syscall'"),
        &duckdb_macro("event_lines", &others, "\"type\" <> 'syscall'"),
    ]
    .concat()
}

fn duckdb_table(name: &str, columns: &[Column]) -> String {
    let columns = columns.iter().map(|column| {
        let end = if column.always { " NOT NULL" } else { "" };
        (
            format!("  \"{}\" {}{end}", column.name, duckdb_column(column)),
            column.about,
        )
    });
    format!(
        "\nCREATE TABLE IF NOT EXISTS {name} (\n{}\n);\n",
        listed(columns)
    )
}

/// A macro, since a file's name is not known here.
fn duckdb_macro(name: &str, columns: &[Column], filter: &str) -> String {
    let names: Vec<_> = columns
        .iter()
        .map(|column| format!("\"{}\"", column.name))
        .collect();
    let typed = |column: &Column| format!("    \"{}\": '{}'", column.name, duckdb_column(column));
    let mut read: Vec<_> = columns.iter().map(typed).collect();
    if !columns.iter().any(|column| column.name == "type") {
        read.insert(0, "    \"type\": 'VARCHAR'".into());
    }
    format!(
        "\nCREATE OR REPLACE MACRO {name}(file) AS TABLE\nSELECT {}\nFROM read_json(file, format = \
         'newline_delimited', maximum_object_size = 16777216, columns = {{\n{}\n  }})\nWHERE {filter};\n",
        names.join(", "),
        read.join(",\n"),
    )
}

const HEAD_DUCKDB: &str = "\
-- Tables of sandboxd's output, for DuckDB.
-- Load a file:
--   INSERT INTO syscalls SELECT * FROM syscall_lines('calls.jsonl');
--   INSERT INTO events SELECT * FROM event_lines('calls.jsonl');
-- Arguments are JSON: args->>'$.pathname'
";

fn duckdb_column(column: &Column) -> String {
    if column.mixed {
        "JSON".into()
    } else {
        duckdb_type(column.kind)
    }
}

fn duckdb_type(kind: Kind) -> String {
    let object = |fields: &[Field]| {
        let field = |field: &Field| format!("\"{}\" {}", field.name, duckdb_type(field.kind));
        let fields: Vec<_> = fields.iter().map(field).collect();
        format!("STRUCT({})", fields.join(", "))
    };
    match kind {
        Kind::Text | Kind::Word | Kind::Words(_) | Kind::Hex => "VARCHAR".into(),
        Kind::Texts | Kind::Hexes => "VARCHAR[]".into(),
        Kind::TextMap => "MAP(VARCHAR, VARCHAR)".into(),
        Kind::Time => "TIMESTAMP_NS".into(),
        // Signed, so that differences are too.
        Kind::Int | Kind::Uint => "BIGINT".into(),
        Kind::Bool => "BOOLEAN".into(),
        Kind::Uints => "BIGINT[]".into(),
        Kind::Counts => "MAP(VARCHAR, BIGINT)".into(),
        Kind::Object(fields) => object(fields),
        Kind::Objects(fields) => format!("{}[]", object(fields)),
        Kind::ObjectMap(fields) => format!("MAP(VARCHAR, {})", object(fields)),
        Kind::Args => "JSON".into(),
    }
}

/// Tables for `ClickHouse`.
#[must_use]
pub fn clickhouse() -> String {
    let (calls, others) = (of_syscalls(), of_others());
    [
        HEAD_CLICKHOUSE,
        &clickhouse_table("sandboxd_syscalls", &calls),
        &clickhouse_table("sandboxd_events", &others),
    ]
    .concat()
}

fn clickhouse_table(name: &str, columns: &[Column]) -> String {
    let columns = columns.iter().map(|column| {
        (
            format!("  `{}` {}", column.name, clickhouse_column(column)),
            column.about,
        )
    });
    let columns = listed(columns);
    format!(
        "\nCREATE TABLE IF NOT EXISTS {name}\n(\n{columns}\n)\nENGINE = MergeTree\nORDER BY (run, seq);\n"
    )
}

const HEAD_CLICKHOUSE: &str = "\
-- Tables of sandboxd's output, for ClickHouse.
-- Load a file (shell):
--   load() { clickhouse-client --date_time_input_format=best_effort --input_format_skip_unknown_fields=1 \\
--     --input_format_json_read_objects_as_strings=1 -q \"INSERT INTO $1 FORMAT JSONEachRow\"; }
--   grep '\"type\":\"syscall\"' calls.jsonl | load sandboxd_syscalls
--   grep -v '\"type\":\"syscall\"' calls.jsonl | load sandboxd_events
-- Arguments are JSON: JSONExtractString(args, 'pathname')
";

fn clickhouse_column(column: &Column) -> String {
    if column.mixed {
        "String".into()
    } else {
        clickhouse_type(column.kind, column.always)
    }
}

fn clickhouse_type(kind: Kind, always: bool) -> String {
    let scalar = |name: &str| {
        if always {
            name.into()
        } else {
            format!("Nullable({name})")
        }
    };
    let object = |fields: &[Field]| {
        let field = |field: &Field| {
            let always = always && field.presence == Presence::Always;
            format!("`{}` {}", field.name, clickhouse_type(field.kind, always))
        };
        let fields: Vec<_> = fields.iter().map(field).collect();
        format!("Tuple({})", fields.join(", "))
    };
    match kind {
        Kind::Text | Kind::Hex => scalar("String"),
        Kind::Word | Kind::Words(_) => format!("LowCardinality({})", scalar("String")),
        Kind::Time => scalar("DateTime64(9, 'UTC')"),
        Kind::Int | Kind::Uint => scalar("Int64"),
        Kind::Bool => scalar("Bool"),
        // These cannot be null there: what is absent is empty.
        Kind::Texts | Kind::Hexes => "Array(String)".into(),
        Kind::Uints => "Array(Int64)".into(),
        Kind::TextMap => "Map(String, String)".into(),
        Kind::Counts => "Map(String, Int64)".into(),
        Kind::Object(fields) => object(fields),
        Kind::Objects(fields) => format!("Array({})", object(fields)),
        Kind::ObjectMap(_) | Kind::Args => "String".into(),
    }
}

/// Lines of columns, separated by commas, each with its remark.
fn listed(columns: impl Iterator<Item = (String, &'static str)>) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut columns = columns.peekable();
    while let Some((column, about)) = columns.next() {
        let comma = if columns.peek().is_some() { "," } else { "" };
        lines.push(format!("{column}{comma} -- {about}"));
    }
    lines.join("\n")
}
