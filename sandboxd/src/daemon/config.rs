//! The daemon's file: TOML whose keys are the long names of `trace`'s options. It becomes the words of a command line, so
//! that both are judged alike.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory as _, FromArgMatches as _};
use toml::{Spanned, Value};

use crate::cli::{self, Cli};

/// How like a key must be to be offered for one that is not known.
const LIKE: f64 = 0.7;
/// Options of a command line that a daemon has no use for, and why.
const NOT_HERE: [(&str, &str); 6] = [
    (
        "pid",
        "numbers do not outlive what has them: watch package or uid",
    ),
    (
        "tid",
        "numbers do not outlive what has them: watch package or uid",
    ),
    ("launch", "a daemon starts no app"),
    ("as-uid", "a daemon starts no command"),
    (
        "summary",
        "a daemon writes lines: `sandboxd ctl status` counts",
    ),
    ("help", "see `sandboxd daemon --help`"),
];
/// Keys that a daemon changes to while it runs.
const CHANGING: [&str; 2] = ["package", "uid"];

/// What a file says.
#[derive(Clone, Debug)]
pub(super) struct Config {
    /// As options.
    pub(super) trace: cli::Trace,
    values: BTreeMap<String, Value>,
}

impl Config {
    /// Reads a file. The error says which line of it, and what to do.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let name = path.display();
        let text = std::fs::read_to_string(path).map_err(|error| {
            format!(
                "cannot read {name}: {error}; see `sandboxd daemon --help` for what stands in it"
            )
        })?;
        Self::parse(&text).map_err(|(line, why)| match line {
            Some(line) => format!("{name}, line {line}: {why}"),
            None => format!("{name}: {why}"),
        })
    }

    /// The error: which line, where that is known, and why.
    fn parse(text: &str) -> Result<Self, (Option<usize>, String)> {
        let line = |at: Range<usize>| {
            let before = text.bytes().take(at.start);
            before.filter(|byte| *byte == b'\n').count() + 1
        };
        let table: BTreeMap<Spanned<String>, Value> = toml::from_str(text)
            .map_err(|error| (error.span().map(line), error.message().to_owned()))?;
        let command = Cli::command();
        let trace = command.find_subcommand("trace").expect("it is a verb");
        let mut words = vec!["trace".to_owned()];
        for (key, value) in &table {
            let at = Some(line(key.span()));
            let option = known(trace, key.get_ref()).map_err(|why| (at, why))?;
            words.extend(said(option, key.get_ref(), value).map_err(|why| (at, why))?);
        }
        let matches = trace.clone().try_get_matches_from(words);
        let trace = matches
            .and_then(|matches| cli::Trace::from_arg_matches(&matches))
            .map_err(|error| {
                let (key, why) = plain(&error);
                let key = table
                    .keys()
                    .find(|known| Some(known.get_ref()) == key.as_ref());
                (key.map(|key| line(key.span())), why)
            })?;
        if trace.out.as_ref().is_none_or(|out| out.as_os_str() == "-") {
            let why = "a daemon needs a file for its lines: output = \"/data/local/tmp/calls-{time}.jsonl\"";
            return Err((None, why.to_owned()));
        }
        let values = table.into_iter();
        Ok(Self {
            trace,
            values: values
                .map(|(key, value)| (key.into_inner(), value))
                .collect(),
        })
    }

    /// Keys that differ in another version of the file and take effect only at the next start.
    pub(super) fn other_changes(&self, now: &Self) -> Vec<String> {
        let keys = self.values.keys().chain(now.values.keys());
        let differs = |key: &&String| self.values.get(*key) != now.values.get(*key);
        let mut keys: Vec<String> = keys
            .filter(|key| !CHANGING.contains(&key.as_str()))
            .filter(differs)
            .cloned()
            .collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}

/// The option of that name.
fn known<'a>(trace: &'a clap::Command, key: &str) -> Result<&'a clap::Arg, String> {
    if let Some((_, why)) = NOT_HERE.iter().find(|(name, _)| *name == key) {
        return Err(format!("`{key}` is not for a daemon: {why}"));
    }
    let names = || {
        trace
            .get_arguments()
            .filter_map(|arg| Some((arg.get_long()?, arg)))
    };
    if let Some((_, option)) = names().find(|(name, _)| *name == key) {
        return Ok(option);
    }
    let here = names().filter(|(name, _)| NOT_HERE.iter().all(|(other, _)| other != name));
    let nearest = here
        .map(|(name, _)| (strsim::jaro_winkler(key, name), name))
        .filter(|(like, _)| *like >= LIKE)
        .max_by(|one, other| one.0.total_cmp(&other.0));
    Err(match nearest {
        Some((_, name)) => format!("`{key}` is no option; did you mean `{name}`?"),
        None => format!(
            "`{key}` is no option: keys are the long names that `sandboxd trace --help` shows"
        ),
    })
}

/// The words of a command line that say it.
fn said(option: &clap::Arg, key: &str, value: &Value) -> Result<Vec<String>, String> {
    let takes_value = option.get_action().takes_values();
    let word = |text: &str| vec![format!("--{key}={text}")];
    Ok(match value {
        Value::Boolean(is) if !takes_value => is.then(|| format!("--{key}")).into_iter().collect(),
        _ if !takes_value => return Err(format!("`{key}` is true or false")),
        // With a value of its own where none is given on a command line.
        Value::Boolean(true)
            if option
                .get_num_args()
                .is_some_and(|args| args.min_values() == 0) =>
        {
            vec![format!("--{key}")]
        }
        Value::Boolean(_) => return Err(format!("`{key}` takes a value, not true or false")),
        Value::String(_) | Value::Integer(_) | Value::Float(_) => word(&text(value)?),
        Value::Array(values) => {
            let mut words = Vec::new();
            for value in values {
                if matches!(value, Value::Array(_) | Value::Table(_) | Value::Boolean(_)) {
                    return Err(format!("`{key}` is a list of words or numbers"));
                }
                words.extend(said(option, key, value)?);
            }
            words
        }
        Value::Table(pairs) if key == "tag" => pairs
            .iter()
            .map(|(name, value)| Ok(format!("--tag={name}={}", text(value)?)))
            .collect::<Result<_, String>>()?,
        Value::Table(_) | Value::Datetime(_) => {
            return Err(format!(
                "`{key}` takes a word, a number, or a list of these"
            ));
        }
    })
}

/// A word or a number as a word.
fn text(value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Integer(number) => Ok(number.to_string()),
        Value::Float(number) => Ok(number.to_string()),
        _ => Err("a label is a word or a number: tag = { case = \"42\" }".to_owned()),
    }
}

/// The key that clap speaks of, and what it says, without what is for a command line alone.
fn plain(error: &clap::Error) -> (Option<String>, String) {
    let text = error.to_string();
    let first = text.split("\n\n").next().unwrap_or_default();
    let first = first.strip_prefix("error: ").unwrap_or(first);
    let why = first.split_whitespace().collect::<Vec<_>>().join(" ");
    // `--strsize <BYTES>`
    let Some(ContextValue::String(option)) = error.get(ContextKind::InvalidArg) else {
        return (None, why);
    };
    let key = option.trim_start_matches('-').split([' ', '[', '=']).next();
    let key = key.unwrap_or_default().to_owned();
    let why = why.replace(&format!("'{option}'"), &format!("`{key}`"));
    (Some(key), why)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        match Config::parse(text) {
            Ok(config) => panic!("{text} was taken: {config:?}"),
            Err((Some(line), why)) => format!("{line}: {why}"),
            Err((None, why)) => why,
        }
    }

    #[test]
    fn a_file_says_what_a_command_line_says() {
        let text = r#"
            package = ["com.example.app", "com.example.other"]
            uid = 10123
            expr = ["%file", "!openat2"]
            output = "/data/local/tmp/calls.jsonl"
            stack = true
            no-fds = true
            quiet-runtime = false
            buffer = "1M"
            [tag]
            case = "a b"
            number = 42
        "#;
        let Config { trace, .. } = Config::parse(text).unwrap();
        assert_eq!(trace.packages, ["com.example.app", "com.example.other"]);
        assert_eq!(trace.uids, [10123]);
        assert_eq!(trace.exprs, ["%file", "!openat2"]);
        assert_eq!((trace.no_fds, trace.quiet_runtime), (true, false));
        assert_eq!(trace.buffer, 1 << 20);
        assert_eq!(trace.stack_bytes(), Some(0));
        let tags = [("case", "a b"), ("number", "42")];
        assert_eq!(
            trace.tags,
            tags.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let out = "output = '/tmp/x'\n";
        assert_eq!(
            refused(&format!("{out}pakage = 'a'")),
            "2: `pakage` is no option; did you mean `package`?"
        );
        assert!(refused("xyzzy = 1").starts_with("1: `xyzzy` is no option: keys are"));
        assert!(
            refused(&format!("{out}\npid = 1"))
                .starts_with("3: `pid` is not for a daemon: numbers")
        );
        assert_eq!(refused("no-fds = 'yes'"), "1: `no-fds` is true or false");
        assert_eq!(
            refused("expr = true"),
            "1: `expr` takes a value, not true or false"
        );
        assert!(refused("uid = [[1]]").contains("a list of words or numbers"));
        assert!(
            refused(&format!("{out}strsize = 5000"))
                .starts_with("2: invalid value '5000' for `strsize`: ")
        );
        let negative = refused(&format!("{out}user = 1\nuid = -5"));
        assert!(negative.starts_with("3: ") && negative.contains("user IDs are numbers"));
        let no_time = refused(&format!("{out}uid = 1\nduration = 'soon'"));
        assert!(
            no_time.starts_with("3: invalid value 'soon' for `duration`: "),
            "{no_time}"
        );
        assert!(refused("package = 'a'\n").contains("a daemon needs a file"));
        assert!(refused("output = '-'\n").contains("a daemon needs a file"));
        assert!(refused("a = \n").starts_with("1: "));
        assert!(refused("uid = 1\nuid = 2\n").starts_with("2: "));
    }

    #[test]
    fn what_takes_effect_at_the_next_start_is_known() {
        let config = |more: &str| Config::parse(&format!("output = '/tmp/x'\n{more}")).unwrap();
        let before = config("package = 'a'\nexpr = 'openat'");
        assert!(
            before
                .other_changes(&config("package = ['b']\nexpr = 'openat'\nuid = 3"))
                .is_empty()
        );
        assert_eq!(
            before.other_changes(&config("package = 'a'\nbuffer = '1M'")),
            ["buffer", "expr"]
        );
    }
}
