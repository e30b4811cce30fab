//! The sessions as one would write them first: a struct an effect, a sample after the other, a channel after the other.
//! The same arithmetic as the library's effects, with the same polynomials for decibels.

use super::design::*;
use super::Output;
use crate::session::{GROUPS, Track, group_bell};
use crate::stems::Stem;

/// A filter and its memory.
#[derive(Clone, Default)]
struct Biquad(Filter, f32, f32);

impl Biquad {
    #[inline(always)]
    fn run(&mut self, x: f32) -> f32 {
        let Biquad(f, w1, w2) = self;
        let y = f.p0.mul_add(x, *w1);
        let turn = *w1 + f.p1.mul_add(x, *w2);
        *w2 = (-f.d2).mul_add(y, f.p2.mul_add(x, *w2));
        *w1 = (-f.d1).mul_add(y, turn);
        y
    }
}

/// What is cut, and then what is added.
struct Equaliser {
    cut: Biquad,
    added: [Biquad; 3],
}

impl Equaliser {
    fn new(cut: Filter, added: [Filter; 3]) -> Equaliser {
        Equaliser { cut: Biquad(cut, 0.0, 0.0), added: added.map(|f| Biquad(f, 0.0, 0.0)) }
    }

    #[inline(always)]
    fn run(&mut self, x: f32) -> f32 {
        self.added.iter_mut().fold(self.cut.run(x), |x, f| x + f.run(x))
    }
}

struct OnePole(f32, f32);

impl OnePole {
    #[inline(always)]
    fn run(&mut self, x: f32) -> f32 {
        let half = (x - self.1) * self.0;
        let y = self.1 + half;
        self.1 = y + half;
        y
    }
}

#[inline(always)]
fn decibels(x: f32) -> f32 {
    let bits = x.max(1e-10).to_bits() as i32 + SHIFT;
    let octaves = f32::from_bits((bits >> 23) as u32 | 0x4b00_0000) - 8_388_735.0;
    let r = f32::from_bits(((bits & 0x007f_ffff) + ROOT_HALF) as u32) - 1.0;
    let q = LOG[1..].iter().fold(LOG[0], |sum, c| sum.mul_add(r, *c));
    octaves.mul_add(OCTAVE, r * q)
}

#[inline(always)]
fn factor(db: f32) -> f32 {
    let db = db.clamp(-764.616_2, 770.636_8);
    let whole = db.mul_add(BY_OCTAVE, WHOLE);
    let f = db.mul_add(BY_OCTAVE, WHOLE - whole);
    let q = EXP[1..].iter().fold(EXP[0], |sum, c| sum.mul_add(f, *c));
    f.mul_add(q, 1.0) * f32::from_bits(whole.to_bits() << 23)
}

struct Dynamics(Compressor, f32);

impl Dynamics {
    /// The gain for a level.
    #[inline(always)]
    fn run(&mut self, level: f32) -> f32 {
        let Dynamics(c, held) = self;
        let over = decibels(level) - c.threshold;
        let t = (over + KNEE.0).max(0.0).min(KNEE.1);
        let wanted = (t * KNEE.2).mul_add(t, (over - KNEE.0).max(0.0)) * c.slope;
        let pace = if *held < wanted { c.attack } else { c.release };
        *held = pace.mul_add(wanted - *held, *held);
        factor(-*held)
    }
}

/// A delay line.
struct Line(Vec<f32>, usize);

impl Line {
    fn new(most: usize) -> Line {
        Line(vec![0.0; most.next_power_of_two() * 2], 0)
    }
    #[inline(always)]
    fn put(&mut self, x: f32) {
        let mask = self.0.len() - 1;
        self.0[self.1 & mask] = x;
        self.1 += 1;
    }
    /// `ago` samples before the one that is put next.
    #[inline(always)]
    fn get(&self, ago: usize) -> f32 {
        let mask = self.0.len() - 1;
        self.0[self.1.wrapping_sub(ago) & mask]
    }
}

/// One track.
struct Strip {
    filters: Vec<Equaliser>,
    dynamics: Dynamics,
    fader: f32,
    pan: [f32; 2],
    sends: [f32; 2],
    group: usize,
}

impl Strip {
    fn new(i: usize) -> Strip {
        let t = Track::new(i);
        let four = || Equaliser::new(highpass(80.0), [lowshelf(t.low), bell(t.bell, 1.1), highshelf(t.high)]);
        Strip {
            filters: (0..t.channels()).map(|_| four()).collect(),
            dynamics: Dynamics(compressor(-18.0, 3.0, 0.010, 0.120), 0.0),
            fader: gain(t.fader),
            pan: pan(t.channels(), t.pan),
            sends: [gain(t.sends.0), gain(t.sends.1)],
            group: i % GROUPS.len(),
        }
    }

    #[inline(always)]
    fn run(&mut self, stem: &[Vec<f32>], n: usize) -> [f32; 2] {
        let mut x = [0.0; 2];
        let mut level = 0.0f32;
        for (c, filters) in self.filters.iter_mut().enumerate() {
            x[c] = filters.run(stem[c][n]);
            level = level.max(x[c].abs());
        }
        let gain = self.dynamics.run(level);
        let right = if self.filters.len() == 1 { x[0] } else { x[1] };
        [x[0] * gain * self.fader * self.pan[0], right * gain * self.fader * self.pan[1]]
    }
}

/// A group: two filters and a compressor.
struct Group {
    added: [[Biquad; 2]; 2],
    dynamics: Dynamics,
}

impl Group {
    #[inline(always)]
    fn run(&mut self, x: [f32; 2]) -> [f32; 2] {
        let [l, r] = [0, 1].map(|c| self.added[c].iter_mut().fold(x[c], |x, f| x + f.run(x)));
        let gain = self.dynamics.run(l.abs().max(r.abs()));
        [l * gain, r * gain]
    }
}

struct Master {
    filters: [Equaliser; 2],
    dynamics: Dynamics,
}

impl Master {
    #[inline(always)]
    fn run(&mut self, x: [f32; 2]) -> [f32; 2] {
        let [l, r] = [0, 1].map(|c| self.filters[c].run(x[c]));
        let gain = self.dynamics.run(l.abs().max(r.abs()));
        [l * gain, r * gain]
    }
}

struct Room {
    hall: Hall,
    wait: [Line; 2],
    smear: [[Line; 3]; 2],
    lines: [Line; 8],
    held: [f32; 8],
    close: [[Biquad; 2]; 2],
}

impl Room {
    fn new() -> Room {
        let close = [Biquad(highpass(20.0), 0.0, 0.0), Biquad(lowpass(20_000.0), 0.0, 0.0)];
        let smear = || DIFFUSE.map(|(length, _)| Line::new(length));
        let hall = hall();
        Room { wait: [Line::new(PREDELAY), Line::new(PREDELAY)], smear: [smear(), smear()], lines: hall.lengths.map(Line::new), held: [0.0; 8], close: [close.clone(), close], hall }
    }

    #[inline(always)]
    fn run(&mut self, x: [f32; 2]) -> [f32; 2] {
        let mut smeared = [0.0; 2];
        for c in 0..2 {
            let mut y = self.wait[c].get(PREDELAY);
            self.wait[c].put(x[c]);
            for (line, (length, amount)) in self.smear[c].iter_mut().zip(DIFFUSE) {
                let past = line.get(length);
                let now = (-past).mul_add(amount, y);
                line.put(now);
                y = now.mul_add(amount, past);
            }
            smeared[c] = y;
        }
        for (i, held) in self.held.iter_mut().enumerate() {
            let (gain, pace) = self.hall.absorb[i];
            let x = self.lines[i].get(self.hall.lengths[i]);
            *held = x.mul_add(gain, -*held).mul_add(pace, *held);
        }
        let h = self.held;
        for (i, x) in hadamard(h).into_iter().enumerate() {
            self.lines[i].put(x.mul_add(HADAMARD, smeared[i / 4]));
        }
        let out = [
            (h[0] - h[1] + h[2] - h[3] + h[4] + h[5] - h[6] - h[7]) * self.hall.loud,
            (h[0] + h[1] - h[2] - h[3] - h[4] + h[5] - h[6] + h[7]) * self.hall.loud,
        ];
        let [l, r] = [0, 1].map(|c| self.close[c].iter_mut().fold(out[c], |x, f| f.run(x)));
        let (middle, side) = ((l + r) * 0.5, (l - r) * 0.5);
        [middle + side, middle - side]
    }
}

#[inline(always)]
fn hadamard(x: [f32; 8]) -> [f32; 8] {
    let a = [x[0] + x[1], x[0] - x[1], x[2] + x[3], x[2] - x[3], x[4] + x[5], x[4] - x[5], x[6] + x[7], x[6] - x[7]];
    let b = [a[0] + a[2], a[1] + a[3], a[0] - a[2], a[1] - a[3], a[4] + a[6], a[5] + a[7], a[4] - a[6], a[5] - a[7]];
    [b[0] + b[4], b[1] + b[5], b[2] + b[6], b[3] + b[7], b[0] - b[4], b[1] - b[5], b[2] - b[6], b[3] - b[7]]
}

struct Echo {
    lines: [Line; 2],
    tone: [OnePole; 2],
}

impl Echo {
    fn new() -> Echo {
        let tone = || OnePole(pole(4000.0), 0.0);
        Echo { lines: [Line::new(ECHO.0), Line::new(ECHO.0)], tone: [tone(), tone()] }
    }

    #[inline(always)]
    fn run(&mut self, x: [f32; 2]) -> [f32; 2] {
        let l = self.tone[0].run(self.lines[0].get(ECHO.0));
        let r = self.tone[1].run(self.lines[1].get(ECHO.0));
        self.lines[0].put((x[0] + x[1]).mul_add(0.5, r * ECHO.1));
        self.lines[1].put(l * ECHO.1);
        let (middle, side) = ((l + r) * 0.5, (l - r) * 0.5);
        [middle + side, middle - side]
    }
}

struct Limiter {
    ceiling: f32,
    most: [Line; 8],
    let_go: f32,
    pace: f32,
    sums: [(Line, f32); 2],
    late: [Line; 2],
}

impl Limiter {
    fn new() -> Limiter {
        let sum = || (Line::new(HALF), 0.0);
        Limiter {
            ceiling: ceiling(),
            most: std::array::from_fn(|_| Line::new(WINDOW)),
            let_go: 0.0,
            pace: pace(0.050),
            sums: [sum(), sum()],
            late: [Line::new(LATE), Line::new(LATE)],
        }
    }

    #[inline(always)]
    fn run(&mut self, x: [f32; 2]) -> [f32; 2] {
        let top = x[0].abs().max(x[1].abs()).max(self.ceiling);
        let mut most = (top - self.ceiling) / top;
        for (k, line) in self.most[..7].iter_mut().enumerate() {
            let before = line.get(1 << k);
            line.put(most);
            most = most.max(before);
        }
        let rest = self.most[7].get(WINDOW - 128);
        self.most[7].put(most);
        let held = most.max(rest);
        self.let_go = held.max((held - self.let_go).mul_add(self.pace, self.let_go));
        let mut x0 = (self.let_go * GRID).ceil();
        for (k, (line, total)) in self.sums.iter_mut().enumerate() {
            if k == 1 {
                x0 = (x0 / HALF as f32).ceil();
            }
            *total += x0 - line.get(HALF);
            line.put(x0);
            x0 = *total;
        }
        let reduced = x0 / (HALF as f32 * GRID);
        [0, 1].map(|c| {
            let late = self.late[c].get(LATE);
            self.late[c].put(x[c]);
            (-late).mul_add(reduced, late)
        })
    }
}

/// Everything behind the tracks of session S.
struct Rest {
    groups: Vec<Group>,
    room: Room,
    echo: Echo,
    master: Master,
    limiter: Limiter,
    gain: f32,
}

impl Rest {
    fn new() -> Rest {
        let group = |k| {
            let two = || [bell((group_bell(k), 1.5), Q), highshelf((9000.0, -1.0))].map(|f| Biquad(f, 0.0, 0.0));
            Group { added: [two(), two()], dynamics: Dynamics(compressor(-16.0, 2.0, 0.020, 0.150), 0.0) }
        };
        let four = || Equaliser::new(highpass(25.0), [lowshelf((100.0, 1.0)), bell((3000.0, -1.0), Q), highshelf((10_000.0, 1.0))]);
        Rest {
            groups: (0..4).map(group).collect(),
            room: Room::new(),
            echo: Echo::new(),
            master: Master { filters: [four(), four()], dynamics: Dynamics(compressor(-14.0, 2.0, 0.020, 0.200), 0.0) },
            limiter: Limiter::new(),
            gain: gain(-0.5),
        }
    }
}

/// Session S (`full`) or T over these stems.
pub fn render(stems: &[Stem], full: bool) -> Output {
    #[cfg(target_arch = "x86_64")]
    {
        /// With the machine's own fused multiply-add, which a plain build would call a function for.
        #[target_feature(enable = "avx2,fma")]
        fn here(stems: &[Stem], full: bool) -> Output {
            session(stems, full)
        }
        if super::f4::available() {
            // SAFETY: the features have just been seen.
            return unsafe { here(stems, full) };
        }
    }
    session(stems, full)
}

#[inline(always)]
fn session(stems: &[Stem], full: bool) -> Output {
    let frames = stems[0][0].len();
    let mut strips: Vec<Strip> = (0..stems.len()).map(Strip::new).collect();
    let mut rest = full.then(Rest::new);
    let late = if full { LATE } else { 0 };
    let mut out = [Vec::with_capacity(frames), Vec::with_capacity(frames)];
    for n in 0..frames {
        let mut groups = [[0f32; 2]; 4];
        let mut sends = [[0f32; 2]; 2];
        for (strip, stem) in strips.iter_mut().zip(stems) {
            let y = strip.run(stem, n);
            for c in 0..2 {
                groups[strip.group][c] += y[c];
                sends[0][c] += y[c] * strip.sends[0];
                sends[1][c] += y[c] * strip.sends[1];
            }
        }
        let mut y = [0.0; 2];
        match &mut rest {
            None => groups.iter().for_each(|g| y = [y[0] + g[0], y[1] + g[1]]),
            Some(rest) => {
                for (bus, g) in rest.groups.iter_mut().zip(groups) {
                    let g = bus.run(g);
                    y = [y[0] + g[0], y[1] + g[1]];
                }
                let (hall, echo) = (rest.room.run(sends[0]), rest.echo.run(sends[1]));
                let sum = [y[0] + hall[0] + echo[0], y[1] + hall[1] + echo[1]];
                y = rest.limiter.run(rest.master.run(sum)).map(|x| x * rest.gain);
            }
        }
        if n >= late {
            out[0].push(y[0]);
            out[1].push(y[1]);
        }
    }
    out
}
