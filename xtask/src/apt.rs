//! Fetches Debian packages of other architectures through a private apt state, so that the host stays as it is.
//!
//! Mirrors and their keys come from the host's own apt configuration; signatures are checked with them.
//! Nothing is installed: callers unpack what they need from the files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{paths, process};

const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";
const RELEASES: [&str; 9] = [
    "bullseye",
    "bookworm",
    "trixie",
    "forky",
    "sid",
    "stable",
    "oldstable",
    "testing",
    "unstable",
];

/// Package lists of one Debian release, of one architecture.
pub(crate) struct Apt {
    release: &'static str,
    architecture: &'static str,
    /// Whether security updates count.
    security: bool,
    state: PathBuf,
}

impl Apt {
    /// Opens the private state of a release's arm64 packages, fetching its lists unless they are there.
    pub(crate) fn open(release: &'static str) -> Result<Self> {
        let apt = Self {
            release,
            architecture: "arm64",
            security: true,
            state: paths::cache().join("apt").join(release),
        };
        apt.updated()
    }

    /// The same of any architecture, without what came after the release: it never changes.
    pub(crate) fn open_main(release: &'static str, architecture: &'static str) -> Result<Self> {
        let name = format!("{release}-{architecture}-main");
        let apt = Self {
            release,
            architecture,
            security: false,
            state: paths::cache().join("apt").join(name),
        };
        apt.updated()
    }

    fn updated(self) -> Result<Self> {
        let stamp = self.state.join("updated");
        if !stamp.exists() {
            self.update()?;
            fs::write(&stamp, "")?;
        }
        Ok(self)
    }

    /// Names of packages that start with `prefix`.
    pub(crate) fn names(&self, prefix: &str) -> Result<Vec<String>> {
        let mut command = self.command("apt-cache");
        let text = process::read_text(command.args(["pkgnames", prefix]), "listing packages")?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// Downloads one package into `dir` and returns its file.
    pub(crate) fn download(&self, package: &str, dir: &Path) -> Result<PathBuf> {
        eprintln!(
            "xtask: downloading {package} ({}, {})",
            self.release, self.architecture
        );
        let mut command = self.command("apt-get");
        command
            .current_dir(dir)
            .args(["--quiet", "download", package]);
        process::run(&mut command, &format!("downloading {package}"))?;
        let found = fs::read_dir(dir)?
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .find(|path| {
                let file = path.file_name().unwrap_or_default().to_string_lossy();
                file.starts_with(&format!("{package}_")) && file.ends_with(".deb")
            });
        found.with_context(|| {
            format!(
                "apt-get said it downloaded {package}, but left no file in {}",
                dir.display()
            )
        })
    }

    fn update(&self) -> Result<()> {
        eprintln!(
            "xtask: fetching Debian's package lists for {} ({})",
            self.release, self.architecture
        );
        for dir in ["lists/partial", "archives/partial"] {
            fs::create_dir_all(self.state.join(dir))
                .with_context(|| format!("cannot make {}", self.state.join(dir).display()))?;
        }
        fs::write(self.state.join("status"), "")?;
        fs::write(
            self.state.join("sources.list"),
            sources(self.release, self.security)?,
        )?;
        process::run(
            self.command("apt-get").args(["--quiet", "update"]),
            &format!("fetching package lists for {}", self.release),
        )
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let state = self.state.display();
        for option in [
            format!("Dir::State::Lists={state}/lists"),
            format!("Dir::State::status={state}/status"),
            format!("Dir::Cache={state}"),
            format!("Dir::Etc::SourceList={state}/sources.list"),
            "Dir::Etc::SourceParts=/dev/null".into(),
            format!("APT::Architecture={}", self.architecture),
            format!("APT::Architectures={}", self.architecture),
            "APT::Sandbox::User=".into(),
            // Hooks of the host's configuration clean the host's cache: not ours to trigger.
            "APT::Update::Post-Invoke=".into(),
            "Acquire::Languages=none".into(),
            "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false".into(),
            // A release past its support is no longer re-signed, but what was signed still holds.
            "Acquire::Check-Valid-Until=false".into(),
        ] {
            command.arg(format!("-o{option}"));
        }
        command
    }
}

/// A Debian mirror the host uses.
#[derive(Debug, Default, PartialEq)]
struct Mirror {
    main: Option<String>,
    security: Option<String>,
    keyring: Option<String>,
}

fn sources(release: &str, security: bool) -> Result<String> {
    let mirror = host_mirror()?;
    let Some(main) = mirror.main else {
        bail!(
            "no Debian mirror found in the host's /etc/apt: add one (the lab's kernels are Debian packages)"
        );
    };
    let key = mirror.keyring.as_deref().unwrap_or(KEYRING);
    let mut lines = vec![format!("deb [signed-by={key}] {main} {release} main\n")];
    if security
        && release != "sid"
        && let Some(security) = mirror.security
    {
        lines.push(format!(
            "deb [signed-by={key}] {security} {release}-security main\n"
        ));
    }
    Ok(lines.concat())
}

fn host_mirror() -> Result<Mirror> {
    let mut files = vec![PathBuf::from("/etc/apt/sources.list")];
    if let Ok(dir) = fs::read_dir("/etc/apt/sources.list.d") {
        files.extend(dir.filter_map(Result::ok).map(|entry| entry.path()));
    }
    files.sort();
    let mut mirror = Mirror::default();
    for file in files {
        let known = file
            .extension()
            .is_some_and(|end| end == "list" || end == "sources");
        if known && file.exists() {
            let text = fs::read_to_string(&file)
                .with_context(|| format!("cannot read {}", file.display()))?;
            let deb822 = file.extension().is_some_and(|end| end == "sources");
            if deb822 {
                mirror.add_stanzas(&text);
            } else {
                mirror.add_lines(&text);
            }
        }
    }
    Ok(mirror)
}

impl Mirror {
    /// One-line format: `deb [options] URI suite component…`.
    fn add_lines(&mut self, text: &str) {
        for line in text.lines() {
            let Some(rest) = line.trim().strip_prefix("deb ") else {
                continue;
            };
            let rest = rest.trim_start();
            let (options, rest) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']'))
            {
                Some((options, rest)) => (options, rest),
                None => ("", rest),
            };
            let key = options
                .split_whitespace()
                .find_map(|option| option.strip_prefix("signed-by="));
            if let [uri, suite, ..] = rest.split_whitespace().collect::<Vec<_>>()[..] {
                self.add(uri, &[suite], key);
            }
        }
    }

    /// The deb822 format: stanzas of `Field: value` lines.
    fn add_stanzas(&mut self, text: &str) {
        for stanza in text.split("\n\n") {
            let field = |name: &str| {
                stanza
                    .lines()
                    .find_map(|line| line.strip_prefix(name)?.strip_prefix(':').map(str::trim))
            };
            if field("Enabled") == Some("no") || !field("Types").unwrap_or_default().contains("deb")
            {
                continue;
            }
            let suites: Vec<_> = field("Suites")
                .unwrap_or_default()
                .split_whitespace()
                .collect();
            if let Some(uri) = field("URIs").and_then(|uris| uris.split_whitespace().next()) {
                self.add(
                    uri,
                    &suites,
                    field("Signed-By").filter(|key| key.starts_with('/')),
                );
            }
        }
    }

    fn add(&mut self, uri: &str, suites: &[&str], key: Option<&str>) {
        let release =
            |suite: &&str| RELEASES.contains(&suite.split('-').next().unwrap_or_default());
        if !suites.iter().any(release) {
            return;
        }
        let security = suites.iter().all(|suite| suite.ends_with("-security"));
        let slot = if security {
            &mut self.security
        } else {
            &mut self.main
        };
        slot.get_or_insert_with(|| uri.to_owned());
        if let Some(key) = key {
            self.keyring.get_or_insert_with(|| key.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected() -> Mirror {
        Mirror {
            main: Some("http://mirror.invalid/debian".into()),
            security: Some("http://mirror.invalid/debian-security".into()),
            keyring: Some("/usr/share/keyrings/k.gpg".into()),
        }
    }

    #[test]
    fn reads_one_line_sources_and_leaves_out_other_vendors() {
        let mut mirror = Mirror::default();
        mirror.add_lines(
            "# comment\ndeb http://other.invalid/x nodistro main\n\
             deb [arch=amd64 signed-by=/usr/share/keyrings/k.gpg] http://mirror.invalid/debian bookworm main\n\
             deb-src http://src.invalid/debian bookworm main\n\
             deb http://mirror.invalid/debian-security bookworm-security main\n",
        );
        assert_eq!(mirror, expected());
    }

    #[test]
    fn reads_deb822_sources() {
        let mut mirror = Mirror::default();
        mirror.add_stanzas(
            "Types: deb\n# old\nURIs: http://mirror.invalid/debian\nSuites: bookworm bookworm-updates\n\
             Components: main\nSigned-By: /usr/share/keyrings/k.gpg\n\n\
             Types: deb\nURIs: http://mirror.invalid/debian-security\nSuites: bookworm-security\n",
        );
        assert_eq!(mirror, expected());
    }
}
