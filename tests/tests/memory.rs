//! Memory does not grow with the song: an hour takes what a minute takes.

use mixdown_tests::Project;
use serde_json::Value;

fn peak(p: &Project, song: &str) -> (f64, f64) {
    p.write("song.mix", song);
    let run = p.run(&["render", "song.mix", "--bits", "16", "--timings", "json", "--threads", "2"]).ok();
    let t: Value = serde_json::from_str(&run.out).expect("JSON");
    (t["peak_rss_mb"].as_f64().expect("a number"), t["audio_s"].as_f64().expect("a number"))
}

#[test]
fn an_hour_takes_the_memory_of_a_minute() {
    let p = Project::new();
    let tone = |n: usize| (0..n).map(|i| (i as f32 * 0.05).sin() * 0.3).collect::<Vec<f32>>();
    // Eight minutes at 8 kHz, played eight times over, and a one-shot every second.
    p.wav("long.wav", 8_000, &[tone(8 * 60 * 8_000)]);
    p.wav("short.wav", 8_000, &[tone(2_000)]);
    let song = |length: &str, repeat: usize, hits: usize| {
        format!(
            "sample_rate 8kHz\ntempo 60bpm\nlength {length}\n\
             track a {{ clips [ clip(\"long.wav\", at: @0s, loop: {repeat}) ]\n lowpass(1kHz) }}\n\
             track b {{ clips [ clip(\"short.wav\", at: @0s, length: 1s, loop: {hits}) ]\n delay(time: 0.3s, feedback: 30%, mix: 20%) }}\n\
             track c {{ source sine(200Hz, level: -30dB) }}\n\
             master {{ limiter(ceiling: -1dBTP) }}\n"
        )
    };
    let (minute, seconds) = peak(&p, &song("1min", 1, 60));
    assert_eq!(seconds, 60.0);
    let (hour, seconds) = peak(&p, &song("60min", 8, 3600));
    assert_eq!(seconds, 3600.0);
    println!("a minute {minute:.1} MB, an hour {hour:.1} MB");
    assert!(hour <= minute * 1.10, "a minute takes {minute:.1} MB, an hour {hour:.1} MB");
}
