//! Packages that are watched: which user IDs they have, now and after the list of packages changes. Who makes their processes
//! and which of these are there already is left to `meeting`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use inotify::Inotify;
use kprobe_common::family::PER_USER;
use regex_lite::Regex;

use super::TraceError;
use crate::facts::{self, PACKAGES, PackageList};
use crate::input::Fact;
use crate::world::identity::sandbox;
use crate::{cli, glob};

/// Names that are offered for one that is not installed, and how like they must be.
const NEAREST: usize = 3;
const LIKE: f64 = 0.75;
/// How what is not installed can be waited for: by a run that begins, and by a daemon that runs.
const WAIT: &str = "--wait waits for it";
const WAIT_LATER: &str = "with `wait = true` in its file the daemon waits for it";
/// Bad lines of the list that are shown.
const MOST_SHOWN: usize = 3;

/// What was asked for, and what of it is installed.
#[derive(Debug)]
pub(super) struct Packages {
    asked: Vec<(String, Regex)>,
    users: Vec<u32>,
    /// The last good version of the list.
    list: PackageList,
    /// User IDs, within an Android user, that were watched so far: what runs goes on when its package is gone.
    pub(super) ids: BTreeSet<u32>,
    pub(super) zygotes: Vec<u32>,
    /// Whether packages may be asked for that are not installed.
    wait: bool,
    /// Whether the list is told of when it is written anew.
    pub(super) watch: Option<Inotify>,
}

impl Packages {
    /// Reads the list. What is not installed is an error, unless it is waited for.
    /// `changing`: others may be asked for later.
    pub(super) fn new(options: &cli::Trace, changing: bool) -> Result<Self, TraceError> {
        let path = Path::new(PACKAGES);
        let asked = patterns(&options.packages)?;
        // Before it is read: what is written after that is told of.
        let watch = if options.packages.is_empty() && !changing {
            None
        } else {
            watched(path)
        };
        let mut packages = Self {
            asked,
            users: options.users.clone(),
            list: PackageList::default(),
            ids: BTreeSet::new(),
            zygotes: Vec::new(),
            wait: options.wait,
            watch,
        };
        match PackageList::read(path) {
            Ok(list) => {
                say_bad(&list);
                packages.list = list;
            }
            Err(error) if packages.is_asked() && !options.wait => {
                return Err(TraceError::Usage(format!(
                    "-n: cannot read {PACKAGES} ({error}), which says which user ID a package has; name a user ID (-u), or \
                     wait for it (--wait)"
                )));
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !packages.is_asked() => {}
            Err(error) => tracing::warn!("cannot read {PACKAGES}: {error}; lines carry no package"),
        }
        packages.check(&packages.asked, WAIT)?;
        Ok(packages)
    }

    /// Others are asked for. What is not installed is an error, unless it is waited for or was asked for before; then
    /// nothing has changed.
    pub(super) fn ask(&mut self, names: &[String]) -> Result<(), TraceError> {
        let asked = patterns(names)?;
        let is_old = |name: &String| self.asked.iter().any(|(other, _)| other == name);
        let new: Vec<_> = asked
            .iter()
            .filter(|(name, _)| !is_old(name))
            .cloned()
            .collect();
        self.check(&new, WAIT_LATER)?;
        self.asked = asked;
        Ok(())
    }

    /// Whether packages were asked for.
    pub(super) fn is_asked(&self) -> bool {
        !self.asked.is_empty()
    }

    /// Fails if one of them is not installed and not waited for; `how` that can be done.
    fn check(&self, asked: &[(String, Regex)], how: &str) -> Result<(), TraceError> {
        for (name, pattern) in asked {
            if self.names().any(|other| pattern.is_match(other)) {
                continue;
            }
            if self.wait {
                tracing::info!("{name} is not installed yet: waiting for it");
                continue;
            }
            return Err(TraceError::Usage(self.missing(name, how)));
        }
        Ok(())
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.list.by_uid.values().flatten().map(String::as_str)
    }

    fn missing(&self, name: &str, how: &str) -> String {
        if self.list.by_uid.is_empty() {
            return format!("-n: {PACKAGES} lists no package, and so not {name} ({how})");
        }
        let mut near: Vec<(f64, &str)> = self
            .names()
            .map(|other| (strsim::jaro_winkler(name, other), other))
            .filter(|(like, _)| *like >= LIKE)
            .collect();
        near.sort_by(|one, other| other.0.total_cmp(&one.0));
        let near: Vec<&str> = near.iter().take(NEAREST).map(|(_, name)| *name).collect();
        let hint = if near.is_empty() {
            "`pm list packages` shows what is".to_owned()
        } else {
            format!("did you mean {}?", near.join(", "))
        };
        format!("-n: no package {name} is installed; {hint} ({how})")
    }

    /// The user IDs, within an Android user, of what was asked for.
    pub(super) fn asked_ids(&self) -> BTreeSet<u32> {
        let is_asked = |name: &String| {
            let mut asked = self.asked.iter();
            asked.any(|(_, pattern)| pattern.is_match(name))
        };
        let listed = self.list.by_uid.iter();
        let ids = listed.filter(|(_, names)| names.iter().any(is_asked));
        ids.flat_map(|(&id, _)| std::iter::once(id).chain(sandbox(id)))
            .collect()
    }

    /// The user IDs to be watched from now on: of what is asked for, and of what was and is not installed any more, since
    /// what runs of it goes on. `before` are those of what was asked for before.
    pub(super) fn ids_after(&self, before: &BTreeSet<u32>) -> BTreeSet<u32> {
        let uninstalled = &self.ids - before;
        &self.asked_ids() | &uninstalled
    }

    /// The user IDs that are watched.
    pub(super) fn watched_ids(&self) -> &BTreeSet<u32> {
        &self.ids
    }

    /// Watched from now on: these user IDs, and no others.
    pub(super) fn keep_ids(&mut self, ids: &BTreeSet<u32>) {
        self.ids.clone_from(ids);
    }

    /// What was asked for and is not installed.
    pub(super) fn missing_ones(&self) -> BTreeSet<String> {
        let is_there = |pattern: &Regex| self.names().any(|other| pattern.is_match(other));
        let missing = self.asked.iter().filter(|(_, pattern)| !is_there(pattern));
        missing.map(|(name, _)| name.clone()).collect()
    }

    /// Says what was installed, and what is gone.
    pub(super) fn say_news(&self, before: &BTreeSet<String>) {
        let now = self.missing_ones();
        for name in before - &now {
            tracing::info!("{name} is installed now");
        }
        for name in &now - before {
            tracing::warn!("{name} is not installed any more: what runs of it is watched still");
        }
    }

    /// What the list says, for the fold.
    pub(super) fn fact(&self) -> Fact {
        let by_uid: BTreeMap<u32, Vec<String>> = self.list.by_uid.clone();
        Fact::Packages { by_uid }
    }

    pub(super) fn has_user(&self, uid: u32) -> bool {
        self.users.is_empty() || self.users.contains(&(uid / PER_USER))
    }

    /// Takes the list as it is now. Returns whether it is another one.
    pub(super) fn renew(&mut self) -> bool {
        match PackageList::read(Path::new(PACKAGES)) {
            Ok(list) if list.is_good() => {
                say_bad(&list);
                let is_new = list != self.list;
                self.list = list;
                is_new
            }
            Ok(list) => {
                let what = if list.by_uid.is_empty() {
                    "lists no package"
                } else {
                    "ends in the middle of a line"
                };
                tracing::warn!("{PACKAGES} {what} now: going by what it said before");
                false
            }
            Err(error) => {
                tracing::warn!(
                    "cannot read {PACKAGES} any more ({error}): going by what it said before"
                );
                false
            }
        }
    }
}

pub(super) fn patterns(names: &[String]) -> Result<Vec<(String, Regex)>, TraceError> {
    let pattern = |name: &String| match glob::pattern(name) {
        Ok(pattern) if !name.is_empty() => Ok((name.clone(), pattern)),
        Ok(_) => Err(TraceError::Usage("-n: a name is empty".to_owned())),
        Err(error) => Err(TraceError::Usage(format!("-n: {error}"))),
    };
    names.iter().map(pattern).collect()
}

fn watched(path: &Path) -> Option<Inotify> {
    let watch = facts::watch_packages(path);
    if let Err(error) = &watch {
        tracing::warn!(
            "cannot watch {PACKAGES} ({error}): packages installed from now on are not noticed"
        );
    }
    watch.ok()
}

fn say_bad(list: &PackageList) {
    if list.bad.is_empty() {
        return;
    }
    let shown: Vec<String> = list
        .bad
        .iter()
        .take(MOST_SHOWN)
        .map(|(at, line)| format!("{at}: {}", cli::shown(line.as_ref())))
        .collect();
    tracing::warn!(
        "{PACKAGES}: {} lines are not as Android writes them, and passed over: {}",
        list.bad.len(),
        shown.join("; ")
    );
}
