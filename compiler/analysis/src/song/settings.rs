//! Song settings. Always true: each is written once (tempo and signature change with `from`); an unknown word is an
//! error with the nearest one.

use crate::codes;
use crate::eval::Wanted;
use crate::eval::env::Env;
use crate::eval::value::Value;
use crate::limits::LONGEST_SONG;
use crate::mix::PanLaw;
use crate::names::ModuleId;
use crate::session::Session;
use crate::types::Type;
use crate::units::{describe, literal};
use mixdown_syntax::{Diagnostic, TAGS};
use mixdown_syntax::tree::SongSetting;
use std::rc::Rc;

const OTHERS: &[&str] =
    &["tempo", "signature", "sample_rate", "pan_law", "tail", "length", "seed", "pickup"];

impl Session<'_> {
    /// Evaluates the settings of the song, those first that others hang on.
    pub(crate) fn song_settings(&mut self, module: ModuleId) {
        let env = Env::file(module);
        let lines = self.modules.get(module).settings.clone();
        let of =
            |word: &str| -> Vec<Rc<SongSetting>> { lines.iter().filter(|l| l.word.name == word).cloned().collect() };
        for line in &lines {
            let moves = line.word.name == "tempo" || line.word.name == "signature";
            if let Some(from) = &line.from
                && !moves
            {
                self.report(
                    Diagnostic::error(
                        &codes::E0504,
                        from.span,
                        format!("`{}` does not change on the way", line.word.name),
                    )
                    .help("leave out `from …`; only `tempo` and `signature` change"),
                );
            }
        }
        for line in self.once(&of("sample_rate")) {
            self.sample_rate(&line, &env);
        }
        self.signatures(&of("signature"), &env);
        let pickup = self.once(&of("pickup"));
        self.tempos(&of("tempo"), pickup.first(), &env);
        let mut seen: Vec<&Rc<SongSetting>> = Vec::new();
        for line in &lines {
            let word = line.word.name.as_str();
            if matches!(word, "sample_rate" | "signature" | "tempo" | "pickup") {
                continue;
            }
            let first = seen.iter().find(|l| l.word.name == word && word != "tail").copied().cloned();
            if let Some(first) = first {
                self.second(line, &first, "tempo 132bpm from @57");
                continue;
            }
            seen.push(line);
            self.setting(line, &env);
        }
    }

    fn once(&mut self, lines: &[Rc<SongSetting>]) -> Vec<Rc<SongSetting>> {
        for line in lines.iter().skip(1) {
            self.second(line, &lines[0], "tempo 132bpm from @57");
        }
        lines.iter().take(1).cloned().collect()
    }

    fn sample_rate(&mut self, line: &SongSetting, env: &Env) {
        let wanted = Wanted { who: "sample_rate", ty: &Type::Frequency, example: "sample_rate 48kHz" };
        let Some(hz) = self.eval_number(&line.value, env, &wanted) else { return };
        if hz.fract() != 0.0 || !(8_000.0..=384_000.0).contains(&hz) {
            self.report(
                Diagnostic::error(
                    &codes::E0501,
                    line.value.span,
                    format!("a sample rate of {}", literal(hz, &Type::Frequency)),
                )
                .help("write a whole number of hertz from 8kHz to 384kHz, such as `48kHz` or `44.1kHz`"),
            );
            return;
        }
        self.song.timeline.rate = hz as u32;
        self.song.refresh_units();
    }

    fn setting(&mut self, line: &SongSetting, env: &Env) {
        let word = line.word.name.as_str();
        match word {
            "title" => self.song.title = self.text_setting(line, env),
            "artist" => self.song.artist = self.text_setting(line, env),
            "pan_law" => self.pan_law(line, env),
            "tail" => self.tail(line, env),
            "length" => self.length(line, env),
            "seed" => {
                let wanted = Wanted { who: "seed", ty: &Type::Number, example: "seed 7" };
                if let Some(x) = self.eval_number(&line.value, env, &wanted) {
                    if x.fract() == 0.0 && (0.0..=9e15).contains(&x) {
                        self.song.seed = x as u64;
                    } else {
                        self.report(
                            Diagnostic::error(&codes::E0501, line.value.span, "a seed is a whole number from 0")
                                .help("write `seed 7`"),
                        );
                    }
                }
            }
            word if TAGS.contains(&word) => {
                if let Some(text) = self.text_setting(line, env) {
                    self.song.tags.push((word.to_string(), text));
                }
            }
            _ => {
                let known: Vec<&str> = OTHERS.iter().chain(TAGS).copied().collect();
                let fault =
                    Diagnostic::error(&codes::E0505, line.word.span, format!("no song setting is called `{word}`"));
                self.report(crate::modules::suggest(fault, &line.word, &known, "the settings are"));
            }
        }
    }

    fn text_setting(&mut self, line: &SongSetting, env: &Env) -> Option<String> {
        match self.eval(&line.value, env) {
            Value::Text(text) => self.may_tag(&line.word.name, &text, line.value.span).then(|| text.to_string()),
            Value::Quantity(x, Type::Number) => Some(literal(x, &Type::Number)),
            Value::Error | Value::Unknown(_) => None,
            other => {
                let word = &line.word.name;
                self.report(
                    Diagnostic::error(
                        &codes::E0501,
                        line.value.span,
                        format!("`{word}` takes a text, and this is {}", describe(&other.ty())),
                    )
                    .help(format!("put it in quotes: `{word} \"…\"`")),
                );
                None
            }
        }
    }

    fn pan_law(&mut self, line: &SongSetting, env: &Env) {
        let wanted = Wanted { who: "pan_law", ty: &Type::Level, example: "pan_law 3dB" };
        let Some(db) = self.eval_number(&line.value, env, &wanted) else { return };
        self.song.pan_law = match db.abs() {
            3.0 => PanLaw::Db3,
            4.5 => PanLaw::Db4_5,
            6.0 => PanLaw::Db6,
            0.0 => PanLaw::Db0,
            _ => {
                self.report(
                    Diagnostic::error(
                        &codes::E0501,
                        line.value.span,
                        format!("no pan law has {}", literal(db, &Type::Level)),
                    )
                    .help("the laws are `3dB` (constant power), `4.5dB`, `6dB` (linear) and `0dB`"),
                );
                return;
            }
        };
    }

    /// `tail -80dB` says what counts as silence, `tail 20s` how long a tail may be.
    fn tail(&mut self, line: &SongSetting, env: &Env) {
        match self.eval(&line.value, env) {
            Value::Quantity(db, Type::Level | Type::DbFs) if (-200.0..0.0).contains(&db) => self.song.tail.0 = db,
            Value::Quantity(s, Type::Time) if (0.0..=600.0).contains(&s) => self.song.tail.1 = s,
            Value::Error => {}
            _ => self.report(
                Diagnostic::error(
                    &codes::E0501,
                    line.value.span,
                    "`tail` takes a level below 0 dB or a time up to 10 minutes",
                )
                .help("write `tail -90dB` for what counts as silence, `tail 20s` for the longest tail"),
            ),
        }
    }

    fn length(&mut self, line: &SongSetting, env: &Env) {
        let time = &self.song.timeline;
        let start = crate::eval::value::Pos::Beat(0.0);
        let start_second = time.seconds(start);
        let value = self.eval(&line.value, env);
        let time = &self.song.timeline;
        let samples = match &value {
            Value::Quantity(s, Type::Time) => Some(time.samples(*s)),
            Value::Position(p) => u64::try_from(time.sample(*p)).ok(),
            Value::Quantity(..) | Value::Bars(_) => {
                self.shift(start, &value, 1.0).map(|end| time.samples(time.seconds(end) - start_second.min(0.0)))
            }
            Value::Error => return,
            _ => None,
        };
        match samples {
            Some(samples) if samples > 0 && samples <= u64::from(time.rate) * LONGEST_SONG => {
                self.song.length = Some(samples)
            }
            _ => self.report(
                Diagnostic::error(&codes::E0501, line.value.span, "`length` takes how long the song is, up to a day")
                    .help("write `length 3min`, `length 96bars` or the position where it ends: `length @97`"),
            ),
        }
    }
}
