//! The filter: which calls a run may make once its probes are attached, and with which arguments.
//!
//! No program is executed any more, no memory becomes executable, no socket is made, no BPF program is loaded, nothing
//! is attached.

use std::collections::BTreeMap;

use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen as Width, SeccompCmpOp as Is,
    SeccompCondition as Condition, SeccompFilter, SeccompRule as Rule,
};

/// Calls that are allowed whatever their arguments.
const FREE: &[libc::c_long] = &[
    // Memory.
    libc::SYS_brk,
    libc::SYS_madvise,
    libc::SYS_mremap,
    libc::SYS_munmap,
    // Threads, waiting, time.
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_epoll_create1,
    libc::SYS_epoll_ctl,
    libc::SYS_epoll_pwait,
    libc::SYS_eventfd2,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_futex,
    libc::SYS_nanosleep,
    libc::SYS_ppoll,
    libc::SYS_restart_syscall,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_sigaltstack,
    libc::SYS_tgkill,
    // Who we are; a child that we started.
    libc::SYS_getpid,
    libc::SYS_getppid,
    libc::SYS_gettid,
    libc::SYS_geteuid,
    libc::SYS_getrandom,
    libc::SYS_prlimit64,
    libc::SYS_set_robust_list,
    libc::SYS_uname,
    libc::SYS_wait4,
    libc::SYS_waitid,
    // The reaper is a child without a program of its own.
    libc::SYS_clone,
    libc::SYS_setsid,
    // Files and what else is open.
    libc::SYS_close,
    libc::SYS_dup,
    libc::SYS_dup3,
    libc::SYS_faccessat,
    libc::SYS_fcntl,
    libc::SYS_fdatasync,
    libc::SYS_fstat,
    libc::SYS_fsync,
    libc::SYS_ftruncate,
    libc::SYS_getcwd,
    libc::SYS_getdents64,
    libc::SYS_lseek,
    libc::SYS_newfstatat,
    libc::SYS_pread64,
    libc::SYS_preadv,
    libc::SYS_read,
    libc::SYS_readlinkat,
    libc::SYS_readv,
    libc::SYS_statfs,
    libc::SYS_fstatfs,
    libc::SYS_statx,
    libc::SYS_pwrite64,
    libc::SYS_write,
    libc::SYS_writev,
    // Sockets of others, and the one that a daemon listens at; what these need is unlinked at the end.
    libc::SYS_accept4,
    libc::SYS_getpeername,
    libc::SYS_getsockname,
    libc::SYS_getsockopt,
    libc::SYS_pidfd_getfd,
    libc::SYS_pidfd_open,
    libc::SYS_recvfrom,
    libc::SYS_sendto,
    libc::SYS_shutdown,
    libc::SYS_unlinkat,
];
/// And these, where a run begins new files.
const FOR_FILES: &[libc::c_long] = &[
    libc::SYS_fchmod,
    libc::SYS_fchown,
    libc::SYS_linkat,
    libc::SYS_mkdirat,
    libc::SYS_renameat,
    libc::SYS_renameat2,
    libc::SYS_umask,
];
/// Commands of `bpf(2)` on an element of a map.
const ELEMENTS: std::ops::RangeInclusive<u64> = 1..=4;
/// What is asked of descriptors: how much is in a pipe (`FIONREAD`), is it a terminal (`TCGETS`), a file's generation
/// (`FS_IOC_GETVERSION`).
const ASKED: [u64; 3] = [0x541b, 0x5401, 0x8008_7601];

/// Sets the filter for all threads. A forbidden call fails as if the kernel did not know it, which C libraries expect.
pub(super) fn forbid(makes_files: bool) -> Result<(), seccompiler::Error> {
    let program = program(makes_files)?;
    seccompiler::apply_filter_all_threads(&program)
}

fn program(makes_files: bool) -> Result<BpfProgram, BackendError> {
    SeccompFilter::new(
        rules(makes_files)?,
        SeccompAction::Errno(libc::ENOSYS as u32),
        SeccompAction::Allow,
        std::env::consts::ARCH.try_into()?,
    )?
    .try_into()
}

fn rules(makes_files: bool) -> Result<BTreeMap<i64, Vec<Rule>>, BackendError> {
    let for_files = if makes_files { FOR_FILES } else { &[] };
    let free = FREE.iter().chain(for_files);
    let mut rules: BTreeMap<i64, Vec<Rule>> = free.map(|&nr| (nr, Vec::new())).collect();
    let mut allow = |nr: libc::c_long, rule: Rule| rules.entry(nr).or_default().push(rule);
    for command in ELEMENTS {
        allow(libc::SYS_bpf, when(0, Is::Eq, command)?);
    }
    for request in ASKED {
        allow(libc::SYS_ioctl, when(1, Is::Eq, request)?);
    }
    allow(libc::SYS_prctl, when(0, Is::Eq, libc::PR_SET_NAME as u64)?);
    let executable = Is::MaskedEq(libc::PROT_EXEC as u64);
    for nr in [libc::SYS_mmap, libc::SYS_mprotect] {
        allow(nr, when(2, executable.clone(), 0)?);
    }
    let ways = if makes_files { 0 } else { libc::O_ACCMODE };
    let only_read = Is::MaskedEq(ways as u64);
    allow(libc::SYS_openat, when(2, only_read, libc::O_RDONLY as u64)?);
    Ok(rules)
}

/// Allows a call if an argument, 32 bits wide, is so.
fn when(argument: u8, is: Is, value: u64) -> Result<Rule, BackendError> {
    Rule::new(vec![Condition::new(argument, Width::Dword, is, value)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_is_within_the_kernels_limits() {
        for makes_files in [false, true] {
            let program = program(makes_files).unwrap();
            // `BPF_MAXINSNS`.
            assert!(program.len() < 4096, "{}", program.len());
        }
    }

    #[test]
    fn no_call_is_both_free_and_bound() {
        let free: Vec<i64> = FREE.iter().chain(FOR_FILES).copied().collect();
        for (nr, rules) in rules(true).unwrap() {
            assert_eq!(free.contains(&nr), rules.is_empty(), "{nr}");
        }
    }
}
