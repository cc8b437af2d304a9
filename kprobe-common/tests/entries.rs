//! The kernel's symbols that calls are entered by.

mod named;

use kprobe_common::index::Abi;
use named::call;

#[test]
fn entries() {
    let entry = |name, abi| {
        call(name, abi)
            .entry_symbol(abi)
            .map(|(start, rest)| format!("{start}{rest}"))
    };
    for (name, abi, symbol) in [
        ("openat", Abi::Arm64, "__arm64_sys_openat"),
        ("openat", Abi::Arm32, "__arm64_compat_sys_openat"),
        ("fstat", Abi::Arm64, "__arm64_sys_newfstat"),
        ("fstat", Abi::Arm32, "__arm64_compat_sys_newfstat"),
        ("getuid", Abi::Arm64, "__arm64_sys_getuid"),
        ("getuid", Abi::Arm32, "__arm64_sys_getuid16"),
        ("getuid32", Abi::Arm32, "__arm64_sys_getuid"),
        ("futex", Abi::Arm32, "__arm64_sys_futex_time32"),
        ("futex_time64", Abi::Arm32, "__arm64_sys_futex"),
        ("connect", Abi::Arm32, "__arm64_sys_connect"),
        ("mmap2", Abi::Arm32, "__arm64_compat_sys_aarch32_mmap2"),
        ("uname", Abi::Arm32, "__arm64_sys_newuname"),
        ("cacheflush", Abi::Arm32, "compat_arm_syscall"),
    ] {
        assert_eq!(entry(name, abi).as_deref(), Some(symbol), "{name} {abi:?}");
    }
    assert_eq!(call("mmap", Abi::Arm64).entry_symbol(Abi::Arm32), None);
}

#[test]
fn entries_before_5_15() {
    let mbind = call("mbind", Abi::Arm32);
    assert_eq!(
        mbind.older_symbol(Abi::Arm32),
        Some(("__arm64_compat_sys_", "mbind"))
    );
    assert_eq!(mbind.older_symbol(Abi::Arm64), None);
}
