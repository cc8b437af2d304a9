//! The table in words.

use super::*;

fn list(expr: &str, json: bool) -> String {
    let mut out = Vec::new();
    run(&[expr.into()], json, &mut out).expect("a list");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn for_reading() {
    assert_eq!(
        list("openat,arm32:cacheflush", false),
        "\
call                           arm64    arm32  groups
openat                            56      322  default file desc
    (dirfd: directory descriptor, pathname: path, flags: flags open, mode: mode) -> descriptor
cacheflush                         -  0xf0002  memory
    (start: address, end: address, flags: hex) -> zero
"
    );
}

#[test]
fn one_object_per_line() {
    let line = list("getppid", true);
    assert_eq!(
        line,
        concat!(
            r#"{"name":"getppid","arm64":173,"arm32":64,"groups":["pure"],"args":[],"#,
            r#""returns":"process"}"#,
            "\n"
        )
    );
}

#[test]
fn variants_are_shown() {
    let text = list("prctl", false);
    assert!(
        text.contains("\n      PR_SET_NAME\n        (name: string)"),
        "{text}"
    );
    assert!(
        text.contains("\n      PR_GET_NAME\n        (name: string, out)"),
        "{text}"
    );
    let line: serde_json::Value = serde_json::from_str(&list("fcntl", true)).expect("JSON");
    assert_eq!(line["command"], "op");
    let is_dup = |variant: &&serde_json::Value| variant["commands"][0] == "F_DUPFD";
    let variants = line["variants"].as_array().expect("variants");
    let dup = variants.iter().find(is_dup).expect("a variant");
    assert_eq!(dup["returns"], "descriptor");
    assert_eq!(dup["args"][0]["name"], "lowest");
    let line = list("setsockopt:SO_RCVTIMEO*", true);
    let wanted = r#""selected":["SO_RCVTIMEO_OLD","SO_RCVTIMEO_NEW"]"#;
    assert!(line.contains(wanted), "{line}");
    assert!(list("ioctl:*", false).contains(" SIOCGIFCONF "));
}

#[test]
fn conditions_are_shown() {
    let text = list("%default,!/^[^m]/", false);
    assert!(text.contains("mprotect"), "{text}");
    assert!(text.contains("where (prot >> 2) & 0x1 is 0x1"), "{text}");
    let line = list("socket:AF_UNIX", true);
    assert!(line.contains(r#""condition":{"arg":"domain""#), "{line}");
}

#[test]
fn every_call_without_an_expression() {
    let mut out = Vec::new();
    run(&[], true, &mut out).expect("a list");
    let lines = String::from_utf8(out).expect("UTF-8");
    assert_eq!(lines.lines().count(), ROWS.len());
}
