//! Field offsets of the classic tracepoints, as tracefs publishes them: no BTF.

use std::path::PathBuf;

use kprobe_common::config::Config;

use super::ProbeError;

/// Where tracefs is mounted: on its own since 4.1, under debugfs before and on some devices still.
const MOUNTS: [&str; 2] = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];

/// Offset of `field` in the record of the tracepoint `event` (`category/name`).
fn offset(event: &str, field: &'static str) -> Result<u32, ProbeError> {
    let path = format_file(event);
    let text = std::fs::read_to_string(&path).map_err(|source| ProbeError::Tracefs {
        path: path.display().to_string(),
        source,
    })?;
    parse(&text, field).ok_or_else(|| ProbeError::TracepointField {
        path: path.display().to_string(),
        field,
    })
}

/// Whether all that a run needs of the formats is there.
pub fn read() -> Result<(), ProbeError> {
    told(Config::default()).map(drop)
}

/// Tells the kernel half where the fields stand that it reads.
pub(super) fn told(config: Config) -> Result<Config, ProbeError> {
    Ok(Config {
        sent_signal: offset("signal/signal_generate", "sig")?,
        sent_pid: offset("signal/signal_generate", "pid")?,
        sent_result: offset("signal/signal_generate", "result")?,
        taken_signal: offset("signal/signal_deliver", "sig")?,
        taken_handler: offset("signal/signal_deliver", "sa_handler")?,
        newtask_pid: offset("task/task_newtask", "pid")?,
        newtask_flags: offset("task/task_newtask", "clone_flags")?,
        exec_filename: offset("sched/sched_process_exec", "filename")?,
        exec_old_pid: offset("sched/sched_process_exec", "old_pid")?,
        ..config
    })
}

/// Where tracefs was found.
#[must_use]
pub fn mounted() -> Option<&'static str> {
    MOUNTS
        .into_iter()
        .find(|mount| PathBuf::from(mount).join("events").exists())
}

fn format_file(event: &str) -> PathBuf {
    let file = |mount: &str| {
        PathBuf::from(mount)
            .join("events")
            .join(event)
            .join("format")
    };
    MOUNTS
        .iter()
        .map(|mount| file(mount))
        .find(|path| path.exists())
        .unwrap_or_else(|| file(MOUNTS[0]))
}

/// Lines look like `field:pid_t old_pid; offset:16; size:4; signed:1;`, with tabs between.
fn parse(format: &str, field: &str) -> Option<u32> {
    format.lines().find_map(|line| {
        let (declaration, rest) = line.trim().strip_prefix("field:")?.split_once(';')?;
        let name = declaration
            .split(|c: char| c.is_whitespace() || c == '[')
            .rfind(|word| !word.is_empty() && !word.ends_with(']'))?;
        if name != field {
            return None;
        }
        rest.trim()
            .strip_prefix("offset:")?
            .split_once(';')?
            .0
            .parse()
            .ok()
    })
}

#[cfg(test)]
mod tests {
    use super::parse;

    const EXEC: &str = "name: sched_process_exec\nID: 310\nformat:\n\
        \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n\n\
        \tfield:__data_loc char[] filename;\toffset:8;\tsize:4;\tsigned:0;\n\
        \tfield:pid_t pid;\toffset:12;\tsize:4;\tsigned:1;\n\
        \tfield:pid_t old_pid;\toffset:16;\tsize:4;\tsigned:1;\n\n\
        \tfield:char comm[16];\toffset:20;\tsize:16;\tsigned:0;\n";

    #[test]
    fn fields_are_found_by_their_whole_name() {
        assert_eq!(parse(EXEC, "filename"), Some(8));
        assert_eq!(parse(EXEC, "pid"), Some(12));
        assert_eq!(parse(EXEC, "old_pid"), Some(16));
        assert_eq!(parse(EXEC, "comm"), Some(20));
        assert_eq!(parse(EXEC, "none"), None);
    }
}
