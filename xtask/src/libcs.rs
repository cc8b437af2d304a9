//! The C libraries that the guests' dynamic programs run with, from Debian's packages: several of one ABI side by side.
//!
//! One of each ABI lies where programs look for it; the others are in a platform directory of their own, and their
//! loader is called with the program as its argument.

use std::path::PathBuf;

use anyhow::Result;

use crate::debian::Parts;
use crate::guest::Copy;

/// A C library and its loader.
pub(crate) struct Libc {
    parts: Parts,
    /// The guest's place of each file of `parts`.
    places: &'static [&'static str],
}

/// What a glibc's package holds of one, in every release.
const WIDE: &[(&str, &str)] = &[
    ("lib/aarch64-linux-gnu/ld-linux-aarch64.so.1", "loader"),
    ("lib/aarch64-linux-gnu/libc.so.6", "libc.so.6"),
];
const NARROW: &[(&str, &str)] = &[
    ("lib/arm-linux-gnueabihf/ld-linux-armhf.so.3", "loader"),
    ("lib/arm-linux-gnueabihf/libc.so.6", "libc.so.6"),
];

/// glibc 2.41, 64-bit: the one that programs find.
pub(crate) const GLIBC: Libc = Libc {
    parts: Parts {
        name: "glibc-trixie-arm64",
        release: "trixie",
        architecture: "arm64",
        packages: &["libc6"],
        files: WIDE,
    },
    places: &[
        "/lib/ld-linux-aarch64.so.1",
        "/usr/lib/aarch64-linux-gnu/libc.so.6",
    ],
};

/// glibc 2.36, 64-bit.
pub(crate) const GLIBC_OLDER: Libc = Libc {
    parts: Parts {
        name: "glibc-bookworm-arm64",
        release: "bookworm",
        architecture: "arm64",
        packages: &["libc6"],
        files: WIDE,
    },
    places: &[
        "/usr/bookworm/lib/aarch64-linux-gnu/ld-linux-aarch64.so.1",
        "/usr/bookworm/lib/aarch64-linux-gnu/libc.so.6",
    ],
};

/// glibc 2.41, 32-bit.
pub(crate) const GLIBC32: Libc = Libc {
    parts: Parts {
        name: "glibc-trixie-armhf",
        release: "trixie",
        architecture: "armhf",
        packages: &["libc6"],
        files: NARROW,
    },
    places: &[
        "/usr/trixie/lib/arm-linux-gnueabihf/ld-linux-armhf.so.3",
        "/usr/trixie/lib/arm-linux-gnueabihf/libc.so.6",
    ],
};

/// glibc 2.36, 32-bit: the one that programs find.
pub(crate) const GLIBC32_OLDER: Libc = Libc {
    parts: Parts {
        name: "glibc-bookworm-armhf",
        release: "bookworm",
        architecture: "armhf",
        packages: &["libc6"],
        files: NARROW,
    },
    places: &[
        "/lib/ld-linux-armhf.so.3",
        "/usr/lib/arm-linux-gnueabihf/libc.so.6",
    ],
};

/// musl 1.2.3, 64-bit: library and loader are one file.
pub(crate) const MUSL: Libc = Libc {
    parts: Parts {
        name: "musl-bookworm-arm64",
        release: "bookworm",
        architecture: "arm64",
        packages: &["musl"],
        files: &[("lib/aarch64-linux-musl/libc.so", "libc.so")],
    },
    places: &["/lib/ld-musl-aarch64.so.1"],
};

/// What a program for musl is compiled with.
const MUSL_DEVELOPMENT: Parts = Parts {
    name: "musl-dev-bookworm-arm64",
    release: "bookworm",
    architecture: "arm64",
    packages: &["musl-dev"],
    files: &[
        ("include/aarch64-linux-musl", "include"),
        ("lib/aarch64-linux-musl", "lib"),
    ],
};

/// Every one.
pub(crate) const ALL: [&Libc; 5] = [&GLIBC, &GLIBC_OLDER, &GLIBC32, &GLIBC32_OLDER, &MUSL];

impl Libc {
    /// Files of the host, and their places in the guest.
    pub(crate) fn files(&self) -> Result<Vec<Copy>> {
        let dir = self.parts.get()?;
        let files = self.parts.files.iter().zip(self.places);
        Ok(files
            .map(|((_, name), place)| (dir.join(name), (*place).to_owned()))
            .collect())
    }

    /// The loader's place in the guest.
    pub(crate) fn loader(&self) -> &'static str {
        self.places[0]
    }

    /// The host's directory with its files.
    pub(crate) fn directory(&self) -> Result<PathBuf> {
        self.parts.get()
    }
}

/// The directory with musl's `include` and `lib`.
pub(crate) fn musl_development() -> Result<PathBuf> {
    MUSL_DEVELOPMENT.get()
}
