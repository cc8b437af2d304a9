//! The lab's kernels by name: where each comes from, fetched once and kept in the cache.
//!
//! Booting them is `qemu`'s part.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::apt::Apt;
use crate::image::Image;
use crate::{package, paths};

/// Modules the lab's devices need where they are not built in.
pub(crate) const MODULES: [&str; 9] = [
    "virtio",
    "virtio_ring",
    "virtio_pci_legacy_dev",
    "virtio_pci_modern_dev",
    "virtio_pci",
    "virtio_console",
    "failover",
    "net_failover",
    "virtio_net",
];

/// A kernel that can be booted.
#[derive(Clone, Debug)]
pub(crate) struct Kernel {
    pub(crate) name: String,
    pub(crate) image: PathBuf,
    /// Modules to load at boot, in order; empty where everything is built in.
    pub(crate) modules: Vec<PathBuf>,
}

/// Why a kernel cannot be had here, as opposed to an error in getting it.
#[derive(Debug, thiserror::Error)]
#[error("{name} is not here: no {} (set SANDBOXD_KERNELS to the directory that has it)", .image.display())]
pub(crate) struct Absent {
    name: String,
    image: PathBuf,
}

struct Debian {
    name: &'static str,
    release: &'static str,
    /// The image packages' names start and end so.
    prefix: &'static str,
    flavour: &'static str,
}

const DEBIAN: [Debian; 5] = [
    Debian {
        name: "debian-5.10",
        release: "bullseye",
        prefix: "linux-image-5.10.",
        flavour: "-cloud-arm64",
    },
    Debian {
        name: "debian-6.1",
        release: "bookworm",
        prefix: "linux-image-6.1.",
        flavour: "-cloud-arm64",
    },
    Debian {
        name: "debian-6.12",
        release: "trixie",
        prefix: "linux-image-6.12.",
        flavour: "-cloud-arm64",
    },
    Debian {
        name: "debian-6.12-16k",
        release: "trixie",
        prefix: "linux-image-6.12.",
        flavour: "-arm64-16k",
    },
    Debian {
        name: "debian-latest",
        release: "sid",
        prefix: "linux-image-",
        flavour: "-cloud-arm64",
    },
];
const GKI_LIKE: [&str; 2] = ["gki-like-5.10", "gki-like-6.12"];

impl Kernel {
    /// Says so when a CPU model cannot run this kernel, which would show as a silent hang.
    pub(crate) fn suits(&self, cpu: &str) -> Result<()> {
        const SMALL_PAGES_ONLY: [&str; 3] = ["cortex-a53", "cortex-a57", "cortex-a72"];
        if self.page_kib()? == Some(16)
            && SMALL_PAGES_ONLY.iter().any(|model| cpu.starts_with(model))
        {
            bail!(
                "{} has 16 KiB pages, which a {cpu} lacks: use --cpu max,pauth-impdef=on",
                self.name
            );
        }
        Ok(())
    }

    /// The page size that the image's header tells.
    pub(crate) fn page_kib(&self) -> Result<Option<u32>> {
        Ok(Image::open(&self.image)?.page_kib())
    }

    /// A file with everything built in, which must be a kernel: QEMU boots anything, and nothing comes of it.
    fn whole(name: String, image: PathBuf) -> Result<Self> {
        Image::open(&image)?;
        Ok(Self {
            name,
            image,
            modules: Vec::new(),
        })
    }
}

/// Every name that [`find`] knows.
pub(crate) fn names() -> Vec<&'static str> {
    DEBIAN
        .iter()
        .map(|debian| debian.name)
        .chain(GKI_LIKE)
        .collect()
}

/// Gets a kernel by name, or takes a path to an image.
pub(crate) fn find(name: &str) -> Result<Kernel> {
    if let Some(debian) = DEBIAN.iter().find(|debian| debian.name == name) {
        return debian.get();
    }
    if GKI_LIKE.contains(&name) {
        let image = paths::kernels().join(format!("{name}.Image.gz"));
        if !image.exists() {
            return Err(Absent {
                name: name.into(),
                image,
            }
            .into());
        }
        return Kernel::whole(name.into(), image);
    }
    let image = PathBuf::from(name);
    if image.is_file() {
        let name = image
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        return Kernel::whole(name, image);
    }
    bail!(
        "no kernel {name:?}: give a path to an arm64 Image, or one of {}",
        names().join(", ")
    );
}

/// As [`find`]; that it is not here is said, and no error.
pub(crate) fn unless_absent(name: &str) -> Result<Option<Kernel>> {
    match find(name) {
        Err(error) if error.is::<Absent>() => {
            eprintln!("xtask: skipped: {error}");
            Ok(None)
        }
        found => found.map(Some),
    }
}

/// As [`find`], for a machine with this CPU model, which the kernel must suit.
pub(crate) fn find_for(name: &str, cpu: &str) -> Result<Kernel> {
    let kernel = find(name)?;
    kernel.suits(cpu)?;
    Ok(kernel)
}

impl Debian {
    fn get(&self) -> Result<Kernel> {
        let dir = paths::cache().join("kernels").join(self.name);
        paths::ensure_cached(&dir, || self.fetch(&dir))
            .with_context(|| format!("cannot get kernel {}", self.name))?;
        Ok(Kernel {
            name: self.name.into(),
            image: dir.join("vmlinuz"),
            modules: in_order(&dir)?,
        })
    }

    /// Tries the newest package first: a security pool may have dropped what its index still lists.
    fn fetch(&self, dir: &Path) -> Result<()> {
        let apt = Apt::open(self.release)?;
        let mut packages = apt.names(self.prefix)?;
        packages.retain(|name| self.is_image(name));
        packages.sort_by_key(|name| std::cmp::Reverse(version(name)));
        let Some(newest) = packages.first() else {
            bail!(
                "Debian {} lists no package {}*{}",
                self.release,
                self.prefix,
                self.flavour
            );
        };
        let mut failure = None;
        for package in &packages {
            match Self::fetch_package(&apt, package, dir) {
                Ok(()) if package == newest => return Ok(()),
                Ok(()) => {
                    eprintln!(
                        "xtask: {newest} could not be had, so {} is {package}",
                        self.name
                    );
                    return Ok(());
                }
                Err(error) => {
                    eprintln!("xtask: {package} could not be had; trying the next older one");
                    failure = Some(error);
                }
            }
        }
        failure.map_or(Ok(()), |error| {
            Err(error.context(format!("none of {} could be had", packages.join(", "))))
        })
    }

    /// `linux-image-6.1.0-56-cloud-arm64`, but no backport of another release, `-dbg` or `-unsigned`.
    fn is_image(&self, name: &str) -> bool {
        let version = name
            .strip_prefix("linux-image-")
            .and_then(|rest| rest.strip_suffix(self.flavour));
        version.is_some_and(|version| {
            version.starts_with(|first: char| first.is_ascii_digit())
                && !version.ends_with("-rt")
                && (self.release != "bookworm" || !version.contains("deb"))
        })
    }

    fn fetch_package(apt: &Apt, package: &str, dir: &Path) -> Result<()> {
        let parent = dir.parent().context("a kernel's directory has a parent")?;
        fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
        // Everything happens in a scratch directory, so that an interrupted fetch leaves no half a kernel.
        let scratch =
            tempfile::tempdir_in(parent).context("cannot make a scratch directory in the cache")?;
        let (debs, kept) = (scratch.path().join("debs"), scratch.path().join("kernel"));
        fs::create_dir(&debs)?;
        fs::create_dir(&kept)?;
        let version = package.trim_start_matches("linux-image-");
        // Newer releases split the image package in two.
        let split = apt.names(&format!("linux-binary-{version}"))?;
        let parts = if split.is_empty() {
            vec![package.to_owned()]
        } else {
            vec![
                format!("linux-binary-{version}"),
                format!("linux-modules-{version}"),
            ]
        };
        for part in parts {
            unpack_kernel(&apt.download(&part, &debs)?, &kept)?;
        }
        if !kept.join("vmlinuz").exists() {
            bail!("{package} holds no vmlinuz");
        }
        fs::write(kept.join("package"), package)?;
        fs::rename(&kept, dir)
            .with_context(|| format!("cannot move the kernel to {}", dir.display()))
    }
}

/// The modules that are there, each after those it depends on; the dependencies are not the same in every version.
fn in_order(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut waiting = Vec::new();
    for module in MODULES {
        let path = dir.join(format!("{module}.ko"));
        if path.exists() {
            let content =
                fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            waiting.push((module, path, depends(&content)));
        }
    }
    let mut ordered = Vec::new();
    while !waiting.is_empty() {
        let names: Vec<_> = waiting.iter().map(|(name, ..)| *name).collect();
        let free = |needs: &[String]| !needs.iter().any(|need| names.contains(&need.as_str()));
        let Some(at) = waiting.iter().position(|(_, _, needs)| free(needs)) else {
            bail!(
                "the modules in {} depend on each other in a circle",
                dir.display()
            );
        };
        ordered.push(waiting.remove(at).1);
    }
    Ok(ordered)
}

/// The names in a module's `depends=a,b` entry.
fn depends(module: &[u8]) -> Vec<String> {
    const KEY: &[u8] = b"\0depends=";
    let Some(at) = module.windows(KEY.len()).position(|window| window == KEY) else {
        return Vec::new();
    };
    let value = module[at + KEY.len()..]
        .split(|byte| *byte == 0)
        .next()
        .unwrap_or_default();
    String::from_utf8_lossy(value)
        .split(',')
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Numbers in a package name, for ordering by version.
fn version(name: &str) -> Vec<u64> {
    name.split(|c: char| !c.is_ascii_digit())
        .filter_map(|part| part.parse().ok())
        .collect()
}

/// Keeps the image, the configuration and the modules of [`MODULES`] from a Debian package.
fn unpack_kernel(deb: &Path, dir: &Path) -> Result<()> {
    package::unpack(deb, |path, content| {
        let file = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let (stem, packed) = match (file.strip_suffix(".ko"), file.strip_suffix(".ko.xz")) {
            (Some(stem), _) => (stem, false),
            (_, Some(stem)) => (stem, true),
            _ => (file.as_str(), false),
        };
        let target = if stem.starts_with("vmlinuz") {
            dir.join("vmlinuz")
        } else if stem.starts_with("config") {
            dir.join("config")
        } else if MODULES.contains(&stem) && stem != file {
            dir.join(format!("{stem}.ko"))
        } else {
            return Ok(());
        };
        let mut out = fs::File::create(&target)
            .with_context(|| format!("cannot write {}", target.display()))?;
        if packed {
            lzma_rs::xz_decompress(&mut std::io::BufReader::new(content), &mut out)
                .with_context(|| format!("cannot decompress {file}"))
        } else {
            std::io::copy(content, &mut out)
                .map(drop)
                .with_context(|| format!("cannot unpack {file}"))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_order_by_number() {
        assert!(
            version("linux-image-5.10.0-9-cloud-arm64")
                < version("linux-image-5.10.0-46-cloud-arm64")
        );
    }

    #[test]
    fn only_signed_images_of_the_flavour_count() {
        let bookworm = &DEBIAN[1];
        assert!(bookworm.is_image("linux-image-6.1.0-56-cloud-arm64"));
        for other in [
            "linux-image-6.1.0-56-arm64",
            "linux-image-6.1.0-56-cloud-arm64-unsigned",
            "linux-image-6.1.0-56-cloud-arm64-dbg",
            "linux-image-6.1.0-0.deb11.51-cloud-arm64",
            "linux-image-cloud-arm64",
        ] {
            assert!(!bookworm.is_image(other), "{other}");
        }
        assert!(DEBIAN[3].is_image("linux-image-6.12.117+deb13-arm64-16k"));
    }

    #[test]
    fn a_path_must_be_of_a_kernel() {
        let error = find("/etc/passwd").unwrap_err().to_string();
        assert!(
            error.starts_with("/etc/passwd is no arm64 kernel"),
            "{error}"
        );
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones() {
        let error = find("debian-9.9").unwrap_err().to_string();
        assert!(
            error.contains("debian-6.1") && error.contains("gki-like-5.10"),
            "{error}"
        );
    }
}
