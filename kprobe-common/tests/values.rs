//! Names of bits and values against the kernel's headers, where a cross compiler is installed.
//!
//! Macros are compared; what the headers declare in an `enum`, or do not have yet, is passed over.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use kprobe_common::table::errno::ERRORS;
use kprobe_common::table::flags::{
    CONTROL_TYPE, FlagSet, NLM_F, NLM_F_DELETE, NLM_F_GET, NLM_F_NEW, NLMSG, NLMSG_TYPE, ValueSet,
};
use kprobe_common::table::kind::Kind;
use kprobe_common::table::rows::ROWS;
use kprobe_common::table::structs::{ADDRESSES, BODIES, CONTROLS, Field, StructDef};

const COMPILER: &str = "aarch64-linux-gnu-gcc";
/// The kernel's, and the C library's of what the kernel does not publish; the two do not mix.
const HEADERS: [&str; 2] = [KERNEL, "sys/socket linux/if_arp"];
const KERNEL: &str = "asm/errno asm/fcntl asm/ioctls asm/mman asm/poll asm/ptrace asm/siginfo asm/signal asm/socket \
    asm/sockios asm/termbits linux/blktrace_api linux/bpf linux/capability linux/close_range linux/dma-buf linux/dma-heap linux/eventfd \
    linux/eventpoll linux/fadvise linux/falloc linux/audit linux/fanotify linux/fcntl linux/fib_rules linux/fiemap linux/genetlink linux/if_addr linux/if_link linux/inet_diag \
    linux/neighbour linux/rtnetlink linux/sock_diag linux/fs linux/futex linux/if_ether linux/if_packet \
    linux/if_tun linux/in linux/in6 linux/inotify linux/io_uring linux/ioprio linux/ipc linux/kcmp linux/kexec \
    linux/keyctl linux/landlock linux/loop linux/magic linux/membarrier linux/memfd linux/mempolicy linux/mman linux/module \
    linux/mount linux/msg linux/netlink linux/openat2 linux/perf_event linux/personality linux/pidfd linux/prctl \
    linux/ptrace linux/random linux/reboot linux/resource linux/sched linux/seccomp linux/sem linux/serial linux/shm \
    linux/signalfd linux/sockios linux/stat linux/sync_file linux/tcp linux/time linux/errqueue linux/timerfd linux/udp \
    linux/userfaultfd linux/wait linux/xattr linux/android/binder linux/aio_abi linux/securebits linux/elf \
    asm/termios";

/// Every name that rows use, directly or in a structure, with its value.
#[derive(Default)]
struct Names(BTreeMap<&'static str, u64>);

impl Names {
    fn add(&mut self, named: &[(u64, &'static str)]) {
        self.0
            .extend(named.iter().map(|(value, name)| (*name, *value)));
    }

    fn flags(&mut self, set: &FlagSet) {
        self.add(set.bits);
        for (_, values) in set.fields {
            self.add(values);
        }
    }

    fn values(&mut self, set: &ValueSet) {
        self.add(set.values);
    }

    fn structure(&mut self, def: &StructDef) {
        for field in def.fields {
            self.field(&field.field);
        }
    }

    fn field(&mut self, field: &Field) {
        if let Field::Flags(set, _) | Field::FlagsApart(set, _) = field {
            self.flags(set);
        } else if let Field::Enum(set, _) | Field::NetEnum(set) | Field::WordEnum(set) = field {
            self.values(set);
        } else if let Field::Struct(def) = field {
            self.structure(def);
        } else if let Field::Array(field, _) = field {
            self.field(field);
        }
    }

    fn kind(&mut self, kind: &Kind) {
        if let Kind::Flags(set) | Kind::WideFlags(set) = kind {
            self.flags(set);
        } else if let Kind::Enum(set) = kind {
            self.values(set);
        } else if let Kind::EnumBy(sets, _) = kind {
            sets.sets.iter().for_each(|(_, set)| self.values(set));
        } else if let Kind::Struct(def)
        | Kind::StructSized(def, _)
        | Kind::StructSizedInOut(def, _)
        | Kind::StructOut(def)
        | Kind::StructOutLen(def, _)
        | Kind::StructInOut(def)
        | Kind::StructsInOut(def, _)
        | Kind::StructsOut(def, _) = kind
        {
            self.structure(def);
        }
    }
}

/// The assertions, and a variable for each name that the headers define.
fn program(names: &Names, headers: &str) -> String {
    let mut program = String::from("#define _GNU_SOURCE\n#include <stddef.h>\n");
    for header in headers.split_whitespace() {
        let _ = writeln!(
            program,
            "#if __has_include(<{header}.h>)\n#include <{header}.h>\n#endif"
        );
    }
    // The headers number capabilities and what a futex does; sets of them have bits.
    let placed = |name: &str| name.starts_with("CAP_") || name.starts_with("FUTEX_OP_");
    for (name, value) in names.0.iter().filter(|(name, _)| !placed(name)) {
        // Constants of 32 bits may be negative.
        let bits = if *value > u64::from(u32::MAX) {
            "long long"
        } else {
            "int"
        };
        let _ = writeln!(
            program,
            "#ifdef {name}\n_Static_assert((unsigned {bits})({name}) == {value:#x}, \"{name}\");\n\
             int compared_{name};\n#endif"
        );
    }
    program
}

/// How many names were compared; `None` without a compiler.
fn compare(program: &str) -> Option<usize> {
    let mut command = Command::new(COMPILER);
    command.args(["-w", "-fmax-errors=0", "-S", "-o", "-", "-xc", "-"]);
    let pipes = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = pipes.spawn().ok()?;
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin
        .write_all(program.as_bytes())
        .expect("the compiler reads");
    drop(stdin);
    let output = child.wait_with_output().expect("the compiler ends");
    let messages = String::from_utf8_lossy(&output.stderr);
    let wrong: Vec<&str> = messages
        .lines()
        .filter(|line| line.contains("error"))
        .collect();
    assert!(output.status.success(), "{}", wrong.join("\n"));
    Some(
        String::from_utf8_lossy(&output.stdout)
            .matches("\ncompared_")
            .count(),
    )
}

#[test]
fn names_are_the_headers() {
    let mut names = Names::default();
    ROWS.iter()
        .flat_map(kprobe_common::table::Syscall::forms)
        .flat_map(|form| form.args())
        .for_each(|arg| names.kind(&arg.kind));
    for address in ADDRESSES {
        names.structure(address.def);
    }
    for control in CONTROLS {
        names.field(&control.field);
    }
    for body in BODIES {
        names.structure(body.def);
        if let Some(attributes) = body.attributes {
            names.values(attributes.names);
        }
    }
    for set in [&NLM_F, &NLM_F_GET, &NLM_F_NEW, &NLM_F_DELETE] {
        names.flags(set);
    }
    names.values(&NLMSG);
    for (_, set) in NLMSG_TYPE.sets {
        names.values(set);
    }
    for (_, set) in CONTROL_TYPE.sets {
        names.values(set);
    }
    names.0.extend(
        ERRORS
            .iter()
            .map(|(value, name)| (*name, u64::from(*value))),
    );
    let compared = HEADERS
        .iter()
        .map(|headers| compare(&program(&names, headers)));
    let Some(compared) = compared.sum::<Option<usize>>() else {
        eprintln!("SKIPPED: {COMPILER} is not there; install it to compare names of values");
        return;
    };
    assert!(
        compared > 1000,
        "only {compared} of {} names could be compared",
        names.0.len()
    );
}
