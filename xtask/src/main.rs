//! The verbs that people and CI say: `cargo xtask VERB`.

mod adbd;
mod apt;
mod archive;
mod bare;
mod bench;
mod build;
mod cases;
mod check;
mod debian;
mod device;
mod dist;
mod flood;
mod fuzz;
mod golden;
mod guest;
mod headers;
mod image;
mod kernels;
mod lab;
mod libcs;
mod libraries;
mod matrix;
mod output;
mod package;
mod packages;
mod paths;
mod places;
mod process;
mod programs;
mod qemu;
mod ready;
mod report;
mod round;
mod signals;
mod soak;
mod strace;
mod stream;
mod tidy;
mod toolchain;
mod verifier;
mod vm;

use std::process::ExitCode;

use clap::Parser;

/// Builds sandboxd and tries it in kernels
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Verb {
    Check(check::Check),
    Build(build::Build),
    Dist(dist::Dist),
    Vm(vm::Vm),
    VmMatrix(matrix::Matrix),
    Device(device::Device),
    Golden(golden::Golden),
    Fuzz(fuzz::Fuzz),
    Verifier(verifier::Verifier),
    Bench(bench::Bench),
    Flood(flood::Flood),
    Soak(soak::Soak),
    Ready(ready::Ready),
}

fn main() -> ExitCode {
    let verb = Verb::parse();
    let result = signals::catch().and_then(|()| match verb {
        Verb::Check(_) => Ok(check::Check::run()),
        Verb::Build(build) => build.run(),
        Verb::Dist(dist) => dist.run(),
        Verb::Vm(vm) => Ok(vm.run()),
        Verb::VmMatrix(matrix) => matrix.run(),
        Verb::Device(device) => device.run(),
        Verb::Golden(golden) => golden.run(),
        Verb::Fuzz(fuzz) => fuzz.run(),
        Verb::Verifier(verifier) => verifier.run(),
        Verb::Bench(bench) => bench.run(),
        Verb::Flood(flood) => flood.run(),
        Verb::Soak(soak) => soak.run(),
        Verb::Ready(ready) => ready.run(),
    });
    result.unwrap_or_else(|error| {
        eprintln!("xtask: {error:#}");
        ExitCode::FAILURE
    })
}
