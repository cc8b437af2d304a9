//! How a file begins that QEMU boots as an arm64 kernel.
//!
//! QEMU puts any other file into memory as it is and jumps to it: such a machine says nothing until its time is up.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use flate2::bufread::GzDecoder;

/// The header of an arm64 Image: Documentation/arch/arm64/booting.rst of Linux.
const HEADER: usize = 64;
const MAGIC: &[u8] = b"ARM\x64";
const GZIP: &[u8] = &[0x1f, 0x8b];
const UIMAGE: &[u8] = &[0x27, 0x05, 0x19, 0x56];

/// A kernel's image, by its beginning.
#[derive(Debug)]
pub(crate) enum Image {
    /// An Image, maybe compressed by gzip, and its header.
    Plain([u8; HEADER]),
    /// An image inside another format that QEMU unpacks, newer ones at least: EFI's zboot, U-Boot's.
    Wrapped,
}

impl Image {
    /// Looks at the beginning of a file.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::read(BufReader::new(file)).map_err(|why| {
            anyhow!(
                "{} is no arm64 kernel image: {why:#}. Give Image or Image.gz out of arch/arm64/boot of a kernel's build; \
                 vmlinux is none, and an Android boot.img has one inside",
                path.display()
            )
        })
    }

    fn read(mut file: impl BufRead) -> Result<Self> {
        let packed = file.fill_buf()?.starts_with(GZIP);
        let start = if packed {
            start(GzDecoder::new(file)).context("it begins as gzip does and cannot be unpacked")?
        } else {
            start(file)?
        };
        let unpacked = if packed { "unpacked, " } else { "" };
        match start.first_chunk() {
            Some(header) if header[56..].starts_with(MAGIC) => Ok(Self::Plain(*header)),
            _ if is_wrapped(&start) && !packed => Ok(Self::Wrapped),
            Some(_) => bail!("{unpacked}it has no \"ARM\\x64\" at byte 56"),
            None => bail!("{unpacked}it has only {} bytes", start.len()),
        }
    }

    /// The size of pages that the header tells: flags at byte 24, the size in bits 1 and 2.
    pub(crate) fn page_kib(&self) -> Option<u32> {
        match self {
            Self::Plain(header) => match (header[24] >> 1) & 3 {
                1 => Some(4),
                2 => Some(16),
                3 => Some(64),
                _ => None,
            },
            Self::Wrapped => None,
        }
    }
}

fn is_wrapped(start: &[u8]) -> bool {
    let zboot = start.starts_with(b"MZ") && start.get(4..8) == Some(b"zimg");
    zboot || start.starts_with(UIMAGE)
}

/// As many bytes as a header has, or fewer where there are no more.
fn start(from: impl Read) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    from.take(HEADER as u64).read_to_end(&mut start)?;
    Ok(start)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn header(flags: u8) -> Vec<u8> {
        let mut bytes = vec![0; 100];
        bytes[24] = flags;
        bytes[56..60].copy_from_slice(MAGIC);
        bytes
    }

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(bytes).unwrap();
        gzip.finish().unwrap()
    }

    #[test]
    fn images_are_known_plain_and_packed_and_say_their_pages() {
        for (flags, wanted) in [(0, None), (2, Some(4)), (4, Some(16)), (6, Some(64))] {
            let bytes = header(flags);
            for file in [&bytes, &packed(&bytes)] {
                assert_eq!(Image::read(&file[..]).unwrap().page_kib(), wanted);
            }
        }
        let zboot = b"MZ\0\0zimg\0\0".as_slice();
        for file in [zboot, UIMAGE] {
            assert!(matches!(Image::read(file).unwrap(), Image::Wrapped));
        }
    }

    #[test]
    fn what_is_no_image_says_why() {
        let text = "root:x:0:0:root:/root:/bin/bash\n".repeat(9);
        let whole = packed(&header(0));
        for (file, said) in [
            (text.as_bytes(), "it has no \"ARM\\x64\" at byte 56"),
            (
                &packed(text.as_bytes()),
                "unpacked, it has no \"ARM\\x64\" at byte 56",
            ),
            (&packed(b"short"), "unpacked, it has only 5 bytes"),
            (&header(0)[..59], "it has only 59 bytes"),
            (b"", "it has only 0 bytes"),
            (&whole[..whole.len() / 2], "cannot be unpacked"),
            // QEMU unpacks one layer.
            (&packed(&packed(&header(0))), "unpacked, it has "),
        ] {
            let error = Image::read(file).unwrap_err();
            assert!(error.to_string().contains(said), "{error:#}");
        }
    }

    #[test]
    fn a_file_is_named_with_what_to_do() {
        let said = Image::open(Path::new("/etc/passwd"))
            .unwrap_err()
            .to_string();
        assert!(
            said.starts_with("/etc/passwd is no arm64 kernel image: it has no \"ARM\\x64\"")
                && said.contains("Give Image or Image.gz"),
            "{said}"
        );
    }
}
