/** Whether a picture file has several frames, of which `readImage` reads the first: GIF, APNG, WebP and AVIF, told by their headers. */
export function isAnimated(bytes: Uint8Array): boolean {
  const text = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (text(0, 3) === 'GIF') return hasSecondFrame(bytes);
  if (text(1, 4) === 'PNG') return hasAnimationChunk(bytes, text);
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP')
    return text(12, 16) === 'VP8X' && ((bytes[20] ?? 0) & 0x02) !== 0;
  return text(4, 12) === 'ftypavis';
}

/** APNG's acTL comes before the first data (PNG specification, third edition, section 11.3.6.1). */
function hasAnimationChunk(bytes: Uint8Array, text: (from: number, to: number) => string): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.length; at += 12 + view.getUint32(at)) {
    const name = text(at + 4, at + 8);
    if (name === 'acTL') return view.getUint32(at + 8) > 1;
    if (name === 'IDAT') return false;
  }
  return false;
}

/** Walks over the blocks of a GIF (GIF89a specification, section 18 and after) until the second picture. */
function hasSecondFrame(bytes: Uint8Array): boolean {
  const colourBytes = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  const skipBlocks = (from: number) => {
    let at = from;
    while (bytes[at]) at += 1 + (bytes[at] as number); // each begins with its length; the last is empty
    return at + 1;
  };
  let frames = 0;
  for (let at = 13 + colourBytes(bytes[10] ?? 0); at < bytes.length; ) {
    if (bytes[at] === 0x21) at = skipBlocks(at + 2);
    else if (bytes[at] === 0x2c) {
      if (++frames > 1) return true;
      at = skipBlocks(at + 11 + colourBytes(bytes[at + 9] ?? 0));
    } else return false;
  }
  return false;
}
