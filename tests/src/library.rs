//! The standard library as the analysis knows it: every public effect with its parameters, and calls of it as text.

use crate::rig::{How, Song};
use crate::signal::Dice;
use mixdown::build::Runner;
use mixdown_analysis::body::Param;
use mixdown_analysis::types::Type;
use mixdown_syntax::tree::{Expr, ExprKind, File, ItemKind, TypeExpr};
use mixdown_syntax::{FileId, parse};
use std::sync::LazyLock;

/// An effect or generator of the standard library.
#[derive(Clone, Debug)]
pub struct Known {
    /// Its name.
    pub name: String,
    /// Its parameters.
    pub params: Vec<Param>,
    /// Whether it takes a signal.
    pub takes_input: bool,
    /// Only stereo signals fit.
    pub stereo_only: bool,
    /// Channels that come out of one, and of two.
    pub widths: [usize; 2],
    /// A value for each parameter that has no default.
    plain: Vec<Option<String>>,
}

/// Coefficients of the raw filters, which have no range because what is stable hangs on all of them together.
const RAW: &[(&str, &str)] = &[("p0", "0.9"), ("pass", "0.009"), ("p1", "0.02"), ("p2", "0.0002"), ("d1", "0.02"), ("d2", "0.0002")];

/// Every public effect. Panics where one cannot be called by what its text declares: nothing is left out.
pub fn library() -> Vec<Known> {
    static ALL: LazyLock<Vec<Known>> = LazyLock::new(read);
    ALL.clone()
}

fn read() -> Vec<Known> {
    let mut all = Vec::new();
    for name in mixdown_std_lib::names() {
        let (_, text) = mixdown_std_lib::declares(name).expect("a name of the library");
        let (file, _) = parse(FileId(0), text);
        if effect(&file, name).is_none() {
            continue;
        }
        let plain = plain_values(&file, name);
        let mut known = Known { name: name.into(), params: Vec::new(), takes_input: true, stereo_only: false, widths: [1, 2], plain };
        known.params = declared(&file, name);
        let effect = {
            let call = known.call(&[]);
            let as_effect = Song::new(format!("length 1s\ntrack t {{ source \"x.wav\"\n {call} }}")).with("x.wav", vec![vec![0.0; 48]]);
            let as_source = Song::new(format!("length 1s\ntrack t {{ source {call} }}"));
            let mix = as_effect.mix().or_else(|e| as_source.mix().map_err(|f| format!("{e}\n{f}")));
            let mix = mix.unwrap_or_else(|e| panic!("`{name}` cannot be called as `{call}`: {e}"));
            mix.effects.into_iter().find(|e| e.name == name).expect("the effect that was called")
        };
        known.params = effect.params.clone();
        known.takes_input = effect.takes_input;
        if known.takes_input {
            let [mono, stereo] = [1, 2].map(|channels| width_after(&known.call(&[]), channels));
            known.stereo_only = mono.is_none();
            known.widths = [mono.unwrap_or(2), stereo.unwrap_or(2)];
        }
        all.push(known);
    }
    all
}

/// Channels that come out of so many; `None` where the lowering says that it asks for stereo.
fn width_after(call: &str, channels: usize) -> Option<usize> {
    let text = format!("length 1s\ntrack t {{ source \"x.wav\"\n {call} }}");
    let song = Song::new(text).with("x.wav", vec![vec![0.0; 48]; channels]);
    let how = How { runner: Runner::Interpreter, deliver: vec!["track.t".into()], ..How::default() };
    match song.mix().and_then(|mix| song.build::<f32>(&mix, &how)) {
        Ok(built) => built.lowered.program.outputs.iter().find(|o| o.name == "track.t").map(|o| o.channels.len()),
        Err(e) if e.contains("E0821") => None,
        Err(e) => panic!("{call}: {e}"),
    }
}

/// A chain of the library: a list of processors with parameters.
#[derive(Clone, Debug)]
pub struct Chain {
    /// Its name.
    pub name: String,
    /// Its parameters, each with the two ends of its range as they are written.
    pub params: Vec<(String, [String; 2])>,
}

/// Every chain. Panics where a parameter has no range.
pub fn chains() -> Vec<Chain> {
    let mut all = Vec::new();
    for name in mixdown_std_lib::names() {
        let (_, text) = mixdown_std_lib::declares(name).expect("a name of the library");
        let (file, _) = parse(FileId(0), text);
        let decl = file.items.iter().find_map(|i| match &i.kind {
            ItemKind::Chain(d) if d.name.name == name => Some(d),
            _ => None,
        });
        let Some(decl) = decl else { continue };
        // Chains of files are tried with files that tell something.
        if decl.params.iter().any(|p| matches!(&p.ty, Some(TypeExpr::Name(n)) if n.name == "File")) {
            continue;
        }
        let params = decl.params.iter().map(|p| {
            let Some(Expr { kind: ExprKind::Binary(_, _, low, high), .. }) = &p.range else {
                panic!("{name}: `{}` has no range", p.name.name)
            };
            let written = |e: &Expr| text[e.span.start as usize..e.span.end as usize].to_string();
            (p.name.name.clone(), [written(low), written(high)])
        });
        all.push(Chain { name: name.into(), params: params.collect() });
    }
    all
}

/// Names and defaults only, before the analysis has seen it.
fn declared(file: &File, name: &str) -> Vec<Param> {
    let Some(decl) = effect(file, name) else { return Vec::new() };
    let param = |p: &mixdown_syntax::tree::Param| Param {
        name: p.name.name.clone(),
        ty: Type::Number,
        constant: p.constant,
        default: None,
        range: None,
        values: Vec::new(),
        count: None,
        doc: String::new(),
    };
    decl.params.iter().map(param).collect()
}

fn effect<'a>(file: &'a File, name: &str) -> Option<&'a mixdown_syntax::tree::Decl> {
    file.items.iter().find_map(|i| match &i.kind {
        ItemKind::Effect(d) if d.name.name == name => Some(&**d),
        _ => None,
    })
}

fn plain_values(file: &File, name: &str) -> Vec<Option<String>> {
    let Some(decl) = effect(file, name) else { return Vec::new() };
    let value = |p: &mixdown_syntax::tree::Param| {
        if p.default.is_some() {
            return None;
        }
        if let Some((_, raw)) = RAW.iter().find(|(n, _)| *n == p.name.name) {
            return Some(raw.to_string());
        }
        let ty = match &p.ty {
            Some(TypeExpr::Name(n)) => n.name.as_str(),
            _ => "Number",
        };
        let (low, high) = p.range.as_ref().and_then(ends).unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
        Some(match ty {
            "Frequency" if !(low..=high).contains(&1300.0) => format!("{}Hz", (low * high).sqrt()),
            "Frequency" => "1.3kHz".into(),
            "Level" => "4dB".into(),
            "dBFS" => "-9dBFS".into(),
            "dBTP" | "Ceiling" => "-9dBTP".into(),
            "Time" => "11ms".into(),
            "File" => "\"ir.wav\"".into(),
            _ => "0.4".into(),
        })
    };
    decl.params.iter().map(value).collect()
}

/// The ends of a written range of frequencies, in hertz.
fn ends(range: &Expr) -> Option<(f64, f64)> {
    let number = |e: &Expr| match &e.kind {
        ExprKind::Quantity(q) => Some(q.value * if q.unit.as_ref().is_some_and(|u| u.name == "kHz") { 1e3 } else { 1.0 }),
        _ => None,
    };
    match &range.kind {
        ExprKind::Binary(_, _, low, high) => Some((number(low)?, number(high)?)),
        _ => None,
    }
}

impl Known {
    /// A call with these parameters written, and the plain values of those that must be.
    pub fn call(&self, given: &[(&str, String)]) -> String {
        let args = self.params.iter().enumerate().filter_map(|(i, p)| {
            let own = given.iter().find(|(n, _)| *n == p.name).map(|(_, v)| v.clone());
            let value = own.or_else(|| self.plain.get(i).cloned().flatten())?;
            Some(format!("{}: {value}", p.name))
        });
        format!("{}({})", self.name, args.collect::<Vec<_>>().join(", "))
    }

    /// Whether a random value can be made for a parameter: it has a range, or is a switch or a choice.
    pub fn varies(p: &Param) -> bool {
        p.range.is_some() || matches!(p.ty, Type::Switch | Type::Choice(_))
    }

    /// A random call: each parameter is written once in two; where it is `moving` it may be a curve or an LFO, and
    /// follow one of the strips in `heard` sample by sample.
    pub fn random(&self, dice: &mut Dice, moving: bool, heard: &[String]) -> String {
        let mut given = Vec::new();
        for p in &self.params {
            if Self::varies(p) && (dice.once_in(2)) {
                let value = match dice.below(if moving && may_move(p) { 7 } else { 1 }) {
                    1 | 2 => motion(p, dice),
                    3 if !heard.is_empty() => following(p, &heard[dice.below(heard.len())], dice),
                    _ => value(p, dice),
                };
                given.push((p.name.as_str(), value));
            }
        }
        self.call(&given)
    }
}

/// Whether a parameter takes curves.
pub fn may_move(p: &Param) -> bool {
    !p.constant && p.range.is_some() && !matches!(p.ty, Type::Switch | Type::Choice(_) | Type::Signal)
}

/// The part of a range that tests use: finite, and without lengths that make a short test silent.
pub fn span(p: &Param) -> (f64, f64) {
    let (low, high) = p.range.unwrap_or((0.0, 1.0));
    let low = if low.is_finite() { low } else { -60.0 };
    match p.ty {
        Type::Level => (low.max(-60.0), high.min(24.0)),
        Type::Frequency => (low, high.min(20_000.0)),
        Type::Time if low < 0.0 => (-0.02, 0.02),
        Type::Time => (low, high.min(0.2).max(low)),
        _ => (low, high),
    }
}

/// A random value of a parameter as text.
pub fn value(p: &Param, dice: &mut Dice) -> String {
    match &p.ty {
        Type::Switch => if dice.once_in(2) { "on" } else { "off" }.into(),
        Type::Choice(words) => dice.pick(words).clone(),
        _ => {
            let (low, high) = span(p);
            let x = if matches!(p.ty, Type::Frequency | Type::Time) && low > 0.0 {
                low * (high / low).powf(dice.unit())
            } else {
                dice.between(low, high)
            };
            // Now and then an end of the range.
            let x = *dice.pick(&[x, x, x, x, x, low, high]);
            let text = written(p, x);
            if p.ty == Type::Ceiling && dice.once_in(2) { text.replace("dBTP", "dBFS") } else { text }
        }
    }
}

/// A number in a parameter's unit; the nearest of its values where it has steps only.
pub fn written(p: &Param, x: f64) -> String {
    let x = p.values.iter().copied().min_by(|a, b| (a - x).abs().total_cmp(&(b - x).abs())).unwrap_or(x);
    // Rounded inwards, so that an end of a range stays in it.
    let (low, high) = p.range.unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
    let x = ((x * 1e6).round() / 1e6).clamp(low, high);
    let unit = match p.ty {
        Type::Level => "dB",
        Type::DbFs => "dBFS",
        Type::DbTp | Type::Ceiling => "dBTP",
        Type::Time => "s",
        Type::Frequency => "Hz",
        Type::Interval => "oct",
        _ => "",
    };
    format!("{x}{unit}")
}


/// A value that follows another strip at audio rate.
pub fn following(p: &Param, strip: &str, dice: &mut Dice) -> String {
    let mut still = p.clone();
    if p.ty == Type::Ceiling {
        still.ty = Type::DbTp;
    }
    let (a, b) = (value(&still, dice), value(&still, dice));
    format!("({a} + ({b} - {a}) * loudest({strip}))")
}

/// A curve or an LFO over a parameter's range.
pub fn motion(p: &Param, dice: &mut Dice) -> String {
    let mut still = p.clone();
    // Curves of frequencies go by ratios and need ends of one sign.
    let (low, high) = span(p);
    still.range = Some((if p.ty == Type::Frequency { low.max(0.01) } else { low }, high));
    if p.ty == Type::Ceiling {
        still.ty = dice.pick(&[Type::DbTp, Type::DbFs]).clone();
    }
    let v = |dice: &mut Dice| value(&still, dice);
    let (a, b, c) = (v(dice), v(dice), v(dice));
    let at = |dice: &mut Dice, low: f64, high: f64| format!("@{:.5}s", dice.between(low, high));
    match dice.below(4) {
        0 => format!("lfo({:.3}Hz, low: {a}, high: {b})", dice.between(0.5, 40.0)),
        1 => format!("lfo({:.3}Hz, shape: {}, low: {a}, high: {b})", dice.between(0.5, 20.0), dice.pick(&["square", "saw", "triangle"])),
        2 => format!("curve [{a}, {} => {b} over {:.4}s, {} => {c}]", at(dice, 0.01, 0.1), dice.between(0.001, 0.08), at(dice, 0.2, 0.28)),
        _ => format!("curve linear [{} => {a}, {} => {b}, {} => {c}]", at(dice, 0.0, 0.05), at(dice, 0.06, 0.15), at(dice, 0.16, 0.29)),
    }
}
