//! E0320 and up: values of scripts.

use super::codes;

codes! {
    E0320 "A value of another type": "A setting or a value takes one type of quantity. Units are types, so a number \
without a unit is no level.

```mix
fader -6          // wrong
fader -6dB        // right
```
";
    E0321 "Not a position": "A place on the timeline is a bar (`@9`), a bar and beat (`@40.3`), a time on the clock \
(`@90s`, `@1:23.5`) or a section's start or end.

```mix
sections { verse 9 }     // wrong
sections { verse @9 }    // right
```
";
    E0322 "No such bar or beat": "Bars and beats are counted from 1, and `@9.10` is bar 9, beat 10. What is finer than \
a beat is arithmetic.

```mix
ride +2dB during @0 .. @4          // wrong
ride +2dB during @1 .. @4          // right
clip(\"hit.wav\", at: @40.3 + note(1/16))   // right
```
";
    E0323 "Not for a text": "Texts take numbers, quantities, texts, positions and names of strips.

```mix
track \"gtr{[1, 2]}\" { … }     // wrong
track \"gtr{1}\" { … }          // right
```
";
    E0324 "None of the words": "Where one of some words is wanted, only these fit.

```mix
lfo(1Hz, shape: sinus)    // wrong
lfo(1Hz, shape: sine)     // right
```
";
    E0325 "A constant is wanted": "Scripts end before a sample is rendered, so what shapes the mix (conditions around \
strips, points of curves, rates of LFOs) cannot move.

```mix
if curve [ 0, @9 => 1 ] > 0.5 { highpass(90Hz) }   // wrong
highpass(90Hz, mix: curve [ 0, @9 => 1 ])          // right
```
";
    E0326 "Not in a script": "`state`, `latency`, assignment and functions that work sample by sample belong into the \
body of an `effect`; `within` belongs into a `check`. `input` is the signal that arrives: it is known in an `effect`, and in \
what an effect, a fader, a pan or a send of a strip is given.

```mix
let x = white()                        // wrong
effect hiss() { white() * 0.001 }      // right
```
";
    E0327 "A moving musical time under a moving tempo": "A musical time looks back along the tempo map. One that moves \
itself would need both at once.

```mix
tempo curve [ 118bpm, @9 => 126bpm over 4bars ]
delay(curve [ note(1/8), @9 => note(1/4) ])     // wrong
delay(note(1/8))                                // right
```
";
    E0328 "Which bar?": "After a change of signature bars have several lengths. Where a length follows a position the \
meter there counts; elsewhere write beats.

```mix
delay(1bar)       // wrong in a song of 4/4 and 7/8
delay(4beats)     // right
```
";
    E0329 "No value": "Minus infinity minus itself, the root of a negative number and their kin have no value.

```mix
let d = off - off        // wrong
let d = -6dB - -12dB     // right
```
";
    E0330 "A range of two types": "Both ends of `a .. b` are of one type: numbers, positions or quantities of one unit.

```mix
during @9 .. 16       // wrong
during @9 .. @16      // right
```
";
    E0331 "Parts and names do not match": "A pattern has as many names as the value has parts; `_` takes one that is not wanted.

```mix
for (name, side) in [(1, L80, 2)] { … }      // wrong
for (name, side, _) in [(1, L80, 2)] { … }   // right
```
";
    E0332 "Not a switch": "A condition is a switch: a comparison, `on`, `off`, or these joined with `and`, `or`, `not`.

```mix
if air { … }            // wrong where air is a level
if air > 0dB { … }      // right
```
";
    E0333 "Sides of a moving condition": "A condition that changes while the mix plays selects between two values, so \
both are said and have one type.

```mix
fader if lfo(1Hz) > 0 { -3dB }                   // wrong
fader if lfo(1Hz) > 0 { -3dB } else { -6dB }     // right
```
";
    E0334 "Nothing to walk over": "`for` walks over lists, ranges of numbers, records and the repeats of a section.

```mix
for i in 4 { … }          // wrong
for i in 1 .. 4 { … }     // right
```
";
    E0335 "Not a function": "Only functions are called; after `|>` stands a call.

```mix
let air = 2dB
bell(10kHz, air())     // wrong
bell(10kHz, air)       // right
```
";
    E0336 "Arguments that do not fit": "A function of the language takes its arguments by position, each of its own kind.

```mix
let g = factor(0.5)       // wrong
let g = factor(-6dB)      // right
```
";
    E0337 "Effects and chains are no plain values": "An effect gets its input through `|>`; a chain stands on a line of \
its own in a strip.

```mix
compressor(key: highpass(kick, 90Hz))      // wrong
compressor(key: kick |> highpass(90Hz))    // right
```
";
    E0338 "An empty list": "An empty list has no first, last, smallest or largest element.

```mix
let loudest = max([])                               // wrong
let loudest = if len(xs) > 0 { max(xs) } else { 0 } // right
```
";
    E0339 "No such element": "Elements of a list are counted from 0.

```mix
let last = [10ms, 20ms][2]     // wrong
let last = [10ms, 20ms][1]     // right
```
";
    E0340 "No such shape": "Ramps are `linear`, `exp` or `smooth`.

```mix
curve cubic [ @9 => 400Hz, @17 => 2kHz ]    // wrong
curve smooth [ @9 => 400Hz, @17 => 2kHz ]   // right
```
";
    E0341 "Points of a curve": "`curve [ v0, p => v, p => v over d ]`: only the first value may stand without a \
position, and a ramp needs something to start from. `curve exp [ p => v, … ]` joins its points and takes no `over`.

```mix
fader curve [ @9 => -6dB over 1bar ]          // wrong
fader curve [ -3dB, @9 => -6dB over 1bar ]    // right
```
";
    E0342 "Not forward in time": "Points of a curve and repeats of a section ascend, each at a sample of its own.

```mix
fader curve [ @17 => -3dB, @9 => -6dB ]    // wrong
fader curve [ @9 => -6dB, @17 => -3dB ]    // right
```
";
    E0343 "Not a length": "`over` takes a time or a musical time, forward. In a curve the ramp begins at its point \
(`@9 => -3dB over 1bar` arrives at `@10`); around the edges of a `during` it is centred (half of it stands before the edge).

```mix
ride +2dB during chorus over -3dB      // wrong
ride +2dB during chorus over 1beat     // right
```
";
    E0344 "A ramp that is cut": "The next point comes before this ramp has arrived: it stops at the value it has reached. \
This is a warning.

```mix
fader curve [ -6dB, @9 => 0dB over 8bars, @13 => -3dB ]    // warning: cut at @13
fader curve [ -6dB, @9 => 0dB over 4bars, @13 => -3dB ]    // right
```
";
    E0345 "Equal ratios": "An `exp` ramp multiplies, so both ends have one sign and neither is 0. Levels in dB count \
ratios already: their `linear` ramp is what a fader calls exponential.

```mix
curve [ 0Hz, @9 => 2kHz over 4bars exp ]     // wrong
curve [ 20Hz, @9 => 2kHz over 4bars exp ]    // right
```
";
    E0346 "`during` needs both values": "Outside its span a `send` is off, a `ride` is 0 dB and a `mute` is open; \
anything else says what it is there. The way between is 10 ms, or `over` a length, half of it before each edge.

```mix
lowpass(400Hz during intro)                // wrong
lowpass(400Hz during intro else 18kHz)     // right
```
";
    E0347 "Not a span": "A span is a section, one of its repeats, or two positions in the order of time.

```mix
mute during @41 .. @40      // wrong
mute during @40 .. @41      // right
```
";
    E0348 "No such end or repeat": "The last section ends with the song unless its end is written; repeats are counted from 1.

```mix
sections { outro @73 }           // wrong for `outro.end`
sections { outro @73 .. @81 }    // right
```
";
    E0349 "Not for the body of an effect": "The body of an effect sees numbers, switches, texts and lists of its file. \
What moves comes in as a parameter.

```mix
let wobble = lfo(1Hz)
effect wow() { input * wobble }                 // wrong
effect wow(depth: Number) { input * depth }     // right: `wow(wobble)`
```
";
}
