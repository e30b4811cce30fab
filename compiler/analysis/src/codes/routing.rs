//! E0550 to E0555: where audio goes.

use super::codes;

codes! {
    E0550 "An empty mix": "A song without tracks has no sound.

```mix
master { limiter(ceiling: -1dBTP) }                 // wrong alone
track kick { source \"kick.wav\" }                    // right
```
";
    E0551 "A ring of strips": "`to`, `send` and `key` lead from strip to strip and never back: every strip is finished \
before the next one starts. Feedback belongs inside an effect.

```mix
bus hall  { send throw -6dB }
bus throw { send hall -6dB }           // wrong
bus throw { delay(time: note(1/4), feedback: 40%) }   // right
```
";
    E0552 "A strip that nobody hears": "A bus that nobody feeds, a track that goes nowhere. This is a warning.

```mix
track click { source \"click.wav\"; to none }     // warning, unless something listens to it
track click { source \"click.wav\"; to drums }    // right
```
";
    E0553 "Nothing to tap": "A key listens to a strip's output, to `.pre` (above its fader), to `.source`, or behind a \
processor by its label or path.

```mix
compressor(key: kick.sub)     // wrong where kick has no label sub
compressor(key: kick.pre)     // right
```
";
    E0554 "A written solo": "A `solo` in the text is for listening. It warns in every render, and deliveries refuse it.

```mix
track vocal { source \"vocal.wav\"; solo }     // warning; wrong for a delivery
track vocal { source \"vocal.wav\" }           // right: `--solo vocal`
```
";
    E0555 "A monitor in the mix": "A monitor hears the master the way a car or a headphone does, and is heard itself: \
`mixdown render song.mix --monitor car`. Nothing of the mix goes into one or listens to one, so nothing of it can be in a file \
that is delivered. A `check` may measure it.

```mix
track kick { source \"kick.wav\"; to car }               // wrong
monitor car { playback(device: car) }                  // right: it hears the master by itself
check { loudness(master) - loudness(car) <= 6LU }      // right
```
";
}
