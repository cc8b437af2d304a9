//! Fields whose names say how strace shows them: permissions in octal, devices by their two numbers.

use std::fmt::{self, Display, Formatter};

/// Types of files in a mode: `include/uapi/linux/stat.h`.
const TYPES: [(u64, &str); 7] = [
    (0o140_000, "S_IFSOCK"),
    (0o120_000, "S_IFLNK"),
    (0o100_000, "S_IFREG"),
    (0o060_000, "S_IFBLK"),
    (0o040_000, "S_IFDIR"),
    (0o020_000, "S_IFCHR"),
    (0o010_000, "S_IFIFO"),
];
const TYPE: u64 = 0o170_000;

/// Permission bits, and a file's type where there is one.
pub(super) struct Mode(pub(super) u64);

impl Display for Mode {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let kind = self.0 & TYPE;
        match TYPES.iter().find(|(value, _)| *value == kind) {
            Some((_, name)) => write!(f, "{name}|{:#05o}", Octal(self.0 & !TYPE)),
            None => write!(f, "{:#05o}", Octal(self.0)),
        }
    }
}

/// At least three digits, the first of them a zero: C's `%#03o`.
struct Octal(u64);

impl fmt::Octal for Octal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            0..0o100 => write!(f, "{:03o}", self.0),
            _ => write!(f, "0{:o}", self.0),
        }
    }
}

/// A device number.
pub(super) struct Device(pub(super) u64);

impl Display for Device {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let major = self.0 >> 8 & 0xfff | self.0 >> 32 & !0xfff;
        let minor = self.0 & 0xff | self.0 >> 12 & 0xffff_ff00;
        write!(f, "makedev({major:#x}, {minor:#x})")
    }
}

/// A number of a structure, as the field's name asks for.
pub(super) fn number(f: &mut Formatter<'_>, name: &str, value: u64) -> Result<bool, fmt::Error> {
    if name == "mode" || name.ends_with("_mode") {
        write!(f, "{}", Mode(value))?;
    } else if name == "st_dev" || name == "st_rdev" {
        write!(f, "{}", Device(value))?;
    } else {
        return Ok(false);
    }
    Ok(true)
}
