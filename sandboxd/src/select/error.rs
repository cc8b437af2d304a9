//! What is wrong with an expression, where, and what to do about it.

use std::fmt;

use kprobe_common::table::group::GROUPS;
use kprobe_common::table::rows::ROWS;

use super::command;
use super::token::Token;

/// An expression that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct SelectError {
    /// The whole expression.
    pub expression: String,
    /// Where the bad part starts, in characters.
    pub start: usize,
    /// How many characters it has.
    pub length: usize,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What can be wrong with an expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Nothing between two commas, or nothing at all.
    #[error("a name is missing")]
    Empty,
    /// Everything that was named was taken away again, or nothing was.
    #[error("this selects no system call")]
    Nothing,
    /// No such call.
    #[error("no system call is called `{name}`")]
    UnknownCall {
        /// What was asked for.
        name: String,
    },
    /// No such group.
    #[error("no group is called `%{name}`")]
    UnknownGroup {
        /// What was asked for.
        name: String,
    },
    /// No such number.
    #[error("the {abi} table has no system call {number}")]
    UnknownNumber {
        /// Whose table.
        abi: &'static str,
        /// What was asked for.
        number: i32,
    },
    /// No call fits a regular expression.
    #[error("no system call's name matches /{pattern}/")]
    NoMatch {
        /// The regular expression.
        pattern: String,
    },
    /// Not a regular expression.
    #[error("not a regular expression: {reason}")]
    BadRegex {
        /// What the parser says.
        reason: String,
    },
    /// No command of a call fits.
    #[error("`{call}` has no command that matches `{pattern}`")]
    UnknownCommand {
        /// The call.
        call: String,
        /// What was asked for.
        pattern: String,
    },
    /// A scope that the kernel half cannot express.
    #[error("these parts of `{call}` cannot be selected together")]
    Entangled {
        /// The call.
        call: &'static str,
    },
    /// What strace does with this is another option's task here, or nobody's.
    #[error("`{word}=` selects no system calls")]
    Foreign {
        /// What stands before the `=`.
        word: String,
        /// What to do instead.
        instead: &'static str,
    },
}

impl Problem {
    /// Whether it says that something is not there, which `?` tolerates.
    pub(super) fn is_unknown(&self) -> bool {
        match self {
            Self::UnknownCall { .. }
            | Self::UnknownGroup { .. }
            | Self::UnknownNumber { .. }
            | Self::NoMatch { .. }
            | Self::UnknownCommand { .. } => true,
            Self::Empty
            | Self::Nothing
            | Self::BadRegex { .. }
            | Self::Entangled { .. }
            | Self::Foreign { .. } => false,
        }
    }

    fn advice(&self) -> String {
        match self {
            Self::Empty => "write names, %groups, /regular expressions/ or numbers, with commas between".into(),
            Self::Nothing => "`sandboxd list` shows what there is; `all` is everything".into(),
            Self::UnknownCall { name } => {
                let names = nearest(name, ROWS.iter().map(|row| row.name));
                format!("{names}`sandboxd list` shows all; `?{name}` is passed over where it is unknown")
            }
            Self::UnknownGroup { name } => {
                let groups: Vec<String> = GROUPS.iter().map(|group| format!("%{}", group.0)).collect();
                let names = nearest(name, GROUPS.iter().map(|group| group.0));
                format!("{names}groups are {}", groups.join(" "))
            }
            Self::UnknownNumber { .. } => {
                "a plain number is of the 64-bit table, arm32:N of the 32-bit one; `all` includes those without a name".into()
            }
            Self::NoMatch { .. } => "`sandboxd list` shows all names".into(),
            Self::BadRegex { .. } => "write it between slashes, as in /^pidfd_/".into(),
            Self::UnknownCommand { call, pattern } => {
                let rows = ROWS.iter().filter(|row| row.name == call);
                let names = nearest(pattern, rows.flat_map(command::names));
                format!(
                    "{names}`*` stands for anything; `sandboxd list {call}` shows the commands, numbers go too"
                )
            }
            Self::Entangled { call } => format!(
                "a call is filtered by one argument, in one way: select `{call}` whole, or remove it before (`!{call}`)"
            ),
            Self::Foreign { instead, .. } => (*instead).into(),
        }
    }
}

impl SelectError {
    /// Of all expressions together.
    pub(super) fn of_all(expressions: &[String], problem: Problem) -> Self {
        let expression = expressions.join(",");
        Self {
            start: 0,
            length: expression.chars().count().max(1),
            expression,
            problem,
        }
    }

    pub(super) fn new(expression: &str, token: &Token, problem: Problem) -> Self {
        Self {
            expression: expression.into(),
            start: token.start,
            length: token.length.max(1),
            problem,
        }
    }
}

impl fmt::Display for SelectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.problem)?;
        writeln!(f, "  {}", self.expression)?;
        writeln!(f, "  {}{}", " ".repeat(self.start), "^".repeat(self.length))?;
        write!(f, "{}", self.problem.advice())
    }
}

/// "did you mean", with the nearest names in whatever case, or nothing where none is near.
pub(crate) fn nearest(wanted: &str, names: impl Iterator<Item = &'static str>) -> String {
    let wanted = wanted.to_ascii_lowercase();
    let near = |name: &'static str| {
        let lower = name.to_ascii_lowercase();
        (strsim::damerau_levenshtein(&wanted, &lower), name)
    };
    let mut found: Vec<_> = names.map(near).collect();
    found.sort_unstable();
    found.dedup();
    // It is only written otherwise.
    if let Some((0, name)) = found.first() {
        return format!("did you mean {name}?\n");
    }
    let most = 1 + wanted.len() / 4;
    found.retain(|(distance, _)| *distance <= most);
    found.truncate(3);
    let names: Vec<&str> = found.into_iter().map(|(_, name)| name).collect();
    match names.split_last() {
        None => String::new(),
        Some((only, [])) => format!("did you mean {only}?\n"),
        Some((last, others)) => format!("did you mean {} or {last}?\n", others.join(", ")),
    }
}
