//! Random edits of random songs: what a session makes of each text, knowing those before it, is what is made of it from
//! nothing: the same diagnostics, the same mix, the same program and kernels, the same samples.

use super::draft::Draft;
use super::write;
use mixdown::build::{BuildOptions, Built, Runner, Session};
use mixdown_analysis::Analysis;
use mixdown_kernel::lower::Options as LowerOptions;
use mixdown_syntax::Diagnostic;
use mixdown_tests::library::{Known, library};
use mixdown_tests::rig::{How, Song};
use mixdown_tests::signal::{Dice, difference};

/// Songs, and edits of each.
const SONGS: u64 = 20;
const EDITS: usize = 20;

/// Another number in the place of one of a line.
fn renumbered(dice: &mut Dice, line: &str) -> String {
    let starts: Vec<usize> = line
        .char_indices()
        .filter(|(i, c)| c.is_ascii_digit() && !line[..*i].ends_with(|b: char| b.is_alphanumeric() || b == '.' || b == '_'))
        .map(|(i, _)| i)
        .collect();
    if starts.is_empty() {
        return line.to_string();
    }
    let at = *dice.pick(&starts);
    let end = line[at..].find(|c: char| !c.is_ascii_digit()).map_or(line.len(), |n| at + n);
    let old: usize = line[at..end].parse().unwrap_or(1);
    format!("{}{}{}", &line[..at], old / 2 + dice.below(old + 2), &line[end..])
}

/// A song that differs in one thing.
fn edited(dice: &mut Dice, draft: &Draft, effects: &[Known]) -> Draft {
    let mut new = draft.clone();
    let strip = dice.below(new.strips.len());
    match dice.below(11) {
        0..=3 => {
            let body = &mut new.strips[strip].1;
            if let Some(line) = dice.below(body.len() + 1).checked_sub(1) {
                body[line] = renumbered(dice, &body[line].clone());
            }
        }
        4 => {
            let smaller = draft.smaller();
            new = dice.pick(&smaller).clone();
        }
        5 => {
            // A statement of another song.
            let other = write::song(dice, effects);
            let lines: Vec<&String> = other.strips.iter().flat_map(|(_, body)| body).collect();
            if !lines.is_empty() {
                let line = dice.pick(&lines).to_string();
                let body = &mut new.strips[strip].1;
                body.insert(dice.below(body.len() + 1), line);
            }
        }
        6 => {
            let other = write::song(dice, effects);
            let body = dice.pick(&other.strips).1.clone();
            new.strips.insert(strip, (format!("track n{}", dice.below(1000)), body));
        }
        7 => {
            // Another name, wherever it is said.
            let name = new.strips[strip].0.split(' ').nth(1).unwrap_or("t0").to_string();
            let (from, to) = (name, format!("r{}", dice.below(1000)));
            for (head, body) in &mut new.strips {
                let say = |line: &str| line.split(' ').map(|w| if w == from { to.as_str() } else { w }).collect::<Vec<_>>().join(" ");
                *head = say(head);
                body.iter_mut().for_each(|line| *line = say(line));
            }
        }
        8 => {
            let buses: Vec<String> = new.strips.iter().filter_map(|(head, _)| head.strip_prefix("bus ").map(str::to_string)).collect();
            if !buses.is_empty() {
                let line = format!("send {} -{}dB", dice.pick(&buses), dice.below(30));
                new.strips[strip].1.push(line);
            }
        }
        9 => {
            let other = dice.below(new.strips.len());
            new.strips.swap(strip, other);
        }
        _ => new.head.push(dice.pick(&["// a remark", "", "seed 7", "title \"other\""]).to_string()),
    }
    new
}

/// Diagnostics with the places they have for a reader: files of the library are numbered as they are met.
fn said(analysis: &Analysis) -> Vec<String> {
    let one = |d: &Diagnostic| {
        let place = |s: mixdown_syntax::Span| {
            let name = analysis.sources.file(s.file).map_or("", |f| &f.name);
            format!("{name}:{}..{}", s.start, s.end)
        };
        let labels: Vec<_> = d.labels.iter().map(|l| (place(l.span), &l.text)).collect();
        format!("{} {} {:?} {labels:?}", d.code, d.message, d.help)
    };
    analysis.diagnostics.iter().map(one).collect()
}

fn built(session: &Session, song: &Song) -> (Analysis, Option<Result<Built, Vec<Diagnostic>>>) {
    let analysis = session.analyse(song, "song.mix", &Default::default());
    let lower = LowerOptions { deliver: vec!["track.t0".into(), "bus.b0".into()], ..LowerOptions::default() };
    let options = BuildOptions { runner: Runner::Jit, lower, count_spills: false, threads: 1 };
    let made = analysis.mix.as_ref().map(|mix| {
        session.build(mix, &options).map_err(|stop| match stop {
            mixdown::exit::Stop::Diagnostics(list, _) => list,
            _ => panic!("the compiler refuses a kernel"),
        })
    });
    (analysis, made)
}

/// Whether it could be played.
fn compare(session: &Session, song: &Song, play: bool) -> bool {
    let (whole, full) = built(&Session::default(), song);
    let (edited, again) = built(session, song);
    assert_eq!(said(&whole), said(&edited), "{}", song.text);
    let (Some(mut mix), Some(other)) = (whole.mix, edited.mix) else {
        assert!(full.is_none() && again.is_none(), "{}", song.text);
        return false;
    };
    // Effects have their places in files of the library.
    let effects = |list: &[std::sync::Arc<mixdown_analysis::body::Effect>]| list.iter().map(|e| e.name.clone()).collect::<Vec<_>>();
    assert_eq!(effects(&mix.effects), effects(&other.effects), "{}", song.text);
    mix.effects = other.effects.clone();
    assert_eq!(mix, other, "{}", song.text);
    let (full, again) = match (full, again) {
        (Some(Ok(full)), Some(Ok(again))) => (full, again),
        (Some(Err(full)), Some(Err(again))) => {
            let codes = |list: &[Diagnostic]| list.iter().map(|d| (d.code.clone(), d.message.clone())).collect::<Vec<_>>();
            assert_eq!(codes(&full), codes(&again), "{}", song.text);
            return false;
        }
        _ => panic!("one is refused and the other is not\n{}", song.text),
    };
    assert_eq!(full.lowered.program, again.lowered.program, "{}", song.text);
    assert!(full.lowered.kernels == again.lowered.kernels, "other kernels\n{}", song.text);
    assert!(full.lowered.controls == again.lowered.controls, "other control code\n{}", song.text);
    if play {
        let how = How::default();
        let (a, b) = (song.play::<f32>(&mix, &full, &how), song.play::<f32>(&mix, &again, &how));
        let (a, b) = (a.expect("played"), b.expect("played"));
        for (name, planes) in &a.outputs {
            assert_eq!(difference(planes, b.strip(name)), None, "`{name}`\n{}", song.text);
        }
    }
    true
}

#[test]
fn a_session_makes_of_every_edit_what_is_made_from_nothing() {
    let effects: Vec<Known> = library()
        .into_iter()
        .filter(|k| k.takes_input && k.params.iter().all(|p| p.range.is_some() || p.default.is_some()))
        .collect();
    let (mut good, mut refused, mut kernels, mut kept) = (0, 0, 0, 0);
    let session = Session::default();
    for seed in 0..SONGS {
        let mut dice = Dice::new(1000 + seed);
        let mut draft = write::song(&mut dice, &effects);
        compare(&session, &draft.song(), true);
        for edit in 0..EDITS {
            let before = draft.clone();
            draft = edited(&mut dice, &draft, &effects);
            if draft.strips.is_empty() {
                draft = before;
                continue;
            }
            let song = draft.song();
            if compare(&session, &song, edit % 5 == 0) {
                good += 1;
                let (_, made) = built(&session, &song);
                if let Some(Ok(made)) = made {
                    // The same text again: nothing is left to do.
                    assert_eq!(made.kernels_from_cache, made.lowered.kernels.len());
                    kernels += made.lowered.kernels.len();
                    kept += made.strips_from_cache;
                }
            } else {
                refused += 1;
                // A text that is wrong is mostly mended.
                if dice.below(8) > 0 {
                    draft = before;
                }
            }
        }
    }
    println!("{good} edits, {refused} refused; {kernels} kernels, {kept} strips");
    assert!(good > refused, "too many edits are refused to mean anything");
}
