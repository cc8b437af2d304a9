//! The daemon alone: what a line takes that is made of a recording, and memory with twenty targets.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde::Serialize;

use crate::cases::takes;

/// What stands before it in what the guest says.
pub(super) const HEAD: &str = "alone";

/// What the guest does. Two recordings, so that what a replay takes once is not counted: the longer one has so many more
/// calls.
pub(super) const SCRIPT: &str = r#"
echo 'run alone'
now() { sed -n 's/^now at \([0-9]*\) nsecs/\1/p' /proc/timer_list; }
record() {
    sandboxd trace -u 10123 -e openat -o /dev/null --record $1 2>log & pid=$!
    wait-for log ready 60 || exit 90
    bench missing $2 10123 >/dev/null || exit 91
    kill -INT $pid; wait $pid || { cat log >&2; exit 92; }
}
replay() {
    sandboxd replay $1 --format json -o lines || exit 93
    for turn in 1 2 3; do
        begin=$(now); sandboxd replay $1 --format json -o lines; end=$(now)
        echo $2_ns=$((end - begin))
    done
    echo $2_calls=$(grep -c '"type":"syscall"' lines); rm lines
}
record short 500; record long 2000
replay short short; replay long long
rm short long
sandboxd trace -u $(seq -s, 10101 10120) --backend tracepoint --format json -o lines 2>log & pid=$!
wait-for log ready 60 || exit 90
takes $pid 20 >memory &
pids=
for uid in $(seq 10101 10120); do as-uid $uid torrent 0 50 2 >/dev/null & pids="$pids $!"; done
for each in $pids; do wait $each || exit 94; done
settle
kill -INT $pid; wait $pid || { cat log >&2; exit 92; }
tail -n 1 lines; rm lines
cat memory
"#;

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Alone {
    /// Instructions for a line of `openat` that is made of its two records.
    pub(crate) replayed: f64,
    /// The most anonymous memory with twenty targets and rings of the usual size, KiB.
    pub(crate) rss_anon_kib: u64,
}

impl Alone {
    /// Of what the script printed.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let mut facts: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
        for line in text.lines() {
            if let Some((key, value)) = line.split_once('=')
                && let Ok(value) = value.parse()
            {
                facts.entry(key).or_default().push(value);
            }
        }
        let least = |key: &str| {
            let values = facts.get(key).and_then(|values| values.iter().min());
            values.copied().with_context(|| format!("no {key}"))
        };
        let more = |what: &str| {
            Ok::<_, anyhow::Error>(
                least(&format!("long_{what}"))? - least(&format!("short_{what}"))?,
            )
        };
        let (ns, calls) = (more("ns")?, more("calls")?);
        ensure!(ns > 0 && calls > 1000, "{calls} calls more in {ns} ns more");
        let looks: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with("at_ms="))
            .collect();
        let looks = takes::parse(&looks.join("\n"))?;
        ensure!(!looks.is_empty(), "nobody looked at its memory");
        #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^53")]
        let replayed = ns as f64 / calls as f64;
        Ok(Self {
            replayed,
            rss_anon_kib: takes::most(&looks),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "short_ns=9000500\nshort_ns=9000000\nshort_calls=3001\nlong_ns=18000000\nlong_calls=12001\n\
        at_ms=7 rss_anon_kb=2048 threads=2 fds=60\nat_ms=9 rss_anon_kb=4100 threads=2 fds=60\n";

    #[test]
    fn what_a_replay_takes_once_does_not_count() {
        let alone = Alone::parse(TEXT).unwrap();
        assert_eq!(
            alone,
            Alone {
                replayed: 1000.0,
                rss_anon_kib: 4100
            }
        );
        assert!(Alone::parse(&TEXT.replace("long_calls=12001", "long_calls=3001")).is_err());
        assert!(Alone::parse("").is_err());
    }
}
