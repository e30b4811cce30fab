//! Functions on texts. Always true: they never look at anything but their arguments.

use super::Args;
use crate::codes;
use crate::eval::value::Value;
use crate::session::Session;
use crate::units::describe;
use mixdown_syntax::Diagnostic;

impl Session<'_> {
    pub(super) fn text_function(&mut self, args: &Args) -> Value {
        let text = args.text(0);
        let result = match args.function.name {
            "join" => return self.join(args),
            "split" if args.text(1).is_empty() => text.chars().map(|c| Value::text(c.to_string())).collect(),
            "split" => text.split(args.text(1)).map(Value::text).collect(),
            "contains" => return self.contains(args),
            "starts_with" => return Value::Switch(text.starts_with(args.text(1))),
            "ends_with" => return Value::Switch(text.ends_with(args.text(1))),
            "replace" => {
                let count = text.matches(args.text(1)).count();
                if !self.may_text(text.len() + count.saturating_mul(args.text(2).len()), args.span) {
                    return Value::Error;
                }
                return Value::text(text.replace(args.text(1), args.text(2)));
            }
            "upper" => return Value::text(text.to_uppercase()),
            "lower" => return Value::text(text.to_lowercase()),
            "file_name" => return Value::text(file_name(text)),
            "folder" => return Value::text(text.rsplit_once('/').map_or("", |(folder, _)| folder)),
            _ => {
                let name = file_name(text);
                return Value::text(name.rsplit_once('.').map_or(name, |(stem, _)| stem));
            }
        };
        Value::list(result)
    }

    fn join(&mut self, args: &Args) -> Value {
        let Some(list) = args.get(0) else { return Value::Error };
        let mut out = String::new();
        for (i, item) in self.items_of(list.clone(), args.span(0)).iter().enumerate() {
            if i > 0 {
                out.push_str(args.text(1));
            }
            match self.print(item) {
                Some(text) => out.push_str(&text),
                None if item.is_error() => return Value::Error,
                None => {
                    let what = describe(&item.ty());
                    return self.fault(
                        Diagnostic::error(&codes::E0323, args.span(0), format!("{what} cannot stand in a text"))
                            .help("join lists of texts, numbers and quantities"),
                    );
                }
            }
            if !self.may_text(out.len(), args.span) {
                return Value::Error;
            }
        }
        Value::text(out)
    }

    fn contains(&mut self, args: &Args) -> Value {
        let (Some(whole), Some(part)) = (args.get(0), args.get(1)) else { return Value::Error };
        match (whole, part) {
            (Value::Text(whole), Value::Text(part)) => Value::Switch(whole.contains(&**part)),
            (Value::List(_) | Value::Range(_) | Value::Tuple(_), part) => {
                let items = self.items_of(whole.clone(), args.span(0));
                let wanted = self.print(part);
                Value::Switch(wanted.is_some() && items.iter().any(|item| self.print(item) == wanted))
            }
            (other, _) => self.fault(
                Diagnostic::error(&codes::E0336, args.span(0), format!("{} contains nothing", describe(&other.ty())))
                    .help("look inside a text or a list: `contains(name, \"gtr\")`"),
            ),
        }
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}
