//! sandboxd as a service that the device starts by itself: `scripts/service`, installed as README.md says.
//!
//! Magisk's script runs as it is; of init's file the commands are run, since the guest has no such init.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::Case;
use super::phone::Phone;
use crate::paths;

/// In the order in which they are run.
pub(super) const CASES: &[Case] = &[
    ("service-script", script),
    ("service-refused", refused),
    ("service-gives-up", gives_up),
    ("service-busy", busy),
    ("init-rc", init_rc),
];

const HOME: &str = "/data/adb/sandboxd";
const SCRIPT: &str = "/data/adb/service.d/sandboxd.sh";
/// For a start: it attaches probes, on a machine with other work.
const START: Duration = Duration::from_mins(1);
/// What init knows of the words that its file begins lines with.
const WORDS: [&str; 13] = [
    "service",
    "class",
    "user",
    "group",
    "seclabel",
    "disabled",
    "oneshot",
    "stdio_to_kmsg",
    "on",
    "mkdir",
    "start",
    "stop",
    "exec",
];

/// Puts everything where README.md says; the sample of a file must be good, and then writes where it can be read here.
fn install(phone: &Phone) -> Result<()> {
    let files = paths::root().join("scripts/service");
    let program = Phone::program();
    for path in [&files, &program] {
        let path = path.to_str().context("a path that is not UTF-8")?;
        phone.say(&["-s", &phone.root, "push", path, "/data/local/tmp/"])?;
    }
    phone.at_root(&format!(
        "cd /data/local/tmp && mkdir -p {HOME} /data/adb/service.d && mv sandboxd service/sandboxd.toml {HOME} \
         && mv service/service.sh {SCRIPT} && rm -r service && chmod 755 {SCRIPT} {HOME}/sandboxd \
         && {HOME}/sandboxd daemon --config {HOME}/sandboxd.toml --check 2>/dev/null \
         && sed -i -e '/^rotate/d' -e 's#^output.*#output = \"{HOME}/calls.jsonl\"#' {HOME}/sandboxd.toml"
    ))?;
    Ok(())
}

fn remove(phone: &Phone) -> Result<()> {
    phone.at_root("rm -r /data/adb")?;
    phone.is_clean()
}

/// The process of the daemon that answers, once there is one with calls.
fn answers(phone: &Phone, program: &str) -> Result<u64> {
    let begin = Instant::now();
    loop {
        let said = phone.at_root(&format!("{program} ctl status --json 2>/dev/null || true"))?;
        if let Ok(status) = serde_json::from_str::<Value>(&said)
            && status["emitted"].as_u64() > Some(0)
        {
            return status["pid"].as_u64().context("a status without pid");
        }
        let log = || phone.at_root(&format!("cat {HOME}/log /tmp/phone/rc.log || true"));
        ensure!(
            begin.elapsed() < START,
            "no daemon with calls: {said} {:?}",
            log()
        );
        thread::sleep(Duration::from_millis(500));
    }
}

/// Starts without being waited for, is started again when it was killed, but not beside itself, ends when it is told to.
fn script(phone: &Phone) -> Result<()> {
    install(phone)?;
    let program = format!("{HOME}/sandboxd");
    phone.at_root(SCRIPT)?;
    let first = answers(phone, &program)?;
    phone.at_root(&format!("kill -KILL {first}"))?;
    let second = answers(phone, &program)?;
    ensure!(first != second, "process {first} still answers");
    let log = phone.at_root(&format!("cat {HOME}/log"))?;
    ensure!(
        log.contains("service: sandboxd ended with status 137 and is started again in 10 s\n"),
        "{log}"
    );
    once(phone, &log)?;
    phone.at_root(&format!("{program} ctl stop"))?;
    let last = phone.at_root(&format!("tail -n 1 {HOME}/calls.jsonl"))?;
    ensure!(last.contains(r#""type":"end""#), "the last line is {last}");
    is_over(phone)?;
    remove(phone)
}

/// A second start says that it is none, and leaves the log of the first as it is.
fn once(phone: &Phone, log: &str) -> Result<()> {
    let said = phone.at_root(&format!("{SCRIPT} 2>&1; echo $?"))?;
    ensure!(
        said.starts_with("service: a daemon runs already") && said.ends_with("\n4\n"),
        "a second start says {said}"
    );
    let (later, files) = (
        phone.at_root(&format!("cat {HOME}/log"))?,
        phone.at_root(&format!("ls {HOME}"))?,
    );
    ensure!(
        later.starts_with(log) && !files.contains("log.old"),
        "the log of the first is another: {later} {files}"
    );
    Ok(())
}

/// Neither the daemon nor what starts it again is there.
fn is_over(phone: &Phone) -> Result<()> {
    let begin = Instant::now();
    let look = "ps -o args | grep -E '[s]andboxd daemon|[s]andboxd.sh' || true";
    while !phone.at_root(look)?.is_empty() {
        ensure!(
            begin.elapsed() < Duration::from_secs(10),
            "still running: {}",
            phone.at_root(look)?
        );
    }
    Ok(())
}

/// With a file that is wrong it says so and gives up; the log before is kept.
fn refused(phone: &Phone) -> Result<()> {
    install(phone)?;
    phone.at_root(&format!(
        "echo before >{HOME}/log; echo pakage = 1 >{HOME}/sandboxd.toml"
    ))?;
    phone.at_root(&format!("sh {SCRIPT}"))?;
    let said = logged(
        phone,
        "service: sandboxd ended with status 2 and is not started again\n",
    )?;
    ensure!(
        said.contains("line 1: ") && said.contains("package"),
        "{said}"
    );
    ensure!(
        phone.at_root(&format!("cat {HOME}/log.old"))? == "before\n",
        "the log before is gone"
    );
    is_over(phone)?;
    remove(phone)
}

/// The log, once it says this.
fn logged(phone: &Phone, words: &str) -> Result<String> {
    let begin = Instant::now();
    loop {
        let log = phone.at_root(&format!("cat {HOME}/log 2>/dev/null || true"))?;
        if log.contains(words) {
            return Ok(log);
        }
        ensure!(begin.elapsed() < START, "the log says {log}");
    }
}

/// What fails at once is given up when it has failed so again and again; here there is no directory for the output.
fn gives_up(phone: &Phone) -> Result<()> {
    install(phone)?;
    phone.at_root(&format!(
        "sed -i 's/^pause=10 /pause=0 /' {SCRIPT}; sed -i 's#^output.*#output = \"{HOME}/none/calls.jsonl\"#' {HOME}/sandboxd.toml; {SCRIPT}"
    ))?;
    let said = logged(
        phone,
        "service: sandboxd ended with status 1, for the 6th time within 60 s of its start, and is not started again: ",
    )?;
    let again = "service: sandboxd ended with status 1 and is started again in 0 s\n";
    ensure!(
        said.matches(again).count() == 5 && said.contains("/none/calls.jsonl"),
        "{said}"
    );
    is_over(phone)?;
    remove(phone)
}

/// A daemon that does not answer is there all the same.
fn busy(phone: &Phone) -> Result<()> {
    install(phone)?;
    let program = format!("{HOME}/sandboxd");
    phone.at_root(SCRIPT)?;
    let pid = answers(phone, &program)?;
    let log = phone.at_root(&format!("cat {HOME}/log"))?;
    phone.at_root(&format!("kill -STOP {pid}"))?;
    let second = once(phone, &log);
    phone.at_root(&format!("kill -CONT {pid}"))?;
    second?;
    phone.at_root(&format!("{program} ctl stop"))?;
    is_over(phone)?;
    remove(phone)
}

/// Every line begins with a word of init's; its commands start and end a daemon.
fn init_rc(phone: &Phone) -> Result<()> {
    let text = fs::read_to_string(paths::root().join("scripts/service/sandboxd.rc"))?;
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    for line in lines
        .iter()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        let word = line.split(' ').next().unwrap_or_default();
        ensure!(WORDS.contains(&word), "init knows no {word:?}");
    }
    let after = |start: &str, then: &str| {
        let line = lines.iter().find_map(|line| line.strip_prefix(start));
        let line = line.and_then(|line| line.split_once(then));
        line.map(|(_, command)| command)
            .with_context(|| format!("no {start:?}"))
    };
    let (run, stop) = (after("service sandboxd", " ")?, after("exec ", "-- ")?);
    install(phone)?;
    phone.at_root(&format!(
        "mkdir -p /data/misc/sandboxd && cp {HOME}/sandboxd /system/bin/sandboxd && cp {HOME}/sandboxd.toml /data/misc/sandboxd/ \
         && {{ setsid {run} </dev/null >/tmp/phone/rc.log 2>&1 & }}"
    ))?;
    answers(phone, "/system/bin/sandboxd")?;
    phone.at_root(stop)?;
    let log =
        phone.at_root("cat /tmp/phone/rc.log; rm -r /data/misc/sandboxd /system/bin/sandboxd")?;
    ensure!(log.contains("INFO end ("), "{log}");
    is_over(phone)?;
    remove(phone)
}

#[cfg(test)]
mod tests {
    use crate::device::between;

    #[test]
    fn the_script_knows_where_a_daemon_is_and_how_one_is_busy() {
        let script = "scripts/service/service.sh";
        let place = between(script, "\nplace=", " ");
        let theirs = between("sandboxd/src/control/place.rs", "RUN_DIR: &str = \"", "\"");
        assert_eq!(place, theirs);
        let busy = between(script, "'it runs' | *'", "'*)");
        let said = between("sandboxd/src/daemon.rs", "fn unreachable(", "\n}\n");
        assert_eq!(said.matches(&format!("at {{dir}}{busy}")).count(), 2);
    }
}
