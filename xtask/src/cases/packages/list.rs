//! The list of packages in every state that it can be found in: absent, empty, half written, long, with rubbish, replaced.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{no_zygote, zygote};
use crate::cases::books;
use crate::cases::trace::tail;
use crate::lab::{Case, Outcome};

/// A run of each; `NAME.lines`, `NAME.err` and `NAME.status` are what it left.
pub(crate) const LIST: Case = Case {
    name: "packages-list",
    script: concat!(
        zygote!(),
        "put() { cat >$list.new && mv $list.new $list; }\n\
         refused() { name=$1; shift; timeout 60 sandboxd trace -n \"$@\" --duration 1s -e openat >$name.lines 2>$name.err; echo $? >$name.status; }\n\
         starts() { name=$1; shift; sandboxd trace -n \"$@\" -e openat >$name.lines 2>$name.err & pid=$!; wait-for $name.err ready 60 || exit 90; }\n\
         app() { echo \"fork $1 $2 $3 $3 2 exit\" >&9; said $1; }\n\
         ends() { kill -INT $pid; wait $pid; echo $? >$name.status; }\n\
         traced() { name=$1; starts $1 com.example.app; app $1 10123 com.example.app; ends; }\n\
         rm $list; refused absent com.example.app\n\
         : | put; refused empty com.example.app\n\
         cat /lab/packages.list | put; refused unknown com.example.apq; refused pattern 'com.nobody.*'\n\
         head -c 12000 /lab/packages.list | put; traced half\n\
         { sed 10q /lab/packages.list; echo 'rubbish is here'; printf 'a.b x 0 /data default:x none\\n\\377\\376\\n'; sed 1,10d /lab/packages.list; } | put; traced rubbish\n\
         { awk 'BEGIN { for (n = 0; n < 10000; n++) printf \"org.filler.n%d %d 0 /data/user/0/org.filler.n%d default:targetSdkVersion=33 none 0 1 1 @null\\n\", n, 11000 + n % 8000, n }'; cat /lab/packages.list; } | put; traced long\n\
         cat /lab/packages.list | put\n\
         starts late com.example.late --wait\n\
         app unlisted 10777 com.example.late\n\
         { cat /lab/packages.list; echo com.example.late 10777 0 /data/user/0/com.example.late default:targetSdkVersion=34 none 0 1 1 @null; } | put\n\
         sleep 2; app installed 10777 com.example.late\n\
         head -c 4000 /lab/packages.list | put; sleep 2; app halved 10777 com.example.late\n\
         : | put; sleep 2; app emptied 10777 com.example.late\n\
         rm $list; sleep 2; app removed 10777 com.example.late\n\
         ends; cat kept >$list",
        no_zygote!()
    ),
    check,
    timeout_s: 240,
};

/// What is known of one run.
struct Run {
    status: String,
    err: String,
    lines: Vec<Value>,
}

impl Run {
    fn read(outcome: &Outcome, name: &str) -> Result<Self> {
        Ok(Self {
            status: outcome.text(&format!("{name}.status"))?.trim().to_owned(),
            err: outcome.text(&format!("{name}.err"))?,
            lines: outcome.lines(&format!("{name}.lines"))?,
        })
    }

    /// Wrong usage: no line, and a message that says all of these.
    fn is_refused(&self, words: &[&str]) -> Result<()> {
        ensure!(
            self.status == "2" && self.lines.is_empty(),
            "status {}, {} lines",
            self.status,
            self.lines.len()
        );
        self.says(words)
    }

    fn says(&self, words: &[&str]) -> Result<()> {
        for word in words {
            ensure!(
                self.err.contains(word),
                "no {word:?} in: {}",
                tail(&self.err)
            );
        }
        Ok(())
    }

    /// A whole trace in which those apps, and no others, made their marks.
    fn is_of(&self, kinds: &[&str]) -> Result<()> {
        ensure!(
            self.status == "0",
            "status {}: {}",
            self.status,
            tail(&self.err)
        );
        books::check(&self.lines)?;
        marks_are(&self.lines, kinds)
    }
}

/// Each app makes two, and one before it is told its name.
const MARKS: usize = 3;

/// Each of these apps made all of its marks, and no other made any.
fn marks_are(lines: &[Value], kinds: &[&str]) -> Result<()> {
    let marks = |of: &str| {
        let is_mark = |line: &&Value| {
            let path = line["args"]["pathname"].as_str();
            path.is_some_and(|path| path.contains(of))
        };
        lines.iter().filter(is_mark).count()
    };
    for kind in kinds {
        let found = marks(&format!("/marker-{kind}-"));
        ensure!(found == MARKS, "{found} marks of {kind}");
    }
    let all = marks("/marker-");
    ensure!(all == MARKS * kinds.len(), "{all} marks, of others too");
    Ok(())
}

fn check(outcome: &Outcome) -> Result<()> {
    outcome.expect_status(0)?;
    let list = "/data/system/packages.list";
    let refused: [(&str, &[&str]); 4] = [
        ("absent", &[list, "No such file"]),
        ("empty", &[list]),
        ("unknown", &["com.example.apq", "com.example.app"]),
        ("pattern", &["com.nobody.*"]),
    ];
    for (name, words) in refused {
        let run = Run::read(outcome, name)?;
        run.is_refused(words).with_context(|| name.to_owned())?;
    }
    let traced: [(&str, &[&str], &[&str]); 4] = [
        ("half", &[list], &["half"]),
        ("rubbish", &[list, "rubbish is here"], &["rubbish"]),
        ("long", &[], &["long"]),
        (
            "late",
            &[list, "com.example.late"],
            &["installed", "halved", "emptied", "removed"],
        ),
    ];
    for (name, words, kinds) in traced {
        let run = Run::read(outcome, name)?;
        run.is_of(kinds)
            .and_then(|()| run.says(words))
            .with_context(|| name.to_owned())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn run(status: &str, err: &str, paths: &[&str]) -> Run {
        let line = |path: &&str| json!({"type": "syscall", "args": {"pathname": path}});
        Run {
            status: status.to_owned(),
            err: err.to_owned(),
            lines: paths.iter().map(line).collect(),
        }
    }

    #[test]
    fn a_refusal_says_why_and_writes_nothing() {
        assert!(
            run("2", "no x: did you mean y?", &[])
                .is_refused(&["x", "y"])
                .is_ok()
        );
        assert!(run("2", "no x", &[]).is_refused(&["x", "y"]).is_err());
        assert!(run("1", "x", &[]).is_refused(&["x"]).is_err());
        assert!(run("2", "x", &["/"]).is_refused(&["x"]).is_err());
    }

    #[test]
    fn marks_of_others_and_marks_that_are_missing_are_noticed() {
        let of = |paths: &[&str]| marks_are(&run("0", "", paths).lines, &["a"]).is_ok();
        let (own, other) = (
            "/data/user/0/com.a/marker-a-1-0",
            "/data/user/0/com.b/marker-b-1-0",
        );
        assert!(of(&[own, own, own, "/elsewhere"]));
        assert!(!of(&[own, own]));
        assert!(!of(&[own; 4]));
        assert!(!of(&[own, own, own, other]));
        assert!(!of(&[other; 3]));
    }

    #[test]
    fn a_run_that_failed_or_left_no_whole_trace_is_none() {
        assert!(run("1", "", &[]).is_of(&[]).is_err());
        assert!(run("0", "", &["/"]).is_of(&[]).is_err());
    }
}
