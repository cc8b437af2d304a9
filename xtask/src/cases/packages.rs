//! Whose a process is: packages for every Android user, shared user IDs, isolated processes, and those that zygotes make.
//!
//! The stand-in zygote (`xtask/lab/arm64/zygote.c`) makes processes in Android's order before a run begins and while it
//! watches, and says what each was (`truth`). A run must have those of the package, all of each, and nobody else.

pub(crate) mod crowd;
pub(crate) mod daemon;
mod judge;
pub(crate) mod launch;
pub(crate) mod list;
mod truth;

use anyhow::Result;

use self::judge::{Judge, Wanted};
use self::truth::Truth;
use super::script::{start, stop};
use super::trace::Trace;
use crate::lab::{Case, Outcome};

/// The list of 300 packages is the guest's, and the zygote takes orders on descriptor 9. Leaves the guest's own list behind.
macro_rules! zygote {
    () => {
        "list=/data/system/packages.list; cp -p $list kept; trap 'cp kept $list.new; mv $list.new $list' EXIT\n\
         cp /lab/packages.list $list.new && mv $list.new $list || exit 95\n\
         mkfifo orders; zygote <orders >truth 2>zygote.log & zygote=$!\n\
         exec 9>orders\n\
         said() { echo \"say $1\" >&9; wait-for truth \"\\\"$1\\\"\" 60 || { cat zygote.log >&2; exit 94; } }\n"
    };
}

/// Ends the zygote, which then tells the truth.
macro_rules! no_zygote {
    () => {
        "\nsaid done; echo end >&9; exec 9>&-; wait $zygote || { cat zygote.log >&2; exit 93; }\n"
    };
}

/// Processes of every kind, made before the run, and made again while it watches.
macro_rules! everybody {
    () => {
        "fork app 10123 com.example.app com.example.app 2 stay\n\
         fork push 10123 com.example.app:push com.example.app 2 stay\n\
         fork second 1010123 com.example.app com.example.app 2 stay\n\
         fork work 1010124 com.example.other com.example.other 1 stay\n\
         fork third 1110123 com.example.app com.example.app 1 stay\n\
         fork pro 10125 com.example.app.pro com.example.app.pro 1 stay\n\
         fork one 10130 com.example.shared.one com.example.shared.one 2 stay\n\
         fork two 10130 com.example.shared.two:remote com.example.shared.two 2 stay\n\
         fork sandbox 20123 com.example.app_sdk_sandbox com.example.app 2 stay\n\
         fork sandbox 20135 com.example.sandboxed:sdk_sandbox com.example.sandboxed 2 stay\n\
         fork sandbox 1020123 com.example.app_sdk_sandbox com.example.app 1 stay\n\
         fork isolated 99010 com.example.app:isolated:com.example.app.Decoder com.example.app 2 stay\n\
         fork isolated 1099011 com.example.app:isolated:com.example.app.Decoder com.example.app 1 stay\n\
         fork isolated 99012 org.example.browser:sandboxed_process0:org.chromium.content.app.SandboxedProcessService0:0 org.example.browser 2 stay\n\
         from webview_zygote isolated 99013 com.google.android.webview:sandboxed_process0:org.chromium.content.app.SandboxedProcessService0:0 com.google.android.webview 2 stay\n\
         from com.example.zygoted_zygote service 90001 com.example.zygoted:svc:com.example.Service:0 com.example.zygoted 2 stay\n\
         from com.example.zygoted_zygote service 90002 com.example.zygoted:svc:com.example.Service:1 com.example.zygoted 1 stay\n\
         fork system 1000 system_server - 1 stay\n"
    };
}

/// Zygotes beside the first one.
macro_rules! zygotes {
    () => {
        "fork webview_zygote 1053 webview_zygote - 0 zygote\n\
         fork app_zygote 10140 com.example.zygoted_zygote com.example.zygoted 1 zygote\n\
         usap 4\n"
    };
}

/// What is made while a run watches: everybody once more, those that waited for their orders, and those that end early.
macro_rules! later {
    () => {
        concat!(
            $crate::cases::packages::everybody!(),
            "pool app 10123 com.example.app com.example.app 2 exit\n\
             pool app 1010124 com.example.other com.example.other 2 exit\n\
             pool isolated 99020 com.example.app:isolated:com.example.app.Decoder com.example.app 2 exit\n\
             fork app 10123 com.example.app com.example.app 1 child\n\
             fork app 10123 com.example.app com.example.app 1 exec\n\
             fork one 10130 com.example.shared.one com.example.shared.one 1 child\n\
             fork one 10130 com.example.shared.one com.example.shared.one 1 exec\n\
             fork app 10123 com.example.app com.example.app 0 named\n\
             fork one 10130 com.example.shared.one com.example.shared.one 0 named\n\
             fork two 10130 com.example.shared.two com.example.shared.two 0 named\n\
             fork isolated 99021 com.example.app:isolated:com.example.app.Decoder com.example.app 0 named\n\
             fork isolated 99022 org.example.browser:sandboxed_process0:x org.example.browser 0 named\n\
             fork app 10123 com.example.app com.example.app 1 unnamed\n\
             fork app 10123 com.example.app com.example.app 0 killed\n\
             fork one 10130 com.example.shared.one - 1 unnamed\n\
             fork one 10130 com.example.shared.one - 0 killed\n\
             fork isolated 99023 com.example.app:isolated:com.example.app.Decoder - 1 unnamed\n\
             fork isolated 99024 com.example.app:isolated:com.example.app.Decoder - 0 killed\n\
             fork app 10123 com.example.app - 0 before\n\
             mark\n"
        )
    };
}

/// A case of one set of targets.
macro_rules! of_everybody {
    ($options:literal) => {
        concat!(
            $crate::cases::packages::zygote!(),
            "cat >&9 <<'X'\n",
            $crate::cases::packages::zygotes!(),
            $crate::cases::packages::everybody!(),
            "X\nsaid before\n",
            start!($options),
            "said ready\ncat >&9 <<'X'\n",
            $crate::cases::packages::later!(),
            "X\nsaid later",
            $crate::cases::packages::no_zygote!(),
            stop!()
        )
    };
}

use {everybody, later, no_zygote, zygote, zygotes};

/// All of them.
pub(crate) const CASES: [Case; 13] = [
    APP,
    SHARED,
    WEBVIEW,
    ZYGOTE,
    USER,
    PATTERN,
    UID,
    crowd::CROWD,
    crowd::IN_PARTS,
    daemon::ADDED,
    daemon::CHANGED,
    list::LIST,
    launch::LAUNCH,
];

/// Its number.
const OPENAT: u64 = 56;

/// An app for all users: its services, its SDK sandboxes, its isolated processes.
pub(crate) const APP: Case = Case {
    name: "packages",
    script: of_everybody!("-n com.example.app --no-fds -e all"),
    check: |outcome| of(outcome, &["com.example.app"], &[]),
    timeout_s: 120,
};

/// One of three that share a user ID: the others' processes stay out.
pub(crate) const SHARED: Case = Case {
    name: "packages-shared",
    script: of_everybody!("-n com.example.shared.one --no-fds -e all"),
    check: |outcome| of(outcome, &["com.example.shared.one"], &[]),
    timeout_s: 120,
};

/// What renders pages is the package's that has the engine, not the app's that shows them.
pub(crate) const WEBVIEW: Case = Case {
    name: "packages-webview",
    script: of_everybody!("-n com.google.android.webview,org.example.browser --no-fds -e all"),
    check: |outcome| {
        of(
            outcome,
            &["com.google.android.webview", "org.example.browser"],
            &[],
        )
    },
    timeout_s: 120,
};

/// An app zygote and its children, where the call that makes these isolated is not selected.
pub(crate) const ZYGOTE: Case = Case {
    name: "packages-app-zygote",
    script: of_everybody!("-n com.example.zygoted --no-fds -e openat"),
    check: |outcome| {
        let wanted = Wanted::Packages {
            packages: &["com.example.zygoted"],
            users: &[],
        };
        held(outcome, &wanted, "ready", &[OPENAT])
    },
    timeout_s: 120,
};

/// An app of one user alone, by the tracepoint.
pub(crate) const USER: Case = Case {
    name: "packages-user",
    script: of_everybody!(
        "-n com.example.app,com.example.other --user 10 --backend tracepoint --no-fds -e all"
    ),
    check: |outcome| of(outcome, &["com.example.app", "com.example.other"], &[10]),
    timeout_s: 120,
};

/// Many by a pattern, with what descriptors and paths mean.
pub(crate) const PATTERN: Case = Case {
    name: "packages-pattern",
    script: of_everybody!("-n 'com.example.s*' -n 'com.example.app.*' -e all"),
    check: |outcome| of(outcome, &["com.example.s*", "com.example.app.*"], &[]),
    timeout_s: 120,
};

/// By user ID, for comparison: from the call on that makes a process the user's.
pub(crate) const UID: Case = Case {
    name: "zygote-uid",
    script: of_everybody!("-u 10123 --no-fds -e all"),
    check: |outcome| held(outcome, &Wanted::Uid(10_123), "ready", &[]),
    timeout_s: 120,
};

fn of(outcome: &Outcome, packages: &'static [&'static str], users: &'static [u32]) -> Result<()> {
    held(outcome, &Wanted::Packages { packages, users }, "ready", &[])
}

/// The trace is of whom was wanted since the zygote said a word.
fn held(outcome: &Outcome, wanted: &Wanted, since: &str, selected: &[u64]) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let truth = Truth::read(outcome)?;
    let judge = Judge {
        lines: trace.lines(),
        ready_ns: truth.when(since)?,
        truth: &truth,
        wanted,
        selected,
    };
    judge.all()
}
