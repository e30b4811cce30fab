//! `deliver`: which files are made. Always true: output paths are different; what a delivery does not say is settled.

mod template;

use crate::args::{Callee, ParamSpec, Signature};
use crate::codes;
use crate::eval::env::Env;
use crate::eval::value::Value;
use crate::mix::{Delivery, DeliveryFormat, Section};
use crate::modules::suggest;
use crate::names::ModuleId;
use crate::session::Session;
use crate::types::Type;
use crate::variants::twice;
use mixdown_syntax::tree::{self, Arg, ExprKind};
use mixdown_syntax::{Diagnostic, Span, TAGS};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

const FORMATS: &[(&str, DeliveryFormat)] =
    &[("wav", DeliveryFormat::Wav), ("flac", DeliveryFormat::Flac), ("stems", DeliveryFormat::Stems)];

/// Most different `set:` of one song.
const MOST_SETS: usize = 32;
/// Most files of one song.
const MOST_FILES: usize = 500;

impl Session<'_> {
    /// All deliveries of the song.
    pub(crate) fn deliveries(&mut self, sections: &[Section]) -> Vec<Delivery> {
        let mut out = Vec::new();
        let blocks: Vec<_> = self.strips.deliver.iter().map(|b| (b.block.clone(), b.env.clone())).collect();
        for (block, env) in blocks {
            self.each_line(&block, &env, &mut |session, line, env| {
                let span = match line {
                    Ok(tree::Expr { kind: ExprKind::Call(callee, args), span }) => {
                        out.extend(session.delivery(callee, args, *span, env, sections).into_iter().flatten());
                        return;
                    }
                    Ok(other) => other.span,
                    Err(span) => span,
                };
                session.report(
                    Diagnostic::error(&codes::E0560, span, "`deliver` holds files to make")
                        .help("write `wav(\"out/{title}.wav\", bits: 24)`, `flac( … )` or `stems( … )`"),
                );
            });
        }
        self.one_file_each(&out);
        self.few_enough(&out);
        out
    }

    /// Every `set:` is a mix of its own, made from the text up, and all files of a mix are open at once.
    fn few_enough(&mut self, all: &[Delivery]) {
        let mut sets: HashSet<&[(String, String)]> = HashSet::new();
        let too_many = all.iter().enumerate().find_map(|(i, delivery)| {
            sets.insert(&delivery.set);
            let what = match (sets.len() > MOST_SETS, i >= MOST_FILES) {
                (true, _) => format!("more than {MOST_SETS} different `set:` in one song"),
                (_, true) => format!("more than {MOST_FILES} files of one song"),
                _ => return None,
            };
            Some((delivery.span, what))
        });
        if let Some((at, message)) = too_many {
            let help = "deliver them in several renders, with `--set` on the command line";
            self.report(Diagnostic::error(&codes::E0564, at, message).help(help));
        }
    }

    fn one_file_each(&mut self, all: &[Delivery]) {
        let mut seen: HashMap<(&str, &[(String, String)]), &Delivery> = HashMap::new();
        for delivery in all {
            // Another value of an option may give a file another name: such are compared when that is known.
            match seen.entry((&delivery.template, &delivery.set)) {
                Entry::Occupied(first) => self.report(twice(first.get(), delivery)),
                Entry::Vacant(slot) => {
                    slot.insert(delivery);
                }
            }
        }
    }

    /// The files of one line: one, or one a section. `None` after a fault.
    fn delivery(
        &mut self,
        callee: &tree::Expr,
        args: &[Arg],
        span: Span,
        env: &Env,
        sections: &[Section],
    ) -> Option<Vec<Delivery>> {
        let ExprKind::Name(word) = &callee.kind else {
            self.report(
                Diagnostic::error(&codes::E0560, callee.span, "this is no kind of file")
                    .help("write `wav( … )`, `flac( … )` or `stems( … )`"),
            );
            return None;
        };
        let Some((name, format)) = FORMATS.iter().find(|(w, _)| *w == word.name) else {
            let fault = Diagnostic::error(&codes::E0560, word.span, format!("`deliver` cannot make `{}`", word.name));
            let names: Vec<&str> = FORMATS.iter().map(|(w, _)| *w).collect();
            self.report(suggest(fault, word, &names, "it makes"));
            return None;
        };
        let signature = signature(name);
        // The fields of the file name exist in it only, so it is evaluated apart from the rest.
        let file = args.iter().position(|a| a.name.as_ref().is_none_or(|n| n.name == "file"));
        let rest: Vec<Arg> = args.iter().enumerate().filter(|(i, _)| Some(*i) != file).map(|(_, a)| spelled(a)).collect();
        let Some(file) = file.map(|i| &args[i]) else {
            self.report(
                Diagnostic::error(&codes::E0560, word.span, format!("`{name}` needs a file name"))
                    .help(format!("write `{name}(\"out/{{title}}.wav\")`")),
            );
            return None;
        };
        let names = self.file_names(&file.value, *format, env, sections);
        let bound = self.bind_args(&signature, &rest, None, word.span, env)?;
        let names = names?;
        let value = |i: usize| bound.get(i).and_then(|b| b.as_ref());
        let number = |i: usize| match value(i) {
            Some((Value::Quantity(x, _), at)) => Some((*x, *at)),
            _ => None,
        };
        let (bits, at) = number(0).unwrap_or((24.0, span));
        let flac = *format == DeliveryFormat::Flac || names.iter().any(|(n, _)| n.to_lowercase().ends_with(".flac"));
        let allowed: &[f64] = if flac { &[16.0, 24.0] } else { &[16.0, 24.0, 32.0] };
        if !allowed.contains(&bits) {
            self.report(
                Diagnostic::error(&codes::E0560, at, format!("`{name}` has no {bits} bits"))
                    .help(if allowed.len() == 2 { "write 16 or 24" } else { "write 16, 24 or 32f" }),
            );
            return None;
        }
        let sample_rate = match number(2) {
            Some((hz, _)) if hz.fract() == 0.0 && (8_000.0..=384_000.0).contains(&hz) => Some(hz as u32),
            Some((_, at)) => {
                self.report(
                    Diagnostic::error(&codes::E0560, at, "this is no sample rate of a file")
                        .help("write a whole number of hertz from 8kHz to 384kHz, such as `44.1kHz`"),
                );
                return None;
            }
            None => None,
        };
        let dither = match value(1) {
            Some((Value::Switch(on), _)) => Some(*on),
            _ => None,
        };
        let mut strips = [Vec::new(), Vec::new()];
        for (i, list) in strips.iter_mut().enumerate() {
            if let Some((value, at)) = value(3 + i).cloned() {
                let decls = self.strip_list(value, at);
                *list = decls.into_iter().filter_map(|d| self.strips.id(d)).collect();
            }
        }
        let [without, only] = strips;
        let set = match value(5).cloned() {
            Some((value, at)) => self.delivery_set(&value, at, env.module),
            None => Vec::new(),
        };
        let own = match value(6).cloned() {
            Some((value, at)) => self.delivery_tags(&value, at),
            None => Vec::new(),
        };
        let tags = self.tags(own);
        let (loudness, ceiling) = self.delivery_loudness(name, number(7), number(8))?;
        let (format, bits) = (*format, bits as u32);
        let delivery = Delivery { format, template: String::new(), part: None, bits, dither, sample_rate, loudness, ceiling, without, only, set, tags, span };
        Some(names.into_iter().map(|(template, part)| Delivery { template, part, ..delivery.clone() }).collect())
    }

    /// `loudness: -14LUFS, ceiling: -1dBTP`.
    fn delivery_loudness(
        &mut self,
        name: &str,
        loudness: Option<(f64, Span)>,
        ceiling: Option<(f64, Span)>,
    ) -> Option<(Option<f64>, Option<f64>)> {
        let fault = match (loudness, ceiling) {
            (Some((_, at)) , _) | (_, Some((_, at))) if name == "stems" => Some((
                at,
                "stems keep their levels: they add up to what the master hears",
                "deliver a `wav` or `flac` to a loudness",
            )),
            (Some((x, at)), _) if !(-70.0..=0.0).contains(&x) => {
                Some((at, "no file has this loudness", "write a loudness from -70LUFS to 0LUFS, such as `-14LUFS`"))
            }
            (None, Some((_, at))) => Some((
                at,
                "a ceiling bounds the gain that leads to a loudness, and none is asked for",
                "write `loudness: -14LUFS` beside it; peaks are held by `limiter(ceiling: -1dBTP)` in the master",
            )),
            (_, Some((x, at))) if !(-60.0..=0.0).contains(&x) => {
                Some((at, "this is no ceiling of a file", "write a true peak from -60dBTP to 0dBTP, such as `-1dBTP`"))
            }
            _ => None,
        };
        if let Some((at, message, help)) = fault {
            self.report(Diagnostic::error(&codes::E0560, at, message).help(help));
            return None;
        }
        Some((loudness.map(|l| l.0), ceiling.map(|c| c.0)))
    }

    /// What a file says of itself: the song's words, and its own before them. An empty text takes a word out.
    fn tags(&self, own: Vec<(String, String)>) -> Vec<(String, String)> {
        let song = self.song.all_tags().into_iter().filter(|(name, _)| own.iter().all(|(n, _)| n != name));
        let mut tags: Vec<(String, String)> = song.chain(own.iter().cloned()).filter(|(_, text)| !text.is_empty()).collect();
        tags.sort_by_key(|(name, _)| TAGS.iter().position(|t| t == name));
        tags
    }

    /// `tags: (album: "Singles", comment: "for the vinyl")`.
    fn delivery_tags(&mut self, value: &Value, at: Span) -> Vec<(String, String)> {
        let Value::Record(fields) = value else {
            if !value.is_error() {
                let help = "write `tags: (album: \"Singles\", comment: \"for the vinyl\")`";
                self.report(Diagnostic::error(&codes::E0563, at, "`tags` takes words by name").help(help));
            }
            return Vec::new();
        };
        let mut out = Vec::new();
        for (name, value) in fields.iter() {
            if !TAGS.contains(&name.as_str()) {
                let ident = tree::Ident { name: name.clone(), span: at };
                let fault = Diagnostic::error(&codes::E0563, at, format!("files know no tag `{name}`"));
                self.report(suggest(fault, &ident, TAGS, "they know"));
                continue;
            }
            match self.print(value) {
                Some(text) => {
                    if self.may_tag(name, &text, at) {
                        out.push((name.clone(), text));
                    }
                }
                None if value.is_error() => {}
                None => {
                    let fault = Diagnostic::error(&codes::E0563, at, format!("the tag `{name}` is a text"));
                    self.report(fault.help(format!("write `tags: ({name}: \"…\")`")));
                }
            }
        }
        out
    }

    /// `set: (vocal_up: 1dB)`.
    fn delivery_set(&mut self, value: &Value, at: Span, module: ModuleId) -> Vec<(String, String)> {
        let Value::Record(fields) = value else {
            if !value.is_error() {
                self.report(
                    Diagnostic::error(&codes::E0506, at, "`set` takes options by name")
                        .help("write `set: (vocal_up: 1dB)`"),
                );
            }
            return Vec::new();
        };
        let mut out = Vec::new();
        for (name, value) in fields.iter() {
            match self.option_fits(module, name, value.clone(), at) {
                Ok(Some(text)) => out.push((name.clone(), text)),
                Ok(None) => {}
                Err(fault) => self.report(fault),
            }
        }
        out
    }
}

fn signature(name: &str) -> Signature {
    let param = |name: &str, ty: Option<Type>| ParamSpec {
        name: name.to_string(),
        ty,
        constant: true,
        optional: true,
        default: None,
        range: None,
        values: Vec::new(),
        count: None,
        doc: String::new(),
    };
    let params = vec![
        param("bits", Some(Type::Number)),
        param("dither", Some(Type::Switch)),
        param("sample_rate", Some(Type::Frequency)),
        param("without", None),
        param("only", None),
        param("set", None),
        param("tags", None),
        param("loudness", Some(Type::Lufs)),
        param("ceiling", Some(Type::DbTp)),
    ];
    Signature { name: name.to_string(), callee: Callee::Effect, params }
}

/// `32f` is how 32 bits are spoken of that are floats; a number in a script has no such unit.
fn spelled(arg: &Arg) -> Arg {
    let mut arg = arg.clone();
    if let (Some("bits"), ExprKind::Quantity(q)) = (arg.name.as_ref().map(|n| n.name.as_str()), &mut arg.value.kind)
        && q.value == 32.0
        && q.unit.as_ref().is_some_and(|u| u.name == "f")
    {
        q.unit = None;
    }
    arg
}
