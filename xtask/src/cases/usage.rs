//! What it says when it is asked for something it cannot do: which exit code, and words that help.

use anyhow::{Result, ensure};

use super::trace::tail;
use crate::lab::{Case, Outcome};

/// One wrong command line after the other.
pub(crate) const CASE: Case = Case {
    name: "usage-errors",
    script: SCRIPT,
    check,
    timeout_s: 60,
};

const SCRIPT: &str = r#"
try() {
    name=$1; shift
    timeout 20 "$@" >$name.out 2>$name.err </dev/null
    echo $? >$name.status
}
try no-root as-uid 2000 sandboxd trace -u 10123 -e openat
try unknown-call sandboxd trace -u 10123 -e opneat
try bad-expression sandboxd trace -u 10123 -e 'openat,/unclosed'
try other-meaning sandboxd trace -u 10123 -e 'inject=openat:error=EPERM'
try no-target sandboxd trace -e openat
try no-directory sandboxd trace -u 10123 -e openat -o /nowhere/at/all/out
try unknown-option sandboxd trace -u 10123 --colour
try no-recording sandboxd replay /nowhere/rec
try no-output sh -c 'exec sandboxd list %network >&-'
try no-command sandboxd trace -e openat -- /data
try one-file sandboxd trace -u 10123 -e openat -o one --record ./one
try help sandboxd --help
try version sandboxd --version
"#;

/// Name, exit codes that are right, words that have to be said on stderr.
const WANTED: [(&str, &[i32], &[&str]); 11] = [
    ("no-root", &[3], &["root"]),
    ("unknown-call", &[2], &["opneat", "openat"]),
    ("bad-expression", &[2], &["/unclosed"]),
    ("other-meaning", &[2], &["inject="]),
    ("no-target", &[2], &["-u 10123"]),
    ("no-directory", &[1, 2], &["/nowhere/at/all"]),
    ("unknown-option", &[2], &["--colour"]),
    ("no-recording", &[1, 2], &["/nowhere/rec"]),
    ("no-output", &[1], &["standard output is closed"]),
    ("no-command", &[2], &["/data", "directory"]),
    ("one-file", &[2], &["the same file"]),
];

fn check(outcome: &Outcome) -> Result<()> {
    outcome.expect_status(0)?;
    for (name, codes, words) in WANTED {
        let code: i32 = outcome.text(&format!("{name}.status"))?.trim().parse()?;
        let said = outcome.text(&format!("{name}.err"))?;
        ensure!(
            codes.contains(&code),
            "{name}: exit code {code}, not {codes:?}; it said: {}",
            tail(&said)
        );
        for word in words {
            ensure!(
                said.contains(word),
                "{name}: nothing of {word:?} in: {}",
                tail(&said)
            );
        }
        ensure!(!said.contains("panicked"), "{name}: {}", tail(&said));
        let out = outcome.text(&format!("{name}.out"))?;
        ensure!(out.is_empty(), "{name}: stdout says {out:?}");
    }
    for name in ["help", "version"] {
        let code = outcome.text(&format!("{name}.status"))?;
        ensure!(code == "0\n", "{name}: exit code {code}");
        ensure!(
            outcome.text(&format!("{name}.out"))?.contains("sandboxd"),
            "{name} does not say who it is"
        );
    }
    Ok(())
}
