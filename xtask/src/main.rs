//! The verbs that people and CI say: `cargo xtask VERB`.

mod apt;
mod archive;
mod build;
mod cases;
mod guest;
mod kernels;
mod lab;
mod matrix;
mod paths;
mod process;
mod programs;
mod qemu;
mod report;
mod round;
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
    VmMatrix(matrix::Matrix),
}

fn main() -> ExitCode {
    let verb = Verb::parse();
    let result = qemu::catch_signals().and_then(|()| match verb {
        Verb::Build(build) => build.run(),
        Verb::Vm(vm) => Ok(vm.run()),
        Verb::VmMatrix(matrix) => matrix.run(),
    });
    result.unwrap_or_else(|error| {
        eprintln!("xtask: {error:#}");
        ExitCode::FAILURE
    })
}
