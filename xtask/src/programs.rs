//! Compiles the lab's own guest programs: `xtask/lab/{arm64,arm32}/*.c`, each a static program of its own. What both ABIs
//! share is in `xtask/lab/*.h`.
//!
//! What they do is theirs; here is only how they are built, and only when newer than their output.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use crate::{paths, process};

struct Abi {
    name: &'static str,
    compiler: &'static str,
    flags: &'static [&'static str],
}

const ABIS: [Abi; 2] = [
    Abi {
        name: "arm64",
        compiler: "aarch64-linux-gnu-gcc",
        flags: &["-O1", "-static", "-pthread"],
    },
    Abi {
        name: "arm32",
        compiler: "arm-linux-gnueabihf-gcc",
        flags: &["-O1", "-static", "-marm", "-pthread"],
    },
];

/// Compiles what is stale and returns every program; its file name is its name in the guest.
pub(crate) fn build() -> Result<Vec<PathBuf>> {
    let mut programs: Vec<PathBuf> = Vec::new();
    // Of both: what both ABIs do lies above them, or beside the 64-bit programs.
    let mut headers = newest(&files(&paths::lab(), "h")?)?;
    for abi in &ABIS {
        headers = headers.max(newest(&files(&paths::lab().join(abi.name), "h")?)?);
    }
    for abi in &ABIS {
        let sources = paths::lab().join(abi.name);
        for source in files(&sources, "c")? {
            let program = compile(abi, &source, headers)?;
            if programs
                .iter()
                .any(|other| other.file_name() == program.file_name())
            {
                bail!(
                    "two lab programs are called like {}: rename one",
                    source.display()
                );
            }
            programs.push(program);
        }
    }
    Ok(programs)
}

fn compile(abi: &Abi, source: &Path, headers: Option<SystemTime>) -> Result<PathBuf> {
    let dir = paths::target().join("lab").join(abi.name);
    let program = dir.join(
        source
            .file_stem()
            .with_context(|| format!("{} has no name", source.display()))?,
    );
    let inputs = newest(&[source.to_path_buf()])?.max(headers);
    if program.exists() && newest(std::slice::from_ref(&program))? > inputs {
        return Ok(program);
    }
    fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
    // Under another name until it is whole: somebody else may be taking it into a guest.
    let partial = dir.join(format!(".{}", std::process::id()));
    let mut compiler = Command::new(abi.compiler);
    compiler
        .args(abi.flags)
        .args(["-Wall", "-o"])
        .arg(&partial)
        .arg(source);
    process::run(&mut compiler, &format!("compiling {}", source.display()))?;
    fs::rename(&partial, &program)
        .with_context(|| format!("cannot write {}", program.display()))?;
    Ok(program)
}

/// The files of a directory whose names end so, in order.
pub(crate) fn files(dir: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    if !dir.exists() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(dir).with_context(|| format!("cannot list {}", dir.display()))?;
    let mut files: Vec<_> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == extension))
        .collect();
    files.sort();
    Ok(files)
}

/// When the newest of them was written.
pub(crate) fn newest(files: &[PathBuf]) -> Result<Option<SystemTime>> {
    let mut newest = None;
    for file in files {
        let time = fs::metadata(file).and_then(|metadata| metadata.modified());
        newest = newest.max(Some(
            time.with_context(|| format!("cannot look at {}", file.display()))?,
        ));
    }
    Ok(newest)
}
