//! What a call's path says of it: `/places/VARIANT/SITE/CLASS/ENTRY/KEY=VALUE,…`, and behind a `;` the same of the link
//! register. The keys are `xtask/lab/places/say.h`'s.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};

/// What is expected of a call.
#[derive(Debug, PartialEq)]
pub(super) struct Expected {
    /// How the program was built and run.
    pub(super) variant: String,
    /// What it did.
    pub(super) site: String,
    /// `caller.entry`.
    pub(super) entry: String,
    /// Where the `svc` is.
    pub(super) svc: Spot,
    /// Where the link register leads; `None`: the line shall not say it.
    pub(super) from: Option<Spot>,
}

/// What is expected of a place.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Spot {
    pairs: BTreeMap<String, String>,
}

impl Expected {
    /// Of a path, or of a line that the program said.
    pub(super) fn parse(path: &str) -> Result<Self> {
        let parts: Vec<_> = path.splitn(7, '/').collect();
        let ["", "places", variant, site, class, entry, rest] = parts[..] else {
            anyhow::bail!("no expectation in {path:?}");
        };
        let (svc, from) = match rest.split_once(';') {
            Some((svc, from)) => (svc, Some(Spot::parse(from)?)),
            None => (rest, None),
        };
        let svc = Spot::parse(svc)?;
        ensure!(svc.text("class")? == class, "two classes in {path:?}");
        Ok(Self {
            variant: variant.into(),
            site: site.into(),
            entry: entry.into(),
            svc,
            from,
        })
    }
}

impl Spot {
    fn parse(text: &str) -> Result<Self> {
        let (text, file) = text.split_once(",file=").context("names no file")?;
        let mut pairs = BTreeMap::from([("file".to_owned(), file.to_owned())]);
        for pair in text.split(',') {
            let (key, value) = pair.split_once('=').with_context(|| format!("{pair:?}"))?;
            pairs.insert(key.into(), value.into());
        }
        Ok(Self { pairs })
    }

    /// The value of a key, if it is there.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.pairs.get(key).map(String::as_str)
    }

    /// The value of a key that is always there.
    pub(super) fn text(&self, key: &str) -> Result<&str> {
        self.get(key).with_context(|| format!("no {key}"))
    }

    /// A number, if it is there and one.
    pub(super) fn number(&self, key: &str) -> Option<u64> {
        u64::from_str_radix(self.get(key)?, 16).ok()
    }

    /// `lib` and `module` that a line shall have: the kernel's name of the mapping says it.
    pub(super) fn names(&self) -> (Option<String>, Option<String>) {
        let file = self.get("file").unwrap_or_default();
        let file = file.strip_suffix(" (deleted)").unwrap_or(file);
        let base = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
        match (file, self.get("inside")) {
            ("" | "[stack]" | "[heap]", _) => (None, None),
            ("[vdso]", _) => (Some(file.into()), Some(file.into())),
            (name, _) if name.starts_with("[anon:") => (Some(name.into()), None),
            (name, _) if name.starts_with("/memfd:") => {
                (Some(name[1..].into()), Some(name[1..].into()))
            }
            (archive, Some(entry)) => (Some(base(entry)), Some(format!("{archive}!/{entry}"))),
            (path, None) => (Some(base(path)), Some(path.into())),
        }
    }
}

/// Whether the call has no path to say it: then only the program does.
pub(super) fn has_no_path(said: &str) -> bool {
    said.split('/').nth(3) == Some("vdso")
}

/// Variant and site, for messages.
pub(super) fn title(path: &str) -> String {
    path.split('/')
        .skip(2)
        .take(2)
        .collect::<Vec<_>>()
        .join("/")
}
