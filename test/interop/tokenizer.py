"""The reference side of tokenizer.test.ts: OpenAI's SimpleTokenizer with ftfy.

open_clip's SimpleTokenizer is OpenAI's; its cleaning is given ftfy back and its control tokens OpenAI's spelling.
tables           prints the merges, Python's HTML entities and the code points that its Unicode version knows
generate SEED N  prints N strings, a good part of them mojibake
encode FILE      encodes the strings of a JSON file
transformers DIR encodes DIR/texts.json with CLIPTokenizer from DIR's files, from either half of them too
"""

import gzip
import html
import json
import random
import sys
import unicodedata
from pathlib import Path

import ftfy
import open_clip
import regex
from open_clip.tokenizer import SimpleTokenizer

merges = gzip.open(Path(open_clip.__file__).parent / "bpe_simple_vocab_16e6.txt.gz").read().decode().split("\n")


class OpenAITokenizer(SimpleTokenizer):
    def __init__(self) -> None:
        super().__init__()
        start, end = "<|startoftext|>", "<|endoftext|>"
        vocab = [token for token, _ in sorted(self.encoder.items(), key=lambda item: item[1])][:-2] + [start, end]
        self.encoder = {token: index for index, token in enumerate(vocab)}
        self.decoder = {index: token for token, index in self.encoder.items()}
        self.cache = {start: start, end: end}
        self.pat = regex.compile(
            r"""<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+""",
            regex.IGNORECASE,
        )

    def clean(self, text: str) -> str:
        text = html.unescape(html.unescape(ftfy.fix_text(text))).strip()
        return regex.sub(r"\s+", " ", text).strip().lower()

    def encode_cleaned(self, text: str) -> list[int]:
        ids: list[int] = []
        for token in regex.findall(self.pat, text):
            token = "".join(self.byte_encoder[byte] for byte in token.encode("utf-8"))
            ids.extend(self.encoder[piece] for piece in self.bpe(token).split(" "))
        return ids


samples = [
    "The quick brown fox jumps over the lazy dog", "a photo of a café in Zürich", "naïve façade, déjà vu, señor, über",
    "Привет, как дела?", "Γειά σου Κόσμε ΟΔΥΣΣΕΥΣ", "日本語のテキスト", "한국어 문장", "العربية نص", "עברית", "हिन्दी पाठ", "ไทย",
    "İstanbul’da çok güzel bir gün", "Zażółć gęślą jaźń", "Příliš žluťoučký kůň", "“curly” ‘quotes’ – dashes — and … dots",
    "100 € £5 ¥7 50¢ 20°C ½ ² ³ × ÷ ± ≤ ≥ ≠ ∞", "😀 👩‍👩‍👧 🏳️‍🌈 🇩🇪 ✔ ♥ 💩", "e\u0301 a\u0308 n\u0303 \u1100\u1161", "à la carte, voilà à bientôt",
    "it's they'll we've I'm you'd DON'T 'ſ", "2016 was 1.5 times ① Ⅷ ٣ 四", "ﬁnd the ﬂuﬃest oﬀice ﬆ ĳ ǆ", "ＦＵＬＬ ｗｉｄｔｈ ﾊﾝｶｸ ￦",
    "¿Qué? ¡Olé! «guillemets» ©®™", "Ľudovít Štúr ďaleko ťava", "Šiauliai ąčęėįšųūž", "│┤ box ▓▒░ ║╣", "Ø Å Æ ø å æ Þ þ Ð ð",
]
entities = ["&amp;", "&lt;b&gt;", "&eacute;", "&EACUTE;", "&#233;", "&#xE9;", "&hellip;", "&amp;amp;eacute;", "&nbsp;", "&notit;", "&copy",
            "&#128;", "&#0;", "&#55296;", "&#xFFFF;", "&AMP", "&LTE;", "&SUP3;", "&fjlig;", "&NotEqualTilde;", "&#59;", "&#12a;", "&;", "&#;", "&x;",
            "&#x1F600;", "&SZLIG;", "&amp;#x85;", "&amp;#xFEFF;", "&amp;#160;"]
pieces = ["\r\n", "\r", "\n", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x00", "\x07", "\x1b[36;44mblue\x1b[0m", "\x1b[m", "\x7f",
          "\ufeff", "\u200b", "\u200d", "\u206b", "\ufffc", "\ufffd", "\xa0", "\u3000", "\x80", "\x9d", "\x92s", "<", "<b>", "<|endoftext|>",
          "<|startoftext|>", "<|STARTOFTEXT|>", "<|ſtartoftext|>", "</w>", "`", "\\", "{}", "\t", "   ", "?", "�", "Ã ", "Â ", " â€�", "ð\x9f", "\u0345", "\u212a"]
codecs = ["latin-1", "sloppy-windows-1252", "sloppy-windows-1251", "sloppy-windows-1250", "sloppy-windows-1253", "sloppy-windows-1254",
          "sloppy-windows-1257", "iso-8859-2", "macroman", "cp437"]


def cesu8(text: str) -> bytes:
    units = text.encode("utf-16-le")
    return b"".join(chr(units[i] | units[i + 1] << 8).encode("utf-8", "surrogatepass") for i in range(0, len(units), 2)).replace(b"\0", b"\xc0\x80")


def mojibake(random: random.Random, text: str) -> str:
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        raw = cesu8(text) if random.random() < 0.1 else text.encode("utf-8", "replace")
        decoded = raw.decode(random.choice(codecs), "replace")
        damage = random.random()
        if damage < 0.15:
            decoded = decoded.replace("\xa0", " ")
        elif damage < 0.3:
            decoded = "".join("\ufffd" if random.random() < 0.1 and ord(c) > 127 else c for c in decoded)
        elif damage < 0.4:
            decoded = "".join("?" if random.random() < 0.1 and ord(c) > 127 else c for c in decoded)
        elif damage < 0.5:
            decoded = decoded.replace("\x9d", "").replace("\x81", "\ufffd")
        elif damage < 0.55:
            decoded = decoded.upper() if random.random() < 0.5 else decoded.lower()
        text = decoded
    return text


def words(random: random.Random) -> str:
    parts = random.choice(samples).split(" ")
    start = random.randrange(len(parts))
    return " ".join(parts[start : start + random.randint(1, 6)])


def random_character(random: random.Random) -> str:
    while True:
        code = random.choice([random.randrange(0x20, 0x7F), random.randrange(0x80, 0x180), random.randrange(0x250, 0x3000), random.randrange(0x30000)])
        if unicodedata.category(chr(code)) not in ("Cn", "Cs"):
            return chr(code)


def generate(seed: int, count: int) -> list[str]:
    rng = random.Random(seed)
    texts = []
    for index in range(count):
        kind = index % 5
        if kind < 2:
            text = mojibake(rng, words(rng))
        elif kind == 2:
            text = words(rng)
        elif kind == 3:
            text = "".join(random_character(rng) for _ in range(rng.randint(0, 12)))
        else:
            text = "".join(rng.choice("abcdefghijklmnopqrstuvwxyz ABC 0123456789 '!?.,-#@") for _ in range(rng.randint(0, 40)))
        for _ in range(rng.choice([0, 0, 1, 1, 2, 4])):
            at = rng.randint(0, len(text))
            inserted = rng.choice([rng.choice(entities), rng.choice(pieces), words(rng), mojibake(rng, words(rng)), random_character(rng), rng.choice(samples[-3:])])
            text = text[:at] + inserted + text[at:]
        texts.append(text)
    return texts


def encode(texts: list[str]) -> dict[str, list]:
    tokenizer = OpenAITokenizer()
    cleaned = [tokenizer.clean(text) for text in texts]
    ids = [tokenizer.encode_cleaned(text) for text in cleaned]
    return {"cleaned": cleaned, "ids": ids, "decoded": [tokenizer.decode(row) for row in ids]}


def transformers(directory: Path) -> list[dict]:
    from transformers import AutoTokenizer, CLIPTokenizer

    texts = json.loads((directory / "texts.json").read_text(encoding="utf-8"))
    configs = ["tokenizer_config.json", "special_tokens_map.json"]
    results = []
    for files in (None, ["tokenizer.json", *configs], ["vocab.json", "merges.txt", *configs]):
        source = directory
        if files:
            source = directory / files[0].replace(".", "-")
            source.mkdir(exist_ok=True)
            for file in files:
                (source / file).write_bytes((directory / file).read_bytes())
        tokenizer = (CLIPTokenizer if files else AutoTokenizer).from_pretrained(source)
        saved = directory / "saved"
        tokenizer.save_pretrained(saved)
        ids = [tokenizer(text).input_ids for text in texts]
        results.append({"ids": ids, "json": (saved / "tokenizer.json").read_text(encoding="utf-8")})
    return results


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["generate", seed, count]:
            print(json.dumps(generate(int(seed), int(count))))
        case ["encode", file]:
            print(json.dumps(encode(json.loads(Path(file).read_text(encoding="utf-8")))))
        case ["transformers", directory]:
            print(json.dumps(transformers(Path(directory))))
        case ["tables"]:
            assigned = [code for code in range(0x110000) if unicodedata.category(chr(code)) not in ("Cn", "Cs", "Co")]
            print(json.dumps({"merges": merges[1 : 1 + 48894], "entities": html.entities.html5, "assigned": assigned}))
