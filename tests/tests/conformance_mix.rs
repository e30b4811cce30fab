//! What a mixer promises: pan laws, sends, keys, mute, solo, groups, `like`; levels to a hundredth of a decibel.

use mixdown_tests::db;
use mixdown_tests::rig::{Heard, Song};

/// A song of 20 ms with constant ones, mono and stereo, and a half.
fn song(text: &str) -> Song {
    let n = 960;
    Song::new(format!("length 20ms\n{text}"))
        .with("one.wav", vec![vec![1.0; n]])
        .with("two.wav", vec![vec![1.0; n], vec![0.5; n]])
}

fn hear(text: &str, strips: &[&str]) -> Heard<f32> {
    song(text).hear(strips)
}

/// The value in which a strip's channel stands still.
fn value(heard: &Heard<f32>, strip: &str, channel: usize) -> f64 {
    let plane = &heard.strip(strip)[channel];
    assert!(plane[100..].iter().all(|x| *x == plane[100]), "{strip} does not stand still");
    f64::from(plane[500])
}

#[track_caller]
fn near(what: &str, got: f64, want_db: f64) {
    assert!((db(got) - want_db).abs() < 0.01, "{what}: {:.4} dB instead of {want_db:.4}", db(got));
}

#[test]
fn pan_laws() {
    use std::f64::consts::{FRAC_PI_4, SQRT_2};
    type Law = fn(f64) -> f64;
    let power: Law = |p| ((p + 1.0) * FRAC_PI_4).sin();
    let linear: Law = |p| (1.0 + p) / 2.0;
    let laws: [(&str, Law); 4] = [
        ("3dB", power),
        ("6dB", linear),
        ("4.5dB", |p| (((p + 1.0) * FRAC_PI_4).sin() * (1.0 + p) / 2.0).sqrt()),
        ("0dB", |p| SQRT_2 * ((p + 1.0) * FRAC_PI_4).sin()),
    ];
    for (law, gain) in laws {
        for (pan, p) in [("L100", -1.0), ("L60", -0.6), ("-25%", -0.25), ("C", 0.0), ("R30", 0.3), ("75%", 0.75), ("R100", 1.0)] {
            let heard = hear(&format!("pan_law {law}\ntrack t {{ source \"one.wav\"; pan {pan} }}"), &[]);
            let sides = [(value(&heard, "master", 0), -p), (value(&heard, "master", 1), p)];
            for (got, p) in sides {
                if p == -1.0 {
                    assert_eq!(got, 0.0, "{law} at {pan}: the far side is silent");
                } else {
                    near(&format!("{law} at {pan}"), got, db(gain(p)));
                }
            }
        }
    }
}

#[test]
fn the_centre_is_where_no_pan_is_written() {
    for law in ["0dB", "3dB", "4.5dB", "6dB"] {
        let with = hear(&format!("pan_law {law}\ntrack t {{ source \"one.wav\"; pan C }}"), &[]);
        let without = hear(&format!("pan_law {law}\ntrack t {{ source \"one.wav\" }}"), &[]);
        assert_eq!(with.master(), without.master());
    }
}

#[test]
fn pan_of_a_stereo_strip_is_balance() {
    for (pan, l, r) in [("C", 1.0, 1.0), ("L100", 1.0, 0.0), ("R100", 0.0, 1.0), ("L40", 1.0, 0.6), ("R25", 0.75, 1.0)] {
        let heard = hear(&format!("track t {{ source \"two.wav\"; pan {pan} }}"), &[]);
        assert!((value(&heard, "master", 0) - l).abs() < 1e-6, "{pan}");
        assert!((value(&heard, "master", 1) - 0.5 * r).abs() < 1e-6, "{pan}");
    }
}

#[test]
fn mono_goes_through_the_law_once() {
    let heard = hear("track a { source \"one.wav\"; to inner }\nbus inner { to outer }\nbus outer { }", &["bus.inner", "bus.outer"]);
    assert_eq!(heard.strip("bus.inner").len(), 1, "a bus of mono strips is mono");
    assert_eq!(value(&heard, "bus.outer", 0), 1.0);
    near("the master", value(&heard, "master", 0), -3.0103);
    let wide = hear("track a { source \"one.wav\"; to b }\ntrack s { source \"two.wav\"; gain(off); to b }\nbus b { }", &["bus.b"]);
    near("into a stereo bus", value(&wide, "bus.b", 0), -3.0103);
    near("and on from there", value(&wide, "master", 0), -3.0103);
}

#[test]
fn sends_take_what_stands_above_them() {
    let heard = hear(
        "track t { source \"one.wav\"; send first -6dB; gain(-3dB); send second -6dB; fader -12dB; send third -6dB }
        bus first { }\nbus second { }\nbus third { }",
        &["bus.first", "bus.second", "bus.third"],
    );
    near("pre", value(&heard, "bus.first", 0), -6.0);
    near("between", value(&heard, "bus.second", 0), -9.0);
    near("post", value(&heard, "bus.third", 0), -21.0);
}

#[test]
fn a_send_has_a_pan_of_its_own_or_the_strips() {
    let heard = hear(
        "track t { source \"one.wav\"; fader 0dB; pan L100; send own 0dB, pan: R100; send same 0dB }
        track w { source \"two.wav\"; to none; send own off; send same off; send wide -6dB, pan: R50 }
        bus own { }\nbus same { }\nbus wide { }",
        &["bus.own", "bus.same", "bus.wide"],
    );
    assert_eq!([value(&heard, "bus.own", 0), value(&heard, "bus.own", 1)], [0.0, 1.0]);
    assert_eq!([value(&heard, "bus.same", 0), value(&heard, "bus.same", 1)], [1.0, 0.0]);
    near("balance of a stereo send, left", value(&heard, "bus.wide", 0), -6.0 + db(0.5));
    near("right", value(&heard, "bus.wide", 1), -6.0 + db(0.5));
}

#[test]
fn keys_hear_the_strip_before_mute_and_solo() {
    let probe = "effect copy(key: Signal) { key + input * 0 }
        track kick { source \"one.wav\"; glue: gain(-6dB); gain(-1dB); fader -3dB; pan L100; mute }
        track out { source \"one.wav\"; copy(key: kick) }
        track pre { source \"one.wav\"; copy(key: kick.pre) }
        track src { source \"one.wav\"; copy(key: kick.source) }
        track lab { source \"one.wav\"; copy(key: kick.glue) }";
    for solo in ["", "; solo"] {
        let text = probe.replace("source \"one.wav\"; copy(key: kick.glue)", &format!("source \"one.wav\"; copy(key: kick.glue){solo}"));
        let heard = hear(&text, &["track.out", "track.pre", "track.src", "track.lab"]);
        near("post-fader", value(&heard, "track.out", 0), -10.0);
        near(".pre", value(&heard, "track.pre", 0), -7.0);
        near(".source", value(&heard, "track.src", 0), 0.0);
        near(".glue", value(&heard, "track.lab", 0), -6.0);
    }
    let plain = hear("effect copy(key: Signal) { key + input * 0 }
        track kick { source \"one.wav\"; gain(-6dB) }\ntrack t { source \"one.wav\"; copy(key: kick.pre) }", &["track.t"]);
    near(".pre without a fader", value(&plain, "track.t", 0), -6.0);
}

#[test]
fn mute_closes_every_way_out() {
    let heard = hear(
        "track a { source \"one.wav\"; send fx 0dB; fader 0dB; mute }\ntrack b { source \"one.wav\"; fader -20dB; send fx -20dB }\nbus fx { to none }",
        &["bus.fx", "track.a"],
    );
    near("only the other's send", value(&heard, "bus.fx", 0), -40.0);
    near("only the other at the master", value(&heard, "master", 0), -23.0103);
    assert_eq!(value(&heard, "track.a", 0), 1.0, "it runs on behind the mute");
}

#[test]
fn solo_keeps_the_ways_through_it_open() {
    let text = |solo_a: &str, solo_fx: &str| {
        format!(
            "track a {{ source \"one.wav\"; fader -6dB; send fx -6dB; to b {solo_a} }}
            track c {{ source \"one.wav\"; fader -20dB; send fx -20dB }}
            bus b {{ }}\nbus fx {{ gain(-1dB) {solo_fx} }}"
        )
    };
    let law = db(0.5f64.sqrt());
    let a = hear(&text("\nsolo", ""), &[]);
    let want = 10f64.powf(-6.0 / 20.0) + 10f64.powf(-13.0 / 20.0);
    near("a through its bus and its send", value(&a, "master", 0), db(want) + law);
    let fx = hear(&text("", "\nsolo"), &[]);
    let want = 10f64.powf(-13.0 / 20.0) + 10f64.powf(-41.0 / 20.0);
    near("all that goes through fx", value(&fx, "master", 0), db(want) + law);
}

#[test]
fn groups_move_their_members() {
    let heard = hear(
        "track a { source \"one.wav\"; fader -3dB; send fx 0dB }\ntrack b { source \"one.wav\"; to b2 }\nbus b2 { }\nbus fx { to none }
        group g { a, b2; fader -6dB }",
        &["track.a", "bus.b2", "bus.fx", "track.b"],
    );
    near("a member with a fader", value(&heard, "track.a", 0), -9.0);
    near("a member without", value(&heard, "bus.b2", 0), -6.0);
    near("no member", value(&heard, "track.b", 0), 0.0);
    near("a post-fader send", value(&heard, "bus.fx", 0), -9.0);
}

#[test]
fn like_is_the_same_again_but_what_is_written() {
    let heard = hear(
        "track a { source \"one.wav\"; gain(-1dB); body: gain(-2dB); fader -3dB; pan L100 }
        track b like a { body: gain(-10dB); pan R100 }",
        &["track.a", "track.b"],
    );
    near("a", value(&heard, "track.a", 0), -6.0);
    near("b", value(&heard, "track.b", 0), -14.0);
    near("a is left", value(&heard, "master", 0), -6.0);
    near("b is right", value(&heard, "master", 1), -14.0);
}

#[test]
fn nan_stops_at_the_strip() {
    let mut x = vec![0.5f32; 960];
    x[300] = f32::NAN;
    let song = song("track bad { source \"nan.wav\"; to b }\ntrack good { source \"one.wav\" }\nbus b { lowpass(1kHz) }").with("nan.wav", vec![x]);
    let heard = song.hear(&["track.bad", "bus.b"]);
    assert_eq!(heard.strip("track.bad")[0][300], 0.0);
    assert!(heard.outputs.values().flatten().flatten().all(|x| x.is_finite()));
    near("what comes after", f64::from(heard.master()[0][900]), db(1.5 * 0.5f64.sqrt()));
    assert_eq!(heard.report.faults, [("track.bad".to_string(), 1)]);
}

#[test]
fn pan_and_level_may_move_with_another_strip() {
    let heard = hear(
        "track key { source \"two.wav\"; to none }
        track t { source \"one.wav\"; send fx (0dB - 6dB * loudest(key)); fader (0dB - 12dB * loudest(key)) }\nbus fx { to none }",
        &["bus.fx", "track.t"],
    );
    near("a fader that hears another strip", value(&heard, "track.t", 0), -12.0);
    near("a send that hears another strip", value(&heard, "bus.fx", 0), -6.0);
}

#[test]
fn a_strip_without_a_fader_line_has_it_below_its_last_processor() {
    let heard = hear(
        "track t { source \"one.wav\"; send early 0dB; gain(-3dB); send late 0dB; ride -6dB }
        group all { t; fader -10dB }
        bus early { }\nbus late { }",
        &["bus.early", "bus.late", "track.t"],
    );
    near("above a processor a send is pre-fader", value(&heard, "bus.early", 0), 0.0);
    near("below the last one it is post-fader", value(&heard, "bus.late", 0), -19.0);
    near("the strip itself", value(&heard, "track.t", 0), -19.0);
}

#[test]
fn names_that_look_alike_are_one_name() {
    let (one, two) = ("caf\u{e9}", "cafe\u{301}");
    let text = format!("track {one} {{ source \"one.wav\"; to {two} }}\n");
    assert!(song(&text).mix().is_err(), "a strip went to itself");
    let heard = hear(&format!("track a {{ source \"one.wav\"; to {two} }}\nbus {one} {{ gain(-6dB) }}\ngroup g {{ \"{two}\"; fader -6dB }}"), &["track.a"]);
    near("by its other spelling", value(&heard, "master", 0), -12.0 - 3.01);
    let twice = song(&format!("track \"{one}\" {{ source \"one.wav\" }}\ntrack \"{two}\" {{ source \"one.wav\" }}")).mix();
    assert!(twice.is_err_and(|e| e.contains("E0511")), "two tracks of one name");
    let key = format!("track \"{two}\" {{ source \"one.wav\" }}\ntrack b {{ source \"one.wav\"; compressor(key: track(\"{one}\")) }}");
    assert!(song(&key).mix().is_ok());
}

#[test]
fn a_strip_may_listen_to_what_stands_above_in_it() {
    // Loud above, quiet where the compressor stands: only the key makes it work.
    let body = |key: &str| format!("track t {{ source \"one.wav\"\n loud: gain(0dB)\n gain(-40dB)\n compressor(threshold: -20dB, ratio: 4{key}) }}");
    let level = |text: &str| {
        let heard = hear(text, &["track.t"]);
        db(f64::from(heard.strip("track.t")[0][900]))
    };
    let deaf = level(&body(""));
    for key in [", key: t.source", ", key: t.loud"] {
        let got = level(&body(key));
        assert!(got < deaf - 3.0, "{key}: {got} dB, without a key {deaf} dB");
    }
    let copy = format!("{}\ntrack u like t {{ }}", body(", key: t.source"));
    assert!(level(&copy) < deaf - 3.0);
}
