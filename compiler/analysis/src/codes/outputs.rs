//! E0560 to E0570: deliveries and checks.

use super::codes;

codes! {
    E0560 "Deliveries": "`deliver` makes `wav`, `flac` and `stems`, 16, 24 or (wav) 32 bits.

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
    E0562 "File names of deliveries": "`{title}` and `{artist}` are the song's; `{track}` and `{bus}` exist in `stems`; \
the ending says what the file is.

```mix
wav(\"out/{bus}.wav\")         // wrong
stems(\"out/{bus}.wav\")       // right
```
";
    E0570 "Checks": "A check compares one measure of one strip with a value of the measure's own unit.

```mix
check { loudness within 0.5LU of -14LUFS }            // wrong
check { loudness(master) within 0.5LU of -14LUFS }    // right
```
";
}
