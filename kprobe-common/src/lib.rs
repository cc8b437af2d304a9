//! The contract between the kernel half (`kprobe-ebpf`) and the user half (`sandboxd`).
//!
//! [`index`] numbers every call of both ABIs; [`spec`] tells the kernel half what to copy for each number;
//! [`record`] is what it sends back; [`config`] is what it is told at start; [`thread`] is what it remembers of a
//! thread, [`family`] of a zygote's children, [`ending`] of a thread's end; [`whose`] is whose calls it drops, [`ignored`]
//! where calls come from that it drops; [`counters`] is what it counts; [`regs`] says where arm64 keeps the registers of a
//! call. [`table`] gives the numbers their names and meaning and is not compiled for the kernel half, which copies bytes
//! and knows no names.
#![no_std]

pub mod config;
pub mod counters;
pub mod ending;
pub mod family;
pub mod ignored;
pub mod index;
pub mod record;
pub mod regs;
pub mod spec;
#[cfg(not(target_arch = "bpf"))]
pub mod table;
pub mod thread;
pub mod whose;
