//! One strip, as its text reads: source, processors, fader, pan, sends, edges.

use super::edge::Edge;
use super::fun::Fun;
use super::value::{At, Home, Num, Sig, Sym};
use super::weave::Weave;
use super::{Fault, codes};
use mixdown_analysis::body::{Expr, TapPoint};
use mixdown_analysis::mix::{Node, Process, Strip, Wrap, WrapKind};

/// Most that a fader or send that moves may reach, in dB.
const LOUDEST: f64 = 144.0;
/// A kernel longer than this is cut at the next processor.
const LONG: usize = 1500;

impl Weave<'_, '_> {
    /// Lowers the whole strip; `input` is its source or the sum of what feeds it.
    pub fn strip(&mut self, index: u32, strip: &Strip, input: Option<Sig>) -> Result<Vec<Edge>, Fault> {
        let mut edges = Vec::new();
        let source = match (&strip.source, input) {
            (Some(mixdown_analysis::mix::Source::Generator(call)), _) => {
                let sym = self.call(call, None, &call.path.clone(), strip.span)?;
                let num = self.sym_num(sym)?;
                self.audio(num)?
            }
            (_, Some(sig)) => sig,
            (_, None) => Sig::silence(),
        };
        self.tap(TapPoint::Source, source);
        let mut flow = Flow { strip: index, pan: None, place: 0, edges: &mut edges };
        let end = if strip.nodes.iter().any(|n| matches!(n, Node::Fader { .. })) {
            self.flow(&strip.nodes, source, &mut flow)?
        } else {
            // Where no fader is written it would stand behind the last processor.
            let last = strip.nodes.iter().rposition(|n| matches!(n, Node::Process(_) | Node::Wrap(_) | Node::Trim { .. }));
            let (above, below) = strip.nodes.split_at(last.map_or(0, |i| i + 1));
            let pre = self.flow(above, source, &mut flow)?;
            self.tap(TapPoint::Pre, pre);
            self.flow(below, pre, &mut flow)?
        };
        let (pan, place) = (flow.pan, flow.place);
        self.tap(TapPoint::Output, end);
        self.end = Some(end);
        let mute = match &strip.mute {
            Some(e) => Some(self.num(e)?),
            None => None,
        };
        for (i, output) in strip.outputs.iter().enumerate() {
            edges.push(Edge::new(strip, output.to, end, None, pan, (0, place + i), output.open));
        }
        for edge in &mut edges {
            edge.mute = mute;
            self.settle(edge)?;
        }
        Ok(edges)
    }

    /// Remembers a point of the strip, if some key listens there.
    fn tap(&mut self, point: TapPoint, sig: Sig) {
        if self.global.wanted.contains(&point) {
            self.global.pending_taps.push((point, sig));
        }
    }

    /// A sequence of nodes.
    fn flow(&mut self, nodes: &[Node], from: Sig, flow: &mut Flow<'_>) -> Result<Sig, Fault> {
        let mut cur = from;
        for node in nodes {
            if !matches!(node, Node::Send { .. }) {
                cur = self.cut(cur);
            }
            self.frame(|f| f.base = cur.at);
            let before = cur.width;
            self.arrives(cur);
            match node {
                Node::Process(p) => {
                    cur = self.process(p, cur)?;
                    let last = p.path.rsplit('/').next().unwrap_or_default().to_string();
                    self.tap(TapPoint::After(last), cur);
                }
                Node::Wrap(w) => {
                    cur = self.wrap(w, cur, flow)?;
                    let last = w.path.rsplit('/').next().unwrap_or_default().to_string();
                    self.tap(TapPoint::After(last), cur);
                }
                Node::Fader { level, .. } => {
                    self.tap(TapPoint::Pre, cur);
                    let level = self.held(level, (f64::NEG_INFINITY, LOUDEST))?;
                    let gain = self.apply(Fun::Factor, &[level])?;
                    cur = self.scaled(cur, gain)?;
                }
                Node::Pan { position, .. } => {
                    let p = self.held(position, (-1.0, 1.0))?;
                    if cur.width == 1 {
                        flow.pan = Some(p);
                    } else {
                        cur = self.balance(cur, p)?;
                    }
                }
                Node::Send { to, level, pan, open, .. } => {
                    let level = self.held(level, (f64::NEG_INFINITY, LOUDEST))?;
                    let own = match pan {
                        Some(p) => Some(self.held(p, (-1.0, 1.0))?),
                        None => flow.pan,
                    };
                    let strip = &self.global.mix.strips[flow.strip as usize];
                    flow.edges.push(Edge::new(strip, *to, cur, Some(level), own, (1, flow.place), *open));
                    flow.place += 1;
                }
                Node::Trim { gain, path, .. } => {
                    if self.global.measure.iter().any(|m| m == path) {
                        self.global.pending_measures.push((path.clone(), cur));
                    }
                    let level = self.number(gain.unwrap_or(0.0));
                    let gain = self.apply(Fun::Factor, &[level])?;
                    cur = self.scaled(cur, gain)?;
                }
            }
            // A pan that waited for the edges of a mono signal is a balance as soon as the signal is stereo.
            if before == 1
                && cur.width == 2
                && let Some(p) = flow.pan.take()
            {
                cur = self.balance(cur, p)?;
            }
        }
        Ok(cur)
    }

    /// What `input` is in the arguments of the next node.
    fn arrives(&mut self, sig: Sig) {
        self.frame(|f| f.input = Some(Sym::Num(Num::Audio(sig))));
    }

    /// A setting's value; what moves is held in its range (constants were checked before).
    fn held(&mut self, e: &Expr, (low, high): (f64, f64)) -> Result<Num, Fault> {
        let n = self.num(e)?;
        if n.known().is_some() {
            return Ok(n);
        }
        let n = if low.is_finite() { self.apply(Fun::Max, &[n, Num::literal(low)])? } else { n };
        self.apply(Fun::Min, &[n, Num::literal(high)])
    }

    /// Starts a new step, so that what follows may share its lanes with equal processors of other strips; a new part
    /// where the kernel would grow long.
    fn cut(&mut self, cur: Sig) -> Sig {
        if let Home::Kernel(r, _) = cur.home {
            self.long += self.regions[r].builder.kernel().body.len();
        }
        self.step += 1;
        if self.long > LONG {
            self.start_part();
        }
        Sig { at: At { lag: cur.at.lag, part: self.part, step: self.step }, ..cur }
    }

    fn start_part(&mut self) {
        self.part += 1;
        (self.step, self.long) = (0, 0);
    }

    fn scaled(&mut self, cur: Sig, gain: Num) -> Result<Sig, Fault> {
        let y = self.apply(Fun::Mul, &[Num::Audio(cur), gain])?;
        self.audio(y)
    }

    /// Balance of a stereo signal: `gL = min(1, 1-p)`, `gR = min(1, 1+p)`.
    fn balance(&mut self, cur: Sig, p: Num) -> Result<Sig, Fault> {
        let one = Num::literal(1.0);
        let l = self.apply(Fun::Sub, &[one, p])?;
        let l = self.apply(Fun::Min, &[one, l])?;
        let r = self.apply(Fun::Add, &[one, p])?;
        let r = self.apply(Fun::Min, &[one, r])?;
        let cur = Num::Audio(cur);
        let left = self.with_audio(cur, |b, v| b.channel(v, 0))?;
        let right = self.with_audio(cur, |b, v| b.channel(v, 1))?;
        let left = self.apply(Fun::Mul, &[left, l])?;
        let right = self.apply(Fun::Mul, &[right, r])?;
        let y = self.frame_of(left, right)?;
        self.audio(y)
    }

    fn process(&mut self, p: &Process, cur: Sig) -> Result<Sig, Fault> {
        if p.bypass {
            return Ok(cur);
        }
        let path = match p.path.split_once('/') {
            Some((_, rest)) => rest.to_string(),
            None => p.call.path.clone(),
        };
        let sym = self.call(&p.call, Some(Sym::Num(Num::Audio(cur))), &path, p.span).map_err(|f| f.called_from(p.span))?;
        if sym == Sym::Unit {
            return Err(Fault::said(&codes::NO_VALUE, p.span, format!("`{}` ends without a signal", p.call.path)));
        }
        let wet = self.sym_num(sym).map_err(|f| f.at(p.span))?;
        let wet = self.audio(wet)?;
        self.blend(cur, wet, &p.mix)
    }

    /// `(1-m)*dry + m*wet`.
    fn blend(&mut self, dry: Sig, wet: Sig, mix: &Option<Expr>) -> Result<Sig, Fault> {
        let Some(mix) = mix else { return Ok(wet) };
        // Branches had an input of their own.
        self.arrives(dry);
        let m = self.held(mix, (0.0, 1.0))?;
        let rest = self.apply(Fun::Sub, &[Num::literal(1.0), m])?;
        let w = self.apply(Fun::Mul, &[m, Num::Audio(wet)])?;
        let y = self.apply(Fun::Fma, &[rest, Num::Audio(dry), w])?;
        self.audio(y)
    }

    fn wrap(&mut self, w: &Wrap, cur: Sig, flow: &mut Flow<'_>) -> Result<Sig, Fault> {
        if w.bypass {
            return Ok(cur);
        }
        let mut dry = cur;
        let wet = match &w.kind {
            WrapKind::Parallel => self.branches(w, &vec![cur; w.branches.len()], flow, false)?,
            WrapKind::Bands(crossovers) => {
                let name = w.path.split_once('/').map_or("bands", |(_, rest)| rest).to_string();
                let bands = self.split_bands(&name, cur, crossovers)?;
                if w.mix.is_some() {
                    // What goes through no band would cancel the bands at their crossovers, where these turn its phase.
                    dry = self.sum(&bands)?;
                }
                self.branches(w, &bands, flow, false)?
            }
            WrapKind::MidSide | WrapKind::LeftRight => {
                if cur.width != 2 {
                    let name = if w.kind == WrapKind::MidSide { "mid_side" } else { "left_right" };
                    return Err(Fault::said(
                        &codes::WANTS_STEREO,
                        w.span,
                        format!("`{name}` needs a stereo signal, but `{}` is mono here", self.path),
                    ));
                }
                self.two(w, cur, flow)?
            }
            WrapKind::Oversample(n) => self.oversampled(w, *n, cur, flow)?,
        };
        self.blend(dry, wet, &w.mix)
    }

    /// Runs each branch on its input and sums them in text order.
    fn branches(&mut self, w: &Wrap, inputs: &[Sig], flow: &mut Flow<'_>, mono: bool) -> Result<Sig, Fault> {
        let outs = self.run_branches(w, inputs, flow, mono)?;
        self.sum(&outs).map_err(|f| f.at(w.span))
    }

    fn sum(&mut self, signals: &[Sig]) -> Result<Sig, Fault> {
        let mut sum: Option<Num> = None;
        for signal in signals {
            let signal = Num::Audio(*signal);
            sum = Some(match sum {
                None => signal,
                Some(s) => self.apply(Fun::Add, &[s, signal])?,
            });
        }
        match sum {
            Some(s) => self.audio(s),
            None => Err(Fault::inside("a wrapper without branches")),
        }
    }

    fn run_branches(&mut self, w: &Wrap, inputs: &[Sig], flow: &mut Flow<'_>, mono: bool) -> Result<Vec<Sig>, Fault> {
        // Equal branches are parts of their own: then they share their lanes.
        let parts = alike(w);
        let mut outs = Vec::new();
        for (branch, input) in w.branches.iter().zip(inputs) {
            if parts {
                self.start_part();
            }
            let out = self.flow(&branch.nodes, *input, flow)?;
            if mono && out.width != 1 {
                return Err(Fault::said(
                    &codes::BRANCH_WIDTH,
                    w.span,
                    format!("branch `{}` became stereo", branch.name),
                ));
            }
            outs.push(out);
        }
        if parts {
            self.start_part();
            outs.iter_mut().for_each(|out| out.at = At { lag: out.at.lag, part: self.part, step: self.step });
        }
        Ok(outs)
    }

    fn two(&mut self, w: &Wrap, cur: Sig, flow: &mut Flow<'_>) -> Result<Sig, Fault> {
        let x = Num::Audio(cur);
        let l = self.with_audio(x, |b, v| b.channel(v, 0))?;
        let r = self.with_audio(x, |b, v| b.channel(v, 1))?;
        let mid_side = w.kind == WrapKind::MidSide;
        let (a, b) = if mid_side {
            let half = Num::literal(0.5);
            let sum = self.apply(Fun::Add, &[l, r])?;
            let difference = self.apply(Fun::Sub, &[l, r])?;
            (self.apply(Fun::Mul, &[sum, half])?, self.apply(Fun::Mul, &[difference, half])?)
        } else {
            (l, r)
        };
        let inputs = [self.audio(a)?, self.audio(b)?];
        let outs = self.run_branches(w, &inputs, flow, true)?;
        let [a, b] = [Num::Audio(outs[0]), Num::Audio(outs[1])];
        let (l, r) = if mid_side {
            (self.apply(Fun::Add, &[a, b])?, self.apply(Fun::Sub, &[a, b])?)
        } else {
            (a, b)
        };
        let y = self.frame_of(l, r)?;
        self.audio(y)
    }

    fn oversampled(&mut self, w: &Wrap, n: u32, cur: Sig, flow: &mut Flow<'_>) -> Result<Sig, Fault> {
        let Some(branch) = w.branches.first() else { return Ok(cur) };
        let Some(domain) = self.enter_oversample(f64::from(n), w.span)? else {
            return self.flow(&branch.nodes, cur, flow);
        };
        let outer = std::mem::replace(&mut self.domain, domain);
        let inside = self.localize(cur).and_then(|up| {
            let base = self.frame(|f| std::mem::replace(&mut f.base, up.at));
            let out = self.flow(&branch.nodes, up, flow);
            self.frame(|f| f.base = base);
            out
        });
        self.domain = outer;
        Ok(self.downsample(inside?))
    }
}

/// Whether two branches of a wrapper call the same effects in the same order.
fn alike(w: &Wrap) -> bool {
    let effects = |nodes: &[Node]| -> Vec<u32> {
        let call = |node: &Node| match node {
            Node::Process(p) if !p.bypass => Some(p.call.effect),
            _ => None,
        };
        nodes.iter().filter_map(call).collect()
    };
    let lists: Vec<Vec<u32>> = w.branches.iter().map(|b| effects(&b.nodes)).collect();
    lists.iter().enumerate().any(|(i, list)| !list.is_empty() && lists[..i].contains(list))
}

/// What a walk through a strip's nodes gathers.
struct Flow<'e> {
    strip: u32,
    /// The pan in force for edges of a mono signal.
    pan: Option<Num>,
    /// Counts sends, for the fixed order of sums.
    place: usize,
    edges: &'e mut Vec<Edge>,
}
