//! Parts of Debian packages, taken out once and kept in the cache.
//!
//! The releases are fixed and without what came after them, so that what is tested does not change under a test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::apt::Apt;
use crate::{paths, process};

/// What is taken from packages of one release and architecture.
pub(crate) struct Parts {
    /// The directory in the cache; names the release, since another one has other files.
    pub(crate) name: &'static str,
    pub(crate) release: &'static str,
    pub(crate) architecture: &'static str,
    pub(crate) packages: &'static [&'static str],
    /// Files or directories below `/` or `/usr`, and what they are called in the cache.
    pub(crate) files: &'static [(&'static str, &'static str)],
}

impl Parts {
    /// The directory that holds them, fetched unless it is there.
    pub(crate) fn get(&self) -> Result<PathBuf> {
        let dir = paths::cache().join(self.name);
        paths::ensure_cached(&dir, || self.fetch(&dir))
            .with_context(|| format!("cannot get {}", self.name))?;
        Ok(dir)
    }

    fn fetch(&self, dir: &Path) -> Result<()> {
        let apt = Apt::open_main(self.release, self.architecture)?;
        let scratch = tempfile::tempdir_in(paths::cache()).context("cannot write to the cache")?;
        let tree = scratch.path().join("tree");
        for package in self.packages {
            let deb = apt.download(package, scratch.path())?;
            let mut unpack = Command::new("dpkg-deb");
            unpack.arg("-x").arg(&deb).arg(&tree);
            process::run(&mut unpack, &format!("unpacking {package}"))?;
        }
        let kept = scratch.path().join("kept");
        fs::create_dir(&kept)?;
        for (from, to) in self.files {
            let places = ["", "usr/"].map(|usr| tree.join(format!("{usr}{from}")));
            let found = places.iter().find(|path| path.exists());
            let found = found.with_context(|| format!("the packages hold no {from}"))?;
            // A loader is a link to what has its version in its name.
            let found = found.canonicalize().context("a link leads nowhere")?;
            fs::rename(&found, kept.join(to))
                .with_context(|| format!("cannot keep {}", found.display()))?;
        }
        fs::rename(&kept, dir).with_context(|| format!("cannot keep {}", dir.display()))
    }
}
