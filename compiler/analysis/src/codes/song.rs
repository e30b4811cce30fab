//! E0501 to E0506: what the song says of itself.

use super::codes;

codes! {
    E0501 "A setting's value": "A song setting takes a value of its own kind and size.

```mix
sample_rate 48        // wrong
sample_rate 48kHz     // right
```
";
    E0502 "Signature": "A signature is two whole numbers; it changes at the start of a bar, in the order of time.

```mix
signature 4/3                  // wrong
signature 7/8 from @17.2       // wrong
signature 7/8 from @17         // right
```
";
    E0503 "Tempo that moves": "Ramps of tempo are linear in bpm over beats.

```mix
tempo curve [ 118bpm, @9 => 126bpm over 3s ]       // wrong
tempo curve [ 118bpm, @9 => 126bpm over 4bars ]    // right
```
";
    E0504 "A setting twice": "Each song setting stands once. Tempo and signature change on the way with `from`.

```mix
tempo 118bpm
tempo 126bpm             // wrong
tempo 126bpm from @57    // right
```
";
    E0505 "Unknown song setting": "No song setting has this name.

```mix
samplerate 48kHz      // wrong
sample_rate 48kHz     // right
```
";
    E0506 "Options": "`--set` and a delivery's `set:` reach options and nothing else, with values of the declared type \
inside the declared range.

```mix
let vocal_up = 0dB                                  // wrong for `--set vocal_up=1dB`
option vocal_up: Level = 0dB in -3dB .. 3dB         // right
```
";
    E0507 "No tempo": "Bars, beats and notes are lengths only where the song has a tempo; without one 120 bpm is assumed. \
This is a warning.

```mix
sections { verse @1   chorus @17 }                   // warning
tempo 92bpm
sections { verse @1   chorus @17 }                   // right
```
";
}
