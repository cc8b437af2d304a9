//! `--launch`: the app is stopped, and started once everything it does is seen. Android's commands are scripts that give
//! the stand-in zygote its orders, as Android's system server does.

use anyhow::{Result, ensure};
use serde_json::json;

use super::judge::Wanted;
use super::{held, no_zygote, zygote};
use crate::cases::script::{start, stop};
use crate::cases::trace::{Trace, expect};
use crate::lab::{Case, Outcome};

/// One instance is there before; the launched one is killed, and the app comes back.
pub(crate) const LAUNCH: Case = Case {
    name: "launch",
    script: concat!(
        zygote!(),
        "cat >/system/bin/am <<X\n\
         #!/bin/sh\n\
         cd $PWD; echo \"am \\$*\" >>asked\n\
         case \\$1 in\n\
         force-stop) echo stop com.example.app >orders; echo say stopped >orders; wait-for truth '\"stopped\"' 30;;\n\
         start) echo fork launched 10123 com.example.app com.example.app 2 stay >orders; echo Starting: Intent;;\n\
         esac\n\
         X\n\
         cat >/system/bin/cmd <<X\n\
         #!/bin/sh\n\
         echo \"cmd \\$*\" >>$PWD/asked\n\
         echo priority=0 preferredOrder=0 match=0x108000 specificIndex=-1 isDefault=true\n\
         echo com.example.app/.MainActivity\n\
         X\n\
         chmod 755 /system/bin/am /system/bin/cmd\n\
         trap 'cp kept $list.new; mv $list.new $list; rm /system/bin/am /system/bin/cmd' EXIT\n\
         echo fork older 10123 com.example.app com.example.app 1 stay >&9; said older\n",
        start!("-n com.example.app --launch --no-fds -e all"),
        "n=0; until grep -q launched- lines || [ $n = 100 ]; do n=$((n + 1)); usleep 100000; done\n\
         said launched; echo stop com.example.app >&9\n\
         echo fork again 10123 com.example.app com.example.app 2 exit >&9\n\
         echo fork again 10124 com.example.other com.example.other 2 exit >&9; said again",
        no_zygote!(),
        stop!()
    ),
    check,
    timeout_s: 120,
};

fn check(outcome: &Outcome) -> Result<()> {
    let asked = outcome.text("asked")?;
    let asked: Vec<_> = asked.lines().collect();
    ensure!(
        in_order(&asked),
        "Android's commands were asked for this: {asked:?}"
    );
    // Everything since the app was stopped.
    let wanted = Wanted::Packages {
        packages: &["com.example.app"],
        users: &[],
    };
    held(outcome, &wanted, "stopped", &[])?;
    let trace = Trace::of(outcome)?;
    for kind in ["launched", "again"] {
        let path = format!("/marker-{kind}-");
        let mark = trace.calls().find(|line| {
            let found = line["args"]["pathname"].as_str();
            found.is_some_and(|found| found.contains(&path))
        });
        let mark = mark.ok_or_else(|| anyhow::anyhow!("nothing of the app {kind}"))?;
        expect(mark, &[("/package", json!("com.example.app"))])?;
    }
    Ok(())
}

/// It is stopped once, then started once, by the activity that the launcher starts.
fn in_order(asked: &[&str]) -> bool {
    let at = |words: &[&str]| {
        let fits = |line: &&str| words.iter().all(|word| line.contains(word));
        let found: Vec<_> = (0..asked.len()).filter(|at| fits(&asked[*at])).collect();
        (found.len() == 1).then(|| found[0])
    };
    let stopped = at(&["am force-stop", "com.example.app"]);
    let started = at(&["am start", "com.example.app/.MainActivity"]);
    stopped.is_some() && started.is_some() && stopped < started
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_is_stopped_before_it_is_started() {
        let stop = "am force-stop --user current com.example.app";
        let start = "am start --user current -n com.example.app/.MainActivity";
        let resolve = "cmd package resolve-activity --brief com.example.app";
        assert!(in_order(&[stop, resolve, start]));
        for wrong in [
            &[start, stop][..],
            &[stop],
            &[start],
            &[stop, start, start],
            &[stop, "am start -n com.example.app/.Other"],
        ] {
            assert!(!in_order(wrong), "{wrong:?}");
        }
    }
}
