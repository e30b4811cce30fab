//! E0560 to E0570: deliveries and checks.

use super::codes;

codes! {
    E0560 "Deliveries": "`deliver` makes `wav`, `flac` and `stems`, 16, 24 or (wav) 32f bits.

```mix
deliver { mp3(\"out/{title}.mp3\") }               // wrong
deliver { wav(\"out/{title}.wav\", bits: 24) }     // right
```
";
    E0561 "Two deliveries into one file": "Every delivery writes a file of its own.

```mix
deliver { wav(\"out/a.wav\"); wav(\"out/a.wav\", without: [vocals]) }                     // wrong
deliver { wav(\"out/a.wav\"); wav(\"out/a (instrumental).wav\", without: [vocals]) }      // right
```
";
    E0562 "File names of deliveries": "`{title}` and `{artist}` are the song's; `{section}` makes a file of each \
section; `{track}` and `{bus}` exist in `stems`; the ending says what the file is.

```mix
wav(\"out/{bus}.wav\")         // wrong
stems(\"out/{bus}.wav\")       // right
```
";
    E0563 "Tags of a delivery": "What a file says of itself is the song's `title`, `artist`, `album` and so on; `tags` \
replaces or adds words for one file.

```mix
wav(\"a.wav\", tags: \"Singles\")              // wrong
wav(\"a.wav\", tags: (album: \"Singles\"))     // right
```
";
    E0564 "Too many deliveries": "Every different `set:` of a delivery is a mix of its own that is read and rendered from the \
beginning; all files of a mix are open at once. A song has at most 32 such mixes and 500 files.

```mix
for i in 1 .. 100 { wav(\"a{i}.wav\", set: (up: i * 0.01dB)) }     // wrong
for i in 1 .. 3 { wav(\"a{i}.wav\", set: (up: i * 1dB)) }          // right
```
";
    E0565 "A section without audio": "A file of a section holds what the song plays in it. Behind the song's `length` it \
plays nothing.

```mix
length 30s
sections { verse @1 .. @9   chorus @99 }    // wrong
sections { verse @1 .. @9   chorus @9 }     // right
deliver { flac(\"out/{section}.flac\") }
```
";
    E0570 "Checks": "A check compares one measure of one strip, or the difference of one measure of two, with a value of the \
measure's own unit; `during` measures a part of the song.

```mix
check { loudness within 0.5LU of -14LUFS }            // wrong
check { loudness(master) within 0.5LU of -14LUFS }    // right
```
";
}
