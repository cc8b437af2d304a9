//! The rows. Grows for ever; no logic.

use super::flags as f;
use super::group::{DEFAULT, DESC, FILE, PURE};
use super::kind::{
    Kind::{DirFd, Flags, Mode, Path},
    arg,
};
use super::{Ret, Syscall, sys};

/// Every call that is known by name.
#[rustfmt::skip]
pub static ROWS: &[Syscall] = &[
    sys( 56, 322, "openat",  DEFAULT | FILE | DESC, &[arg("dirfd", DirFd), arg("pathname", Path), arg("flags", Flags(&f::OPEN)), arg("mode", Mode)], Ret::Fd).compat("openat").changes(super::change::FDS),
    sys(173,  64, "getppid", PURE, &[], Ret::Pid),
];
