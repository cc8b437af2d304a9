//! Variants of `landlock_add_rule(2)`: `security/landlock/syscalls.c`.

use super::{Commands, of, variants};
use crate::table::flags as f;
use crate::table::kind::{
    Kind::{Hex, Struct},
    arg,
};
use crate::table::structs as s;

variants! {
/// What the types of rules take.
LANDLOCK: Commands::One(&f::LANDLOCK_RULE), [
    of(&["LANDLOCK_RULE_PATH_BENEATH"], &[arg("path_beneath", Struct(&s::LANDLOCK_PATH_BENEATH)), arg("flags", Hex)]),
    of(&["LANDLOCK_RULE_NET_PORT"], &[arg("net_port", Struct(&s::LANDLOCK_NET_PORT)), arg("flags", Hex)]),
]}
