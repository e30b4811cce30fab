//! The reader. It goes on after a fault, so one reading tells them all.

use super::words::{PURE, Pure, Word, words};
use crate::ir::{Kernel, Kind, Line, Op, Port, Slot, State, Type, Value};
use mixdown_layout::{Float, SlotKind};
use std::collections::HashMap;
use std::fmt;

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextError {
    /// The line, from 1.
    pub line: u32,
    /// What is wrong with it.
    pub message: String,
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for TextError {}

/// Reads one kernel; see the [module](super). It is well formed as text, which [`verify`](crate::verify::verify) knows
/// more about. Errors: everything that is wrong, in order of lines.
pub fn read(text: &str) -> Result<Kernel, Vec<TextError>> {
    let mut reader = Reader::default();
    for (line, text) in (1..).zip(text.lines()) {
        reader.line = line;
        match words(text) {
            Ok(words) if words.is_empty() => {}
            Ok(words) => reader.statement(&words),
            Err(message) => reader.fault(message),
        }
    }
    match reader.kernel {
        Some(kernel) if reader.faults.is_empty() => Ok(kernel),
        Some(_) => Err(reader.faults),
        None => {
            reader.line = 1;
            reader.fault("no kernel: the first line is `kernel name f32`".into());
            Err(reader.faults)
        }
    }
}

#[derive(Default)]
struct Reader {
    line: u32,
    kernel: Option<Kernel>,
    values: HashMap<String, Value>,
    faults: Vec<TextError>,
}

type Fallible<T> = Result<T, String>;

impl Reader {
    fn fault(&mut self, message: String) {
        self.faults.push(TextError { line: self.line, message });
    }

    fn statement(&mut self, words: &[Word]) {
        let Some(kernel) = &mut self.kernel else {
            match head(words) {
                Ok(kernel) => self.kernel = Some(kernel),
                Err(message) => {
                    self.fault(message);
                    // Something for the lines below to stand in.
                    self.kernel = Some(empty(String::new(), Float::F32, 1));
                }
            }
            return;
        };
        let named = words.get(1).is_some_and(|w| !w.quoted && w.text == "=");
        if !named {
            match declaration(kernel, words) {
                Ok(true) if !kernel.body.is_empty() => self.fault("declarations stand above instructions".into()),
                Ok(true) => {}
                Ok(false) => self.instruction(words),
                Err(message) => self.fault(message),
            }
            return;
        }
        let name = words[0].text.clone();
        let at = Value(kernel.body.len() as u32);
        self.instruction(&words[2..]);
        // A value whose line is faulty has a name too: a fault is told once.
        if self.values.insert(name.clone(), at).is_some() {
            self.fault(format!("there is a value `{name}` already"));
        }
    }

    /// Adds the instruction of a line, or something in its place.
    fn instruction(&mut self, words: &[Word]) {
        let op = self.operation(words);
        let op = op.unwrap_or_else(|message| {
            self.fault(message);
            Op::Time
        });
        if let Some(kernel) = &mut self.kernel {
            kernel.body.push(op);
        }
    }

    fn operation(&mut self, words: &[Word]) -> Fallible<Op> {
        let Some((word, rest)) = words.split_first() else { return Err("an operation is missing".into()) };
        if let Some((_, pure)) = PURE.iter().find(|(name, _)| *name == word.text) {
            return Ok(match pure {
                Pure::One(f) => self.values::<1>(rest).map(|[a]| f(a))?,
                Pure::Two(f) => self.values::<2>(rest).map(|[a, b]| f(a, b))?,
                Pure::Three(f) => self.values::<3>(rest).map(|[a, b, c]| f(a, b, c))?,
            });
        }
        let Some(kernel) = &self.kernel else { return Err("no kernel".into()) };
        let (inputs, outputs) = (list(&kernel.inputs, |p| &p.name), list(&kernel.outputs, |p| &p.name));
        let (slots, states) = (list(&kernel.slots, |s| &s.name), list(&kernel.states, |s| &s.name));
        let lines = list(&kernel.lines, |l| &l.name);
        match (word.text.as_str(), rest) {
            ("float", [x]) => Ok(Op::Float(number(x)?)),
            ("int", [x]) => Ok(Op::Int(integer(x)?)),
            ("time", []) => Ok(Op::Time),
            ("input", [r]) => Ok(Op::Input(reference(r, &inputs, "input")?)),
            ("slot", [r]) => Ok(Op::Slot(reference(r, &slots, "slot")?)),
            ("read", [r]) => Ok(Op::ReadState(reference(r, &states, "state")?)),
            ("tap", [r, delay]) => Ok(Op::ReadLine(reference(r, &lines, "line")?, self.value(delay)?)),
            ("write", [r, a]) => Ok(Op::WriteState(reference(r, &states, "state")?, self.value(a)?)),
            ("put", [r, a]) => Ok(Op::WriteLine(reference(r, &lines, "line")?, self.value(a)?)),
            ("output", [r, a]) => Ok(Op::Output(reference(r, &outputs, "output")?, self.value(a)?)),
            ("shl", [a, n]) => Ok(Op::Shl(self.value(a)?, integer(n)?)),
            ("shr", [a, n]) => Ok(Op::Shr(self.value(a)?, integer(n)?)),
            ("channel", [a, c]) => Ok(Op::Channel(self.value(a)?, integer(c)?)),
            ("float" | "int" | "time" | "input" | "slot" | "read" | "tap" | "write" | "put", _)
            | ("output" | "shl" | "shr" | "channel", _) => {
                Err(format!("`{}` with {} operands", word.text, rest.len()))
            }
            _ => Err(format!("there is no operation `{}`", word.text)),
        }
    }

    fn values<const N: usize>(&mut self, words: &[Word]) -> Fallible<[Value; N]> {
        if words.len() != N {
            return Err(format!("{} operands, {N} are wanted", words.len()));
        }
        let mut out = [Value(0); N];
        for (place, word) in out.iter_mut().zip(words) {
            *place = self.value(word)?;
        }
        Ok(out)
    }

    fn value(&self, word: &Word) -> Fallible<Value> {
        let found = self.values.get(&word.text).filter(|_| !word.quoted);
        found.copied().ok_or_else(|| format!("there is no value `{}` above", word.text))
    }
}

fn empty(name: String, float: Float, factor: u32) -> Kernel {
    let (inputs, outputs, slots, states, lines, body) = (vec![], vec![], vec![], vec![], vec![], vec![]);
    Kernel { name, float, factor, inputs, outputs, slots, states, lines, body }
}

fn head(words: &[Word]) -> Fallible<Kernel> {
    let text: Vec<&str> = words.iter().map(|w| w.text.as_str()).collect();
    let (name, float, factor) = match text[..] {
        ["kernel", name, float] => (name, float, 1),
        ["kernel", name, float, "factor", _] => (name, float, integer(&words[4])?),
        _ => return Err("the first line is `kernel name f32`".into()),
    };
    let float = match float {
        "f32" => Float::F32,
        "f64" => Float::F64,
        _ => return Err(format!("`{float}` is no float, f32 and f64 are")),
    };
    Ok(empty(name.to_owned(), float, factor))
}

/// Adds a declaration; false where the line is none.
fn declaration(kernel: &mut Kernel, words: &[Word]) -> Fallible<bool> {
    let (word, rest) = (&words[0], &words[1..]);
    match (word.text.as_str(), rest) {
        ("input", [name, width]) => kernel.inputs.push(Port { name: name.text.clone(), width: channels(width)? }),
        // `output name value` is an instruction; no value is called 1.
        ("output", [name, width]) if width.text.starts_with(|c: char| c.is_ascii_digit()) => {
            kernel.outputs.push(Port { name: name.text.clone(), width: channels(width)? });
        }
        ("slot", [name, kind]) => {
            let kind = match kind.text.as_str() {
                "const" => SlotKind::Const,
                "control" => SlotKind::Control,
                "seed" => SlotKind::Seed,
                kind => return Err(format!("a slot is const, control or seed, not `{kind}`")),
            };
            kernel.slots.push(Slot { name: name.text.clone(), kind });
        }
        ("state", [name, kind, width, equals, init]) if equals.text == "=" => {
            let kind = match kind.text.as_str() {
                "float" => Kind::Float,
                "int" => Kind::Int,
                kind => return Err(format!("a state is float or int, not `{kind}`")),
            };
            let ty = Type { kind, width: channels(width)? };
            kernel.states.push(State { name: name.text.clone(), ty, init: number(init)? });
        }
        ("line", [name, width, capacity]) => {
            let line = Line { name: name.text.clone(), width: channels(width)?, capacity: integer(capacity)? };
            kernel.lines.push(line);
        }
        ("input" | "slot" | "state" | "line", _) => return Err(format!("this is no whole `{}`", word.text)),
        _ => return Ok(false),
    }
    Ok(true)
}

fn list<T>(declared: &[T], name: fn(&T) -> &String) -> Vec<&str> {
    declared.iter().map(|d| name(d).as_str()).collect()
}

/// The number of the declaration that a name or `#n` refers to.
fn reference(word: &Word, names: &[&str], what: &str) -> Fallible<u32> {
    let number = word.text.strip_prefix('#').filter(|_| !word.quoted);
    if let Some(number) = number {
        return number.parse().map_err(|_| format!("`{}` is no number of a declaration", word.text));
    }
    let mut found = names.iter().enumerate().filter(|(_, name)| **name == word.text);
    match (found.next(), found.next()) {
        (Some((i, _)), None) => Ok(i as u32),
        (Some(_), Some(_)) => Err(format!("more than one {what} is called `{}`: write #0, #1, …", word.text)),
        (None, _) => Err(format!("there is no {what} `{}`", word.text)),
    }
}

fn channels(word: &Word) -> Fallible<u8> {
    match word.text.as_str() {
        "1" => Ok(1),
        "2" => Ok(2),
        width => Err(format!("1 or 2 channels, not `{width}`")),
    }
}

fn integer<T: std::str::FromStr>(word: &Word) -> Fallible<T> {
    word.text.parse().map_err(|_| format!("`{}` is no number that can stand here", word.text))
}

fn number(word: &Word) -> Fallible<f64> {
    if let Some(hex) = word.text.strip_prefix("bits:") {
        let bits = u64::from_str_radix(hex, 16).map_err(|_| format!("`{hex}` is no bits in hex"))?;
        return Ok(f64::from_bits(bits));
    }
    // `nan` has no one meaning.
    let x: f64 = integer(word)?;
    if x.is_nan() { Err("NaN is written by its bits: bits:7ff8000000000000".into()) } else { Ok(x) }
}
