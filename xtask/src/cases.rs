//! The list of the lab's tests; each subject has a file of its own.
//!
//! What a case is stands in `lab`, what runs them in `matrix`.

mod app;
mod arm32;
mod beside;
pub(crate) mod books;
mod boots;
mod breadth;
mod commands;
mod daemon;
mod descriptors;
mod doctor;
mod endings;
mod exits;
mod faults;
mod filters;
pub(crate) mod flood;
mod follow;
mod inline;
mod kallsyms;
mod load;
mod long;
mod lossy;
mod names;
mod netlink;
mod order;
mod packages;
mod pairing;
mod paths;
mod places;
mod pointers;
mod power;
mod raw;
mod reuse;
mod room;
mod schema;
mod script;
mod stacks;
mod stopping;
mod taken;
pub(crate) mod takes;
mod targets;
pub(crate) mod trace;
mod usage;
pub(crate) mod verifier;
mod waiting;

use crate::lab::Case;

/// Every case but those on demand, in the order in which a guest runs them.
pub(crate) fn all() -> Vec<Case> {
    let mut cases = vec![
        boots::CASE,
        kallsyms::CASE,
        verifier::CASE,
        usage::CASE,
        app::CASE,
        inline::CASE,
        inline::BY_TRACEPOINT,
        waiting::FORTY,
        waiting::FORTY_BY_TRACEPOINT,
        waiting::FORTY_ATTACHED,
        waiting::KILLED,
        waiting::INTERRUPTED,
        waiting::EXIT_GROUP,
        waiting::UNFINISHED,
        pointers::LATE,
        pointers::LATE_BY_TRACEPOINT,
        pointers::TAGGED,
        pointers::BAD,
        pointers::EXEC,
        room::CASE,
        stacks::CHAIN,
        stacks::CHAIN_BY_TRACEPOINT,
        stacks::COPY,
        stacks::COPY_BY_TRACEPOINT,
        stacks::NARROW,
        arm32::CASE,
        arm32::BY_TRACEPOINT,
        raw::CASE,
        arm32::OLDER,
        pairing::SECCOMP,
        pairing::SECCOMP_BY_TRACEPOINT,
        pairing::SKIPPED,
        pairing::SIGNALS,
        pairing::EXEC,
        targets::OTHERS,
        targets::BECOMES,
        targets::OWN,
        follow::COMMAND,
        follow::PROCESS,
        follow::USER,
        follow::USER_AND_PROCESS,
        follow::NUMBERS,
        exits::ENDS,
        exits::BY_TRACEPOINT,
        exits::ATTACHED,
        names::CASE,
        names::COMMAND,
        lossy::CASE,
        descriptors::CASE,
        descriptors::BY_TRACEPOINT,
        paths::CASE,
        paths::COMMAND,
        places::WIDE,
        places::WIDE_BY_TRACEPOINT,
        places::NARROW,
        places::NARROW_BY_TRACEPOINT,
        reuse::REUSE,
        reuse::FILTERED,
        reuse::OVERFLOWN,
        filters::RARE,
        breadth::EVERY,
        breadth::EVERY32,
        breadth::NO_RETURNS,
        beside::EVERY,
        beside::EVERY32,
        commands::SELECTED,
        commands::DEVICES,
        netlink::CASE,
        schema::CASE,
        endings::DISK_FULL,
        endings::FILE_SIZE_LIMIT,
        endings::READER_GONE,
        endings::PROBES_GONE,
        stopping::IN_A_FLOOD,
        stopping::STDERR_GONE,
        stopping::NOTHING_LEFT,
        stopping::ODD_NAME,
        stopping::NOHUP,
        long::BY_SIZE,
        long::BY_AGE,
        long::KILLED,
        long::OWNERS,
        long::DISK_FULL,
        taken::TAKEN,
        power::LESS,
        power::LATE,
        daemon::TARGETS,
        daemon::SOCKET,
        daemon::KILLED,
        daemon::ROTATED,
        daemon::STALLED,
    ];
    cases.extend(filters::whose::CASES);
    cases.extend(packages::CASES);
    cases.extend(load::CASES);
    cases.extend(slow());
    cases.extend([doctor::TRUTH, doctor::SITUATIONS]);
    // The last one: nothing can be traced after it until the guest is booted anew.
    cases.push(doctor::LOCKED_DOWN);
    cases
}

/// Those of them that take minutes, or wait for slow things: the test command leaves them to the whole matrix.
pub(crate) fn slow() -> impl Iterator<Item = Case> {
    [order::CASE, flood::CASE].into_iter().chain(faults::CASES)
}

/// Those that are run only where they are asked for by name.
pub(crate) fn on_demand() -> [Case; 1] {
    [order::LONG]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_locks_the_guest_down_comes_last() {
        let names: Vec<&str> = all().iter().map(|case| case.name).collect();
        assert_eq!(names.last(), Some(&doctor::LOCKED_DOWN.name));
    }
}
