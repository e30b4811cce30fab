//! Where a song ends, what a fault does to it, and how a render fails.

mod common;

use common::build::{Build, at};
use common::{options, render, toy};
use mixdown_engine::{Options, RenderError, SourceReader, error};
use mixdown_layout::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// An impulse at 0, repeated every `every` samples at half the level.
fn echoes(every: u32, sources_end: u64, tail: Tail) -> Build<f32> {
    let mut b = Build::<f32>::new();
    let mut signal = vec![0.0; sources_end as usize];
    signal[0] = 1.0;
    let x = b.source(vec![signal])[0];
    let k = b.kernel(toy::echo(4096));
    let y = b.run(k, &[at(x, 0)], &[f64::from(every), 0.5])[0];
    b.deliver("master", &[at(y, 0)]);
    b.program.tail = tail;
    b
}

#[test]
fn the_song_ends_after_the_last_sample_that_is_not_silent() {
    // Echo k stands at 100 k with level 2^-k; the last at or above 2^-10 is the tenth.
    let tail = Tail { threshold: 2f64.powi(-10), hold: 150, most: 100_000 };
    for block in [1, 64, 100, 4096] {
        for threads in [1, 2] {
            let (out, report) = render(&mut echoes(100, 250, tail).engine(options(threads, block)).unwrap());
            assert_eq!(report.frames, 1001);
            assert_eq!((out[0].len(), out[0][1000]), (1001, 2f32.powi(-10)));
        }
    }
}

#[test]
fn a_gap_longer_than_hold_ends_it_and_the_sources_are_never_cut() {
    let tail = Tail { threshold: 1e-3, hold: 99, most: 100_000 };
    assert_eq!(render(&mut echoes(300, 310, tail).engine(options(1, 64)).unwrap()).1.frames, 310);
    // Long before the sources' end all is silent already.
    assert_eq!(render(&mut echoes(300, 9000, tail).engine(options(1, 64)).unwrap()).1.frames, 9000);
    let exact = Tail { hold: 290, ..tail };
    assert_eq!(render(&mut echoes(300, 310, exact).engine(options(1, 64)).unwrap()).1.frames, 310);
    let longer = Tail { hold: 291, ..tail };
    assert_eq!(render(&mut echoes(300, 310, longer).engine(options(1, 64)).unwrap()).1.frames, 601);
    let all = Tail { hold: 300, ..tail };
    assert_eq!(render(&mut echoes(300, 310, all).engine(options(1, 64)).unwrap()).1.frames, 2701);
}

#[test]
fn the_tail_is_never_longer_than_most() {
    let tail = Tail { threshold: 1e-30, hold: 500, most: 777 };
    for block in [64, 1000] {
        // The last echo before 250 + 777 stands at 1000.
        assert_eq!(render(&mut echoes(100, 250, tail).engine(options(1, block)).unwrap()).1.frames, 1001);
    }
}

#[test]
fn a_length_is_kept_and_a_song_without_end_is_refused() {
    let tail = Tail { threshold: 1e-3, hold: 99, most: 100 };
    let mut b = echoes(100, 250, tail);
    b.program.length = Some(12_345);
    b.program.sources_end = None;
    let mut seen = Vec::new();
    let report = b
        .engine(options(1, 1000))
        .unwrap()
        .render(&mut |block| -> Result<(), ()> {
            seen.push(block.frames);
            assert_eq!((block.total, block.at_least), (Some(12_345), 12_345));
            Ok(())
        })
        .unwrap();
    assert_eq!(report.frames, 12_345);
    assert_eq!((seen.len(), seen[0], seen[12]), (13, 1000, 345));
    let mut b = echoes(100, 250, tail);
    b.program.sources_end = None;
    let refused = b.engine(options(1, 64)).err().unwrap();
    assert_eq!(refused.code, error::ENDLESS);
    assert!(refused.help.unwrap().contains("length"));
    for threads in [1, 2] {
        let mut b = echoes(100, 250, tail);
        b.program.length = Some(0);
        assert_eq!(render(&mut b.engine(options(threads, 64)).unwrap()).1.frames, 0);
    }
}

#[test]
fn a_strip_s_faults_become_silence_and_are_counted_once_whatever_the_batch() {
    for (threads, block) in [(1, 1), (1, 64), (1, 4096), (2, 512)] {
        let mut b = Build::<f32>::new();
        let x = b.source(vec![vec![0.5; 300]])[0];
        let info = toy::info("bad", Packing::Instances, &[1], &[1]);
        let k = b.kernel(toy::custom(info, |s| {
            let fault = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY];
            s.output(0, 0, if s.time % 10 < 3 { fault[s.time as usize % 10] } else { s.input(0, 0) });
        }));
        let instance = b.instance(k, &[at(x, 0)], &[], vec![]);
        let stream = instance.outputs[0];
        b.program.streams[stream as usize] = Stream { factor: 1, strip_output: true, name: "track.bad".into() };
        b.pack(k, vec![instance]);
        b.deliver("master", &[at(stream, 0)]);
        b.program.tail = Tail { threshold: 1e-3, hold: 500, most: 9000 };
        let (out, report) = render(&mut b.engine(options(threads, block)).unwrap());
        assert_eq!(out[0].len(), 300);
        for (n, x) in out[0].iter().enumerate() {
            assert_eq!(*x, if n % 10 < 3 { 0.0 } else { 0.5 });
        }
        // Cells 0..5 belong to the song: 320 samples.
        assert_eq!(report.faults, vec![("track.bad".to_string(), 96)], "{threads} threads, block {block}");
    }
}

/// Fails after so many frames.
struct Broken(usize, bool);

impl SourceReader<f32> for Broken {
    fn channels(&self) -> usize {
        1
    }
    fn frames(&self) -> Option<u64> {
        Some(100_000)
    }
    fn read(&mut self, out: &mut [&mut [f32]]) -> Result<usize, String> {
        let n = out[0].len().min(self.0);
        if n == 0 {
            assert!(!self.1, "broken beyond repair");
            return Err("the disk is gone".into());
        }
        self.0 -= n;
        out[0][..n].fill(1.0);
        Ok(n)
    }
    fn seek(&mut self, _: u64) -> Result<(), String> {
        Err("no way back".into())
    }
}

#[test]
fn a_source_that_fails_is_an_error_that_names_it() {
    for threads in [1, 2, 8] {
        for panics in [false, true] {
            let mut b = Build::<f32>::new();
            let x = b.reader(Box::new(Broken(5000, panics)))[0];
            let later = b.reader(Box::new(Broken(7000, false)))[0];
            b.program.streams[x as usize].name = "track.vocal.source".into();
            b.deliver("master", &[at(x, 0), at(later, 0)]);
            b.program.sources_end = Some(100_000);
            let mut got = 0;
            let result = b.engine(options(threads, 512)).unwrap().render(&mut |block| -> Result<(), ()> {
                got += block.frames;
                Ok(())
            });
            let Err(RenderError::Engine(failed)) = result else { panic!("must fail") };
            assert_eq!(failed.code, if panics { error::PANIC } else { error::SOURCE_FAILED });
            assert!(failed.message.contains("track.vocal.source"), "{failed}");
            assert!(failed.message.contains(if panics { "beyond repair" } else { "the disk is gone" }), "{failed}");
            assert_eq!(got, 4608, "all whole batches before");
        }
    }
}

#[test]
fn a_failure_after_the_song_s_end_is_none() {
    for threads in [1, 2] {
        let mut b = Build::<f32>::new();
        let x = b.reader(Box::new(Broken(640, false)))[0];
        b.deliver("master", &[at(x, 0)]);
        b.program.length = Some(640);
        let (out, _) = render(&mut b.engine(options(threads, 512)).unwrap());
        assert!(out[0].iter().all(|x| *x == 1.0));
    }
}

#[test]
fn a_render_can_be_cancelled_and_a_sink_can_refuse() {
    for threads in [1, 2] {
        let build = || {
            let mut b = echoes(100, 250, Tail { threshold: 1e-3, hold: 99, most: 100 });
            b.program.length = Some(u64::MAX / 4);
            b
        };
        let cancel = Arc::new(AtomicBool::new(false));
        let asked = Options { cancel: Some(cancel.clone()), ..options(threads, 64) };
        let result = build().engine(asked).unwrap().render(&mut |block| -> Result<(), ()> {
            cancel.store(block.start > 1000, Ordering::Relaxed);
            Ok(())
        });
        let Err(RenderError::Engine(failed)) = result else { panic!("must stop") };
        assert_eq!(failed.code, error::CANCELLED);
        let result = build()
            .engine(options(threads, 64))
            .unwrap()
            .render(&mut |block| if block.start < 640 { Ok(()) } else { Err("full") });
        assert_eq!(result.unwrap_err(), RenderError::Sink("full"));
    }
}

#[test]
fn memory_is_the_same_for_a_minute_and_an_hour() {
    let bytes = |minutes: u64| {
        let mut b = Build::<f32>::new();
        let k = b.kernel(toy::gain(&[], SlotKind::Const));
        let y = b.run(k, &[], &[0.25])[0];
        b.deliver("master", &[at(y, 0)]);
        b.program.length = Some(minutes * 60 * 1000);
        let mut engine = b.engine(options(1, 4096)).unwrap();
        let before = engine.memory_bytes();
        let mut frames = 0;
        let report = engine
            .render(&mut |block| -> Result<(), ()> {
                frames += block.frames as u64;
                Ok(())
            })
            .unwrap();
        assert_eq!((frames, before), (minutes * 60 * 1000, report.memory_bytes));
        before
    };
    assert_eq!(bytes(1), bytes(60));
}

#[test]
fn what_does_not_fit_is_refused() {
    let tail = Tail { threshold: 1e-3, hold: 99, most: 100 };
    let mut b = echoes(100, 250, tail);
    b.code.kernels.clear();
    assert_eq!(b.engine(options(1, 64)).err().unwrap().code, error::CODE);
    let mut b = echoes(100, 250, tail);
    b.sources.clear();
    assert_eq!(b.engine(options(1, 64)).err().unwrap().code, error::SOURCES);
    let mut b = echoes(100, 250, tail);
    b.program.nodes.reverse();
    assert_eq!(b.engine(options(1, 64)).err().unwrap().code, error::PROGRAM);
    let b = echoes(100, 250, tail);
    assert_eq!(b.engine(options(1, 0)).err().unwrap().code, error::OPTION);
    let mut b = echoes(100, 250, tail);
    b.program.float = Float::F64;
    assert_eq!(b.engine(options(1, 64)).err().unwrap().code, error::CODE);
}
