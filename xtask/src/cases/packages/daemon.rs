//! Packages that a daemon is told of while it runs: it knows then what a run knows that was begun with them.

use super::{OPENAT, Wanted, everybody, held, later, no_zygote, zygote, zygotes};
use crate::cases::script::ended;
use crate::lab::Case;

/// A daemon that watches as `config` says, told `ctl` before everybody is made anew.
macro_rules! told {
    ($config:literal, $ctl:literal) => {
        concat!(
            zygote!(),
            "cat >&9 <<'X'\n",
            zygotes!(),
            everybody!(),
            "X\nsaid before\n",
            "printf 'output = \"%s/lines\"\\nrecord = \"%s/rec\"\\nno-fds = true\\n' $(pwd) $(pwd) >config.toml\n",
            "cat >>config.toml <<'X'\n",
            $config,
            "\nX\nsandboxd daemon --config config.toml 2>log & pid=$!\n\
             wait-for log ready 60 || exit 90\n",
            $ctl,
            "said ready\ncat >&9 <<'X'\n",
            later!(),
            "X\nsaid later",
            no_zygote!(),
            "sandboxd ctl stop >stopped || exit 92\n",
            ended!()
        )
    };
}

/// Begun with nobody, and without the calls by which a process becomes an app's; one of those that share a user ID is added.
pub(crate) const ADDED: Case = Case {
    name: "daemon-packages",
    script: told!(
        "expr = \"openat\"",
        "sandboxd ctl add -n com.example.shared.one >added || exit 91\n"
    ),
    check: |outcome| {
        let wanted = Wanted::Packages {
            packages: &["com.example.shared.one"],
            users: &[],
        };
        held(outcome, &wanted, "ready", &[OPENAT])
    },
    timeout_s: 120,
};

/// Begun with an app, which is removed and added again.
pub(crate) const CHANGED: Case = Case {
    name: "daemon-packages-again",
    script: told!(
        "expr = \"all\"\npackage = \"com.example.app\"",
        "sandboxd ctl remove -n com.example.app >removed || exit 91\n\
         sandboxd ctl add -n com.example.app >added || exit 91\n"
    ),
    check: |outcome| {
        let wanted = Wanted::Packages {
            packages: &["com.example.app"],
            users: &[],
        };
        held(outcome, &wanted, "ready", &[])
    },
    timeout_s: 120,
};
