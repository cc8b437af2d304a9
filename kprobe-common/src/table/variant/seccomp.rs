//! Variants of `seccomp(2)`: `kernel/seccomp.c`.

use super::{Commands, of, variants};
use crate::table::flags as f;
use crate::table::kind::{
    Filter,
    Kind::{Flags, Program, Struct, StructOut},
    arg,
};
use crate::table::structs as s;

variants! {
/// What the operations of `seccomp` take.
SECCOMP: Commands::One(&f::SECCOMP), [
    of(&["SECCOMP_SET_MODE_STRICT"], &[]),
    of(&["SECCOMP_SET_MODE_FILTER"], &[arg("flags", Flags(&f::SECCOMP_FILTER)), arg("filter", Program(Filter::Seccomp))]),
    of(&["SECCOMP_GET_ACTION_AVAIL"], &[arg("action", Struct(&s::SECCOMP_ACTION)).behind(1)]),
    of(&["SECCOMP_GET_NOTIF_SIZES"], &[arg("sizes", StructOut(&s::SECCOMP_NOTIF_SIZES)).behind(1)]),
]}
