//! The run that most people ask for, of a package with the default selection: what it would take, for `doctor`.

use clap::Parser as _;

use super::TraceError;
use super::plan::Plan;
use super::targets::Targets;
use crate::cli::{Cli, Verb};
use crate::probe::{Backend, Watch};
use crate::select;

/// What such a run would take.
#[derive(Debug)]
pub struct Usual {
    /// Where entries would come from.
    pub backend: Backend,
    /// Why from there.
    pub reason: String,
    /// The symbols that would carry a kprobe each.
    pub symbols: Vec<String>,
    /// What the kernel half would be told.
    pub watch: Watch,
}

/// Plans it as `trace` does. The package need not be there: nothing is attached.
pub fn usual() -> Result<Usual, TraceError> {
    let words = ["sandboxd", "trace", "--package", "com.example.app"];
    let options = match Cli::try_parse_from(words).map(|cli| cli.verb) {
        Ok(Verb::Trace(options)) => options,
        Ok(_) => return Err(TraceError::Usage(words.join(" "))),
        Err(error) => return Err(TraceError::Usage(error.to_string())),
    };
    let plan = Plan::new(&select::parse(&options.exprs)?, &options)?;
    let watch = plan.watch(&Targets::new(&options, false)?, &options);
    Ok(Usual {
        backend: plan.backend,
        reason: plan.reason,
        symbols: plan.symbols,
        watch,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_run_is_of_a_package() {
        let usual = usual().unwrap();
        assert!(usual.symbols.len() > 100);
        assert!(usual.watch.packages);
    }
}
