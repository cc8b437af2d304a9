//! Variants of `fsconfig(2)`: `fs/fsopen.c`, which wants the others to be null.
//! <https://github.com/torvalds/linux/blob/v6.12/fs/fsopen.c#L343-L466>

use super::{Commands, of, variants};
use crate::table::flags as f;
use crate::table::kind::{
    Kind::{Buf, DirFd, Fd, Int, Path, Str},
    arg,
};

variants! {
/// What commands take.
FSCONFIG: Commands::One(&f::FSCONFIG), [
    of(&["FSCONFIG_SET_BINARY"], &[arg("key", Str), arg("blob", Buf("aux")), arg("aux", Int)]),
    of(&["FSCONFIG_SET_PATH", "FSCONFIG_SET_PATH_EMPTY"], &[arg("key", Str), arg("value", Path), arg("aux", DirFd)]),
    of(&["FSCONFIG_SET_FD"], &[arg("key", Str), arg("value", Str), arg("aux", Fd)]),
]}
