//! Leaves the slow work of detaching to a process of its own.
//!
//! Taking a kprobe away costs up to 80 ms, hundreds of them take most of a minute, and the kernel makes whoever drops
//! the last descriptor wait for it. A child that inherits the descriptors drops them instead, after this process and
//! its streams are gone.

/// How long the child sleeps between two looks at its parent, microseconds.
const WAIT_US: libc::useconds_t = 5_000;

/// Forks the child that holds the probes while this process ends. If it cannot be made, this process is slow to end
/// and nothing else is wrong.
pub fn leave_probes_behind() {
    let others = descriptors_of_others();
    let parent = std::process::id() as libc::pid_t;
    // SAFETY: the child makes async-signal-safe calls only, as a child of a process with threads must.
    unsafe {
        if libc::fork() == 0 {
            // No terminal, no signals meant for the daemon's group, none of its streams or files held open.
            libc::setsid();
            libc::signal(libc::SIGINT, libc::SIG_IGN);
            libc::signal(libc::SIGTERM, libc::SIG_IGN);
            libc::prctl(libc::PR_SET_NAME, c"sandboxd-reaper".as_ptr());
            for &descriptor in &others {
                libc::close(descriptor);
            }
            // Whoever lets go last waits, so that must not be the parent.
            while libc::getppid() == parent {
                libc::usleep(WAIT_US);
            }
            libc::_exit(0);
        }
    }
}

/// Descriptors that hold no probe: streams, files, sockets. The child lets go of them first, since whoever reads from
/// them waits for their end.
fn descriptors_of_others() -> Vec<i32> {
    let Ok(entries) = std::fs::read_dir("/proc/self/fd") else {
        return (0..3).collect();
    };
    entries
        .flatten()
        .filter(|entry| {
            std::fs::read_link(entry.path())
                .is_ok_and(|target| !target.to_string_lossy().starts_with("anon_inode:"))
        })
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect()
}
