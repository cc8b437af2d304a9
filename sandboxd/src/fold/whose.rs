//! `--comm`: calls by the name of the thread that makes them.
//!
//! The kernel half is told as much of the list as it can compare, and drops nothing that the whole list would keep.

use kprobe_common::whose::{NAME, PATTERNS, Pattern};

/// Names whose calls are shown. They apply from left to right; if the first one says what is not wanted, everything else
/// is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names(Vec<(bool, Glob)>);

/// What the kernel half is told of names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Whether calls of threads that match nothing are kept.
    pub others: bool,
    /// At most [`PATTERNS`].
    pub patterns: Vec<Pattern>,
}

/// Nothing is dropped.
impl Default for Told {
    fn default() -> Self {
        Self {
            others: true,
            patterns: Vec::new(),
        }
    }
}

impl Names {
    /// Of names and patterns, `!` before those that are not wanted.
    pub fn new(words: &[String]) -> Result<Self, String> {
        let term = |word: &String| {
            let (keep, glob) = match word.strip_prefix('!') {
                Some(glob) => (false, glob),
                None => (true, word.as_str()),
            };
            if glob.is_empty() {
                return Err(format!("--comm: {word:?} names no thread"));
            }
            Ok((keep, Glob::new(glob)))
        };
        words.iter().map(term).collect::<Result<_, _>>().map(Self)
    }

    /// Whether calls of a thread with this name are shown.
    #[must_use]
    pub fn show(&self, name: &[u8]) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let mut matching = self.0.iter().rev().filter(|(_, glob)| glob.matches(name));
        matching.next().map_or(self.others(), |(keep, _)| *keep)
    }

    fn others(&self) -> bool {
        self.0.first().is_none_or(|(keep, _)| !keep)
    }

    /// What the kernel half can do of it: where it cannot tell whether a name matches, it keeps the call.
    #[must_use]
    pub fn told(&self) -> Told {
        let mut told = Told {
            others: self.others(),
            patterns: Vec::new(),
        };
        for (keep, glob) in &self.0 {
            let pattern = glob.pattern().filter(|_| told.patterns.len() < PATTERNS);
            match (pattern, keep) {
                (Some(pattern), _) if pattern == Pattern::default() => told.all(*keep),
                (Some(pattern), _) => told.patterns.push(Pattern {
                    keep: u64::from(*keep),
                    ..pattern
                }),
                (None, true) => told.all(true),
                (None, false) => {}
            }
        }
        told
    }
}

impl Told {
    /// Whatever was said of names before, calls of all are kept, or none.
    fn all(&mut self, keep: bool) {
        self.others = keep;
        self.patterns.clear();
    }
}

/// `*` stands for any bytes, `?` for one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Glob(Vec<u8>);

impl Glob {
    /// The kernel keeps the first 15 bytes of a name, so no more of the pattern is kept.
    fn new(glob: &str) -> Self {
        let glob = glob.as_bytes();
        let fixed = glob.iter().position(|&byte| byte == b'*');
        let (fixed, rest) = glob.split_at(fixed.unwrap_or(glob.len()));
        let cut = &fixed[..fixed.len().min(NAME - 1)];
        Self([cut, rest].concat())
    }

    fn matches(&self, name: &[u8]) -> bool {
        let mut parts = self.0.split(|&byte| byte == b'*');
        let Some(mut rest) = parts.next().and_then(|first| without(first, name)) else {
            return false;
        };
        let Some(last) = parts.next_back() else {
            return rest.is_empty();
        };
        for part in parts {
            let found = (0..=rest.len()).find_map(|at| without(part, &rest[at..]));
            match found {
                Some(behind) => rest = behind,
                None => return false,
            }
        }
        let at = rest.len().checked_sub(last.len());
        at.is_some_and(|at| without(last, &rest[at..]).is_some())
    }

    /// Bytes and a mask, where they say it all.
    fn pattern(&self) -> Option<Pattern> {
        let end = self.0.iter().position(|&byte| byte == b'*');
        let (fixed, rest) = self.0.split_at(end.unwrap_or(self.0.len()));
        if rest.iter().any(|&byte| byte != b'*') {
            return None;
        }
        let (mut name, mut mask, mut some) = ([0; NAME], [0; NAME], [0; NAME]);
        for (at, &byte) in fixed.iter().enumerate() {
            if byte == b'?' {
                // Only the last is asked for: no zero byte stands before it then.
                some = [0; NAME];
                some[at] = 0xff;
            } else {
                (name[at], mask[at]) = (byte, 0xff);
            }
        }
        if rest.is_empty() {
            mask[fixed.len()] = 0xff;
        }
        Some(Pattern {
            name: words(name),
            mask: words(mask),
            some: words(some),
            ..Pattern::default()
        })
    }
}

/// What follows a part without `*` at the start of a name.
fn without<'a>(part: &[u8], name: &'a [u8]) -> Option<&'a [u8]> {
    let (start, rest) = name.split_at_checked(part.len())?;
    let matches = |(&part, &byte): (&u8, &u8)| part == b'?' || part == byte;
    part.iter().zip(start).all(matches).then_some(rest)
}

/// A name as the kernel half has it.
fn words(name: [u8; NAME]) -> [u64; 2] {
    let word = |at: usize| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&name[at..at + 8]);
        u64::from_ne_bytes(bytes)
    };
    [word(0), word(8)]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(list: &[&str]) -> Names {
        let list: Vec<String> = list.iter().map(|&word| word.to_owned()).collect();
        Names::new(&list).unwrap()
    }

    /// What the kernel half does.
    fn kept(told: &Told, name: &[u8]) -> bool {
        let mut bytes = [0; NAME];
        bytes[..name.len()].copy_from_slice(name);
        let mut matching = told.patterns.iter().rev();
        matching
            .find(|pattern| pattern.matches(words(bytes)))
            .map_or(told.others, |pattern| pattern.keep != 0)
    }

    #[test]
    fn names_apply_from_left_to_right() {
        let list = names(&["pool-*", "!pool-9", "main"]);
        for (name, shown) in [
            ("pool-1", true),
            ("pool-9", false),
            ("pool-99", true),
            ("main", true),
            ("mainly", false),
            ("other", false),
        ] {
            assert_eq!(list.show(name.as_bytes()), shown, "{name}");
        }
        assert!(names(&["!RenderThread"]).show(b"other"));
        assert!(!names(&["!RenderThread"]).show(b"RenderThread"));
        assert!(names(&["!*", "main"]).show(b"main") && !names(&["!*", "main"]).show(b"other"));
        assert!(names(&[]).show(b"anything"));
    }

    #[test]
    fn a_question_mark_is_one_byte_and_never_none() {
        for (glob, name, matches) in [
            ("ab?", "abc", true),
            ("ab?", "ab", false),
            ("ab??", "abc", false),
            ("ab?*", "ab", false),
            ("ab?*", "abcd", true),
            ("?b", "ab", true),
            ("?", "a", true),
            ("??", "a", false),
            ("???????????????", "fifteen-letters", true),
            ("*", "", true),
            ("**", "x", true),
        ] {
            let list = names(&[glob]);
            assert_eq!(list.show(name.as_bytes()), matches, "{glob} {name}");
            assert_eq!(
                kept(&list.told(), name.as_bytes()),
                matches,
                "{glob} {name}"
            );
        }
    }

    #[test]
    fn a_name_is_cut_as_the_kernel_does() {
        let list = names(&["ReferenceQueueDaemon"]);
        assert!(list.show(b"ReferenceQueueD") && kept(&list.told(), b"ReferenceQueueD"));
        assert!(!list.show(b"ReferenceQueue") && !kept(&list.told(), b"ReferenceQueue"));
        let list = names(&["FinalizerWatchdog*"]);
        assert!(list.show(b"FinalizerWatchd") && kept(&list.told(), b"FinalizerWatchd"));
    }

    #[test]
    fn what_the_kernel_half_cannot_compare_it_keeps() {
        let list = names(&["!*-pool", "!main"]);
        assert!(!list.show(b"my-pool"));
        let told = list.told();
        assert!(kept(&told, b"my-pool") && !kept(&told, b"main"));
        let told = names(&["main", "*-pool", "!other"]).told();
        assert!(kept(&told, b"anything") && !kept(&told, b"other"));
    }

    #[test]
    fn more_patterns_than_there_is_room_for() {
        let many: Vec<String> = (0..PATTERNS * 2).map(|at| format!("!t{at}")).collect();
        let told = Names::new(&many).unwrap().told();
        assert!(told.patterns.len() <= PATTERNS && !kept(&told, b"t0"));
        let many: Vec<String> = (0..PATTERNS * 2).map(|at| format!("t{at}")).collect();
        let list = Names::new(&many).unwrap();
        let told = list.told();
        assert!(told.patterns.len() <= PATTERNS);
        for at in 0..PATTERNS * 2 {
            assert!(kept(&told, format!("t{at}").as_bytes()), "{at}");
        }
    }

    #[test]
    fn an_empty_name_is_refused() {
        for word in ["", "!"] {
            let error = Names::new(&[word.to_owned()]).unwrap_err();
            assert!(error.starts_with("--comm: "), "{error}");
        }
    }

    proptest! {
        #[test]
        fn the_kernel_half_drops_nothing_that_is_wanted(
            list in prop::collection::vec("!?[ab?*]{1,17}", 0..40),
            name in "[ab]{0,15}",
        ) {
            let list = Names::new(&list).unwrap();
            let told = list.told();
            prop_assert!(told.patterns.len() <= PATTERNS);
            prop_assert!(!list.show(name.as_bytes()) || kept(&told, name.as_bytes()));
            let exact = list.0.len() <= PATTERNS && list.0.iter().all(|(_, glob)| glob.pattern().is_some());
            prop_assert!(!exact || list.show(name.as_bytes()) == kept(&told, name.as_bytes()));
        }
    }
}
