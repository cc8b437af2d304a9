//! C libraries as Debian builds them, of both ABIs and of several releases: what `sandboxd/tests/modules/debian.rs` looks
//! into. The releases are fixed, so that what is found does not change under a test.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::apt::Apt;
use crate::{package, paths};

/// glibc 2.31, 2.36 and 2.41; musl 1.2.2, 1.2.3 and 1.2.5.
const RELEASES: [&str; 3] = ["bullseye", "bookworm", "trixie"];
const ARCHITECTURES: [&str; 2] = ["arm64", "armhf"];
const PACKAGES: [&str; 2] = ["libc6", "musl"];
/// What the names of files begin with that make calls.
const KEPT: [&str; 5] = ["libc.so", "libc-2", "ld-", "libpthread", "librt"];

/// The directory that has them, as `RELEASE-ARCHITECTURE/PACKAGE/FILE`.
pub(crate) fn get() -> Result<PathBuf> {
    let dir = paths::cache().join("libraries");
    paths::ensure_cached(&dir, || fetch(&dir)).context("cannot get Debian's C libraries")?;
    Ok(dir)
}

fn fetch(dir: &Path) -> Result<()> {
    let scratch = tempfile::tempdir_in(paths::cache()).context("cannot write to the cache")?;
    let kept = scratch.path().join("kept");
    for release in RELEASES {
        for architecture in ARCHITECTURES {
            let apt = Apt::open_main(release, architecture)?;
            for name in PACKAGES {
                let from = scratch
                    .path()
                    .join(format!("{release}-{architecture}-{name}"));
                let to = kept.join(format!("{release}-{architecture}")).join(name);
                fs::create_dir_all(&from)?;
                fs::create_dir_all(&to)?;
                keep(&apt.download(name, &from)?, &to)?;
            }
        }
    }
    fs::rename(&kept, dir).with_context(|| format!("cannot keep {}", dir.display()))
}

fn keep(deb: &Path, to: &Path) -> Result<()> {
    let mut found = 0;
    package::unpack(deb, |path, content| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_library = name.contains(".so") && KEPT.iter().any(|start| name.starts_with(start));
        if is_library {
            io::copy(content, &mut fs::File::create(to.join(&*name))?)?;
            found += 1;
        }
        Ok(())
    })?;
    if found == 0 {
        bail!("{} holds no C library", deb.display());
    }
    Ok(())
}
