//! What the arguments of a call mean: by its command, and by how it resolves paths.

use super::*;

const F_DUPFD: i64 = 0;
const F_DUPFD_QUERY: i64 = 1027;
const FICLONE: i64 = 0x4004_9409;
const KCMP_FILE: i64 = 0;
/// `QCMD(Q_QUOTAON, USRQUOTA)`.
const QUOTAON: i64 = 0x8000_0200;
const RESOLVE_BENEATH: u8 = 8;
const RESOLVE_IN_ROOT: u8 = 0x10;

fn known() -> Run {
    let mut run = Run::new();
    run.fstat(PID, 0);
    run.look(&[(0, "/dev/null"), (4, "/a"), (5, "/b")]);
    run.fstat(PID, 0);
    run
}

#[test]
fn a_command_says_which_arguments_are_descriptors() {
    let mut run = known();
    assert_eq!(
        run.call(PID, "ioctl", &[4, FICLONE, 5], &[], 0),
        "fd=file:/a src_fd=file:/b"
    );
    assert_eq!(
        run.call(PID, "fcntl", &[4, F_DUPFD_QUERY, 5], &[], 0),
        "fd=file:/a other=file:/b"
    );
    assert_eq!(
        run.call(PID, "fcntl", &[4, F_DUPFD, 5], &[], 6),
        "fd=file:/a ret=file:/a",
        "the number to begin at is no descriptor"
    );
    assert_eq!(
        run.call(PID, "kcmp", &[7, 8, KCMP_FILE, 4, 5], &[], 0),
        "",
        "they are those of other processes"
    );
    run.fork(PID, 8, 0x1_0f00);
    let ioctl = run.enter(8, "ioctl", &[4, FICLONE, 5], &[]).unwrap();
    run.call(PID, "close", &[5], &[], 0);
    run.exit(8, "ioctl", 0, &[]);
    assert_eq!(told(&ioctl), "fd=file:/a");
}

#[test]
fn a_command_says_which_arguments_are_paths() {
    let mut run = known();
    let args = [QUOTAON, 1, 2, 3];
    let memory: &[(u8, &[u8])] = &[(1, b"dev"), (3, b"quota")];
    let meant = run.enter(PID, "quotactl", &args, memory).unwrap();
    run.exit(PID, "quotactl", 0, &[]);
    let header = Header::default();
    let path = |at, path: &[u8]| meant.path(at, path, &header);
    assert_eq!(path(0, b"dev").as_deref(), Some(&b"/data/dev"[..]));
    assert_eq!(path(1, b"quota").as_deref(), Some(&b"/data/quota"[..]));
}

#[test]
fn what_begins_at_another_root_has_no_path() {
    let mut run = known();
    let mut open = |path: &[u8], resolve: Option<u8>| {
        let mut how = [0; 24];
        how[16] = resolve.unwrap_or_default();
        let memory: [(u8, &[u8]); 2] = [(1, path), (2, &how)];
        let read = if resolve.is_some() { 2 } else { 1 };
        let meant = run.enter(PID, "openat2", &[-100, 1, 2, 24], &memory[..read]);
        run.exit(PID, "openat2", 9, &[]);
        let path = meant.as_ref().unwrap().path(0, path, &Header::default());
        let told = told(meant.as_deref().unwrap());
        run.call(PID, "close", &[9], &[], 0);
        (told, path.map(|path| String::from_utf8(path).unwrap()))
    };
    let known = |path: &str| {
        let told = format!("dirfd=cwd:/data ret=file:{path}");
        (told, Some(path.to_owned()))
    };
    let unknown = ("dirfd=cwd:/data ret=file".to_owned(), None);
    assert_eq!(open(b"a", Some(0)), known("/data/a"));
    assert_eq!(open(b"/a", Some(RESOLVE_BENEATH)), known("/a"));
    for path in [&b"/a"[..], b"../a", b"a"] {
        assert_eq!(open(path, Some(RESOLVE_IN_ROOT)), unknown);
        assert_eq!(open(path, None), unknown, "how it resolves was not read");
    }
}
