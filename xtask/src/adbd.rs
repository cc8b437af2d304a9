//! Debian's `adbd` with the libraries it needs: the device's end of `adb`, for guests that stand in for a phone.
//!
//! It listens on TCP (`ADBD_PORT`, 5555 without), asks for no key, and runs what it is asked to as whoever started it.

use anyhow::Result;

use crate::debian::Parts;
use crate::guest::Copy;
use crate::libcs;

const PROGRAM: &str = "adbd";

const PARTS: Parts = Parts {
    name: "adbd-trixie-arm64",
    release: "trixie",
    architecture: "arm64",
    packages: &[
        "adbd",
        "android-libbase",
        "android-libboringssl",
        "android-libcutils",
        "android-liblog",
        "libbrotli1",
        "libc6",
        "libcap2",
        "libgcc-s1",
        "liblz4-1",
        "libprotobuf32t64",
        "libstdc++6",
        "libsystemd0",
        "libxxhash0",
        "libzstd1",
        "zlib1g",
    ],
    files: &[
        ("lib/android-sdk/platform-tools/adbd", PROGRAM),
        ("lib/aarch64-linux-gnu/android/libbase.so.0", "libbase.so.0"),
        (
            "lib/aarch64-linux-gnu/android/libcrypto.so.0",
            "libcrypto.so.0",
        ),
        (
            "lib/aarch64-linux-gnu/android/libcutils.so.0",
            "libcutils.so.0",
        ),
        ("lib/aarch64-linux-gnu/android/liblog.so.0", "liblog.so.0"),
        ("lib/aarch64-linux-gnu/android/libssl.so.0", "libssl.so.0"),
        (
            "lib/aarch64-linux-gnu/libbrotlicommon.so.1",
            "libbrotlicommon.so.1",
        ),
        (
            "lib/aarch64-linux-gnu/libbrotlidec.so.1",
            "libbrotlidec.so.1",
        ),
        (
            "lib/aarch64-linux-gnu/libbrotlienc.so.1",
            "libbrotlienc.so.1",
        ),
        ("lib/aarch64-linux-gnu/libcap.so.2", "libcap.so.2"),
        ("lib/aarch64-linux-gnu/libgcc_s.so.1", "libgcc_s.so.1"),
        ("lib/aarch64-linux-gnu/liblz4.so.1", "liblz4.so.1"),
        ("lib/aarch64-linux-gnu/libm.so.6", "libm.so.6"),
        (
            "lib/aarch64-linux-gnu/libprotobuf.so.32",
            "libprotobuf.so.32",
        ),
        ("lib/aarch64-linux-gnu/libresolv.so.2", "libresolv.so.2"),
        ("lib/aarch64-linux-gnu/libstdc++.so.6", "libstdc++.so.6"),
        ("lib/aarch64-linux-gnu/libsystemd.so.0", "libsystemd.so.0"),
        ("lib/aarch64-linux-gnu/libxxhash.so.0", "libxxhash.so.0"),
        ("lib/aarch64-linux-gnu/libz.so.1", "libz.so.1"),
        ("lib/aarch64-linux-gnu/libzstd.so.1", "libzstd.so.1"),
    ],
};

/// The shell that phones have, for what `adb shell` runs.
const SHELL: Parts = Parts {
    name: "mksh-trixie-arm64",
    release: "trixie",
    architecture: "arm64",
    packages: &["mksh"],
    files: &[("bin/mksh", "mksh")],
};

/// What a guest needs to have mksh in the place where `adbd` looks for a shell.
pub(crate) fn shell() -> Result<Copy> {
    Ok((SHELL.get()?.join("mksh"), "/bin/sh".into()))
}

/// What a guest needs to have `adbd`: files of the host, and their places.
pub(crate) fn files() -> Result<Vec<Copy>> {
    let dir = PARTS.get()?;
    let place = |name: &str| match name {
        PROGRAM => format!("/bin/{name}"),
        library => format!("/usr/lib/aarch64-linux-gnu/{library}"),
    };
    let mut files: Vec<Copy> = PARTS
        .files
        .iter()
        .map(|(_, name)| (dir.join(name), place(name)))
        .collect();
    files.extend(libcs::GLIBC.files()?);
    Ok(files)
}
