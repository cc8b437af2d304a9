//! Debian's `strace` with the libraries it needs, for guests that watch the same process with both.
//!
//! The releases are fixed, so that what strace says does not change under a test. Of 32-bit programs Debian's arm64
//! package knows numbers and names but not structures, so there is the armhf package too.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::apt::Apt;
use crate::{paths, process};

/// The package and what it links with.
const PACKAGES: [&str; 5] = ["strace", "libc6", "libunwind8", "liblzma5", "libgcc-s1"];

struct Build {
    architecture: &'static str,
    /// Named in what the cache keeps: another release is another strace.
    release: &'static str,
    /// Where Debian puts libraries, below `usr/lib`.
    triplet: &'static str,
    /// The path that its programs name their loader by, below `/`.
    loader: &'static str,
    /// Its name in the guest's `/bin`.
    program: &'static str,
    libraries: &'static [&'static str],
}

const BUILDS: [Build; 2] = [
    Build {
        architecture: "arm64",
        release: "trixie",
        triplet: "aarch64-linux-gnu",
        loader: "lib/ld-linux-aarch64.so.1",
        program: "strace",
        libraries: &[
            "libc.so.6",
            "libunwind-ptrace.so.0",
            "libunwind-aarch64.so.8",
            "libunwind.so.8",
            "liblzma.so.5",
            "libgcc_s.so.1",
        ],
    },
    Build {
        architecture: "armhf",
        release: "bookworm",
        triplet: "arm-linux-gnueabihf",
        loader: "lib/ld-linux-armhf.so.3",
        program: "strace32",
        libraries: &[
            "libc.so.6",
            "libunwind-ptrace.so.0",
            "libunwind-arm.so.8",
            "libunwind.so.8",
            "liblzma.so.5",
            "libgcc_s.so.1",
        ],
    },
];

/// What a guest needs to have `strace` and `strace32`: files of the host, and their places.
pub(crate) fn files() -> Result<Vec<(PathBuf, String)>> {
    let mut files = Vec::new();
    for build in &BUILDS {
        let dir = build.get()?;
        files.push((dir.join("strace"), format!("/bin/{}", build.program)));
        files.push((dir.join("loader"), format!("/{}", build.loader)));
        for library in build.libraries {
            files.push((
                dir.join(library),
                format!("/usr/lib/{}/{library}", build.triplet),
            ));
        }
    }
    Ok(files)
}

impl Build {
    /// The directory that holds its files, fetched unless they are there.
    fn get(&self) -> Result<PathBuf> {
        let dir = paths::cache().join(format!("strace-{}-{}", self.release, self.architecture));
        paths::ensure_cached(&dir, || self.fetch(&dir))
            .with_context(|| format!("cannot get strace for {}", self.architecture))?;
        Ok(dir)
    }

    fn fetch(&self, dir: &Path) -> Result<()> {
        let apt = Apt::open_main(self.release, self.architecture)?;
        let scratch = tempfile::tempdir_in(paths::cache()).context("cannot write to the cache")?;
        let tree = scratch.path().join("tree");
        for package in PACKAGES {
            let deb = apt.download(package, scratch.path())?;
            let mut unpack = Command::new("dpkg-deb");
            unpack.arg("-x").arg(&deb).arg(&tree);
            process::run(&mut unpack, &format!("unpacking {package}"))?;
        }
        let kept = scratch.path().join("kept");
        fs::create_dir(&kept)?;
        let take = |from: &str, to: &str| {
            let places = ["", "usr/"].map(|usr| tree.join(format!("{usr}{from}")));
            let found = places.iter().find(|path| path.exists());
            let found = found.with_context(|| format!("the packages hold no {from}"))?;
            fs::copy(found, kept.join(to))
                .with_context(|| format!("cannot copy {}", found.display()))
        };
        take("bin/strace", "strace")?;
        let loader = Path::new(self.loader).file_name().unwrap_or_default();
        let loader = loader.to_string_lossy();
        take(&format!("lib/{}/{loader}", self.triplet), "loader")?;
        for library in self.libraries {
            take(&format!("lib/{}/{library}", self.triplet), library)?;
        }
        fs::rename(&kept, dir).with_context(|| format!("cannot keep {}", dir.display()))
    }
}
