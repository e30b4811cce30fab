//! Every chain of the library: it builds on stereo, stays in bounds, keeps silence silent, and each parameter acts.

use mixdown_tests::library::chains;
use mixdown_tests::rig::{How, Song};
use mixdown_tests::signal::{difference, peak, stimulus};

fn heard(call: &str, x: &[Vec<f32>]) -> Vec<Vec<f32>> {
    let how = How { deliver: vec!["track.t".into()], ..How::default() };
    let song = Song::new(format!("length 1.5s\ntrack t {{ source \"x.wav\"\n {call} }}")).with("x.wav", x.to_vec());
    let heard = song.try_hear::<f32>(&how).unwrap_or_else(|e| panic!("{call}: {e}"));
    assert_eq!(heard.report.faults.len(), 0, "{call} is not finite");
    heard.strip("track.t").to_vec()
}

#[test]
fn chains_work_and_all_their_parameters_act() {
    let all = chains();
    assert!(all.len() >= 8, "{} chains", all.len());
    let x = stimulus(51, 72_000, 2);
    for chain in &all {
        let plain = heard(&format!("{}()", chain.name), &x);
        println!("{:22} {} parameters  peak {:.2} of {:.2}", chain.name, chain.params.len(), peak(&plain), peak(&x));
        assert!(peak(&plain) > 0.05 && peak(&plain) < 4.0, "{}: {}", chain.name, peak(&plain));
        let silence = heard(&format!("{}()", chain.name), &[vec![0.0; 480], vec![0.0; 480]]);
        assert_eq!(peak(&silence), 0.0, "{} makes sound of silence", chain.name);
        for (name, [low, high]) in &chain.params {
            let (a, b) = (heard(&format!("{}({name}: {low})", chain.name), &x), heard(&format!("{}({name}: {high})", chain.name), &x));
            assert!(difference(&a, &b).is_some(), "{}({name}: …): {low} and {high} sound the same", chain.name);
        }
    }
}
