//! Variants of `ioctl(2)`, by request: the drivers' headers under `include/uapi`, the drivers where these are silent.

use super::{Commands, broad, of, variants};
use crate::table::Ret;
use crate::table::flags as f;
use crate::table::kind::{
    Kind::{
        Enum, Fd, Flags, Int, PathOut, Request, RequestInOut, RequestOut, Size, SpanInOut, Str,
        Struct, StructInOut, StructOut,
    },
    arg,
};
use crate::table::structs as s;

variants! {
/// What requests take. Of those that are not listed, the number tells direction and size.
IOCTL: Commands::ByAbi(&f::IOCTLS), [
    // Any descriptor.
    of(&["FIOCLEX", "FIONCLEX"], &[]),
    of(&["FIONREAD", "TIOCOUTQ", "FIOGETOWN", "SIOCGPGRP", "SIOCATMARK"], &[arg("value", StructOut(&s::INT))]),
    of(&["FIONBIO", "FIOASYNC", "FIOSETOWN", "SIOCSPGRP"], &[arg("value", Struct(&s::INT))]),
    of(&["FIOQSIZE"], &[arg("size", StructOut(&s::LOFF))]),
    // Files.
    of(&["FIGETBSZ"], &[arg("value", StructOut(&s::INT))]),
    of(&["FIBMAP"], &[arg("value", StructInOut(&s::INT))]),
    of(&["FICLONE"], &[arg("src_fd", Fd)]),
    of(&["FICLONERANGE"], &[arg("range", Struct(&s::FILE_CLONE_RANGE))]),
    of(&["FITRIM"], &[arg("trim", StructInOut(&s::FSTRIM_RANGE))]),
    of(&["FS_IOC_FIEMAP"], &[arg("fiemap", StructInOut(&s::FIEMAP))]),
    of(&["FS_IOC_GETFLAGS"], &[arg("flags", StructOut(&s::FS_FLAGS))]),
    of(&["FS_IOC_SETFLAGS"], &[arg("flags", Struct(&s::FS_FLAGS))]),
    of(&["FS_IOC_FSGETXATTR"], &[arg("fsxattr", StructOut(&s::FSXATTR))]),
    of(&["FS_IOC_FSSETXATTR"], &[arg("fsxattr", Struct(&s::FSXATTR))]),
    of(&["FS_IOC_GETFSLABEL"], &[arg("name", PathOut)]),
    of(&["FS_IOC_SETFSLABEL"], &[arg("name", Str)]),
    of(&["FIFREEZE", "FITHAW"], &[]),
    // Terminals.
    of(&["TCGETS"], &[arg("termios", StructOut(&s::TERMIOS))]),
    of(&["TCSETS", "TCSETSW", "TCSETSF"], &[arg("termios", Struct(&s::TERMIOS))]),
    of(&["TIOCGWINSZ"], &[arg("winsize", StructOut(&s::WINSIZE))]),
    of(&["TIOCSWINSZ"], &[arg("winsize", Struct(&s::WINSIZE))]),
    of(&["TIOCGPGRP", "TIOCGSID", "TIOCGETD", "TIOCGPTN", "TIOCGPTLCK", "TIOCGSOFTCAR", "TIOCGPKT", "TIOCGEXCL"], &[arg("value", StructOut(&s::INT))]),
    of(&["TIOCSPGRP", "TIOCSETD", "TIOCSPTLCK", "TIOCPKT", "TIOCSSOFTCAR"], &[arg("value", Struct(&s::INT))]),
    of(&["TIOCMGET"], &[arg("lines", StructOut(&s::HEX))]),
    of(&["TIOCMSET", "TIOCMBIS", "TIOCMBIC"], &[arg("lines", Struct(&s::HEX))]),
    of(&["TIOCGPTPEER"], &[arg("open_flags", Flags(&f::OPEN))]).returns(Ret::Fd),
    of(&["TCFLSH"], &[arg("queue", Enum(&f::TCFLUSH))]),
    of(&["TCXONC"], &[arg("action", Enum(&f::TCFLOW))]),
    of(&["TCSBRK", "TCSBRKP", "TIOCSCTTY"], &[arg("value", Int)]),
    of(&["TIOCEXCL", "TIOCNXCL", "TIOCNOTTY", "TIOCSBRK", "TIOCCBRK", "TIOCCONS", "TIOCVHANGUP"], &[]),
    // Interfaces.
    of(&["SIOCGIFCONF"], &[arg("ifconf", SpanInOut(&s::IFCONF_LIST))]),
    of(&["SIOCGIFNAME", "SIOCGIFINDEX"], &[arg("ifreq", StructInOut(&s::IFREQ_INDEX))]),
    of(&["SIOCGIFFLAGS"], &[arg("ifreq", StructInOut(&s::IFREQ_FLAGS))]),
    of(&["SIOCSIFFLAGS"], &[arg("ifreq", Struct(&s::IFREQ_FLAGS))]),
    of(&["SIOCGIFADDR", "SIOCGIFDSTADDR", "SIOCGIFBRDADDR", "SIOCGIFNETMASK"], &[arg("ifreq", StructInOut(&s::IFREQ_ADDR))]),
    of(&["SIOCSIFADDR", "SIOCSIFDSTADDR", "SIOCSIFBRDADDR", "SIOCSIFNETMASK", "SIOCDIFADDR"], &[arg("ifreq", Struct(&s::IFREQ_ADDR))]),
    of(&["SIOCGIFHWADDR"], &[arg("ifreq", StructInOut(&s::IFREQ_HWADDR))]),
    of(&["SIOCSIFHWADDR", "SIOCSIFHWBROADCAST", "SIOCADDMULTI", "SIOCDELMULTI"], &[arg("ifreq", Struct(&s::IFREQ_HWADDR))]),
    of(&["SIOCGIFMTU"], &[arg("ifreq", StructInOut(&s::IFREQ_MTU))]),
    of(&["SIOCSIFMTU"], &[arg("ifreq", Struct(&s::IFREQ_MTU))]),
    of(&["SIOCGIFMETRIC", "SIOCGIFTXQLEN"], &[arg("ifreq", StructInOut(&s::IFREQ_VALUE))]),
    of(&["SIOCSIFMETRIC", "SIOCSIFTXQLEN"], &[arg("ifreq", Struct(&s::IFREQ_VALUE))]),
    of(&["SIOCGIFMAP", "SIOCETHTOOL", "SIOCGMIIPHY", "SIOCGMIIREG", "SIOCGHWTSTAMP", "SIOCGIWNAME", "SIOCGIWFREQ", "SIOCGIWMODE", "SIOCGIWRANGE", "SIOCGIWAP", "SIOCGIWSCAN", "SIOCGIWESSID"], &[arg("ifreq", Struct(&s::IFREQ_NAME))]),
    of(&["TUNSETIFF"], &[arg("ifreq", StructInOut(&s::IFREQ_NAME))]),
    of(&["SIOCGSTAMP"], &[arg("time", StructOut(&s::TIMEVAL))]),
    of(&["SIOCGSTAMPNS"], &[arg("time_ns", StructOut(&s::TIMESPEC))]),
    // Disks.
    of(&["BLKGETSIZE64"], &[arg("size", StructOut(&s::UINT64))]),
    of(&["BLKGETSIZE"], &[arg("size", StructOut(&s::SIZE))]),
    of(&["BLKSSZGET", "BLKROGET", "BLKBSZGET", "BLKPBSZGET", "BLKIOMIN", "BLKIOOPT"], &[arg("value", StructOut(&s::INT))]),
    of(&["BLKROSET"], &[arg("value", Struct(&s::INT))]),
    of(&["BLKFLSBUF", "BLKRRPART"], &[]),
    of(&["LOOP_SET_FD", "LOOP_CHANGE_FD"], &[arg("file", Fd)]),
    of(&["LOOP_CLR_FD", "LOOP_SET_CAPACITY", "LOOP_CTL_GET_FREE"], &[]),
    of(&["LOOP_SET_DIRECT_IO", "LOOP_SET_BLOCK_SIZE"], &[arg("size", Size)]),
    of(&["LOOP_CTL_ADD", "LOOP_CTL_REMOVE"], &[arg("value", Int)]),
    of(&["LOOP_GET_STATUS64"], &[arg("info", StructOut(&s::LOOP_INFO64))]),
    of(&["LOOP_SET_STATUS64"], &[arg("info", Struct(&s::LOOP_INFO64))]),
    of(&["LOOP_CONFIGURE"], &[arg("config", Struct(&s::LOOP_CONFIG))]),
    of(
        &[
            "DM_VERSION", "DM_REMOVE_ALL", "DM_LIST_DEVICES", "DM_DEV_CREATE", "DM_DEV_REMOVE", "DM_DEV_RENAME",
            "DM_DEV_SUSPEND", "DM_DEV_STATUS", "DM_DEV_WAIT", "DM_TABLE_LOAD", "DM_TABLE_CLEAR", "DM_TABLE_DEPS",
            "DM_TABLE_STATUS", "DM_LIST_VERSIONS", "DM_TARGET_MSG", "DM_DEV_SET_GEOMETRY", "DM_DEV_ARM_POLL",
            "DM_GET_TARGET_VERSION",
        ],
        &[arg("dm", StructInOut(&s::DM_IOCTL))],
    ),
    // Android.
    of(&["BINDER_WRITE_READ"], &[arg("bwr", StructInOut(&s::BINDER_WRITE_READ))]),
    of(&["BINDER_VERSION"], &[arg("value", StructOut(&s::INT))]),
    of(&["BINDER_SET_MAX_THREADS"], &[arg("value", Struct(&s::INT))]),
    of(&["ASHMEM_SET_NAME"], &[arg("name", Str)]),
    of(&["ASHMEM_GET_NAME"], &[arg("name", PathOut)]),
    of(&["ASHMEM_SET_SIZE"], &[arg("size", Size)]),
    of(&["ASHMEM_GET_SIZE", "ASHMEM_PURGE_ALL_CACHES"], &[]),
    of(&["ASHMEM_SET_PROT_MASK"], &[arg("prot", Flags(&f::PROT))]),
    of(&["ASHMEM_GET_PROT_MASK"], &[]),
    of(&["ASHMEM_PIN", "ASHMEM_UNPIN"], &[arg("pin", Struct(&s::ASHMEM_PIN))]),
    of(&["DMA_HEAP_IOCTL_ALLOC"], &[arg("allocation", StructInOut(&s::DMA_HEAP_ALLOCATION))]),
    // Others.
    of(&["RNDGETENTCNT"], &[arg("value", StructOut(&s::INT))]),
    of(&["RNDADDTOENTCNT"], &[arg("value", Struct(&s::INT))]),
    of(&["UFFDIO_API"], &[arg("uffdio_api", StructInOut(&s::UFFDIO_API))]),
    of(&["NS_GET_USERNS", "NS_GET_PARENT"], &[]).returns(Ret::Fd),
    of(&["PERF_EVENT_IOC_ENABLE", "PERF_EVENT_IOC_DISABLE", "PERF_EVENT_IOC_RESET"], &[arg("value", Int)]),
    // What has no name.
    broad(f::IOC_WRITE, &[arg("data", Request("op"))]),
    broad(f::IOC_READ, &[arg("data", RequestOut("op"))]),
    broad(f::IOC_DIRECTION, &[arg("data", RequestInOut("op"))]),
]}
