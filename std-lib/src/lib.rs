//! The standard library: effects, generators and chains, written in the language.
//!
//! Always true here: every public declaration of a file stands in its line below (a test compares them with what the
//! parser finds), and a name is declared by one file only. Names that begin with `_` are private to their file. Nothing
//! is parsed here: the compiler reads the declarations that a song uses and no others.

macro_rules! library {
    ($($file:literal: $($name:ident)+;)+) => {
        /// The files: name and text, sorted by name.
        pub static FILES: &[(&str, &str)] = &[$(($file, include_str!(concat!("../mix/", $file)))),+];

        const DECLARED: &[&[&str]] = &[$(&[$(stringify!($name)),+]),+];
    };
}

library! {
    "biquad.mix": biquad biquad_highpass biquad_bandpass svf svf_bandpass first_order;
    "chains.mix": vocal_strip drum_bus bass_strip guitar_strip keys_strip bus_glue multiband_compressor streaming_master podcast_voice;
    "colour.mix": saturate clipper tube tape exciter bass_enhancer crush;
    "compressor.mix": compressor upward;
    "convolve.mix": convolve;
    "cuts.mix": highpass lowpass dc_cut;
    "delay.mix": delay pingpong ducked_delay multitap;
    "denoise.mix": denoise;
    "detector.mix": detector key_filter;
    "dynamic_eq.mix": deesser deplosive dynamic_eq;
    "eq.mix": bell lowshelf highshelf tilt;
    "equaliser.mix": graphic parametric;
    "fdn.mix": fdn diffuse;
    "gain.mix": gain flip;
    "gate.mix": gate expander ducker rider;
    "generators.mix": sine sweep white_noise pink_noise impulse silence cycles;
    "limiter.mix": limiter;
    "linear_phase.mix": linear_eq match_eq matched_eq;
    "mastering.mix": loudness_contour dither crossfeed;
    "modulation.mix": chorus flanger phaser tremolo autopan vibrato ring_mod rotary drift;
    "nudge.mix": nudge;
    "passes.mix": notch bandpass allpass;
    "playback.mix": playback;
    "repair.mix": declip declick dropout dehum;
    "reverb.mix": plate hall room early spring;
    "stereo.mix": mono stereo width balance rotate haas mono_below multiband_width decorrelate;
    "transient.mix": transient;
}

/// The file that declares `name`, with its text.
pub fn declares(name: &str) -> Option<(&'static str, &'static str)> {
    let file = DECLARED.iter().position(|names| names.contains(&name))?;
    Some(FILES[file])
}

/// Every public name, file by file in the order of the text.
pub fn names() -> impl Iterator<Item = &'static str> {
    DECLARED.iter().flat_map(|names| names.iter().copied())
}
