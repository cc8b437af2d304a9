//! C libraries as Debian builds them, of both ABIs and of several releases: what `sandboxd/tests/modules/debian.rs` looks
//! into. They are glibc 2.31, 2.36 and 2.41, and musl 1.2.2, 1.2.3 and 1.2.5.

use std::path::PathBuf;

use anyhow::Result;

use crate::debian::Parts;

const ARM64: &[(&str, &str)] = &[
    ("lib/aarch64-linux-gnu/libc.so.6", "libc.so.6"),
    (
        "lib/aarch64-linux-gnu/ld-linux-aarch64.so.1",
        "ld-linux-aarch64.so.1",
    ),
    ("lib/aarch64-linux-gnu/libpthread.so.0", "libpthread.so.0"),
    ("lib/aarch64-linux-gnu/librt.so.1", "librt.so.1"),
    ("lib/aarch64-linux-musl/libc.so", "musl.so"),
];
const ARMHF: &[(&str, &str)] = &[
    ("lib/arm-linux-gnueabihf/libc.so.6", "libc.so.6"),
    (
        "lib/arm-linux-gnueabihf/ld-linux-armhf.so.3",
        "ld-linux-armhf.so.3",
    ),
    ("lib/arm-linux-gnueabihf/libpthread.so.0", "libpthread.so.0"),
    ("lib/arm-linux-gnueabihf/librt.so.1", "librt.so.1"),
    ("lib/arm-linux-musleabihf/libc.so", "musl.so"),
];

const ALL: [Parts; 6] = [
    of("libraries-bullseye-arm64", "bullseye", "arm64", ARM64),
    of("libraries-bullseye-armhf", "bullseye", "armhf", ARMHF),
    of("libraries-bookworm-arm64", "bookworm", "arm64", ARM64),
    of("libraries-bookworm-armhf", "bookworm", "armhf", ARMHF),
    of("libraries-trixie-arm64", "trixie", "arm64", ARM64),
    of("libraries-trixie-armhf", "trixie", "armhf", ARMHF),
];

const fn of(
    name: &'static str,
    release: &'static str,
    architecture: &'static str,
    files: &'static [(&'static str, &'static str)],
) -> Parts {
    Parts {
        name,
        release,
        architecture,
        packages: &["libc6", "musl"],
        files,
    }
}

/// The directories with them.
pub(crate) fn directories() -> Result<Vec<PathBuf>> {
    ALL.iter().map(Parts::get).collect()
}
