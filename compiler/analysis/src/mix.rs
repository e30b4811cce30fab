//! The Mix: what a script leaves behind. Plain data that can be written, read, compared and cached; everything
//! later reads this and nothing else. Levels in decibels, times in seconds, positions in samples where nothing
//! else is said. The path of a thing is its identity.

use crate::body::{Effect, EffectCall, Expr};
use mixdown_layout::{Curve, TempoMap};
use mixdown_syntax::Span;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Index into [`Mix::strips`].
pub type StripId = u32;

/// A whole mix.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mix {
    /// Settings of the song.
    pub song: Song,
    /// Sections in the order of the text.
    pub sections: Vec<Section>,
    /// Options (`--set`), with the value in force.
    pub options: Vec<OptionValue>,
    /// Audio files, each once.
    pub files: Vec<AudioFile>,
    /// Curves that expressions name, in samples of the mix's rate; `during`, rides and declicked steps are curves too.
    pub curves: Vec<Curve>,
    /// Effects in use, each once, callees included.
    pub effects: Vec<Arc<Effect>>,
    /// Tracks and buses in the order of the text, the master behind them, then the monitors.
    pub strips: Vec<Strip>,
    /// Groups (their faders are already part of their members' fader levels).
    pub groups: Vec<Group>,
    /// What `deliver` names.
    pub deliveries: Vec<Delivery>,
    /// What `check` asks.
    pub checks: Vec<Check>,
}

/// Settings of the song.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Song {
    /// File name of the song without folder and ending.
    pub file: String,
    /// `title`.
    pub title: Option<String>,
    /// `artist`.
    pub artist: Option<String>,
    /// What its files say of themselves, name and text: `title`, `artist`, `album`, …
    pub tags: Vec<(String, String)>,
    /// Hertz.
    pub sample_rate: u32,
    /// Beats and seconds, the pickup included: `@1` is beat 0.
    pub tempo: TempoMap,
    /// Meters in order: beat where it starts, beats a bar, note value of a beat (4 = quarter). Beats of the timeline
    /// are those of the first one.
    pub meters: Vec<Meter>,
    /// Law of mono into stereo.
    pub pan_law: PanLaw,
    /// Level (dB) under which the song is over, and the longest tail in seconds.
    pub tail: (f64, f64),
    /// Fixed length in samples.
    pub length: Option<u64>,
    /// Seed of everything random.
    pub seed: u64,
}

impl Song {
    /// Beats since `@1` of a bar and a beat in it, both counted from 1; `None` where there is no such place. A beat is
    /// the note value of the first signature throughout: after 4/4 a bar of 7/8 lasts 3.5 beats.
    pub fn beats(&self, bar: u32, beat: f64) -> Option<f64> {
        let unit = f64::from(self.meters.first()?.unit);
        let meter = self.meters.iter().rev().find(|m| m.bar <= bar)?;
        if bar == 0 || beat < 1.0 || beat >= f64::from(meter.beats) + 1.0 {
            return None;
        }
        let units = f64::from(bar - meter.bar) * f64::from(meter.beats) + beat - 1.0;
        Some(meter.beat + units * unit / f64::from(meter.unit))
    }
}

/// A meter from a beat on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Meter {
    /// First beat since `@1`.
    pub beat: f64,
    /// Number of its first bar, from 1.
    pub bar: u32,
    /// Beats a bar.
    pub beats: u32,
    /// Note value of a beat.
    pub unit: u32,
}

/// How mono enters stereo. `p` from -1 (left) to 1 (right).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PanLaw {
    /// `cos`, `sin` of `(p+1)π/4`: -3 dB at the centre.
    Db3,
    /// Root of constant power times linear: -4.5 dB.
    Db4_5,
    /// `(1-p)/2`, `(1+p)/2`: -6 dB.
    Db6,
    /// Constant power raised by 3 dB: 0 dB at the centre.
    Db0,
}

/// A section: half-open spans in samples.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// Its name.
    pub name: String,
    /// Each repeat; an end that is open (the last section) is `None`.
    pub spans: Vec<(i64, Option<i64>)>,
}

/// An option and its value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OptionValue {
    /// Its name.
    pub name: String,
    /// Its value, as text.
    pub value: String,
}

/// An audio file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AudioFile {
    /// Relative to the song.
    pub path: String,
    /// Hertz.
    pub rate: u32,
    /// Channels.
    pub channels: u32,
    /// Frames at its own rate.
    pub frames: u64,
    /// Bits of a sample, where known.
    pub bits: Option<u32>,
    /// Where the text names it first.
    pub span: Span,
}

/// What a strip is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum StripKind {
    Track,
    Bus,
    Master,
    /// Hears the master, for the ears: nothing hears it, and no delivered file holds it.
    Monitor,
}

impl StripKind {
    /// Whether `to` and `send` may name it.
    pub fn takes_audio(self) -> bool {
        matches!(self, StripKind::Bus | StripKind::Master)
    }
}

/// A track, a bus, the master or a monitor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Strip {
    /// `track.vocal`, `bus.drums`, `master`.
    pub path: String,
    /// `vocal`.
    pub name: String,
    /// What it is.
    pub kind: StripKind,
    /// Its audio; none for a bus and the master.
    pub source: Option<Source>,
    /// As the signal flows.
    pub nodes: Vec<Node>,
    /// Its edges, after the last node, in the order of `to`. `to none` leaves none.
    pub outputs: Vec<Output>,
    /// Factor on every outgoing edge, pre-fader sends too (a curve where it changes); keys hear on. `None` is open.
    pub mute: Option<Expr>,
    /// A `solo` stands in the text.
    pub solo: bool,
    /// Its name in the text.
    pub span: Span,
}

/// Where a track's audio comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Source {
    /// A file from its first frame, at timeline 0.
    File(FileRef),
    /// Clips on the timeline.
    Clips(Vec<Clip>),
    /// A generator.
    Generator(Box<EffectCall>),
}

/// A file and which of its channels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileRef {
    /// Index into [`Mix::files`].
    pub file: u32,
    /// One channel as mono, from 0; `None` takes all (one or two).
    pub channel: Option<u32>,
}

/// A piece of a file on the timeline. Times in samples of the mix's rate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clip {
    /// What is played.
    pub source: FileRef,
    /// Timeline sample of its first frame.
    pub at: i64,
    /// Offset into the file.
    pub from: u64,
    /// Length of one pass; `None` to the file's end.
    pub length: Option<u64>,
    /// How often it is played, one after the other.
    pub repeat: u32,
    /// Played backwards.
    pub reverse: bool,
    /// Gain in dB.
    #[serde(with = "mixdown_layout::infinite")]
    pub gain: f64,
    /// Fade in, in samples.
    pub fade_in: u64,
    /// Fade out.
    pub fade_out: u64,
    /// Shape of the fades.
    pub fade: FadeShape,
    /// Where it stands in the text.
    pub span: Span,
}

/// Shape of a fade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FadeShape {
    /// Straight in amplitude.
    Linear,
    /// Equal power.
    Power,
    /// `3u² - 2u³`.
    Smooth,
}

/// A step of the signal's way through a strip.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Node {
    /// An effect (chains are flattened; their names are path segments).
    Process(Process),
    /// `parallel`, `bands`, `mid_side`, `left_right`, `oversample`.
    Wrap(Wrap),
    /// The fader: level in dB, rides and groups included.
    Fader {
        /// `track.vocal/fader`.
        path: String,
        /// Level.
        level: Expr,
    },
    /// Pan, -1..1. Of a mono signal it is used by the edges below it, of a stereo one it is a balance right here.
    Pan {
        /// `track.vocal/pan`.
        path: String,
        /// Position.
        position: Expr,
    },
    /// A tap to a bus.
    Send {
        /// `track.vocal/send.hall`.
        path: String,
        /// The bus.
        to: StripId,
        /// Level in dB.
        level: Expr,
        /// Own pan; `None` uses the strip's.
        pan: Option<Expr>,
        /// Closed by solo.
        open: bool,
        /// Its place.
        span: Span,
    },
    /// `trim to L`: one constant gain, found in a pass before the render.
    Trim {
        /// `track.vocal/trim`.
        path: String,
        /// Wanted level.
        target: f64,
        /// Of which measure.
        measure: TrimMeasure,
        /// The gain in dB once it is known.
        gain: Option<f64>,
        /// Its place.
        span: Span,
    },
}

/// What a trim levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrimMeasure {
    /// Integrated loudness, LUFS.
    Loudness,
    /// RMS in dBFS.
    Rms,
    /// Sample peak in dBFS.
    Peak,
    /// True peak in dBTP.
    TruePeak,
}

/// An effect in a strip.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Process {
    /// `track.vocal/lead/compressor.2`, or its label.
    pub path: String,
    /// A label was written.
    pub labelled: bool,
    /// The call; its input is the strip's signal (`input` is `None`), its `path` the last segment of the path.
    pub call: EffectCall,
    /// `mix:` 0..1; `None` is all wet.
    pub mix: Option<Expr>,
    /// Switched off by `bypass`.
    pub bypass: bool,
    /// Its place.
    pub span: Span,
}

/// A wrapper around branches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Wrap {
    /// Its path.
    pub path: String,
    /// Which.
    pub kind: WrapKind,
    /// Its branches; those of `bands`, `mid_side` and `left_right` that are not written pass unchanged and are listed
    /// with no nodes.
    pub branches: Vec<Branch>,
    /// `mix:` 0..1.
    pub mix: Option<Expr>,
    /// Switched off.
    pub bypass: bool,
    /// Its place.
    pub span: Span,
}

/// Kinds of [`Wrap`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WrapKind {
    /// Sum of branches at unity, in text order.
    Parallel,
    /// LR4 split at these frequencies (Hz, ascending), all-pass compensated; one branch a band, low first.
    Bands(Vec<f64>),
    /// Branches mid and side.
    MidSide,
    /// Branches left and right.
    LeftRight,
    /// One branch at this many times the rate.
    Oversample(u32),
}

/// A branch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Branch {
    /// Its name (`low`, `crush`).
    pub name: String,
    /// Its way.
    pub nodes: Vec<Node>,
}

/// An edge from a strip's end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Output {
    /// Into which strip.
    pub to: StripId,
    /// Closed by solo or `without`.
    pub open: bool,
    /// Its place.
    pub span: Span,
}

/// A group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Strips in it, nested groups resolved.
    pub members: Vec<StripId>,
    /// Its fader in dB.
    pub fader: Option<Expr>,
}

/// A file to deliver.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// What kind of file.
    pub format: DeliveryFormat,
    /// File name with its fields filled in, except `{track}` and `{bus}` of stems.
    pub template: String,
    /// The part of the song it holds, in samples of the mix's rate: first, and one past the last. `None` is all of it.
    #[serde(default)]
    pub part: Option<(u64, Option<u64>)>,
    /// 16, 24 or 32 (float).
    pub bits: u32,
    /// `Some(true)` dithers, `Some(false)` does not, `None` decides by depth.
    pub dither: Option<bool>,
    /// Another rate than the mix's.
    pub sample_rate: Option<u32>,
    /// The loudness (LUFS) that one constant gain brings the whole song to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loudness: Option<f64>,
    /// The true peak (dBTP) that this gain may not lead above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ceiling: Option<f64>,
    /// Strips left out of it.
    pub without: Vec<StripId>,
    /// Strips soloed for it.
    pub only: Vec<StripId>,
    /// Options that have another value for it, name and value as `--set` takes them: who makes this file analyses the
    /// song again with them.
    #[serde(default)]
    pub set: Vec<(String, String)>,
    /// What the file says of itself, name and text.
    #[serde(default)]
    pub tags: Vec<(String, String)>,
    /// Its place.
    pub span: Span,
}

/// Kinds of [`Delivery`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum DeliveryFormat {
    Wav,
    Flac,
    Stems,
}

/// A line of `check`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// The line as written.
    pub text: String,
    /// What is measured.
    #[serde(flatten)]
    pub figure: Figure,
    /// What is taken away from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minus: Option<Figure>,
    /// How it is compared.
    pub relation: Relation,
    /// With what, in the metric's canonical unit.
    pub value: f64,
    /// Its place.
    pub span: Span,
}

/// A measure of a strip.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// `loudness`, `true_peak`, `mono_loss`, …
    pub metric: String,
    /// Of which strip.
    pub strip: StripId,
    /// The parts of the song it is measured in, one after the other, in samples: first, and one past the last. None are
    /// the whole song.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub during: Vec<(u64, Option<u64>)>,
}

/// Comparison of a check.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Relation {
    Less,
    AtMost,
    More,
    AtLeast,
    /// `|x - value| <= this`.
    Within(f64),
}
