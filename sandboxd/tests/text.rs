//! The text of every golden case is in strace's notation, and says what its JSON says.

mod cases;

use notation::agree::{self, Difference};
use sandboxd::event::Line;
use sandboxd::fold::Fold;
use sandboxd::sink::Lines;
use serde_json::Value;

/// Lines in both forms.
#[derive(Default)]
struct Both(Vec<(Value, String)>);

impl Lines for Both {
    fn line(&mut self, line: &Line<'_>, _index: Option<u16>) {
        let (mut json, mut text) = (Vec::new(), Vec::new());
        sandboxd::json::write(&mut json, line);
        sandboxd::text::write(&mut text, line, false);
        let text = String::from_utf8(text).expect("text is UTF-8");
        let json = serde_json::from_slice(&json).expect("JSON");
        self.0.push((json, text));
    }
}

/// A number in a structure that JSON cannot carry: text can.
fn too_big(found: &Difference) -> bool {
    let number = found.strace.strip_prefix("0x");
    let number = number.and_then(|digits| u64::from_str_radix(digits, 16).ok());
    found.json == "null" && number.is_some_and(|number| number >= 1 << 53)
}

#[test]
fn text_can_be_read_back_and_says_what_json_says() {
    let mut wrong = Vec::new();
    let mut same = 0;
    for case in cases::all() {
        let mut fold = Fold::new();
        let mut lines = Both::default();
        for input in &case.inputs {
            fold.push(input.input(), &mut lines);
        }
        assert!(lines.0.len() >= case.lines.lines().count());
        for (json, text) in &lines.0 {
            let line = match notation::line(text.trim_end_matches('\n')) {
                Ok(line) => line,
                Err(error) => {
                    wrong.push(format!("{}: {error}", cases::name(case)));
                    continue;
                }
            };
            let notation::Line::Call(call) = line else {
                assert!(json["type"] != "syscall", "no call: {text}");
                continue;
            };
            let found = agree::compare(&call, json);
            same += found.same;
            let differences = found.differences.iter().filter(|found| !too_big(found));
            wrong.extend(differences.map(|found| {
                format!(
                    "{} {}: text {}, JSON {}",
                    cases::name(case),
                    found.place,
                    found.strace,
                    found.json
                )
            }));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(same > 1000, "only {same} values were compared");
}
