/** The orientation that EXIF data tell, 1 (upright) to 8; 1 where they tell none. */
export function readOrientation(exif: Uint8Array | undefined): number {
  if (!exif || exif.length < 14) return 1;
  const view = new DataView(exif.buffer, exif.byteOffset, exif.byteLength);
  const littleEndian = view.getUint16(0) === 0x4949; // "II"
  const directory = view.getUint32(4, littleEndian);
  if (directory + 2 > exif.length) return 1;
  const entries = view.getUint16(directory, littleEndian);
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + 12 * entry;
    if (at + 12 > exif.length) return 1;
    if (view.getUint16(at, littleEndian) !== 0x0112) continue;
    const orientation = view.getUint16(at + 8, littleEndian);
    return orientation >= 1 && orientation <= 8 ? orientation : 1;
  }
  return 1;
}
