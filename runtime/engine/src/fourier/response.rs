//! What a convolution does to each channel: impulse responses from inputs to outputs, recorded or designed.

use super::design;

/// One way from an input to an output.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    /// Channel that is heard.
    pub input: usize,
    /// Channel it is added to.
    pub output: usize,
    /// Its impulse response.
    pub taps: Vec<f64>,
}

/// All ways through a convolution, in the order in which they are added.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// How many channels go in.
    pub inputs: usize,
    /// How many come out.
    pub outputs: usize,
    /// The ways between them.
    pub routes: Vec<Route>,
}

/// What is done to a recorded response before it is used. Lengths in samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cut {
    /// Left out at its front.
    pub skip: usize,
    /// It is no longer than this.
    pub length: usize,
    /// It begins to fade where what is left has this part of the whole energy (dB).
    pub trim: f64,
    /// How long it fades before its end, where it was cut.
    pub fade: usize,
}

impl Response {
    /// A response of 1, 2 (left, right) or 4 channels (left to left, left to right, right to left, right to right) for
    /// a signal of `width` channels; `None` where these do not go together.
    pub fn recorded(mut channels: Vec<Vec<f64>>, width: usize, cut: &Cut) -> Option<Response> {
        self::cut(&mut channels, cut);
        let ways: &[(usize, usize)] = match (channels.len(), width) {
            (1, 1) => &[(0, 0)],
            (1 | 2, 2) => &[(0, 0), (1, 1)],
            (2, 1) => &[(0, 0), (0, 1)],
            (4, 2) => &[(0, 0), (0, 1), (1, 0), (1, 1)],
            _ => return None,
        };
        let last = channels.len() - 1;
        let route = |(k, (input, output)): (usize, &(usize, usize))| {
            Route { input: *input, output: *output, taps: channels[k.min(last)].clone() }
        };
        let routes: Vec<Route> = ways.iter().enumerate().map(route).collect();
        let outputs = routes.iter().map(|r| r.output + 1).max()?;
        Some(Response { inputs: width, outputs, routes })
    }

    /// The same filter for each of `width` channels, with these levels (dB) at equal steps from 0 to half the rate.
    pub fn designed(levels: &[f64], minimum_phase: bool, width: usize) -> Response {
        let taps = if minimum_phase { design::minimum_phase(levels) } else { design::linear_phase(levels) };
        let routes = (0..width).map(|c| Route { input: c, output: c, taps: taps.clone() }).collect();
        Response { inputs: width, outputs: width, routes }
    }

    /// Turns it round: its end comes first, behind so many zeros. Silence at the end is no part of it.
    pub fn reverse(&mut self, lead: usize) {
        let sounding = |r: &Route| r.taps.iter().rposition(|t| *t != 0.0).map_or(0, |last| last + 1);
        let longest = self.routes.iter().map(sounding).max().unwrap_or(0);
        for route in &mut self.routes {
            route.taps.resize(longest, 0.0);
            route.taps.extend(std::iter::repeat_n(0.0, lead));
            route.taps.reverse();
        }
    }

    /// Makes it as loud as it leaves white noise on all inputs as loud as before, at the loudest output.
    pub fn normalise(&mut self) {
        let energy = |output: usize| self.routes.iter().filter(|r| r.output == output).flat_map(|r| &r.taps).map(|t| t * t).sum::<f64>();
        let most = (0..self.outputs).map(energy).fold(0.0, f64::max);
        if most > 0.0 {
            let gain = 1.0 / most.sqrt();
            self.routes.iter_mut().flat_map(|r| &mut r.taps).for_each(|t| *t *= gain);
        }
    }
}

/// Cuts all channels alike.
fn cut(channels: &mut [Vec<f64>], cut: &Cut) {
    for channel in channels.iter_mut() {
        channel.drain(..cut.skip.min(channel.len()));
    }
    let whole = channels.iter().map(Vec::len).max().unwrap_or(0);
    let energy: Vec<f64> = (0..whole).map(|n| channels.iter().filter_map(|c| c.get(n)).map(|x| x * x).sum()).collect();
    let least = energy.iter().sum::<f64>() * libm::pow(10.0, cut.trim / 10.0);
    let mut left = 0.0;
    let end = energy.iter().rposition(|e| {
        left += e;
        left > least
    });
    let end = end.map_or(0, |last| last + 1).saturating_add(cut.fade).min(whole).min(cut.length);
    // Silence at the end is no cut.
    let fade = if energy[end..].iter().any(|e| *e > 0.0) { cut.fade.min(end) } else { 0 };
    for channel in channels {
        channel.truncate(end);
        for n in end - fade..channel.len() {
            let u = (n + 1 + fade - end) as f64 / (fade + 1) as f64;
            channel[n] *= 0.5 + 0.5 * libm::cos(std::f64::consts::PI * u);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Cut = Cut { skip: 0, length: usize::MAX, trim: f64::NEG_INFINITY, fade: 0 };

    #[test]
    fn channels_find_their_ways() {
        let one = |count: usize| vec![vec![1.0]; count];
        for (channels, width, outputs) in [(1, 1, 1), (1, 2, 2), (2, 1, 2), (2, 2, 2), (4, 2, 2)] {
            let response = Response::recorded(one(channels), width, &ALL).expect("they go together");
            assert_eq!((response.inputs, response.outputs), (width, outputs));
        }
        for (channels, width) in [(3, 1), (3, 2), (4, 1), (6, 2), (0, 1)] {
            assert_eq!(Response::recorded(one(channels), width, &ALL), None);
        }
    }

    #[test]
    fn it_is_cut_where_little_is_left() {
        // Half of the energy of each tap is left after it.
        let taps: Vec<f64> = (0..100).map(|n| 2f64.powf(-0.5 * f64::from(n))).collect();
        let cut = |cut: Cut| Response::recorded(vec![taps.clone()], 1, &cut).map(|r| r.routes[0].taps.clone());
        assert_eq!(cut(ALL), Some(taps.clone()));
        // 2^-10 are 30.1 dB.
        assert_eq!(cut(Cut { trim: -30.0, ..ALL }), Some(taps[..10].to_vec()));
        assert_eq!(cut(Cut { skip: 3, length: 5, ..ALL }), Some(taps[3..8].to_vec()));
        let faded = cut(Cut { length: 8, fade: 3, ..ALL }).unwrap_or_default();
        assert!(faded[..5] == taps[..5] && (5..8).all(|n| faded[n] < taps[n] && faded[n] > 0.0), "{faded:?}");
        let mut normal = Response::designed(&[6.0; 9], false, 2);
        normal.normalise();
        assert!(normal.routes.iter().all(|r| (r.taps.iter().map(|t| t * t).sum::<f64>() - 1.0).abs() < 1e-12));
    }
}
