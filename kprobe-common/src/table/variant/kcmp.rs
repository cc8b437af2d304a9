//! Variants of `kcmp(2)`: `kernel/kcmp.c`.

use super::{Commands, of, variants};
use crate::table::flags as f;
use crate::table::kind::{
    Kind::{Addr, Int},
    arg,
};

// The descriptors are those of the two processes, which need not be the caller.
variants! {
/// What the types of `kcmp` take.
KCMP: Commands::One(&f::KCMP), [
    of(&["KCMP_FILE"], &[arg("fd1", Int), arg("fd2", Int)]),
    of(&["KCMP_EPOLL_TFD"], &[arg("fd1", Int), arg("slot", Addr)]),
    of(&["KCMP_VM", "KCMP_FILES", "KCMP_FS", "KCMP_SIGHAND", "KCMP_IO", "KCMP_SYSVSEM"], &[]),
]}
