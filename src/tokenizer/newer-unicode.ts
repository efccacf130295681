/**
 * Letters and numbers of Unicode 15.1 to 18, as ranges for a character class. Which characters a JavaScript engine counts
 * as letters depends on its age; with these, words are cut alike everywhere, and as Python's regex module (of 2026) cuts
 * them. Source: the Unicode Character Database, by way of that module.
 */
export const newerLetters: string =
  '\\u{558}\\u{58b}-\\u{58c}\\u{88f}\\u{c5c}\\u{cdc}\\u{1c89}-\\u{1c8a}\\u{208f}\\u{209d}-\\u{209f}' +
  '\\u{a7cb}-\\u{a7cf}\\u{a7d2}\\u{a7d4}\\u{a7da}-\\u{a7dd}\\u{a7e2}\\u{a7f1}\\u{ab6c}-\\u{ab6d}' +
  '\\u{105c0}-\\u{105f3}\\u{107bb}-\\u{107bf}\\u{10940}-\\u{10959}\\u{10d4a}-\\u{10d65}\\u{10d6f}-\\u{10d85}' +
  '\\u{10ec2}-\\u{10ec7}\\u{10ed9}-\\u{10eee}\\u{11380}-\\u{11389}\\u{1138b}\\u{1138e}\\u{11390}-\\u{113b5}' +
  '\\u{113b7}\\u{113d1}\\u{113d3}\\u{11b0a}\\u{11bc0}-\\u{11be0}\\u{11db0}-\\u{11ddb}\\u{11df1}' +
  '\\u{13460}-\\u{143fa}\\u{16100}-\\u{1611d}\\u{16d40}-\\u{16d6c}\\u{16ea0}-\\u{16eb8}\\u{16ebb}-\\u{16ed3}' +
  '\\u{16ff2}-\\u{16ff3}\\u{187f8}-\\u{187ff}\\u{18cd6}-\\u{18cda}\\u{18cff}\\u{18d09}-\\u{18d20}' +
  '\\u{18d80}-\\u{18df2}\\u{18e00}-\\u{19191}\\u{191a0}-\\u{191d2}\\u{1b123}-\\u{1b128}\\u{1b168}\\u{1d6a6}' +
  '\\u{1df1f}-\\u{1df24}\\u{1df2b}-\\u{1df81}\\u{1df90}-\\u{1df96}\\u{1dfcd}-\\u{1dfff}\\u{1e5d0}-\\u{1e5ed}' +
  '\\u{1e5f0}\\u{1e6c0}-\\u{1e6de}\\u{1e6e0}-\\u{1e6e2}\\u{1e6e4}-\\u{1e6e5}\\u{1e6e7}-\\u{1e6ed}' +
  '\\u{1e6f0}-\\u{1e6f4}\\u{1e6fe}-\\u{1e6ff}\\u{2b73a}-\\u{2b73f}\\u{2b81e}\\u{2cea2}-\\u{2cead}' +
  '\\u{2ebf0}-\\u{2ee5d}\\u{323b0}-\\u{33479}\\u{3d000}-\\u{3fc3f}';

export const newerNumbers: string =
  '\\u{10d40}-\\u{10d49}\\u{116d0}-\\u{116e3}\\u{11bf0}-\\u{11bf9}\\u{11de0}-\\u{11de9}\\u{1246f}' +
  '\\u{12475}-\\u{1247f}\\u{12550}-\\u{12686}\\u{16130}-\\u{16139}\\u{16d70}-\\u{16d79}\\u{16ff4}-\\u{16ff6}' +
  '\\u{1ccf0}-\\u{1ccf9}\\u{1e5f1}-\\u{1e5fa}';
