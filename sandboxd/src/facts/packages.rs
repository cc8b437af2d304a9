//! The list of installed packages, as the platform writes it, and when it does.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::Path;

use inotify::{Inotify, WatchMask};

/// Where Android keeps the list of installed packages.
pub const PACKAGES: &str = "/data/system/packages.list";

/// One reading of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackageList {
    /// Packages by user ID, within a user.
    pub by_uid: BTreeMap<u32, Vec<String>>,
    /// Lines that are not as the platform writes them: number and text.
    pub bad: Vec<(usize, String)>,
    /// The last line has no end: somebody is writing it, and not as the platform does, which renames a file that is whole.
    pub is_partial: bool,
}

impl PackageList {
    /// Reads the list.
    pub fn read(path: &Path) -> io::Result<Self> {
        let bytes = fs::read(path)?;
        Ok(Self::parse(&String::from_utf8_lossy(&bytes)))
    }

    /// `name uid debuggable dataDir seinfo gids [profileable [versionCode …]]`, a line for each package.
    /// <https://android.googlesource.com/platform/system/core/+/main/libpackagelistparser/packagelistparser.cpp>
    fn parse(list: &str) -> Self {
        let mut found = Self {
            is_partial: !list.is_empty() && !list.ends_with('\n'),
            ..Self::default()
        };
        for (at, line) in list.lines().enumerate() {
            match package(line) {
                Some((name, uid)) => found.by_uid.entry(uid).or_default().push(name.to_owned()),
                None if line.is_empty() => {}
                None => found.bad.push((at + 1, line.to_owned())),
            }
        }
        found
    }

    /// Whether it is a whole list, so that what is not in it is not installed.
    #[must_use]
    pub fn is_good(&self) -> bool {
        !self.is_partial && !self.by_uid.is_empty()
    }
}

fn package(line: &str) -> Option<(&str, u32)> {
    let mut fields = line.split(' ');
    let (name, uid) = (fields.next()?, fields.next()?.parse().ok()?);
    let debuggable = fields.next()?;
    let rest = fields.clone().count();
    let is_name = !name.is_empty() && !name.contains('/');
    (is_name && matches!(debuggable, "0" | "1") && rest >= 3).then_some((name, uid))
}

/// Watches for the list being written anew: its directory, since the platform renames another file to it.
pub fn watch_packages(path: &Path) -> io::Result<Inotify> {
    let directory = path.parent().unwrap_or(Path::new("/"));
    let inotify = Inotify::init()?;
    let mask = WatchMask::MOVED_TO | WatchMask::CLOSE_WRITE | WatchMask::DELETE;
    inotify.watches().add(directory, mask)?;
    Ok(inotify)
}

/// Whether something happened to the file of that name since somebody asked.
pub fn has_changed(inotify: &mut Inotify, path: &Path) -> bool {
    let mut buffer = [0; 4096];
    let mut changed = false;
    while let Ok(events) = inotify.read_events(&mut buffer) {
        let mut any = false;
        for event in events {
            any = true;
            // Without a name: there were too many to tell of.
            changed |= event
                .name
                .is_none_or(|name: &OsStr| Some(name) == path.file_name());
        }
        if !any {
            break;
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_user_ids_list_all_their_packages() {
        let list = "com.a 10001 0 /data/a default none 0 1\ncom.b 10001 0 /data/b default none\n";
        let list = PackageList::parse(list);
        assert_eq!(list.by_uid.len(), 1);
        assert_eq!(list.by_uid[&10001], ["com.a", "com.b"]);
        assert!(list.is_good() && list.bad.is_empty());
    }

    #[test]
    fn what_is_no_package_is_named_and_the_rest_is_used() {
        let list = "com.a 10001 0 /data/a default none\nrubbish\ncom.b uid 0 /data/b default none\n\
            com.c 10003 x /data/c default none\n\ncom.d 10004 1 /data/d default 3003,1065 0 12\nhalf 10002";
        let list = PackageList::parse(list);
        let good: Vec<_> = list.by_uid.keys().copied().collect();
        assert_eq!(good, [10001, 10004]);
        let bad: Vec<_> = list.bad.iter().map(|(at, _)| *at).collect();
        assert_eq!(bad, [2, 3, 4, 7]);
        assert!(list.is_partial && !list.is_good());
        assert!(!PackageList::parse("").is_good());
    }
}
