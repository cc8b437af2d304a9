//! Writes an initramfs: a `newc` cpio archive of files that never exist on the host under these names and owners.
//!
//! What goes into it is `guest`'s part.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, Result};
use cpio::newc::{Builder, ModeFileType};

/// Who owns an entry and what may be done with it.
#[derive(Clone, Copy)]
pub(crate) struct Access {
    pub(crate) mode: u32,
    pub(crate) owner: u32,
    pub(crate) group: u32,
}

impl Access {
    /// Root's, with this mode.
    pub(crate) const fn root(mode: u32) -> Self {
        Self {
            mode,
            owner: 0,
            group: 0,
        }
    }
}

/// An archive being written. Paths are the guest's, without the leading slash.
pub(crate) struct Archive<W: Write> {
    out: W,
    inode: u32,
    made: BTreeSet<String>,
}

impl<W: Write> Archive<W> {
    /// Starts an archive.
    pub(crate) fn new(out: W) -> Self {
        Self {
            out,
            inode: 1,
            made: BTreeSet::new(),
        }
    }

    /// Adds a directory, and those above it.
    pub(crate) fn directory(&mut self, path: &str, access: Access) -> Result<()> {
        self.parents(path)?;
        if self.made.insert(path.to_owned()) {
            self.entry(path, ModeFileType::Directory, access, None, &[])?;
        }
        Ok(())
    }

    /// Adds a file with this content.
    pub(crate) fn file(&mut self, path: &str, access: Access, content: &[u8]) -> Result<()> {
        self.parents(path)?;
        self.entry(path, ModeFileType::Regular, access, None, content)
    }

    /// Adds a symbolic link.
    pub(crate) fn link(&mut self, path: &str, to: &str) -> Result<()> {
        self.parents(path)?;
        self.entry(
            path,
            ModeFileType::Symlink,
            Access::root(0o777),
            None,
            to.as_bytes(),
        )
    }

    /// Adds a character device.
    pub(crate) fn device(&mut self, path: &str, major: u32, minor: u32) -> Result<()> {
        self.parents(path)?;
        self.entry(
            path,
            ModeFileType::Char,
            Access::root(0o600),
            Some((major, minor)),
            &[],
        )
    }

    /// Adds a file or directory of the host with what is in it, as root's; links are followed.
    pub(crate) fn copy(&mut self, host: &Path, path: &str) -> Result<()> {
        let metadata =
            fs::metadata(host).with_context(|| format!("cannot look at {}", host.display()))?;
        if !metadata.is_dir() {
            let content =
                fs::read(host).with_context(|| format!("cannot read {}", host.display()))?;
            return self.file(
                path,
                Access::root(metadata.permissions().mode() & 0o7777),
                &content,
            );
        }
        self.directory(path, Access::root(0o755))?;
        for entry in
            fs::read_dir(host).with_context(|| format!("cannot list {}", host.display()))?
        {
            let entry = entry?;
            let name = entry.file_name();
            let name = name
                .to_str()
                .with_context(|| format!("{} is not UTF-8", entry.path().display()))?;
            self.copy(&entry.path(), &format!("{path}/{name}"))?;
        }
        Ok(())
    }

    /// Ends the archive.
    pub(crate) fn finish(self) -> Result<()> {
        let mut out = cpio::newc::trailer(self.out)?;
        out.flush()?;
        Ok(())
    }

    fn parents(&mut self, path: &str) -> Result<()> {
        match path.rsplit_once('/') {
            Some((parent, _)) => self.directory(parent, Access::root(0o755)),
            None => Ok(()),
        }
    }

    fn entry(
        &mut self,
        path: &str,
        kind: ModeFileType,
        access: Access,
        device: Option<(u32, u32)>,
        content: &[u8],
    ) -> Result<()> {
        let (major, minor) = device.unwrap_or_default();
        let builder = Builder::new(path)
            .ino(self.inode)
            .uid(access.owner)
            .gid(access.group)
            .mode(access.mode)
            .set_mode_file_type(kind)
            .rdev_major(major)
            .rdev_minor(minor);
        self.inode += 1;
        let size = u32::try_from(content.len())
            .with_context(|| format!("{path} is too large for an initramfs"))?;
        let mut writer = builder.write(&mut self.out, size);
        writer.write_all(content)?;
        writer.finish()?;
        Ok(())
    }
}
