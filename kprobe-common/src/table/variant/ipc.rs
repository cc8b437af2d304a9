//! Variants of `msgctl(2)`, `semctl(2)` and `shmctl(2)`: `ipc/msg.c`, `ipc/sem.c`, `ipc/shm.c`.
//!
//! 32-bit code asks for the structures as they are here with `IPC_64`; those from before are not followed.
//! See `compat_ipc_parse_version` in <https://github.com/torvalds/linux/blob/v6.12/ipc/util.h>.

use super::{Commands, of, variants};
use crate::table::Arg;
use crate::table::OnlyIf;
use crate::table::flags as f;
use crate::table::kind::{
    Kind::{self, Int, Struct, StructOut},
    arg,
};
use crate::table::structs as s;

const fn of_now(name: &'static str, kind: Kind) -> Arg {
    arg(name, kind).only_if(OnlyIf::Bits("op", [0, f::IPC_64]))
}

variants! {
/// What the operations of `msgctl` take.
MSGCTL: Commands::Field(&f::MSG_CTL), [
    of(&["IPC_SET"], &[of_now("msqid_ds", Struct(&s::MSQID_DS))]),
    of(&["IPC_STAT", "MSG_STAT", "MSG_STAT_ANY"], &[of_now("msqid_ds", StructOut(&s::MSQID_DS))]),
    of(&["IPC_INFO", "MSG_INFO"], &[arg("msginfo", StructOut(&s::MSGINFO))]),
]}

variants! {
/// What the operations of `semctl` take.
SEMCTL: Commands::Field(&f::SEM_CTL), [
    of(&["IPC_SET"], &[of_now("semid_ds", Struct(&s::SEMID_DS))]),
    of(&["IPC_STAT", "SEM_STAT", "SEM_STAT_ANY"], &[of_now("semid_ds", StructOut(&s::SEMID_DS))]),
    of(&["IPC_INFO", "SEM_INFO"], &[arg("seminfo", StructOut(&s::SEMINFO))]),
    of(&["SETVAL"], &[arg("val", Int)]),
]}

variants! {
/// What the operations of `shmctl` take.
SHMCTL: Commands::Field(&f::SHM_CTL), [
    of(&["IPC_SET"], &[of_now("shmid_ds", Struct(&s::SHMID_DS))]),
    of(&["IPC_STAT", "SHM_STAT", "SHM_STAT_ANY"], &[of_now("shmid_ds", StructOut(&s::SHMID_DS))]),
    of(&["IPC_INFO"], &[of_now("shminfo", StructOut(&s::SHMINFO))]),
    of(&["SHM_INFO"], &[arg("shm_info", StructOut(&s::SHM_INFO))]),
]}
