//! Debian's bpftrace: the package with its libraries, and scripts that show of a call what sandboxd shows of it, but for who
//! made it: entry and return joined.
//!
//! Its probes are the tracepoints of single calls, which only kernels with the function tracer have.

use std::fmt::Write as _;

use anyhow::Result;

use crate::debian::Parts;
use crate::guest::Copy;
use crate::libcs;

const LIBRARIES: &str = "/usr/lib/aarch64-linux-gnu";

/// `libcs` has the rest of the C library.
const PARTS: Parts = Parts {
    name: "bpftrace-trixie-arm64",
    release: "trixie",
    architecture: "arm64",
    packages: &[
        "bpftrace",
        "libbpf1",
        "libbpfcc",
        "libbsd0",
        "libc6",
        "libclang-cpp19",
        "libclang1-19",
        "libedit2",
        "libelf1t64",
        "libffi8",
        "libgcc-s1",
        "libllvm19",
        "liblzma5",
        "libmd0",
        "libsframe1",
        "libstdc++6",
        "libtinfo6",
        "libxml2",
        "libz3-4",
        "libzstd1",
        "zlib1g",
    ],
    files: &[
        ("bin/bpftrace", "bpftrace"),
        ("lib/aarch64-linux-gnu/libbpf.so.1", "libbpf.so.1"),
        ("lib/aarch64-linux-gnu/libbcc_bpf.so.0", "libbcc_bpf.so.0"),
        ("lib/aarch64-linux-gnu/libbsd.so.0", "libbsd.so.0"),
        ("lib/aarch64-linux-gnu/libm.so.6", "libm.so.6"),
        (
            "lib/aarch64-linux-gnu/libclang-cpp.so.19.1",
            "libclang-cpp.so.19.1",
        ),
        (
            "lib/aarch64-linux-gnu/libclang-19.so.19",
            "libclang-19.so.19",
        ),
        ("lib/aarch64-linux-gnu/libedit.so.2", "libedit.so.2"),
        ("lib/aarch64-linux-gnu/libelf.so.1", "libelf.so.1"),
        ("lib/aarch64-linux-gnu/libffi.so.8", "libffi.so.8"),
        ("lib/aarch64-linux-gnu/libgcc_s.so.1", "libgcc_s.so.1"),
        ("lib/aarch64-linux-gnu/libLLVM.so.19.1", "libLLVM.so.19.1"),
        ("lib/aarch64-linux-gnu/liblzma.so.5", "liblzma.so.5"),
        ("lib/aarch64-linux-gnu/libmd.so.0", "libmd.so.0"),
        ("lib/aarch64-linux-gnu/libsframe.so.1", "libsframe.so.1"),
        ("lib/aarch64-linux-gnu/libstdc++.so.6", "libstdc++.so.6"),
        ("lib/aarch64-linux-gnu/libtinfo.so.6", "libtinfo.so.6"),
        ("lib/aarch64-linux-gnu/libxml2.so.2", "libxml2.so.2"),
        ("lib/aarch64-linux-gnu/libz3.so.4", "libz3.so.4"),
        ("lib/aarch64-linux-gnu/libzstd.so.1", "libzstd.so.1"),
        ("lib/aarch64-linux-gnu/libz.so.1", "libz.so.1"),
    ],
};

/// What the guest needs to have it.
pub(super) fn files() -> Result<Vec<Copy>> {
    let dir = PARTS.get()?;
    let place = |name: &str| match name {
        "bpftrace" => "/bin/bpftrace".to_owned(),
        library => format!("{LIBRARIES}/{library}"),
    };
    let files = PARTS.files.iter();
    let mut files: Vec<Copy> = files
        .map(|(_, name)| (dir.join(name), place(name)))
        .collect();
    files.extend(libcs::GLIBC.files()?);
    Ok(files)
}

/// A call: its name, the arguments to keep from entry to return, and how they are shown. `$e.1` is the first of them.
type Shown = (&'static str, &'static str, &'static str, &'static str);

const CALLS: [Shown; 11] = [
    (
        "openat",
        "args.dfd, args.filename, args.flags, args.mode",
        r#"%d, \"%s\", 0x%x, 0%o"#,
        "$e.1, str($e.2), $e.3, $e.4",
    ),
    (
        "read",
        "args.fd, args.buf, args.count",
        r#"%d, \"%s\", %d"#,
        "$e.1, str($e.2, args.ret + 1), $e.3",
    ),
    ("close", "args.fd", "%d", "$e.1"),
    ("getppid", "0", "%s", r#""""#),
    (
        "connect",
        "args.fd, (uint64)args.uservaddr, args.addrlen",
        "%d, {%d, %d, %s}, %d",
        "$e.1, $a->family, $a->port, ntop($a->addr), $e.3",
    ),
    (
        "writev",
        "args.fd, (uint64)args.vec, args.vlen",
        r#"%d, [\"%s\", \"%s\", \"%s\", \"%s\"], %d"#,
        "$e.1, str($v->p0, $v->n0 + 1), str($v->p1, $v->n1 + 1), str($v->p2, $v->n2 + 1), str($v->p3, $v->n3 + 1), $e.3",
    ),
    (
        "faccessat",
        "args.dfd, args.filename, args.mode",
        r#"%d, \"%s\", %d"#,
        "$e.1, str($e.2), $e.3",
    ),
    (
        "mmap",
        "args.addr, args.len, args.prot, args.flags, args.fd, args.off",
        "0x%lx, %d, 0x%x, 0x%x, %d, 0x%lx",
        "$e.1, $e.2, $e.3, $e.4, $e.5, $e.6",
    ),
    (
        "newfstatat",
        "args.dfd, args.filename, (uint64)args.statbuf, args.flag",
        r#"%d, \"%s\", {0%o, %d}, 0x%x"#,
        "$e.1, str($e.2), $s->mode, $s->size, $e.4",
    ),
    (
        "readlinkat",
        "args.dfd, args.pathname, args.buf, args.bufsiz",
        r#"%d, \"%s\", \"%s\", %d"#,
        "$e.1, str($e.2), str($e.3, args.ret + 1), $e.4",
    ),
    (
        "mprotect",
        "args.start, args.len, args.prot",
        "0x%lx, %d, 0x%x",
        "$e.1, $e.2, $e.3",
    ),
];

/// Where a structure is shown: of which call, its variable, which of the values kept it is of, its layout.
const STRUCTURES: [(&str, &str, &str, &str); 3] = [
    (
        "connect",
        "$a",
        "$e.2",
        "unsigned short family, port; unsigned int addr;",
    ),
    (
        "writev",
        "$v",
        "$e.2",
        "unsigned long p0, n0, p1, n1, p2, n2, p3, n3;",
    ),
    (
        "newfstatat",
        "$s",
        "$e.3",
        "unsigned long dev, ino; unsigned int mode, links, uid, gid; unsigned long rdev, pad, size;",
    ),
];

/// A script that shows these calls of a user.
pub(super) fn script(calls: &[&str], uid: u32) -> String {
    let mut script = String::new();
    for (name, _, _, fields) in STRUCTURES.iter().filter(|of| calls.contains(&of.0)) {
        let _ = writeln!(script, "struct of_{name} {{ {fields} }};");
    }
    for (name, kept, format, shown) in CALLS.iter().filter(|shown| calls.contains(&shown.0)) {
        let pointer = STRUCTURES.iter().find(|of| of.0 == *name);
        let pointer = pointer.map_or(String::new(), |(_, variable, value, _)| {
            format!("{variable} = (struct of_{name} *)uptr({value}); ")
        });
        let _ = write!(
            script,
            "tracepoint:syscalls:sys_enter_{name} /uid == {uid}/ {{ @{name}[tid] = (nsecs, {kept}); }}\n\
             tracepoint:syscalls:sys_exit_{name} /@{name}[tid].0/ {{ $e = @{name}[tid]; {pointer}\
             printf(\"%llu %d %d %d %s {name}({format}) = %d <%llu>\\n\", \
             $e.0, pid, tid, uid, comm, {shown}, args.ret, nsecs - $e.0); delete(@{name}[tid]); }}\n",
        );
    }
    script
}

#[cfg(test)]
mod tests {
    use super::super::plan::WORKLOADS;
    use super::*;

    #[test]
    fn it_knows_every_call_of_every_workload() {
        for workload in &WORKLOADS {
            let script = script(workload.calls, 7);
            let lines = script
                .lines()
                .filter(|line| line.starts_with("tracepoint:"));
            assert_eq!(lines.count(), 2 * workload.calls.len(), "{}", workload.name);
        }
    }
}
