//! Numbers that may be infinite (`off` is minus infinity) in formats that know finite numbers only: `"-inf"`, `"inf"`.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Writes a number, an infinite one as a word.
///
/// # Errors
/// Those of the format.
pub fn serialize<S: Serializer>(x: &f64, s: S) -> Result<S::Ok, S::Error> {
    if x.is_finite() {
        return s.serialize_f64(*x);
    }
    s.serialize_str(if x.is_nan() {
        "nan"
    } else if *x > 0.0 {
        "inf"
    } else {
        "-inf"
    })
}

/// Reads what [`serialize`] writes.
///
/// # Errors
/// Those of the format, and a word that is none of the three.
pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<f64, D::Error> {
    #[derive(Deserialize, Serialize)]
    #[serde(untagged)]
    enum Either {
        Number(f64),
        Word(String),
    }
    match Either::deserialize(d)? {
        Either::Number(x) => Ok(x),
        Either::Word(w) => match w.as_str() {
            "inf" => Ok(f64::INFINITY),
            "-inf" => Ok(f64::NEG_INFINITY),
            "nan" => Ok(f64::NAN),
            _ => Err(serde::de::Error::custom(format!("`{w}` is no number"))),
        },
    }
}
