//! What no kernel lets it see, or see surely: the table of `doctor` and of README.md, which a test holds together.

/// Something that is not seen.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct BlindSpot {
    /// What is not seen.
    pub what: &'static str,
    /// Why, and what is seen instead. As Markdown has it.
    pub why: &'static str,
}

/// All that are known.
pub const BLIND_SPOTS: &[BlindSpot] = &[
    BlindSpot {
        what: "Arguments behind pointers can be changed",
        why: "They are copied at entry; the kernel reads them itself a little later. Another thread can change them in \
            between. Arguments marked `late` had the whole call for that",
    },
    BlindSpot {
        what: "io_uring",
        why: "Its operations make no calls. You see `io_uring_setup`, `io_uring_enter` and `io_uring_register`",
    },
    BlindSpot {
        what: "Descriptors that others close or replace",
        why: "The binder driver closes those that it passed in an array (`BINDER_TYPE_FDA`, as HIDL uses them) when \
            their buffer is freed, and a supervisor can replace one (`SECCOMP_ADDFD_FLAG_SETFD`): no call on the \
            number tells of it. What `fds` says of the number can be the old one's until a call that is followed \
            gives or closes it",
    },
    BlindSpot {
        what: "Mapped memory",
        why: "Reading and writing a mapped file makes no calls. You see the `mmap`",
    },
    BlindSpot {
        what: "A kill by seccomp",
        why: "The call has no entry and no return: there is no line. You see the process end",
    },
    BlindSpot {
        what: "Other users of BPF",
        why: "The kernel silently skips kprobes on a CPU where a task is inside `bpf(2)`. Of a call so skipped only the \
            return is seen, and it is called `blocked` although it ran. `--backend tracepoint` does not depend on \
            that",
    },
    BlindSpot {
        what: "KernelSU builds that rewrite registers",
        why: "Some change the number or arguments of a few calls before the kernel's function runs. kprobes show what \
            the kernel executes, not what the app asked for",
    },
    BlindSpot {
        what: "Young and short-lived processes",
        why: "The daemon reads a process's name and mappings from `/proc` when it first meets it. Calls made before \
            that have no mapping; a process that was gone by then has no name",
    },
    BlindSpot {
        what: "`caller`",
        why: "`from` is what the link register holds when the call is made: in a function that has called another one \
            before, it can be the place behind that. Where the number comes from memory, `entry` is `unknown`: in \
            glibc and musl one function does so, by which all threads change their user. Tables of more than a \
            million symbols are not read. With `-t`, or `--no-follow` and a process that shares its memory, code that \
            an unwatched thread moves (`mremap`) is not noticed. Any app can give a file or memory a name of the \
            Android runtime's, or, where the kernel lets it have a mount namespace of its own, a path of the \
            platform's. Calls between the first record of a process that already ran and the end of the first look at \
            it are `unknown`",
    },
    BlindSpot {
        what: "Stacks",
        why: "Memory of no file has no tables, and its code may be another by now: a function there that keeps no frame \
            pointer is missing from `stack`, and what comes behind it is no `origin`. `.eh_frame` without its index, \
            `.debug_frame` and the tables in `.gnu_debugdata` are not read: the code says the same. The stack itself \
            is the app's to write: whoever builds frames by hand is believed as far as they lead from call to call",
    },
    BlindSpot {
        what: "After a fork",
        why: "Pages that the child has not touched yet cannot be read at entry. They are read at the return (`late`); \
            `execve` has no such return, so its strings may be `unread`",
    },
    BlindSpot {
        what: "Packages",
        why: "Of a user ID that several packages share, and of isolated processes, the name says whose they are, and \
            that an app can write over; the first name counts. Isolated processes of a package that the list does not \
            have, and those that end before they have a name, are nobody's",
    },
];
