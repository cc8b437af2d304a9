//! Where paths begin: what calls and looks tell of it, and when it is looked at again.

use super::*;
use crate::input::{CWD, DescriptorLook, NameFound, NameLook, ROOT};

impl Run {
    fn wants(&mut self, name: &str, args: &[i64], path: u8) -> Option<Want> {
        let row = ROWS.iter().find(|row| row.name == name).expect("a row");
        let header = self.header(PID, kind::ENTER, row.index(Abi::Arm64).unwrap());
        let mut frame = Frame::default();
        for (register, value) in frame.args.iter_mut().zip(args) {
            *register = *value as u64;
        }
        let bytes = record(header, bytes_of(&frame), &[(path, b"f")]);
        self.world.wants(&Record::parse(&bytes).unwrap())
    }

    fn look_at_dir(&mut self, fd: i32, link: &str) {
        let found = OpenFile {
            fd,
            link: link.to_owned(),
            ..OpenFile::default()
        };
        self.world.look_at(&DescriptorLook {
            pid: PID,
            tid: PID,
            fd,
            began: self.time + 1,
            ended: self.time + 2,
            found: Some(found),
            ..DescriptorLook::default()
        });
    }
}

#[test]
fn directories_change() {
    let mut run = Run::new();
    run.fstat(PID, 0);
    run.look(&[]);
    assert_eq!(run.call(PID, "chdir", &[1], &[(0, b"app")], 0), "");
    assert_eq!(
        run.open(PID, "f", 3),
        "dirfd=cwd:/data/app ret=file:/data/app/f"
    );
    run.open(PID, "/tmp", 4);
    assert_eq!(run.call(PID, "fchdir", &[4], &[], 0), "fd=file:/tmp");
    assert_eq!(run.open(PID, "g", 5), "dirfd=cwd:/tmp ret=file:/tmp/g");
    run.call(PID, "chroot", &[1], &[(0, b"/tmp")], 0);
    assert_eq!(run.open(PID, "/g", 6), "ret=file");
}

#[test]
fn a_directory_that_changed_under_a_look_is_looked_at_again() {
    let mut run = Run::new();
    run.enter(PID, "chdir", &[1], &[(0, b"/tmp")]);
    // It saw the one before or the one after, and where paths begin is told too late for this call.
    run.look(&[]);
    run.exit(PID, "chdir", 0, &[]);
    let cwd = Some(Want::Descriptor(CWD));
    assert_eq!(run.wants("openat", &[-100, 1], 1), cwd);
    assert_eq!(run.wants("statfs", &[1], 0), cwd);
    assert_eq!(run.wants("openat", &[9, 1], 1), Some(Want::Descriptor(9)));
    run.look_at_dir(CWD, "/tmp (deleted)");
    assert_eq!(run.wants("statfs", &[1], 0), None, "in vain");
    run.time += 2_000_000_000;
    // Its name is due by then, too.
    assert_eq!(run.wants("statfs", &[1], 0), Some(Want::Name));
    let name = NameLook {
        pid: PID,
        began: run.time,
        ended: run.time,
        found: Some(NameFound::default()),
    };
    run.world.look_at_name(&name, run.time, |_| {});
    assert_eq!(run.wants("statfs", &[1], 0), cwd);
    run.look_at_dir(CWD, "/tmp");
    assert_eq!(run.wants("statfs", &[1], 0), None);
    assert_eq!(run.open(PID, "f", 3), "dirfd=cwd:/tmp ret=file:/tmp/f");
    run.call(PID, "chroot", &[1], &[(0, b"/tmp")], 0);
    run.look_at_dir(CWD, "/tmp");
    let root = Some(Want::Descriptor(ROOT));
    assert_eq!(run.wants("statfs", &[1], 0), root);
    run.look_at_dir(ROOT, "/tmp");
    assert_eq!(run.wants("statfs", &[1], 0), None);
    assert_eq!(run.open(PID, "/f", 4), "dirfd=cwd:/tmp ret=file");
}
