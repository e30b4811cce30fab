//! Chains that differ share lanes where they are equal, and nobody hears it.

use mixdown_layout::{Node, Packing};
use mixdown_tests::rig::{How, Song};
use mixdown_tests::signal::noise;

/// Four tracks of different length and order around the same expensive processor.
const CHAINS: [(&str, &str); 4] = [
    ("a", "highpass(80Hz); chorus(rate: 0.3Hz); fader -3dB"),
    ("b", "chorus(rate: 0.7Hz)"),
    ("c", "bell(1kHz, +3dB); bell(2kHz, -2dB); chorus(depth: 4ms); compressor(threshold: -30dB, ratio: 4)"),
    ("d", "compressor(threshold: -20dB, ratio: 2); chorus(); lowpass(5kHz); send far -10dB"),
];

fn track(name: &str, chain: &str) -> String {
    format!("track {name} {{ source \"{name}.wav\"; {chain} }}\n")
}

fn song(tracks: &[(&str, &str)]) -> Song {
    let text: String = tracks.iter().map(|(name, chain)| track(name, chain)).collect();
    let mut song = Song::new(format!("{text}bus far {{ gain(-6dB) }}\n"));
    for (name, _) in tracks {
        let seed = name.bytes().map(u64::from).sum();
        song = song.with(&format!("{name}.wav"), vec![noise(seed, 9_000, 0.3)]);
    }
    song
}

#[test]
fn what_is_equal_in_different_chains_runs_side_by_side() {
    let song = song(&CHAINS);
    let mix = song.mix().unwrap();
    let built = song.build::<f32>(&mix, &How::default()).unwrap();
    let shared = |node: &Node| match node {
        Node::Kernel { kernel, instances } => {
            let info = &built.lowered.program.kernels[*kernel as usize];
            (!info.lines.is_empty()).then_some((info.packing, instances.len()))
        }
        _ => None,
    };
    // The chorus is the one with delay lines; a stereo one takes two lanes.
    let mut choruses: Vec<(Packing, usize)> = built.lowered.program.nodes.iter().filter_map(shared).collect();
    choruses.sort_by_key(|(_, count)| *count);
    assert_eq!(choruses, [(Packing::Frames, 2), (Packing::Frames, 2)]);
}

#[test]
fn a_strip_sounds_the_same_alone_and_in_company() {
    let names: Vec<&str> = CHAINS.iter().map(|(name, _)| *name).collect();
    let paths: Vec<String> = names.iter().map(|name| format!("track.{name}")).collect();
    let together = song(&CHAINS).hear(&paths.iter().map(String::as_str).collect::<Vec<_>>());
    for (chain, path) in CHAINS.iter().zip(&paths) {
        let alone = song(&[*chain]).hear(&[path]);
        for (a, b) in alone.strip(path).iter().zip(together.strip(path)) {
            let bits = |x: &[f32]| x.iter().take(9_000).map(|x| x.to_bits()).collect::<Vec<u32>>();
            assert!(bits(a) == bits(b), "{path} sounds different in company");
        }
    }
}

#[test]
fn equal_branches_run_side_by_side() {
    let text = "track t { source \"t.wav\"
        bands(300Hz, 3kHz) { low { compressor(threshold: -30dB, ratio: 4) }
                             mid { compressor(threshold: -25dB, ratio: 2) }
                             high { compressor(threshold: -35dB, ratio: 8) } } }\n";
    let song = Song::new(text).with("t.wav", vec![noise(3, 9_000, 0.3)]);
    let mix = song.mix().unwrap();
    let built = song.build::<f32>(&mix, &How::default()).unwrap();
    let most = built.lowered.program.nodes.iter().filter_map(|node| match node {
        Node::Kernel { instances, .. } => Some(instances.len()),
        _ => None,
    });
    assert_eq!(most.max(), Some(3));
}
