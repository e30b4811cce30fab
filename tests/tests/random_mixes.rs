//! Hundreds of small random songs: the interpreter and machine code agree on every bit, and so do threads, blocks and
//! the order of the text; 64 bits are close to 32. A song that fails is printed whole, after what can be left out of it
//! was left out.

#[path = "random_mixes/draft.rs"]
mod draft;
#[path = "random_mixes/edits.rs"]
mod edits;
#[path = "random_mixes/write.rs"]
mod write;

use draft::Draft;
use mixdown::build::Runner;
use mixdown_tests::library::{Known, library};
use mixdown_tests::rig::{Heard, How, Song};
use mixdown_tests::signal::{Dice, difference};

/// Songs of the whole suite.
const SONGS: u64 = 200;

/// What a song showed.
enum Verdict {
    /// All agreed; the difference of 64 bits against the peak.
    Good(f64),
    /// The compiler refuses it.
    Refused(String),
    /// Something differs.
    Bad(String),
}

fn compare(what: &str, a: &Heard<f32>, b: &Heard<f32>) -> Result<(), String> {
    for (name, planes) in &a.outputs {
        if let Some(d) = difference(planes, b.strip(name)) {
            return Err(format!("{what}: `{name}` differs in {d}"));
        }
    }
    Ok(())
}

fn examine(draft: &Draft) -> Verdict {
    let song = draft.song();
    let mix = match song.mix() {
        Ok(mix) => mix,
        Err(e) => return Verdict::Refused(e),
    };
    let deliver: Vec<String> = mix.strips.iter().map(|s| s.path.clone()).filter(|p| p != "master").collect();
    let how = How { deliver, block: 512, ..How::default() };
    let built = match song.build::<f32>(&mix, &how) {
        Ok(built) => built,
        Err(e) => return Verdict::Refused(e),
    };
    match same(draft, &song, &mix, &built, &how) {
        Ok(off) => Verdict::Good(off),
        Err(e) => Verdict::Bad(e),
    }
}

fn same(draft: &Draft, song: &Song, mix: &mixdown_analysis::mix::Mix, built: &mixdown::build::Built, how: &How) -> Result<f64, String> {
    let first = song.play::<f32>(mix, built, how)?;
    for (name, planes) in &first.outputs {
        if planes.iter().flatten().any(|x| !x.is_finite()) {
            return Err(format!("`{name}` is not finite"));
        }
    }
    if let Some((strip, n)) = first.report.faults.first() {
        return Err(format!("`{strip}` made {n} samples that are not finite"));
    }
    for (threads, block) in [(3, 64), (1, 7), (2, 4096)] {
        let other = song.play::<f32>(mix, built, &How { threads, block, ..how.clone() })?;
        compare(&format!("{threads} threads, blocks of {block}"), &first, &other)?;
    }
    let slow = How { runner: Runner::Interpreter, ..how.clone() };
    let other = song.play::<f32>(mix, &song.build::<f32>(mix, &slow)?, &slow)?;
    compare("interpreter", &first, &other)?;
    let turned = draft.turned();
    compare("declarations in another order", &first, &turned.try_hear(how)?)?;
    let wide = song.try_hear::<f64>(how)?;
    let mut worst = 0.0;
    for (name, planes) in &first.outputs {
        let peak = mixdown_tests::signal::peak(planes).max(1e-3);
        let wide = wide.strip(name);
        if wide[0].len() == planes[0].len() {
            for (x, y) in planes.iter().flatten().zip(wide.iter().flatten()) {
                worst = f64::max(worst, (f64::from(*x) - y).abs() / peak);
            }
        }
    }
    Ok(worst)
}

/// Leaves out what does not matter for the failure.
fn shrunk(mut draft: Draft) -> Draft {
    loop {
        let smaller = draft.smaller().into_iter().find(|d| matches!(examine(d), Verdict::Bad(_)));
        match smaller {
            Some(d) => draft = d,
            None => return draft,
        }
    }
}

/// Effects that round or decide, where the last digit of a sample may tip the scales.
const DECIDE: &[&str] = &["crush", "dither", "declick", "declip", "dropout", "bass_enhancer"];

fn row(from: u64, to: u64) {
    let known = library();
    let effects: Vec<Known> = known.into_iter().filter(|k| k.takes_input && k.params.iter().all(|p| p.range.is_some() || p.default.is_some())).collect();
    let (mut refused, mut strips, mut off, mut far) = (0, 0, 0f64, 0);
    let mut bad = Vec::new();
    for seed in from..to {
        let draft = write::song(&mut Dice::new(seed), &effects);
        strips += draft.strips.len();
        match examine(&draft) {
            Verdict::Good(o) => {
                off = off.max(o);
                let decides = DECIDE.iter().any(|name| draft.text().contains(&format!("{name}(")));
                far += usize::from(o > 0.01 && !decides);
            }
            Verdict::Refused(e) => {
                refused += 1;
                println!("song {seed} is refused: {}", e.lines().next().unwrap_or_default());
            }
            Verdict::Bad(_) => {
                let small = shrunk(draft);
                let Verdict::Bad(why) = examine(&small) else { continue };
                bad.push(format!("song {seed}: {why}\n{}", small.text()));
            }
        }
        if bad.len() >= 4 {
            break;
        }
    }
    println!("songs {from}..{to}: {strips} strips, {refused} refused; 64 bits differ by at most {off:.1e} of the peak, {far} songs by more than 1 %");
    assert!(bad.is_empty(), "{}", bad.join("\n----\n"));
    assert!(refused * 10 <= (to - from) as usize, "too many songs are refused to mean anything");
    // A gate or an expander may decide otherwise on a sample that lies at its threshold.
    assert!(far * 20 <= (to - from) as usize, "32 and 64 bits are not the same songs");
}

#[test]
fn the_first_half() {
    row(0, SONGS / 2);
}

#[test]
fn the_second_half() {
    row(SONGS / 2, SONGS);
}
