//! The fast way to write lines against what their types say, by another library's serializer.

mod examples;

use kprobe_common::index::Abi;
use kprobe_common::table::rows::ROWS;
use sandboxd::event::Line;
use sandboxd::json::Json;
use sandboxd::sink::Lines;

/// Compares each line.
#[derive(Default)]
struct Compare {
    lines: usize,
    json: Json,
}

impl Lines for Compare {
    fn line(&mut self, line: &Line<'_>, _index: Option<u16>) {
        let mut fast = Vec::new();
        self.json.write(&mut fast, line);
        let wanted = serde_json::to_string(line).unwrap() + "\n";
        assert_eq!(str::from_utf8(&fast).unwrap(), wanted);
        self.lines += 1;
    }
}

#[test]
fn every_line_is_what_its_type_says() {
    let mut compare = Compare::default();
    examples::lines(&mut compare);
    for row in ROWS {
        for abi in [Abi::Arm64, Abi::Arm32] {
            for seed in (0..8).filter(|_| row.nr(abi).is_some()) {
                examples::call(&mut compare, row, abi, seed, seed == 0);
            }
        }
    }
    assert!(compare.lines > 1000);
}
