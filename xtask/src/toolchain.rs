//! Finds a Rust toolchain that can build both halves: rustup's if it is complete, else Debian's.
//!
//! Only looks at what is installed. It never asks rustup for anything that would be downloaded: on a closed network that
//! hangs. `scripts/setup.sh` installs the Debian packages.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::{paths, process};

const MUSL: &str = "aarch64-unknown-linux-musl";
const GNU: &str = "aarch64-unknown-linux-gnu";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const GNU_LINKER: &str = "aarch64-linux-gnu-gcc";

/// A compiler that can build for BPF and for static arm64, and its linkers.
pub(crate) struct Toolchain {
    kind: Kind,
    rustc: PathBuf,
    bpf_linker: PathBuf,
    /// The names of the toolchains that were looked at and not taken, with the reasons.
    refused: Vec<String>,
    version: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Rustup,
    Debian,
}

impl Toolchain {
    /// Looks at what is installed, or at what `SANDBOXD_TOOLCHAIN` names.
    pub(crate) fn find() -> Result<Self> {
        let kinds: &[Kind] = match env::var("SANDBOXD_TOOLCHAIN").as_deref() {
            Ok("rustup") => &[Kind::Rustup],
            Ok("debian") => &[Kind::Debian],
            Ok(other) if !other.is_empty() => {
                bail!("SANDBOXD_TOOLCHAIN={other:?} is neither `rustup` nor `debian`")
            }
            _ => &[Kind::Rustup, Kind::Debian],
        };
        let mut refused = Vec::new();
        for kind in kinds {
            match kind.look() {
                Ok(mut found) => {
                    found.refused = refused;
                    return Ok(found);
                }
                Err(reason) => refused.push(format!("{kind}: {reason}")),
            }
        }
        bail!(
            "no toolchain can build the eBPF half and the arm64 half:\n  {}\nrun scripts/setup.sh to install Debian's",
            refused.join("\n  ")
        );
    }

    /// Rust's name of the arm64 target this toolchain links statically.
    pub(crate) fn target(&self) -> &'static str {
        match self.kind {
            Kind::Rustup => MUSL,
            Kind::Debian => GNU,
        }
    }

    /// What the compiler calls itself.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    /// The linker of the eBPF half.
    pub(crate) fn bpf_linker(&self) -> &Path {
        &self.bpf_linker
    }

    /// Cargo set up to compile for the BPF machine, `core` included.
    pub(crate) fn bpf_cargo(&self, verb: &str) -> Command {
        let mut cargo = self.cargo(verb);
        self.aim_at_bpf(&mut cargo);
        cargo
    }

    /// Clippy for the BPF machine, if the toolchain has the clippy of this very compiler.
    pub(crate) fn bpf_clippy(&self) -> Option<Command> {
        let program = self.rustc.with_file_name("cargo-clippy");
        if !program.exists() || !self.rustc.with_file_name("clippy-driver").exists() {
            return None;
        }
        let mut clippy = Command::new(program);
        self.prepare(clippy.arg("clippy").current_dir(paths::root()));
        self.aim_at_bpf(&mut clippy);
        clippy.arg("--target-dir").arg(paths::target().join("bpf"));
        Some(clippy)
    }

    fn aim_at_bpf(&self, cargo: &mut Command) {
        let flags = [
            "--cfg=bpf_target_arch=\"aarch64\"",
            "-Clink-arg=--btf",
            "-Cdebuginfo=2",
        ];
        let flags = flags.map(str::to_owned).into_iter().chain(elsewhere());
        let flags: Vec<String> = flags.collect();
        cargo
            .args(["-Zbuild-std=core", "--target=bpfel-unknown-none"])
            .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"))
            .env("CARGO_TARGET_BPFEL_UNKNOWN_NONE_LINKER", &self.bpf_linker);
    }

    /// Cargo set up to compile a static arm64 program.
    pub(crate) fn arm64_cargo(&self, verb: &str) -> Command {
        let mut cargo = self.cargo(verb);
        cargo.args(["--target", self.target()]);
        match self.kind {
            // rust-lld needs no C toolchain; musl's target is static by itself.
            Kind::Rustup => cargo.env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_LINKER", "rust-lld"),
            Kind::Debian => cargo.env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER", GNU_LINKER),
        };
        let is_static =
            (self.kind == Kind::Debian).then(|| "-Ctarget-feature=+crt-static".to_owned());
        let flags: Vec<String> = is_static.into_iter().chain(elsewhere()).collect();
        cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
        cargo
    }

    /// What is linked in beside crates: name, licence, and the files with its text, where there are any. Debian's copyright
    /// files point to the texts of the GNU licences.
    pub(crate) fn libraries(&self) -> Vec<(&'static str, &'static str, Vec<PathBuf>)> {
        let doc = |package: &str| PathBuf::from(format!("/usr/share/doc/{package}/copyright"));
        let common = |licence: &str| PathBuf::from(format!("/usr/share/common-licenses/{licence}"));
        let rust = "MIT OR Apache-2.0";
        match self.kind {
            Kind::Rustup => vec![
                ("Rust's standard library", rust, Vec::new()),
                ("musl", "MIT", Vec::new()),
            ],
            Kind::Debian => vec![
                (
                    "Rust's standard library",
                    rust,
                    vec![doc("libstd-rust-web-dev")],
                ),
                (
                    "GNU C library",
                    "LGPL-2.1-or-later",
                    vec![doc("libc6-dev-arm64-cross"), common("LGPL-2.1")],
                ),
                (
                    "libgcc",
                    "GPL-3.0-or-later WITH GCC-exception-3.1",
                    vec![doc("libgcc-12-dev-arm64-cross"), common("GPL-3")],
                ),
            ],
        }
    }

    fn cargo(&self, verb: &str) -> Command {
        let mut cargo = host_cargo(verb);
        self.prepare(&mut cargo);
        cargo
    }

    fn prepare(&self, cargo: &mut Command) {
        // `-Zbuild-std` on a stable compiler needs the bootstrap switch; the library source is the compiler's own.
        cargo
            .env("RUSTC", &self.rustc)
            .env("RUSTC_BOOTSTRAP", "1")
            .env_remove("RUSTC_WRAPPER");
    }
}

/// Flags that keep out of the program where it was built: messages and debug information say `/sandboxd` and `/cargo`.
fn elsewhere() -> impl Iterator<Item = String> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| {
        let home = env::var_os("HOME")?;
        Some(PathBuf::from(home).join(".cargo"))
    });
    let places = [(Some(paths::root()), "/sandboxd"), (home, "/cargo")];
    places.into_iter().filter_map(|(place, name)| {
        Some(format!("--remap-path-prefix={}={name}", place?.display()))
    })
}

/// The cargo that runs this program, without what the user's environment would add to the compiler's flags.
pub(crate) fn host_cargo(verb: &str) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.arg(verb).current_dir(paths::root());
    for name in [
        "RUSTFLAGS",
        "CARGO_ENCODED_RUSTFLAGS",
        "CARGO_BUILD_TARGET",
        "CARGO_MANIFEST_DIR",
    ] {
        cargo.env_remove(name);
    }
    cargo
}

impl fmt::Display for Toolchain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "toolchain: {} ({}, {}",
            self.kind,
            self.version,
            self.target()
        )?;
        for reason in &self.refused {
            write!(f, "; not {reason}")?;
        }
        write!(f, ")")
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rustup => "rustup's",
            Self::Debian => "Debian's",
        })
    }
}

impl Kind {
    /// Returns the toolchain, or says in one phrase what it lacks.
    fn look(self) -> Result<Toolchain> {
        let rustc = self.rustc()?;
        let sysroot = PathBuf::from(ask(&rustc, &["--print", "sysroot"])?.trim());
        let about = ask(&rustc, &["-vV"])?;
        let rustlib = sysroot.join("lib/rustlib");
        let (target, source) = match self {
            Self::Rustup => (MUSL, "component rust-src"),
            Self::Debian => (GNU, "package rust-web-src"),
        };
        if !rustlib.join("src/rust/library/core").is_dir() {
            bail!("{source} is missing (`core` for BPF is built from it)");
        }
        if !rustlib.join(target).join("lib").is_dir() {
            bail!("target {target} is missing");
        }
        if self == Self::Debian && find_program(GNU_LINKER).is_none() {
            bail!("{GNU_LINKER} is missing (package gcc-aarch64-linux-gnu)");
        }
        let version = about.lines().next().unwrap_or_default().to_owned();
        let bpf_linker = find_bpf_linker(&about)?;
        Ok(Toolchain {
            kind: self,
            rustc,
            bpf_linker,
            refused: Vec::new(),
            version,
        })
    }

    fn rustc(self) -> Result<PathBuf> {
        match self {
            Self::Debian if Path::new(DEBIAN_RUSTC).exists() => Ok(DEBIAN_RUSTC.into()),
            Self::Debian => bail!("{DEBIAN_RUSTC} is missing (package rustc-web)"),
            // The toolchain this very program was built with: its cargo lies beside its rustc.
            Self::Rustup => {
                let cargo = PathBuf::from(env::var_os("CARGO").unwrap_or_default());
                let rustc = cargo.with_file_name("rustc");
                let toolchains = rustc
                    .components()
                    .any(|part| part.as_os_str() == "toolchains");
                if !toolchains || !rustc.exists() {
                    bail!("the running cargo is not rustup's");
                }
                Ok(rustc)
            }
        }
    }
}

/// A linker for BPF whose LLVM is the compiler's; one with a built-in LLVM is taken at its word.
fn find_bpf_linker(about: &str) -> Result<PathBuf> {
    let places = [paths::cache().join("tools/bin/bpf-linker")];
    let Some(linker) = places
        .into_iter()
        .find(|path| path.exists())
        .or_else(|| find_program("bpf-linker"))
    else {
        bail!("bpf-linker is missing (scripts/setup.sh installs it)");
    };
    let wanted = major(about, "LLVM version: ");
    let libraries = ask("ldd", &[&linker.to_string_lossy()]).unwrap_or_default();
    let has = major(&libraries, "libLLVM.so.").or_else(|| major(&libraries, "libLLVM-"));
    if let (Some(wanted), Some(has)) = (wanted, has)
        && wanted != has
    {
        bail!(
            "{} is linked with LLVM {has}, the compiler has LLVM {wanted}",
            linker.display()
        );
    }
    Ok(linker)
}

/// The number that follows `label`.
fn major(text: &str, label: &str) -> Option<u32> {
    let rest = text.split_once(label)?.1;
    rest.split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

/// Looks a program up on PATH.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|dir| dir.join(name))
        .find(|file| file.is_file())
}

fn ask(program: impl AsRef<std::ffi::OsStr>, args: &[&str]) -> Result<String> {
    // Inside `cargo run`, this names the toolchain of the running cargo; a direct path needs no proxy.
    process::read_text(
        Command::new(program)
            .args(args)
            .env_remove("RUSTUP_TOOLCHAIN"),
        "looking at the toolchain",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn majors_are_read_from_what_rustc_and_ldd_print() {
        assert_eq!(
            major("host: x\nLLVM version: 22.1.8\n", "LLVM version: "),
            Some(22)
        );
        assert_eq!(
            major("\tlibLLVM.so.22.1 => /usr/lib/x", "libLLVM.so."),
            Some(22)
        );
        assert_eq!(major("\tlibc.so.6", "libLLVM.so."), None);
    }
}
