//! Variants of `fcntl(2)`: `fs/fcntl.c`.

use super::{Commands, of, variants};
use crate::table::Ret;
use crate::table::flags as f;
use crate::table::kind::{
    Kind::{Enum, Fd, Flags, Int, Pid, Signal, Struct, StructInOut, StructOut},
    arg,
};
use crate::table::structs as s;

macro_rules! fcntl {
    ($(#[$doc:meta])* $name:ident: $flock:ident, [$($more:expr),*]) => {
        variants! {
        $(#[$doc])*
        $name: Commands::One(&f::FCNTL), [
            of(&["F_DUPFD", "F_DUPFD_CLOEXEC"], &[arg("lowest", Int)]).returns(Ret::Fd),
            of(&["F_DUPFD_QUERY"], &[arg("other", Fd)]),
            of(
                &["F_GETFD", "F_GETFL", "F_GETSIG", "F_GETLEASE", "F_GETPIPE_SZ", "F_GET_SEALS", "F_CREATED_QUERY"],
                &[],
            ),
            of(&["F_GETOWN"], &[]).returns(Ret::Pid),
            of(&["F_SETFD"], &[arg("flags", Flags(&f::FD_FLAG))]),
            of(&["F_SETFL"], &[arg("flags", Flags(&f::OPEN))]),
            of(&["F_SETLK", "F_SETLKW"], &[arg("lock", Struct(&s::$flock))]),
            of(&["F_GETLK"], &[arg("lock", StructInOut(&s::$flock))]),
            of(&["F_OFD_SETLK", "F_OFD_SETLKW"], &[arg("lock", Struct(&s::FLOCK64))]),
            of(&["F_OFD_GETLK"], &[arg("lock", StructInOut(&s::FLOCK64))]),
            of(&["F_SETOWN"], &[arg("owner", Pid)]),
            of(&["F_SETOWN_EX"], &[arg("owner_ex", Struct(&s::F_OWNER_EX))]),
            of(&["F_GETOWN_EX"], &[arg("owner_ex", StructOut(&s::F_OWNER_EX))]),
            of(&["F_GETOWNER_UIDS"], &[arg("uids", StructOut(&s::ID_PAIR))]),
            of(&["F_SETSIG"], &[arg("sig", Signal)]),
            of(&["F_SETLEASE"], &[arg("lease", Enum(&f::FILE_LOCK))]),
            of(&["F_NOTIFY"], &[arg("events", Flags(&f::DNOTIFY))]),
            of(&["F_SETPIPE_SZ"], &[arg("size", Int)]),
            of(&["F_ADD_SEALS"], &[arg("seals", Flags(&f::SEAL))]),
            of(&["F_SET_RW_HINT", "F_SET_FILE_RW_HINT"], &[arg("hint", Struct(&s::RW_HINT))]),
            of(&["F_GET_RW_HINT", "F_GET_FILE_RW_HINT"], &[arg("hint", StructOut(&s::RW_HINT))]),
            $($more),*
        ]}
    };
}

fcntl! {
/// What the operations of `fcntl` take.
FCNTL: FLOCK, []}
fcntl! {
/// What the operations of `fcntl64`, which 32-bit code has, take.
FCNTL64: FLOCK, [
    of(&["F_SETLK64", "F_SETLKW64"], &[arg("lock", Struct(&s::FLOCK64))]),
    of(&["F_GETLK64"], &[arg("lock", StructInOut(&s::FLOCK64))])
]}
