//! Sources, clips, deliveries, checks.

mod world;

use mixdown_analysis::body::ExprKind;
use mixdown_analysis::mix::{Clip, DeliveryFormat, FadeShape, Mix, Relation, Source};
use world::*;

fn clips(mix: &Mix) -> &[Clip] {
    match &mix.strips[0].source {
        Some(Source::Clips(clips)) => clips,
        other => panic!("{other:?}"),
    }
}

#[test]
fn sources() {
    let world = Mock::song(
        "track a { source \"a.wav\" }
        track b { source \"st.wav\", channel: right }
        track c { source \"six.wav\", channel: 5 }
        track d { source sine(440Hz, level: -6dB) }
        track e { source silence }
        for f in files(\"x/*.wav\") { track \"{stem(f)}\" { source f } }
        track g { source \"a.wav\", channel: 1 }",
    )
    .with_audio("st.wav", 2, 48_000)
    .with_audio("six.wav", 6, 48_000)
    .with_audio("x/y.wav", 1, 48_000);
    let mix = mix_of(&world);
    let channels: Vec<Option<u32>> = mix
        .strips
        .iter()
        .filter_map(|s| match &s.source {
            Some(Source::File(f)) => Some(f.channel),
            _ => None,
        })
        .collect();
    assert_eq!(channels, [None, Some(1), Some(4), None, Some(0)]);
    let files: Vec<&str> = mix.files.iter().map(|f| f.path.as_str()).collect();
    assert_eq!(files, ["a.wav", "st.wav", "six.wav", "x/y.wav"]);
    let Some(Source::Generator(sine)) = &mix.strips[3].source else { panic!() };
    assert!(matches!(sine.args[0].as_ref().map(|e| &e.kind), Some(ExprKind::Number(440.0))));
    assert!(matches!(mix.strips[4].source, Some(Source::Generator(_))));
}

#[test]
fn what_is_wrong_with_sources() {
    let strip = |s: &str| {
        Mock::song(&format!("track t {{\n {s}\n}}")).with_audio("six.wav", 6, 48_000).with_audio(
            "st/kick.wav",
            1,
            48_000,
        )
    };
    for (line, code, piece) in [
        ("source \"six.wav\"", "E0520", "6 channels"),
        ("source \"six.wav\", channel: 7", "E0520", "1 to 6"),
        ("source \"st/kick.wav\", channel: left, gain: 3dB", "E0521", "channel: left"),
        ("source 3dB", "E0521", "generator"),
        ("source gain(1dB)", "E0521", "makes none"),
        ("source sin(440Hz)", "E0336", "number"),
        ("source nothing", "E0202", "nothing"),
    ] {
        fault_of(&strip(line), code, 2, piece);
    }
    fault_of(&strip("source \"st/kik.wav\"").strict(), "E0901", 2, "did you mean `st/kick.wav`");
    fault_of(&strip("source \"nowhere/kik.wav\"").strict(), "E0901", 2, "relative to the song");
    fault_of(&strip("clips [ clip(\"st/kik.wav\", at: @1) ]").strict(), "E0901", 2, "st/kick.wav");
    let mut odd = Mock::song("track t {\n source \"a.wav\"\n}");
    odd.audio.insert(
        "a.wav".into(),
        mixdown_analysis::world::AudioFacts { warnings: vec!["cut short".into()], ..facts(1, 10) },
    );
    fault_of(&odd, "E0522", 2, "cut short");
}

#[test]
fn clips_on_the_timeline() {
    let mix = mix("sections { verse @2 chorus @4 }
        track t { clips [
            clip(\"a.wav\", at: verse.start, fade_in: 5ms, fade_out: 1beat, gain: -1dB, fade: smooth),
            clip(\"a.wav\", at: chorus.start, from: 1.2s, length: 1bar, loop: 3, reverse: on, channel: left),
            for_later(),
        ] }
        fn for_later() { clip(\"b.wav\", at: @20) }");
    let all = clips(&mix);
    assert_eq!(
        (all[0].at, all[0].fade_in, all[0].fade_out, all[0].gain, all[0].fade),
        (96_000, 240, 24_000, -1.0, FadeShape::Smooth)
    );
    assert_eq!(
        (all[1].at, all[1].from, all[1].length, all[1].repeat, all[1].reverse),
        (288_000, 57_600, Some(96_000), 3, true)
    );
    assert_eq!((all[1].source.channel, all[2].at, all[2].length), (Some(0), 19 * 96_000, None));
}

#[test]
fn crossfades() {
    let mix = mix("track t { clips [ clip(\"a.wav\", at: @1), clip(\"b.wav\", at: @3, crossfade: 20ms) ] }");
    let all = clips(&mix);
    assert_eq!((all[0].length, all[0].fade_out, all[0].fade), (Some(192_960), 960, FadeShape::Power));
    assert_eq!((all[1].fade_in, all[1].fade), (960, FadeShape::Power));
}

#[test]
fn clips_by_a_comprehension() {
    let mix = mix("track t { clips [clip(\"take{i}.wav\", at: @(1 + 4 * i)) for i in 0..2] }");
    assert_eq!(clips(&mix).iter().map(|c| c.at).collect::<Vec<_>>(), [0, 384_000, 768_000]);
}

#[test]
fn what_is_wrong_with_clips() {
    for (clip, code, piece) in [
        ("clip(\"a.wav\", at: 9)", "E0406", "position"),
        ("clip(\"a.wav\", from: -1s)", "E0525", "before its file"),
        ("clip(\"a.wav\", from: 11s)", "E0525", "lower `from:`"),
        ("clip(\"a.wav\", length: 0s)", "E0525", "no length"),
        ("clip(\"a.wav\", loop: 0)", "E0525", "whole number"),
        ("clip(\"a.wav\", fade_in: 3dB)", "E0525", "5ms"),
        ("clip(\"a.wav\", length: 1s, fade_in: 600ms, fade_out: 600ms)", "E0525", "longer than the clip"),
        ("clip(\"a.wav\", crossfade: 5ms)", "E0525", "fade_in"),
        (
            "clip(\"a.wav\"), clip(\"b.wav\", at: 20s, crossfade: 5ms)".replace("20s", "@20").as_str(),
            "E0525",
            "does not reach",
        ),
        ("clip(\"a.wav\", fade: round)", "E0409", "power"),
        ("clip(\"a.wav\", length: 20s)", "E0524", "ends before"),
        ("\"a.wav\"", "E0525", "clip("),
    ] {
        fault(&format!("track t {{\n clips [ {clip} ]\n}}"), code, 2, piece);
    }
}

#[test]
fn deliveries() {
    let mix = mix("title \"Night: Drive\"
        artist \"Vera\"
        option up: Level = 0dB in -3dB .. 3dB
        track vocal { source \"v.wav\"; gain(up); to vocals }
        bus vocals { }
        deliver {
            wav(\"out/{title}.wav\", bits: 16, dither: off)
            flac(\"out/{artist} - {title}.flac\", sample_rate: 44.1kHz)
            wav(\"out/{title} (instrumental).wav\", without: [vocals], set: (up: 1dB))
            wav(\"out/{upper(title)} solo.wav\", bits: 32f, only: [vocal])
            stems(\"out/stems/{bus}.wav\")
            for t in [\"a\", \"b\"] { wav(\"out/{t}.wav\") }
            if up > 0dB { wav(\"never.wav\") }
        }");
    let d = &mix.deliveries;
    assert_eq!(d.len(), 7);
    assert_eq!(
        (d[0].template.as_str(), d[0].bits, d[0].dither, d[0].format),
        ("out/Night_ Drive.wav", 16, Some(false), DeliveryFormat::Wav)
    );
    assert_eq!(
        (d[1].template.as_str(), d[1].bits, d[1].sample_rate),
        ("out/Vera - Night_ Drive.flac", 24, Some(44_100))
    );
    assert_eq!((d[2].without.clone(), d[2].set.clone()), (vec![1], vec![("up".to_string(), "1dB".to_string())]));
    assert_eq!((d[3].template.as_str(), d[3].bits, d[3].only.clone()), ("out/NIGHT_ DRIVE solo.wav", 32, vec![0]));
    assert_eq!((d[4].template.as_str(), d[4].format), ("out/stems/{bus}.wav", DeliveryFormat::Stems));
    assert_eq!(d[6].template, "out/b.wav");
}

#[test]
fn a_file_of_each_section() {
    let mix = mix("tempo 120bpm
        sections { verse @1, @5   chorus @3 .. @5   outro @7 }
        track t { source \"t.wav\" }
        deliver { wav(\"{section}.wav\"); stems(\"{section}/{bus}.flac\") }");
    let all: Vec<_> = mix.deliveries.iter().map(|d| (d.template.as_str(), d.part)).collect();
    let bar = 96_000;
    let parts = [("verse-1", 0, Some(2)), ("verse-2", 4, Some(6)), ("chorus", 2, Some(4)), ("outro", 6, None)];
    let part = |a: u64, b: Option<u64>| Some((a * bar, b.map(|b| b * bar)));
    let want: Vec<_> = parts.iter().map(|(n, a, b)| (format!("{n}.wav"), part(*a, *b))).collect();
    assert_eq!(all[..4].iter().map(|(n, p)| (n.to_string(), *p)).collect::<Vec<_>>(), want);
    assert_eq!(all[4], ("verse-1/{bus}.flac", part(0, Some(2))));
    assert_eq!(all.len(), 8);
}

#[test]
fn tags_of_the_song_and_of_a_file() {
    // Every tag is a setting of the song.
    for name in ["album_artist", "album", "year", "isrc", "comment", "genre", "composer", "lyricist", "producer", "engineer", "mixer", "copyright", "label", "track_number"] {
        let mix = mix(&format!("{name} \"x\"\ntrack t {{ source \"t.wav\" }}\ndeliver {{ wav(\"a.wav\") }}"));
        assert_eq!(mix.deliveries[0].tags, [(name.to_string(), "x".to_string())]);
    }
    let mix = mix("title \"A\"
        artist \"B\"
        comment \"c\"
        album \"D\"
        track t { source \"t.wav\" }
        deliver { wav(\"a.wav\"); wav(\"b.wav\", tags: (album: \"E\", comment: \"\", year: 2024)) }");
    let tags = |i: usize| -> Vec<String> { mix.deliveries[i].tags.iter().map(|(n, t)| format!("{n}={t}")).collect() };
    assert_eq!(tags(0), ["title=A", "artist=B", "album=D", "comment=c"]);
    assert_eq!(tags(1), ["title=A", "artist=B", "album=E", "year=2024"]);
}

#[test]
fn a_delivery_with_options_of_its_own_is_another_mix() {
    let song = "option up: Level = 0dB in -3dB .. 3dB
        option lang: Text = \"en\"
        track t { source \"t.wav\"; gain(up) }
        if up > 2dB { track extra { source \"e.wav\"; nothing_like_it() } }
        deliver {
            wav(\"{lang}.wav\")
            wav(\"{lang}.wav\", set: (lang: \"de\"))
            wav(\"up.wav\", set: (up: 1dB))
            flac(\"up.flac\", set: (up: 1dB))
        }";
    let found = Mock::song(song).run();
    assert!(found.mix.is_some(), "{:?}", found.diagnostics);
    assert_eq!(found.variants.len(), 2);
    let (german, up) = (&found.variants[0], &found.variants[1]);
    let own = |v: &mixdown_analysis::Variant| -> Vec<String> {
        v.mix.deliveries.iter().filter(|d| d.set == v.set).map(|d| d.template.clone()).collect()
    };
    assert_eq!(own(german), ["de.wav"]);
    assert_eq!(own(up), ["up.wav", "up.flac"]);
    assert_eq!(up.mix.options[0].value, "1dB");
    // What is wrong only with these options is found too, and says with which.
    let found = Mock::song(&song.replace("1dB", "2.5dB")).run();
    assert!(found.mix.is_none());
    let fault = found.diagnostics.iter().find(|d| d.is_error()).expect("an error");
    assert!(fault.message.contains("nothing_like_it"), "{fault:?}");
    assert!(fault.labels.iter().any(|l| l.text.contains("`up` 2.5dB")), "{fault:?}");
}

#[test]
fn what_is_odd_about_a_variant_is_said() {
    let song = "option q: Number = 1
        bus b { gain(1dB) }
        track s { source \"s.wav\"
          if q > 1 { to b } }
        if q > 1 { bus zz { gain(1dB) } }
        deliver { wav(\"plain.wav\"); wav(\"wide.wav\", set: (q: 2)); wav(\"wider.wav\", set: (q: 3)) }";
    let found = Mock::song(song).run();
    assert!(found.mix.is_some() && found.variants.len() == 2);
    let said: Vec<(bool, bool)> = found
        .diagnostics
        .iter()
        .map(|d| (d.message.contains("zz"), d.labels.iter().any(|l| l.text == "in the mix of this file, with `q` 2")))
        .collect();
    // `b` is idle in the plain mix, `zz` in the others, which is said once.
    assert_eq!(said, [(false, false), (true, true)], "{}", shown(&found.diagnostics));
    // Places are those of the song's own texts, also where a variant reads more of them.
    let world = Mock::song(
        "option q: Number = 1\nimport \"lib.mix\" as lib\ntrack s { source \"s.wav\"; lib.half(); if q > 1 { lib.half(g: 1) } }\n\
         deliver { wav(\"a.wav\"); wav(\"b.wav\", set: (q: 2)) }",
    )
    .with("lib.mix", "effect half() { input * 0.5 }");
    let found = world.run();
    let fault = found.diagnostics.iter().find(|d| d.is_error()).expect("an error");
    assert!(found.mix.is_none());
    assert_eq!(found.sources.text(fault.span()), "g", "{fault:?}");
}

#[test]
fn variants_write_files_of_their_own() {
    fault(
        "option up: Level = 0dB in -6dB .. 6dB\ntrack a { source \"a.wav\"; gain(up) }\ndeliver {\n wav(\"a.wav\")\n wav(\"a.wav\", set: (up: 1dB))\n}",
        "E0561",
        5,
        "another file name",
    );
    fault(
        "option up: Level = 0dB in -6dB .. 6dB\ntrack a { source \"a.wav\"; gain(up) }\ndeliver {\n wav(\"a.wav\", set: (up: 2dB))\n wav(\"a.wav\", set: (up: 1dB))\n}",
        "E0561",
        5,
        "another file name",
    );
}

#[test]
fn sections_that_begin_behind_the_end() {
    let song = |chorus: &str| {
        format!("length 10s\nsections {{ verse @1 .. @2  chorus {chorus} }}\ntrack a {{ source \"a.wav\" }}\ndeliver {{\n wav(\"{{section}}.wav\")\n}}")
    };
    fault(&song("@9"), "E0565", 5, "`chorus` would hold no audio");
    // Bar 6 of 120 bpm begins at ten seconds, where the song ends.
    fault(&song("@6"), "E0565", 5, "`chorus` would hold no audio");
    assert_eq!(mix(&song("@5")).deliveries.len(), 2);
}

#[test]
fn tags_have_a_bound() {
    let long = "x".repeat(65_537);
    fault(&format!("track t {{ source \"a.wav\" }}\ncomment \"{long}\""), "E0706", 2, "65,536");
    fault(&format!("track t {{ source \"a.wav\" }}\ndeliver {{\n wav(\"a.wav\", tags: (comment: \"{long}\"))\n}}"), "E0706", 3, "65,536");
    mix(&format!("track t {{ source \"a.wav\" }}\ncomment \"{}\"", &long[1..]));
}

#[test]
fn what_is_wrong_with_deliveries() {
    for (line, code, piece) in [
        ("mp3(\"a.mp3\")", "E0560", "flac"),
        ("wav()", "E0560", "file name"),
        ("wav(\"a.wav\", bits: 20)", "E0560", "16, 24 or 32f"),
        ("wav(\"a.wav\", bits: 24f)", "E0301", "unit `f`"),
        ("stems(\"{bus}.flac\", bits: 32f)", "E0560", "16 or 24"),
        ("wav(\"{section}.wav\")", "E0562", "sections {"),
        ("wav(\"a.wav\", tags: \"x\")", "E0563", "tags: ("),
        ("wav(\"a.wav\", tags: (albun: \"x\"))", "E0563", "album"),
        ("wav(\"a.wav\", tags: (album: [1]))", "E0563", "a text"),
        ("for i in 1 .. 40 { wav(\"a{i}.wav\", set: (up: i * 0.01dB)) }", "E0564", "--set"),
        ("for i in 1 .. 100000 { wav(\"a{i}.wav\") }", "E0564", "500 files"),
        ("flac(\"a.flac\", bits: 32)", "E0560", "16 or 24"),
        ("wav(\"a.wav\", bitz: 16)", "E0401", "bits"),
        ("wav(\"a.wav\", sample_rate: 1Hz)", "E0560", "8kHz"),
        ("wav(\"a.wav\", without: [drms])", "E0202", "drums"),
        ("wav(\"{title}.wav\")", "E0562", "title"),
        ("wav(\"{bus}.wav\")", "E0562", "stems"),
        ("wav(\"a.flac\")", "E0562", ".wav"),
        ("stems(\"a.wav\")", "E0562", "{bus}"),
        ("wav(\"a.wav\", set: (upp: 1dB))", "E0506", "up"),
        ("wav(\"a.wav\", set: (up: 9dB))", "E0506", "outside"),
        ("3dB", "E0560", "wav("),
    ] {
        let song = format!(
            "option up: Level = 0dB in -3dB .. 3dB\ntrack t {{ source \"a.wav\"; to drums }}\nbus drums {{ }}\ndeliver {{\n {line}\n}}"
        );
        fault(&song, code, 5, piece);
    }
    fault(
        "track t { source \"a.wav\" }\ndeliver {\n wav(\"a.wav\")\n wav(\"a.wav\", bits: 16)\n}",
        "E0561",
        4,
        "another file name",
    );
}

#[test]
fn checks() {
    let mix = mix("track kick { source \"k.wav\"; to drums }
        bus drums { }
        check {
            loudness(master)  within 0.5LU of -14LUFS
            true_peak(master) <= -1dBTP
            mono_loss(drums) < 3dB
            -40dB <= peak(kick)
            duration(master) > 3s
        }");
    let all: Vec<_> = mix.checks.iter().map(|c| (c.figure.metric.as_str(), c.figure.strip, c.relation, c.value)).collect();
    assert_eq!(
        all,
        [
            ("loudness", 2, Relation::Within(0.5), -14.0),
            ("true_peak", 2, Relation::AtMost, -1.0),
            ("mono_loss", 1, Relation::Less, 3.0),
            ("peak", 0, Relation::AtLeast, -40.0),
            ("duration", 2, Relation::More, 3.0),
        ]
    );
    assert_eq!(mix.checks[0].text, "loudness(master) within 0.5LU of -14LUFS");
}

#[test]
fn what_is_wrong_with_checks() {
    for (line, code, piece) in [
        ("loudnes(master) <= -14LUFS", "E0570", "loudness"),
        ("loudness(master) <= -14dB", "E0320", "LUFS"),
        ("loudness(master) within 1s of -14LUFS", "E0320", "level"),
        ("loudness(master) within -1LU of -14LUFS", "E0570", "negative"),
        ("loudness() <= -14LUFS", "E0570", "one strip"),
        ("loudness(3dB) <= -14LUFS", "E0570", "strip"),
        ("loudness(mastr) <= -14LUFS", "E0202", "master"),
        ("loudness(master)", "E0570", "compare"),
        ("loudness(master) == -14LUFS", "E0570", "compare"),
    ] {
        fault(&format!("track t {{ source \"a.wav\" }}\ncheck {{\n {line}\n}}"), code, 3, piece);
    }
}
