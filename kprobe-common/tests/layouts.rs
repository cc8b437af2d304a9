//! The layouts of structures against the cross compilers, where they are installed.
//!
//! Structures that are newer than the headers of the oldest supported build machine (6.1), and those of which only the
//! start is decoded, are not compared.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use kprobe_common::index::Abi;
use kprobe_common::table::structs::{self, Field, FieldDef, StructDef};

const BOTH: &[Abi] = &[Abi::Arm64, Abi::Arm32];
const ARM64: &[Abi] = &[Abi::Arm64];
const ARM32: &[Abi] = &[Abi::Arm32];

/// Definitions, what C calls them, and the ABIs that have them.
#[rustfmt::skip]
const LAYOUTS: &[(&StructDef, &str, &[Abi])] = &[
    (&structs::TIMESPEC, "struct __kernel_old_timespec", BOTH),
    (&structs::TIMESPEC64, "struct __kernel_timespec", BOTH),
    (&structs::TIMEVAL, "struct __kernel_old_timeval", BOTH),
    (&structs::TIMEZONE, "struct timezone", BOTH),
    (&structs::ITIMERSPEC, "struct own_itimerspec", BOTH),
    (&structs::ITIMERSPEC64, "struct __kernel_itimerspec", BOTH),
    (&structs::ITIMERVAL, "struct __kernel_old_itimerval", BOTH),
    (&structs::TIMEX, "struct timex", BOTH),
    (&structs::TIMEX64, "struct __kernel_timex", BOTH),
    (&structs::TMS, "struct tms", BOTH),
    (&structs::SIGEVENT, "sigevent_t", BOTH),
    (&structs::STAT, "struct stat", ARM64),
    (&structs::COMPAT_STAT, "struct stat", ARM32),
    (&structs::STAT64, "struct stat64", ARM32),
    (&structs::STATFS, "struct statfs", BOTH),
    (&structs::STATFS64, "struct statfs64", ARM32),
    (&structs::STATX_TIMESTAMP, "struct statx_timestamp", BOTH),
    (&structs::STATX, "struct statx", BOTH),
    (&structs::OPEN_HOW, "struct open_how", BOTH),
    (&structs::IOVEC, "struct iovec", BOTH),
    (&structs::MOUNT_ATTR_ARGS, "struct mount_attr", BOTH),
    (&structs::POLLFD, "struct pollfd", BOTH),
    (&structs::EPOLL_EVENT, "struct epoll_event", BOTH),
    (&structs::SIGSET_ARG, "struct own_sigset_arg", BOTH),
    (&structs::IO_EVENT, "struct io_event", BOTH),
    (&structs::IO_URING_PARAMS, "struct io_uring_params", BOTH),
    (&structs::FUTEX_WAITV, "struct futex_waitv", BOTH),
    (&structs::ROBUST_LIST_HEAD, "struct robust_list_head", BOTH),
    (&structs::MQ_ATTR, "struct mq_attr", BOTH),
    (&structs::SEMBUF, "struct sembuf", BOTH),
    (&structs::SIGACTION, "struct own_sigaction", BOTH),
    (&structs::OLD_SIGACTION, "struct own_old_sigaction", ARM32),
    (&structs::STACK, "stack_t", BOTH),
    (&structs::SIGINFO, "siginfo_t", BOTH),
    (&structs::CLONE_ARGS, "struct clone_args", BOTH),
    (&structs::RLIMIT, "struct rlimit", BOTH),
    (&structs::RLIMIT64, "struct rlimit64", BOTH),
    (&structs::RUSAGE, "struct rusage", BOTH),
    (&structs::SCHED_PARAM, "struct own_sched_param", BOTH),
    (&structs::SCHED_ATTR, "struct sched_attr", BOTH),
    (&structs::CAP_HEADER, "struct __user_cap_header_struct", BOTH),
    (&structs::CAP_DATA, "struct own_cap_data", BOTH),
    (&structs::UTSNAME, "struct new_utsname", BOTH),
    (&structs::SYSINFO, "struct sysinfo", BOTH),
    (&structs::FLOCK, "struct flock", BOTH),
    (&structs::FLOCK64, "struct flock64", ARM32),
    (&structs::F_OWNER_EX, "struct f_owner_ex", BOTH),
    (&structs::SECCOMP_NOTIF_SIZES, "struct seccomp_notif_sizes", BOTH),
    (&structs::LINGER, "struct own_linger", BOTH),
    (&structs::IP_MREQ, "struct ip_mreqn", BOTH),
    (&structs::IPV6_MREQ, "struct ipv6_mreq", BOTH),
    (&structs::WINSIZE, "struct winsize", BOTH),
    (&structs::TERMIOS, "struct termios", BOTH),
    (&structs::BINDER_WRITE_READ, "struct binder_write_read", BOTH),
    (&structs::DMA_HEAP_ALLOCATION, "struct dma_heap_allocation_data", BOTH),
    (&structs::LOOP_INFO64, "struct loop_info64", BOTH),
    (&structs::LOOP_CONFIG, "struct loop_config", BOTH),
    (&structs::DM_IOCTL, "struct dm_ioctl", BOTH),
    (&structs::FIEMAP, "struct fiemap", BOTH),
    (&structs::FILE_CLONE_RANGE, "struct file_clone_range", BOTH),
    (&structs::FSTRIM_RANGE, "struct fstrim_range", BOTH),
    (&structs::FSXATTR, "struct fsxattr", BOTH),
    (&structs::UFFDIO_API, "struct uffdio_api", BOTH),
    (&structs::SOCKADDR_LL, "struct sockaddr_ll", BOTH),
    (&structs::SOCKADDR_VM, "struct sockaddr_vm", BOTH),
    (&structs::SOCKADDR_ALG, "struct sockaddr_alg", BOTH),
    (&structs::SOCKADDR_HCI, "struct own_sockaddr_hci", BOTH),
    (&structs::SOCKADDR_SCO, "struct own_sockaddr_sco", BOTH),
    (&structs::SOCKADDR_RC, "struct own_sockaddr_rc", BOTH),
    (&structs::SOCKADDR_L2, "struct own_sockaddr_l2", BOTH),
    (&structs::SOCKADDR_QRTR, "struct sockaddr_qrtr", BOTH),
    (&structs::UCRED, "struct own_ucred", BOTH),
    (&structs::TIMEVAL_NEW, "struct __kernel_sock_timeval", BOTH),
    (&structs::IN_PKTINFO, "struct in_pktinfo", BOTH),
    (&structs::IN6_PKTINFO, "struct in6_pktinfo", BOTH),
    (&structs::SOCK_EXTENDED_ERR, "struct sock_extended_err", BOTH),
    (&structs::FILE_HANDLE, "struct own_file_handle", BOTH),
    (&structs::IOCB, "struct iocb", BOTH),
    (&structs::IO_SQRING_OFFSETS, "struct io_sqring_offsets", BOTH),
    (&structs::IO_CQRING_OFFSETS, "struct io_cqring_offsets", BOTH),
    (&structs::PERF_EVENT_ATTR, "struct perf_event_attr", BOTH),
    (&structs::RSEQ, "struct rseq", BOTH),
    (&structs::KEXEC_SEGMENT, "struct kexec_segment", BOTH),
    (&structs::USTAT, "struct own_ustat", ARM32),
    (&structs::RTGENMSG, "struct rtgenmsg", BOTH),
    (&structs::IFINFOMSG, "struct ifinfomsg", BOTH),
    (&structs::IFADDRMSG, "struct ifaddrmsg", BOTH),
    (&structs::RTMSG, "struct rtmsg", BOTH),
    (&structs::NDMSG, "struct ndmsg", BOTH),
    (&structs::FIB_RULE_HDR, "struct fib_rule_hdr", BOTH),
    (&structs::TCMSG, "struct tcmsg", BOTH),
    (&structs::CTRLMSGHDR, "struct genlmsghdr", BOTH),
    (&structs::GENLMSGHDR, "struct genlmsghdr", BOTH),
    (&structs::SOCK_DIAG_REQ, "struct sock_diag_req", BOTH),
    (&structs::IPC_PERM, "struct ipc64_perm", ARM32),
    (&structs::MSQID_DS, "struct msqid64_ds", BOTH),
    (&structs::SEMID_DS, "struct semid64_ds", BOTH),
    (&structs::SHMID_DS, "struct shmid64_ds", BOTH),
    (&structs::MSGINFO, "struct msginfo", BOTH),
    (&structs::SEMINFO, "struct seminfo", BOTH),
    (&structs::SHMINFO, "struct shminfo64", BOTH),
    (&structs::SHM_INFO, "struct shm_info", BOTH),
    (&structs::PTRACE_SYSCALL_INFO, "struct ptrace_syscall_info", BOTH),
    (&structs::DQBLK, "struct if_dqblk", BOTH),
    (&structs::NEXTDQBLK, "struct if_nextdqblk", BOTH),
    (&structs::DQINFO, "struct if_dqinfo", BOTH),
    (&structs::LANDLOCK_PATH_BENEATH, "struct landlock_path_beneath_attr", BOTH),
    (&structs::NLMSGERR, "struct nlmsgerr", BOTH),
    (&structs::BPF_MAP_CREATE, "union bpf_attr", BOTH),
    (&structs::BPF_MAP_LOOKUP, "union bpf_attr", BOTH),
    (&structs::BPF_MAP_UPDATE, "union bpf_attr", BOTH),
    (&structs::BPF_MAP_DELETE, "union bpf_attr", BOTH),
    (&structs::BPF_MAP_NEXT_KEY, "union bpf_attr", BOTH),
    (&structs::BPF_MAP_FD, "union bpf_attr", BOTH),
    (&structs::BPF_PROG_LOAD, "union bpf_attr", BOTH),
    (&structs::BPF_OBJ, "union bpf_attr", BOTH),
    (&structs::BPF_PROG_ATTACH, "union bpf_attr", BOTH),
    (&structs::BPF_NEXT_ID, "union bpf_attr", BOTH),
    (&structs::BPF_PROG_ID, "union bpf_attr", BOTH),
    (&structs::BPF_MAP_ID, "union bpf_attr", BOTH),
    (&structs::BPF_BTF_ID, "union bpf_attr", BOTH),
    (&structs::BPF_LINK_ID, "union bpf_attr", BOTH),
    (&structs::BPF_BTF_LOAD, "union bpf_attr", BOTH),
    (&structs::BPF_BATCH_ATTR, "BPF(batch)", BOTH),
    (&structs::BPF_TEST_RUN_ATTR, "BPF(test)", BOTH),
    (&structs::BPF_INFO_ATTR, "BPF(info)", BOTH),
    (&structs::BPF_PROG_QUERY_ATTR, "BPF(query)", BOTH),
    (&structs::BPF_RAW_TRACEPOINT_ATTR, "BPF(raw_tracepoint)", BOTH),
    (&structs::BPF_TASK_FD_ATTR, "BPF(task_fd_query)", BOTH),
    (&structs::BPF_LINK_CREATE_ATTR, "BPF(link_create)", BOTH),
    (&structs::BPF_LINK_UPDATE_ATTR, "BPF(link_update)", BOTH),
    (&structs::BPF_LINK_DETACH_ATTR, "BPF(link_detach)", BOTH),
    (&structs::BPF_ENABLE_STATS_ATTR, "BPF(enable_stats)", BOTH),
    (&structs::BPF_ITER_CREATE_ATTR, "BPF(iter_create)", BOTH),
    (&structs::BPF_BIND_MAP_ATTR, "BPF(prog_bind_map)", BOTH),
    (&structs::BPF_LINK_PROBES, "BPF(link_create.kprobe_multi)", BOTH),
    (&structs::BPF_LINK_TRACING, "BPF(link_create.tracing)", BOTH),
    (&structs::BPF_LINK_PERF, "BPF(link_create.perf_event)", BOTH),
];

/// Fields of `union bpf_attr` that the oldest headers lack.
#[rustfmt::skip]
const NEWER: &[&str] = &[
    "value_type_btf_obj_fd", "map_token_fd", "excl_prog_hash", "excl_prog_hash_size", "log_true_size", "prog_token_fd",
    "fd_array_cnt", "signature", "signature_size", "keyring_id", "path_fd", "relative_fd", "expected_revision",
    "fd_by_id_token_fd", "link_ids", "link_attach_flags", "revision", "cookie", "btf_log_true_size", "btf_flags",
    "btf_token_fd", "netfilter",
];

/// The kernel's headers do not clash among themselves; what only the kernel's own code has is written out (`own_`).
const PRELUDE: &str = "
#include <stddef.h>
#include <linux/types.h>
#include <linux/time_types.h>
#include <linux/time.h>
#include <linux/timex.h>
#include <linux/times.h>
#include <asm/signal.h>
#include <asm/siginfo.h>
#include <asm/stat.h>
#include <asm/statfs.h>
#include <linux/stat.h>
#include <linux/openat2.h>
#include <linux/uio.h>
#include <linux/mount.h>
#include <linux/xattr.h>
#include <asm/poll.h>
#include <linux/fcntl.h>
#include <linux/eventpoll.h>
#include <linux/aio_abi.h>
#include <linux/io_uring.h>
#include <linux/futex.h>
#include <linux/mqueue.h>
#include <linux/sem.h>
#include <linux/sched.h>
#include <linux/sched/types.h>
#include <linux/resource.h>
#include <linux/capability.h>
#include <linux/utsname.h>
#include <linux/sysinfo.h>
#include <linux/seccomp.h>
#include <linux/bpf.h>
#define BPF(member) __typeof__(((union bpf_attr *)0)->member)
#include <linux/in.h>
#include <linux/in6.h>
#include <asm/termios.h>
#include <asm/termbits.h>
#include <linux/android/binder.h>
#include <linux/dma-heap.h>
#include <linux/loop.h>
#include <linux/dm-ioctl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/userfaultfd.h>
#include <linux/socket.h>
#include <linux/if_packet.h>
#include <linux/if_alg.h>
#include <linux/qrtr.h>
struct sockaddr { unsigned short sa_family; char sa_data[14]; };
typedef unsigned short sa_family_t;
#include <linux/vm_sockets.h>
#include <linux/in.h>
#include <linux/ipv6.h>
#include <linux/errqueue.h>
#include <linux/msg.h>
#include <linux/shm.h>
#include <linux/perf_event.h>
#include <linux/landlock.h>
#include <linux/rseq.h>
#include <linux/kexec.h>
#include <linux/quota.h>
#include <linux/ptrace.h>
struct own_file_handle { __u32 handle_bytes; int handle_type; unsigned char f_handle[128]; };
struct own_ustat { int f_tfree; __u32 f_tinode; char f_fname[6], f_fpack[6]; };
#include <linux/rtnetlink.h>
#include <linux/fib_rules.h>
#include <linux/genetlink.h>
#include <linux/sock_diag.h>
struct own_ucred { unsigned int pid, uid, gid; };
#define si_timerid si_tid
#undef sa_handler
#undef sa_sigaction
struct own_itimerspec { struct __kernel_old_timespec it_interval, it_value; };
struct own_sigset_arg { void *sigmask; size_t sigsetsize; };
struct own_sigaction { void *sa_handler; unsigned long sa_flags; void *sa_restorer; unsigned int sa_mask[2]; };
struct own_old_sigaction { void *sa_handler; unsigned int sa_mask; unsigned long sa_flags; void *sa_restorer; };
struct own_cap_data { __u32 effective, permitted, inheritable, upper[3]; };
struct own_sched_param { int sched_priority; };
struct own_linger { int l_onoff, l_linger; };
typedef struct { unsigned char b[6]; } __attribute__((packed)) own_bdaddr;
struct own_sockaddr_hci { unsigned short hci_family, hci_dev, hci_channel; };
struct own_sockaddr_sco { unsigned short sco_family; own_bdaddr sco_bdaddr; };
struct own_sockaddr_rc { unsigned short rc_family; own_bdaddr rc_bdaddr; unsigned char rc_channel; };
struct own_sockaddr_l2 { unsigned short l2_family, l2_psm; own_bdaddr l2_bdaddr; unsigned short l2_cid; unsigned char l2_bdaddr_type; };
";

/// One assertion for each size, offset and width.
fn program(abi: Abi) -> String {
    let mut program = String::from(PRELUDE);
    for (def, name, _) in LAYOUTS.iter().filter(|layout| layout.2.contains(&abi)) {
        let mut assert = |what: String, value: u16| {
            let _ = writeln!(program, "_Static_assert({what} == {value}, \"{what}\");");
        };
        let grows = name.contains("bpf_attr") || name.starts_with("BPF(");
        if !grows {
            assert(format!("sizeof({name})"), def.size(abi));
        }
        let there = |field: &&FieldDef| !grows || !NEWER.contains(&field.name);
        for field in def.fields.iter().filter(there) {
            // C has no offsets of bits.
            if field.name == "bits" {
                continue;
            }
            assert(format!("offsetof({name}, {})", field.name), field.at(abi));
            // Of a word of flags, the lower half is all that has names.
            let half = matches!(field.field, Field::Flags(_, 4) | Field::FlagsApart(..));
            if !half {
                assert(
                    format!("sizeof((({name} *)0)->{})", field.name),
                    field.field.size(abi),
                );
            }
        }
    }
    program
}

fn compare(abi: Abi, compiler: &str) {
    let mut command = Command::new(compiler);
    command
        .args(["-w", "-fsyntax-only", "-xc", "-"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped());
    let Ok(mut child) = command.spawn() else {
        eprintln!("SKIPPED: {compiler} is not there; install it to compare the {abi:?} layouts");
        return;
    };
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin
        .write_all(program(abi).as_bytes())
        .expect("the compiler reads");
    drop(stdin);
    let output = child.wait_with_output().expect("the compiler ends");
    let messages = String::from_utf8_lossy(&output.stderr);
    let wrong: Vec<&str> = messages
        .lines()
        .filter(|line| line.contains("error"))
        .collect();
    assert!(output.status.success(), "{abi:?}:\n{}", wrong.join("\n"));
}

#[test]
fn arm64_layouts_are_the_compilers() {
    compare(Abi::Arm64, "aarch64-linux-gnu-gcc");
}

#[test]
fn arm32_layouts_are_the_compilers() {
    compare(Abi::Arm32, "arm-linux-gnueabihf-gcc");
}
