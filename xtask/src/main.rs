//! The verbs that people and CI say: `cargo xtask VERB`.

mod apt;
mod archive;
mod build;
mod guest;
mod kernels;
mod paths;
mod process;
mod programs;
mod qemu;
mod stream;
mod toolchain;
mod vm;

use std::process::ExitCode;

use clap::Parser;

/// Builds sandboxd and tries it in kernels
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Verb {
    Build(build::Build),
    Vm(vm::Vm),
}

fn main() -> ExitCode {
    let verb = Verb::parse();
    let result = qemu::catch_signals().and_then(|()| {
        match verb {
            Verb::Build(build) => build.run(),
            Verb::Vm(vm) => return Ok(vm.run()),
        }
        .map(|()| ExitCode::SUCCESS)
    });
    result.unwrap_or_else(|error| {
        eprintln!("xtask: {error:#}");
        ExitCode::FAILURE
    })
}
