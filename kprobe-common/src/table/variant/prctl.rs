//! Variants of `prctl(2)`: `kernel/sys.c`, `security/commoncap.c`, `arch/arm64`; man-pages 6.9.1.

use super::{of, variants};
use crate::table::OnlyIf;
use crate::table::Ret;
use crate::table::flags as f;
use crate::table::kind::{
    Filter,
    Kind::{Addr, Enum, Flags, Hex, Int, PathOut, Pid, Program, Signal, Size, Str, StructOut},
    arg,
};
use crate::table::structs as s;

variants! {
/// What the operations of `prctl` take.
PRCTL: super::Commands::One(&f::PRCTL), [
    of(&["PR_SET_NAME"], &[arg("name", Str)]),
    of(&["PR_GET_NAME"], &[arg("name", PathOut)]),
    of(&["PR_SET_PDEATHSIG"], &[arg("sig", Signal)]),
    of(&["PR_GET_PDEATHSIG"], &[arg("sig", StructOut(&s::SIGNAL))]),
    of(&["PR_SET_DUMPABLE"], &[arg("dumpable", Enum(&f::SUID_DUMP))]),
    of(
        &[
            "PR_GET_DUMPABLE", "PR_GET_KEEPCAPS", "PR_GET_TIMING", "PR_GET_SECCOMP", "PR_GET_SECUREBITS",
            "PR_GET_TIMERSLACK", "PR_TASK_PERF_EVENTS_DISABLE", "PR_TASK_PERF_EVENTS_ENABLE", "PR_MCE_KILL_GET",
            "PR_GET_NO_NEW_PRIVS", "PR_GET_THP_DISABLE", "PR_SVE_GET_VL", "PR_SME_GET_VL", "PR_GET_IO_FLUSHER",
            "PR_GET_TAGGED_ADDR_CTRL", "PR_PAC_GET_ENABLED_KEYS", "PR_GET_MDWE", "PR_GET_MEMORY_MERGE",
        ],
        &[],
    ),
    of(
        &[
            "PR_SET_KEEPCAPS", "PR_SET_TIMING", "PR_SET_TIMERSLACK", "PR_SET_CHILD_SUBREAPER", "PR_SET_NO_NEW_PRIVS",
            "PR_SET_THP_DISABLE", "PR_SET_IO_FLUSHER", "PR_SET_MEMORY_MERGE",
        ],
        &[arg("value", Size)],
    ),
    of(&["PR_GET_CHILD_SUBREAPER"], &[arg("value", StructOut(&s::INT))]),
    of(&["PR_GET_TID_ADDRESS"], &[arg("address", StructOut(&s::POINTER))]),
    of(&["PR_CAPBSET_READ", "PR_CAPBSET_DROP"], &[arg("cap", Enum(&f::CAP_NUMBER))]),
    of(&["PR_CAP_AMBIENT"], &[arg("cap_op", Enum(&f::CAP_AMBIENT)), arg("cap", Enum(&f::CAP_NUMBER))]),
    of(&["PR_SET_SECUREBITS"], &[arg("securebits", Flags(&f::SECBIT))]),
    of(&["PR_SET_SECCOMP"], &[arg("mode", Enum(&f::SECCOMP_MODE)), arg("filter", Program(Filter::Seccomp)).only_if(OnlyIf::Is("mode", &[2]))]),
    of(&["PR_SET_PTRACER"], &[arg("pid", Pid)]),
    of(&["PR_SET_VMA"], &[arg("attr", Enum(&f::PR_VMA)), arg("addr", Addr), arg("size", Size), arg("name", Str)]),
    of(&["PR_SET_MM"], &[arg("mm_op", Enum(&f::PR_MM)), arg("addr", Addr), arg("size", Size)]),
    of(&["PR_SET_TAGGED_ADDR_CTRL"], &[arg("ctrl", Flags(&f::TAGGED_ADDR))]),
    of(&["PR_PAC_RESET_KEYS"], &[arg("keys", Flags(&f::PAC_KEY))]),
    of(&["PR_PAC_SET_ENABLED_KEYS"], &[arg("keys", Flags(&f::PAC_KEY)), arg("enabled", Flags(&f::PAC_KEY))]),
    of(&["PR_GET_SPECULATION_CTRL"], &[arg("misfeature", Enum(&f::SPECULATION))]),
    of(&["PR_SET_SPECULATION_CTRL"], &[arg("misfeature", Enum(&f::SPECULATION)), arg("ctrl", Flags(&f::SPECULATION_CTRL))]),
    of(&["PR_SET_MDWE"], &[arg("mdwe", Flags(&f::MDWE))]),
    of(&["PR_SVE_SET_VL", "PR_SME_SET_VL"], &[arg("vl", Hex)]),
    of(&["PR_SET_SYSCALL_USER_DISPATCH"], &[arg("switch", Int), arg("offset", Hex), arg("length", Size), arg("selector", Addr)]),
    of(&["PR_GET_AUXV"], &[arg("auxv", Addr), arg("size", Size)]).returns(Ret::Count),
]}
