//! Effects as people write them: each is typed without a word.

use crate::resolver::{World, typed};
use mixdown_analysis::body::{ExprKind, Stmt};
use mixdown_analysis::types::Type;

const COMPRESSOR: &str = "
/// Feed-forward compressor with a soft knee; all channels share one detector.
effect compressor(
    threshold: dBFS   = -18dBFS in -60dBFS .. 0dBFS,
    ratio:     Number = 3       in 1 .. 40,
    attack:    Time   = 10ms    in 0.05ms .. 500ms,
    release:   Time   = 120ms   in 1ms .. 5s,
    knee:      Level  = 6dB     in 0dB .. 24dB,
    makeup:    Level  = 0dB     in -24dB .. 24dB,
    key:       Signal = input,
    listen:    Switch = off,
) {
    let over = to_dbfs(loudest(key)) - threshold        // loudest(): of the channels
    let cut  = follow(soft_knee(over, knee) * (1 - 1/ratio), attack, release)
    if listen { key } else { input * factor(makeup - cut) }
}
";

#[test]
fn the_compressor_of_the_handbook() {
    let effect = typed(COMPRESSOR, "compressor");
    assert!(effect.takes_input);
    assert_eq!(effect.doc, "Feed-forward compressor with a soft knee; all channels share one detector.");
    assert_eq!(effect.params.len(), 8);
    assert_eq!(effect.params[0].range, Some((-60.0, 0.0)));
    assert_eq!(effect.params[2].range, Some((0.00005, 0.5)));
    assert_eq!(effect.params[6].default.as_ref().map(|d| d.kind.clone()), Some(ExprKind::Input));
    assert_eq!(effect.params[7].default.as_ref().map(|d| d.kind.clone()), Some(ExprKind::Switch(false)));
    let types: Vec<Type> = effect
        .body
        .stmts
        .iter()
        .map(|s| match s {
            Stmt::Let(_, value, _) => value.ty.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(types, [Type::Level, Type::Level]);
    assert_eq!(effect.body.value.as_ref().map(|v| v.ty.clone()), Some(Type::Signal));
}

/// Text of an effect `f`, the type of its value, and whether it takes an input.
const ACCEPTED: &[(&str, Type, bool)] = &[
    ("effect f() { input * 0.5 }", Type::Signal, true),
    ("effect f(level: Level) { input * factor(level) }", Type::Signal, true),
    // biquad, transposed direct form II, RBJ bell
    (
        "effect f(freq: Frequency, gain: Level, q: Number = 0.7071) {
            let w = tau * (freq / sample_rate)
            let a = sqrt(factor(gain))
            let alpha = sin(w) / (2 * q)
            let a0 = 1 + alpha / a
            let b0 = (1 + alpha * a) / a0
            let b1 = -2 * cos(w) / a0
            let b2 = (1 - alpha * a) / a0
            let a2 = (1 - alpha / a) / a0
            state z1 = 0
            state z2 = 0
            let y = b0 * input + z1
            z1 = b1 * input - b1 * y + z2
            z2 = b2 * input - a2 * y
            y
        }",
        Type::Signal,
        true,
    ),
    // one-pole follower, in decibels
    (
        "effect f(attack: Time = 10ms in 0.1ms .. 1s, key: Signal = input) {
            state env = -200dBFS
            let c = exp(-1 / (attack * sample_rate))
            env = to_dbfs(loudest(key)) + (env - to_dbfs(loudest(key))) * c
            input * factor(-20dBFS - env)
        }",
        Type::Signal,
        true,
    ),
    // feedback delay network with arrays
    (
        "effect f(decay: Time = 2s in 0.1s .. 20s) {
            let times = [31ms, 37ms, 41ms, 43ms]
            state lines = [line(t) for t in times]
            state low = [0, 0, 0, 0]
            let taps = [lines[i].read(times[i]) for i in 0..3]
            let half = (taps[0] + taps[1] + taps[2] + taps[3]) * 0.5
            for i in 0..3 {
                low[i] = low[i] + (taps[i] - half - low[i]) * 0.4
                lines[i].write(input + low[i] * factor(-60dB * (times[i] / decay)))
            }
            half
        }",
        Type::Signal,
        true,
    ),
    // ping-pong with channels
    (
        "effect f(time: Time in 1ms .. 2s, feedback: Number = 30% in 0% .. 95%) {
            let (l, r) = input
            state a = line(2s)
            state b = line(2s)
            let left_echo = a.read(time)
            let right_echo = b.read(time)
            a.write((l + r) * 0.5 + right_echo * feedback)
            b.write(left_echo * feedback)
            (l + left_echo, r + right_echo)
        }",
        Type::Signal,
        true,
    ),
    // saturation at a higher rate
    ("effect f(drive: Level = 6dB) { oversample 4x { tanh(input * factor(drive)) } }", Type::Signal, true),
    // look-ahead limiter
    (
        "effect f(ceiling: dBFS in -24dBFS .. 0dBFS, const lookahead: Time = 5ms in 0.1ms .. 20ms) {
            latency lookahead
            state tail = line(lookahead)
            tail.write(input)
            let peak = to_dbfs(loudest(input))
            let cut = follow(max(peak - ceiling, 0dB), lookahead / 5, 50ms)
            tail.read(lookahead) * factor(-cut)
        }",
        Type::Signal,
        true,
    ),
    // generators
    (
        "effect f(freq: Frequency, level: Level = -12dB) {
            state phase = 0
            phase = fract(phase + freq / sample_rate)
            sin(tau * phase) * factor(level)
        }",
        Type::Number,
        false,
    ),
    ("effect f(level: Level = 0dB) { white() * factor(level) }", Type::Number, false),
    ("effect f() { sine(440Hz) + sine(880Hz, level: off) }", Type::Number, false),
    // other effects
    ("effect f() { input |> highpass(90Hz) |> highpass(freq: 120Hz, q: 1.2, slope: 24) }", Type::Signal, true),
    (
        "effect f(mode: one of [tape, clean] = tape) { input |> delay(100ms, mode: mode, loop_on: on) }",
        Type::Signal,
        true,
    ),
    ("effect f() { input |> delay(dotted(1/8)) }", Type::Signal, true),
    ("effect f() { (right(input), left(input)) |> highpass(1kHz) }", Type::Signal, true),
    // functions
    ("fn half(x) { x * 0.5 } effect f() { half(input) }", Type::Signal, true),
    (
        "fn smooth(x, t: Time = 10ms) { state y = 0; y = y + (x - y) / (t * 48kHz); y }
         effect f() { smooth(input) + smooth(input, 20ms) }",
        Type::Signal,
        true,
    ),
    (
        "fn echo(tail, x, t) { tail.write(x); read(tail, t) }
         effect f() { state tail = line(1s); echo(tail, input, 100ms) }",
        Type::Signal,
        true,
    ),
    // choices and switches
    (
        "effect f(mode: one of [peak, rms] = peak) {
            let x = loudest(input)
            let level = if mode == rms { sqrt(x * x) } else { abs(x) }
            input * level
        }",
        Type::Signal,
        true,
    ),
    ("effect f(a: Switch = on, b: Switch = off) { if a and not b { input } else { (0, 0) } }", Type::Signal, true),
    // frames: a tuple from an `if` and from a name
    ("effect f(swap: Switch = off) { let (l, r) = input; if swap { (r, l) } else { (l, r) } }", Type::Signal, true),
    ("effect f() { let (l, r) = input; let pair = (r, l); pair }", Type::Signal, true),
    // intervals
    ("effect f(freq: Frequency, by: Interval = 7st) { sine(freq * by) + sine(by * freq) }", Type::Number, false),
    // a state that becomes a frame, read before it is assigned
    ("effect f() { state y = 0; let out = y * 0.5; y = input + out; out }", Type::Signal, true),
    ("effect f() { state last = (0); let d = input - last; last = input; d }", Type::Signal, true),
    // a line that carries levels, read above its write
    (
        "effect f() {
            state gains = line(10ms)
            let cut = gains.read(5ms)
            gains.write(to_db(loudest(input)) * -0.5)
            input * factor(cut)
        }",
        Type::Signal,
        true,
    ),
    // both spellings of lines
    ("effect f() { line tail: 1s; write(tail, input); read(tail, 10ms) + read_samples(tail, 7) }", Type::Signal, true),
    (
        "effect f() { state tails = [line(1s), line(2s)]; for t in tails { t.write(input) }; tails[1].read(1s) }",
        Type::Signal,
        true,
    ),
    // numbers of the song and of the file
    ("let amount = 3dB effect f() { input * factor(amount) }", Type::Signal, true),
    ("let gains = [0.5, 0.25] effect f() { state y = 0; for g in gains { y = y + input * g }; y }", Type::Signal, true),
    ("effect f() { state tail = line(64samples); tail.write(input); tail.read(32samples) }", Type::Signal, true),
    // modulation
    (
        "effect f(rate: Frequency = 0.5Hz in 0.01Hz .. 10Hz, depth: Time = 2ms in 0ms .. 5ms) {
            state tail = line(20ms)
            tail.write(input)
            let wave = sin(tau * (rate * seconds))
            input + tail.read(10ms + depth * control(wave))
        }",
        Type::Signal,
        true,
    ),
    (
        "effect f() { if channels(input) == 2 { frame(mono(input), sum(input) * 0.5) } else { input } }",
        Type::Signal,
        true,
    ),
    (
        "effect f() { state y = 0; if loudest(input) > 0.5 { y = 1 } else { y = y * 0.99 }; input * y }",
        Type::Signal,
        true,
    ),
    ("effect f() { clamp(input, -1, 1) + min(input, 0.5) + max(0, input) }", Type::Signal, true),
    (
        "effect f(const n: Number = 4 in 1 .. 8) { state y = 0; for i in 1..n { y = y + input / i }; y }",
        Type::Signal,
        true,
    ),
    (
        "effect f(gains: List of Level) { state y = 0; for g in gains { y = y + input * factor(g) }; y * len(gains) }",
        Type::Signal,
        true,
    ),
    ("effect f(_spare: Level = 0dB) { input }", Type::Signal, true),
    ("effect f() { let evens = [i for i in 1..8 if i / 2 == round(i / 2)]; input * evens[0] }", Type::Signal, true),
];

#[test]
fn what_people_write_is_typed() {
    for (text, ty, takes_input) in ACCEPTED {
        let effect = typed(text, "f");
        assert_eq!(effect.body.value.as_ref().map(|v| &v.ty), Some(ty), "{text}");
        assert_eq!(effect.takes_input, *takes_input, "{text}");
    }
}

#[test]
fn a_default_that_names_input_takes_input() {
    assert!(typed("effect f(key: Signal = input) { key }", "f").takes_input);
}

#[test]
fn bodies_survive_serialisation() {
    let effect = typed(COMPRESSOR, "compressor");
    let text = serde_json::to_string(&*effect).expect("written");
    let back: mixdown_analysis::body::Effect = serde_json::from_str(&text).expect("read");
    assert_eq!(*effect, back);
}

#[test]
fn samples_need_the_rate() {
    let text = "effect f() { state tail = line(64samples); tail.write(input); tail.read(1ms) }";
    let mut world = World::new(&[text]);
    world.song.sample_rate = None;
    assert!(world.effect("f").is_none());
    assert_eq!(world.said[0].code, "E0302");
}
