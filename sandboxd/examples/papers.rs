//! Writes what is made from the command line and the table into a directory, for `cargo xtask dist`: completions, a man
//! page for each verb and each of its own (`ctl add`), schemas. `docs/sandboxd.1`, the page of all, is held by `tests/papers.rs`.

use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use clap::CommandFactory as _;
use clap_complete::Shell;
use sandboxd::cli::Cli;
use sandboxd::schema::{self, Which};

fn main() -> Result<(), Box<dyn Error>> {
    let into = std::env::args_os().nth(1).map(PathBuf::from);
    let into = into.ok_or("papers DIRECTORY: which directory?")?;
    completions(&made(&into.join("completions"))?)?;
    pages(&made(&into.join("man"))?)?;
    schemas(&made(&into.join("schema"))?)?;
    Ok(())
}

fn made(dir: &Path) -> Result<PathBuf, Box<dyn Error>> {
    fs::create_dir_all(dir)?;
    Ok(dir.to_path_buf())
}

fn completions(dir: &Path) -> Result<(), Box<dyn Error>> {
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        clap_complete::generate_to(shell, &mut Cli::command(), "sandboxd", dir)?;
    }
    Ok(())
}

fn pages(dir: &Path) -> Result<(), Box<dyn Error>> {
    let mut program = Cli::command();
    program.build();
    pages_of(&program, "sandboxd", dir)
}

/// A page for each verb, and for each of its own.
fn pages_of(command: &clap::Command, name: &str, dir: &Path) -> Result<(), Box<dyn Error>> {
    for verb in command
        .get_subcommands()
        .filter(|verb| verb.get_name() != "help")
    {
        let name = format!("{name}-{}", verb.get_name());
        let page = clap_mangen::Man::new(verb.clone().disable_help_subcommand(true))
            .title(name.to_uppercase())
            .section("1")
            .date("")
            .source(concat!("sandboxd ", env!("CARGO_PKG_VERSION")))
            .manual("User Commands");
        page.render(&mut File::create(dir.join(format!("{name}.1")))?)?;
        pages_of(verb, &name, dir)?;
    }
    Ok(())
}

fn schemas(dir: &Path) -> Result<(), Box<dyn Error>> {
    for (which, name) in [
        (Which::Json, "line.schema.json"),
        (Which::Doctor, "doctor.schema.json"),
        (Which::Duckdb, "duckdb.sql"),
        (Which::Clickhouse, "clickhouse.sql"),
    ] {
        schema::print(which, &mut File::create(dir.join(name))?)?;
    }
    Ok(())
}
