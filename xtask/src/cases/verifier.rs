//! What the verifier walks to accept the programs stays what it was.
//!
//! `verifier-log` reads the numbers off the loading; the file that they are held against is `crate::verifier`'s.

use anyhow::{Result, ensure};

use crate::lab::{Case, Outcome};
use crate::verifier;

/// Every program, by either backend, those of entries once more with all that can be asked for, and those of calls as a daemon
/// has them. Which calls are
/// selected does not matter: the verifier does not see that.
pub(crate) const CASE: Case = Case {
    name: "verifier",
    script: r#"
for backend in kprobe tracepoint; do
    verifier-log sandboxd trace -u 10123 -e openat --backend $backend --duration 1ms -o /dev/null >$backend || exit 91
    verifier-log sandboxd trace -u 10123 -e openat --backend $backend --stack=dwarf --duration 1ms -o /dev/null >stack || exit 92
    sed -n 's/^enter_[a-z]*/&+stack/p' stack >>$backend
    printf 'uid = 10123\nexpr = "openat"\nbackend = "%s"\nduration = "1ms"\noutput = "/dev/null"\n' $backend >daemon.toml
    verifier-log sandboxd daemon --config daemon.toml >daemon || exit 93
    sed -n 's/^e[a-z]*_[a-z]*/&+daemon/p' daemon >>$backend
done
cat kprobe tracepoint | grep -E '^(enter|exit|task)_' | sort -u >counts
"#,
    check,
    timeout_s: 240,
};

/// The same without the file: for whoever compares, or writes it anew.
pub(crate) const COUNTED: Case = Case {
    check: |outcome| counted(outcome).map(drop),
    ..CASE
};

fn check(outcome: &Outcome) -> Result<()> {
    verifier::check(&outcome.release, &counted(outcome)?)
}

/// The numbers, of every program.
fn counted(outcome: &Outcome) -> Result<String> {
    outcome.expect_status(0)?;
    let text = outcome.text("counts")?;
    for program in [
        "enter_kprobe",
        "enter_tracepoin",
        "enter_kprobe+stack",
        "enter_tracepoin+stack",
        "enter_kprobe+daemon",
        "enter_tracepoin+daemon",
        "exit_tracepoint",
        "exit_tracepoint+daemon",
        "task_made",
        "task_creds",
        "task_execed",
        "task_ended",
        "task_sent",
        "task_signalled",
    ] {
        ensure!(
            text.lines()
                .any(|line| line.split_whitespace().next() == Some(program)),
            "no number of {program}: {text}"
        );
    }
    Ok(text)
}
