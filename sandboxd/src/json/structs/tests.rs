//! Structures as JSON: both layouts, cut ones, any bytes.

use kprobe_common::table::rows::ROWS;
use kprobe_common::table::structs::{
    CPU_SET, ITIMERSPEC, OPEN_HOW, POLLFD, RLIMIT64, SIGSET, TIMESPEC_PAIR,
};
use proptest::prelude::*;

use super::*;
use crate::args::fd_set;

fn json(def: &'static StructDef, abi: Abi, bytes: &[u8]) -> String {
    serde_json::to_string(&Struct { def, abi, bytes }).unwrap()
}

#[test]
fn each_abi_has_its_layout() {
    let bytes: Vec<u8> = (1..=4u64).flat_map(u64::to_le_bytes).collect();
    let wanted = r#"{"it_interval":{"tv_sec":1,"tv_nsec":2},"it_value":{"tv_sec":3,"tv_nsec":4}}"#;
    assert_eq!(json(&ITIMERSPEC, Abi::Arm64, &bytes), wanted);
    let wanted = r#"{"it_interval":{"tv_sec":1,"tv_nsec":0},"it_value":{"tv_sec":2,"tv_nsec":0}}"#;
    assert_eq!(json(&ITIMERSPEC, Abi::Arm32, &bytes), wanted);
}

#[test]
fn what_was_cut_off_is_null() {
    let bytes = [1, 0, 0, 0, 0, 0, 0, 0, 2];
    let wanted = r#"{"it_interval":{"tv_sec":1,"tv_nsec":null},"it_value":null}"#;
    assert_eq!(json(&ITIMERSPEC, Abi::Arm64, &bytes), wanted);
    assert_eq!(
        json(&POLLFD, Abi::Arm64, &[]),
        r#"{"fd":null,"events":null,"revents":null}"#
    );
    assert_eq!(
        json(&TIMESPEC_PAIR, Abi::Arm32, &bytes),
        r#"[{"tv_sec":1,"tv_nsec":0},{"tv_sec":null,"tv_nsec":null}]"#
    );
}

#[test]
fn a_number_that_json_cannot_carry_is_found_by_its_field() {
    let big = |def, abi, words: &[u64]| {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        Struct {
            def,
            abi,
            bytes: &bytes,
        }
        .big()
    };
    let most = (1 << 53) - 1;
    assert_eq!(big(&RLIMIT64, Abi::Arm64, &[most, most]), None);
    assert_eq!(
        big(&RLIMIT64, Abi::Arm64, &[most, u64::MAX]),
        Some((Some("rlim_max"), u64::MAX))
    );
    let before = i64::MIN.cast_unsigned();
    assert_eq!(
        big(&ITIMERSPEC, Abi::Arm64, &[1, 2, 3, before]),
        Some((Some("it_value"), before))
    );
    assert_eq!(big(&ITIMERSPEC, Abi::Arm32, &[before; 2]), None);
    assert_eq!(big(&ITIMERSPEC, Abi::Arm64, &[]), None);
}

#[test]
fn values_have_one_type_each() {
    let bytes = [
        [0x41, 2, 0, 0, 0, 0, 0, 0x80],
        [0xa4, 1, 0, 0, 0, 0, 0, 0],
        [0xff; 8],
    ]
    .concat();
    let how = json(&OPEN_HOW, Abi::Arm64, &bytes);
    assert!(
        how.starts_with(
            r#"{"flags":["O_WRONLY","O_CREAT","O_TRUNC","0x8000000000000000"],"mode":420,"#
        ),
        "{how}"
    );
    let wanted = r#"{"rlim_cur":null,"rlim_max":9007199254740991}"#;
    let limits = [u64::MAX, (1 << 53) - 1].map(u64::to_le_bytes).concat();
    assert_eq!(json(&RLIMIT64, Abi::Arm64, &limits), wanted);
    assert_eq!(
        json(&SIGSET, Abi::Arm64, &0x1_0000_0002u64.to_le_bytes()),
        r#"["SIGINT","SIGRT_1"]"#
    );
    assert_eq!(json(&CPU_SET, Abi::Arm32, &[1, 0x80]), "[0,15]");
}

#[test]
fn a_set_of_descriptors_ends_where_the_call_says() {
    let of = |bytes: &[u8], count| fd_set(bytes, count).collect::<Vec<_>>();
    assert_eq!(of(&[0xff, 0xff], 3), [0, 1, 2]);
    assert_eq!(of(&[0, 0x81], 16), [8, 15]);
    assert_eq!(of(&[0xff], 0), [0; 0]);
}

/// Every structure that a row names.
fn structures() -> Vec<&'static StructDef> {
    ROWS.iter()
        .flat_map(kprobe_common::table::Syscall::forms)
        .flat_map(|form| form.args())
        .filter_map(|arg| arg.kind.structure())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_bytes_are_as_large_as_their_structure_allows(bytes in proptest::collection::vec(any::<u8>(), 0..500)) {
        for def in structures() {
            for abi in [Abi::Arm64, Abi::Arm32] {
                let text = json(def, abi, &bytes);
                let value: serde_json::Value = serde_json::from_str(&text).unwrap();
                prop_assert!(def.alone().is_some() || value.is_object(), "{}: {text}", def.name);
                prop_assert!(text.len() < 16 * 1024, "{}: {} bytes", def.name, text.len());
            }
        }
    }
}
