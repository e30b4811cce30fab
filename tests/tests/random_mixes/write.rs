//! Writes random songs of 0.3 s: sources, processors with random parameters, wrappers, keys, sends, buses, movement.

use super::draft::Draft;
use mixdown_tests::library::{Known, motion};
use mixdown_analysis::body::Param;
use mixdown_analysis::types::Type;
use mixdown_tests::signal::Dice;

/// What stands around the statement that is written.
struct Place<'a> {
    effects: &'a [Known],
    /// Strips that a key may name.
    heard: &'a [String],
    /// Buses that a send may name.
    buses: &'a [String],
    /// The signal is surely stereo.
    stereo: bool,
    depth: usize,
    /// Inside a wrapper that takes no sends.
    closed: bool,
    /// Product of the oversampling around.
    times: usize,
}

/// A whole song.
pub fn song(dice: &mut Dice, effects: &[Known]) -> Draft {
    let mut head = vec!["tempo 600bpm".to_string(), "sections { a @1\n b @1.2\n c @1.3 }".into()];
    // A tail costs a second at least: a few songs show how they end.
    let endless = !dice.once_in(12);
    if endless {
        head.push("length 0.3s".into());
    }
    if dice.once_in(3) {
        head.push(format!("pan_law {}", dice.pick(&["0dB", "3dB", "4.5dB", "6dB"])));
    }
    let tracks: Vec<String> = (0..1 + dice.below(5)).map(|i| format!("t{i}")).collect();
    let buses: Vec<String> = (0..dice.below(4)).map(|i| format!("b{i}")).collect();
    let mut strips: Vec<(String, Vec<String>)> = Vec::new();
    for (i, name) in tracks.iter().enumerate() {
        // Equal tracks share a pack.
        if i > 0 && dice.once_in(3) {
            let like = dice.below(i);
            let same = strips[like].1[0].clone();
            // What works for stereo may refuse a mono source.
            let source = match same.as_str() {
                "source \"mono.wav\"" => "source \"noise.wav\"".into(),
                _ => same,
            };
            let mut body = vec![source];
            if dice.once_in(2) {
                body.push(format!("fader {}", level(dice)));
            }
            strips.push((format!("track {name} like t{like}"), body));
            continue;
        }
        let (source, stereo) = source(dice, endless);
        let mut place = Place { effects, heard: &tracks[..i], buses: &buses, stereo, depth: 0, closed: false, times: 1 };
        let mut body = vec![source];
        body.extend(way(dice, &mut place));
        body.extend(end(dice, &place, &buses));
        strips.push((format!("track {name}"), body));
    }
    for (i, name) in buses.iter().enumerate() {
        let heard: Vec<String> = tracks.iter().chain(&buses[..i]).cloned().collect();
        let mut place = Place { effects, heard: &heard, buses: &buses[i + 1..], stereo: false, depth: 0, closed: false, times: 1 };
        let mut body = way(dice, &mut place);
        body.extend(end(dice, &place, &buses[i + 1..]));
        strips.push((format!("bus {name}"), body));
    }
    if dice.once_in(4) {
        let list: Vec<&str> = tracks.iter().take(2).map(String::as_str).collect();
        strips.push(("group g".into(), vec![list.join(", "), format!("fader {}", level(dice))]));
    }
    let mut place = Place { effects, heard: &tracks, buses: &[], stereo: true, depth: 0, closed: true, times: 1 };
    strips.push(("master".into(), way(dice, &mut place)));
    // A sharp filter that is swayed at twice its frequency swings itself up: no matter in 0.3 s, but in a tail.
    if !endless && strips.iter().any(|(_, body)| body.iter().any(|s| s.contains("lfo("))) {
        head.push("length 0.3s".into());
    }
    Draft { head, strips }
}

fn source(dice: &mut Dice, endless: bool) -> (String, bool) {
    match dice.below(if endless { 9 } else { 6 }) {
        0 | 1 => ("source \"mono.wav\"".into(), false),
        2 => ("source \"noise.wav\"".into(), false),
        3 => ("source \"stereo.wav\"".into(), true),
        4 => (format!("source \"stereo.wav\", channel: {}", dice.pick(&["left", "right"])), false),
        5 => {
            let at = dice.between(0.0, 0.15);
            let more = dice.pick(&["", ", reverse: on", ", loop: 3", ", fade_in: 3ms", ", gain: -3dB"]);
            (format!("clips [ clip(\"short.wav\", at: @{at:.4}s{more}), clip(\"mono.wav\", at: @0.05s, from: 50ms) ]"), true)
        }
        6 => ("source white_noise(-12dB)".into(), false),
        7 => (format!("source sine({:.2}Hz, level: -10dB)", dice.between(40.0, 9000.0)), false),
        _ => ("source pink_noise(-16dB)".into(), false),
    }
}

/// Processors and wrappers.
fn way(dice: &mut Dice, place: &mut Place<'_>) -> Vec<String> {
    // Now and then a strip too long for one kernel.
    let most = if place.depth > 0 { 3 } else { *dice.pick(&[5, 5, 5, 5, 5, 5, 5, 5, 5, 16]) };
    let n = dice.below(most);
    let mut out = Vec::new();
    for _ in 0..n {
        if dice.once_in(4) && place.depth < 2 {
            out.push(wrapper(dice, place));
        } else if !place.closed && !place.buses.is_empty() && dice.once_in(5) {
            out.push(send(dice, place.buses));
        } else {
            out.push(processor(dice, place));
        }
    }
    out
}

fn processor(dice: &mut Dice, place: &mut Place<'_>) -> String {
    let bypass = dice.once_in(15);
    let known = loop {
        let k = dice.pick(place.effects);
        let makes_stereo = k.widths[0] == 2;
        if (k.stereo_only && !place.stereo) || (makes_stereo && place.closed && place.depth > 0) {
            continue;
        }
        // Long reverbs at sixteen times the rate would only cost time.
        if place.times > 4 && makes_stereo {
            continue;
        }
        if !bypass {
            place.stereo = k.widths[usize::from(place.stereo)] == 2;
        }
        break k;
    };
    let mut call = known.random(dice, true, place.heard);
    if place.times > 1 {
        // What oversamples inside an oversampled block may pass sixteen times the rate.
        for word in ["decramp: on", "oversample: 2", "oversample: 4", "oversample: 8", "oversample: 16"] {
            call = call.replace(word, if word.starts_with('d') { "decramp: off" } else { "oversample: 1" });
        }
        if known.params.iter().any(|p| p.name == "oversample") && !call.contains("oversample") {
            call = call.replacen('(', "(oversample: 1, ", 1).replace(", )", ")");
        }
    }
    let mut more = Vec::new();
    if known.params.iter().any(|p| p.name == "key") && !place.heard.is_empty() && dice.once_in(2) {
        more.push(format!("key: {}{}", dice.pick(place.heard), dice.pick(&["", "", ".pre", ".source"])));
    }
    if known.params.iter().all(|p| p.name != "mix") && dice.once_in(4) {
        more.push(format!("mix: {}", unit(dice)));
    }
    if !more.is_empty() {
        let glue = if call.ends_with("()") { "" } else { ", " };
        call = format!("{}{glue}{})", &call[..call.len() - 1], more.join(", "));
    }
    // A source has a point of its own only on tracks.
    for i in 0..4 {
        call = call.replace(&format!("b{i}.source"), &format!("b{i}"));
    }
    if bypass { format!("bypass {call}") } else { call }
}

fn wrapper(dice: &mut Dice, place: &mut Place<'_>) -> String {
    let inside = |dice: &mut Dice, place: &Place<'_>, stereo: bool, closed: bool, times: usize| -> (String, bool) {
        let mut inner = Place { stereo, depth: place.depth + 1, closed: closed || place.closed, times, ..*place };
        let text = way(dice, &mut inner).join("; ");
        (text, inner.stereo)
    };
    let times = place.times;
    let mix = if dice.once_in(4) { format!("(mix: {})", unit(dice)) } else { String::new() };
    match dice.below(if place.stereo { 5 } else { 3 }) {
        0 => {
            let (a, s) = inside(dice, place, place.stereo, false, times);
            let (b, t) = inside(dice, place, place.stereo, false, times);
            place.stereo |= s || t;
            format!("parallel{mix} {{ dry {{ }}\n one {{ {a} }}\n two {{ {b} }} }}")
        }
        1 => {
            let (a, _) = inside(dice, place, place.stereo, true, times);
            let (b, _) = inside(dice, place, place.stereo, true, times);
            format!("bands(200Hz, 3kHz) {{ low {{ {a} }}\n high {{ {b} }} }}")
        }
        2 => {
            let n = *dice.pick(&[2usize, 4]);
            if times * n > 8 {
                return "gain(-1dB)".into();
            }
            let (a, s) = inside(dice, place, place.stereo, true, times * n);
            place.stereo = s;
            format!("oversample {n}x {{ {a} }}")
        }
        3 => {
            let (a, _) = inside(dice, place, false, true, times);
            let (b, _) = inside(dice, place, false, true, times);
            format!("mid_side {{ mid {{ {a} }}\n side {{ {b} }} }}")
        }
        _ => {
            let (a, _) = inside(dice, place, false, true, times);
            format!("left_right{mix} {{ left {{ {a} }} }}")
        }
    }
}

/// Fader, pan, sends, mute, `to`.
fn end(dice: &mut Dice, place: &Place<'_>, buses: &[String]) -> Vec<String> {
    let mut out = Vec::new();
    if dice.once_in(2) {
        out.push(format!("fader {}", heard_level(dice, place.heard)));
        if dice.once_in(3) {
            out.push(format!("ride {:.2}dB during {} over {}ms", dice.between(-9.0, 6.0), dice.pick(&["a", "b", "c"]), 1 + dice.below(40)));
        }
    }
    if dice.once_in(2) {
        out.push(format!("pan {}", pan(dice)));
    }
    if !place.buses.is_empty() && dice.once_in(2) {
        let level = heard_level(dice, place.heard);
        out.push(if dice.once_in(2) { send(dice, place.buses) } else { format!("send {} {level}", dice.pick(place.buses)) });
    }
    if dice.once_in(8) {
        out.push(dice.pick(&["mute", "mute during b", "mute during b over 20ms"]).to_string());
    }
    if !buses.is_empty() && dice.once_in(2) {
        out.push(format!("to {}", dice.pick(buses)));
    }
    out
}

fn send(dice: &mut Dice, buses: &[String]) -> String {
    let pan = if dice.once_in(3) { format!(", pan: {}", pan(dice)) } else { String::new() };
    format!("send {} {}{pan}", dice.pick(buses), level(dice))
}

/// A level that may follow another strip, sample by sample.
fn heard_level(dice: &mut Dice, heard: &[String]) -> String {
    if heard.is_empty() || !dice.once_in(4) {
        return level(dice);
    }
    format!("(-3dB - 9dB * loudest({}))", dice.pick(heard))
}

fn level(dice: &mut Dice) -> String {
    match dice.below(5) {
        0 => motion(&param(Type::Level, -30.0, 3.0), dice),
        1 => format!("{:.2}dB during {} over {}ms else {:.2}dB", dice.between(-20.0, 0.0), dice.pick(&["a", "b"]), 1 + dice.below(30), dice.between(-20.0, 0.0)),
        _ => format!("{:.2}dB", dice.between(-24.0, 3.0)),
    }
}

fn pan(dice: &mut Dice) -> String {
    match dice.below(5) {
        0 => motion(&param(Type::Number, -1.0, 1.0), dice),
        1 => dice.pick(&["L100", "R100", "C"]).to_string(),
        2 => format!("L{}", dice.below(100)),
        _ => format!("R{}", dice.below(100)),
    }
}

/// `mix:` as a constant or moving.
fn unit(dice: &mut Dice) -> String {
    if dice.once_in(3) { motion(&param(Type::Number, 0.0, 1.0), dice) } else { format!("{}%", dice.below(101)) }
}

fn param(ty: Type, low: f64, high: f64) -> Param {
    Param { name: String::new(), ty, constant: false, default: None, range: Some((low, high)), values: Vec::new(), count: None, doc: String::new() }
}
