//! What a reading's offset undoes is undone to the sample, whatever the leads it causes.

mod common;

use common::build::{Build, at};
use common::{noise, options, render, toy};
use mixdown_layout::{Packing, Read};

#[test]
fn a_delay_read_with_its_latency_nulls_against_the_dry_signal() {
    for latency in [0u32, 1, 63, 64, 65, 127, 200, 1000, 4000] {
        for block in [1, 64, 512, 4096] {
            let mut b = Build::<f32>::new();
            let dry = noise(7, 3000);
            let x = b.source(vec![dry.clone()])[0];
            let k = b.kernel(toy::delay(Packing::Instances, 1, 8192));
            let y = b.run(k, &[at(x, 0)], &[f64::from(latency)])[0];
            let null = b.mix(&[(at(y, latency), 1.0), (at(x, 0), -1.0)]);
            b.deliver("null", &[at(null, 0)]).deliver("wet", &[at(y, latency)]);
            b.program.length = Some(3500);
            let (out, report) = render(&mut b.engine(options(1, block)).unwrap());
            assert!(out[0].iter().all(|x| *x == 0.0), "latency {latency}, block {block}");
            assert_eq!(out[1][..3000], dry[..], "latency {latency}, block {block}");
            assert_eq!((out[1].len(), report.frames), (3500, 3500));
        }
    }
}

#[test]
fn chains_of_offsets_add_up_and_rings_serve_readers_of_different_leads() {
    let mut b = Build::<f32>::new();
    let dry = noise(3, 5000);
    let x = b.source(vec![dry.clone()])[0];
    let k = b.kernel(toy::delay(Packing::Instances, 1, 1024));
    // Read at once, much later, and with offsets of its own by the outputs.
    let a = b.run(k, &[at(x, 0)], &[100.0])[0];
    let c = b.run(k, &[at(a, 100)], &[333.0])[0];
    let d = b.run(k, &[at(c, 333)], &[700.0])[0];
    let null = b.mix(&[(at(d, 700), 1.0), (at(a, 100), -0.5), (at(x, 0), -0.5)]);
    b.deliver("null", &[at(null, 0)])
        .deliver("ahead", &[at(x, 77)])
        .deliver("nothing", &[Read { stream: None, offset: 9 }]);
    b.program.length = Some(4000);
    for (threads, block) in [(1, 64), (1, 1000), (2, 256)] {
        let program = b.program.clone();
        let mut again = Build::<f32> { program, code: b.code.clone(), sources: vec![] };
        again.sources.push(Box::new(mixdown_engine::MemorySource::new(vec![dry.clone()])));
        let (out, _) = render(&mut again.engine(options(threads, block)).unwrap());
        assert!(out[0].iter().all(|x| *x == 0.0));
        assert_eq!(out[1][..], dry[77..4077]);
        assert!(out[2].iter().all(|x| x.to_bits() == 0));
    }
}

#[test]
fn a_second_render_starts_anew() {
    let mut b = Build::<f32>::new();
    let x = b.source(vec![noise(1, 1000)])[0];
    let k = b.kernel(toy::echo(256));
    let y = b.run(k, &[at(x, 0)], &[200.0, 0.5])[0];
    b.deliver("echo", &[at(y, 0)]);
    let mut engine = b.engine(options(1, 100)).unwrap();
    assert_eq!(render(&mut engine).0, render(&mut engine).0);
}
