//! Whose a process is: which package's, by its user ID, by who made it, and by its name.
//!
//! A user ID of one package says it. Where several packages share one, and of isolated processes, which have user IDs that
//! no list tells of, the app zygote that made the process says it, else the first word of its command line: the platform
//! names processes `PACKAGE` or `PACKAGE:ANYTHING`. (SELinux's categories tell the user, not the app.)

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use kprobe_common::family::{FIRST_APP, FIRST_ISOLATED, PER_USER};

use crate::event::Kind;

/// The first user ID of an app's SDK sandbox, within a user: so much more than the app's.
/// <https://android.googlesource.com/platform/system/core/+/main/libcutils/include/private/android_filesystem_config.h>
const FIRST_SANDBOX: u32 = 20_000;
const PAST_SANDBOX: u32 = 30_000;
/// How an app zygote is called: as a process of its app, then this. It has its app's user ID; what it makes is isolated.
/// <https://android.googlesource.com/platform/frameworks/base/+/main/core/java/android/os/AppZygote.java>
const APP_ZYGOTE: &str = "_zygote";
/// How an SDK sandbox is called: as a process of its app, then this.
const SANDBOX: &str = "_sdk_sandbox";
/// What processes are called that have no name of their own yet: as the zygote that made them, or not at all.
const NO_NAMES: [&str; 6] = [
    "",
    "zygote",
    "zygote64",
    "usap32",
    "usap64",
    "webview_zygote",
];

/// What `packages.list` says.
#[derive(Debug, Default)]
pub struct Packages {
    by_id: BTreeMap<u32, Vec<String>>,
    names: BTreeSet<Rc<str>>,
}

/// Whose a process is, as far as that can ever be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whose {
    /// What kind of process it is.
    pub kind: Kind,
    /// The package; `None` where it cannot be said.
    pub package: Option<Rc<str>>,
}

/// The user ID of an app's SDK sandbox, within a user; `None` if the user ID is no app's.
#[must_use]
pub fn sandbox(id: u32) -> Option<u32> {
    (FIRST_APP..FIRST_SANDBOX)
        .contains(&id)
        .then(|| id - FIRST_APP + FIRST_SANDBOX)
}

impl Packages {
    /// Of packages by user ID, within a user.
    #[must_use]
    pub fn new(by_id: BTreeMap<u32, Vec<String>>) -> Self {
        let names = by_id.values().flatten().map(|name| name.as_str().into());
        Self {
            names: names.collect(),
            by_id,
        }
    }

    /// The packages that have a user ID. The list has the first Android user's; an app has the same number within each,
    /// its SDK sandbox another.
    #[must_use]
    pub fn of_uid(&self, uid: u32) -> &[String] {
        let id = match uid % PER_USER {
            id @ FIRST_SANDBOX..PAST_SANDBOX => id - FIRST_SANDBOX + FIRST_APP,
            id => id,
        };
        self.by_id.get(&id).map_or(&[], Vec::as_slice)
    }

    /// Whose a process is; `None`: its name does not say yet. `maker` is the process that made it.
    #[must_use]
    pub fn whose(&self, uid: u32, name: &str, maker: Option<&Whose>) -> Option<Whose> {
        let kind = kind(uid);
        if kind == Kind::Isolated {
            return self.whose_isolated(name, maker);
        }
        let package = match self.of_uid(uid) {
            [] => None,
            // Below the apps' user IDs are those of programs that no package has.
            [package] if kind != Kind::Other => self.names.get(package.as_str()).cloned(),
            packages => {
                if NO_NAMES.contains(&name) {
                    return None;
                }
                let package = self.named(name);
                package.filter(|package| packages.iter().any(|other| **other == **package))
            }
        };
        let kind = match kind {
            Kind::App if name.ends_with(APP_ZYGOTE) => Kind::AppZygote,
            kind => kind,
        };
        Some(Whose { kind, package })
    }

    fn whose_isolated(&self, name: &str, maker: Option<&Whose>) -> Option<Whose> {
        if let Some(zygote) = maker.filter(|maker| maker.kind == Kind::AppZygote) {
            return Some(Whose {
                kind: Kind::Isolated,
                package: zygote.package.clone(),
            });
        }
        if NO_NAMES.contains(&name) {
            return None;
        }
        Some(Whose {
            kind: Kind::Isolated,
            package: self.named(name),
        })
    }

    /// The package that a process's name begins with.
    fn named(&self, name: &str) -> Option<Rc<str>> {
        let bare = [APP_ZYGOTE, SANDBOX]
            .iter()
            .find_map(|suffix| name.strip_suffix(suffix))
            .unwrap_or(name);
        [name, bare]
            .iter()
            .find_map(|name| self.names.get(name.split(':').next()?).cloned())
    }
}

/// What a user ID says of a process.
fn kind(uid: u32) -> Kind {
    match uid % PER_USER {
        FIRST_APP..FIRST_SANDBOX => Kind::App,
        FIRST_SANDBOX..PAST_SANDBOX => Kind::SdkSandbox,
        FIRST_ISOLATED.. => Kind::Isolated,
        _ => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packages() -> Packages {
        let list = [
            (1000, vec!["android", "com.android.settings"]),
            (1027, vec!["com.android.nfc"]),
            (10_050, vec!["com.shared.one", "com.shared.two"]),
            (10_120, vec!["com.google.android.webview"]),
            (10_123, vec!["com.example.app"]),
        ];
        let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
        Packages::new(list.map(|(id, names)| (id, owned(names))).into())
    }

    #[test]
    fn who_a_process_is_of() {
        use Kind::{App, AppZygote, Isolated, Other, SdkSandbox};
        let cases = [
            (10_123, "zygote64", Some((App, Some("com.example.app")))),
            (10_123, "anything", Some((App, Some("com.example.app")))),
            (1_010_123, "", Some((App, Some("com.example.app")))),
            (
                20_123,
                "x_sdk_sandbox",
                Some((SdkSandbox, Some("com.example.app"))),
            ),
            (10_124, "com.example.app", Some((App, None))),
            (10_050, "zygote64", None),
            (
                10_050,
                "com.shared.two:push",
                Some((App, Some("com.shared.two"))),
            ),
            (10_050, "com.example.app", Some((App, None))),
            (
                20_050,
                "com.shared.one_sdk_sandbox",
                Some((SdkSandbox, Some("com.shared.one"))),
            ),
            (99_001, "usap64", None),
            (
                99_001,
                "com.example.app:sandboxed",
                Some((Isolated, Some("com.example.app"))),
            ),
            (
                1_099_002,
                "com.google.android.webview:sandboxed_process0:org.chromium.Service0:0",
                Some((Isolated, Some("com.google.android.webview"))),
            ),
            (99_003, "com.not.installed:x", Some((Isolated, None))),
            (
                10_123,
                "com.example.app_zygote",
                Some((AppZygote, Some("com.example.app"))),
            ),
            (
                10_050,
                "com.shared.two:a_zygote",
                Some((AppZygote, Some("com.shared.two"))),
            ),
            (90_000, "com.gone:x", Some((Isolated, None))),
            (1000, "system_server", Some((Other, None))),
            (
                1000,
                "com.android.settings",
                Some((Other, Some("com.android.settings"))),
            ),
            (1027, "nfcd", Some((Other, None))),
            (0, "zygote64", Some((Other, None))),
        ];
        let packages = packages();
        for (uid, name, wanted) in cases {
            let whose = packages.whose(uid, name, None);
            let found = whose
                .as_ref()
                .map(|whose| (whose.kind, whose.package.as_deref()));
            assert_eq!(found, wanted, "{uid} {name}");
        }
    }

    #[test]
    fn what_an_app_zygote_makes_is_its_apps_whatever_it_is_called() {
        let packages = packages();
        let zygote = packages.whose(10_123, "com.example.app_zygote", None);
        let child = packages.whose(90_001, "com.shared.one:x", zygote.as_ref());
        let child = child.unwrap();
        assert_eq!(
            (child.kind, child.package.as_deref()),
            (Kind::Isolated, Some("com.example.app"))
        );
        let other = packages.whose(99_000, "com.shared.one:x", Some(&child));
        assert_eq!(other.unwrap().package.as_deref(), Some("com.shared.one"));
    }
}
