//! Variants of `ptrace(2)`: `kernel/ptrace.c`, `arch/arm64/kernel/ptrace.c`.

use super::{Commands, of, variants};
use crate::table::Ret;
use crate::table::flags as f;
use crate::table::kind::{
    Kind::{
        Enum, Flags, Hex, Pid, Signal, Size, Span, SpanInOut, Struct, StructOut, StructOutSized,
    },
    arg,
};
use crate::table::structs as s;

variants! {
/// What the requests of `ptrace` take.
PTRACE: Commands::One(&f::PTRACE), [
    of(&["PTRACE_TRACEME"], &[]),
    of(&["PTRACE_ATTACH", "PTRACE_INTERRUPT", "PTRACE_KILL", "PTRACE_LISTEN"], &[arg("pid", Pid)]),
    of(
        &["PTRACE_CONT", "PTRACE_SYSCALL", "PTRACE_SINGLESTEP", "PTRACE_DETACH", "PTRACE_SYSEMU", "PTRACE_SYSEMU_SINGLESTEP"],
        &[arg("pid", Pid), arg("sig", Signal).behind(1)],
    ),
    of(&["PTRACE_PEEKTEXT", "PTRACE_PEEKDATA", "PTRACE_PEEKUSR"], &[arg("pid", Pid), arg("addr", Hex), arg("word", StructOut(&s::WORD))]),
    of(&["PTRACE_SETOPTIONS"], &[arg("pid", Pid), arg("options", Flags(&f::PTRACE_O)).behind(1)]),
    of(&["PTRACE_SEIZE"], &[arg("pid", Pid), arg("options", Flags(&f::PTRACE_O)).behind(1)]),
    of(&["PTRACE_GETEVENTMSG"], &[arg("pid", Pid), arg("message", StructOut(&s::WORD)).behind(1)]),
    of(&["PTRACE_GETSIGINFO"], &[arg("pid", Pid), arg("info", StructOut(&s::SIGINFO)).behind(1)]),
    of(&["PTRACE_SETSIGINFO"], &[arg("pid", Pid), arg("info", Struct(&s::SIGINFO)).behind(1)]),
    of(&["PTRACE_GETREGSET"], &[arg("pid", Pid), arg("regset", Enum(&f::NT)), arg("iov", SpanInOut(&s::REGSET))]),
    of(&["PTRACE_SETREGSET"], &[arg("pid", Pid), arg("regset", Enum(&f::NT)), arg("iov", Span(&s::REGSET))]),
    of(&["PTRACE_GETSIGMASK"], &[arg("pid", Pid), arg("size", Size), arg("mask", StructOut(&s::SIGSET))]),
    of(&["PTRACE_SETSIGMASK"], &[arg("pid", Pid), arg("size", Size), arg("mask", Struct(&s::SIGSET))]),
    of(&["PTRACE_GET_SYSCALL_INFO"], &[arg("pid", Pid), arg("size", Size), arg("syscall_info", StructOutSized(&s::PTRACE_SYSCALL_INFO, "size"))]).returns(Ret::Count),
]}
