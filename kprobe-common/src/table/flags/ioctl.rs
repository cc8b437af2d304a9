//! `ioctl` requests as sets; their numbers and names are rows, in `rows_ioctl`.

use core::fmt;

use super::{FlagSet, Named, ValueSet, ValueSets};
use crate::spec::request_size;
use crate::table::rows_ioctl::{ARM32, ARM64, BOTH};

const COUNT64: usize = BOTH.len() + ARM64.len();
const COUNT32: usize = BOTH.len() + ARM32.len();

static NAMES64: [Named; COUNT64] = merged(BOTH, ARM64);
static NAMES32: [Named; COUNT32] = merged(BOTH, ARM32);

/// Requests of 64-bit code.
pub static IOCTL: ValueSet = ValueSet::new("ioctl", &NAMES64).requests();

/// Requests of 32-bit code.
pub static IOCTL32: ValueSet = ValueSet::new("ioctl", &NAMES32).requests();

/// The numbers of requests in each ABI: most tell the size of what they take.
pub static IOCTLS: ValueSets = ValueSets {
    name: "ioctl",
    sets: &[(0, &IOCTL), (1, &IOCTL32)],
};

/// Two lists in the order of their numbers as one.
const fn merged<const COUNT: usize>(a: &[Named], b: &[Named]) -> [Named; COUNT] {
    let mut all = [(0, ""); COUNT];
    let (mut i, mut j) = (0, 0);
    while i + j < COUNT {
        if j == b.len() || i < a.len() && a[i].0 < b[j].0 {
            all[i + j] = a[i];
            i += 1;
        } else {
            all[i + j] = b[j];
            j += 1;
        }
    }
    all
}

/// Types of operations (bits 8 to 15) that `%default` leaves out, because graphics and binder make thousands a second:
/// binder and dma-buf (`b`), ashmem (`w`), KGSL (`0x09`, Adreno), Mali (`0x80`), DRM (`d`).
pub const IOCTL_NOISY: &[u32] = &[b'b' as u32, 0x77, 0x09, 0x80, b'd' as u32];

/// The bit of a request that takes something: `include/uapi/asm-generic/ioctl.h`.
pub const IOC_WRITE: u32 = 1 << 30;
/// The bit of a request that gives something.
pub const IOC_READ: u32 = 2 << 30;
/// Both.
pub const IOC_DIRECTION: u32 = IOC_WRITE | IOC_READ;

/// What a request does with its argument, as its number says.
#[must_use]
pub const fn direction(request: u32) -> &'static str {
    match request & IOC_DIRECTION {
        IOC_WRITE => "_IOC_WRITE",
        IOC_READ => "_IOC_READ",
        IOC_DIRECTION => "_IOC_READ|_IOC_WRITE",
        _ => "_IOC_NONE",
    }
}

/// Requests that take as many bytes as their caller likes, so that their number depends on it: without the size.
/// `include/uapi/linux/input.h`, `uinput.h`, `hidraw.h`, `joystick.h`.
#[rustfmt::skip]
const OF_ANY_SIZE: &[(u32, &str)] = &[
    (0x8000_4506, "EVIOCGNAME"), (0x8000_4507, "EVIOCGPHYS"), (0x8000_4508, "EVIOCGUNIQ"), (0x8000_4509, "EVIOCGPROP"),
    (0x8000_450a, "EVIOCGMTSLOTS"), (0x8000_4518, "EVIOCGKEY"), (0x8000_4519, "EVIOCGLED"), (0x8000_451a, "EVIOCGSND"),
    (0x8000_451b, "EVIOCGSW"), (0x8000_4804, "HIDIOCGRAWNAME"), (0x8000_4805, "HIDIOCGRAWPHYS"),
    (0x8000_4808, "HIDIOCGRAWUNIQ"), (0x8000_552c, "UI_GET_SYSNAME"), (0x8000_6a13, "JSIOCGNAME"),
    (0xc000_4806, "HIDIOCSFEATURE"), (0xc000_4807, "HIDIOCGFEATURE"),
];
/// Such requests that have a number in their lowest bits too: from there, the name, how many there are.
#[rustfmt::skip]
const OF_ANY_SIZE_AND_KIND: &[(u32, &str, u32)] = &[
    (0x8000_4520, "EVIOCGBIT", 0x20), (0x8000_4540, "EVIOCGABS", 0x40),
];

/// A request without a name, in the words of its number: direction, type, number, size.
/// <https://github.com/torvalds/linux/blob/v6.12/include/uapi/asm-generic/ioctl.h#L23-L49>
#[derive(Clone, Copy, Debug)]
pub struct Request(pub u32);

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, size) = (self.0 & !0x3fff_0000, request_size(self.0 as u64));
        if let Some((_, name)) = OF_ANY_SIZE.iter().find(|(of, _)| *of == number) {
            return write!(f, "{name}({size})");
        }
        let mut kinds = OF_ANY_SIZE_AND_KIND.iter();
        if let Some((first, name, _)) =
            kinds.find(|(first, _, count)| (*first..*first + *count).contains(&number))
        {
            return write!(f, "{name}({:#x}, {size})", number - first);
        }
        let direction = direction(self.0);
        let (kind, number) = (self.0 >> 8 & 0xff, self.0 & 0xff);
        write!(f, "_IOC({direction}")?;
        for part in [kind as u64, number as u64, size] {
            match part {
                0 => f.write_str(", 0")?,
                part => write!(f, ", {part:#x}")?,
            }
        }
        f.write_str(")")
    }
}

/// What is asked of extents: `include/uapi/linux/fiemap.h`.
#[rustfmt::skip]
pub static FIEMAP: FlagSet = FlagSet::new("fiemap", None, &[], &[
    (0x1, "FIEMAP_FLAG_SYNC"), (0x2, "FIEMAP_FLAG_XATTR"), (0x4, "FIEMAP_FLAG_CACHE"),
]);
