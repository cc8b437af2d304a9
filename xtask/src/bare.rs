//! Takes what is for debuggers alone out of the kernel half before it is embedded: three quarters of its bytes.
//!
//! The linker makes BTF of it, which stays: the loader needs that.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use object::build::elf::{Builder, SectionData};
use object::elf;

/// Writes the object without it beside the object, if that is not there already; returns the path.
pub(crate) fn bare(object: &Path) -> Result<PathBuf> {
    let path = object.with_extension("bare");
    let bytes = fs::read(object).with_context(|| format!("cannot read {}", object.display()))?;
    let bare = without_debug_info(&bytes)
        .with_context(|| format!("cannot take apart {}", object.display()))?;
    // Cargo goes by the time of the file.
    if fs::read(&path).is_ok_and(|there| there == bare) {
        return Ok(path);
    }
    fs::write(&path, bare).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

fn without_debug_info(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut builder = Builder::read(bytes)?;
    for section in &mut builder.sections {
        let name = section.name.as_slice();
        let of_debuggers = [&b".debug_"[..], b".rel.debug_"];
        section.delete = of_debuggers.iter().any(|prefix| name.starts_with(prefix));
    }
    builder.delete_orphans();
    // LLVM keeps names of sections and of symbols in one table; this writes one of each.
    let names = builder.sections.add();
    names.name = b".shstrtab"[..].into();
    names.sh_type = elf::SHT_STRTAB;
    names.data = SectionData::SectionString;
    let mut bare = Vec::new();
    builder.write(&mut bare)?;
    Ok(bare)
}
