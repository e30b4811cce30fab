//! Files seen by scripts: lists of names and measurements. Always true: every file asked for is a dependency.

use super::Args;
use crate::codes;
use crate::eval::value::Value;
use crate::session::Session;
use crate::types::Type;
use crate::world::Measured;
use mixdown_syntax::Diagnostic;
use std::rc::Rc;

impl Session<'_> {
    pub(super) fn files(&mut self, args: &Args) -> Value {
        let pattern = args.text(0).to_string();
        self.depend(&pattern);
        match self.world.glob(&pattern) {
            Ok(files) => {
                if files.is_empty() {
                    self.report(
                        Diagnostic::warning(&codes::E0523, args.span(0), format!("no file matches `{pattern}`"))
                            .help("look at the folder and the ending; the pattern is relative to the song"),
                    );
                }
                Value::list(files.into_iter().map(Value::text).collect())
            }
            Err(error) => {
                let fault = self.world_fault(&error, args.span(0), "look at the pattern");
                self.fault(fault)
            }
        }
    }

    pub(super) fn measure(&mut self, args: &Args) -> Value {
        let path = args.text(0).to_string();
        self.depend(&path);
        match self.world.measure(&path) {
            Ok(measured) => record(&measured),
            Err(error) => {
                let fault = self.audio_fault(&path, &error, args.span(0));
                self.fault(fault)
            }
        }
    }
}

/// A measurement as a record. What is undefined (silence) is minus infinity where it is a level, else 0.
fn record(m: &Measured) -> Value {
    let level = |x: Option<f64>, ty: Type| Value::Quantity(x.unwrap_or(f64::NEG_INFINITY), ty);
    let band = |hz: f64, db: Option<f64>| {
        let freq = ("freq".to_string(), Value::Quantity(hz, Type::Frequency));
        Value::Record(Rc::new(vec![freq, ("level".to_string(), level(db, Type::DbFs))]))
    };
    let bands = m.bands.iter().map(|(hz, db)| band(*hz, Some(*db)));
    let thirds = |bands: &[(f64, Option<f64>)]| Value::list(bands.iter().map(|(hz, db)| band(*hz, *db)).collect());
    let fields = vec![
        ("loudness".to_string(), level(m.loudness, Type::Lufs)),
        ("lra".to_string(), Value::Quantity(m.lra.unwrap_or(0.0), Type::Level)),
        ("true_peak".to_string(), level(m.true_peak, Type::DbTp)),
        ("peak".to_string(), level(m.peak, Type::DbFs)),
        ("rms".to_string(), level(m.rms, Type::DbFs)),
        ("crest".to_string(), Value::Quantity(m.crest.unwrap_or(0.0), Type::Level)),
        ("noise_floor".to_string(), level(m.noise_floor, Type::DbFs)),
        ("dc".to_string(), Value::number(m.dc)),
        ("correlation".to_string(), Value::number(m.correlation.unwrap_or(0.0))),
        ("duration".to_string(), Value::Quantity(m.duration, Type::Time)),
        ("bands".to_string(), Value::list(bands.collect())),
        ("third_octaves".to_string(), thirds(&m.third_octaves)),
        ("middle_thirds".to_string(), thirds(&m.middle_thirds)),
        ("side_thirds".to_string(), thirds(&m.side_thirds)),
    ];
    Value::Record(Rc::new(fields))
}
