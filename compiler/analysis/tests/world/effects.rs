//! A small standard library: the signatures of the language page, with bodies that are only as long as they must be.

/// Names a file declares, the file, its text.
pub static FILES: &[(&[&str], &str, &str)] = &[
    (&["gain", "flip", "width", "balance", "nudge", "mono"], "level.mix", LEVEL),
    (&["highpass", "lowpass", "bell", "lowshelf", "highshelf", "notch", "bandpass", "allpass", "tilt"], "eq.mix", EQ),
    (&["compressor", "gate", "expander", "limiter", "deesser", "saturate"], "dynamics.mix", DYNAMICS),
    (&["delay", "pingpong", "plate", "hall", "room", "chorus"], "space.mix", SPACE),
    (&["sine", "white_noise", "silence"], "generators.mix", GENERATORS),
];

const LEVEL: &str = "
/// Changes the level.
effect gain(level: Level in -144dB .. 144dB) { input * factor(level) }
effect flip() { -input }
effect width(amount: Number in 0 .. 2) { input * amount }
effect balance(p: Number in -1 .. 1) { input * (1 - p) }
effect nudge(time: Time) { input * (time / 1s) }
effect mono() { mono(input) }
";

const EQ: &str = "
effect highpass(freq: Frequency in 10Hz .. 24kHz, const slope: Number = 12 in 6 .. 96, q: Number = 0.7071) { input * (freq / 1kHz) * q * slope }
effect lowpass(freq: Frequency in 10Hz .. 24kHz, const slope: Number = 12 in 6 .. 96, q: Number = 0.7071) { input * (freq / 1kHz) * q * slope }
effect bell(freq: Frequency in 10Hz .. 24kHz, gain: Level in -40dB .. 40dB, q: Number = 0.7071 in 0.1 .. 100) { input * factor(gain) * q * (freq / 1kHz) }
effect lowshelf(freq: Frequency, gain: Level, q: Number = 0.7071) { input * factor(gain) * q * (freq / 1kHz) }
effect highshelf(freq: Frequency, gain: Level, q: Number = 0.7071) { input * factor(gain) * q * (freq / 1kHz) }
effect notch(freq: Frequency, q: Number = 0.7071) { input * q * (freq / 1kHz) }
effect bandpass(freq: Frequency, q: Number = 0.7071) { input * q * (freq / 1kHz) }
effect allpass(freq: Frequency, q: Number = 0.7071) { input * q * (freq / 1kHz) }
effect tilt(freq: Frequency, gain: Level, q: Number = 0.7071) { input * factor(gain) * q * (freq / 1kHz) }
";

const DYNAMICS: &str = "
/// Feed-forward compressor with a soft knee.
effect compressor(
    threshold: dBFS   = -18dBFS in -60dBFS .. 0dBFS,
    ratio:     Number = 3       in 1 .. 40,
    attack:    Time   = 10ms    in 0.05ms .. 500ms,
    release:   Time   = 120ms   in 1ms .. 5s,
    knee:      Level  = 6dB     in 0dB .. 24dB,
    makeup:    Level  = 0dB     in -24dB .. 24dB,
    detector:  one of [peak, rms] = peak,
    key:       Signal = input,
    listen:    Switch = off,
) {
    let level = if detector == peak { to_dbfs(loudest(key)) } else { to_dbfs(mono(key)) }
    let over = level - threshold
    let cut  = follow(soft_knee(over, knee) * (1 - 1/ratio), attack, release)
    if listen { key } else { input * factor(makeup - cut) }
}
effect gate(threshold: dBFS = -45dBFS, range: Level = 20dB, attack: Time = 0.5ms, release: Time = 100ms, key: Signal = input) {
    let open = follow(to_dbfs(loudest(key)) - threshold, attack, release)
    input * factor(max(open, -range))
}
effect expander(threshold: dBFS = -45dBFS, ratio: Number = 2) { input * ratio * factor(threshold - 0dBFS) }
effect limiter(ceiling: dBTP, const lookahead: Time = 5ms, release: Time = 50ms) { input * factor(ceiling - 0dBTP) * (release / lookahead) }
effect deesser(freq: Frequency, threshold: dBFS = -30dBFS) { input * (freq / 1kHz) * factor(threshold - 0dBFS) }
effect saturate(drive: Level) { tanh(input * factor(drive)) }
";

const SPACE: &str = "
effect delay(time: Time in 0.02ms .. 4s, feedback: Number = 0%, tone: Frequency = 20kHz, mix: Number = 100%) {
    state tail = line(4s)
    let wet = tail.read(time)
    tail.write(input + wet * feedback)
    input * (1 - mix) + wet * mix * (tone / 20kHz)
}
effect pingpong(time: Time in 0.02ms .. 4s, feedback: Number = 30%, tone: Frequency = 20kHz, width: Number = 1) { input * feedback * width * (tone / 20kHz) * (time / 1s) }
effect plate(decay: Time = 2s, predelay: Time = 0ms, damping: Frequency = 6kHz) { input * (predelay / decay) * (damping / 1kHz) }
effect hall(decay: Time = 2s, predelay: Time = 0ms) { input * (predelay / decay) }
effect room(decay: Time = 0.5s, predelay: Time = 0ms) { input * (predelay / decay) }
effect chorus(rate: Frequency = 0.3Hz) { input * (rate / 1Hz) + white() * 0.001 }
";

const GENERATORS: &str = "
effect sine(freq: Frequency, level: Level = -12dB) {
    state phase = 0
    phase = fract(phase + freq / sample_rate())
    sin(phase * tau) * factor(level)
}
effect white_noise(level: Level = -12dB) { white() * factor(level) }
effect silence() { 0 }
";
