//! What the engine costs around the kernels: a session of 24 stereo tracks, four groups, a send and a master, whose
//! kernels do nothing, for 60 seconds at 44.1 kHz. Prints nanoseconds a node and cell, and seconds in all.
//! `cargo bench -p mixdown-engine`.

#[path = "../tests/common/mod.rs"]
mod common;

use common::build::{Build, at};
use common::{options, toy};
use mixdown_engine::SourceReader;
use mixdown_layout::*;
use std::sync::Arc;

/// Code that leaves its outputs as they are, after so many rounds of nothing useful.
struct Nothing(u32);

impl KernelCode for Nothing {
    unsafe fn run(&self, call: &BlockCall) {
        let mut x = call.time as f64;
        for _ in 0..self.0 {
            x = std::hint::black_box(x * 0.5 + 1.0);
        }
    }
    fn path(&self) -> PathTaken {
        PathTaken::default()
    }
}

/// A stereo source from a short loop in the cache.
struct Loop(Vec<f32>);

impl SourceReader<f32> for Loop {
    fn channels(&self) -> usize {
        2
    }
    fn frames(&self) -> Option<u64> {
        None
    }
    fn read(&mut self, out: &mut [&mut [f32]]) -> Result<usize, String> {
        let n = out[0].len().min(self.0.len());
        out.iter_mut().for_each(|o| o[..n].copy_from_slice(&self.0[..n]));
        Ok(n)
    }
    fn seek(&mut self, _: u64) -> Result<(), String> {
        Ok(())
    }
}

fn session(rounds: u32) -> Build<f32> {
    let mut b = Build::<f32>::new();
    let mut shape = |packing, name: &str| {
        let mut info = toy::info(name, packing, &[2], &[2]);
        info.states =
            (0..24).map(|k| StateInfo { name: format!("s{k}"), width: 2, init: 0.0, integer: false }).collect();
        info.slots = vec![SlotKind::Const; 30];
        let kernel = b.kernel(toy::custom(info, |_| {}));
        b.code.kernels[kernel as usize] = Arc::new(Nothing(rounds));
        kernel
    };
    let (strip, bus) = (shape(Packing::Instances, "strip"), shape(Packing::Frames, "bus"));
    let tracks: Vec<Vec<u32>> = (0..24).map(|k| b.reader(Box::new(Loop(common::noise(k, 4096))))).collect();
    let strips: Vec<Vec<u32>> = tracks
        .chunks(4)
        .flat_map(|four| {
            let instances: Vec<_> =
                four.iter().map(|t| b.instance(strip, &[at(t[0], 0), at(t[1], 0)], &[1.0; 30], vec![])).collect();
            b.pack(strip, instances).chunks(2).map(<[u32]>::to_vec).collect::<Vec<_>>()
        })
        .collect();
    let join = |b: &mut Build<f32>, of: &[Vec<u32>], late: u32| {
        let sides: Vec<u32> =
            (0..2).map(|c| b.mix(&of.iter().map(|s| (at(s[c], late), 0.7)).collect::<Vec<_>>())).collect();
        b.run(bus, &[at(sides[0], 0), at(sides[1], 0)], &[1.0; 30])
    };
    let mut joined: Vec<Vec<u32>> = strips.chunks(6).map(|six| join(&mut b, six, 0)).collect();
    joined.push(join(&mut b, &strips, 0));
    let master = join(&mut b, &joined, 100);
    b.program.streams[master[0] as usize].strip_output = true;
    b.program.streams[master[1] as usize].strip_output = true;
    b.deliver("master", &[at(master[0], 64), at(master[1], 64)]);
    b.program.length = Some(60 * 44_100);
    b
}

/// Four stereo signals up and down by 4.
fn resampling() {
    let mut b = Build::<f32>::new();
    let mut ends = Vec::new();
    for k in 0..4 {
        for side in b.reader(Box::new(Loop(common::noise(k, 4096)))) {
            let up = b.up(4, at(side, 0));
            let down = b.down(4, at(up, 32));
            ends.push((at(down, 32), 1.0));
        }
    }
    let sum = b.mix(&ends);
    b.deliver("master", &[at(sum, 0)]);
    b.program.length = Some(60 * 44_100);
    let mut engine = b.engine(options(1, 1024)).expect("fits");
    let runs = (0..5).filter_map(|_| engine.render(&mut |_| Ok::<(), ()>(())).ok());
    let best = runs.map(|r| r.resample_seconds).fold(f64::MAX, f64::min);
    let each = best * 1e9 / (8.0 * 60.0 * 44_100.0);
    println!("up and down by 4: {each:.2} ns a mix sample and channel");
}

/// The same session with kernels that take their time, on more and more threads.
fn threads() {
    for threads in [1, 2, 4] {
        let mut engine = session(100).engine(options(threads, 1024)).expect("fits");
        let runs = (0..2).filter_map(|_| engine.render(&mut |_| Ok::<(), ()>(())).ok());
        let best = runs.min_by(|a, b| a.seconds.total_cmp(&b.seconds));
        let Some(r) = best else { return };
        println!(
            "busy kernels, {threads} threads: {:.3} s, of which {:.3} s around them",
            r.seconds,
            r.seconds - r.kernels.iter().map(|k| k.seconds).sum::<f64>() / threads as f64
        );
    }
}

fn main() {
    resampling();
    threads();
    let cells = 60 * 44_100 / 64;
    for threads in [1, 2] {
        for block in [64, 256, 512, 1024, 2048, 4096] {
            for skip_silence in [false, true] {
                let b = session(0);
                let nodes = b.program.nodes.len();
                let mut o = options(threads, block);
                o.skip_silence = skip_silence;
                let mut engine = b.engine(o).expect("fits");
                let mut best = f64::MAX;
                let mut report = None;
                for _ in 0..5 {
                    let r = engine.render(&mut |_| Ok::<(), ()>(())).expect("renders");
                    if r.seconds < best {
                        best = r.seconds;
                        report = Some(r);
                    }
                }
                let Some(r) = report else { return };
                let each = best * 1e9 / (nodes * cells) as f64;
                let kernels: f64 = r.kernels.iter().map(|k| k.seconds).sum();
                println!(
                    "threads {threads} block {block:4} skip {skip_silence:5}: {best:.3} s, {each:5.1} ns a node and cell ({nodes} nodes; sums {:.3} s, sources {:.3} s, kernel nodes {kernels:.3} s, {} KiB)",
                    r.mix_seconds,
                    r.source_seconds,
                    r.memory_bytes >> 10
                );
            }
        }
    }
}
