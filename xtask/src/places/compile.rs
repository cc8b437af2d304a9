//! Compiles one file of the list, and only if it is older than any source.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result};

use super::APP;
use super::binaries::{Binary, Link, Symbols};
use crate::{libcs, paths, process, programs};

/// Where what was built is kept, under its place in the guest.
pub(super) fn directory() -> PathBuf {
    paths::target().join("lab/places")
}

/// When something that is compiled was last written.
pub(super) fn newest_source() -> Result<Option<SystemTime>> {
    let dir = sources();
    let mut files = programs::files(&dir, "c")?;
    files.extend(programs::files(&dir, "h")?);
    files.extend(programs::files(&paths::lab(), "h")?);
    programs::newest(&files)
}

/// Where the sources are.
pub(super) fn sources() -> PathBuf {
    paths::lab().join("places")
}

/// The file, compiled if it is older than the newest source.
pub(super) fn built(binary: &Binary, newest: Option<SystemTime>) -> Result<PathBuf> {
    let out = directory().join(binary.place.trim_start_matches('/'));
    if out.exists() && programs::newest(std::slice::from_ref(&out))? > newest {
        return Ok(out);
    }
    let parent = out.parent().context("every place has a directory")?;
    fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
    let partial = out.with_extension(std::process::id().to_string());
    let purpose = format!("compiling {} to {}", binary.source, binary.place);
    process::run(&mut compiler(binary, &partial)?, &purpose)?;
    match binary.symbols {
        Symbols::All => {}
        Symbols::Dynamic => strip(binary, &partial)?,
        Symbols::Packed => pack(binary, &partial, &packed_symbols(&out))?,
    }
    fs::rename(&partial, &out).with_context(|| format!("cannot write {}", out.display()))?;
    Ok(out)
}

fn compiler(binary: &Binary, out: &Path) -> Result<Command> {
    let mut command = Command::new(format!("{}gcc", binary.target.prefix));
    command
        .args(binary.target.flags)
        .args(binary.flags.concat())
        .args(["-Wall", "-Wl,--build-id", "-o"])
        .arg(out)
        .arg(format!("-DAPP=\"{APP}\""));
    match binary.link {
        Link::Usual => drop(command.arg(sources().join(binary.source))),
        Link::Musl => musl(&mut command, binary, "Scrt1.o")?,
        Link::MuslStatic => musl(&mut command, binary, "crt1.o")?,
    }
    Ok(command)
}

/// The cross compiler is glibc's: everything of that is left out.
fn musl(command: &mut Command, binary: &Binary, start: &str) -> Result<()> {
    let dir = libcs::musl_development()?;
    let lib = dir.join("lib");
    command
        .args(["-nostdinc", "-nostdlib", "-isystem"])
        .arg(dir.join("include"))
        .arg(lib.join(start))
        .arg(lib.join("crti.o"))
        .arg(sources().join(binary.source));
    if binary.link == Link::Musl {
        // By its name alone: that is the one that the program asks for.
        command
            .arg(format!("-Wl,--dynamic-linker={}", libcs::MUSL.loader()))
            .arg("-L")
            .arg(libcs::MUSL.directory()?)
            .arg("-l:libc.so");
    } else {
        command.arg(lib.join("libc.a"));
    }
    command.arg("-lgcc").arg(lib.join("crtn.o"));
    Ok(())
}

fn strip(binary: &Binary, file: &Path) -> Result<()> {
    let mut command = Command::new(format!("{}strip", binary.target.prefix));
    process::run(command.arg("--strip-all").arg(file), "stripping")
}

/// The symbols that such a file has in it packed, as a file that can be read.
pub(crate) fn packed_symbols(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".symbols");
    name.into()
}

/// Moves the symbol table into `.gnu_debugdata`: an ELF of its own, compressed.
fn pack(binary: &Binary, file: &Path, symbols: &Path) -> Result<()> {
    let purpose = "packing symbols";
    let objcopy = || Command::new(format!("{}objcopy", binary.target.prefix));
    let mut split = objcopy();
    process::run(
        split.arg("--only-keep-debug").arg(file).arg(symbols),
        purpose,
    )?;
    let content =
        fs::read(symbols).with_context(|| format!("cannot read {}", symbols.display()))?;
    let packed = file.with_extension("xz");
    let mut out = fs::File::create(&packed).context("cannot write the packed symbols")?;
    lzma_rs::xz_compress(&mut content.as_slice(), &mut out).context(purpose)?;
    strip(binary, file)?;
    let section = format!("--add-section=.gnu_debugdata={}", packed.display());
    process::run(objcopy().arg(section).arg(file), purpose)?;
    fs::remove_file(&packed).with_context(|| format!("cannot remove {}", packed.display()))
}
