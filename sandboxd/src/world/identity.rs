//! Whose a user ID is: packages, as `packages.list` has them.

use std::collections::BTreeMap;

/// User IDs of one Android user.
pub const PER_USER: u32 = 100_000;

/// Packages by user ID.
#[derive(Debug, Default)]
pub struct Identity {
    by_uid: BTreeMap<u32, Vec<String>>,
}

impl Identity {
    /// Takes what `packages.list` says.
    pub fn set_packages(&mut self, by_uid: BTreeMap<u32, Vec<String>>) {
        self.by_uid = by_uid;
    }

    /// The packages that have a user ID. The list has the first Android user's; an app has the same number within each.
    #[must_use]
    pub fn packages(&self, uid: u32) -> &[String] {
        self.by_uid
            .get(&(uid % PER_USER))
            .map_or(&[], Vec::as_slice)
    }

    /// The package that has the user ID for itself.
    #[must_use]
    pub fn package(&self, uid: u32) -> Option<&str> {
        match self.packages(uid) {
            [package] => Some(package),
            _ => None,
        }
    }
}
