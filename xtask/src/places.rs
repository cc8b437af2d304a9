//! The programs and libraries that make calls from every kind of place, `xtask/lab/places`: compiled for every C library
//! of the lab, put where an app's and the platform's files lie.
//!
//! What they do is theirs, what must be said of them `cases/places` knows. Here is what of them a guest gets; `binaries`
//! lists them, and `compile` makes one.

mod archive;
mod binaries;
mod compile;

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use anyhow::Result;

use crate::guest::Copy;
use crate::libcs;
use binaries::BINARIES;
pub(crate) use compile::packed_symbols;

/// The app's directory in the guest.
pub(crate) const APP: &str = concat!(
    "/data/app/~~q83vEjRWeJq83u8A==",
    "/com.example.app-Zm9vYmFyYmF6cXV4=="
);

/// The guest's program that runs them all; a script that has its name in it needs them.
pub(crate) const RUN: &str = "run-places";

/// What lies in an archive is named `ARCHIVE!/ENTRY`.
const INSIDE: &str = "!/";

/// Compiles what is stale. Every file of the host with code in it, and what it is in the guest: the parts of archives
/// too, and the C libraries.
pub(crate) fn modules() -> Result<Vec<Copy>> {
    // Two boots at once would write the same files.
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let newest = compile::newest_source()?;
    let mut modules = Vec::new();
    for binary in BINARIES {
        modules.push((compile::built(binary, newest)?, guest_path(binary.place)));
    }
    archive::write(&archive(), &entries(&modules))?;
    for libc in libcs::ALL {
        modules.extend(libc.files()?);
    }
    Ok(modules)
}

/// What a guest is given to run them.
pub(crate) fn files() -> Result<Vec<Copy>> {
    let mut files = modules()?;
    files.retain(|(_, place)| !place.contains(INSIDE));
    files.push((archive(), format!("{APP}/base.apk")));
    files.push((compile::sources().join(RUN), format!("/bin/{RUN}")));
    Ok(files)
}

/// Where a place of [`BINARIES`] is in the guest.
fn guest_path(place: &str) -> String {
    if place.starts_with('/') {
        place.to_owned()
    } else {
        format!("{APP}/{place}")
    }
}

/// The files that lie in the archive, by their names there.
fn entries(modules: &[Copy]) -> Vec<(&str, &PathBuf)> {
    modules
        .iter()
        .filter_map(|(file, place)| Some((place.split_once(INSIDE)?.1, file)))
        .collect()
}

fn archive() -> PathBuf {
    compile::directory().join("base.apk")
}
