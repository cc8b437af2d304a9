//! What strace's notation can say, without what it says in comments.

use std::fmt::{self, Display, Formatter};

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    /// A number, whatever its base.
    Number(i128),
    /// A name.
    Word(String),
    /// A string.
    Text(Text),
    /// `A|B|0x10`
    Flags(Vec<Tree>),
    /// `A or B`: strace does not know which.
    Either(Vec<Tree>),
    /// `{a=1, b=2}`
    Struct(Vec<Field>),
    /// `[1, 2]` or `[A B]`
    List(Vec<Field>),
    /// `~[A B]`: all but these.
    AllBut(Vec<Field>),
    /// `htons(80)`
    Call(String, Vec<Field>),
    /// `A(s) && B(s) == 3`: what holds, and what it equals.
    Holds(Vec<(Tree, Option<Tree>)>),
    /// `1 => 2`: before and after.
    Became(Box<Tree>, Box<Tree>),
    /// `...` or `???`: there is more, or nobody knows.
    Unclear,
}

/// A string, perhaps only its start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether more follows that is not shown.
    pub cut: bool,
    /// Whether it is a name outside every file system: `@"name"`.
    pub hidden: bool,
}

/// A value in a structure, list or call, with its name if it has one.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name.
    pub name: Option<String>,
    /// Its value.
    pub value: Tree,
}

impl Tree {
    /// Whether it is a name and this one.
    #[must_use]
    pub fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(own) if own == word)
    }
}

impl Display for Tree {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) if number.unsigned_abs() > 0xffff => write!(f, "{number:#x}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Word(word) => f.write_str(word),
            Self::Text(text) => {
                let at = if text.hidden { "@" } else { "" };
                let more = if text.cut { "..." } else { "" };
                write!(f, "{at}\"{}\"{more}", text.bytes.escape_ascii())
            }
            Self::Flags(parts) => row(f, "", parts, "|", ""),
            Self::Either(parts) => row(f, "", parts, " or ", ""),
            Self::Struct(fields) => row(f, "{", fields, ", ", "}"),
            Self::List(fields) => row(f, "[", fields, ", ", "]"),
            Self::AllBut(fields) => row(f, "~[", fields, " ", "]"),
            Self::Call(name, fields) => {
                f.write_str(name)?;
                row(f, "(", fields, ", ", ")")
            }
            Self::Holds(terms) => {
                for (at, (term, equal)) in terms.iter().enumerate() {
                    let and = if at > 0 { " && " } else { "" };
                    write!(f, "{and}{term}")?;
                    equal
                        .iter()
                        .try_for_each(|equal| write!(f, " == {equal}"))?;
                }
                Ok(())
            }
            Self::Became(before, after) => write!(f, "{before} => {after}"),
            Self::Unclear => f.write_str("..."),
        }
    }
}

impl Display for Field {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name}={}", self.value),
            None => write!(f, "{}", self.value),
        }
    }
}

fn row(
    f: &mut Formatter<'_>,
    open: &str,
    items: &[impl Display],
    between: &str,
    close: &str,
) -> fmt::Result {
    f.write_str(open)?;
    for (at, item) in items.iter().enumerate() {
        let between = if at > 0 { between } else { "" };
        write!(f, "{between}{item}")?;
    }
    f.write_str(close)
}
