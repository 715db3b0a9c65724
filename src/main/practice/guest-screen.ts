const width = 800
const height = 600
const scale = 2
const cellWidth = 6 * scale
const cellHeight = 9 * scale
const margin = 12
const headerBytes = 54
const paletteBytes = 256 * 4

/** The screen of a machine as a bitmap of 256 greys, as Azure keeps it: white letters on black, the last lines that fit. */
export function drawScreen(lines: string[]): Buffer {
  const pixels = Buffer.alloc(width * height)
  const shown = lines.slice(-Math.floor((height - 2 * margin) / cellHeight))
  for (const [row, line] of shown.entries())
    for (const [column, letter] of [...line].entries())
      drawLetter(pixels, letter, margin + column * cellWidth, margin + row * cellHeight)
  return Buffer.concat([headers(), greys(), pixels])
}

/** BITMAPFILEHEADER and BITMAPINFOHEADER (Microsoft Learn, "Bitmap Storage"); rows of 800 bytes need no filling up to four. */
function headers(): Buffer {
  const header = Buffer.alloc(headerBytes)
  const start = headerBytes + paletteBytes
  header.write('BM', 0, 'latin1')
  header.writeUInt32LE(start + width * height, 2)
  header.writeUInt32LE(start, 10)
  header.writeUInt32LE(40, 14)
  header.writeInt32LE(width, 18)
  // A negative height: the first row is the upper one.
  header.writeInt32LE(-height, 22)
  header.writeUInt16LE(1, 26)
  header.writeUInt16LE(8, 28)
  header.writeUInt32LE(width * height, 34)
  return header
}

function greys(): Buffer {
  const palette = Buffer.alloc(paletteBytes)
  for (let grey = 0; grey < 256; grey++) palette.fill(grey, grey * 4, grey * 4 + 3)
  return palette
}

function drawLetter(pixels: Buffer, letter: string, left: number, top: number): void {
  const code = letter.charCodeAt(0)
  const at = code >= 32 && code < 127 ? code - 32 : 31
  for (let column = 0; column < 5; column++) {
    const bits = font[at * 5 + column] ?? 0
    for (let row = 0; row < 7; row++) if ((bits >> row) & 1) fill(pixels, left + column * scale, top + row * scale)
  }
}

function fill(pixels: Buffer, left: number, top: number): void {
  for (let y = top; y < top + scale && y < height; y++)
    for (let x = left; x < left + scale && x < width; x++) pixels[y * width + x] = 220
}

/** Letters from space to tilde, five columns each, the lowest bit on top. */
const font = Buffer.from(
  '0000000000' +
    '00005f0000' +
    '0007000700' +
    '147f147f14' +
    '242a7f2a12' +
    '2313086462' +
    '3649552250' +
    '0005030000' +
    '001c224100' +
    '0041221c00' +
    '14083e0814' +
    '08083e0808' +
    '0050300000' +
    '0808080808' +
    '0060600000' +
    '2010080402' +
    '3e5149453e' +
    '00427f4000' +
    '4261514946' +
    '2141454b31' +
    '1814127f10' +
    '2745454539' +
    '3c4a494930' +
    '0171090503' +
    '3649494936' +
    '064949291e' +
    '0036360000' +
    '0056360000' +
    '0814224100' +
    '1414141414' +
    '0041221408' +
    '0201510906' +
    '324979413e' +
    '7e1111117e' +
    '7f49494936' +
    '3e41414122' +
    '7f4141221c' +
    '7f49494941' +
    '7f09090901' +
    '3e4149497a' +
    '7f0808087f' +
    '00417f4100' +
    '2040413f01' +
    '7f08142241' +
    '7f40404040' +
    '7f020c027f' +
    '7f0408107f' +
    '3e4141413e' +
    '7f09090906' +
    '3e4151215e' +
    '7f09192946' +
    '4649494931' +
    '01017f0101' +
    '3f4040403f' +
    '1f2040201f' +
    '3f4038403f' +
    '6314081463' +
    '0708700807' +
    '6151494543' +
    '007f414100' +
    '0204081020' +
    '0041417f00' +
    '0402010204' +
    '4040404040' +
    '0001020400' +
    '2054545478' +
    '7f48444438' +
    '3844444420' +
    '384444487f' +
    '3854545418' +
    '087e090102' +
    '0c5252523e' +
    '7f08040478' +
    '00447d4000' +
    '2040443d00' +
    '7f10284400' +
    '00417f4000' +
    '7c04180478' +
    '7c08040478' +
    '3844444438' +
    '7c14141408' +
    '081414187c' +
    '7c08040408' +
    '4854545420' +
    '043f444020' +
    '3c4040207c' +
    '1c2040201c' +
    '3c4030403c' +
    '4428102844' +
    '0c5050503c' +
    '4464544c44' +
    '0008364100' +
    '00007f0000' +
    '0041360800' +
    '1008081008',
  'hex',
)
