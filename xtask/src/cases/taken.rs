//! Files that a run may not write, or may again: another run's, one of a run that was killed, what a link leads to.

use anyhow::{Result, ensure};

use super::trace::{Facts, Trace, tail};
use crate::lab::{Case, Outcome};

/// A file has one writer, and another as soon as that was killed; a link that others could have made leads nowhere.
pub(crate) const TAKEN: Case = Case {
    name: "output-taken",
    script: r#"
run() { log=$1; shift; sandboxd trace -u 10123 -e openat --backend tracepoint "$@" >>printed 2>log.$log; }
mkdir shared; chmod 1777 shared; echo kept >secret; ln -s ../secret shared/link; ln secret shared/hard
run link -o shared/link; echo link=$? >facts
run hard -o shared/hard; echo hard=$? >>facts
run record -o shared/new --record shared/link; echo record=$? >>facts
run first -o lines & shell=$!
wait-for log.first ready: 60 || exit 90
run second -o lines; echo second=$? >>facts
for status in /proc/[0-9]*/comm; do read name <$status; [ "$name" = sandboxd ] && pid=${status#/proc/}; done
kill -KILL ${pid%/comm}
run third -o lines & third=$!
wait-for log.third ready: 60 || exit 91
as-uid 10123 flood 1 30 >made
for status in /proc/[0-9]*/comm; do read name <$status; [ "$name" = sandboxd ] && kill -INT ${status//[!0-9]/}; done
wait $third; echo third=$? >>facts
wait $shell
cat secret >secret.after
"#,
    check: taken,
    timeout_s: 120,
};

fn taken(outcome: &Outcome) -> Result<()> {
    outcome.expect_status(0)?;
    let facts = Facts::read(outcome, "facts")?;
    for (run, code, says) in [
        (
            "link",
            1,
            "it is a link in a directory that others can write to",
        ),
        ("hard", 1, "it has other names too"),
        (
            "record",
            1,
            "it is a link in a directory that others can write to",
        ),
        (
            "second",
            1,
            "writes to it: end that one, or choose another file",
        ),
        ("third", 0, "end (signal)"),
    ] {
        let (found, log) = (facts.number(run)?, outcome.text(&format!("log.{run}"))?);
        ensure!(
            found == code && log.contains(says),
            "{run}: {found}, not {code}, or not {says:?}: {}",
            tail(&log)
        );
    }
    let secret = outcome.text("secret.after")?;
    ensure!(secret == "kept\n", "the file behind the link: {secret:?}");
    let calls = Trace::read(outcome, "lines")?.calls().count();
    ensure!(calls == 30, "{calls} calls");
    Ok(())
}
