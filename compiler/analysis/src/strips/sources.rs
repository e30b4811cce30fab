//! `source` and `clips`: where a track's audio comes from. Always true: every file in a [`Source`] has one or two
//! channels that are taken, clips ascend as written, fades fit into their clip.

use super::clips::ClipValue;
use crate::codes;
use crate::eval::callee_path;
use crate::eval::env::Env;
use crate::eval::value::Value;
use crate::limits::LONGEST_SONG;
use crate::mix::{Clip, FadeShape, FileRef, Source};
use crate::modules::Place;
use crate::names::{Callable, Names};
use crate::session::Session;
use crate::types::Type;
use crate::units::{describe, say};
use mixdown_syntax::tree::{self, Arg, ExprKind};
use mixdown_syntax::{Diagnostic, Span};
use std::rc::Rc;

impl Session<'_> {
    pub(super) fn source(&mut self, value: &tree::Expr, args: &[Arg], env: &Env) -> Option<Source> {
        if let Some(fault) = self.bare_path(value) {
            self.report(fault);
            return None;
        }
        if let Some(source) = self.generator(value, args, env) {
            return source;
        }
        let found = self.eval(value, env);
        let mut channel = None;
        for arg in args {
            match arg.name.as_ref().map(|n| n.name.as_str()) {
                Some("channel") => channel = Some((self.channel_value(&arg.value, env), arg.value.span)),
                Some(other) => self.report(
                    Diagnostic::error(&codes::E0521, arg.span, format!("`source` has no parameter `{other}`"))
                        .help("it takes `channel: left`; for a place or fades write `clips [ clip(\"…\", at: @9) ]`"),
                ),
                None => self
                    .report(Diagnostic::error(&codes::E0521, arg.span, "`source` takes one file").help(
                        "write one track for each file, or `clips [ clip(\"a.wav\"), clip(\"b.wav\", at: @9) ]`",
                    )),
            }
        }
        match found {
            Value::Text(path) => {
                let file = self.file_ref(&path, value.span, channel)?;
                Some(Source::File(file))
            }
            Value::Clip(_) | Value::List(_) => self.clip_list(found, value.span),
            Value::Error | Value::Unknown(_) => None,
            other => {
                let what = describe(&other.ty());
                self.report(
                    Diagnostic::error(
                        &codes::E0521,
                        value.span,
                        format!("`source` takes a file or a generator, and this is {what}"),
                    )
                    .help("write `source \"stems/kick.wav\"` or `source sine(440Hz, level: -12dB)`"),
                );
                None
            }
        }
    }

    /// `source stems/kick.wav`: a path that is written without quotes reads as a division of fields.
    fn bare_path(&self, value: &tree::Expr) -> Option<Diagnostic> {
        let mut last = value;
        while let ExprKind::Binary(_, _, _, right) = &last.kind {
            last = right;
        }
        let ExprKind::Field(_, ending) = &last.kind else { return None };
        if !mixdown_syntax::AUDIO.contains(&ending.name.to_lowercase().as_str()) {
            return None;
        }
        let path = format!("\"{}\"", self.sources.text(value.span));
        let fault = Diagnostic::error(&codes::E0521, value.span, "a path is written in quotes");
        Some(fault.help(format!("write `source {path}`")).fix("put it in quotes", value.span, path))
    }

    /// `sine(440Hz)`, a bare `silence`. `None` where the text is no generator; `Some(None)` after a fault.
    fn generator(&mut self, value: &tree::Expr, args: &[Arg], env: &Env) -> Option<Option<Source>> {
        let (path, call_args): (_, &[Arg]) = match &value.kind {
            ExprKind::Call(callee, args) => (callee_path(callee)?, args),
            ExprKind::Name(name) => (vec![name.clone()], &[]),
            _ => return None,
        };
        if path.len() == 1 && env.find(&path[0].name).is_some() {
            return None;
        }
        if let ExprKind::Name(name) = &value.kind
            && self.value_span(env.module, &name.name).is_some()
        {
            return None;
        }
        let decl = match self.find_callable(env.module, &path, Place::Processor) {
            Ok(Callable::Effect(decl)) => decl,
            Ok(Callable::Chain(_)) => {
                self.report(
                    Diagnostic::error(
                        &codes::E0521,
                        value.span,
                        format!("`{}` is a chain, not a source", path[path.len() - 1].name),
                    )
                    .help("write the file as `source`, and the chain on a line of its own below it"),
                );
                return Some(None);
            }
            Ok(_) => return None,
            Err(fault) => {
                self.report(fault);
                return Some(None);
            }
        };
        let Some(id) = self.effect(&decl) else { return Some(None) };
        let effect = self.typed(id);
        if effect.takes_input {
            self.report(
                Diagnostic::error(&codes::E0521, value.span, format!("`{}` works on audio and makes none", effect.name))
                    .help("a source is a file or a generator (`sine`, `white_noise`, `impulse`, `silence`); write the effect below it"),
            );
            return Some(None);
        }
        if let Some(arg) = args.first() {
            self.report(
                Diagnostic::error(&codes::E0521, arg.span, "a generator's parameters stand in its brackets")
                    .help(format!("write `source {}( … )`", effect.name)),
            );
            return Some(None);
        }
        self.modules.used.insert(Rc::as_ptr(&decl.decl));
        let name_span = path[0].span.to(path[path.len() - 1].span);
        let Some(args) = self.effect_args(id, call_args, name_span, env) else { return Some(None) };
        self.above_half(id, &args, 1);
        let call = crate::body::EffectCall { effect: id, input: None, args, path: "source".into() };
        Some(Some(Source::Generator(Box::new(call))))
    }

    pub(super) fn clips(&mut self, value: &tree::Expr, env: &Env) -> Option<Source> {
        let found = self.eval(value, env);
        self.clip_list(found, value.span)
    }

    fn clip_list(&mut self, value: Value, span: Span) -> Option<Source> {
        let items = match value {
            Value::List(items) => Rc::unwrap_or_clone(items),
            Value::Error | Value::Unknown(_) => return None,
            single => vec![single],
        };
        let mut clips: Vec<(Rc<ClipValue>, FileRef)> = Vec::new();
        let mut ok = true;
        for item in items {
            match item {
                Value::Clip(clip) => match self.file_ref(&clip.path, clip.path_span, clip.channel.clone()) {
                    Some(file) => clips.push((clip, file)),
                    None => ok = false,
                },
                Value::Error | Value::Unknown(_) => ok = false,
                other => {
                    let what = describe(&other.ty());
                    self.report(
                        Diagnostic::error(
                            &codes::E0525,
                            span,
                            format!("`clips` is a list of clips, and this is {what}"),
                        )
                        .help("write `clips [ clip(\"takes/verse.wav\", at: verse.start) ]`"),
                    );
                    ok = false;
                }
            }
        }
        if ok && clips.is_empty() {
            self.report(
                Diagnostic::error(&codes::E0525, span, "a list of clips without a clip")
                    .help("write `clips [ clip(\"takes/verse.wav\", at: verse.start) ]`"),
            );
            ok = false;
        }
        ok.then(|| Source::Clips(self.placed(clips)))
    }

    /// Clips as the Mix holds them: lengths within their files, crossfades carried out.
    fn placed(&mut self, clips: Vec<(Rc<ClipValue>, FileRef)>) -> Vec<Clip> {
        let mut out: Vec<Clip> = Vec::with_capacity(clips.len());
        for (clip, file) in clips {
            let available = self.available(&file, clip.from);
            if available == 0 {
                let length = self.seconds_of(&file);
                self.report(
                    Diagnostic::error(
                        &codes::E0525,
                        clip.span,
                        format!("`{}` is over before this clip begins", clip.path),
                    )
                    .at(format!("the file lasts {}", say(length, &Type::Time)))
                    .help("lower `from:`"),
                );
                continue;
            }
            if let Some(length) = clip.length
                && length > available
            {
                let short = (length - available) as f64 / f64::from(self.song.timeline.rate);
                self.report(
                    Diagnostic::warning(
                        &codes::E0524,
                        clip.span,
                        format!("`{}` ends before this clip does", clip.path),
                    )
                    .at(format!("silence for the last {}", say(short, &Type::Time)))
                    .help("shorten `length:`, or repeat the clip with `loop:`"),
                );
            }
            let pass = clip.length.map_or(available, |l| l.min(available));
            let sounding = pass.saturating_mul(u64::from(clip.repeat));
            let end = u64::try_from(clip.at).unwrap_or(0).saturating_add(sounding);
            if end > u64::from(self.song.timeline.rate) * LONGEST_SONG {
                self.report(
                    Diagnostic::error(&codes::E0525, clip.span, "this clip ends more than a day after the song begins")
                        .help("a song lasts a day at most; look at `at:` and `loop:`"),
                );
                continue;
            }
            let mut fade_in = clip.fade_in;
            let mut fade = clip.fade.unwrap_or(FadeShape::Linear);
            if let Some(cross) = clip.crossfade {
                fade_in = cross;
                fade = clip.fade.unwrap_or(FadeShape::Power);
                self.crossfade(&clip, cross, fade, out.last_mut());
            }
            if fade_in + clip.fade_out > sounding {
                self.report(
                    Diagnostic::error(&codes::E0525, clip.span, "the fades of this clip are longer than the clip")
                        .help("shorten `fade_in:` and `fade_out:` so that both fit"),
                );
            }
            out.push(Clip {
                source: file,
                at: clip.at,
                from: clip.from,
                length: clip.length,
                repeat: clip.repeat,
                reverse: clip.reverse,
                gain: clip.gain,
                fade_in,
                fade_out: clip.fade_out,
                fade,
                span: clip.span,
            });
        }
        out
    }

    /// The clip before is cut where this one has come in, and fades out while it does.
    fn crossfade(&mut self, clip: &ClipValue, cross: u64, shape: FadeShape, before: Option<&mut Clip>) {
        let Some(before) = before else {
            self.report(
                Diagnostic::error(&codes::E0525, clip.span, "no clip stands before this one to fade from")
                    .help("write `fade_in:` instead of `crossfade:`"),
            );
            return;
        };
        let rate = f64::from(self.song.timeline.rate);
        let audio = &self.audio.list[before.source.file as usize];
        let file = (audio.frames as f64 * rate / f64::from(audio.rate)) as u64;
        let pass = before.length.unwrap_or(u64::MAX).min(file.saturating_sub(before.from));
        let end = before.at + (pass.saturating_mul(u64::from(before.repeat))) as i64;
        let wanted = clip.at + cross as i64;
        if end < wanted || clip.at <= before.at {
            let short = (wanted - end).max(0) as f64 / rate;
            self.report(
                Diagnostic::error(&codes::E0525, clip.span, "the clip before does not reach into this crossfade")
                    .label(before.span, format!("ends {} too early", say(short, &Type::Time)))
                    .help("start this clip earlier, or shorten `crossfade:`"),
            );
            return;
        }
        if before.repeat == 1 {
            before.length = Some((wanted - before.at) as u64);
        }
        before.fade_out = cross;
        before.fade = shape;
    }

    fn seconds_of(&self, file: &FileRef) -> f64 {
        let audio = &self.audio.list[file.file as usize];
        audio.frames as f64 / f64::from(audio.rate.max(1))
    }

    /// Samples of the mix's rate that a file has after an offset.
    fn available(&self, file: &FileRef, from: u64) -> u64 {
        let samples = self.seconds_of(file) * f64::from(self.song.timeline.rate);
        (samples.ceil() as u64).saturating_sub(from)
    }

    fn channel_value(&mut self, e: &tree::Expr, env: &Env) -> Value {
        let words = Type::Choice(vec!["left".into(), "right".into()]);
        self.eval_want(e, env, Some(&words))
    }

    /// A file and the channel that is taken of it.
    fn file_ref(&mut self, path: &str, span: Span, channel: Option<(Value, Span)>) -> Option<FileRef> {
        let file = self.audio_file(path, span)?;
        let channels = self.audio.list[file as usize].channels;
        let Some((value, at)) = channel else {
            if channels > 2 {
                self.report(
                    Diagnostic::error(&codes::E0520, span, format!("`{path}` has {channels} channels"))
                        .at("which of them?")
                        .help("a track is mono or stereo: pick one with a comma and `channel: 1` behind the file, and make a track for each"),
                );
                return None;
            }
            return Some(FileRef { file, channel: None });
        };
        let picked = match value {
            Value::Word(word) if word == "left" => 1.0,
            Value::Word(word) if word == "right" => 2.0,
            Value::Quantity(n, Type::Number) => n,
            // Where nothing wants a word, `left` and `right` are functions of the language.
            Value::Function(f) if f.is_named("left") => 1.0,
            Value::Function(f) if f.is_named("right") => 2.0,
            Value::Error => return None,
            _ => 0.0,
        };
        if picked.fract() != 0.0 || picked < 1.0 || picked > f64::from(channels) {
            self.report(Diagnostic::error(&codes::E0520, at, format!("`{path}` has no such channel")).help(
                match channels {
                    1 => "it is mono: leave out `channel:`".to_string(),
                    2 => "write `channel: left`, `channel: right`, or leave it out for both".to_string(),
                    n => format!("write a number from 1 to {n}"),
                },
            ));
            return None;
        }
        Some(FileRef { file, channel: Some(picked as u32 - 1) })
    }
}
