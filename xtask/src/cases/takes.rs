//! What a daemon takes while it runs, as the lab's program `takes` says it.

use anyhow::{Context, Result, ensure};

/// One look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Look {
    /// Since boot, milliseconds.
    pub(crate) at_ms: u64,
    /// Anonymous memory: rings and files are not in it.
    pub(crate) rss_anon_kib: u64,
    pub(crate) threads: u64,
    pub(crate) descriptors: u64,
}

/// The looks, in order.
pub(crate) fn parse(text: &str) -> Result<Vec<Look>> {
    text.lines().map(look).collect()
}

fn look(line: &str) -> Result<Look> {
    let number = |name: &str| -> Result<u64> {
        let words = line.split(' ').filter_map(|word| word.split_once('='));
        let mut of_name = words.filter(|(key, _)| *key == name);
        let (_, value) = of_name
            .next()
            .with_context(|| format!("no {name} in {line}"))?;
        value
            .parse()
            .with_context(|| format!("{name} is no number in {line}"))
    };
    Ok(Look {
        at_ms: number("at_ms")?,
        rss_anon_kib: number("rss_anon_kb")?,
        threads: number("threads")?,
        descriptors: number("fds")?,
    })
}

/// The most of what was taken.
pub(crate) fn most(looks: &[Look]) -> u64 {
    looks
        .iter()
        .map(|look| look.rss_anon_kib)
        .max()
        .unwrap_or(0)
}

/// Fails if the last third of the looks found more than the others, by more than 5 %.
pub(crate) fn flat(looks: &[Look]) -> Result<()> {
    let (early, late) = looks.split_at(looks.len() * 2 / 3);
    let [early, late] = [early, late].map(most);
    ensure!(
        late * 20 <= early * 21,
        "memory grows: {early} KiB at most in the beginning, {late} KiB at the end"
    );
    Ok(())
}

/// Fails unless threads are as many in every look, and descriptors as few in the last quarter as in the first: some come and go,
/// with files of parts and looks at `/proc`.
pub(crate) fn constant(looks: &[Look]) -> Result<()> {
    for pair in looks.windows(2) {
        let [before, after] = [pair[0], pair[1]];
        ensure!(
            before.threads == after.threads,
            "threads are not as many as before: {before:?}, {after:?}"
        );
    }
    let quarter = looks.len().div_ceil(4);
    let least = |looks: &[Look]| looks.iter().map(|look| look.descriptors).min();
    let (first, last) = (
        least(&looks[..quarter]),
        least(&looks[looks.len() - quarter..]),
    );
    ensure!(
        first == last,
        "descriptors: {first:?} at least in the beginning, {last:?} at the end"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "at_ms=7 rss_anon_kb=2048 threads=2 fds=60\nat_ms=9 rss_anon_kb=2052 threads=2 fds=60\n";

    #[test]
    fn what_grows_is_noticed() {
        let of = |kib: &[u64]| -> Vec<Look> {
            let look = |&rss_anon_kib: &u64| Look {
                rss_anon_kib,
                ..Look::default()
            };
            kib.iter().map(look).collect()
        };
        assert!(flat(&of(&[1000, 2000, 1500, 2000, 2100, 900])).is_ok());
        assert!(flat(&of(&[1000, 2000, 1500, 2000, 2101, 900])).is_err());
    }

    #[test]
    fn looks_are_read() {
        let looks = parse(TEXT).unwrap();
        let second = Look {
            at_ms: 9,
            rss_anon_kib: 2052,
            threads: 2,
            descriptors: 60,
        };
        assert_eq!(looks[1], second);
        assert_eq!(most(&looks), 2052);
        assert!(constant(&looks).is_ok());
        let more = TEXT.replace("2052 threads=2", "2052 threads=3");
        assert!(constant(&parse(&more).unwrap()).is_err());
        let leak = TEXT.replace("2052 threads=2 fds=60", "2052 threads=2 fds=61");
        assert!(constant(&parse(&leak).unwrap()).is_err());
        let passing = format!("{TEXT}at_ms=10 rss_anon_kb=1 threads=2 fds=63\n{TEXT}");
        assert!(constant(&parse(&passing).unwrap()).is_ok());
        assert!(parse("at_ms=7 threads=2 fds=60").is_err());
    }
}
