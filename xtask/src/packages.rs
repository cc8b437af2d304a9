//! Generates a `packages.list` of 300 packages, written as the platform writes it, for the lab's cases about packages.
//!
//! The fields are those of `Settings.writePackageListLPrInternal` (frameworks/base): name, user ID, debuggable, data
//! directory, SELinux info, groups; later releases added whether the shell may profile it, its version, whether it may
//! be profiled at all, and who installed it.

use std::fmt::Write as _;

/// Where guests have it.
pub(crate) const GUEST_PATH: &str = "lab/packages.list";
/// Packages in it.
pub(crate) const MANY: usize = 300;

/// Those that cases ask for: name and user ID.
const NAMED: [(&str, u32); 16] = [
    ("android", 1000),
    ("com.android.settings", 1000),
    ("com.android.phone", 1001),
    ("com.android.providers.telephony", 1001),
    ("com.android.systemui", 10_045),
    ("com.example.app", 10_123),
    ("com.example.other", 10_124),
    ("com.example.app.pro", 10_125),
    ("com.example.shared.one", 10_130),
    ("com.example.shared.two", 10_130),
    ("com.example.shared.three", 10_130),
    ("com.example.sandboxed", 10_135),
    ("com.example.zygoted", 10_140),
    ("com.google.android.webview", 10_150),
    ("org.example.browser", 10_151),
    ("org.example.app", 10_152),
];
/// The user ID of the first of the others.
const FIRST: u32 = 10_200;
/// Every so many of the others, three share a user ID.
const SHARING: u32 = 20;
/// Every so many lines have no more than the six fields of old releases.
const OLD: usize = 7;

/// The whole file.
pub(crate) fn list() -> String {
    let mut text = String::new();
    let others = (0..).map(|at| (format!("net.maker{:02}.product{at:03}", at % 37), uid(at)));
    let named = NAMED.iter().map(|(name, uid)| ((*name).to_owned(), *uid));
    for (at, (name, uid)) in named.chain(others).take(MANY).enumerate() {
        let debuggable = u8::from(name == "com.example.other");
        let data = match uid {
            1000 if name == "android" => "/data/system".to_owned(),
            1000..=1999 => format!("/data/user_de/0/{name}"),
            _ => format!("/data/user/0/{name}"),
        };
        let kind = if uid < FIRST / 10 * 9 {
            "platform:privapp"
        } else {
            "default"
        };
        let groups = ["none", "3003", "1065,3002,3003"][at % 3];
        let _ = write!(
            text,
            "{name} {uid} {debuggable} {data} {kind}:targetSdkVersion={} {groups}",
            28 + at % 8
        );
        if at % OLD != 0 {
            let installer = ["@system", "@null", "com.android.vending"][at % 3];
            let _ = write!(text, " 0 {} 1 {installer}", 100 + at);
        }
        text.push('\n');
    }
    text
}

/// Of the other number `at`: the three that begin each group of [`SHARING`] have one together.
fn uid(at: u32) -> u32 {
    FIRST
        + if at % SHARING < 3 {
            at - at % SHARING
        } else {
            at
        }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn it_has_three_hundred_packages_and_some_share_a_user_id() {
        let list = list();
        let lines: Vec<Vec<&str>> = list.lines().map(|line| line.split(' ').collect()).collect();
        assert_eq!(lines.len(), MANY);
        assert!(lines.iter().any(|fields| fields.len() == 6));
        assert!(lines.iter().all(|fields| matches!(fields.len(), 6 | 10)));
        let names: BTreeSet<_> = lines.iter().map(|fields| fields[0]).collect();
        assert_eq!(names.len(), MANY, "a name comes twice");
        let mut by_uid: BTreeMap<u32, usize> = BTreeMap::new();
        for fields in &lines {
            *by_uid.entry(fields[1].parse().unwrap()).or_default() += 1;
        }
        let shared = by_uid.values().filter(|count| **count > 1).count();
        assert!((10..=30).contains(&shared), "{shared} shared user IDs");
    }
}
