//! Texts and files that ask for more than there is, or that never answer.

use mixdown_tests::Project;
use std::process::Command;
use std::time::{Duration, Instant};

/// What asks for too much must be told soon: on a busy machine too, far sooner than it would take.
const TOLD: Duration = Duration::from_secs(10);

/// A chain of effects that each call the one before twice.
fn doubled(levels: usize) -> String {
    let mut text = String::from("length 1s\neffect e0() { input * 0.5 }\n");
    for i in 1..=levels {
        let before = i - 1;
        text += &format!("effect e{i}() {{ (input |> e{before}()) + (input |> e{before}()) }}\n");
    }
    text + &format!("track a {{ source sine(440Hz, -20dB)\n e{levels}() }}\n")
}

#[test]
fn code_without_end_ends_in_an_error() {
    let body = |body: &str| format!("length 1s\neffect e() {{ {body} }}\ntrack a {{ source sine(440Hz, -20dB)\n e() }}\n");
    let nested = body("state y = 0\n for i in 1..1000 { for j in 1..1000 { for k in 1..1000 { y = y * 0.5 + input } } }\n y");
    let lists = body("let a = [x for x in 1..1000]\n let b = [a for x in 1..1000]\n let c = [b for x in 1..1000]\n input * c[0][0][0]");
    let states = body("state s = [0 for x in 1..60000]\n let t = [[s[i] for i in 0..1999] for j in 1..1000]\n input + t[0][0]");
    for (what, song) in [("loops in loops", nested), ("effects that double", doubled(30)), ("lists of lists", lists), ("states", states)] {
        let p = Project::song(&song);
        let exe = mixdown_tests::program().display();
        let started = Instant::now();
        // The address space that the worst machine has left.
        let out = Command::new("sh").args(["-c", &format!("ulimit -v 4000000; '{exe}' check song.mix")]).current_dir(p.path("")).output().expect("a shell");
        let (err, took) = (String::from_utf8_lossy(&out.stderr), started.elapsed());
        println!("{what}: {took:.2?}");
        assert!(out.status.code() == Some(1) && err.contains("error[E0827]") && err.contains("help: "), "{what}: {err}");
        assert!(err.contains("1,000,000 steps") && err.contains("song.mix:"), "{what}: {err}");
        assert!(took < TOLD, "{what} took {took:?}");
    }
    Project::song(&doubled(8)).run(&["check", "song.mix"]).ok();
}

#[test]
fn delay_lines_of_a_strip_have_a_limit_together() {
    let song = "length 1s\neffect e() { state t = [line(20s) for x in 1..400]\n for i in 0..399 { t[i].write(input) }\n t[0].read(1s) }\n\
        track a { source sine(440Hz, -20dB)\n e() }\n";
    Project::song(song).run(&["check", "song.mix"]).fails(1, "error[E0823]");
}

#[test]
#[cfg(unix)]
fn pipes_are_no_audio_and_are_not_waited_for() {
    let p = Project::song("length 1s\ntrack a { source \"pipe.wav\" }\n");
    let made = Command::new("mkfifo").arg(p.path("pipe.wav")).status();
    assert!(made.is_ok_and(|s| s.success()), "no pipe can be made");
    let started = Instant::now();
    p.run(&["check", "song.mix"]).fails(2, "error[E0902]");
    p.run(&["measure", "pipe.wav"]).fails(2, "error[E0902]");
    p.wav("tone.wav", 48_000, &[vec![0.1; 4800]]);
    p.write("song.mix", "length 1s\nfor f in files(\"*.wav\") { track \"{stem(f)}\" { source f } }\n");
    p.run(&["check", "song.mix"]).ok();
    assert!(started.elapsed() < TOLD, "took {:?}", started.elapsed());
}

#[test]
#[cfg(unix)]
fn an_interrupt_ends_every_verb() {
    let p = Project::song("length 1s\ntrack a { source \"a.wav\"\n trim to -20LUFS }\nlet x = measure(\"a.wav\").loudness\n");
    // Long enough that no machine is through with it before the signal comes.
    p.wav("a.wav", 48_000, &[(0..48_000 * 1200).map(|i| ((i % 97) as f32 / 97.0 - 0.5) * 0.3).collect()]);
    for args in [&["measure", "a.wav"][..], &["check", "song.mix"]] {
        for signal in ["INT", "TERM"] {
            let running = p.start(args);
            std::thread::sleep(Duration::from_millis(150));
            let sent = Instant::now();
            running.signal(signal);
            let run = running.end();
            println!("{args:?}, {signal}: {:.2?} after", sent.elapsed());
            assert_eq!(run.code, 130, "{args:?}, {signal}: {}", run.err);
            assert!(sent.elapsed() < Duration::from_secs(5), "{args:?} went on for {:?}", sent.elapsed());
        }
    }
}
