//! What is said of descriptors when records of state were lost: what came before the loss is not believed behind it, although it is
//! taken only after the loss was noticed; and losses are told where calls are missing.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::script::stop;
use super::trace::Trace;
use crate::lab::{Case, Outcome};

/// The run stands still while an app opens one file, does much else, and has another one behind the same number.
pub(crate) const CASE: Case = Case {
    name: "fds-after-a-loss",
    script: concat!(
        "echo a >before; echo b >behind; chmod 644 before behind; mkfifo go again; chmod 666 go again; chmod 755 .\n\
         sandboxd trace --record rec -u 10123 -e openat,read,close --backend tracepoint --state-buffer 16K -o lines 2>log & pid=$!\n\
         wait-for log ready 60 || exit 90\n\
         as-uid 10123 sh -c 'read x <go; exec 3<before; i=0; while [ $i -lt 500 ]; do true </missing; i=$((i+1)); done; \
             exec 3<&-; exec 3<behind; echo moved; read x <go; read line <&3; echo \"line=$line\"; read x <again; read more <&3' >said 2>/dev/null & app=$!\n\
         sleep 1; kill -STOP $pid; echo 1 >go\n\
         wait-for said moved 60 || exit 91\n\
         kill -CONT $pid; sleep 2; echo 2 >go; sleep 1; echo 3 >again; wait $app\n",
        stop!()
    ),
    check,
    timeout_s: 120,
};

fn check(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let said = outcome.text("said")?;
    ensure!(
        said.contains("line=b"),
        "the app read something else: {said}"
    );
    let lines = trace.lines();
    let lost = lines.iter().position(|line| line["type"] == "state_loss");
    let lost = lost.context("nothing was lost: the case shows nothing")?;
    let files = |line: &Value| line["fds"].to_string();
    for line in lines.iter().filter(|line| line["syscall"] == "read") {
        ensure!(
            !files(line).contains("/before"),
            "nobody read that file: {line}"
        );
    }
    // It is looked at anew meanwhile.
    ensure!(
        lines
            .iter()
            .any(|line| line["syscall"] == "read" && files(line).contains("/behind")),
        "what is behind the number is not known again"
    );
    // All that came before the loss was taken, and then it was told.
    let of_before = |line: &Value| line["args"]["pathname"] == "before";
    ensure!(
        lines[..lost].iter().any(of_before),
        "the loss is told before calls that were made before it"
    );
    let (from, to) = (&lines[lost]["from_ns"], &lines[lost]["to_ns"]);
    let times = |lines: &[Value]| -> Vec<u64> {
        let calls = lines
            .iter()
            .filter(|line| line["type"] == "syscall" && line["cpu"] == trace.lines()[lost]["cpu"]);
        calls.filter_map(|line| line["boot_ns"].as_u64()).collect()
    };
    let (from, to) = (
        from.as_u64().context("from_ns")?,
        to.as_u64().context("to_ns")?,
    );
    ensure!(
        times(&lines[..lost]).iter().all(|time| *time <= from) && from <= to,
        "calls of its CPU stand before the loss that are from after {from}"
    );
    Ok(())
}
