//! One boot of the matrix: a guest runs every case in turn, then the host judges what each left.
//!
//! Files come out as one tar after the other, so that what came before a guest's death is kept.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};

use crate::guest::{Programs, daemon};
use crate::kernels::Kernel;
use crate::lab::{Case, Outcome, directory};
use crate::qemu::{Machine, Report};
use crate::report::{Round, Verdict};
use crate::{paths, places, process, strace};

/// The file that names the build which a boot ran.
const BUILD: &str = "build";
/// Wall-clock seconds for a boot and for carrying the files out.
const OVERHEAD_S: u32 = 90;
/// No boot takes longer. It is far more than one takes, on a machine with other work too.
const MOST_S: u32 = 2400;
/// The guest gives up when so many scripts failed one after the other: with a broken build every one waits in vain.
const IN_VAIN: u32 = 5;

/// Boots one kernel on one CPU model and runs the cases, with the programs of a build of that name.
pub(crate) fn run(
    kernel: &Kernel,
    cpu: &str,
    (programs, build): (&Programs, &str),
    cases: &[Case],
) -> Result<Round> {
    let dir = directory(&paths::target(), &kernel.name, cpu);
    make_room(&dir, build, cases)?;
    fs::write(dir.join(BUILD), build).context("cannot write which build is run")?;
    let begin = Instant::now();
    let report = boot(kernel, cpu, programs, cases, &dir)?;
    unpack(&dir)?;
    let boot = report.as_ref().map_or(Duration::ZERO, |report| report.boot);
    let verdicts = verdicts(&dir, kernel, cpu, cases, &report);
    Ok(Round {
        kernel: kernel.name.clone(),
        release: release(&dir),
        cpu: cpu.to_owned(),
        boot_seconds: boot.as_secs_f64(),
        seconds: begin.elapsed().as_secs_f64(),
        verdicts,
    })
}

/// Judges what an earlier boot left: a run of the whole matrix takes an hour, and can be interrupted.
pub(crate) fn judge(kernel: &Kernel, cpu: &str, build: &str, cases: &[Case]) -> Result<Round> {
    let dir = directory(&paths::target(), &kernel.name, cpu);
    let ran = fs::read_to_string(dir.join(BUILD))
        .with_context(|| format!("{}: nothing was left: run it", dir.display()))?;
    ensure!(
        ran == build,
        "{} is another build's: run it again",
        dir.display()
    );
    let report = Err(anyhow!("it left no files of it"));
    Ok(Round {
        kernel: kernel.name.clone(),
        release: release(&dir),
        cpu: cpu.to_owned(),
        boot_seconds: 0.0,
        seconds: 0.0,
        verdicts: verdicts(&dir, kernel, cpu, cases, &report),
    })
}

fn verdicts(
    dir: &Path,
    kernel: &Kernel,
    cpu: &str,
    cases: &[Case],
    report: &Result<Report>,
) -> Vec<Verdict> {
    let judge = Judge {
        dir: dir.to_owned(),
        kernel: &kernel.name,
        release: &release(dir),
        cpu,
        times: times(dir, cases),
        report,
    };
    judge.all(cases)
}

/// What the guest's kernel says its version is.
fn release(dir: &Path) -> String {
    let release = fs::read_to_string(dir.join("release")).unwrap_or_default();
    release.trim().to_owned()
}

/// Names the newest build, by its bytes; guests can do without one.
pub(crate) fn build() -> Result<String> {
    let Some(daemon) = daemon()? else {
        return Ok("none".into());
    };
    let mut sha256sum = Command::new("sha256sum");
    let line = process::read_text(sha256sum.arg("--").arg(daemon), "summing up")?;
    Ok(line
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_owned())
}

/// The inner result is the guest's end: a lost guest may have finished some cases before.
fn boot(
    kernel: &Kernel,
    cpu: &str,
    programs: &Programs,
    cases: &[Case],
    dir: &Path,
) -> Result<Result<Report>> {
    let scripts = dir.join("scripts");
    fs::create_dir_all(&scripts).with_context(|| format!("cannot make {}", scripts.display()))?;
    for case in cases {
        fs::write(scripts.join(case.name), case.script).context("cannot write a case's script")?;
    }
    let mut copies = vec![(scripts, "/lab/cases".into())];
    if cases.iter().any(Case::needs_strace) {
        copies.extend(strace::files()?);
    }
    if cases.iter().any(Case::needs_places) {
        copies.extend(places::files()?);
    }
    let seconds = cases.iter().map(|case| case.timeout_s).sum::<u32>() + OVERHEAD_S;
    let seconds = seconds.min(MOST_S);
    let machine = Machine {
        timeout: Duration::from_secs(seconds.into()),
        copies,
        ..Machine::new(
            kernel.clone(),
            cpu,
            script(&format!("{} {cpu}", kernel.name), cases),
        )
    };
    let tar = dir.join("files.tar");
    let out = fs::File::create(&tar).with_context(|| format!("cannot write {}", tar.display()))?;
    Ok(machine.run(programs, out, io::stderr()))
}

/// The guest's side: stdout carries the files, stderr the progress.
fn script(label: &str, cases: &[Case]) -> String {
    let mut script = String::from(
        "vain=0; mkdir -p /tmp/case && cd /tmp/case && uname -r >release && tar -c release\n\
         keep=\" $(echo /proc/[0-9]*) \"\n\
         reap() { for p in /proc/[0-9]*; do case \"$keep\" in *\" $p \"*) ;; *) kill -9 ${p#/proc/} ;; esac; done 2>/dev/null; }\n\
         now() { cut -d' ' -f1 /proc/uptime; }\n\
         run() {\n\
         echo \"$label: $1\" >&2; mkdir $1; cd $1; begin=$(now)\n\
         timeout -s KILL $2 sh /lab/cases/$1 >stdout 2>stderr; status=$?; echo $status >status\n\
         cd ..; reap; echo $begin $(now) >$1.time; tar -c $1 $1.time; rm -rf $1 $1.time\n\
         [ $status = 0 ] && vain=0 || vain=$((vain + 1))\n\
         [ $vain -lt $most ] || { echo \"$label: gives up: $most scripts failed in a row\" >&2; exit 3; }\n\
         }\n",
    );
    let _ = writeln!(script, "label='{label}' most={IN_VAIN}");
    for case in cases {
        let _ = writeln!(script, "run {} {}", case.name, case.timeout_s);
    }
    script
}

/// Unpacks what came.
fn unpack(dir: &Path) -> Result<()> {
    let file = fs::File::open(dir.join("files.tar")).context("the guest's files are gone")?;
    let mut archive = tar::Archive::new(BufReader::new(file));
    archive.set_ignore_zeros(true);
    archive.set_preserve_mtime(false);
    // A guest that died left half an archive: what is whole counts.
    for mut entry in archive.entries()?.map_while(Result::ok) {
        let kind = entry.header().entry_type();
        if !(kind.is_file() || kind.is_dir()) {
            continue;
        }
        if entry.unpack_in(dir).is_err() {
            break;
        }
    }
    Ok(())
}

/// The seconds of every case whose files are complete: `NAME.time` comes last.
fn times(dir: &Path, cases: &[Case]) -> BTreeMap<String, f64> {
    let mut times = BTreeMap::new();
    for case in cases {
        let Ok(text) = fs::read_to_string(dir.join(format!("{}.time", case.name))) else {
            continue;
        };
        let mut seconds = text
            .split_whitespace()
            .map(|time| time.parse().unwrap_or(0.0));
        let begin: f64 = seconds.next().unwrap_or(0.0);
        times.insert(case.name.into(), seconds.next().unwrap_or(begin) - begin);
    }
    times
}

struct Judge<'a> {
    dir: PathBuf,
    kernel: &'a str,
    release: &'a str,
    cpu: &'a str,
    times: BTreeMap<String, f64>,
    report: &'a Result<Report>,
}

impl Judge<'_> {
    fn all(&self, cases: &[Case]) -> Vec<Verdict> {
        let mut last = None;
        let judge = |case: &Case| {
            let seconds = self.times.get(case.name).copied();
            let result = match seconds {
                Some(seconds) => self.one(case, seconds),
                None => self.lost(last.replace(case.name)),
            };
            let failure = result.err().map(|error| format!("{error:#}"));
            Verdict {
                case: case.name.into(),
                failure,
                seconds: seconds.unwrap_or(0.0),
            }
        };
        cases.iter().map(judge).collect()
    }

    fn one(&self, case: &Case, seconds: f64) -> Result<()> {
        let outcome = Outcome {
            dir: self.dir.join(case.name),
            kernel: self.kernel.into(),
            release: self.release.into(),
            cpu: self.cpu.into(),
        };
        if seconds >= f64::from(case.timeout_s) && outcome.status()? == 128 + 9 {
            bail!(
                "the script was still busy after {} s, and was killed",
                case.timeout_s
            );
        }
        // A check that panics fails alone.
        let check = std::panic::AssertUnwindSafe(|| (case.check)(&outcome));
        std::panic::catch_unwind(check).unwrap_or_else(|_| bail!("the check panicked"))
    }

    /// The first case without files is the one in which the guest was lost.
    fn lost(&self, earlier: Option<&str>) -> Result<()> {
        match (earlier, self.report) {
            (Some(_), _) => bail!("not run: the guest was lost before"),
            (None, Err(error)) => bail!("the guest was lost in this case: {error:#}"),
            (None, Ok(report)) => bail!(
                "left no files; the guest's script ended with status {}",
                report.status
            ),
        }
    }
}

/// What other cases of the same build left stays, for [`judge`].
fn make_room(dir: &Path, build: &str, cases: &[Case]) -> Result<()> {
    if fs::read_to_string(dir.join(BUILD)).is_ok_and(|ran| ran == build) {
        for case in cases {
            clear(&dir.join(case.name))?;
            // Its files are whole where this is.
            let _ = fs::remove_file(dir.join(format!("{}.time", case.name)));
        }
        clear(&dir.join("scripts"))
    } else {
        clear(dir)
    }
}

fn clear(dir: &Path) -> Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", dir.display()))
        }
        _ => fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display())),
    }
}
