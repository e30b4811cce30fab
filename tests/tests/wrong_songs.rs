//! What someone writes who comes from another program, and what is said of it: the code, the place, the help with the
//! text to write, and what the first fix makes of the line.
//!
//! `wrong_songs/*.txt` hold the cases. `|` begins a line of a strip and `>` a line of a file; below it stand the code,
//! the text that is pointed at and a piece of the help; `=` begins a line as the fix leaves it.

use mixdown_tests::{Project, root};
use serde_json::Value;

/// What stands around a track with wrong lines.
const AROUND: &str =
    "length 9s\ntempo 120bpm\nsections { verse @1; chorus @2 .. @3 }\ntrack kick { source \"stems/kick.wav\" }\nbus hall { }\n";

/// A wrong song and what is to be said of it.
#[derive(Default)]
struct Case {
    name: String,
    lines: Vec<String>,
    strip: bool,
    code: String,
    place: String,
    help: String,
    mended: Vec<String>,
}

impl Case {
    /// The song with these lines in it.
    fn song(&self, lines: &[String]) -> String {
        let lines = lines.join("\n");
        if !self.strip {
            return format!("{lines}\n");
        }
        let source = if lines.contains("source") || lines.starts_with('"') { "" } else { "source \"stems/vocal.wav\"\n" };
        format!("{AROUND}track v {{\n{source}{lines}\nsend hall -6dB\n}}\n")
    }
}

fn cases(name: &str, text: &str) -> Vec<Case> {
    let mut all: Vec<Case> = Vec::new();
    for (n, line) in text.lines().enumerate() {
        let Some((sign, rest)) = line.split_at_checked(1).filter(|_| !line.starts_with('#')) else { continue };
        let rest_text = rest.strip_prefix(' ').unwrap_or(rest).to_string();
        match sign {
            "|" | ">" => {
                if all.last().is_none_or(|case| !case.code.is_empty()) {
                    all.push(Case { name: format!("{name}:{}", n + 1), strip: sign == "|", ..Case::default() });
                }
                all.last_mut().expect("a case").lines.push(rest_text);
            }
            "=" => all.last_mut().expect("a case").mended.push(rest_text),
            _ => {
                let case = all.last_mut().expect("a case");
                let parts: Vec<&str> = line.splitn(3, '´').collect();
                let [code, place, help] = parts[..] else { panic!("{name}:{}: {line}", n + 1) };
                (case.code, case.place, case.help) = (code.trim().into(), place.into(), help.trim().into());
            }
        }
    }
    all
}

/// What `check` says of a song.
fn said(project: &Project, song: &str) -> Vec<Value> {
    project.write("song.mix", song);
    let run = project.run(&["check", "song.mix", "--message-format", "json"]);
    run.err.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
}

fn wrong(project: &Project, case: &Case) -> Result<(), String> {
    let song = case.song(&case.lines);
    let all = said(project, &song);
    let text = |d: &Value| -> String {
        let at = |key: &str| d["span"][key].as_u64().unwrap_or(0) as usize;
        song.get(at("start")..at("end")).unwrap_or("?").to_string()
    };
    let shown: Vec<String> = all.iter().map(|d| format!("{} ´{}´ {} ({})", d["code"], text(d), d["message"], d["help"])).collect();
    let shown = shown.join("\n    ");
    if all.iter().any(|d| d["help"].as_str().is_none_or(str::is_empty)) {
        return Err(format!("no help\n    {shown}"));
    }
    let Some(d) = all.iter().find(|d| d["code"] == case.code.as_str() && text(d) == case.place) else {
        return Err(format!("no {} ´{}´\n    {shown}", case.code, case.place));
    };
    if !d["help"].as_str().is_some_and(|h| h.contains(&case.help)) {
        return Err(format!("the help lacks {:?}\n    {shown}", case.help));
    }
    if case.mended.is_empty() {
        return Ok(());
    }
    let fix = &d["fixes"][0];
    let at = |key: &str| fix["span"][key].as_u64().map(|n| n as usize);
    let (Some(start), Some(end)) = (at("start"), at("end")) else { return Err(format!("no fix\n    {shown}")) };
    let mut mended = song.clone();
    mended.replace_range(start..end, fix["replacement"].as_str().unwrap_or(""));
    if mended != case.song(&case.mended) {
        return Err(format!("mended to\n{mended}"));
    }
    let left: Vec<Value> = said(project, &mended).into_iter().filter(|d| d["severity"] == "error").collect();
    if left.is_empty() { Ok(()) } else { Err(format!("the fix leaves {left:?}")) }
}

#[test]
fn each_wrong_line_is_told_with_what_to_write() {
    let project = Project::new();
    for name in ["stems/vocal.wav", "stems/kick.wav", "stems/drums/snare_top.wav"] {
        project.wav(name, 48_000, &[vec![0.1; 4800]]);
    }
    let folder = root().join("tests/tests/wrong_songs");
    let mut files: Vec<_> = std::fs::read_dir(folder).expect("the cases").flatten().map(|e| e.path()).collect();
    files.sort();
    let mut wrongs = Vec::new();
    let mut count = 0;
    for file in files {
        let name = file.file_name().expect("a name").to_string_lossy().into_owned();
        for case in cases(&name, &std::fs::read_to_string(&file).expect("text")) {
            count += 1;
            if let Err(why) = wrong(&project, &case) {
                wrongs.push(format!("{}: {}\n  {why}", case.name, case.lines.join(" / ")));
            }
        }
    }
    assert!(count > 100, "only {count} cases were found");
    assert!(wrongs.is_empty(), "{} of {count}\n{}", wrongs.len(), wrongs.join("\n"));
}
