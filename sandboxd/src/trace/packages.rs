//! Packages that are watched: which user IDs they have, now and after the list of packages changes; who makes their
//! processes; and which of these are there already.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use inotify::Inotify;
use kprobe_common::family::{FIRST_ISOLATED, PER_USER, WEBVIEW_ZYGOTE};
use kprobe_common::thread::flag;
use regex_lite::Regex;

use super::TraceError;
use super::run::Run;
use crate::facts::{self, PACKAGES, PackageList, Running};
use crate::input::Fact;
use crate::probe::ProbeError;
use crate::world::Verdict;
use crate::world::identity::sandbox;
use crate::{cli, glob};

/// Names that are offered for one that is not installed, and how like they must be.
const NEAREST: usize = 3;
const LIKE: f64 = 0.75;
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
    ids: BTreeSet<u32>,
    zygotes: Vec<u32>,
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
        packages.check(&packages.asked)?;
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
        self.check(&new)?;
        self.asked = asked;
        Ok(())
    }

    /// Whether packages were asked for.
    pub(super) fn is_asked(&self) -> bool {
        !self.asked.is_empty()
    }

    fn check(&self, asked: &[(String, Regex)]) -> Result<(), TraceError> {
        for (name, pattern) in asked {
            if self.names().any(|other| pattern.is_match(other)) {
                continue;
            }
            if self.wait {
                tracing::info!("{name} is not installed yet: waiting for it");
                continue;
            }
            return Err(TraceError::Usage(self.missing(name)));
        }
        Ok(())
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.list.by_uid.values().flatten().map(String::as_str)
    }

    fn missing(&self, name: &str) -> String {
        if self.list.by_uid.is_empty() {
            return format!("-n: {PACKAGES} lists no package; --wait waits for {name}");
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
        format!("-n: no package {name} is installed; {hint} (--wait waits for it)")
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

    /// Watched from now on: these user IDs, and no others.
    pub(super) fn keep_ids(&mut self, ids: &BTreeSet<u32>) {
        self.ids.clone_from(ids);
    }

    /// What was asked for and is not installed.
    fn missing_ones(&self) -> BTreeSet<String> {
        let is_there = |pattern: &Regex| self.names().any(|other| pattern.is_match(other));
        let missing = self.asked.iter().filter(|(_, pattern)| !is_there(pattern));
        missing.map(|(name, _)| name.clone()).collect()
    }

    /// Says what was installed, and what is gone.
    fn say_news(&self, before: &BTreeSet<String>) {
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

    fn has_user(&self, uid: u32) -> bool {
        self.users.is_empty() || self.users.contains(&(uid / PER_USER))
    }

    /// Takes the list as it is now. Returns whether it is another one.
    fn renew(&mut self) -> bool {
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

fn patterns(names: &[String]) -> Result<Vec<(String, Regex)>, TraceError> {
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

impl Run {
    /// Before the probes are live: tells the kernel half of user IDs and zygotes, and meets what runs already. Returns
    /// whether something of what was asked for does.
    pub(super) fn meet(&mut self) -> Result<bool, ProbeError> {
        self.take(&self.packages.fact());
        if !self.packages.is_asked() {
            return Ok(false);
        }
        let ids = self.packages.asked_ids();
        self.packages.keep_ids(&ids);
        self.loaded.family.set_apps(ids.iter().copied());
        self.meet_makers()?;
        let runs = self.meet_processes(&ids, None)?;
        self.forget_verdicts();
        let boot_ns = facts::boot_ns();
        self.take(&Fact::Live { boot_ns });
        Ok(runs)
    }

    /// Finds the zygotes: what they make from now on is told.
    pub(super) fn meet_makers(&mut self) -> Result<(), ProbeError> {
        for process in facts::processes() {
            self.add_zygote(process.pid)?;
        }
        let pids = self.packages.zygotes.clone();
        self.take(&Fact::Zygotes { pids });
        Ok(())
    }

    /// Meets what runs of these user IDs, or, where others were met before, of the new ones among them. Returns whether
    /// something of what was asked for does.
    pub(super) fn meet_processes(
        &mut self,
        ids: &BTreeSet<u32>,
        new: Option<&BTreeSet<u32>>,
    ) -> Result<bool, ProbeError> {
        let mut runs = false;
        for process in &facts::processes() {
            let id = process.uid % PER_USER;
            let was_met = new.is_some_and(|new| ids.contains(&id) && !new.contains(&id));
            if was_met {
                continue;
            }
            let verdict = self.meet_process(process, ids)?;
            if new.is_some() && verdict != Verdict::Hidden {
                self.loaded.family.take_back(process.pid);
            }
            runs |= verdict == Verdict::Shown;
        }
        Ok(runs)
    }

    /// Looks a process up that may be a target or may make some, and says what is known of whether it is one.
    fn meet_process(
        &mut self,
        process: &Running,
        ids: &BTreeSet<u32>,
    ) -> Result<Verdict, ProbeError> {
        let (pid, id) = (process.pid, process.uid % PER_USER);
        let zygotes = &self.packages.zygotes;
        let is_zygote = zygotes.contains(&pid);
        let is_born = !is_zygote && zygotes.contains(&process.ppid);
        let waits = is_born && (process.uid == 0 || process.uid == WEBVIEW_ZYGOTE);
        let is_app = ids.contains(&id);
        let may_be = (is_app || id >= FIRST_ISOLATED) && self.packages.has_user(process.uid);
        if !is_zygote && !waits && !may_be {
            return Ok(Verdict::Hidden);
        }
        let files = !is_zygote && self.follows_files();
        self.take(&facts::process(
            pid,
            pid,
            process.uid,
            facts::boot_ns(),
            files,
        ));
        let verdict = self.verdict(pid);
        if waits {
            if let Some(line) = facts::command_line(pid) {
                self.loaded.add_candidate(pid, line)?;
            }
        } else if verdict == Verdict::Hidden && is_app {
            self.loaded.family.say_other(pid);
        } else if verdict != Verdict::Hidden && id >= FIRST_ISOLATED {
            self.follow(pid)?;
        }
        Ok(verdict)
    }

    /// Watches a process by its number, since its user ID says nothing.
    fn follow(&mut self, pid: u32) -> Result<(), ProbeError> {
        self.loaded.add_process(pid, flag::INHERITED)?;
        for tid in facts::threads(pid).unwrap_or_default() {
            self.loaded.add_thread(tid, flag::INHERITED)?;
        }
        Ok(())
    }

    /// Adds a process to the zygotes, if it is one.
    fn add_zygote(&mut self, pid: u32) -> Result<(), ProbeError> {
        if let Some(line) = facts::zygote(pid) {
            self.loaded.add_zygote(pid, line)?;
            // Those that are no more have left their numbers to others.
            self.packages
                .zygotes
                .retain(|&other| other != pid && facts::zygote(other).is_some());
            self.packages.zygotes.push(pid);
        }
        Ok(())
    }

    /// A program is about to be loaded: a zygote is started anew when it has ended. (The only `bpf(2)` while the probes are
    /// live, and no app runs then: they end with their zygote.)
    pub(super) fn may_be_zygote(&mut self, pid: u32) {
        let before = self.packages.zygotes.len();
        if let Err(error) = self.add_zygote(pid) {
            tracing::warn!("cannot watch the zygote {pid}: {error}");
        }
        if self.packages.zygotes.len() > before {
            let pids = self.packages.zygotes.clone();
            self.take(&Fact::Zygotes { pids });
        }
    }

    /// The list of packages was written anew.
    pub(super) fn renew_packages(&mut self) {
        let watch = self.packages.watch.as_mut();
        let changed = watch.is_some_and(|watch| facts::has_changed(watch, Path::new(PACKAGES)));
        if !changed {
            return;
        }
        let before = self.packages.missing_ones();
        if !self.packages.renew() {
            return;
        }
        self.packages.say_news(&before);
        let new: BTreeSet<u32> = &self.packages.asked_ids() - &self.packages.ids;
        self.packages.ids.extend(&new);
        self.loaded
            .family
            .set_apps(self.packages.ids.iter().copied());
        self.take(&self.packages.fact());
        if let Err(error) = self.meet_new(&new) {
            tracing::warn!("cannot watch what runs already: {error}");
        }
    }

    /// Meets what runs of packages that were not in the list before: nobody wanted it then.
    fn meet_new(&mut self, new: &BTreeSet<u32>) -> Result<(), ProbeError> {
        if new.is_empty() {
            return Ok(());
        }
        for process in facts::processes() {
            if new.contains(&(process.uid % PER_USER)) {
                let verdict = self.meet_process(&process, new)?;
                if verdict != Verdict::Hidden {
                    self.loaded.family.take_back(process.pid);
                }
            }
        }
        Ok(())
    }
}
