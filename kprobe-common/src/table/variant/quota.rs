//! Variants of `quotactl(2)` and `quotactl_fd(2)`: `fs/quota/quota.c`.

use super::{Commands, of, variants};
use crate::table::flags as f;
use crate::table::kind::{
    Kind::{Enum, Int, Path, Struct, StructOut},
    arg,
};
use crate::table::structs as s;

variants! {
/// What the operations of `quotactl` take.
QUOTACTL: Commands::Field(&f::QUOTA), [
    of(&["Q_QUOTAON"], &[arg("special", Path), arg("format", Enum(&f::QUOTA_FORMAT)), arg("file", Path)]),
    of(&["Q_GETQUOTA"], &[arg("special", Path), arg("id", Int), arg("dqblk", StructOut(&s::DQBLK))]),
    of(&["Q_SETQUOTA"], &[arg("special", Path), arg("id", Int), arg("dqblk", Struct(&s::DQBLK))]),
    of(&["Q_GETNEXTQUOTA"], &[arg("special", Path), arg("id", Int), arg("nextdqblk", StructOut(&s::NEXTDQBLK))]),
    of(&["Q_GETINFO"], &[arg("special", Path), arg("dqinfo", StructOut(&s::DQINFO)).behind(1)]),
    of(&["Q_SETINFO"], &[arg("special", Path), arg("dqinfo", Struct(&s::DQINFO)).behind(1)]),
    of(&["Q_GETFMT"], &[arg("special", Path), arg("format", StructOut(&s::QUOTA_FORMAT)).behind(1)]),
    of(&["Q_SYNC", "Q_QUOTAOFF"], &[arg("special", Path)]),
]}

variants! {
/// What the operations of `quotactl_fd` take.
QUOTACTL_FD: Commands::Field(&f::QUOTA), [
    of(&["Q_GETQUOTA"], &[arg("id", Int), arg("dqblk", StructOut(&s::DQBLK))]),
    of(&["Q_SETQUOTA"], &[arg("id", Int), arg("dqblk", Struct(&s::DQBLK))]),
    of(&["Q_GETNEXTQUOTA"], &[arg("id", Int), arg("nextdqblk", StructOut(&s::NEXTDQBLK))]),
    of(&["Q_GETINFO"], &[arg("dqinfo", StructOut(&s::DQINFO)).behind(1)]),
    of(&["Q_SETINFO"], &[arg("dqinfo", Struct(&s::DQINFO)).behind(1)]),
    of(&["Q_GETFMT"], &[arg("format", StructOut(&s::QUOTA_FORMAT)).behind(1)]),
]}
