//! Whether an ELF is part of a C library, by what is in it. Names alone are not enough, since any library can be called
//! `libc.so`; and all of it can be copied, so whether it is the platform's is for its path to say.

use object::LittleEndian;
use object::elf;

use super::bytes::{self, Bytes};
use super::elf::Dynamic;
use super::symbols::{self, Table};
use crate::input::{ElfFound, Role};

const LE: LittleEndian = LittleEndian;
/// Definitions of versions that are looked at; glibc has some forty.
const VERSIONS: u64 = 128;
/// Bytes of a table that is searched for a name, and of its names.
const SEARCHED: u64 = 1 << 18;

/// What glibc's files are called that make calls for programs. Before 2.34 some were libraries apart.
const GLIBC: [&str; 4] = ["libc.so.6", "libpthread.so.0", "librt.so.1", "libanl.so.1"];
const GLIBC_LINKERS: [(&str, u16); 3] = [
    ("ld-linux-aarch64.so.1", elf::EM_AARCH64),
    ("ld-linux-armhf.so.3", elf::EM_ARM),
    ("ld-linux.so.3", elf::EM_ARM),
];

pub(super) fn role(
    file: &dyn Bytes,
    found: &ElfFound,
    machine: u16,
    dynamic: &Dynamic,
    table: Option<&Table>,
) -> Option<Role> {
    // The first version of glibc that has the ABI; its symbols are defined ever since.
    let (bits, oldest) = match machine {
        elf::EM_AARCH64 => (64, "GLIBC_2.17"),
        elf::EM_ARM => (32, "GLIBC_2.4"),
        _ => return None,
    };
    let table = table.filter(|_| bits == found.bits)?;
    let has = |names: &[&str]| symbols::defines(file, *table, names, SEARCHED);
    let has_version = |wanted: &str| versions(file, dynamic).iter().any(|name| name == wanted);
    match found.soname.as_deref() {
        // bionic's two: <https://android.googlesource.com/platform/bionic/+/android-14.0.0_r1/libc/libc.map.txt> and
        // <https://android.googlesource.com/platform/bionic/+/android-14.0.0_r1/linker/linker.generic.map>.
        Some("libc.so") if has_version("LIBC") => {
            has(&["__libc_init", "__system_property_get"]).then_some(Role::Libc)
        }
        Some("ld-android.so") => {
            has(&["__loader_dlopen", "rtld_db_dlactivity"]).then_some(Role::Linker)
        }
        Some(name) if GLIBC_LINKERS.contains(&(name, machine)) => {
            has_version(oldest).then_some(Role::Linker)
        }
        Some(name) if GLIBC.contains(&name) => has_version(oldest).then_some(Role::Libc),
        // musl gives itself no name; Alpine gives it one. Its linker is in it, in stages, two of which it exports:
        // <https://git.musl-libc.org/cgit/musl/tree/ldso/dynlink.c?h=v1.2.5#n1724>.
        None | Some("libc.so" | "libc.musl-aarch64.so.1" | "libc.musl-armhf.so.1") => {
            has(&["__libc_start_main", "_dlstart", "__dls3"]).then_some(Role::Libc)
        }
        Some(_) => None,
    }
}

/// The versions that an ELF defines.
fn versions(file: &dyn Bytes, dynamic: &Dynamic) -> Vec<String> {
    let mut names = Vec::new();
    let Some((mut offset, count)) = dynamic.versions else {
        return names;
    };
    for _ in 0..count.min(VERSIONS) {
        let Some(version) = bytes::one::<elf::Verdef<LittleEndian>>(file, offset) else {
            break;
        };
        let aux = offset.checked_add(version.vd_aux.get(LE).into());
        let aux = aux.and_then(|at| bytes::one::<elf::Verdaux<LittleEndian>>(file, at));
        names.extend(aux.and_then(|aux| dynamic.name(file, Some(aux.vda_name.get(LE).into()))));
        let next = version.vd_next.get(LE);
        match offset.checked_add(next.into()).filter(|_| next > 0) {
            Some(next) => offset = next,
            None => break,
        }
    }
    names
}
