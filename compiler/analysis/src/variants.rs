//! The mix again, for each `set:` of a delivery. Always true: what is wrong or odd only there is said once, in the
//! song's own texts, with the options that make it so; no two files of all variants have one name.

use crate::analyse::{Analysis, Variant};
use crate::codes;
use crate::mix::Delivery;
use mixdown_syntax::{Diagnostic, FileId, Label, SourceMap, Span};
use std::collections::HashMap;

/// Options and values.
type Set = Vec<(String, String)>;

/// The `set:` of deliveries, each once, with the first place of each.
pub(crate) fn sets(deliveries: &[Delivery]) -> Vec<(Set, Span)> {
    let mut sets: Vec<(Set, Span)> = Vec::new();
    for d in deliveries {
        if !d.set.is_empty() && sets.iter().all(|(set, _)| *set != d.set) {
            sets.push((d.set.clone(), d.span));
        }
    }
    sets
}

impl Analysis {
    /// Takes in what the mix is with the options of a `set:`, and what is to be said of that alone. `false` where it is
    /// no mix, and so neither is the whole.
    pub(crate) fn add_variant(&mut self, set: Set, at: Span, mut found: Analysis) -> bool {
        let values: Vec<String> = set.iter().map(|(name, value)| format!("`{name}` {value}")).collect();
        let why = Label { span: at, text: format!("in the mix of this file, with {}", values.join(", ")) };
        for mut fault in found.diagnostics {
            rehome(&mut fault, &found.sources, &mut self.sources);
            if self.diagnostics.iter().all(|known| !same(known, &fault)) {
                fault.labels.push(why.clone());
                self.diagnostics.push(fault);
            }
        }
        self.diagnostics.sort_by_key(|d| (d.span().file, d.span().start));
        found.dependencies.retain(|d| !self.dependencies.contains(d));
        self.dependencies.extend(found.dependencies);
        match found.mix {
            Some(mix) => self.variants.push(Variant { set, mix }),
            None => self.mix = None,
        }
        self.mix.is_some()
    }

    /// Compares the names of files of different variants; those of one have been compared in it.
    pub(crate) fn one_file_each(&mut self) {
        let Some(mix) = &self.mix else { return };
        let mut taken: HashMap<&str, &Delivery> = HashMap::new();
        let mut faults = Vec::new();
        let plain = mix.deliveries.iter().filter(|d| d.set.is_empty());
        let others = self.variants.iter().flat_map(|v| v.mix.deliveries.iter().filter(|d| d.set == v.set));
        for delivery in plain.chain(others) {
            match taken.get(delivery.template.as_str()) {
                Some(first) => faults.push(twice(first, delivery)),
                None => _ = taken.insert(&delivery.template, delivery),
            }
        }
        if !faults.is_empty() {
            self.mix = None;
            self.diagnostics.extend(faults);
            self.diagnostics.sort_by_key(|d| (d.span().file, d.span().start));
        }
    }
}

/// The fault of a file that another delivery writes already.
pub(crate) fn twice(first: &Delivery, second: &Delivery) -> Diagnostic {
    Diagnostic::error(&codes::E0561, second.span, format!("two deliveries write `{}`", second.template))
        .label(first.span, "the first one")
        .help("give one of them another file name")
}

/// Whether two diagnostics say the same of the same place.
fn same(a: &Diagnostic, b: &Diagnostic) -> bool {
    (&a.code, &a.message, a.span()) == (&b.code, &b.message, b.span())
}

/// Moves the places of a diagnostic from one set of texts to the same texts in another.
fn rehome(fault: &mut Diagnostic, from: &SourceMap, to: &mut SourceMap) {
    let spans = fault.labels.iter_mut().map(|l| &mut l.span).chain(fault.fixes.iter_mut().map(|f| &mut f.span));
    for span in spans {
        let Some(file) = from.file(span.file) else { continue };
        let known: Option<FileId> = to.files().find(|(_, f)| f.name == file.name && f.text == file.text).map(|(id, _)| id);
        span.file = known.unwrap_or_else(|| to.add(file.name.clone(), file.text.clone()));
    }
}
