//! `--entry`, `--caller`, `--from`, `--origin`: calls by who made them.
//!
//! A filter never hides what may be what was asked for: where it is not known who made a call, the call is shown, unless
//! `unknown` itself is named.

use regex_lite::Regex;
use serde::{Deserialize, Serialize};

use crate::caller::{Caller, Class, Entry, Place, Stack};

/// What was asked for, as typed: words and expressions, `!` before those that are not wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// How calls are made.
    pub entry: Vec<String>,
    /// Where the `svc` lies.
    pub caller: Vec<String>,
    /// What the link register says.
    pub from: Vec<String>,
    /// Who called the platform's code, by the stack.
    pub origin: Vec<String>,
}

/// Which calls are shown, by who made them.
#[derive(Debug, Default)]
pub struct MadeBy {
    entry: Terms,
    caller: Terms,
    from: Terms,
    origin: Terms,
}

/// Whether a call is one that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Yes,
    No,
    /// Not known.
    Maybe,
}

/// They apply from left to right; if the first one says what is not wanted, everything else is.
#[derive(Debug, Default)]
struct Terms(Vec<(bool, Term)>);

#[derive(Debug)]
enum Term {
    Entry(Entry),
    Class(Class),
    /// Matches the module's path, or the name of memory.
    Name(Regex),
}

impl MadeBy {
    /// What the words mean; the error names the option.
    pub fn new(asked: &Asked) -> Result<Self, String> {
        Ok(Self {
            entry: terms("--entry", &asked.entry, |word| {
                let words = Entry::ALL.map(|entry| (entry.word(), Term::Entry(entry)));
                named(word, words, "an entry")
            })?,
            caller: terms("--caller", &asked.caller, place)?,
            from: terms("--from", &asked.from, place)?,
            origin: terms("--origin", &asked.origin, place)?,
        })
    }

    /// Whether every call is shown.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        let all = [&self.entry, &self.caller, &self.from, &self.origin];
        all.iter().all(|terms| terms.0.is_empty())
    }

    /// Whether a call is shown.
    #[must_use]
    pub fn shows(&self, caller: &Caller) -> bool {
        if self.is_everything() {
            return true;
        }
        let from = match (&caller.from, caller.entry) {
            // Nobody asked the link register of an inline call; of others it said nothing.
            (None, Entry::Inline) => self.from.nowhere(),
            (None, _) => self.from.unknown(),
            (Some(from), _) => self.from.of_place(from),
        };
        let entry = self.entry.of_entry(caller.entry, &caller.place);
        let origin = match (self.of_own(&caller.place), &caller.stack) {
            (Some(verdict), _) => verdict,
            (None, Some(stack)) if stack.is_platforms() => self.origin.nowhere(),
            (None, stack) => match stack.as_ref().and_then(Stack::origin) {
                Some(place) => self.origin.of_place(place),
                None => self.origin.unknown(),
            },
        };
        ![self.caller.of_place(&caller.place), entry, from, origin].contains(&Verdict::No)
    }

    /// Whether no call that is made from such a place is ever shown.
    #[must_use]
    pub fn never_shows(&self, place: &Place) -> bool {
        let entry = self.entry.of_entry(Entry::Unknown, place);
        let origin = self.of_own(place).unwrap_or(Verdict::Maybe);
        let all = [self.caller.of_place(place), entry, origin];
        place.class != Class::Unknown && all.contains(&Verdict::No)
    }

    /// What is not the platform's is the origin of its calls itself, whatever is known of the stack.
    fn of_own(&self, place: &Place) -> Option<Verdict> {
        let is_own = place.class != Class::Unknown && !place.class.is_platform();
        is_own.then(|| self.origin.of_place(place))
    }
}

impl Terms {
    fn verdict(&self, mut matches: impl FnMut(&Term) -> bool) -> Verdict {
        let mut wanted = self.0.first().is_none_or(|(not, _)| *not);
        for (not, term) in &self.0 {
            if matches(term) {
                wanted = !not;
            }
        }
        if wanted { Verdict::Yes } else { Verdict::No }
    }

    /// Of nothing.
    fn nowhere(&self) -> Verdict {
        self.verdict(|_| false)
    }

    /// Of a place that is not known.
    fn unknown(&self) -> Verdict {
        let is_named = |term: &Term| {
            matches!(
                term,
                Term::Class(Class::Unknown) | Term::Entry(Entry::Unknown)
            )
        };
        if self.0.iter().any(|(_, term)| is_named(term)) {
            self.verdict(is_named)
        } else {
            Verdict::Maybe
        }
    }

    fn of_place(&self, place: &Place) -> Verdict {
        if place.class == Class::Unknown {
            return self.unknown();
        }
        let module = place.module.as_deref().map(|module| module.module.as_str());
        let name = module.or(place.name.as_deref()).unwrap_or_default();
        self.verdict(|term| match term {
            Term::Class(class) => *class == place.class,
            Term::Name(regex) => regex.is_match(name),
            Term::Entry(_) => false,
        })
    }

    /// Of an entry; of one that is not known, whether one of those that it can be is wanted.
    fn of_entry(&self, entry: Entry, place: &Place) -> Verdict {
        let of = |entry| self.verdict(|term| matches!(term, Term::Entry(other) if *other == entry));
        if entry != Entry::Unknown {
            return of(entry);
        }
        if let known @ (Verdict::Yes | Verdict::No) = self.unknown() {
            return known;
        }
        let possible: &[Entry] = match place.class {
            Class::Unknown => &Entry::ALL,
            // Whoever wrote there may have written an instruction of its own.
            _ if place.altered => &Entry::ALL,
            class if class.is_platform() => &[Entry::Stub, Entry::Syscall, Entry::Gadget],
            _ => &[Entry::Inline],
        };
        if possible.iter().all(|&entry| of(entry) == Verdict::No) {
            Verdict::No
        } else {
            Verdict::Maybe
        }
    }
}

fn terms(
    option: &str,
    words: &[String],
    term: impl Fn(&str) -> Result<Term, String>,
) -> Result<Terms, String> {
    let parse = |word: &String| {
        let (not, word) = match word.strip_prefix('!') {
            Some(word) => (true, word),
            None => (false, word.as_str()),
        };
        term(word)
            .map(|term| (not, term))
            .map_err(|error| format!("{option}: {error}"))
    };
    words.iter().map(parse).collect::<Result<_, _>>().map(Terms)
}

/// A class, or an expression between slashes.
fn place(word: &str) -> Result<Term, String> {
    if let Some(rest) = word.strip_prefix('/') {
        let regex = rest.strip_suffix('/').filter(|regex| !regex.is_empty());
        let regex = regex.ok_or_else(|| format!("{word:?} is no /expression/"))?;
        return Regex::new(regex)
            .map(Term::Name)
            .map_err(|error| format!("{word:?}: {error}"));
    }
    let words = Class::ALL.map(|class| (class.word(), Term::Class(class)));
    named(
        word,
        words,
        "a class of callers; for a library, write /NAME/",
    )
}

fn named<const N: usize>(
    word: &str,
    words: [(&'static str, Term); N],
    what: &str,
) -> Result<Term, String> {
    let all = words.each_ref().map(|(name, _)| *name);
    let found = words.into_iter().find(|(name, _)| *name == word);
    found.map(|(_, term)| term).ok_or_else(|| {
        let near = all
            .iter()
            .min_by_key(|name| strsim::damerau_levenshtein(name, word))
            .filter(|name| strsim::damerau_levenshtein(name, word) <= 2);
        let hint = near.map_or_else(String::new, |name| format!("; did you mean {name}?"));
        format!("{word:?} is not {what}{hint} ({})", all.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(entry: &[&str], caller: &[&str], from: &[&str]) -> MadeBy {
        let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        let asked = Asked {
            entry: owned(entry),
            caller: owned(caller),
            from: owned(from),
            ..Asked::default()
        };
        MadeBy::new(&asked).unwrap()
    }

    fn call(class: Class, entry: Entry, from: Option<Class>) -> Caller {
        let place = |class| Place {
            class,
            name: Some("code".into()),
            ..Place::default()
        };
        Caller {
            place: place(class),
            entry,
            from: from.map(place),
            ..Caller::default()
        }
    }

    #[test]
    fn what_may_have_been_asked_for_is_shown() {
        let stub = call(Class::Libc, Entry::Stub, Some(Class::App));
        let odd = call(Class::Libc, Entry::Unknown, None);
        let inline = call(Class::App, Entry::Inline, None);
        let anon = call(Class::Anon, Entry::Inline, None);
        let unknown = call(Class::Unknown, Entry::Unknown, None);
        let mut altered = odd.clone();
        altered.place.altered = true;
        assert!(asked(&["inline"], &[], &[]).shows(&altered));
        // Of each filter, which of these five it shows.
        let cases: [(MadeBy, [bool; 5]); 11] = [
            (asked(&[], &[], &[]), [true; 5]),
            (
                asked(&["inline"], &[], &[]),
                [false, false, true, true, true],
            ),
            (
                asked(&["gadget"], &[], &[]),
                [false, true, false, false, true],
            ),
            (asked(&["!stub"], &[], &[]), [false, true, true, true, true]),
            (
                asked(&["!unknown"], &[], &[]),
                [true, false, true, true, false],
            ),
            (asked(&[], &["app"], &[]), [false, false, true, false, true]),
            (
                asked(&[], &["!libc"], &[]),
                [false, false, true, true, true],
            ),
            (
                asked(&[], &["!libc", "!unknown"], &[]),
                [false, false, true, true, false],
            ),
            (
                asked(&[], &["/^code$/", "!app"], &[]),
                [true, true, false, true, true],
            ),
            (asked(&[], &[], &["app"]), [true, true, false, false, true]),
            (
                asked(&["inline"], &["anon"], &[]),
                [false, false, false, true, true],
            ),
        ];
        for (filter, shown) in cases {
            let found = [&stub, &odd, &inline, &anon, &unknown].map(|call| filter.shows(call));
            assert_eq!(found, shown, "{filter:?}");
        }
    }

    #[test]
    fn an_origin_is_the_first_that_is_not_the_platforms() {
        let by = |word: &str| {
            let asked = Asked {
                origin: vec![word.to_owned()],
                ..Asked::default()
            };
            MadeBy::new(&asked).unwrap()
        };
        let stack = |classes: &[Class]| {
            let places = classes
                .iter()
                .map(|&class| call(class, Entry::Unknown, None).place);
            Caller {
                stack: Some(Stack::of(places.collect())),
                ..call(classes[0], Entry::Stub, None)
            }
        };
        let deep = stack(&[Class::Libc, Class::Libc, Class::App, Class::Anon]);
        let platforms = stack(&[Class::Libc, Class::System]);
        let own = call(Class::Anon, Entry::Inline, None);
        let unseen = call(Class::Libc, Entry::Stub, None);
        let cases = [
            ("app", [true, false, false, true]),
            ("!app", [false, true, true, true]),
            ("anon", [false, false, true, true]),
            ("!anon", [true, true, false, true]),
            ("unknown", [false, false, false, true]),
            ("!unknown", [true, true, true, false]),
        ];
        for (word, shown) in cases {
            let found = [&deep, &platforms, &own, &unseen].map(|call| by(word).shows(call));
            assert_eq!(found, shown, "{word}");
        }
        assert!(by("app").never_shows(&own.place));
        assert!(!by("app").never_shows(&unseen.place));
        assert!(!by("app").is_everything());
    }

    #[test]
    fn a_place_that_no_call_is_shown_from() {
        let inline = asked(&["inline"], &[], &[]);
        let place = |class| call(class, Entry::Unknown, None).place;
        assert!(inline.never_shows(&place(Class::Libc)));
        assert!(!inline.never_shows(&place(Class::App)));
        assert!(!inline.never_shows(&place(Class::Unknown)));
        let from = asked(&[], &[], &["app"]);
        assert!(!from.never_shows(&place(Class::Libc)));
        let other = asked(&[], &["!libc"], &[]);
        assert!(other.never_shows(&place(Class::Libc)));
    }

    #[test]
    fn a_wrong_word_is_told_with_the_nearest() {
        let entry = |word: &str| {
            MadeBy::new(&Asked {
                entry: vec![word.to_owned()],
                ..Asked::default()
            })
        };
        let error = entry("inlin").unwrap_err();
        assert!(error.starts_with("--entry: \"inlin\" is not an entry; did you mean inline?"));
        let caller = Asked {
            caller: vec!["libguard.so".to_owned()],
            ..Asked::default()
        };
        let error = MadeBy::new(&caller).unwrap_err();
        assert!(error.contains("for a library, write /NAME/"), "{error}");
    }
}
