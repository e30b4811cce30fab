//! E07xx: bounds of scripts and of the mix.

use super::codes;

codes! {
    E0701 "Calls too deep": "A `fn` may call itself, 256 deep.

```mix
fn down(n) { down(n - 1) }                                        // wrong
fn down(n) { if n <= 0 { 0 } else { down(n - 1) } }               // right
```
";
    E0702 "Too many steps": "The scripts of a song end after 10,000,000 steps.

```mix
for i in 1..3000 { for j in 1..3000 { track \"t{i}_{j}\" { … } } }   // wrong
for f in files(\"stems/*.wav\") { track \"{stem(f)}\" { … } }        // right
```
";
    E0703 "Too long": "A list holds 1,000,000 elements at most, a text 1,048,576 bytes.

```mix
let xs = [i for i in 1..2000000]    // wrong
let xs = [i for i in 1..2000]       // right
```
";
    E0704 "Too large a mix": "A mix holds 10,000 strips and 200,000 processors and sends at most.

```mix
for i in 1..20000 { track \"t{i}\" { source silence } }    // wrong
for i in 1..200 { track \"t{i}\" { source silence } }      // right
```
";
    E0705 "Too large a signal": "A parameter's signal is made of 100,000 operations at most.

```mix
fn twice(x, n) { if n == 0 { x } else { twice(x + x, n - 1) } }
fader twice(lfo(1Hz, low: -1dB, high: 1dB), 40)     // wrong
fader lfo(1Hz, low: -1dB, high: 1dB) * 8            // right
```
";
    E0706 "Too long a tag": "What a file says of itself, its `title`, `artist`, `comment` and so on, is 65,536 bytes long at \
most each.

```mix
comment \"(the whole contract)\"           // wrong
comment \"see contract.txt, page 3\"       // right
```
";
}
