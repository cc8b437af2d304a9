//! Files to look into: built by the lab's cross compilers, or put together.

use std::fs;
use std::process::Command;

use lzma_rust2::{XzOptions, XzWriter};
use rawzip::{CompressionMethod, ZipArchiveWriter};
use sandboxd::module::bytes::Bytes;
use sandboxd::module::elf::Elf;
use sandboxd::module::symbols::{self, Symbol};

/// Compilers of both ABIs, by their bits.
pub(crate) const ARM64: &str = "aarch64-linux-gnu";
pub(crate) const ARM32: &str = "arm-linux-gnueabihf";

/// A library of that assembler text, linked with these options.
pub(crate) fn library(target: &str, text: &str, options: &[&str]) -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let (source, out) = (dir.path().join("a.s"), dir.path().join("a.so"));
    fs::write(&source, text).unwrap();
    let mut compiler = Command::new(format!("{target}-gcc"));
    compiler.args(["-shared", "-nostdlib", "-o"]);
    compiler.arg(&out).arg(&source).args(options);
    let status = compiler.status();
    let status =
        status.unwrap_or_else(|error| panic!("no {target}-gcc (scripts/setup.sh): {error}"));
    assert!(status.success());
    fs::read(out).unwrap()
}

/// The same file with `.gnu_debugdata` that holds `inner`, and without the symbols of `.symtab`.
pub(crate) fn with_mini(target: &str, file: &[u8], inner: &[u8]) -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let (out, mini) = (dir.path().join("a.so"), dir.path().join("mini"));
    fs::write(&out, file).unwrap();
    fs::write(&mini, xz(inner)).unwrap();
    let mut objcopy = Command::new(format!("{target}-objcopy"));
    objcopy.arg("--strip-all");
    objcopy.arg(format!("--add-section=.gnu_debugdata={}", mini.display()));
    assert!(objcopy.arg(&out).status().unwrap().success());
    fs::read(out).unwrap()
}

pub(crate) fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut writer = XzWriter::new(Vec::new(), XzOptions::default()).unwrap();
    std::io::Write::write_all(&mut writer, bytes).unwrap();
    writer.finish().unwrap()
}

/// An archive with these entries as they are, each at a page's beginning as Android wants it.
pub(crate) fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut archive = ZipArchiveWriter::new(&mut out);
    for (name, bytes) in entries {
        let (mut entry, config) = archive
            .new_file(name)
            .compression_method(CompressionMethod::STORE)
            .start()
            .unwrap();
        let mut writer = config.wrap(&mut entry);
        std::io::Write::write_all(&mut writer, bytes).unwrap();
        let (_, descriptor) = writer.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    out
}

/// The function at an address, by the tables of the file itself.
pub(crate) fn function(bytes: &dyn Bytes, elf: &Elf, address: u64) -> Option<Symbol> {
    let tables = elf.tables.iter();
    let tables: Vec<_> = tables.map(|table| (bytes, *table, elf.machine)).collect();
    symbols::function(&tables, address)
}
