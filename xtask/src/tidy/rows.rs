//! The rule that a row of the table is one line, so that the table can be read, sorted and searched as one.
//!
//! A call whose arguments depend on a command is no regular one: its row may name its variants on lines of their own.

use super::{Breach, Source};

const TABLE: &str = "kprobe-common/src/table";
/// What begins the rows, and what ends them.
const BEGIN: &str = "ROWS: &[Syscall] = &[";
const END: &str = "];";
/// What irregular rows have.
const IRREGULAR: &str = "variant";

/// Rows of more than one line.
pub(super) fn are_one_line(source: &Source) -> Vec<Breach> {
    if !source.path.starts_with(TABLE) {
        return Vec::new();
    }
    let lines = source.text.lines().enumerate();
    let rows = lines
        .skip_while(|(_, line)| !line.ends_with(BEGIN))
        .skip(1)
        .take_while(|(_, line)| *line != END);
    let mut breaches = Vec::new();
    let (mut first, mut depth, mut irregular) = (0, 0, false);
    for (at, line) in rows {
        if depth == 0 {
            (first, irregular) = (at, false);
        }
        depth += open(line);
        irregular |= line.contains(IRREGULAR);
        if depth == 0 && at > first && !irregular {
            breaches.push(Breach {
                line: Some(first + 1),
                what: "a row is one line, unless it has variants".into(),
            });
        }
    }
    breaches
}

/// How many brackets a line leaves open.
fn open(line: &str) -> i32 {
    let code = line.split("//").next().unwrap_or_default();
    let bracket = |letter| match letter {
        '(' | '[' | '{' => 1,
        ')' | ']' | '}' => -1,
        _ => 0,
    };
    code.chars().map(bracket).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_regular_row_of_several_lines_is_a_breach() {
        let text = "pub static ROWS: &[Syscall] = &[\n    // (a\n    sys(1, \"a\", &[arg(\"x\", Int)]),\n    sys(\n        2,\n    ),\n    \
            sys(3, \"c\", &[\n        arg(\"y\", Int)]).variants(&C),\n];\nconst X: &[u8] = &[\n    f(\n    1),\n];\n";
        let source = Source {
            path: format!("{TABLE}/rows.rs").into(),
            text: text.into(),
        };
        let breaches = are_one_line(&source);
        let lines: Vec<_> = breaches.iter().map(|breach| breach.line).collect();
        assert_eq!(lines, [Some(4)]);
    }
}
