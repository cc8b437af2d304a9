//! Calls that are many calls: selected by command in the kernel, and shown with their command's arguments.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::script::traced;
use super::trace::Trace;
use crate::lab::{Case, Outcome};

/// An app's calls, some commands of them selected.
pub(crate) const SELECTED: Case = Case {
    name: "commands",
    script: traced!(
        "-u 10123 -e 'ioctl:SIOC*,futex:FUTEX_WAIT*,setsockopt:SO_*,getsockopt:SO_PEERCRED,fcntl:F_*ETLK,prctl:PR_SET_VMA'",
        "as-uid 10123 commands >out || exit 91"
    ),
    check: selected,
    timeout_s: 60,
};

/// What root asks of drivers, as far as the kernel has them.
pub(crate) const DEVICES: Case = Case {
    name: "devices",
    script: DRIVERS,
    check: devices,
    timeout_s: 60,
};

const DRIVERS: &str = r#"
mkdir -p /dev/binderfs
mount -t binder binder /dev/binderfs 2>/dev/null && echo binder >has
[ -e /dev/loop-control ] && echo loop >>has
touch has
sandboxd trace --record rec -e ioctl -- /bin/devices >lines 2>log; echo "trace $?" >ended
sandboxd replay rec >replayed 2>replay.log; echo "replay $?" >>ended
sandboxd schema --json >schema.json
"#;

fn selected(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    for (call, argument, starts) in [
        ("ioctl", "op", &["SIOC"][..]),
        ("setsockopt", "optname", &["SO_"]),
        ("getsockopt", "optname", &["SO_PEERCRED"]),
        ("fcntl", "op", &["F_SETLK", "F_GETLK"]),
        ("prctl", "op", &["PR_SET_VMA"]),
    ] {
        let calls = trace.named(call);
        ensure!(!calls.is_empty(), "no {call}");
        for line in calls {
            let command = line["args"][argument].as_str().context("a command")?;
            ensure!(
                starts.iter().any(|start| command.starts_with(start)),
                "{call} was not asked for: {line}"
            );
        }
    }
    for line in trace.named("futex") {
        let op = line["args"]["futex_op"][0]
            .as_str()
            .context("an operation")?;
        ensure!(op.starts_with("FUTEX_WAIT"), "not asked for: {line}");
    }
    let argument = |call: &str, argument: &str| {
        let found = trace
            .named(call)
            .into_iter()
            .map(|line| &line["args"][argument]);
        found
            .filter(|value| !value.is_null())
            .cloned()
            .collect::<Vec<_>>()
    };
    let shown = |call: &str, name: &str, wanted: Value| {
        let found = argument(call, name);
        ensure!(
            found.contains(&wanted),
            "{call}: no {name} {wanted} in {found:?}"
        );
        Ok(())
    };
    let address = json!({"family": "AF_INET", "port": 0, "addr": "127.0.0.1"});
    shown(
        "ioctl",
        "ifreq",
        json!({"ifr_name": "lo", "ifr_addr": address}),
    )?;
    shown("setsockopt", "linger", json!({"l_onoff": 1, "l_linger": 5}))?;
    let lock = json!({"l_type": "F_WRLCK", "l_whence": "SEEK_SET", "l_start": 10, "l_len": 20, "l_pid": 0});
    shown("fcntl", "lock", lock)?;
    let dropped = trace.end()["filtered"].as_u64().context("an account")?;
    ensure!(dropped > 0, "no call was dropped by its command");
    Ok(())
}

fn devices(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let has = outcome.text("has")?;
    let argument = |op: &str, argument: &str| {
        let mut calls = trace.named("ioctl").into_iter();
        let call = calls.find(|line| line["args"]["op"] == op);
        call.map_or(Value::Null, |line| line["args"][argument].clone())
    };
    if has.contains("loop") {
        let info = argument("LOOP_GET_STATUS64", "info");
        ensure!(info["lo_file_name"] == "a loop device", "{info}");
        ensure!(info["lo_flags"] == json!(["LO_FLAGS_AUTOCLEAR"]), "{info}");
    }
    if has.contains("binder") {
        ensure!(argument("BINDER_VERSION", "value") == 8);
        ensure!(argument("BINDER_SET_MAX_THREADS", "value") == 15);
        let exchange = argument("BINDER_WRITE_READ", "bwr");
        ensure!(exchange["read_size"] == 0, "{exchange}");
    }
    Ok(())
}
