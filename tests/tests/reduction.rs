//! `mixdown measure SONG.mix`: how far each dynamics processor turns its signal down, and every strip's level.

use mixdown_tests::Project;
use serde_json::Value;

const SONG: &str = "length 4s
/// Turns down by half of what is over.
effect half(threshold: dBFS = -20dBFS) {
    input * factor(-0.5 * max(to_dbfs(loudest(input)) - threshold, 0dB))
}
track loud {
    source sine(1kHz, level: -10dB)
    glue: compressor(threshold: -30dB, ratio: 4, knee: 0dB, attack: 1ms, release: 500ms, makeup: 6dB)
    idle: compressor(threshold: 0dB, ratio: 4, knee: 0dB)
    bypass limiter(ceiling: -40dBFS)
    gain(-20dB)
    parallel { dry { } crush { compressor(threshold: -54dB, ratio: 2, knee: 0dB, attack: 1ms, release: 500ms) } }
}
track own { source sine(50Hz, level: -10dB); ahead: limiter(ceiling: -1dBFS); half() }
track still { source silence(); gate(threshold: -20dBFS) }
master { limiter(ceiling: -1dBTP) }
";

/// The lines of a JSON answer, by what they are of.
fn line(lines: &[Value], key: &str, of: &str) -> Option<Value> {
    lines.iter().find(|l| l[key] == of).cloned()
}

#[test]
fn reductions_are_what_the_processors_take_away() {
    let p = Project::song(SONG);
    let before = p.render(&[]).hash();
    let run = p.run(&["measure", "song.mix", "--json"]).ok();
    let lines: Vec<Value> = run.out.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    let figures = |path: &str| {
        let line = line(&lines, "processor", path).unwrap_or_else(|| panic!("no {path}: {}", run.out));
        (line["reduction_max"].as_f64().expect("a number"), line["reduction_mean"].as_f64().expect("a number"))
    };
    // 20 dB over at 4 to 1 are 15, whatever the make-up gain adds again.
    let (most, mean) = figures("track.loud/glue");
    assert!((most - 15.0).abs() < 0.3 && (mean - 15.0).abs() < 0.5, "{most} {mean}");
    assert_eq!(figures("track.loud/idle"), (0.0, 0.0));
    assert_eq!(figures("master/limiter"), (0.0, 0.0));
    // Above its threshold by 15 dB in a branch of a wrapper: 7.5.
    let (most, mean) = figures("track.loud/parallel/crush/compressor");
    assert!((mean - 7.5).abs() < 0.5 && (mean..mean + 2.0).contains(&most), "{most} {mean}");
    // What looks ahead is late, and compared with what it heard then: a quarter of a period away the level is another.
    let (most, _) = figures("track.own/ahead");
    assert!(most < 0.01, "{most}");
    // One's own effect counts as soon as it has a threshold: half of 10 dB at the crest of each wave.
    let (most, _) = figures("track.own/half");
    assert!((most - 5.0).abs() < 0.1, "{most}");
    // In silence there is nothing to take away.
    assert_eq!(figures("track.still/gate"), (0.0, 0.0));
    assert!(line(&lines, "processor", "track.loud/limiter").is_none(), "what is bypassed takes nothing");
    let level = line(&lines, "strip", "track.own").expect("a strip")["true_peak"].as_f64().expect("a level");
    assert!((-16.0..-14.0).contains(&level), "{level}");
    assert_eq!(p.render(&[]).hash(), before, "measuring has changed the mix");
}

#[test]
fn a_table_for_people_and_faults_of_the_song() {
    let p = Project::song(SONG);
    let out = p.run(&["measure", "song.mix"]).ok().out;
    assert!(out.starts_with("song.mix\n") && out.contains("track.loud ") && out.contains("dB at most"), "{out}");
    p.write("song.mix", "track a { source \"nowhere.wav\" }\n");
    p.run(&["measure", "song.mix"]).fails(2, "E0901");
    p.run(&["measure", "nowhere.mix"]).fails(2, "E09");
}
