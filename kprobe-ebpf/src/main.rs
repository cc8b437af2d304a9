//! The kernel half: the hooks, in the order in which a thread meets them. Each turns its context into what the stage
//! behind it takes; what a call means is left to the user half.
#![no_std]
#![no_main]
#![feature(asm_experimental_arch)]
#![expect(
    clippy::needless_pass_by_value,
    reason = "aya's macros pass contexts by value"
)]

mod bound;
mod call;
mod capture;
mod config;
mod emit;
mod ending;
mod enter;
mod exit;
mod family;
mod glance;
mod ignored;
mod life;
mod log;
mod maps;
mod scratch;
mod stack;
mod target;
mod thread;
mod whose;

use aya_ebpf::macros::{kprobe, raw_tracepoint, tracepoint};
use aya_ebpf::programs::{ProbeContext, RawTracePointContext, TracePointContext};
use kprobe_common::regs::Regs;

/// On `__arm64_sys_*` and `__arm64_compat_sys_*`: the first argument points at the user's registers.
/// <https://github.com/torvalds/linux/blob/v6.12/arch/arm64/include/asm/syscall_wrapper.h#L51-L63>
#[kprobe]
pub(crate) fn enter_kprobe(ctx: ProbeContext) -> u32 {
    if let Some(regs) = ctx.arg::<*const Regs>(0) {
        enter::enter(regs);
    }
    0
}

/// On `sys_enter`, the second backend.
#[raw_tracepoint(tracepoint = "sys_enter")]
pub(crate) fn enter_tracepoint(ctx: RawTracePointContext) -> i32 {
    enter::any(ctx.arg::<*const Regs>(0), ctx.arg::<u64>(1) as i32);
    0
}

/// On `sys_exit`: returns of every call, probed or not.
#[raw_tracepoint(tracepoint = "sys_exit")]
pub(crate) fn exit_tracepoint(ctx: RawTracePointContext) -> i32 {
    exit::exit(ctx.arg::<*const Regs>(0), ctx.arg::<u64>(1));
    0
}

/// On `commit_creds`, in the thread whose user ID may be another one from now on.
#[kprobe]
pub(crate) fn task_creds(_ctx: ProbeContext) -> u32 {
    glance::forget(target::numbers().tid());
    0
}

/// On `task:task_newtask`, in the parent.
#[tracepoint(category = "task", name = "task_newtask")]
pub(crate) fn task_made(ctx: TracePointContext) -> u32 {
    life::fork(&ctx);
    0
}

/// On `sched:sched_process_exec`, in the thread that called.
#[tracepoint(category = "sched", name = "sched_process_exec")]
pub(crate) fn task_execed(ctx: TracePointContext) -> u32 {
    life::exec(&ctx);
    0
}

/// On `sched:sched_process_exit`, in the thread that ends.
#[tracepoint(category = "sched", name = "sched_process_exit")]
pub(crate) fn task_ended(_ctx: TracePointContext) -> u32 {
    life::thread_exit();
    0
}

/// On `signal:signal_generate`, in whoever sends it.
#[tracepoint(category = "signal", name = "signal_generate")]
pub(crate) fn task_sent(ctx: TracePointContext) -> u32 {
    ending::sent(&ctx);
    0
}

/// On `signal:signal_deliver`, in the thread that takes it.
#[tracepoint(category = "signal", name = "signal_deliver")]
pub(crate) fn task_signalled(ctx: TracePointContext) -> u32 {
    ending::delivered(&ctx);
    0
}

/// Never reached: a loop without an end is refused by the verifier, so a program that could panic does not load.
#[panic_handler]
fn panic(_info: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}

/// The kernel asks for a GPL-compatible licence before it lends the helpers that read memory.
#[unsafe(link_section = "license")]
#[unsafe(no_mangle)]
static LICENSE: [u8; 13] = *b"Dual MIT/GPL\0";
