//! E02xx: names, modules, imports.

use super::codes;

codes! {
    E0201 "A file that cannot be read": "An `import` names a file that is not there. Its path is relative to the file \
that holds the import; only the audio paths of a song are relative to the song.

```mix
import \"lib/vocal.mix\" as vox     // wrong where the file is lib/vocals.mix
import \"lib/vocals.mix\" as vox    // right
```
";
    E0202 "Unknown name": "Nothing of this name can be seen here. What is called (`name( … )`) is looked for among the \
file's `fn`, `chain` and `effect`, then picked imports, then the standard library; any other name among values, sections \
and strips. Names of an imported file are said with the file's name before them.

```mix
comprezzor(ratio: 3)        // wrong
compressor(ratio: 3)        // right
lead(air: 2dB)              // wrong where `lead` stands in lib/vocals.mix
vox.lead(air: 2dB)          // right after `import \"lib/vocals.mix\" as vox`
```
";
    E0203 "Declared twice": "Two names of one spelling in one file and namespace, or in one body. Callables and values \
are two namespaces, so a `bus hall` and an effect `hall` live side by side.

```mix
let air = 2dB
let air = 3dB        // wrong
let more_air = 3dB   // right
```
";
    E0204 "Imports in a ring": "Files that import each other have no order in which they could be read.

```mix
// a.mix: import \"b.mix\" as b
// b.mix: import \"a.mix\" as a      wrong
// b.mix: import \"shared.mix\" as s right: what both need stands in a third file
```
";
    E0205 "Unknown package": "`import name` without quotes names a package of `mixdown.toml`.

```mix
import drumkit                   // wrong where the manifest has no such package
import \"lib/drumkit.mix\" as drumkit  // right for a file of the project
```
";
    E0206 "An import that names nothing": "A file is imported under a name, or names are picked from it.

```mix
import \"lib/vocals.mix\"             // wrong
import \"lib/vocals.mix\" as vox      // right
import \"lib/vocals.mix\": lead, glue // right as well
```
";
    E0207 "A library that holds a song": "An imported file declares effects, chains, functions and values. Strips, \
sections, options, deliveries and song settings belong to the song, so that an import never changes a mix unseen.

```mix
// lib/vocals.mix
tempo 120bpm                      // wrong in a library
chain lead() { highpass(90Hz) }   // right
```
";
    E0208 "Private": "A name with a leading `_` is its file's own.

```mix
vox._air(2dB)     // wrong
vox.air(2dB)      // right, if the library declares a public `air`
```
";
    E0209 "At file level only": "Imports, functions, chains, effects, sections, options and song settings stand at the \
left margin of a file. Loops and conditions around strips may hold strips, groups, `let`, `deliver` and `check`.

```mix
for i in 1..2 { fn f(x) { x } }    // wrong
fn f(x) { x }                      // right
```
";
    E0210 "A section and a strip of one name": "A section and a strip may share a name; where the bare name is used, \
it has to be said which is meant.

```mix
ride +1dB during bridge            // wrong where a track is called bridge too
ride +1dB during section.bridge    // right
```
";
    E0211 "Values in a ring": "File-level values are worked out when something asks for them. Two that ask for each \
other never end.

```mix
let a = b + 1dB
let b = a - 1dB      // wrong
let b = -3dB         // right
```
";
    E0212 "A field twice": "A record holds each name once.

```mix
let eq = (freq: 90Hz, freq: 100Hz)   // wrong
let eq = (low: 90Hz, high: 100Hz)    // right
```
";
    E0213 "A local hides a name of the file": "Allowed, and a warning: from here on the outer name cannot be said.

```mix
track kick { … }
track snare {
    let kick = 60Hz        // warning: `key: kick` would mean this number
    let kick_freq = 60Hz   // right
}
```
";
    E0214 "No such field": "Sections have `start`, `end`, `length`, `count` and `name`; records and imported files \
have what they declare.

```mix
let l = measure(\"take.wav\").loud       // wrong
let l = measure(\"take.wav\").loudness   // right
```
";
}
