//! Where things lie: the repository, the build directory, the cache.
//!
//! Whoever writes to a place makes it; only the cache has a lock, since everybody may fill it.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The repository's root directory.
pub(crate) fn root() -> PathBuf {
    let package = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    package
        .parent()
        .map_or_else(|| package.clone(), Path::to_path_buf)
}

/// Cargo's build directory; ours have sub-directories of it.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// What is downloaded once and kept: kernels, busybox, tools.
pub(crate) fn cache() -> PathBuf {
    env::var_os("SANDBOXD_CACHE").map_or_else(|| root().join(".cache"), |dir| root().join(dir))
}

/// Makes sure of `path` in the cache: if it is not there, one process at a time runs `make`.
pub(crate) fn ensure_cached(path: &Path, make: impl FnOnce() -> Result<()>) -> Result<()> {
    if path.exists() {
        return Ok(());
    }
    fs::create_dir_all(cache()).with_context(|| format!("cannot make {}", cache().display()))?;
    let lock = File::create(cache().join("lock")).context("cannot write to the cache")?;
    lock.lock().context("cannot lock the cache")?;
    // Somebody may have made it while we waited; the lock ends with its file.
    if path.exists() { Ok(()) } else { make() }
}

/// The lab's sources: guest files and programs.
pub(crate) fn lab() -> PathBuf {
    root().join("xtask/lab")
}

/// The GKI-like kernels, which somebody may or may not have put beside the repository.
pub(crate) fn kernels() -> PathBuf {
    env::var_os("SANDBOXD_KERNELS")
        .map_or_else(|| root().join("../shared/kernels"), |dir| root().join(dir))
}
