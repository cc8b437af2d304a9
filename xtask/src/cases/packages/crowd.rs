//! A thousand processes within seconds, whose numbers are used again and again: each is its own package's, or nobody's.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};

use super::judge::Wanted;
use super::truth::Truth;
use super::{held, no_zygote, zygote};
use crate::cases::books;
use crate::cases::script::{start, stop};
use crate::lab::{Case, Outcome};

/// With little more than a hundred numbers for all of them.
pub(crate) const CROWD: Case = Case {
    name: "packages-thousand",
    script: concat!(
        zygote!(),
        "max=$(cat /proc/sys/kernel/pid_max)\n\
         trap 'cp kept $list.new; mv $list.new $list; echo $max >/proc/sys/kernel/pid_max' EXIT\n\
         app=com.example.app shared=com.example.shared\n\
         for i in $(seq 100); do\n\
         echo \"fork app 10123 $app $app 1 exit\n\
         fork one 10130 $shared.one $shared.one 1 exit\n\
         fork two 10130 $shared.two:remote $shared.two 1 exit\n\
         fork isolated $((99000 + i)) $app:isolated:Decoder $app 1 exit\n\
         fork isolated $((99500 + i)) com.google.android.webview:sandboxed_process0:x com.google.android.webview 1 exit\n\
         from com.example.zygoted_zygote service $((90000 + i)) com.example.zygoted:svc:x com.example.zygoted 1 exit\n\
         fork one 10130 $shared.one $shared.one 0 named\n\
         fork early 10123 $app - 0 before\n\
         fork two 10130 $shared.two - 1 unnamed\n\
         fork isolated $((99200 + i)) $app:isolated:Decoder - 0 killed\"\n\
         done >crowd\n\
         echo 'fork app_zygote 10140 com.example.zygoted_zygote com.example.zygoted 0 zygote' >&9\n",
        start!(
            "-n com.example.app,com.example.shared.one,com.example.zygoted --buffer 32M --no-fds -e openat,setresuid,exit_group"
        ),
        "said ready\necho 420 >/proc/sys/kernel/pid_max\ncat crowd >&9\nsaid later",
        no_zygote!(),
        stop!()
    ),
    check,
    timeout_s: 240,
};

/// The same in parts of 64 KiB: what is held of a process when one ends stands in a later one, and is pending until then.
pub(crate) const IN_PARTS: Case = Case {
    name: "packages-in-parts",
    script: concat!(
        zygote!(),
        "app=com.example.app shared=com.example.shared\n\
         for i in $(seq 20); do\n\
         echo \"fork app 10123 $app $app 1 exit\n\
         fork one 10130 $shared.one $shared.one 1 exit\n\
         fork isolated $((99000 + i)) $app:isolated:Decoder $app 1 exit\n\
         fork isolated $((99500 + i)) com.google.android.webview:sandboxed_process0:x com.google.android.webview 1 exit\n\
         fork two 10130 $shared.two - 1 unnamed\"\n\
         done >crowd\n",
        start!(
            "-n com.example.app,com.example.shared.one -e openat,setresuid,exit_group -o parts.jsonl --rotate-size 64K"
        ),
        "said ready\ncat crowd >&9\nsaid later",
        no_zygote!(),
        stop!(),
        "for part in parts-*; do cat $part; done >whole\n"
    ),
    check: in_parts,
    timeout_s: 120,
};

fn in_parts(outcome: &Outcome) -> Result<()> {
    outcome.expect_status(0)?;
    let ended = outcome.text("ended")?;
    ensure!(ended == "trace 0\nreplay 0\n", "exit statuses: {ended:?}");
    let lines = outcome.lines("whole")?;
    let parts: Vec<_> = lines
        .chunk_by(|_, next| next["type"] != "start")
        .map(<[_]>::to_vec)
        .collect();
    books::replayed(&outcome.bytes("whole")?, &outcome.bytes("replayed")?)?;
    books::check_parts(&parts)?;
    ensure!(parts.len() > 2, "{} parts", parts.len());
    let ends = parts.iter().filter_map(|lines| lines.last());
    let sum = |field: &str| {
        ends.clone()
            .filter_map(|end| end[field].as_u64())
            .sum::<u64>()
    };
    ensure!(
        sum("filtered") > 0 && sum("not_target") > 0,
        "nobody was left out"
    );
    let logged = outcome.text("log")?;
    let [seen, emitted] = ["seen", "emitted"].map(sum);
    let said = format!(
        "seen {seen} = emitted {emitted} + filtered {} + lost {}",
        sum("filtered"),
        sum("lost")
    );
    ensure!(logged.contains(&said), "not {said}: {logged}");
    Ok(())
}

/// What was selected: `openat`, `setresuid`, `exit_group`.
const SELECTED: [u64; 3] = [56, 147, 94];
const MANY: usize = 1000;
/// At least so often on average a number must have been used.
const USES: usize = 4;

fn check(outcome: &Outcome) -> Result<()> {
    let truth = Truth::read(outcome)?;
    let numbers: BTreeSet<_> = truth.processes.iter().map(|process| process.pid).collect();
    ensure!(
        truth.processes.len() > MANY && numbers.len() * USES < MANY,
        "{} processes had {} numbers: the case shows nothing",
        truth.processes.len(),
        numbers.len()
    );
    let wanted = Wanted::Packages {
        packages: &[
            "com.example.app",
            "com.example.shared.one",
            "com.example.zygoted",
        ],
        users: &[],
    };
    held(outcome, &wanted, "ready", &SELECTED)
}
