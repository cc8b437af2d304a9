//! Golden cases as files: `fact JSON` and `record HEX` lines, a ruler, the lines of output that come of the records.
//!
//! `cargo xtask golden` makes them; what is held against them is the tests' own business.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use sandboxd::input::{Fact, Input};

/// Between inputs and lines.
pub(crate) const RULER: &str = "----\n";

/// A golden case.
pub(crate) struct Case {
    pub(crate) path: PathBuf,
    pub(crate) inputs: Vec<Owned>,
    /// The lines, each ended.
    pub(crate) lines: String,
}

/// An input of a case.
#[expect(clippy::large_enum_variant, reason = "a case has a few")]
#[derive(Clone, Debug)]
pub(crate) enum Owned {
    Fact(Fact),
    Record(Vec<u8>),
}

impl Owned {
    pub(crate) fn input(&self) -> Input<'_> {
        match self {
            Self::Fact(fact) => Input::Fact(fact),
            Self::Record(bytes) => Input::Record(bytes),
        }
    }
}

/// Every case there is, in the order of their paths; read once.
pub(crate) fn all() -> &'static [Case] {
    static ALL: LazyLock<Vec<Case>> = LazyLock::new(read_all);
    &ALL
}

fn read_all() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut paths: Vec<PathBuf> = ["arm64", "arm32"]
        .iter()
        .flat_map(|abi| fs::read_dir(root.join(abi)).expect("a directory of cases"))
        .map(|entry| entry.expect("a case").path())
        .collect();
    paths.sort();
    paths.into_iter().map(Case::read).collect()
}

impl Case {
    fn read(path: PathBuf) -> Self {
        let text = fs::read_to_string(&path).expect("a readable case");
        let (head, lines) = text
            .split_once(RULER)
            .unwrap_or_else(|| panic!("{}: no ruler", path.display()));
        let mut inputs = Vec::new();
        for line in head.lines() {
            match line.split_once(' ') {
                Some(("#", _)) => {}
                Some(("fact", json)) => match serde_json::from_str(json) {
                    Ok(fact) => inputs.push(Owned::Fact(fact)),
                    Err(error) => panic!("{}: {error}: {json}", path.display()),
                },
                Some(("record", hex)) => inputs.push(Owned::Record(bytes(hex))),
                _ => panic!("{}: what is this line: {line}", path.display()),
            }
        }
        Self {
            lines: lines.to_owned(),
            path,
            inputs,
        }
    }
}

/// `ABI/CALL`, as in the path.
pub(crate) fn name(case: &Case) -> String {
    let abi = case
        .path
        .parent()
        .and_then(Path::file_name)
        .expect("an ABI");
    let call = case.path.file_stem().expect("a call");
    format!("{}/{}", abi.to_string_lossy(), call.to_string_lossy())
}

fn bytes(hex: &str) -> Vec<u8> {
    assert!(hex.len().is_multiple_of(2), "half a byte in {hex}");
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("two hexadecimal digits"))
        .collect()
}
