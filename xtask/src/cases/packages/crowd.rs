//! A thousand processes within seconds, whose numbers are used again and again: each is its own package's, or nobody's.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};

use super::judge::Wanted;
use super::truth::Truth;
use super::{held, no_zygote, zygote};
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
