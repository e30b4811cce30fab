//! E03xx: units and types.

use super::codes;

codes! {
    E0301 "Unknown unit": "A number carries its unit, and the unit's letters count: `dB`, `Hz`, `kHz`, `ms`, `LUFS`.

```mix
fader -3db      // wrong
fader -3dB      // right
```
";
    E0302 "A unit that needs to know more": "`samples` needs the sample rate of the mix and `bars` a time signature. Where these are not known, write a \
time in seconds or beats.

```mix
effect echo(time: Time = 2bars) { … }     // wrong: no signature here
effect echo(time: Time = 500ms) { … }     // right; the caller may write `time: 2bars`
```
";
    E0303 "Types that do not go together": "Units are types. Adding a frequency to a time means nothing, and a gain in `dB` acts on a signal only through \
its factor.

```mix
let y = input * -6dB            // wrong
let y = input * factor(-6dB)    // right
let d = 10ms + 440Hz            // wrong
let d = 10ms + 1 / 440Hz        // right: the period of a frequency is a time
```

Points (`dBFS`, `dBTP`, `LUFS`) can be raised or lowered by a level, and two points of one kind differ by a level. \
They have no sums and no multiples, and points of different kinds do not convert.
";
    E0304 "No such sign for this type": "`-x` wants a number, a level, a time, a frequency or an interval; `not x` wants a switch. A point has no negative: \
the sign of `-18dBFS` is part of the number.

```mix
let t = -threshold              // wrong where threshold is a point
let t = threshold - 6dB         // right
```
";
    E0305 "Division by zero": "A constant divisor of zero has no result.

```mix
let ratio = 1 / 0       // wrong
let ratio = 1 / 4       // right
```
";
    E0306 "Two sides of different types": "Both sides of an `if` that is a value, and all elements of a list, have one type.

```mix
let g = if loud { -6dB } else { 1 }       // wrong
let g = if loud { -6dB } else { 0dB }     // right
```
";
    E0307 "Another type is wanted here": "Something stands where another type is wanted: a number as the condition of an `if`, a time as an index.

```mix
if env { a } else { b }             // wrong: env is a number
if env > 0.5 { a } else { b }       // right
```
";
    E0308 "Wrong arguments of a function": "A function of the language takes its arguments by position, each of its type.

```mix
let g = factor(0.5)         // wrong: factor takes a level
let g = factor(-6dB)        // right
let h = clamp(x, 0)         // wrong: two ends are needed
let h = clamp(x, 0, 1)      // right
```
";
}
