//! What is written down about calls, groups and options, from the rows and the command line: the README's tables and the
//! man page. `UPDATE_DOCS=1 cargo test -p sandboxd --test papers` writes them anew.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use clap::CommandFactory;
use clap_mangen::Man;
use kprobe_common::table::Syscall;
use kprobe_common::table::group::GROUPS;
use kprobe_common::table::rows::ROWS;
use sandboxd::cli::Cli;
use sandboxd::doctor::BLIND_SPOTS;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace")
        .to_path_buf()
}

/// Compares a file, or writes it.
#[track_caller]
fn hold(path: &Path, wanted: &str) {
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
        return fs::write(path, wanted).expect("a writable file");
    }
    let there = fs::read_to_string(path).unwrap_or_default();
    assert!(
        there == wanted,
        "{} is not what the rows and the command line say; \
         UPDATE_DOCS=1 cargo test -p sandboxd --test papers writes it anew",
        path.display()
    );
}

fn members(bits: u32) -> impl Iterator<Item = &'static Syscall> {
    ROWS.iter().filter(move |row| row.groups & bits != 0)
}

/// Each name once.
fn names(rows: impl Iterator<Item = &'static Syscall>) -> Vec<&'static str> {
    let mut names: Vec<&str> = rows.map(|row| row.name).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn table_of_groups() -> String {
    let mut text =
        String::from("| Group | Calls | What they have in common |\n| --- | --- | --- |\n");
    for (name, bits, meaning) in GROUPS {
        let count = names(members(*bits)).len();
        let _ = writeln!(text, "| `%{name}` | {count} | {meaning} |");
    }
    text
}

fn table_of_commands() -> String {
    let mut text = String::from(
        "| Call | The command is | Commands with arguments of their own |\n| --- | --- | --- |\n",
    );
    for row in ROWS {
        if let (Some(command), Some(variants)) = (row.command, row.variants) {
            let count: usize = variants
                .list
                .iter()
                .map(|variant| variant.names.len())
                .sum();
            let _ = writeln!(text, "| `{}` | `{command}` | {count} |", row.name);
        }
    }
    text
}

fn table_of_blind_spots() -> String {
    let mut text = String::from("| What | Why, and what you see |\n| --- | --- |\n");
    for spot in BLIND_SPOTS {
        let _ = writeln!(text, "| {} | {} |", spot.what, spot.why);
    }
    text
}

/// Puts a table between its marks.
fn with_table(text: &str, (name, source): (&str, &str), table: &str) -> String {
    let begin = format!("<!-- {name}: from {source} -->\n");
    let (before, rest) = text.split_once(&begin).expect("a mark");
    let (_, after) = rest.split_once("<!-- end -->").expect("a mark's end");
    format!("{before}{begin}{table}<!-- end -->{after}")
}

#[test]
fn the_readme_has_the_tables() {
    let path = root().join("README.md");
    let text = fs::read_to_string(&path).expect("a README");
    let text = with_table(&text, ("groups", "the rows"), &table_of_groups());
    let text = with_table(&text, ("commands", "the rows"), &table_of_commands());
    let blind = table_of_blind_spots();
    hold(&path, &with_table(&text, ("blind", "the program"), &blind));
}

#[test]
fn the_man_page_is_the_programs() {
    let mut page = Vec::new();
    let mut program = Cli::command();
    program.build();
    let man = Man::new(program.clone())
        .title("SANDBOXD")
        .section("1")
        .date("")
        .manual("User Commands");
    man.render_title(&mut page).expect("a title");
    man.render_name_section(&mut page).expect("a name");
    man.render_synopsis_section(&mut page).expect("a synopsis");
    man.render_description_section(&mut page)
        .expect("a description");
    let mut page = String::from_utf8(page).expect("text");
    page += &sections_of(&program, "");
    page += EXPRESSIONS;
    page += ".SH GROUPS\n";
    for (name, bits, meaning) in GROUPS {
        let _ = writeln!(page, ".TP\n\\fB%{name}\\fR\n{meaning}");
        let _ = writeln!(page, ".br\n{}", names(members(*bits)).join(" "));
    }
    page += ".SH COMMANDS\nCalls whose command can be selected, as in \\fBioctl:SIOC*\\fR:\n";
    for row in ROWS.iter().filter(|row| row.variants.is_some()) {
        let command = row.command.unwrap_or_default();
        let _ = writeln!(page, ".TP\n\\fB{}\\fR\nby {command}", row.name);
    }
    page += ".SH EXIT STATUS\n.TP\n0\nended as asked\n.TP\n1\nfailed at run time\n.TP\n2\nwrong usage\n\
             .TP\n3\nthis kernel or these privileges cannot do it\n";
    // Each part begins with the same two lines about apostrophes; one of each will do.
    let (apostrophes, rest) = page.split_at(page.find(".TH").expect("a title"));
    let page = format!(
        "{apostrophes}{}",
        rest.replace(apostrophes.trim_start(), "")
    );
    hold(&root().join("docs/sandboxd.1"), &page);
}

/// What `-e` and `list` take; README.md says the same in other words.
const EXPRESSIONS: &str = r"\
.SH EXPRESSIONS
A list with commas, taken from left to right; a repeated \fB\-e\fR continues it.
.TP
\fIname\fR
the call, in both ABIs; where 32\-bit programs make another (\fBfcntl64\fR), that has its own name
.TP
\fB%\fIgroup\fR
the calls of a group
.TP
\fBall\fR
every call
.TP
\fB/\fIregex\fB/\fR
the calls whose names match
.TP
\fInumber\fR, \fBarm32:\fInumber\fR
a call of the 64\-bit table, of the 32\-bit one
.TP
\fIcall\fB:\fICOMMAND\fR
the call with that command; \fB*\fR matches any letters
.TP
\fB!\fIx\fR
without \fIx\fR; a list that begins so begins with every call
.TP
\fB?\fIx\fR
\fIx\fR, or nothing if that is unknown
";

/// The verbs of a command, and behind each its own.
fn sections_of(command: &clap::Command, of: &str) -> String {
    let verbs = command.get_subcommands();
    verbs
        .filter(|verb| verb.get_name() != "help")
        .map(|verb| {
            let name = format!("{of}{}", verb.get_name());
            section_of(verb, &name) + &sections_of(verb, &format!("{name} "))
        })
        .collect()
}

/// A verb: how it is said, what it does, its options.
fn section_of(verb: &clap::Command, name: &str) -> String {
    let mut text = Vec::new();
    let man = Man::new(verb.clone());
    man.render_synopsis_section(&mut text).expect("a synopsis");
    man.render_description_section(&mut text)
        .expect("a description");
    man.render_options_section(&mut text).expect("options");
    let text = String::from_utf8(text).expect("text");
    let title = name.to_uppercase();
    // One page for all: a verb's sections are parts of its own.
    text.replacen(".SH SYNOPSIS", &format!(".SH {title}"), 1)
        .replace(".SH DESCRIPTION", ".PP")
        .replace(".SH OPTIONS", ".SS Options")
}
