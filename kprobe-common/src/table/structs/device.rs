//! What `ioctl` requests take and give, by driver.

use super::{Count, Field, FieldDef, StructDef, field, same};
use crate::table::flags as f;

/// Its name in every `struct ifreq`.
const IFR_NAME: FieldDef = same("ifr_name", 0, Field::Text(16));
/// Its sizes: what follows the name is as large as its largest member.
const IFREQ: [u16; 2] = [40, 32];

/// `struct ifreq` of requests about an interface as such: `include/uapi/linux/if.h`.
pub static IFREQ_NAME: StructDef = StructDef {
    name: "ifreq",
    size: IFREQ,
    fields: &[IFR_NAME],
};

/// `struct ifreq` with an address.
pub static IFREQ_ADDR: StructDef = StructDef {
    name: "ifreq.addr",
    size: IFREQ,
    fields: &[IFR_NAME, same("ifr_addr", 16, Field::Struct(&IFR_ADDR))],
};

/// The address in it: of IPv4, which all that ask so have.
pub static IFR_ADDR: StructDef = StructDef {
    name: "ifr_addr",
    size: [16, 16],
    fields: &[
        same("family", 0, Field::Enum(&f::SOCKET_DOMAIN, 2)),
        same("port", 2, Field::Net(2)),
        same("addr", 4, Field::Address(4, Count::All)),
    ],
};

/// `struct ifreq` with the hardware's address.
pub static IFREQ_HWADDR: StructDef = StructDef {
    name: "ifreq.hwaddr",
    size: IFREQ,
    fields: &[IFR_NAME, same("ifr_hwaddr", 16, Field::Struct(&IFR_HWADDR))],
};

/// The hardware's address in it.
pub static IFR_HWADDR: StructDef = StructDef {
    name: "ifr_hwaddr",
    size: [16, 16],
    fields: &[
        same("family", 0, Field::Enum(&f::ARPHRD, 2)),
        same("addr", 2, Field::Address(6, Count::All)),
    ],
};

/// `struct ifreq` with states.
pub static IFREQ_FLAGS: StructDef = StructDef {
    name: "ifreq.flags",
    size: IFREQ,
    fields: &[IFR_NAME, same("ifr_flags", 16, Field::Flags(&f::IFF, 2))],
};

/// `struct ifreq` with its number.
pub static IFREQ_INDEX: StructDef = StructDef {
    name: "ifreq.ifindex",
    size: IFREQ,
    fields: &[IFR_NAME, same("ifr_ifindex", 16, Field::Int(4))],
};

/// `struct ifreq` with the most bytes of a packet.
pub static IFREQ_MTU: StructDef = StructDef {
    name: "ifreq.mtu",
    size: IFREQ,
    fields: &[IFR_NAME, same("ifr_mtu", 16, Field::Int(4))],
};

/// `struct ifreq` with another number.
pub static IFREQ_VALUE: StructDef = StructDef {
    name: "ifreq.ivalue",
    size: IFREQ,
    fields: &[IFR_NAME, same("ifr_ivalue", 16, Field::Int(4))],
};

/// `struct ifconf`: `include/uapi/linux/if.h`.
pub static IFCONF: StructDef = StructDef {
    name: "ifconf",
    size: [16, 8],
    fields: &[
        same("ifc_len", 0, Field::Int(4)),
        field("ifc_buf", 8, 4, Field::Addr),
    ],
};

/// `struct winsize`: `include/uapi/asm-generic/termios.h`.
pub static WINSIZE: StructDef = StructDef {
    name: "winsize",
    size: [8, 8],
    fields: &[
        same("ws_row", 0, Field::Uint(2)),
        same("ws_col", 2, Field::Uint(2)),
        same("ws_xpixel", 4, Field::Uint(2)),
        same("ws_ypixel", 6, Field::Uint(2)),
    ],
};

/// `struct termios`: `include/uapi/asm-generic/termbits.h`.
pub static TERMIOS: StructDef = StructDef {
    name: "termios",
    size: [36, 36],
    fields: &[
        same("c_iflag", 0, Field::Flags(&f::TERMIOS_IN, 4)),
        same("c_oflag", 4, Field::Flags(&f::TERMIOS_OUT, 4)),
        same("c_cflag", 8, Field::Flags(&f::TERMIOS_CONTROL, 4)),
        same("c_lflag", 12, Field::Flags(&f::TERMIOS_LOCAL, 4)),
        same("c_line", 16, Field::Uint(1)),
        same("c_cc", 17, Field::Octets(19, Count::All)),
    ],
};

/// `struct binder_write_read`: `include/uapi/linux/android/binder.h`.
pub static BINDER_WRITE_READ: StructDef = StructDef {
    name: "binder_write_read",
    size: [48, 48],
    fields: &[
        same("write_size", 0, Field::Uint(8)),
        same("write_consumed", 8, Field::Uint(8)),
        same("write_buffer", 16, Field::Hex(8)),
        same("read_size", 24, Field::Uint(8)),
        same("read_consumed", 32, Field::Uint(8)),
        same("read_buffer", 40, Field::Hex(8)),
    ],
};

/// `struct ashmem_pin`: `drivers/staging/android/uapi/ashmem.h`.
pub static ASHMEM_PIN: StructDef = StructDef {
    name: "ashmem_pin",
    size: [8, 8],
    fields: &[
        same("offset", 0, Field::Uint(4)),
        same("len", 4, Field::Uint(4)),
    ],
};

/// `struct dma_heap_allocation_data`: `include/uapi/linux/dma-heap.h`.
pub static DMA_HEAP_ALLOCATION: StructDef = StructDef {
    name: "dma_heap_allocation_data",
    size: [24, 24],
    fields: &[
        same("len", 0, Field::Uint(8)),
        same("fd", 8, Field::Int(4)),
        same("fd_flags", 12, Field::Flags(&f::OPEN, 4)),
        same("heap_flags", 16, Field::Hex(8)),
    ],
};

/// `struct loop_info64`: `include/uapi/linux/loop.h`.
pub static LOOP_INFO64: StructDef = StructDef {
    name: "loop_info64",
    size: [232, 232],
    fields: &[
        same("lo_device", 0, Field::Hex(8)),
        same("lo_inode", 8, Field::Uint(8)),
        same("lo_rdevice", 16, Field::Hex(8)),
        same("lo_offset", 24, Field::Uint(8)),
        same("lo_sizelimit", 32, Field::Uint(8)),
        same("lo_number", 40, Field::Uint(4)),
        same("lo_encrypt_type", 44, Field::Uint(4)),
        same("lo_encrypt_key_size", 48, Field::Uint(4)),
        same("lo_flags", 52, Field::Flags(&f::LO_FLAGS, 4)),
        same("lo_file_name", 56, Field::Text(64)),
        same("lo_crypt_name", 120, Field::Text(64)),
    ],
};

/// `struct loop_config`: `include/uapi/linux/loop.h`.
pub static LOOP_CONFIG: StructDef = StructDef {
    name: "loop_config",
    size: [304, 304],
    fields: &[
        same("fd", 0, Field::Int(4)),
        same("block_size", 4, Field::Uint(4)),
        same("info", 8, Field::Struct(&LOOP_INFO64)),
    ],
};

/// `struct dm_ioctl`: `include/uapi/linux/dm-ioctl.h`, without the data behind it.
pub static DM_IOCTL: StructDef = StructDef {
    name: "dm_ioctl",
    size: [312, 312],
    fields: &[
        same("version", 0, Field::Array(&Field::Uint(4), 3)),
        same("data_size", 12, Field::Uint(4)),
        same("data_start", 16, Field::Uint(4)),
        same("target_count", 20, Field::Uint(4)),
        same("open_count", 24, Field::Int(4)),
        same("flags", 28, Field::Hex(4)),
        same("event_nr", 32, Field::Uint(4)),
        same("dev", 40, Field::Hex(8)),
        same("name", 48, Field::Text(128)),
        same("uuid", 176, Field::Text(129)),
    ],
};

/// `struct fiemap`: `include/uapi/linux/fiemap.h`, without the extents behind it.
pub static FIEMAP: StructDef = StructDef {
    name: "fiemap",
    size: [32, 32],
    fields: &[
        same("fm_start", 0, Field::Uint(8)),
        same("fm_length", 8, Field::Hex(8)),
        same("fm_flags", 16, Field::Flags(&f::FIEMAP, 4)),
        same("fm_mapped_extents", 20, Field::Uint(4)),
        same("fm_extent_count", 24, Field::Uint(4)),
    ],
};

/// `struct file_clone_range`: `include/uapi/linux/fs.h`.
pub static FILE_CLONE_RANGE: StructDef = StructDef {
    name: "file_clone_range",
    size: [32, 32],
    fields: &[
        same("src_fd", 0, Field::Int(8)),
        same("src_offset", 8, Field::Uint(8)),
        same("src_length", 16, Field::Uint(8)),
        same("dest_offset", 24, Field::Uint(8)),
    ],
};

/// `struct fstrim_range`: `include/uapi/linux/fs.h`.
pub static FSTRIM_RANGE: StructDef = StructDef {
    name: "fstrim_range",
    size: [24, 24],
    fields: &[
        same("start", 0, Field::Uint(8)),
        same("len", 8, Field::Hex(8)),
        same("minlen", 16, Field::Uint(8)),
    ],
};

/// Attributes of an inode: an `int`, whatever the request's number says.
pub static FS_FLAGS: StructDef = StructDef {
    name: "fs_flags",
    size: [4, 4],
    fields: &[same("", 0, Field::Flags(&f::FS_FL, 4))],
};

/// `struct fsxattr`: `include/uapi/linux/fs.h`.
pub static FSXATTR: StructDef = StructDef {
    name: "fsxattr",
    size: [28, 28],
    fields: &[
        same("fsx_xflags", 0, Field::Hex(4)),
        same("fsx_extsize", 4, Field::Uint(4)),
        same("fsx_nextents", 8, Field::Uint(4)),
        same("fsx_projid", 12, Field::Uint(4)),
        same("fsx_cowextsize", 16, Field::Uint(4)),
    ],
};

/// `struct uffdio_api`: `include/uapi/linux/userfaultfd.h`.
pub static UFFDIO_API: StructDef = StructDef {
    name: "uffdio_api",
    size: [24, 24],
    fields: &[
        same("api", 0, Field::Hex(8)),
        same("features", 8, Field::Hex(8)),
        same("ioctls", 16, Field::Hex(8)),
    ],
};
