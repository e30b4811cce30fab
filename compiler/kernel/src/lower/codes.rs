//! Codes of what the lowering can say.

use mixdown_syntax::CodeInfo;

macro_rules! codes {
    ($($name:ident = $code:literal, $title:literal, $text:literal;)*) => {
        $(#[allow(missing_docs)] pub static $name: CodeInfo = CodeInfo { code: $code, title: $title, explanation: $text };)*
        /// Every code of this room.
        pub static CODES: &[&CodeInfo] = &[$(&$name),*];
    };
}

codes! {
    WANTS_STEREO = "E0821", "a stereo signal is needed", "`mid_side`, `left_right` and effects that take a pattern `(l, r)` work on \
two channels, and this strip has one here.\n\n\
Wrong: `track kick { source \"kick.wav\"  mid_side { side { gain(-3dB) } } }` where `kick.wav` is mono.\n\n\
Right: put `stereo()` above it, or an effect that makes two channels of one, such as `chorus` or `plate`; a bus is stereo \
as soon as a track with a `pan` feeds it.";
    NOT_CONST = "E0822", "this must be constant", "Some values shape the code: `const` parameters, lengths of delay lines, list indices, \
`latency`. They cannot be curves or signals.\n\nWrong: `lowpass(1kHz, slope: curve [ @1 => 12, @9 => 24 ])`\n\nRight: \
`lowpass(1kHz, slope: 24)`";
    LINE_TOO_LONG = "E0823", "a delay line is too long", "A delay line holds at most 2^26 samples, about 23 minutes at 48 kHz, and all \
lines of a strip together hold 2^28.\n\n\
Wrong: `state tail = line(3600s)`\n\nRight: `state tail = line(2s)`";
    LATENCY_IN_FEEDBACK = "E0824", "latency inside a feedback loop", "What a state holds comes from the sample before; an effect with \
latency inside such a loop would need the future.\n\nWrong: `state y = 0` … `y = input + (y |> limiter(ceiling: -1dBFS))`\n\n\
Right: take the limiter out of the loop.";
    LINE_TWICE = "E0825", "a delay line is written twice", "A delay line takes exactly one value a sample.\n\nWrong: two `tail.write(x)` \
in one effect.\n\nRight: `tail.write(a + b)`";
    INDEX = "E0826", "an index outside of its list", "Elements are counted from 0.\n\nWrong: `taps[4]` of four taps.\n\nRight: `taps[3]`";
    TOO_MANY = "E0827", "too many steps", "Effects are written out where they are called, and their loops are unrolled: one \
sample needs all of it. A range in an effect has at most 65,536 numbers, and a strip comes to at most 1,000,000 steps \
(expressions, passes of loops, elements of lists that are copied).\n\nWrong: `for i in 1..1000 { for j in 1..1000 { … } }`\n\n\
Right: fewer passes, and effects that do not call each other twice over many levels.";
    OVERSAMPLE = "E0828", "not a factor of oversampling", "Oversampling goes by 2x, 4x, 8x or 16x; nested blocks multiply and may not \
pass 16x.\n\nWrong: `oversample 3x { … }`\n\nRight: `oversample 4x { … }`";
    AUDIO_TO_CONTROL = "E0829", "audio where a control value is wanted", "`control(x)` takes curves, LFOs and positions. Audio drives a \
parameter directly, at audio rate.\n\nWrong: `gain(control(kick))`\n\nRight: `gain(-9dB * follow(loudest(kick), 1ms, 80ms))`";
    BRANCH_WIDTH = "E0830", "a branch must stay mono", "Branches of `mid_side` and `left_right` carry one channel in and one out.\n\n\
Wrong: `mid_side { side { plate(decay: 2s) } }` where the plate makes stereo.\n\nRight: put the plate beside the wrapper.";
    NO_END = "E0831", "the song has no end", "A generator never ends, so a song that uses one must say how long it is.\n\n\
Wrong: `track a { source sine(440Hz, level: -12dB) }` alone.\n\nRight: add `length 10s` at the top of the song.";
    RING = "E0832", "strips feed each other in a ring", "A signal that comes back to where it started has no first sample.\n\n\
Wrong: bus `a` feeds `b`, and `b` feeds `a`.\n\nRight: let one of them go to the master.";
    NO_VALUE = "E0833", "an effect ends without a signal", "The last line of an effect is what comes out of it.\n\nWrong: an effect whose \
last line is `tail.write(x)`.\n\nRight: end it in an expression.";
    FIXED_CHOICE = "E0834", "a choice that cannot move", "Words such as `peak` and `rms`, and what is not a number, choose code. A \
condition that changes while the mix plays can only choose between numbers and signals.\n\nWrong: \
`detector(mode: if loudest(input) > 0.1 { peak } else { rms })`\n\nRight: decide with a parameter or a constant.";
    OUT_OF_RANGE = "E0835", "a computed number outside its range", "A number that an effect works out and hands to another effect must \
lie in that parameter's range.\n\nWrong: `input |> bell(1kHz, 3dB, q: 0 - q)`\n\nRight: hold it first: `clamp(q, 0.1, 40)`";
    LATENCY_TOO_LONG = "E0836", "too much latency", "The latencies on one way through a strip add up to a minute at the most.\n\n\
Wrong: `latency 100000s`\n\nRight: `latency 5ms`";
    BEYOND_LINE = "E0837", "a read beyond its delay line", "A delay line holds what was written as long ago as its length says. A time \
that moves is held inside it; one that stands still beyond it would be another time than the one that is written.\n\n\
Wrong: `state tail = line(100ms)` … `tail.read(2s)`\n\nRight: `state tail = line(2s)`";
    RESPONSE_CHANNELS = "E0838", "not an impulse response", "An impulse response has audio in one channel, in two (left, \
right), or in four (true stereo: left to left, left to right, right to left, right to right).\n\n\
Wrong: `convolve(\"surround.wav\")` with a file of six channels.\n\nRight: export it in one, two or four channels.";
    SPECTRAL = "E0839", "not possible with spectra", "The inside of a `spectral` block computes with bins, frame by frame: states, \
`follow` and all arithmetic work there, each bin for itself; delay lines, convolutions, latency and other blocks do not. It \
stands at the song's own rate, works on `input`, and its window is a power of two from 256 to 16384. `bin_frequency` is known \
only there.\n\nWrong: `spectral 1000 { 1 }`\n\nRight: `spectral 1024 { if bin_frequency > 5kHz { 0.5 } else { 1 } }`";
    INTERNAL = "E0899", "a fault of the compiler", "The compiler contradicted itself. The mix is not at fault; please report it with the \
text that shows it.";
}
