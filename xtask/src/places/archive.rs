//! Writes the app's archive: libraries that are stored at the start of a page, so that they can be mapped out of it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// The largest page that an Android kernel has.
const PAGE: u16 = 16 << 10;

/// Writes it anew, with something compressed in front, as in every app's.
pub(super) fn write(archive: &Path, libraries: &[(&str, &PathBuf)]) -> Result<()> {
    let partial = archive.with_extension(std::process::id().to_string());
    let file = fs::File::create(&partial)
        .with_context(|| format!("cannot write {}", partial.display()))?;
    let mut zip = ZipWriter::new(file);
    let packed = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    zip.start_file("AndroidManifest.xml", packed)?;
    zip.write_all(
        "<manifest package=\"com.example.app\"/>\n"
            .repeat(300)
            .as_bytes(),
    )?;
    let stored = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .with_alignment(PAGE);
    for (name, library) in libraries {
        zip.start_file(*name, stored)?;
        let content =
            fs::read(library).with_context(|| format!("cannot read {}", library.display()))?;
        zip.write_all(&content)?;
    }
    zip.start_file("META-INF/MANIFEST.MF", packed)?;
    zip.write_all(b"Manifest-Version: 1.0\n")?;
    zip.finish()?;
    fs::rename(&partial, archive).with_context(|| format!("cannot write {}", archive.display()))
}
