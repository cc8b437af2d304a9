//! What the guest finds: an Android-like tree, busybox, the newest `sandboxd`, the lab's programs, the command to run.
//!
//! `lab/guest/init` says what happens with it; `archive` writes it.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::apt::Apt;
use crate::archive::{Access, Archive};
use crate::kernels::Kernel;
use crate::{build, package, packages, paths, process, programs};

/// A host file or directory, and where the guest shall have it.
pub(crate) type Copy = (PathBuf, String);

const INIT: &[u8] = include_bytes!("../lab/guest/init");
const PACKAGES: &[u8] = include_bytes!("../lab/guest/packages.list");
const BUILD_PROP: &[u8] = include_bytes!("../lab/guest/build.prop");
const APP_UID: u32 = 10_123;

const fn of(owner: u32, mode: u32) -> Access {
    Access {
        mode,
        owner,
        group: owner,
    }
}

/// Directories with Android's owners and modes: 1000 is `system`, 2000 `shell`.
const DIRECTORIES: &[(&str, Access)] = &[
    ("proc", Access::root(0o755)),
    ("sys", Access::root(0o755)),
    ("dev", Access::root(0o755)),
    ("etc", Access::root(0o755)),
    ("tmp", Access::root(0o1777)),
    ("data", of(1000, 0o771)),
    ("lab/tmp", Access::root(0o1777)),
    ("lab/data", of(1000, 0o771)),
    ("lab/data/system", of(1000, 0o775)),
    ("lab/data/app", of(1000, 0o771)),
    ("lab/data/app/~~q83vEjRWeJq83u8A==", of(1000, 0o771)),
    (
        "lab/data/app/~~q83vEjRWeJq83u8A==/com.example.app-Zm9vYmFyYmF6cXV4==",
        of(1000, 0o755),
    ),
    (
        "lab/data/app/~~q83vEjRWeJq83u8A==/com.example.app-Zm9vYmFyYmF6cXV4==/lib/arm64",
        of(1000, 0o755),
    ),
    ("lab/data/data", of(1000, 0o771)),
    ("lab/data/data/com.example.app", of(APP_UID, 0o700)),
    ("lab/data/data/com.example.other", of(10_124, 0o700)),
    ("lab/data/user", of(1000, 0o711)),
    ("lab/data/misc", of(1000, 0o771)),
    ("lab/data/local", Access::root(0o751)),
    ("lab/data/local/tmp", of(2000, 0o771)),
    ("lab/modules", Access::root(0o755)),
    ("system/bin", Access::root(0o755)),
    ("system/lib64", Access::root(0o755)),
    ("vendor/lib64", Access::root(0o755)),
    ("apex/com.android.runtime/lib64/bionic", Access::root(0o755)),
    ("sdcard", Access::root(0o771)),
];

/// The programs that every guest has, made ready once.
pub(crate) struct Programs {
    busybox: PathBuf,
    daemon: Option<PathBuf>,
    lab: Vec<PathBuf>,
}

impl Programs {
    /// Fetches, compiles and strips what is not there yet.
    pub(crate) fn prepare() -> Result<Self> {
        Ok(Self {
            busybox: busybox()?,
            daemon: daemon()?,
            lab: programs::build()?,
        })
    }

    fn write<W: Write>(&self, archive: &mut Archive<W>) -> Result<()> {
        let access = Access::root(0o755);
        archive.file("bin/busybox", access, &read(&self.busybox)?)?;
        if let Some(daemon) = &self.daemon {
            archive.file("bin/sandboxd", access, &read(daemon)?)?;
        }
        for program in &self.lab {
            let name = program.file_name().unwrap_or_default().to_string_lossy();
            archive.file(&format!("bin/{name}"), access, &read(program)?)?;
        }
        Ok(())
    }
}

/// What one boot is given.
pub(crate) struct Guest<'a> {
    pub(crate) programs: &'a Programs,
    pub(crate) kernel: &'a Kernel,
    pub(crate) command: &'a str,
    pub(crate) copies: &'a [Copy],
    /// The bytes that end the guest's two streams.
    pub(crate) trailer: &'a [u8],
}

impl Guest<'_> {
    /// Writes the initramfs.
    pub(crate) fn write(&self, initramfs: &Path) -> Result<()> {
        let file = fs::File::create(initramfs)
            .with_context(|| format!("cannot write {}", initramfs.display()))?;
        let mut archive = Archive::new(BufWriter::new(file));
        tree(&mut archive)?;
        self.programs.write(&mut archive)?;
        for (order, module) in self.kernel.modules.iter().enumerate() {
            let name = module.file_name().unwrap_or_default().to_string_lossy();
            archive.file(
                &format!("lab/modules/{order:02}-{name}"),
                Access::root(0o644),
                &read(module)?,
            )?;
        }
        archive.file("lab/command", Access::root(0o755), self.command.as_bytes())?;
        archive.file("lab/trailer", Access::root(0o600), self.trailer)?;
        // Several may need the same library.
        let copies: BTreeSet<_> = self.copies.iter().collect();
        for (host, path) in copies {
            archive.copy(host, &guest_path(path)?)?;
        }
        archive.finish()
    }
}

fn tree<W: Write>(archive: &mut Archive<W>) -> Result<()> {
    for (path, access) in DIRECTORIES {
        archive.directory(path, *access)?;
    }
    archive.file("init", Access::root(0o755), INIT)?;
    archive.device("dev/console", 5, 1)?;
    archive.file("lab/data/system/packages.list", of(1000, 0o640), PACKAGES)?;
    archive.file(
        packages::GUEST_PATH,
        of(1000, 0o640),
        packages::list().as_bytes(),
    )?;
    archive.file("system/build.prop", Access::root(0o600), BUILD_PROP)?;
    archive.file(
        "etc/passwd",
        Access::root(0o644),
        b"root:x:0:0::/:/bin/sh\nu0_a123:x:10123:10123::/:/bin/sh\n",
    )?;
    archive.file(
        "etc/group",
        Access::root(0o644),
        b"root:x:0:\nu0_a123:x:10123:\n",
    )?;
    archive.link("lab/data/user/0", "/data/data")?;
    archive.link("system/bin/sh", "/bin/busybox")
}

/// `/tmp` and `/data` are mounts of their own: what is meant for them waits where `init` takes it from.
fn guest_path(path: &str) -> Result<String> {
    let path = path.trim_matches('/');
    if path.is_empty() || path.split('/').any(|part| part == "..") {
        bail!("cannot copy to {path:?} in the guest: give an absolute path");
    }
    let mount = path.split('/').next().unwrap_or_default();
    Ok(if mount == "tmp" || mount == "data" {
        format!("lab/{path}")
    } else {
        path.to_owned()
    })
}

/// Where `Programs` leave the daemon that guests get.
pub(crate) fn stripped_daemon() -> PathBuf {
    paths::target().join("lab/sandboxd")
}

/// The newest build without what only a debugger reads: it is unpacked at every boot.
pub(crate) fn daemon() -> Result<Option<PathBuf>> {
    let Some(built) = build::last() else {
        return Ok(None);
    };
    let stripped = stripped_daemon();
    let time = |path: &Path| {
        fs::metadata(path)
            .and_then(|metadata| metadata.modified())
            .ok()
    };
    if time(&stripped) <= time(&built) {
        fs::create_dir_all(paths::target().join("lab"))?;
        let partial = stripped.with_extension(std::process::id().to_string());
        let mut strip = Command::new("aarch64-linux-gnu-strip");
        process::run(
            strip
                .arg("--strip-debug")
                .arg("-o")
                .arg(&partial)
                .arg(&built),
            "stripping sandboxd",
        )?;
        fs::rename(&partial, &stripped).context("cannot keep the stripped sandboxd")?;
    }
    Ok(Some(stripped))
}

/// Static busybox for arm64, from Debian's package.
fn busybox() -> Result<PathBuf> {
    let kept = paths::cache().join("busybox-arm64");
    paths::ensure_cached(&kept, || {
        let apt = Apt::open("bookworm")?;
        let scratch = tempfile::tempdir_in(paths::cache()).context("cannot write to the cache")?;
        let deb = apt.download("busybox-static", scratch.path())?;
        let program = scratch.path().join("busybox");
        package::unpack(&deb, |path, content| {
            if path.ends_with("bin/busybox") {
                std::io::copy(content, &mut fs::File::create(&program)?)?;
            }
            Ok(())
        })?;
        fs::rename(&program, &kept).context("Debian's busybox-static package holds no bin/busybox")
    })?;
    Ok(kept)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_to_mounts_wait_for_init() {
        assert_eq!(guest_path("/tmp/x").unwrap(), "lab/tmp/x");
        assert_eq!(
            guest_path("/data/local/tmp/x").unwrap(),
            "lab/data/local/tmp/x"
        );
        assert_eq!(guest_path("/bin/x").unwrap(), "bin/x");
        assert!(guest_path("/tmp/../x").is_err());
    }
}
