//! `clip("takes/verse.wav", at: verse.start, …)`: a value that a `clips [ … ]` puts on the timeline. Always true:
//! lengths that hang on a place (fades in beats, `length: 4bars`) are worked out where the clip lies.

use super::settings::LOUDEST;
use crate::codes;
use crate::eval::ScriptArgs;
use crate::eval::value::{Pos, Value};
use crate::mix::FadeShape;
use crate::session::Session;
use crate::types::Type;
use crate::units::{describe, say};
use mixdown_syntax::{Diagnostic, Span};
use std::rc::Rc;

/// A clip before it is put into a strip.
#[derive(Clone, Debug)]
pub(crate) struct ClipValue {
    /// Its file.
    pub path: String,
    /// Where the file is named.
    pub path_span: Span,
    /// Sample where it starts.
    pub at: i64,
    /// Samples of the mix's rate that are left out of the file's beginning.
    pub from: u64,
    /// Samples of one pass.
    pub length: Option<u64>,
    /// Gain in dB.
    pub gain: f64,
    /// Samples.
    pub fade_in: u64,
    /// Samples.
    pub fade_out: u64,
    /// Samples over which the clip before fades into this one.
    pub crossfade: Option<u64>,
    /// Shape of the fades; `None` is straight for fades and equal power for crossfades.
    pub fade: Option<FadeShape>,
    /// How often.
    pub repeat: u32,
    /// Backwards.
    pub reverse: bool,
    /// Which channel.
    pub channel: Option<(Value, Span)>,
    /// The call.
    pub span: Span,
}

impl Session<'_> {
    /// Makes the value of a `clip(…)`.
    pub(crate) fn clip(&mut self, args: &ScriptArgs) -> Value {
        let at = match args.named("at") {
            Some((Value::Position(p), _)) => *p,
            _ => Pos::Seconds(0.0),
        };
        let from = args.number("from").unwrap_or(0.0);
        let gain = args.number("gain").unwrap_or(0.0);
        let mut ok = true;
        if from < 0.0 {
            let span = args.named("from").map_or(args.span, |a| a.1);
            self.report(
                Diagnostic::error(&codes::E0525, span, "a clip cannot start before its file does")
                    .help("write `from:` as the time that is left out at the beginning; to place it later, move `at:`"),
            );
            ok = false;
        }
        if gain > LOUDEST {
            let span = args.named("gain").map_or(args.span, |a| a.1);
            self.report(
                Diagnostic::error(&codes::E0525, span, format!("a gain of {}", say(gain, &Type::Level)))
                    .help("gains of clips end at +144dB, as faders do"),
            );
            ok = false;
        }
        if self.song.timeline.sample(at) < 0 {
            let span = args.named("at").map_or(args.span, |a| a.1);
            self.report(
                Diagnostic::error(&codes::E0525, span, "this clip starts before the song does")
                    .help("give the song a `pickup`, or cut the clip's beginning with `from:`"),
            );
            ok = false;
        }
        let length = self.clip_length(args, "length", at, &mut ok);
        if length == Some(0) {
            let span = args.named("length").map_or(args.span, |a| a.1);
            self.report(
                Diagnostic::error(&codes::E0525, span, "a clip of no length")
                    .help("write how long it plays, or leave `length:` out"),
            );
            ok = false;
        }
        let fade_in = self.clip_length(args, "fade_in", at, &mut ok).unwrap_or(0);
        let fade_out = self.clip_length(args, "fade_out", at, &mut ok).unwrap_or(0);
        let crossfade = self.clip_length(args, "crossfade", at, &mut ok);
        let repeat = match args.named("loop") {
            None => 1,
            Some((Value::Quantity(n, _), _)) if n.fract() == 0.0 && (1.0..=100_000.0).contains(n) => *n as u32,
            Some((_, span)) => {
                self.report(
                    Diagnostic::error(&codes::E0525, span, "`loop` says how often a clip plays")
                        .help("write a whole number from 1 to 100000: `loop: 4`"),
                );
                ok = false;
                1
            }
        };
        if !ok {
            return Value::Error;
        }
        let fade = match args.named("fade") {
            Some((Value::Word(word), _)) => match word.as_str() {
                "power" => Some(FadeShape::Power),
                "smooth" => Some(FadeShape::Smooth),
                _ => Some(FadeShape::Linear),
            },
            _ => None,
        };
        let time = &self.song.timeline;
        Value::Clip(Rc::new(ClipValue {
            path: args.text(0).to_string(),
            path_span: args.span(0),
            at: time.sample(at),
            from: time.samples(from),
            length,
            gain,
            fade_in,
            fade_out,
            crossfade,
            fade,
            repeat,
            reverse: matches!(args.named("reverse"), Some((Value::Switch(true), _))),
            channel: args.named("channel").map(|(v, s)| (v.clone(), s)),
            span: args.span,
        }))
    }

    /// A length of a clip in samples, forward from where the clip lies.
    fn clip_length(&mut self, args: &ScriptArgs, name: &str, at: Pos, ok: &mut bool) -> Option<u64> {
        let (value, span) = args.named(name)?;
        let end = self.shift(at, value, 1.0);
        let time = &self.song.timeline;
        let samples = end.map(|end| time.sample(end) - time.sample(at));
        match samples.map(u64::try_from) {
            Some(Ok(samples)) => Some(samples),
            Some(Err(_)) => {
                self.report(
                    Diagnostic::error(&codes::E0525, span, format!("`{name}` of a clip is not negative"))
                        .help(format!("write a length, such as `{name}: 5ms`")),
                );
                *ok = false;
                None
            }
            None => {
                let what = describe(&value.ty());
                if value.ty() != Type::Error {
                    self.report(
                        Diagnostic::error(
                            &codes::E0525,
                            span,
                            format!("`{name}` of a clip takes a length, and this is {what}"),
                        )
                        .help(format!("write `{name}: 5ms` or `{name}: 1beat`")),
                    );
                }
                *ok = false;
                None
            }
        }
    }
}
