//! Debian's `strace` with the libraries it needs, for guests that watch the same process with both.
//!
//! Of 32-bit programs Debian's arm64 package knows numbers and names but not structures, so there is the armhf package
//! too. `libcs` has the C libraries that they link with.

use anyhow::Result;

use crate::debian::Parts;
use crate::guest::Copy;
use crate::libcs;

/// The package and what it links with, but for the C library.
const PACKAGES: &[&str] = &["strace", "libunwind8", "liblzma5", "libgcc-s1"];

struct Build {
    parts: Parts,
    /// Where Debian puts its libraries, below `/usr/lib`.
    triplet: &'static str,
    /// Its name in the guest's `/bin`.
    program: &'static str,
    libc: &'static libcs::Libc,
}

const BUILDS: [Build; 2] = [
    Build {
        parts: Parts {
            name: "strace-trixie-arm64",
            release: "trixie",
            architecture: "arm64",
            packages: PACKAGES,
            files: &[
                ("bin/strace", "strace"),
                (
                    "lib/aarch64-linux-gnu/libunwind-ptrace.so.0",
                    "libunwind-ptrace.so.0",
                ),
                (
                    "lib/aarch64-linux-gnu/libunwind-aarch64.so.8",
                    "libunwind-aarch64.so.8",
                ),
                ("lib/aarch64-linux-gnu/libunwind.so.8", "libunwind.so.8"),
                ("lib/aarch64-linux-gnu/liblzma.so.5", "liblzma.so.5"),
                ("lib/aarch64-linux-gnu/libgcc_s.so.1", "libgcc_s.so.1"),
            ],
        },
        triplet: "aarch64-linux-gnu",
        program: "strace",
        libc: &libcs::GLIBC,
    },
    Build {
        parts: Parts {
            name: "strace-bookworm-armhf",
            release: "bookworm",
            architecture: "armhf",
            packages: PACKAGES,
            files: &[
                ("bin/strace", "strace"),
                (
                    "lib/arm-linux-gnueabihf/libunwind-ptrace.so.0",
                    "libunwind-ptrace.so.0",
                ),
                (
                    "lib/arm-linux-gnueabihf/libunwind-arm.so.8",
                    "libunwind-arm.so.8",
                ),
                ("lib/arm-linux-gnueabihf/libunwind.so.8", "libunwind.so.8"),
                ("lib/arm-linux-gnueabihf/liblzma.so.5", "liblzma.so.5"),
                ("lib/arm-linux-gnueabihf/libgcc_s.so.1", "libgcc_s.so.1"),
            ],
        },
        triplet: "arm-linux-gnueabihf",
        program: "strace32",
        libc: &libcs::GLIBC32_OLDER,
    },
];

/// What a guest needs to have `strace` and `strace32`: files of the host, and their places.
pub(crate) fn files() -> Result<Vec<Copy>> {
    let mut files = Vec::new();
    for build in &BUILDS {
        let dir = build.parts.get()?;
        for (_, name) in build.parts.files {
            let place = match *name {
                "strace" => format!("/bin/{}", build.program),
                library => format!("/usr/lib/{}/{library}", build.triplet),
            };
            files.push((dir.join(name), place));
        }
        files.extend(build.libc.files()?);
    }
    Ok(files)
}
