//! E0510 to E0543: strips and what stands in them.

use super::codes;

codes! {
    E0510 "Name of a strip": "Strips are called by words or texts; `master`, `none` and `input` are taken.

```mix
track none { … }       // wrong
track \"gtr{i}\" { … }   // right
```
";
    E0511 "Two strips of one name": "Tracks, buses and groups share their names: a name is how the rest of the text reaches them. \
In a loop the name holds the loop's variable.

```mix
for i in 1..2 { track gtr { … } }         // wrong
for i in 1..2 { track \"gtr{i}\" { … } }    // right
```
";
    E0512 "A track without a source": "A track has audio of its own: a file, clips or a generator. What only takes in \
others is a bus.

```mix
track kick { highpass(30Hz) }                        // wrong
track kick { source \"kick.wav\"; highpass(30Hz) }     // right
```
";
    E0513 "Unknown strip": "No strip of this name (and kind) exists when all loops have run.

```mix
to drum      // wrong where the bus is called drums
to drums     // right
```
";
    E0514 "Audio goes to buses": "`to` and `send` name buses and the master. Tracks have their own audio, groups carry none.

```mix
send gtr2 -6dB     // wrong where gtr2 is a track
send hall -6dB     // right
```
";
    E0515 "`like`": "A track starts from another track's statements, a bus from another bus's, and not in a ring.

```mix
track a like drums { … }    // wrong where drums is a bus
track a like b { … }        // right
```
";
    E0516 "Groups": "A group moves faders. It holds names of strips and groups, and `fader`, `mute`, `solo`.

```mix
group band { drums, guitars; compressor(ratio: 2) }     // wrong
group band { drums, guitars; fader -0.5dB }             // right
```
";
    E0520 "Channels of a file": "A track is mono or stereo. Of a file with more channels one is picked.

```mix
source \"surround.wav\"                 // wrong for six channels
source \"surround.wav\", channel: 3     // right
```
";
    E0521 "Source": "A source is a file or a generator; it takes `channel:` and nothing else.

```mix
source compressor(ratio: 3)       // wrong
source \"stems/kick.wav\"           // right
source sine(440Hz, level: -12dB)  // right
```
";
    E0522 "An odd file": "The file can be read, but something is unusual about it: it is cut short, or empty. This is a \
warning; the file is used as it is. An error of this place carries the code of what went wrong with the file.

```mix
source \"broken.wav\"     // warning: the file ends in the middle of its audio
source \"kick.wav\"       // right
```
";
    E0523 "No file matches": "A pattern that matches nothing gives an empty list. This is a warning.

```mix
for f in files(\"stem/*.wav\") { … }      // warning where the folder is stems
for f in files(\"stems/*.wav\") { … }     // right
```
";
    E0524 "A clip longer than its file": "The rest of the clip is silent. This is a warning.

```mix
clip(\"hit.wav\", at: @9, length: 4bars)             // warning for a short file
clip(\"hit.wav\", at: @9, length: 1beat, loop: 16)   // right
```
";
    E0525 "Clips": "A clip lies on the song's timeline, starts inside its file and is as long as its fades need.

```mix
clips [ clip(\"a.wav\", at: @9, from: -1s) ]      // wrong
clips [ clip(\"a.wav\", at: @9, from: 1s) ]       // right
```
";
    E0530 "A setting in the wrong place": "Strip settings stand in strips. Chains and branches use effects instead (`gain` \
for a level); a bus has no source; the master goes nowhere; sends stand in `parallel` at most.

```mix
chain lead() { fader -3dB }     // wrong
chain lead() { gain(-3dB) }     // right
```
";
    E0531 "A setting twice": "`source` or `clips`, `fader`, `pan`, `to`, `mute`, `solo` and `trim` stand once in a strip. \
Several `ride`s and sends add up.

```mix
fader -3dB
fader -1dB      // wrong
ride -1dB       // right
```
";
    E0532 "Out of order": "A strip reads as the signal flows: its source first, `to` last.

```mix
track kick { source \"kick.wav\"; to drums; gate() }     // wrong
track kick { source \"kick.wav\"; gate(); to drums }     // right
```
";
    E0533 "Not a processor": "A line of a strip is an effect or chain with brackets, a wrapper with a block, or a setting.

```mix
plate               // wrong
plate()             // right
```
";
    E0534 "Random and unlabelled": "What is random hangs on its path. Two equal names in one strip would change places \
when one is moved, so they are labelled.

```mix
tape()
tape()            // wrong
second: tape()    // right
```
";
    E0535 "A label twice": "A label is a processor's name in diffs, checks and caches: one of each in a strip.

```mix
body: bell(350Hz, -2dB)
body: bell(800Hz, -1dB)     // wrong
nose: bell(800Hz, -1dB)     // right
```
";
    E0536 "Out of range": "Pans lie between `L100` and `R100`, `mix` between 0% and 100%, levels under +144 dB, a fader with its \
rides and groups too, and so does every point of a curve; a send takes a level and a pan.

```mix
pan R120      // wrong
pan R100      // right
```
";
    E0537 "Chains or effects in a ring": "Chains and effects are written out where they are called, so none can hold itself.

```mix
chain a() { b() }
chain b() { a() }             // wrong
chain b() { highpass(90Hz) }  // right
```
";
    E0538 "Trim": "`trim to` levels by one constant gain and needs to know what is measured.

```mix
trim to -18dB          // wrong
trim to -18LUFS        // right
trim to -18dB rms      // right
```

The gain is found when the song is rendered. One that is known already is a processor of its own: `gain(-3.2dB)`.
";
    E0540 "Wrappers": "`parallel`, `bands`, `mid_side`, `left_right` and `oversample` hold a block. `parallel` has at least \
one branch; `dry { }` is the signal itself.

```mix
parallel { }                                             // wrong
parallel { dry { } crush { compressor(ratio: 10) } }     // right
```
";
    E0541 "Oversampling": "The factors are 2x, 4x, 8x and 16x; nested ones multiply and stay at 16 or less.

```mix
oversample 3x { saturate(drive: 2dB) }    // wrong
oversample 4x { saturate(drive: 2dB) }    // right
```
";
    E0542 "Bands": "`bands` takes the frequencies between its bands, ascending.

```mix
bands(2.5kHz, 120Hz) { low { } }     // wrong
bands(120Hz, 2.5kHz) { low { } }     // right
```
";
    E0543 "Branches": "A wrapper holds branches with names of its own: `low high`, `low mid high`, `band1` … , `mid side`, \
`left right`; of `parallel` any names.

```mix
mid_side { sides { highshelf(8kHz, +1dB) } }    // wrong
mid_side { side { highshelf(8kHz, +1dB) } }     // right
```
";
}
