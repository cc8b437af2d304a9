//! The guest is what the lab says it is: arm64, root, an Android-like tree, bytes that arrive as they left.

use anyhow::{Result, ensure};

use crate::lab::{Case, Outcome};

/// Fails only if the lab itself is broken.
pub(crate) const CASE: Case = Case {
    name: "boots",
    script: SCRIPT,
    check,
    timeout_s: 20,
};

const SCRIPT: &str = r#"
uname -m
id -u
stat -c %u /data/data/com.example.app
grep -c '^com.example.app 10123 ' /data/system/packages.list
printf '\000\377\n' >bytes
printf '{"features":"%s"}\n' "$(grep -m1 Features /proc/cpuinfo | tr -s "\t" " ") " >cpu
exit 7
"#;

fn check(outcome: &Outcome) -> Result<()> {
    outcome.expect_status(7)?;
    ensure!(
        outcome.text("stdout")? == "aarch64\n0\n10123\n1\n",
        "stdout is {:?}",
        outcome.text("stdout")?
    );
    ensure!(
        outcome.bytes("bytes")? == b"\0\xff\n",
        "bytes changed on their way"
    );
    ensure!(
        outcome.version()? >= (5, 10),
        "{} says that it is {}",
        outcome.kernel,
        outcome.release
    );
    let features = outcome
        .lines("cpu")?
        .iter()
        .map(|line| line["features"].to_string())
        .collect::<String>();
    let new = outcome.cpu.starts_with("max");
    ensure!(
        features.contains(" paca ") == new,
        "CPU {} has these features: {features}",
        outcome.cpu
    );
    Ok(())
}
