//! Variants of `futex(2)`: `kernel/futex/syscalls.c`.

use super::{Commands, of, variants};
use crate::table::flags as f;
use crate::table::kind::{
    Kind::{Addr, Flags, Hex, Struct, Uint},
    arg,
};
use crate::table::structs as s;

macro_rules! futex {
    ($(#[$doc:meta])* $name:ident: $timespec:ident) => {
        variants! {
        $(#[$doc])*
        $name: Commands::Field(&f::FUTEX_OP), [
            of(&["FUTEX_WAIT"], &[arg("val", Uint), arg("timeout", Struct(&s::$timespec))]),
            of(&["FUTEX_WAIT_BITSET"], &[arg("val", Uint), arg("timeout", Struct(&s::$timespec)), arg("val3", Hex).behind(1)]),
            of(&["FUTEX_WAKE"], &[arg("val", Uint)]),
            of(&["FUTEX_WAKE_BITSET"], &[arg("val", Uint), arg("val3", Hex).behind(2)]),
            of(&["FUTEX_FD"], &[arg("val", Uint)]),
            of(&["FUTEX_REQUEUE"], &[arg("val", Uint), arg("val2", Uint), arg("uaddr2", Addr)]),
            of(&["FUTEX_CMP_REQUEUE", "FUTEX_CMP_REQUEUE_PI"], &[arg("val", Uint), arg("val2", Uint), arg("uaddr2", Addr), arg("val3", Hex)]),
            of(&["FUTEX_WAKE_OP"], &[arg("val", Uint), arg("val2", Uint), arg("uaddr2", Addr), arg("wake_op", Flags(&f::FUTEX_WAKE_OP))]),
            of(&["FUTEX_WAIT_REQUEUE_PI"], &[arg("val", Uint), arg("timeout", Struct(&s::$timespec)), arg("uaddr2", Addr)]),
            of(&["FUTEX_LOCK_PI", "FUTEX_LOCK_PI2"], &[arg("timeout", Struct(&s::$timespec)).behind(1)]),
            of(&["FUTEX_UNLOCK_PI", "FUTEX_TRYLOCK_PI"], &[]),
        ]}
    };
}

futex! {
/// What the operations of `futex` take.
FUTEX: TIMESPEC}
futex! {
/// What the operations of `futex_time64` take.
FUTEX64: TIMESPEC64}
