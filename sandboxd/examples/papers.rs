//! Writes what is made from the command line and the table into a directory, for `cargo xtask dist`: completions, a man
//! page for each verb, schemas. `docs/sandboxd.1`, the page of all, is held by `tests/papers.rs`.

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
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    for verb in program.get_subcommands() {
        let name = format!("sandboxd-{}", verb.get_name());
        let page = clap_mangen::Man::new(verb.clone())
            .title(name.to_uppercase())
            .section("1")
            .date("")
            .manual("User Commands");
        page.render(&mut File::create(dir.join(format!("{name}.1")))?)?;
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
