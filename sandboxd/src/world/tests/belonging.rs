//! Whose processes are: what comes of user IDs, names and makers, in the order in which a kernel tells of them.

use std::rc::Rc;

use super::*;
use crate::event::{Kind, Targets};
use crate::world::Verdict;
use crate::world::identity::Packages;

const APP: u32 = 10_123;
const OTHER: u32 = 10_124;
const SHARED: u32 = 10_130;
const ISOLATED: u32 = 99_001;
const ZYGOTE: u32 = 100;

/// Packages, of which some were asked for.
struct Town {
    world: World,
    time: u64,
}

impl Town {
    fn new(asked: &[&str]) -> Self {
        let mut world = World::new(4096, true);
        world.begin(true, true, None);
        let targets = Targets {
            packages: asked.iter().map(|&name| name.to_owned()).collect(),
            ..Targets::default()
        };
        world.ask(&targets, false);
        let list = [
            (APP, vec!["com.example.app"]),
            (OTHER, vec!["com.example.other"]),
            (SHARED, vec!["com.shared.one", "com.shared.two"]),
        ];
        let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
        let list = list.map(|(uid, names)| (uid, owned(names)));
        world.set_packages(Rc::new(Packages::new(list.into())));
        Self {
            world,
            time: 100_000_000,
        }
    }

    fn take(&mut self, kind: u8, (pid, uid): (u32, u32), fixed: &[u8], text: Option<&str>) {
        self.time += 1_000_000;
        let header = Header {
            kind,
            time: self.time,
            tgid: pid,
            tid: pid,
            uid,
            ..Header::default()
        };
        let text = text.map(|text| [(0, text.as_bytes())]);
        let bytes = record(header, fixed, text.as_ref().map_or(&[], |text| text));
        let record = Record::parse(&bytes).unwrap();
        self.world.saw_user(&record);
        self.world.change(&record, |_| {});
    }

    /// A child; one of the zygote is a candidate, and is the zygote's user.
    fn fork(&mut self, (parent, uid): (u32, u32), child: u32) {
        let fork = Fork {
            child,
            births: u32::from(parent == ZYGOTE),
            ..Fork::default()
        };
        self.take(kind::FORK, (parent, uid), bytes_of(&fork), None);
    }

    /// It does something as that user.
    fn acts(&mut self, pid: u32, uid: u32) {
        self.take(kind::RESUMED, (pid, uid), &[], None);
    }

    fn named(&mut self, pid: u32, uid: u32, name: &str) {
        self.take(kind::NAMED, (pid, uid), &[], Some(name));
    }

    fn ends(&mut self, pid: u32, uid: u32) {
        self.take(kind::THREAD_EXIT, (pid, uid), &[0; 16], None);
    }

    /// Others are asked for from now on; gives who leaves.
    fn ask(&mut self, packages: &[&str], uids: &[u32]) -> Vec<(u32, Vec<u32>)> {
        self.time += 1_000_000;
        let targets = Targets {
            packages: packages.iter().map(|&name| name.to_owned()).collect(),
            uids: uids.to_vec(),
            ..Targets::default()
        };
        let left = self.world.ask_anew(&targets, self.time).into_iter();
        let left = left.filter_map(|(threads, happened)| Some((happened?.proc.pid, threads)));
        left.collect()
    }

    fn verdict(&self, pid: u32) -> Verdict {
        self.world.verdict_of(pid)
    }

    fn whose(&self, pid: u32) -> Option<(Kind, Option<&str>)> {
        let whose = self.world.whose_is(pid)?;
        Some((whose.kind, whose.package.as_deref()))
    }
}

#[test]
fn a_zygotes_child_is_held_until_it_is_an_apps() {
    let mut town = Town::new(&["com.example.app"]);
    for (child, uid, verdict) in [(200, APP, Verdict::Shown), (201, OTHER, Verdict::Hidden)] {
        town.fork((ZYGOTE, 0), child);
        town.acts(child, 0);
        assert_eq!(town.verdict(child), Verdict::Held);
        town.acts(child, uid);
        assert_eq!(town.verdict(child), verdict);
    }
    assert_eq!((town.world.not_target, town.world.undetermined), (1, 0));
}

#[test]
fn what_tells_of_mappings_tells_of_no_user() {
    let mut town = Town::new(&["com.example.app"]);
    town.fork((ZYGOTE, 0), 200);
    town.acts(200, APP);
    town.world.take_settled();
    let mapped = kprobe_common::record::Mapped::default();
    town.take(kind::MAPPED, (200, 0), bytes_of(&mapped), Some("/x.so"));
    town.take(kind::LOADING, (200, 0), &[], None);
    assert_eq!(town.verdict(200), Verdict::Shown);
    assert_eq!(town.world.take_settled(), []);
}

#[test]
fn of_a_shared_user_the_first_name_counts() {
    let mut town = Town::new(&["com.shared.one"]);
    let names = [
        ("com.shared.one:push", "com.shared.two", Verdict::Shown),
        ("com.shared.two", "com.shared.one", Verdict::Hidden),
        // Of neither, it may be either's.
        ("custom", "com.shared.two", Verdict::Shown),
    ];
    for (at, (first, second, verdict)) in names.into_iter().enumerate() {
        let pid = 200 + at as u32;
        town.fork((ZYGOTE, 0), pid);
        town.acts(pid, SHARED);
        assert_eq!(town.verdict(pid), Verdict::Held);
        for name in [first, "<pre-initialized>", second] {
            town.named(pid, SHARED, name);
            assert_eq!(town.verdict(pid), verdict, "{first} {name}");
        }
    }
}

#[test]
fn a_process_without_a_name_is_counted() {
    let mut town = Town::new(&["com.shared.one"]);
    // Before it was an app's; an app's that it may be; an isolated one; one that it cannot be.
    for (pid, uid) in [(200, 0), (201, SHARED), (202, ISOLATED), (203, OTHER)] {
        town.fork((ZYGOTE, 0), pid);
        town.acts(pid, uid);
        town.ends(pid, uid);
    }
    assert_eq!((town.world.not_target, town.world.undetermined), (1, 3));
    let settled = town.world.take_settled();
    let shown = settled
        .iter()
        .filter(|settled| settled.verdict == Verdict::Shown);
    let shown: Vec<u32> = shown.map(|settled| settled.proc.pid).collect();
    assert_eq!(shown, [201]);
}

#[test]
fn an_app_zygotes_children_are_the_apps_whatever_they_are_called() {
    let mut town = Town::new(&["com.example.app"]);
    town.fork((ZYGOTE, 0), 200);
    town.acts(200, APP);
    town.named(200, APP, "com.example.app_zygote");
    assert_eq!(
        town.whose(200),
        Some((Kind::AppZygote, Some("com.example.app")))
    );
    town.fork((200, APP), 201);
    town.acts(201, 90_001);
    town.named(201, 90_001, "com.example.other:x");
    assert_eq!(
        town.whose(201),
        Some((Kind::Isolated, Some("com.example.app")))
    );
    assert_eq!(town.verdict(201), Verdict::Shown);
}

#[test]
fn what_an_app_starts_is_the_apps_also_before_that_is_known() {
    let mut town = Town::new(&["com.shared.one"]);
    town.fork((ZYGOTE, 0), 200);
    town.acts(200, SHARED);
    town.fork((200, SHARED), 201);
    town.fork((201, SHARED), 202);
    assert_eq!(town.verdict(202), Verdict::Held);
    town.named(200, SHARED, "com.shared.one");
    for pid in [200, 201, 202] {
        assert_eq!(town.verdict(pid), Verdict::Shown, "{pid}");
    }
    // Another user's now, as by a program that is root's: it is the app's still.
    town.acts(202, 0);
    assert_eq!(town.whose(202), Some((Kind::App, Some("com.shared.one"))));
}

#[test]
fn a_package_that_is_installed_late_is_known_from_then_on() {
    let mut town = Town::new(&["com.late"]);
    town.fork((ZYGOTE, 0), 200);
    town.acts(200, 10_200);
    assert_eq!(town.whose(200), Some((Kind::App, None)));
    let list = [(10_200, vec!["com.late".to_owned()])];
    town.world.set_packages(Rc::new(Packages::new(list.into())));
    assert_eq!(town.verdict(200), Verdict::Shown);
}

#[test]
fn what_a_nameless_process_made_has_a_name_of_its_own() {
    let mut town = Town::new(&["com.shared.one"]);
    town.fork((ZYGOTE, 0), 200);
    town.acts(200, SHARED);
    // The kernel half counts what a candidate makes.
    let fork = Fork {
        child: 201,
        births: 1,
        ..Fork::default()
    };
    town.take(kind::FORK, (200, SHARED), bytes_of(&fork), None);
    town.ends(200, SHARED);
    town.named(201, SHARED, "com.shared.two");
    assert_eq!(town.verdict(201), Verdict::Hidden);
}

#[test]
fn who_is_not_asked_for_any_more_leaves_once() {
    let mut town = Town::new(&["com.example.app", "com.example.other"]);
    for (child, uid) in [(200, APP), (201, OTHER)] {
        town.fork((ZYGOTE, 0), child);
        town.acts(child, uid);
    }
    town.world.take_settled();
    assert_eq!(town.ask(&["com.example.other"], &[]), [(200, vec![200])]);
    let settled = town.world.take_settled();
    let told: Vec<_> = settled
        .iter()
        .map(|settled| (settled.proc.pid, settled.uid, settled.verdict))
        .collect();
    assert_eq!(told, [(200, APP, Verdict::Hidden)]);
    assert_eq!(town.verdict(201), Verdict::Shown);
    assert_eq!(town.ask(&["com.example.other"], &[]), []);
}

#[test]
fn who_is_asked_for_by_another_name_stays() {
    let mut town = Town::new(&["com.example.app"]);
    town.fork((ZYGOTE, 0), 200);
    town.acts(200, APP);
    town.world.take_settled();
    assert_eq!(town.ask(&[], &[APP]), []);
    assert_eq!(town.ask(&["com.example.app"], &[]), []);
    assert_eq!(town.world.take_settled(), []);
    assert_eq!(town.verdict(200), Verdict::Shown);
}

#[test]
fn a_candidate_waits_on_while_others_are_asked_for() {
    let mut town = Town::new(&["com.example.app"]);
    town.fork((ZYGOTE, 0), 200);
    town.acts(200, 0);
    assert_eq!(town.ask(&[], &[]), []);
    assert_eq!(town.verdict(200), Verdict::Held);
    assert_eq!(town.ask(&["com.example.other"], &[]), []);
    town.acts(200, OTHER);
    assert_eq!(town.verdict(200), Verdict::Shown);
}

#[test]
fn one_of_those_that_share_a_user_id_is_met_anew_for_another() {
    let mut town = Town::new(&["com.shared.one"]);
    town.fork((ZYGOTE, 0), 200);
    town.acts(200, SHARED);
    town.named(200, SHARED, "com.shared.two");
    assert_eq!(town.verdict(200), Verdict::Hidden);
    town.ask(&["com.shared.two"], &[]);
    // It is not known any more: whoever asks anew is to look.
    assert!(town.whose(200).is_none());
}
