//! E06xx: bodies of effects.

use super::codes;

codes! {
    E0601 "An effect without a result": "The last line of an effect is its output.

```mix
effect half() { let y = input * 0.5 }       // wrong
effect half() { input * 0.5 }               // right
```
";
    E0602 "A result that is no audio": "What an effect gives is a signal: a number, a frame, or two numbers `(l, r)`.

```mix
effect level() { to_dbfs(loudest(input)) }              // wrong
effect level() { input * factor(-6dB) }                 // right
```
";
    E0603 "Unknown name": "No parameter, `let`, state or value of the file has this name.

```mix
effect half() { inptu * 0.5 }       // wrong
effect half() { input * 0.5 }       // right
```
";
    E0604 "Only states change": "`let` names a value for good. What lives from sample to sample and changes is a `state`.

```mix
let y = 0
y = y * 0.9 + input     // wrong
state y = 0
y = y * 0.9 + input     // right
```
";
    E0605 "A state begins with a constant": "The first value of a state is set once, at the start of the song, so it must be a constant; a state holds numbers, \
delay lines or lists of these.

```mix
state y = input     // wrong
state y = 0         // right
```
";
    E0606 "A delay line that is never written": "A line that is read has to be written once a sample.

```mix
state tail = line(1s)
tail.read(200ms)            // wrong: silence for ever

state tail = line(1s)
tail.write(input)
tail.read(200ms)            // right
```
";
    E0607 "A delay line is written exactly once": "Each sample one value enters a line. Join what is to be written before writing it, and write outside of `if`.

```mix
tail.write(input)
tail.write(input * 0.5)                     // wrong
tail.write(input + feedback * 0.5)          // right
```
";
    E0608 "Not a delay line": "`read` and `write` speak to a line: `state tail = line(2s)`. A line by itself is no number.

```mix
state tail = 0
tail.read(10ms)             // wrong
state tail = line(1s)
tail.read(10ms)             // right
tail * 0.5                  // wrong
tail.read(10ms) * 0.5       // right
```
";
    E0609 "A chain inside an effect": "Chains are rows of processors for strips. An effect's body is the code of one sample and calls effects and \
functions only.

```mix
effect bright() { input |> vox.lead() }             // wrong: lead is a chain
effect bright() { input |> highshelf(8kHz, +2dB) }  // right
```
";
    E0610 "A function of scripts": "Measuring, globbing and the like happen before a sample is rendered. Compute the value outside and hand it over as \
a parameter.

```mix
effect even() { input * factor(measure(\"a.wav\").peak) }     // wrong
effect even(by: Level) { input * factor(by) }                 // right
```
";
    E0611 "Input of an effect": "An effect that works on audio is called with `|>`; a generator is called without.

```mix
highpass(90Hz)                  // wrong
input |> highpass(90Hz)         // right
input |> sine(440Hz)            // wrong
input + sine(440Hz)             // right
```
";
    E0612 "A function that calls itself": "In an effect every `fn` is copied into its place, which a function that calls itself would never end.

```mix
fn power(x, n) { if n == 0 { 1 } else { x * power(x, n - 1) } }     // wrong in an effect
pow(x, n)                                                           // right
```
";
    E0613 "Not something to pipe into": "`|>` hands audio to an effect. Functions take what they work on in their brackets.

```mix
input |> abs()      // wrong
abs(input)          // right
```
";
    E0614 "An `if` without `else`": "Where an `if` is a value, both sides have to say one.

```mix
let g = if listen { key }                       // wrong
let g = if listen { key } else { input }        // right
```
";
    E0615 "Not part of effect code": "Curves, positions, texts, records and the like belong to the mix. An effect takes what they make as a parameter.

```mix
effect fade() { input * curve [ 0, @9 => 1 ] }      // wrong
effect fade(by: Number) { input * by }              // right: `fade(by: curve [ 0, @9 => 1 ])`
```
";
    E0616 "A pattern that does not fit": "`(l, r)` takes apart a frame of two channels or a tuple of two; the number of names has to be the same.

```mix
let (l, r) = 3              // wrong
let (l, r) = input          // right
```
";
    E0617 "A name twice in one body": "One body names a thing once. An inner block may use the name again.

```mix
let y = input
let y = y * 0.5         // wrong
let half = y * 0.5      // right
```
";
    E0618 "Has to be known beforehand": "The ends of a `for`, an index, the length of a line, a latency and the factor of `oversample` shape the code, so they \
are constants: numbers, `const` parameters, `sample_rate` and what is computed from them.

```mix
state tail = line(time)     // wrong where time is a parameter that moves
state tail = line(2s)       // right: the longest it can be
```
";
    E0619 "A factor for oversampling": "`oversample` knows 2x, 4x, 8x and 16x.

```mix
oversample 3x { tanh(input) }       // wrong
oversample 4x { tanh(input) }       // right
```
";
    E0620 "Never used": "What is accepted must act: a parameter, `let` or state that nothing reads is most likely a slip. Begin its name with \
`_` where it is meant.

```mix
effect drive(amount: Level) { tanh(input) }                         // a warning
effect drive(amount: Level) { tanh(input * factor(amount)) }        // right
```
";
    E0621 "Hides a name of the file": "A local of an effect has the name of a file-level value, which cannot be reached below it.

```mix
let drive = 3
effect warm() { let drive = 2; tanh(input * drive) }        // a warning
effect warm() { let amount = 2; tanh(input * amount) }      // right
```
";
    E0622 "Not in the list": "Elements count from 0, so the last one of four is `xs[3]`; only lists and tuples have elements.

```mix
let xs = [1, 2, 3, 4]
xs[4]       // wrong
xs[3]       // right
```
";
    E0623 "Nothing comes of it": "The value of this line is not used, and it changes nothing.

```mix
input * 0.5             // a warning: not the last line
input

let half = input * 0.5
input - half            // right
```
";
    E0624 "A state keeps its type": "A state holds one type from its first value on.

```mix
state env = 0
env = to_dbfs(input)        // wrong
state env = -200dBFS
env = to_dbfs(input)        // right
```
";
    E0625 "One latency": "An effect says its latency once, as a constant time, in its outermost block.

```mix
latency 5ms
latency 2ms         // wrong
latency 7ms         // right
```
";
    E0626 "Not something to call": "Only effects and functions are called, by their name.

```mix
(input)(90Hz)                   // wrong
input |> highpass(90Hz)         // right
```
";
    E0627 "An effect that grows too large": "Every call of a `fn` is copied into its place. An effect may hold 4096 of them, 64 deep.

```mix
fn a(x) { b(x) + b(x) }     // wrong where b does the same with c, and c with d, …
for i in 1..8 { … }         // right: a loop says it once
```
";
}
