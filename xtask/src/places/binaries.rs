//! The list of what is compiled: each program for each C library, each library for each ABI.

/// A compiler, and what it is always told.
pub(super) struct Target {
    /// What its tools' names begin with.
    pub(super) prefix: &'static str,
    pub(super) flags: &'static [&'static str],
}

/// What a file is linked with.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Link {
    /// The cross compiler's own C library, or none.
    Usual,
    /// musl as a shared library.
    Musl,
    /// musl in the program.
    MuslStatic,
}

/// Which symbols a file keeps.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Symbols {
    All,
    /// The dynamic ones.
    Dynamic,
    /// The dynamic ones, and the others packed, as Android's libraries have them.
    Packed,
}

/// One file that is compiled.
pub(super) struct Binary {
    pub(super) source: &'static str,
    pub(super) target: &'static Target,
    pub(super) flags: &'static [&'static [&'static str]],
    pub(super) link: Link,
    pub(super) symbols: Symbols,
    /// Its place in the guest, below the app's directory if it begins with no slash.
    pub(super) place: &'static str,
}

const ARM64: Target = Target {
    prefix: "aarch64-linux-gnu-",
    flags: &["-O1"],
};
const ARM32: Target = Target {
    prefix: "arm-linux-gnueabihf-",
    flags: &["-O1", "-marm"],
};
const THUMB: Target = Target {
    prefix: "arm-linux-gnueabihf-",
    flags: &["-O1", "-mthumb"],
};

const PROGRAM: &[&str] = &["-pie", "-fPIE", "-pthread"];
/// At an address of its own, with signed link registers and a stack that can be executed.
const SIGNED: &[&str] = &[
    "-no-pie",
    "-pthread",
    "-DEXECSTACK",
    "-Wl,-z,execstack",
    "-mbranch-protection=standard",
];
/// No relocations, so that whoever maps it can run it; the code lies at other offsets in the file than in memory.
const LIBRARY: &[&str] = &[
    "-shared",
    "-fPIC",
    "-nostdlib",
    "-Wl,--section-start=.text=0x31000",
];
const GUARD: &[&str] = &["-Wl,-soname,libguard.so", "-Wl,-e,exports"];
const EMBEDDED: &[&str] = &["-Wl,-soname,libx.so", "-Wl,-e,exports"];
const NEIGHBOUR: &[&str] = &["-Wl,-soname,liby.so", "-Wl,-e,exports"];
const FAKE: &[&str] = &["-DFAKE", "-Wl,-soname,libc.so", "-Wl,-e,exports"];
const PLATFORM: &[&str] = &["-Wl,-soname,libplatform.so", "-Wl,-e,platform_openat"];

const fn binary(target: &'static Target, source: &'static str, place: &'static str) -> Binary {
    Binary {
        source,
        target,
        flags: &[],
        link: Link::Usual,
        symbols: Symbols::All,
        place,
    }
}

/// What a program's functions call, by their names alone.
const CALLED: &[&str] = &["-shared", "-fPIC", "-nostdlib"];
const FRAMED: &[&str] = &["-fno-omit-frame-pointer", "-Wl,-soname,libframed.so"];
const FRAMELESS: &[&str] = &[
    "-fomit-frame-pointer",
    "-fasynchronous-unwind-tables",
    "-Wl,-soname,libframeless.so",
];

pub(super) const BINARIES: &[Binary] = &[
    Binary {
        flags: &[PROGRAM],
        ..binary(&ARM64, "places.c", "places")
    },
    Binary {
        flags: &[SIGNED],
        ..binary(&ARM64, "places.c", "places-signed")
    },
    Binary {
        flags: &[PROGRAM],
        link: Link::Musl,
        ..binary(&ARM64, "places.c", "places-musl")
    },
    Binary {
        flags: &[&["-static", "-no-pie", "-DSTATIC"]],
        link: Link::MuslStatic,
        ..binary(&ARM64, "places.c", "places-static")
    },
    Binary {
        flags: &[PROGRAM],
        ..binary(&ARM32, "places.c", "places32")
    },
    Binary {
        flags: &[PROGRAM],
        ..binary(&THUMB, "places.c", "places32-thumb")
    },
    Binary {
        flags: &[PROGRAM],
        ..binary(&ARM64, "reuse.c", "reuse")
    },
    Binary {
        flags: &[PROGRAM],
        ..binary(&ARM64, "rare-inline.c", "rare-inline")
    },
    Binary {
        flags: &[&["-static", "-no-pie", "-nostdlib"]],
        ..binary(&ARM64, "first.c", "first")
    },
    Binary {
        flags: &[LIBRARY, GUARD],
        symbols: Symbols::Packed,
        ..binary(&ARM64, "lib.c", "lib/arm64/libguard.so")
    },
    Binary {
        flags: &[LIBRARY, FAKE],
        ..binary(&ARM64, "lib.c", "lib/arm64/libc.so")
    },
    Binary {
        flags: &[LIBRARY, EMBEDDED],
        symbols: Symbols::Dynamic,
        ..binary(&ARM64, "lib.c", "base.apk!/lib/arm64-v8a/libx.so")
    },
    Binary {
        flags: &[LIBRARY, NEIGHBOUR],
        ..binary(&ARM64, "lib.c", "base.apk!/lib/arm64-v8a/liby.so")
    },
    Binary {
        flags: &[LIBRARY, PLATFORM, &["-mbranch-protection=standard"]],
        symbols: Symbols::Dynamic,
        ..binary(&ARM64, "platform.c", "/system/lib64/libplatform.so")
    },
    Binary {
        flags: &[LIBRARY, GUARD],
        symbols: Symbols::Packed,
        ..binary(&ARM32, "lib.c", "lib/arm/libguard.so")
    },
    Binary {
        flags: &[LIBRARY, FAKE],
        ..binary(&ARM32, "lib.c", "lib/arm/libc.so")
    },
    Binary {
        flags: &[LIBRARY, EMBEDDED],
        symbols: Symbols::Dynamic,
        ..binary(&ARM32, "lib.c", "base.apk!/lib/armeabi-v7a/libx.so")
    },
    Binary {
        flags: &[LIBRARY, NEIGHBOUR],
        ..binary(&ARM32, "lib.c", "base.apk!/lib/armeabi-v7a/liby.so")
    },
    Binary {
        flags: &[LIBRARY, PLATFORM],
        symbols: Symbols::Dynamic,
        ..binary(&ARM32, "platform.c", "/system/lib/libplatform.so")
    },
    Binary {
        flags: &[PROGRAM, &["-fno-omit-frame-pointer"]],
        ..binary(&ARM64, "stacks.c", "stacks")
    },
    Binary {
        flags: &[PROGRAM, &["-fno-omit-frame-pointer"]],
        link: Link::Musl,
        ..binary(&ARM64, "stacks.c", "stacks-musl")
    },
    Binary {
        flags: &[PROGRAM],
        ..binary(&ARM32, "stacks.c", "stacks32")
    },
    Binary {
        flags: &[CALLED, FRAMED],
        ..binary(&ARM64, "chain.c", "lib/arm64/libframed.so")
    },
    Binary {
        flags: &[CALLED, FRAMELESS],
        ..binary(&ARM64, "chain.c", "lib/arm64/libframeless.so")
    },
    Binary {
        flags: &[CALLED, FRAMED],
        ..binary(&ARM32, "chain.c", "lib/arm/libframed.so")
    },
];
