//! The rules of the table, checked row by row.

mod named;

use std::collections::BTreeSet;

use kprobe_common::index::{Abi, INDEXES, index};
use kprobe_common::spec::{length, phase, read};
use kprobe_common::table::flags::{self, FlagSet};
use kprobe_common::table::group::{DEFAULT, GROUPS};
use kprobe_common::table::rows::ROWS;
use kprobe_common::table::structs::{Field, StructDef};
use kprobe_common::table::{Syscall, errno, row, structs};
use named::call;

const ABIS: [Abi; 2] = [Abi::Arm64, Abi::Arm32];

#[test]
fn names_are_unique_in_each_abi() {
    for abi in ABIS {
        let mut seen = BTreeSet::new();
        for row in ROWS.iter().filter(|row| row.nr(abi).is_some()) {
            assert!(
                seen.insert(row.name),
                "{abi:?} has two rows for {}",
                row.name
            );
        }
    }
}

#[test]
fn groups_have_members() {
    for (name, bits, _) in GROUPS {
        assert!(
            ROWS.iter().any(|row| row.groups & bits != 0),
            "%{name} is empty"
        );
    }
}

#[test]
fn every_row_is_found_by_its_index() {
    for abi in ABIS {
        for call in ROWS.iter().filter(|row| row.nr(abi).is_some()) {
            let index = call.index(abi).expect("a number");
            let found = row(index).expect("a row");
            assert_eq!(found.name, call.name);
        }
    }
    let found = (0..=INDEXES).filter_map(row).count();
    let numbers = |row: &Syscall| usize::from(row.nr64.is_some()) + usize::from(row.nr32.is_some());
    assert_eq!(found, ROWS.iter().map(numbers).sum::<usize>());
    assert!(row(index(Abi::Arm64, 300)).is_none());
    assert!(row(index(Abi::Arm64, -1)).is_none());
}

/// What the design promises for a run without `-e`.
#[test]
fn the_default_group_is_what_was_promised() {
    let promised = "open openat openat2 open_by_handle_at creat open_tree access faccessat faccessat2 \
        stat lstat stat64 lstat64 newfstatat fstatat64 statx readlink readlinkat getdents getdents64 \
        unlink unlinkat rmdir rename renameat renameat2 link linkat symlink symlinkat mkdir mkdirat mknod mknodat \
        chmod fchmodat fchmodat2 chown chown32 lchown lchown32 fchownat chroot \
        mount umount2 pivot_root move_mount fsopen fsconfig fsmount fspick mount_setattr open_tree_attr \
        inotify_add_watch statfs statfs64 utimensat utimensat_time64 utimes futimesat truncate truncate64 \
        socket socketpair connect bind listen accept accept4 send sendto sendmsg sendmmsg \
        execve execveat clone clone3 fork vfork exit_group wait4 waitid kill tkill tgkill rt_sigqueueinfo \
        rt_tgsigqueueinfo ptrace prctl seccomp process_vm_readv process_vm_writev pidfd_open pidfd_getfd \
        pidfd_send_signal memfd_create mmap mmap2 mprotect \
        setuid setuid32 setgid setgid32 setreuid setreuid32 setregid setregid32 setresuid setresuid32 setresgid \
        setresgid32 setfsuid setfsuid32 setfsgid setfsgid32 setgroups setgroups32 capset ioctl uname sysinfo getrandom \
        bpf perf_event_open io_uring_setup io_uring_enter io_uring_register userfaultfd \
        init_module finit_module delete_module";
    let promised: BTreeSet<&str> = promised.split_whitespace().collect();
    let group: BTreeSet<&str> = ROWS
        .iter()
        .filter(|row| row.groups & DEFAULT != 0)
        .map(|row| row.name)
        .collect();
    assert_eq!(
        group.difference(&promised).collect::<Vec<_>>(),
        Vec::<&&str>::new(),
        "not promised"
    );
    assert_eq!(
        promised.difference(&group).collect::<Vec<_>>(),
        Vec::<&&str>::new(),
        "missing"
    );
}

#[test]
fn conditions_narrow_the_default_group() {
    for (name, abi) in [
        ("mmap", Abi::Arm64),
        ("mmap2", Abi::Arm32),
        ("mprotect", Abi::Arm64),
    ] {
        let condition = call(name, abi).condition.expect("a condition");
        let executable = 4_u32 >> condition.shift & condition.mask;
        assert!(
            condition.listed && condition.values.contains(&executable),
            "{name}"
        );
        assert!(
            !condition
                .values
                .contains(&(3 >> condition.shift & condition.mask)),
            "{name}"
        );
    }
    let ioctl = call("ioctl", Abi::Arm64).condition.expect("a condition");
    let noisy = |op: u32| ioctl.values.contains(&(op >> ioctl.shift & ioctl.mask));
    assert!(!ioctl.listed && noisy(0xc030_6201) && !noisy(0x8912));
}

/// Where each argument of a call with 64-bit ones is, in 32-bit code: `arch/arm64/kernel/sys32.c`, and for the two
/// halves of an offset `fs/read_write.c`, for those of a mask and a cookie `fs/notify/fanotify/fanotify_user.c` and
/// `fs/dcookies.c`.
#[test]
fn pairs_are_where_the_kernel_takes_them() {
    let wanted: [(&str, &[u8]); 15] = [
        ("pread64", &[0, 1, 2, 4]),
        ("pwrite64", &[0, 1, 2, 4]),
        ("preadv", &[0, 1, 2, 3]),
        ("pwritev", &[0, 1, 2, 3]),
        ("preadv2", &[0, 1, 2, 3, 5]),
        ("pwritev2", &[0, 1, 2, 3, 5]),
        ("truncate64", &[0, 2]),
        ("ftruncate64", &[0, 2]),
        ("readahead", &[0, 2, 4]),
        ("fallocate", &[0, 1, 2, 4]),
        ("arm_fadvise64_64", &[0, 1, 2, 4]),
        ("arm_sync_file_range", &[0, 1, 2, 4]),
        ("fanotify_mark", &[0, 1, 2, 4, 5]),
        ("lookup_dcookie", &[0, 2, 3]),
        ("_llseek", &[0, 1, 2, 3, 4]),
    ];
    for (name, registers) in wanted {
        let row = call(name, Abi::Arm32);
        assert_eq!(
            row.registers(Abi::Arm32)[..row.args.len()],
            *registers,
            "{name}"
        );
    }
    let pairs = |row: &&Syscall| {
        row.nr(Abi::Arm32).is_some()
            && row
                .args
                .iter()
                .any(|arg| arg.kind.registers(Abi::Arm32) == 2)
    };
    for row in ROWS.iter().filter(pairs) {
        assert!(
            wanted.iter().any(|(name, _)| *name == row.name),
            "{}: say here where its pairs are",
            row.name
        );
    }
}

/// A 64-bit value takes an even pair of registers in 32-bit code.
#[test]
fn wide_arguments_take_pairs() {
    let pread = call("pread64", Abi::Arm32);
    assert_eq!(pread.registers(Abi::Arm64)[..4], [0, 1, 2, 3]);
    assert_eq!(pread.registers(Abi::Arm32)[..4], [0, 1, 2, 4]);
    assert_eq!(pread.register_count(Abi::Arm32), 6);
    let mark = call("fanotify_mark", Abi::Arm32);
    assert_eq!(mark.registers(Abi::Arm32)[..5], [0, 1, 2, 4, 5]);
    let truncate = call("truncate64", Abi::Arm32);
    assert_eq!(truncate.registers(Abi::Arm32)[..2], [0, 2]);
}

/// `preadv`'s position is two `unsigned long`s in both ABIs, aligned in neither.
#[test]
fn split_arguments_take_two_registers() {
    let preadv2 = call("preadv2", Abi::Arm32);
    for abi in ABIS {
        assert_eq!(preadv2.registers(abi)[..5], [0, 1, 2, 3, 5]);
        assert_eq!(preadv2.register_count(abi), 6);
    }
}

#[test]
fn lengths_come_from_the_right_register() {
    let pwrite = call("pwrite64", Abi::Arm32).spec(Abi::Arm32);
    assert_eq!(
        (pwrite.args[1].read, pwrite.args[1].register),
        (read::BYTES, 2)
    );
    let accept = call("accept", Abi::Arm64).spec(Abi::Arm64);
    assert_eq!(
        (accept.args[1].length, accept.args[1].register),
        (length::POINTER, 2)
    );
    let option = call("getsockopt", Abi::Arm64).spec(Abi::Arm64);
    assert_eq!(
        (option.args[3].length, option.args[3].register),
        (length::POINTER, 4)
    );
    // A size would make its elements no strings.
    let execve = call("execve", Abi::Arm64).spec(Abi::Arm64);
    assert_eq!(
        (execve.args[1].read, execve.args[1].element),
        (read::STRINGS, 0)
    );
    let received = call("recvfrom", Abi::Arm64).spec(Abi::Arm64).args[1];
    assert_eq!((received.length, received.register), (length::WITHIN, 2));
    let events = call("epoll_pwait", Abi::Arm64).spec(Abi::Arm64).args[1];
    assert_eq!((events.length, events.register), (length::WITHIN32, 2));
    let (sent, got) = (call("msgsnd", Abi::Arm32), call("msgrcv", Abi::Arm32));
    let of = |row: &Syscall| {
        let arg = row.spec(Abi::Arm32).args[1];
        (arg.length, arg.register)
    };
    assert_eq!(of(sent), (length::BEHIND, 2));
    assert_eq!(of(got), (length::WITHIN_BEHIND, 2));
    let clone3 = call("clone3", Abi::Arm64).spec(Abi::Arm64);
    assert_eq!((clone3.args[0].element, clone3.args[0].cap), (1, 88));
    assert_eq!(clone3.args[0].phase, phase::ENTER);
}

#[test]
fn structures_fit_each_abi() {
    let sleep = call("nanosleep", Abi::Arm32);
    assert_eq!(sleep.spec(Abi::Arm64).args[0].cap, 16);
    assert_eq!(sleep.spec(Abi::Arm32).args[0].cap, 8);
    assert_eq!(
        sleep.spec(Abi::Arm64).args[1].phase,
        phase::EXIT | phase::EXIT_ALWAYS
    );
}

/// Each field lies within its structure, in the ABIs that use it, and all but the nameless have a name.
#[test]
fn fields_lie_within_their_structures() {
    let mut checked = BTreeSet::new();
    for abi in ABIS {
        let rows = ROWS.iter().filter(|row| row.nr(abi).is_some());
        for def in rows
            .flat_map(Syscall::forms)
            .flat_map(|form| form.args())
            .filter_map(|arg| arg.kind.structure())
        {
            check_structure(def, abi);
            checked.insert(def.name);
        }
    }
    assert!(
        checked.len() > 50,
        "only {} structures are used",
        checked.len()
    );
}

fn check_structure(def: &StructDef, abi: Abi) {
    for field in def.fields {
        let end = field.at(abi) + field.field.size(abi);
        assert!(
            end <= def.size(abi),
            "{}.{} ends at {end} in {abi:?}",
            def.name,
            field.name
        );
        assert!(
            def.alone().is_some() || !field.name.is_empty(),
            "{} has a nameless field",
            def.name
        );
        if let Field::Struct(inner) = &field.field {
            check_structure(inner, abi);
        }
    }
}

#[track_caller]
fn names(set: &'static FlagSet, value: u64, expected: &str, rest: u64) {
    let mut names = set.names(value);
    let found: Vec<&str> = names.by_ref().collect();
    assert_eq!(found.join("|"), expected);
    assert_eq!(names.rest(), rest);
}

#[test]
fn sets_of_bits() {
    names(&flags::OPEN, 0, "O_RDONLY", 0);
    names(&flags::OPEN, 0o2_000_000, "O_RDONLY|O_CLOEXEC", 0);
    names(&flags::OPEN, 0o4_010_001, "O_WRONLY|O_SYNC", 0);
    names(&flags::OPEN, 0o10_002, "O_RDWR|O_DSYNC", 0);
    names(&flags::OPEN, 0x8000_0000, "O_RDONLY", 0x8000_0000);
    names(&flags::PROT, 0, "PROT_NONE", 0);
    names(&flags::PROT, 5, "PROT_READ|PROT_EXEC", 0);
    names(&flags::MAP, 0x22, "MAP_PRIVATE|MAP_ANONYMOUS", 0);
    names(
        &flags::FUTEX_OP,
        0x89,
        "FUTEX_WAIT_BITSET|FUTEX_PRIVATE_FLAG",
        0,
    );
    names(&flags::FUTEX_OP, 0x7f, "", 0x7f);
    names(&flags::CLONE, 0x11, "SIGCHLD", 0);
    names(
        &flags::SOCKET_TYPE,
        0o2_000_001,
        "SOCK_STREAM|SOCK_CLOEXEC",
        0,
    );
    names(&flags::AT, 0, "", 0);
}

#[test]
fn lists_of_values() {
    assert_eq!(flags::SIGNALS.name(9), Some("SIGKILL"));
    assert_eq!(flags::SIGNALS.name(0), None);
    assert_eq!(flags::FCNTL.name(1030), Some("F_DUPFD_CLOEXEC"));
    assert_eq!(flags::IOCTL.name(0x5401), Some("TCGETS"));
    assert_eq!(flags::PRCTL.name(15), Some("PR_SET_NAME"));
    assert_eq!(flags::PRCTL.name(u64::MAX), None);
    assert_eq!(flags::SOCKET_OPTION.by(6).name(1), Some("TCP_NODELAY"));
    assert_eq!(flags::SOCKET_OPTION.by(12345).name(1), None);
}

#[test]
fn errors() {
    assert_eq!(errno::name(1), Some("EPERM"));
    assert_eq!(errno::name(11), Some("EAGAIN"));
    assert_eq!(errno::name(133), Some("EHWPOISON"));
    assert_eq!(errno::name(512), Some("ERESTARTSYS"));
    assert_eq!(errno::name(516), Some("ERESTART_RESTARTBLOCK"));
    assert_eq!(errno::name(0), None);
    assert_eq!(errno::name(41), None);
}

#[test]
fn numbers_behind_pointers_stand_alone() {
    assert_eq!(structs::INT.alone(), Some(&Field::Int(4)));
    assert_eq!(structs::TIMESPEC.alone(), None);
}
