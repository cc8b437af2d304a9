//! An archive that is the same whenever and by whomever it is made: files in order, without times and owners.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use flate2::{Compression, GzBuilder};

/// The files below a directory, in the order of their names.
pub(super) fn files(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut waiting = vec![dir.to_path_buf()];
    while let Some(dir) = waiting.pop() {
        let entries =
            fs::read_dir(&dir).with_context(|| format!("cannot list {}", dir.display()))?;
        for entry in entries {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                waiting.push(entry.path());
            } else {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Packs a directory, under its own name.
pub(super) fn write(dir: &Path, archive: &Path) -> Result<()> {
    let file =
        File::create(archive).with_context(|| format!("cannot write {}", archive.display()))?;
    let packed = GzBuilder::new().mtime(0).write(file, Compression::best());
    let mut tar = tar::Builder::new(packed);
    let parent = dir.parent().unwrap_or(dir);
    for path in files(dir)? {
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let is_program =
            path == dir.join("sandboxd") || path.extension().is_some_and(|end| end == "sh");
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(if is_program { 0o755 } else { 0o644 });
        header.set_mtime(0);
        header.set_uid(0);
        header.set_gid(0);
        let name = path.strip_prefix(parent)?;
        tar.append_data(&mut header, name, bytes.as_slice())
            .with_context(|| format!("cannot pack {}", path.display()))?;
    }
    let mut file = tar
        .into_inner()?
        .finish()
        .context("cannot end the archive")?;
    file.flush().context("cannot end the archive")
}
