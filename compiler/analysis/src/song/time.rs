//! Bars, beats, seconds, samples. A beat is the note value of the first signature's lower number; a later signature
//! changes the bars, not the beat: 7/8 after 4/4 has bars of 3.5 beats. Always true: meters and tempo points ascend;
//! sample 0 is second 0; `@1` is beat 0.

use crate::mix::Meter;
use mixdown_layout::TempoMap;

pub(crate) use crate::eval::value::Pos;

/// The song's time.
pub(crate) struct Timeline {
    /// Hertz.
    pub rate: u32,
    /// Never empty; the first starts at `@1`.
    pub meters: Vec<Meter>,
    /// Beats to seconds.
    pub tempo: TempoMap,
}

impl Default for Timeline {
    fn default() -> Self {
        Timeline {
            rate: 48_000,
            meters: vec![Meter { beat: 0.0, bar: 1, beats: 4, unit: 4 }],
            tempo: TempoMap::constant(120.0, 0.0),
        }
    }
}

impl Timeline {
    /// Note value of a beat.
    pub fn unit(&self) -> u32 {
        self.meters[0].unit
    }

    /// Beats of a bar of a meter.
    pub fn bar_length(&self, meter: &Meter) -> f64 {
        f64::from(meter.beats) * f64::from(self.unit()) / f64::from(meter.unit)
    }

    /// Beats of the first bar.
    pub fn first_bar(&self) -> f64 {
        self.bar_length(&self.meters[0])
    }

    /// Whether all bars are equally long.
    pub fn uniform(&self) -> bool {
        self.meters.iter().all(|m| self.bar_length(m) == self.first_bar())
    }

    /// The tempo, where it never changes.
    pub fn steady(&self) -> Option<f64> {
        let first = self.tempo.points[0].bpm;
        self.tempo.points.iter().all(|p| p.bpm == first && p.to_bpm == first).then_some(first)
    }

    /// Beats since `@1` of a bar and a beat, both counted from 1; a bar may be broken (`@(9 + 0.5)`).
    pub fn bar_beat(&self, bar: f64, beat: f64) -> Result<f64, (String, String)> {
        if bar.is_nan() || bar < 1.0 {
            return Err((
                format!("there is no bar {bar}"),
                "bars are counted from 1: the song starts at `@1`; a pickup stands before it (`pickup 1beat`)".into(),
            ));
        }
        let meter = self.meter_of_bar(bar.floor());
        if beat < 1.0 || beat >= f64::from(meter.beats) + 1.0 {
            return Err((
                format!("bar {bar} has no beat {beat}"),
                format!(
                    "beats are counted from 1 to {} there ({}/{}); `@9.10` is bar 9, beat 10",
                    meter.beats, meter.beats, meter.unit
                ),
            ));
        }
        let beats = (beat - 1.0) * f64::from(self.unit()) / f64::from(meter.unit);
        Ok(self.bar_start(bar) + beats)
    }

    /// Beat where a bar starts; a broken bar is a part of it.
    fn bar_start(&self, bar: f64) -> f64 {
        let meter = self.meter_of_bar(bar.floor());
        meter.beat + (bar - f64::from(meter.bar)) * self.bar_length(meter)
    }

    fn meter_of_bar(&self, bar: f64) -> &Meter {
        let i = self.meters.partition_point(|m| f64::from(m.bar) <= bar).max(1) - 1;
        &self.meters[i]
    }

    /// Bar (from 1) and beat in it (from 1) of a beat since `@1`.
    pub fn bar_of(&self, beat: f64) -> (i64, f64) {
        let i = self.meters.partition_point(|m| m.beat <= beat).max(1) - 1;
        let meter = &self.meters[i];
        let length = self.bar_length(meter);
        let bars = ((beat - meter.beat) / length).floor();
        let inside = (beat - meter.beat - bars * length) * f64::from(meter.unit) / f64::from(self.unit());
        (i64::from(meter.bar) + bars as i64, inside + 1.0)
    }

    /// Seconds since sample 0.
    pub fn seconds(&self, p: Pos) -> f64 {
        match p {
            Pos::Beat(beat) => self.tempo.seconds(beat),
            Pos::Seconds(s) => s,
        }
    }

    /// Beats since `@1`.
    pub fn beats(&self, p: Pos) -> f64 {
        match p {
            Pos::Beat(beat) => beat,
            Pos::Seconds(s) => self.tempo.beats(s),
        }
    }

    /// The nearest sample, halves up.
    pub fn sample(&self, p: Pos) -> i64 {
        (self.seconds(p) * f64::from(self.rate) + 0.5).floor() as i64
    }

    /// A length in samples, halves up; never negative.
    pub fn samples(&self, seconds: f64) -> u64 {
        (seconds * f64::from(self.rate) + 0.5).floor().max(0.0) as u64
    }

    /// A position so many bars later, by the meters in force on the way.
    pub fn add_bars(&self, p: Pos, bars: f64) -> f64 {
        let (bar, beat) = self.bar_of(self.beats(p));
        let length = f64::from(self.meter_of_bar(bar as f64).beats);
        self.bar_start(bar as f64 + (beat - 1.0) / length + bars)
    }
}
