//! Which processes are shown: those of the packages that were asked for, once it is known whose they are.

use kprobe_common::family::{FIRST_APP, FIRST_ISOLATED, PER_USER};
use kprobe_common::record::Header;
use regex_lite::Regex;

use super::Process;
use super::identity::{Packages, Whose};
use crate::event::{Kind, Targets};
use crate::glob;

/// Whether what a process does is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    #[default]
    Shown,
    /// It is not: the process is another's.
    Hidden,
    /// It is not known yet.
    Held,
}

/// Who was asked for.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// Names of packages; without any, whatever the kernel half reports is shown.
    packages: Vec<Regex>,
    users: Vec<u32>,
    uids: Vec<u32>,
    all_apps: bool,
    pids: Vec<u32>,
    tids: Vec<u32>,
    /// Who is asked for changes: what the kernel half reports may be of those that were asked for before.
    changing: bool,
}

impl Wanted {
    /// A pattern that is none matches nothing: the command line was refused then.
    pub(super) fn new(targets: &Targets, changing: bool) -> Self {
        let patterns = targets.packages.iter();
        Self {
            packages: patterns
                .filter_map(|name| glob::pattern(name).ok())
                .collect(),
            users: targets.users.clone(),
            uids: targets.uids.clone(),
            all_apps: targets.all_apps,
            pids: targets.pids.clone(),
            tids: targets.tids.clone(),
            changing,
        }
    }

    /// Whether all that is reported is shown.
    pub(super) fn is_everything(&self) -> bool {
        self.packages.is_empty() && !self.changing
    }

    /// Whether no packages are asked for: nothing that is not known of a process can make it one that is.
    pub(super) fn nobody(&self) -> bool {
        self.packages.is_empty()
    }

    /// Whether the thread of a record, or its process, was named on the command line.
    pub(super) fn names(&self, header: &Header) -> bool {
        self.pids.contains(&header.tgid) || self.tids.contains(&header.tid)
    }

    fn has(&self, package: &str) -> bool {
        self.packages.iter().any(|name| name.is_match(package))
    }

    fn has_user(&self, uid: u32) -> bool {
        self.users.is_empty() || self.users.contains(&(uid / PER_USER))
    }

    /// What is known of whether a process is shown. `last`: no more will be known of it.
    pub(super) fn verdict(&self, process: &Process, packages: &Packages, last: bool) -> Verdict {
        if self.is_everything() || process.named || self.uids.contains(&process.uid) {
            return Verdict::Shown;
        }
        let has_user = self.has_user(process.uid);
        if self.all_apps && has_user && process.uid % PER_USER >= FIRST_APP {
            return Verdict::Shown;
        }
        let shown = match &process.whose {
            None if !last => return Verdict::Held,
            Some(Whose {
                package: Some(package),
                ..
            }) => self.has(package),
            // It may be any of those that share the user ID.
            _ => self.shares(process, packages),
        };
        if shown && has_user {
            Verdict::Shown
        } else {
            Verdict::Hidden
        }
    }

    /// Whether a process of which it is not known whose it is may be one that was asked for.
    pub(super) fn may_be(&self, process: &Process, packages: &Packages) -> bool {
        let waits = process.uid == process.born_uid || process.uid % PER_USER >= FIRST_ISOLATED;
        process.whose.is_none() && (waits || self.shares(process, packages))
    }

    /// Whether packages that were asked for share the user ID of an app's process.
    fn shares(&self, process: &Process, packages: &Packages) -> bool {
        let is_app = match &process.whose {
            None => true,
            Some(whose) => matches!(whose.kind, Kind::App | Kind::SdkSandbox),
        };
        let mut sharers = packages.of_uid(process.uid).iter();
        is_app && sharers.any(|package| self.has(package))
    }
}
