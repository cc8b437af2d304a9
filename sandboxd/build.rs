//! Embeds the kernel half, which `cargo xtask build` makes first and names in `SANDBOXD_EBPF_OBJECT`.
//!
//! Without it the program still builds, for everything that needs no kernel (`replay`, `list`, `schema`, the tests);
//! `trace` then says what is missing.

use std::path::PathBuf;
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-env-changed=SANDBOXD_EBPF_OBJECT");
    let out = PathBuf::from(env::var("OUT_DIR")?).join("kprobe-ebpf.o");
    match env::var_os("SANDBOXD_EBPF_OBJECT") {
        Some(object) => {
            println!("cargo::rerun-if-changed={}", object.display());
            fs::copy(&object, &out)
                .map_err(|error| format!("{}: {error}", PathBuf::from(&object).display()))?;
        }
        None => fs::write(&out, [])?,
    }
    Ok(())
}
