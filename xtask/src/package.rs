//! Reads Debian package files without installing them.
//!
//! `apt` fetches them; callers choose what to keep.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// Shows every plain file of a Debian package to `keep`.
pub(crate) fn unpack(
    deb: &Path,
    mut keep: impl FnMut(&Path, &mut dyn Read) -> Result<()>,
) -> Result<()> {
    let mut child = Command::new("dpkg-deb")
        .arg("--fsys-tarfile")
        .arg(deb)
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot run dpkg-deb to unpack {}", deb.display()))?;
    let stream = child.stdout.take().context("dpkg-deb has no stdout")?;
    let mut archive = tar::Archive::new(stream);
    for entry in archive.entries()? {
        let mut entry = entry.with_context(|| format!("cannot read {}", deb.display()))?;
        if entry.header().entry_type().is_file() {
            let path = entry.path()?.into_owned();
            keep(&path, &mut entry)?;
        }
    }
    // The archive ends before its padding does; a closed pipe would make dpkg-deb fail.
    std::io::copy(&mut archive.into_inner(), &mut std::io::sink())?;
    let status = child.wait()?;
    if !status.success() {
        bail!("dpkg-deb could not unpack {}: {status}", deb.display());
    }
    Ok(())
}
