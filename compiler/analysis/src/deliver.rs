//! `deliver`: which files are made. Always true: output paths are different; fields of the template are filled in,
//! except `{track}` and `{bus}` of stems, which are filled in per strip.

use crate::args::{Callee, ParamSpec, Signature};
use crate::codes;
use crate::eval::Cond;
use crate::eval::env::Env;
use crate::eval::value::Value;
use crate::mix::{Delivery, DeliveryFormat};
use crate::modules::suggest;
use crate::names::ModuleId;
use crate::session::Session;
use crate::types::Type;
use crate::units::describe;
use mixdown_syntax::tree::{self, Arg, CodeKind, ExprKind, Ident};
use mixdown_syntax::{Diagnostic, Span};

const FORMATS: &[(&str, DeliveryFormat)] =
    &[("wav", DeliveryFormat::Wav), ("flac", DeliveryFormat::Flac), ("stems", DeliveryFormat::Stems)];

impl Session<'_> {
    /// All deliveries of the song.
    pub(crate) fn deliveries(&mut self) -> Vec<Delivery> {
        let mut out = Vec::new();
        let blocks: Vec<_> = self.strips.deliver.iter().map(|b| (b.block.clone(), b.env.clone())).collect();
        for (block, env) in blocks {
            self.deliver_block(&block, &env, &mut out);
        }
        let mut seen: Vec<(String, Span)> = Vec::new();
        for delivery in &out {
            if let Some((_, first)) = seen.iter().find(|(t, _)| *t == delivery.template) {
                self.report(
                    Diagnostic::error(
                        &codes::E0561,
                        delivery.span,
                        format!("two deliveries write `{}`", delivery.template),
                    )
                    .label(*first, "the first one")
                    .help("give one of them another file name"),
                );
            }
            seen.push((delivery.template.clone(), delivery.span));
        }
        out
    }

    fn deliver_block(&mut self, block: &tree::Block, env: &Env, out: &mut Vec<Delivery>) {
        let mut env = env.inner();
        for stmt in &block.stmts {
            match &stmt.kind {
                CodeKind::Let(it) => env = self.let_statement(it, &env),
                CodeKind::For(it) => {
                    for item in self.items(&it.iter, &env) {
                        let inner = self.bind(&it.pattern, item, env.inner(), it.iter.span);
                        self.deliver_block(&it.body, &inner, out);
                    }
                }
                CodeKind::Expr(tree::Expr { kind: ExprKind::If(cond, then, otherwise), .. }) => {
                    match self.fixed_condition(cond, &env) {
                        Cond::Known(true) => self.deliver_block(then, &env, out),
                        Cond::Known(false) => {
                            if let Some(otherwise) = otherwise {
                                self.deliver_block(otherwise, &env, out);
                            }
                        }
                        _ => {}
                    }
                }
                CodeKind::Expr(tree::Expr { kind: ExprKind::Call(callee, args), span }) => {
                    out.extend(self.delivery(callee, args, *span, &env));
                }
                _ => self.report(
                    Diagnostic::error(&codes::E0560, stmt.span, "`deliver` holds files to make")
                        .help("write `wav(\"out/{title}.wav\", bits: 24)`, `flac( … )` or `stems( … )`"),
                ),
            }
        }
    }

    fn delivery(&mut self, callee: &tree::Expr, args: &[Arg], span: Span, env: &Env) -> Option<Delivery> {
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
        let (file, rest): (Vec<&Arg>, Vec<&Arg>) =
            args.iter().partition(|a| a.name.as_ref().is_none_or(|n| n.name == "file"));
        let rest: Vec<Arg> = rest.into_iter().cloned().collect();
        let Some(file) = file.first() else {
            self.report(
                Diagnostic::error(&codes::E0560, word.span, format!("`{name}` needs a file name"))
                    .help(format!("write `{name}(\"out/{{title}}.wav\")`")),
            );
            return None;
        };
        let template = self.template(&file.value, *format, env);
        let bound = self.bind_args(&signature, &rest, None, word.span, env)?;
        let template = template?;
        let value = |i: usize| bound.get(i).and_then(|b| b.as_ref());
        let number = |i: usize| match value(i) {
            Some((Value::Quantity(x, _), at)) => Some((*x, *at)),
            _ => None,
        };
        let (bits, at) = number(0).unwrap_or((24.0, span));
        let allowed: &[f64] = if *format == DeliveryFormat::Flac { &[16.0, 24.0] } else { &[16.0, 24.0, 32.0] };
        if !allowed.contains(&bits) {
            self.report(
                Diagnostic::error(&codes::E0560, at, format!("`{name}` has no {bits} bits"))
                    .help(if allowed.len() == 2 { "write 16 or 24" } else { "write 16, 24 or 32 (float)" }),
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
        Some(Delivery { format: *format, template, bits: bits as u32, dither, sample_rate, without, only, set, span })
    }

    /// The file name with its fields filled in.
    fn template(&mut self, file: &tree::Expr, format: DeliveryFormat, env: &Env) -> Option<String> {
        let mut scope = env.inner();
        let fields = [("title", self.song.title.clone()), ("artist", self.song.artist.clone())];
        for (name, value) in fields {
            let value = match value {
                Some(text) => Value::text(clean(&text)),
                None if uses(file, name) && !self.broken_name(name) => {
                    self.report(
                        Diagnostic::error(
                            &codes::E0562,
                            file.span,
                            format!("the song has no `{name}` for this file name"),
                        )
                        .help(format!("write `{name} \"…\"` at the top of the song")),
                    );
                    Value::Error
                }
                None => Value::Error,
            };
            scope = scope.with(name, value, file.span);
        }
        for name in ["track", "bus", "section"] {
            let value = match (name, format) {
                ("track" | "bus", DeliveryFormat::Stems) => Value::text(format!("{{{name}}}")),
                _ if uses(file, name) => {
                    let help = if name == "section" {
                        "leave it out; a delivery is the whole song"
                    } else {
                        "`{track}` and `{bus}` belong to `stems( … )`, which makes one file for each"
                    };
                    self.report(
                        Diagnostic::error(
                            &codes::E0562,
                            file.span,
                            format!("`{{{name}}}` has no value in this file name"),
                        )
                        .help(help),
                    );
                    Value::Error
                }
                _ => Value::Error,
            };
            scope = scope.with(name, value, file.span);
        }
        let text = match self.eval(file, &scope) {
            Value::Text(text) => text.to_string(),
            Value::Error | Value::Unknown(_) => return None,
            other => {
                let what = describe(&other.ty());
                self.report(
                    Diagnostic::error(&codes::E0562, file.span, format!("a file name is a text, and this is {what}"))
                        .help("write `\"out/{title}.wav\"`"),
                );
                return None;
            }
        };
        let lower = text.to_lowercase();
        let fits = match format {
            DeliveryFormat::Wav => lower.ends_with(".wav"),
            DeliveryFormat::Flac => lower.ends_with(".flac"),
            DeliveryFormat::Stems => lower.ends_with(".wav") || lower.ends_with(".flac"),
        };
        if !fits {
            let ending = if format == DeliveryFormat::Flac { ".flac" } else { ".wav" };
            self.report(
                Diagnostic::error(&codes::E0562, file.span, format!("`{text}` does not end like the file it is"))
                    .help(format!("end it with `{ending}`")),
            );
            return None;
        }
        if format == DeliveryFormat::Stems && !text.contains("{track}") && !text.contains("{bus}") {
            self.report(
                Diagnostic::error(&codes::E0562, file.span, "all stems would have one file name")
                    .help("put the name of the strip into it: `stems(\"out/stems/{bus}.wav\")`"),
            );
            return None;
        }
        Some(text)
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
    };
    let params = vec![
        param("bits", Some(Type::Number)),
        param("dither", Some(Type::Switch)),
        param("sample_rate", Some(Type::Frequency)),
        param("without", None),
        param("only", None),
        param("set", None),
    ];
    Signature { name: name.to_string(), callee: Callee::Effect, params }
}

/// Whether a file name has a field.
fn uses(file: &tree::Expr, field: &str) -> bool {
    let named = |e: &tree::Expr| matches!(&e.kind, ExprKind::Name(Ident { name, .. }) if name == field);
    match &file.kind {
        ExprKind::Str(parts) => parts.iter().any(|p| matches!(p, tree::StrPart::Expr(e) if uses(e, field))),
        ExprKind::Call(_, args) => args.iter().any(|a| uses(&a.value, field)),
        _ => named(file),
    }
}

/// A value as part of a file name.
fn clean(text: &str) -> String {
    text.chars().map(|c| if "/\\:*?\"<>|".contains(c) || c.is_control() { '_' } else { c }).collect()
}
