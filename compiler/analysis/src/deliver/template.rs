//! File names of deliveries. Always true: their fields are filled in, except `{track}` and `{bus}` of stems, which are
//! filled in per strip.

use crate::codes;
use crate::eval::env::Env;
use crate::eval::value::Value;
use crate::mix::{DeliveryFormat, Section};
use crate::session::Session;
use crate::units::describe;
use mixdown_syntax::tree::{self, ExprKind, Ident};
use mixdown_syntax::{Diagnostic, Span};

/// A file name, and the part of the song that belongs into it: first sample, and one past the last.
pub(super) type Named = (String, Option<(u64, Option<u64>)>);

impl Session<'_> {
    /// The file names of one delivery: one, or one a section where `{section}` stands in it. `None` after a fault.
    pub(super) fn file_names(
        &mut self,
        file: &tree::Expr,
        format: DeliveryFormat,
        env: &Env,
        sections: &[Section],
    ) -> Option<Vec<Named>> {
        let scope = self.fields(file, format, env);
        if !uses(file, "section") {
            return Some(vec![(self.file_name(file, format, &scope)?, None)]);
        }
        if sections.is_empty() {
            let fault = Diagnostic::error(&codes::E0562, file.span, "the song has no sections for `{section}`")
                .help("declare them: `sections { verse @1, @17   chorus @9 .. @17 }`, or leave the field out");
            self.report(fault);
            return None;
        }
        let mut out = Vec::new();
        for (index, section) in sections.iter().enumerate() {
            for (i, (start, end)) in section.spans.iter().enumerate() {
                // Names hold no `-`, so the numbers of repeats never make two sections one.
                let name = if section.spans.len() == 1 { section.name.clone() } else { format!("{}-{}", section.name, i + 1) };
                let sample = |s: i64| u64::try_from(s).unwrap_or(0);
                let (start, end) = (sample(*start), end.map(sample));
                if self.song.length.is_some_and(|length| start >= length) {
                    let at = self.song.sections[index].name.span;
                    let fault = Diagnostic::error(&codes::E0565, file.span, format!("the file of `{name}` would hold no audio"))
                        .label(at, "begins where the song has ended")
                        .help("move the section into the song, or make the song's `length` longer");
                    self.report(fault);
                    return None;
                }
                let scope = scope.with("section", Value::text(name), file.span);
                out.push((self.file_name(file, format, &scope)?, Some((start, end))));
            }
        }
        Some(out)
    }

    /// The names that exist in a file name only.
    fn fields(&mut self, file: &tree::Expr, format: DeliveryFormat, env: &Env) -> Env {
        let mut scope = env.inner();
        let song = [("title", self.song.title.clone()), ("artist", self.song.artist.clone())];
        for (name, text) in song {
            let value = match text {
                Some(text) => Value::text(clean(&text)),
                None if uses(file, name) && !self.broken_name(name) => self.fault(
                    Diagnostic::error(&codes::E0562, file.span, format!("the song has no `{name}` for this file name"))
                        .help(format!("write `{name} \"…\"` at the top of the song")),
                ),
                None => Value::Error,
            };
            scope = scope.with(name, value, file.span);
        }
        for name in ["track", "bus"] {
            let value = if format == DeliveryFormat::Stems {
                Value::text(format!("{{{name}}}"))
            } else if uses(file, name) {
                self.fault(
                    Diagnostic::error(&codes::E0562, file.span, format!("`{{{name}}}` has no value in this file name"))
                        .help("`{track}` and `{bus}` belong to `stems( … )`, which makes one file for each"),
                )
            } else {
                Value::Error
            };
            scope = scope.with(name, value, file.span);
        }
        scope
    }

    fn file_name(&mut self, file: &tree::Expr, format: DeliveryFormat, scope: &Env) -> Option<String> {
        let text = match self.eval(file, scope) {
            Value::Text(text) => text.to_string(),
            Value::Error | Value::Unknown(_) => return None,
            other => {
                let what = describe(&other.ty());
                let message = format!("a file name is a text, and this is {what}");
                return self.refuse(file.span, message, "write `\"out/{title}.wav\"`");
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
            let message = format!("`{text}` does not end like the file it is");
            return self.refuse(file.span, message, format!("end it with `{ending}`"));
        }
        let name = lower.rsplit('/').next().unwrap_or_default();
        if matches!(name, ".wav" | ".flac") {
            let message = format!("`{text}` is an ending without a name");
            return self.refuse(file.span, message, "a text in it is empty: write `title \"…\"`, or a name before the ending");
        }
        if format == DeliveryFormat::Stems && !text.contains("{track}") && !text.contains("{bus}") {
            let help = "put the name of the strip into it: `stems(\"out/stems/{bus}.wav\")`";
            return self.refuse(file.span, "all stems would have one file name", help);
        }
        Some(text)
    }

    fn refuse<T>(&mut self, at: Span, message: impl Into<String>, help: impl Into<String>) -> Option<T> {
        self.report(Diagnostic::error(&codes::E0562, at, message.into()).help(help.into()));
        None
    }
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
