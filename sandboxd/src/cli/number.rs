//! Numbers of processes and threads: `123` to watch one, `!123` to leave it out.

use std::str::FromStr;

use super::Trace;

/// A process or a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    /// Whether it is left out.
    not: bool,
    id: u32,
}

impl FromStr for Number {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (not, digits) = match text.strip_prefix('!') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        // The kernel's own limit, `PID_MAX_LIMIT`, is lower still.
        match digits.parse() {
            Ok(id @ 1..=0x7fff_ffff) => Ok(Self { not, id }),
            _ => Err(
                "processes and threads are numbers from 1 on, with ! before those to leave out"
                    .to_owned(),
            ),
        }
    }
}

fn of(list: &[Number], not: bool) -> Vec<u32> {
    let found = list.iter().filter(|number| number.not == not);
    found.map(|number| number.id).collect()
}

impl Trace {
    /// Processes to watch.
    #[must_use]
    pub fn pids(&self) -> Vec<u32> {
        of(&self.pids, false)
    }

    /// Threads to watch.
    #[must_use]
    pub fn tids(&self) -> Vec<u32> {
        of(&self.tids, false)
    }

    /// Processes to leave out.
    #[must_use]
    pub fn pids_left_out(&self) -> Vec<u32> {
        of(&self.pids, true)
    }

    /// Threads to leave out.
    #[must_use]
    pub fn tids_left_out(&self) -> Vec<u32> {
        of(&self.tids, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_leaves_out() {
        let list: Vec<Number> = ["1", "!2", "3"].map(|text| text.parse().unwrap()).into();
        assert_eq!((of(&list, false), of(&list, true)), (vec![1, 3], vec![2]));
        for text in ["", "!", "0", "x", "-1", "!!1", "4294967295"] {
            assert!(text.parse::<Number>().is_err(), "{text}");
        }
    }
}
