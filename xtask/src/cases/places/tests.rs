//! A line that is as expected passes; broken in each way that there is a check for, it does not, and the complaint says
//! where.

use serde_json::json;

use super::*;
use elf::Elf;

/// What the made-up library and the made-up C library have at 0x1008 and 0x2008 of their files.
const SVC: [u8; 4] = 0xd400_0001_u32.to_le_bytes();
const CALL: [u8; 4] = 0x9400_0001_u32.to_le_bytes();

fn elves() -> Elves {
    let code = [[0; 4], CALL, SVC, [0; 4]].concat();
    let guard = Elf::made_up("app", &code, &[("guard_openat", 0x1004, 8)]);
    let libc = Elf::made_up(
        "libc",
        &code,
        &[("mkdirat", 0x1000, 16), ("__mkdirat", 0x1000, 16)],
    );
    let by_path = [
        ("/data/app/x/libguard.so", guard),
        ("/usr/lib/libc.so.6", libc),
    ];
    Elves {
        by_path: by_path.map(|(path, elf)| (path.to_owned(), elf)).into(),
    }
}

const INLINE: &str = "/places/v/lib/app/inline/class=app,of=elf,at=7f1008,offset=1008,bias=7f0000,\
    symbol=guard_openat,symbol_offset=4,file=/data/app/x/libguard.so";

fn inline() -> Value {
    json!({
        "seq": 3, "syscall": "openat", "abi": "arm64", "args": {"pathname": INLINE},
        "caller": {
            "class": "app", "entry": "inline", "lib": "libguard.so", "module": "/data/app/x/libguard.so",
            "build_id": "ab12", "offset": "0x1008", "offset_of": "elf", "symbol": "guard_openat",
            "symbol_offset": "0x4", "pc": "0x7f1008",
        },
    })
}

const STUB: &str = "/places/v/stub/libc/stub/class=libc,of=elf,bias=6f0000,file=/usr/lib/libc.so.6;\
    class=app,of=elf,bias=7f0000,file=/data/app/x/libguard.so";

fn stub() -> Value {
    json!({
        "seq": 4, "syscall": "mkdirat", "abi": "arm64", "args": {"pathname": STUB},
        "caller": {
            "class": "libc", "entry": "stub", "lib": "libc.so.6", "module": "/usr/lib/libc.so.6",
            "build_id": "ab12", "offset": "0x1008", "offset_of": "elf", "symbol": "__mkdirat",
            "symbol_offset": "0x8", "pc": "0x6f1008",
            "from": {
                "class": "app", "lib": "libguard.so", "module": "/data/app/x/libguard.so", "build_id": "ab12",
                "offset": "0x1008", "offset_of": "elf", "symbol": "guard_openat", "symbol_offset": "0x4",
                "pc": "0x7f1008",
            },
        },
    })
}

const ANON: &str = "/places/v/anon/anon/inline/class=anon,of=map,at=5140,offset=140,start=5000,end=6000,perms=rwxp,file=";

fn anon() -> Value {
    json!({
        "seq": 5, "syscall": "openat", "abi": "arm64", "args": {"pathname": ANON},
        "caller": {
            "class": "anon", "entry": "inline", "offset": "0x140", "offset_of": "map", "pc": "0x5140",
            "map": {"start": "0x5000", "end": "0x6000", "perms": "rwxp"},
        },
    })
}

fn complaints(line: &Value) -> Vec<String> {
    lines(&[line], "", &elves())
}

/// Fails unless the line, with another value there, is complained about by that word.
fn refused(line: Value, pointer: &str, value: Value, word: &str) {
    assert_eq!(complaints(&line), Vec::<String>::new());
    let mut broken = line;
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    broken.pointer_mut(parent).unwrap()[field] = value;
    let found = complaints(&broken);
    assert!(
        found.iter().any(|complaint| complaint.contains(word)),
        "{pointer}: {found:?}"
    );
}

#[test]
fn each_field_of_a_place_in_a_file_is_looked_at() {
    for (field, word) in [
        ("class", "class is"),
        ("entry", "entry is"),
        ("lib", "lib is"),
        ("module", "module is"),
        ("build_id", "build_id is"),
        ("offset", "offset is"),
        ("offset_of", "offset_of is"),
        ("symbol", "symbol is"),
        ("symbol_offset", "symbol_offset is"),
        ("pc", "pc is"),
    ] {
        refused(inline(), &format!("/caller/{field}"), json!("wrong"), word);
        refused(inline(), &format!("/caller/{field}"), Value::Null, word);
    }
    refused(
        inline(),
        "/caller/pc",
        json!("0x7f1004"),
        "pc is \"0x7f1004\"",
    );
    refused(
        inline(),
        "/caller/from",
        json!({"class": "app"}),
        "should not be there",
    );
}

#[test]
fn each_field_of_a_place_in_memory_is_looked_at() {
    for (pointer, word) in [
        ("/caller/offset", "offset is"),
        ("/caller/map/start", "map.start is"),
        ("/caller/map/end", "map.end is"),
        ("/caller/map/perms", "map.perms is"),
    ] {
        refused(anon(), pointer, Value::Null, word);
    }
    refused(anon(), "/caller/class", json!("heap"), "class is \"heap\"");
    refused(
        anon(),
        "/caller/class",
        json!("unknown"),
        "without a module",
    );
    refused(anon(), "/caller/lib", json!("[anon:x]"), "lib is");
    refused(anon(), "/caller/symbol", json!("x"), "symbol is");
}

#[test]
fn a_place_whose_ends_nobody_knows_may_leave_them_out() {
    let mut line = anon();
    line["args"]["pathname"] = json!(ANON.replace(",file=", ",loose=1,file="));
    let whole = line.clone();
    assert_eq!(complaints(&line), Vec::<String>::new());
    for field in ["offset_of", "offset", "map"] {
        line["caller"].as_object_mut().unwrap().remove(field);
    }
    assert_eq!(complaints(&line), Vec::<String>::new());
    refused(line.clone(), "/caller/class", json!("heap"), "class is");
    refused(line, "/caller/pc", json!("0x5144"), "pc is");
    refused(whole, "/caller/offset", json!("0x144"), "offset is");
}

#[test]
fn the_link_register_is_looked_at() {
    refused(stub(), "/caller/from", Value::Null, "no from");
    for field in [
        "class", "lib", "module", "build_id", "offset", "symbol", "pc",
    ] {
        let word = format!("from.{field} is");
        refused(
            stub(),
            &format!("/caller/from/{field}"),
            json!("wrong"),
            &word,
        );
    }
    let mut elsewhere = stub();
    elsewhere["caller"]["from"]["pc"] = json!("0x7f1004");
    elsewhere["caller"]["from"]["offset"] = json!("0x1004");
    elsewhere["caller"]["from"]["symbol_offset"] = json!("0x0");
    assert_eq!(
        complaints(&elsewhere),
        ["v/stub: from.offset 0x1004 is behind no call"]
    );
}

#[test]
fn what_binutils_say_holds_for_lines_without_expectation() {
    let mut line = stub();
    line["args"] = json!({});
    assert_eq!(complaints(&line), Vec::<String>::new());
    for (field, value, word) in [
        ("class", json!("linker"), "class is \"linker\""),
        ("class", json!("app"), "class is \"app\""),
        ("entry", json!("inline"), "entry \"inline\""),
        ("entry", json!("unknown"), "entry \"unknown\""),
        ("offset", json!("0x1004"), "is no svc"),
        ("symbol", json!("openat"), "readelf says"),
        ("symbol", Value::Null, "readelf says"),
        ("symbol_offset", json!("0x4"), "readelf says"),
        ("build_id", Value::Null, "build_id is"),
        ("module", Value::Null, "without a module"),
        ("module", json!("/usr/lib/libd.so"), "nobody's"),
    ] {
        refused(line.clone(), &format!("/caller/{field}"), value, word);
    }
}

#[test]
fn names_are_those_of_the_kernel_in_the_form_of_lines() {
    let names = |file: &str| {
        let path = format!("/places/v/s/c/e/class=c,of=map,inside=lib/x.so,file={file}");
        let path = path.replace(
            ",inside=lib/x.so",
            if file.ends_with("apk") {
                ",inside=lib/x.so"
            } else {
                ""
            },
        );
        Expected::parse(&path).unwrap().svc.names()
    };
    let both = |lib: &str, module: &str| (Some(lib.to_owned()), Some(module.to_owned()));
    assert_eq!(names(""), (None, None));
    assert_eq!(names("[stack]"), (None, None));
    assert_eq!(
        names("[anon:guard code]"),
        (Some("[anon:guard code]".into()), None)
    );
    assert_eq!(
        names("/memfd:guard (deleted)"),
        both("memfd:guard", "memfd:guard")
    );
    assert_eq!(
        names("/data/x/y.so (deleted)"),
        both("y.so", "/data/x/y.so")
    );
    assert_eq!(
        names("/data/x/base.apk"),
        both("x.so", "/data/x/base.apk!/lib/x.so")
    );
}

#[test]
fn a_call_without_a_line_and_a_line_without_a_call_are_missed() {
    assert!(as_said(&format!("{STUB}\n{ANON}"), &[ANON, STUB]).is_empty());
    for (said, paths) in [
        (STUB, &[][..]),
        (STUB, &[STUB, STUB]),
        ("", &[STUB]),
        (STUB, &[ANON]),
    ] {
        assert!(!as_said(said, paths).is_empty(), "{said} {paths:?}");
    }
}

#[test]
fn a_site_that_the_program_leaves_out_is_missed() {
    let all: Vec<_> = sites::complete("", &["signed"], false);
    assert!(all.len() > 50 && all[0].contains("not tried"), "{all:?}");
    let said =
        |complaint: &String| format!("/places/{}/c/e/", complaint.split(':').next().unwrap());
    let mut said: Vec<_> = all.iter().map(said).collect();
    let complete = |said: &[String]| sites::complete(&said.join("\n"), &["signed"], false);
    assert!(complete(&said).is_empty());
    said.push(said[0].clone());
    assert!(complete(&said)[0].contains("twice"));
    said.truncate(said.len() - 2);
    assert_eq!(complete(&said).len(), 1);
}

#[test]
fn a_call_without_a_path_is_found_by_its_instruction() {
    let said =
        "/places/v/vdso/vdso/stub/class=vdso,of=elf,at=9398,offset=398,bias=9000,file=[vdso]";
    let line = json!({
        "seq": 6, "syscall": "clock_gettime", "abi": "arm64", "args": {},
        "caller": {
            "class": "vdso", "entry": "stub", "lib": "[vdso]", "module": "[vdso]", "offset": "0x398", "offset_of": "elf",
            "pc": "0x9398",
        },
    });
    assert_eq!(lines(&[&line], said, &elves()), Vec::<String>::new());
    assert_eq!(lines(&[], said, &elves()), ["v/vdso: 0 lines"]);
    assert_eq!(lines(&[&line, &line], said, &elves()), ["v/vdso: 2 lines"]);
    let mut wrong = line;
    wrong["caller"]["entry"] = json!("gadget");
    assert_eq!(lines(&[&wrong], said, &elves()).len(), 1);
}
