//! The kernel's own headers, of the newest kernel in the lab: what the table must be complete against.
//!
//! Fetched once and kept in the cache; `kprobe-common/tests/headers.rs` reads them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::apt::Apt;
use crate::{package, paths};

/// Where `debian-latest` comes from.
const RELEASE: &str = "sid";
/// Has the headers of every architecture since 6.11.
const PACKAGE: &str = "linux-libc-dev";
/// What is kept: the part of a path that names the architecture, and our name for it.
const ARCHITECTURES: [(&str, &str); 2] = [("uapi/arm64/asm/", "arm64"), ("uapi/arm/asm/", "arm32")];

/// The directory that has them: `arm64/unistd_64.h`, `arm32/unistd-eabi.h` and the others beside them.
pub(crate) fn newest() -> Result<PathBuf> {
    let dir = paths::cache().join("headers");
    paths::ensure_cached(&dir, || fetch(&dir)).context("cannot get the newest kernel's headers")?;
    Ok(dir)
}

fn fetch(dir: &Path) -> Result<()> {
    let apt = Apt::open(RELEASE)?;
    let cache = paths::cache();
    let scratch =
        tempfile::tempdir_in(&cache).context("cannot make a scratch directory in the cache")?;
    let deb = apt.download(PACKAGE, scratch.path())?;
    let kept = scratch.path().join("headers");
    let mut found = 0;
    package::unpack(&deb, |path, content| {
        let text = path.to_string_lossy();
        let file = path.file_name().unwrap_or_default();
        if !file.to_string_lossy().starts_with("unistd") {
            return Ok(());
        }
        for (part, name) in ARCHITECTURES {
            if text.contains(part) {
                let to = kept.join(name);
                fs::create_dir_all(&to)?;
                io::copy(content, &mut fs::File::create(to.join(file))?)?;
                found += 1;
                break;
            }
        }
        Ok(())
    })?;
    if found < 2 {
        bail!("{} holds no headers of arm64 and arm", deb.display());
    }
    let name = deb.file_name().unwrap_or_default();
    fs::write(kept.join("package"), name.as_encoded_bytes())?;
    fs::rename(&kept, dir).with_context(|| format!("cannot move the headers to {}", dir.display()))
}
