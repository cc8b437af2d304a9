//! Which calls each variant of the program must make: one that is left out would be missed by nobody else.

use std::collections::BTreeSet;

use super::expected;

/// Of every variant.
const EVERYWHERE: &[&str] = &[
    "inline",
    "inline-compiled",
    "stub",
    "stub-openat",
    "syscall",
    "syscall-jump",
    "gadget",
    "stub-jump",
    "lib",
    "lib-hidden",
    "lib-stub",
    "fake-libc",
    "fake-libc-hidden",
    "fake-libc-stub",
    "archive",
    "archive-hidden",
    "archive-stub",
    "system",
    "anon-rwx",
    "anon-rx",
    "anon-stub",
    "heap",
    "stack",
    "memfd",
    "memfd-elf",
    "memfd-elf-hidden",
    "memfd-elf-stub",
    "file",
    "deleted",
    "deleted-elf",
    "deleted-elf-hidden",
    "deleted-elf-stub",
    "deleted-mapped",
    "deleted-mapped-hidden",
    "deleted-mapped-stub",
    "deleted-later",
    "deleted-later-hidden",
    "deleted-later-stub",
    "deleted-since",
    "deleted-since-hidden",
    "deleted-since-stub",
    "fork-inline",
    "fork-stub",
    "fork-anon",
    "exec-inline",
    "exec-stub",
    "thread-inline",
    "thread-stub",
    "thread-openat",
    "thread-syscall",
];
const WIDE: &[&str] = &["vdso"];
const NARROW: &[&str] = &[
    "inline-pool",
    "inline-thumb",
    "inline-thumb-pool",
    "stub-from-arm",
    "anon-thumb",
];
const SIGNED: &[&str] = &["stack-executable"];

/// The kernels with `CONFIG_ANON_VMA_NAME`: the others refuse to name memory, and the program says that.
const NAMES_MEMORY: &[&str] = &["gki-like-6.12"];

/// Whether that kernel lets memory be named.
pub(super) fn names_memory(kernel: &str) -> bool {
    NAMES_MEMORY.contains(&kernel)
}

fn of(variant: &str, names_memory: bool) -> BTreeSet<String> {
    let named = if names_memory {
        "anon-named"
    } else {
        "anon-name-refused"
    };
    let more = if variant.starts_with("arm32") {
        NARROW
    } else {
        WIDE
    };
    let signed = if variant == "signed" { SIGNED } else { &[] };
    let all = [EVERYWHERE, more, signed, &[named]].concat();
    all.into_iter()
        .map(|site| format!("{variant}/{site}"))
        .collect()
}

/// What the program left out, did too much, or did twice.
pub(super) fn complete(said: &str, variants: &[&str], names_memory: bool) -> Vec<String> {
    let mut missing: BTreeSet<_> = variants
        .iter()
        .flat_map(|variant| of(variant, names_memory))
        .collect();
    let mut complaints = Vec::new();
    for title in said.lines().map(expected::title) {
        if !missing.remove(&title) {
            complaints.push(format!("{title}: twice, or not known to `sites`"));
        }
    }
    let left_out = missing
        .into_iter()
        .map(|title| format!("{title}: not tried"));
    complaints.extend(left_out);
    complaints
}
