//! `trace`: its options, and what several of them say together.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, ValueEnum};

use super::{Number, words};
use crate::caller::Entry;
use crate::fold::Asked;
use crate::runtime;
use crate::sink::Format;

/// `trace`
#[derive(Clone, Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own"
)]
#[command(after_help = "Examples:\n  \
    sandboxd trace -n com.example.app -o calls.jsonl  an app, until Ctrl-C\n  \
    sandboxd trace -n com.example.app --launch        the same, from its first instruction\n  \
    sandboxd trace -u 10123 -e %file,connect --duration 30s | jq .syscall\n  \
    sandboxd trace -p 4321 -e 'all,!futex'            a process and its children\n  \
    sandboxd trace --as-uid 10123 -- /data/local/tmp/probe --fast\n\n\
    EXPR: names, %groups, /regex/, numbers, commas; left to right; !x removes; ?x tolerates an unknown name.\n\
    Without -e the selection is %default (see `sandboxd list %default`); -e all is everything.")]
pub struct Trace {
    /// Watch a package (com.example.app), for every Android user: its services, its isolated processes, its SDK sandbox. A
    /// pattern ('com.example.*') watches many. If it does not run yet, it is waited for
    #[arg(
        short = 'n',
        long = "package",
        value_name = "NAME",
        value_delimiter = ','
    )]
    pub packages: Vec<String>,
    /// Of packages and --all-apps, watch only those of this Android user
    #[arg(long = "user", value_name = "N", value_delimiter = ',', value_parser = clap::value_parser!(u32).range(0..=21_473))]
    pub users: Vec<u32>,
    /// Wait for packages that are not installed yet, too
    #[arg(long)]
    pub wait: bool,
    /// Stop the package's app, start it anew once the probes are live, and follow it: by its launcher's activity, or this
    /// one
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "", value_name = "ACTIVITY", requires = "packages", conflicts_with = "wait")]
    pub launch: Option<String>,
    /// Watch tasks with this user ID (an app's is in `pm list packages -U`)
    #[arg(short, long = "uid", value_name = "UID", value_delimiter = ',', value_parser = words::user)]
    pub uids: Vec<u32>,
    /// Watch a process, its threads and its children; with `!` before it leave it out, its children not
    #[arg(short, long = "pid", value_name = "PID", value_delimiter = ',')]
    pub pids: Vec<Number>,
    /// Watch one thread; with `!` before it leave it out
    #[arg(short, long = "tid", value_name = "TID", value_delimiter = ',')]
    pub tids: Vec<Number>,
    /// Watch every app, of every Android user
    #[arg(long)]
    pub all_apps: bool,
    /// Select system calls; repeat to continue the list
    #[arg(short = 'e', long = "expr", value_name = "EXPR")]
    pub exprs: Vec<String>,
    /// Write lines to FILE instead of standard output; compressed, if its name ends with .zst. In it, {package} stands for
    /// who is watched, {time} for when the part begins, {part} for its number: such a file replaces none
    #[arg(short, long = "output", value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Go on in another file, another part, when this one has so many bytes (100M), 64K or more. A FILE without {part} or
    /// {time} gets the number of the part before its ending
    #[arg(long, value_name = "SIZE", value_parser = words::part_size, requires = "out")]
    pub rotate_size: Option<u64>,
    /// Go on in another file when this one is so old (1h), a second or more
    #[arg(long, value_name = "TIME", value_parser = words::part_age, requires = "out")]
    pub rotate_age: Option<Duration>,
    /// Keep so many files, the one that is being written among them: the oldest is removed
    #[arg(long, value_name = "N", value_parser = words::count, requires = "out")]
    pub rotate_keep: Option<usize>,
    /// Whose FILE and recording are: shell, system, root, or a number. Nobody else can read them
    #[arg(long, value_name = "USER", value_parser = words::owner)]
    pub owner: Option<u32>,
    /// Show at most so many bytes of a buffer, 0 to 4096
    #[arg(short, long, value_name = "BYTES", default_value_t = 256, value_parser = clap::value_parser!(u32).range(0..=4096))]
    pub strsize: u32,
    /// Show successful calls only
    #[arg(short = 'z', conflicts_with_all = ["failed_only", "no_returns"])]
    pub successful_only: bool,
    /// Show failed calls only
    #[arg(short = 'Z', conflicts_with = "no_returns")]
    pub failed_only: bool,
    /// Show only calls that failed with such an error (EACCES,ENOENT); `!` before those that are not wanted, left to right.
    /// Repeatable
    #[arg(long = "error", value_name = "ERROR", value_delimiter = ',', conflicts_with_all = ["summary", "no_returns"])]
    pub errors: Vec<String>,
    /// Count calls, errors and time; show a table at the end instead of lines
    #[arg(short = 'c', long, conflicts_with_all = ["successful_only", "failed_only"])]
    pub summary: bool,
    /// How lines look; auto: text on a terminal, JSON otherwise
    #[arg(long, value_enum, default_value_t = Format::Auto)]
    pub format: Format,
    /// Give every line the argument registers too, as they were: `regs`
    #[arg(long)]
    pub raw: bool,
    /// Show who called whom, of 64-bit programs: `stack`. By frame pointers, or with `=dwarf` in a copy of the stack, which is
    /// dearer and needs no frame pointers
    #[arg(short = 'k', long, value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "fp", value_name = "HOW")]
    pub stack: Option<StackBy>,
    /// Bytes of the stack to copy for `--stack=dwarf`, 1K to 32K
    #[arg(long, value_name = "SIZE", default_value = "16K", value_parser = words::stack_size, hide_short_help = true)]
    pub stack_size: u32,
    /// Where entries come from; auto: kprobes, unless the kernel lacks them or too many calls are selected
    #[arg(long, value_enum, default_value_t = BackendName::Auto)]
    pub backend: BackendName,
    /// Show only calls that have to do with such a path: passed, meant, or of a descriptor opened from it. `*` matches
    /// slashes too. Repeatable
    #[arg(short = 'P', long = "path", value_name = "GLOB")]
    pub only: Vec<String>,
    /// Show only calls that are made so: stub, syscall, gadget, inline; `!` before those that are not wanted. Repeatable
    #[arg(long, value_name = "HOW", value_delimiter = ',')]
    pub entry: Vec<String>,
    /// Show only calls by a program's own instructions: `--entry inline`
    #[arg(long, conflicts_with = "entry")]
    pub inline: bool,
    /// Show only calls whose svc lies in such code: a class (app, anon, memfd, libc ...), or /RE/ for its path; `!` before
    /// what is not wanted. Repeatable
    #[arg(long, value_name = "WHERE")]
    pub caller: Vec<String>,
    /// The same for the code that called the platform's: what the link register says
    #[arg(long, value_name = "WHERE")]
    pub from: Vec<String>,
    /// The same for the first code up the stack that is not the platform's; implies --stack
    #[arg(long, value_name = "WHERE")]
    pub origin: Vec<String>,
    /// Show only calls of threads with such a name: `*` is any letters, `?` one; `!` before those that are not wanted, left
    /// to right. Names are cut after 15 bytes, as the kernel does. Repeatable
    #[arg(long = "comm", value_name = "NAME", value_delimiter = ',')]
    pub comms: Vec<String>,
    /// Leave out the Android runtime's own threads (see `sandboxd list --runtime-threads`)
    #[arg(long)]
    pub quiet_runtime: bool,
    /// Do not follow what descriptors and paths mean: cheaper, lines have no `fds` and `paths`
    #[arg(long)]
    pub no_fds: bool,
    /// Leave returns unwatched: cheaper, without results, without what calls give, and without who made them
    #[arg(long, conflicts_with_all = ["entry", "inline", "caller", "from", "origin", "stack"])]
    pub no_returns: bool,
    /// Say every second on standard error how many calls there were, how many records were lost, how full the rings were at
    /// most, and how much of a CPU this program took
    #[arg(long)]
    pub stats: bool,
    /// Stop after this long (30s, 5m, 1h)
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    pub duration: Option<Duration>,
    /// Keep the run's inputs in FILE, for `sandboxd replay`
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// Size of the ring between kernel and daemon (64K, 8M), 4K to 1G; a power of two is made of it
    #[arg(long, value_name = "SIZE", default_value = "8M", value_parser = words::size)]
    pub buffer: u32,
    /// Size of the ring of state records (64K, 1M), within the same limits
    #[arg(long, value_name = "SIZE", default_value = "4M", value_parser = words::size, hide_short_help = true)]
    pub state_buffer: u32,
    /// Follow children of a process or command: the default
    #[arg(short = 'f', long = "follow", action = ArgAction::SetTrue)]
    pub follow: bool,
    /// Do not follow children of a process or command
    #[arg(long, conflicts_with = "follow")]
    pub no_follow: bool,
    /// Label the run: NAME=VALUE in its `start` line
    #[arg(long = "tag", value_name = "NAME=VALUE", value_parser = words::tag)]
    pub tags: Vec<(String, String)>,
    /// Start the command with this user and group ID
    #[arg(long, value_name = "UID", requires = "command", value_parser = words::user)]
    pub as_uid: Option<u32>,
    /// Probe these kernel symbols too
    #[arg(long = "symbol", value_name = "SYMBOL", hide = true)]
    pub symbols: Vec<String>,
    /// Start this command and watch it; its standard output goes to standard error while lines go to standard output. If
    /// the run ends before it, it goes on unwatched; Ctrl-C at a terminal reaches it too
    #[arg(last = true, value_name = "CMD")]
    pub command: Vec<OsString>,
}

/// `--backend`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BackendName {
    /// Kprobes, unless the kernel lacks them or too many calls are selected
    Auto,
    /// A kprobe on each call
    Kprobe,
    /// One tracepoint on all calls
    Tracepoint,
}

/// `--stack`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StackBy {
    /// By frame pointers, followed in the kernel
    Fp,
    /// By what libraries say of their frames, followed in a copy of the stack
    Dwarf,
}

impl Trace {
    /// If stacks are asked for, how many bytes of them are to be copied.
    #[must_use]
    pub fn stack_bytes(&self) -> Option<u32> {
        match self.stack {
            Some(StackBy::Dwarf) => Some(self.stack_size),
            Some(StackBy::Fp) => Some(0),
            // Without stacks nobody's origin is known.
            None => (!self.origin.is_empty()).then_some(0),
        }
    }

    /// Names of threads that calls are shown of, or not.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let quiet = self.quiet_runtime.then(runtime::names);
        self.comms
            .iter()
            .cloned()
            .chain(quiet.into_iter().flatten())
            .collect()
    }

    /// Who calls are shown of.
    #[must_use]
    pub fn made_by(&self) -> Asked {
        let words = |list: &[String]| list.iter().flat_map(|list| words::places(list)).collect();
        Asked {
            entry: if self.inline {
                vec![Entry::Inline.word().to_owned()]
            } else {
                self.entry.clone()
            },
            caller: words(&self.caller),
            from: words(&self.from),
            origin: words(&self.origin),
        }
    }
}
