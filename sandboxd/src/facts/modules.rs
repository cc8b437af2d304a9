//! Looks into mapped files.

use crate::input::{FileKey, Isa, ModuleLook, SiteLook};

/// Files that were looked into.
#[derive(Debug, Default)]
pub struct Modules {}

impl Modules {
    /// Looks into a file for what lies at a place of it.
    pub fn module(
        &mut self,
        pid: u32,
        file: &FileKey,
        offset: u64,
        _mapping: Option<(u64, u64)>,
    ) -> ModuleLook {
        ModuleLook {
            pid,
            file: file.clone(),
            offset,
            found: None,
        }
    }

    /// Looks at an instruction.
    pub fn site(
        &mut self,
        _pid: u32,
        file: &FileKey,
        start: u64,
        address: u64,
        isa: Option<Isa>,
    ) -> SiteLook {
        SiteLook {
            file: file.clone(),
            start,
            address,
            isa,
            ..SiteLook::default()
        }
    }
}
