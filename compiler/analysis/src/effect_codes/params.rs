//! E04xx: parameters and arguments.

use super::codes;

codes! {
    E0401 "Unknown parameter": "The effect, chain or function has no parameter of this name. The help lists those it has, with type, default and range.

```mix
compressor(treshold: -18dB)     // wrong
compressor(threshold: -18dB)    // right
```
";
    E0402 "Parameter given twice": "Each parameter is given once, by position or by name.

```mix
bell(60Hz, +3dB, freq: 80Hz)    // wrong
bell(60Hz, +3dB)                // right
```
";
    E0403 "Missing parameter": "Parameters without a default have to be given.

```mix
bell(60Hz)          // wrong: how much?
bell(60Hz, +3dB)    // right
```
";
    E0404 "Too many arguments by position": "Parameters without a default are given by position or name, those with a default by name only, so that a reader \
sees what each number is.

```mix
bell(60Hz, +3dB, 1.1)       // wrong
bell(60Hz, +3dB, q: 1.1)    // right
```
";
    E0405 "Position after name": "Arguments by position come first, those by name after them.

```mix
bell(q: 1.1, 60Hz, +3dB)    // wrong
bell(60Hz, +3dB, q: 1.1)    // right
```
";
    E0406 "Wrong type for a parameter": "The value has another type than the parameter takes. Numbers carry their unit.

```mix
compressor(release: 120)        // wrong
compressor(release: 120ms)      // right
delay(1/8)                      // wrong: 1/8 is the number 0.125
delay(note(1/8))                // right
```
";
    E0407 "Value out of range": "A constant, or a point of a curve, lies outside the range that the parameter declares. A signal that leaves the range \
is held at its end instead.

```mix
compressor(ratio: 0.5)      // wrong: ratio is in 1 .. 40
compressor(ratio: 2)        // right
```
";
    E0408 "A constant is wanted": "Parameters declared `const` shape the code of an effect (slopes, line lengths) and cannot move.

```mix
highpass(90Hz, slope: curve [ 12, verse.start => 24 ])      // wrong
highpass(90Hz, slope: 24)                                   // right
```
";
    E0409 "Not a word of this choice": "A choice takes one of its words, a switch `on` or `off`.

```mix
compressor(detector: average)       // wrong
compressor(detector: rms)           // right
```
";
    E0410 "Unknown type": "The types of parameters are `Number` (also written `Angle`), `Level`, `dBFS`, `dBTP`, `Ceiling`, `LUFS`, `Time`, \
`Frequency`, `Interval`, `Musical`, `Position`, `Tempo`, `Switch`, `Text`, `Template`, `File`, `Record`, `Signal`, `Strip`, `Bus`, `Section`, \
`Function`, a choice of words (`one of [a, b]`) and lists (`List of Level`, `List of 31 Level`).

```mix
effect drive(amount: dB) { … }        // wrong
effect drive(amount: Level) { … }     // right
```
";
    E0411 "A range that is none": "A range is two constants of the parameter's type, the lower one first. A `const` parameter may list \
the only values it has instead, in ascending order: `const slope: Number = 12 in [6, 12, 24]`.

```mix
ratio: Number = 3 in 40 .. 1        // wrong
ratio: Number = 3 in 1 .. 40        // right
attack: Time = 10ms in 0 .. 500     // wrong: no unit
attack: Time = 10ms in 0ms .. 500ms // right
```
";
    E0412 "Two parameters of one name": "Each parameter of a declaration has a name of its own.

```mix
effect cut(freq: Frequency, freq: Frequency) { … }      // wrong
effect cut(low: Frequency, high: Frequency) { … }       // right
```
";
    E0413 "A parameter without a type": "Parameters of effects and chains say their type: it is what callers are checked against. Only a `fn` may leave it \
out.

```mix
effect drive(amount) { … }                   // wrong
effect drive(amount: Level) { … }            // right
```
";
    E0414 "A type that no effect takes": "Effects take numbers with units, switches, choices, audio files, signals and lists of numbers. Positions, records, sections and \
functions belong to the mix; a musical time is accepted wherever a `Time` is declared.

```mix
effect echo(time: Musical) { … }        // wrong
effect echo(time: Time) { … }           // right; `echo(time: note(1/8))` is accepted
```
";
    E0415 "Between the steps": "Some parameters know certain values only, such as the slope of a filter, which rises by 6 dB an octave \
with each of its sections. Nothing is rounded.

```mix
highpass(80Hz, slope: 20)      // wrong
highpass(80Hz, slope: 18)      // right
```
";
    E0416 "A list of another length": "A parameter may say how many elements its list has: `gains: List of 31 Level`. No fewer and no more will do.

```mix
graphic(gains: [3dB, 0dB, -3dB])                    // wrong: it has 31 bands
graphic(gains: [-0.1dB * i for i in 0 .. 30])       // right
```
";
    E0418 "Above half the rate": "Sound at a sample rate has frequencies up to half of it. A filter above has nothing to work on, and a tone above \
comes out as another one below. This is a warning.

```mix
source sine(30kHz, -20dBFS)         // warning at 48kHz: it is heard at 18kHz
source sine(15kHz, -20dBFS)         // right
```
";
}
