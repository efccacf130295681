"""OpenAI's tokenizer with ftfy, and the strings it is compared on.

tokenizer.py fuzz SEED COUNT    {"rows": [[text, cleaned, ids, decoded], ...], "mojibake": rows in which ftfy undid mojibake,
                                "skipped": texts left out because they have or give characters that this Python does not know}
tokenizer.py codepoints         {"unicode": version, "checksums": one per code point, "unassigned": [[first, last], ...]}
tokenizer.py decode SEED COUNT  [[ids, decoded], ...] for random ids, mostly invalid UTF-8
tokenizer.py data               {"merges": [...], "entities": {...}} of open_clip's vocabulary file and of the standard library
tokenizer.py open DIR TEXTS     ids of each text by each class of transformers and by open_clip, from the files in DIR
tokenizer.py save DIR           writes a tokenizer.json with transformers from open_clip's vocabulary file
"""

import gzip
import html
import json
import random
import sys
import unicodedata
import zlib

import ftfy
import regex
from ftfy import chardata
from open_clip.tokenizer import SimpleTokenizer, default_bpe

SPECIAL = ["<|startoftext|>", "<|endoftext|>"]


def clean(text):
    """simple_tokenizer.py: whitespace_clean(basic_clean(text)).lower()"""
    text = ftfy.fix_text(text)
    text = html.unescape(html.unescape(text)).strip()
    return regex.sub(r"\s+", " ", text).strip().lower()


def openai_tokenizer():
    """open_clip's copy with what it changed put back: cleaning, pattern, names of the special tokens."""
    tokenizer = SimpleTokenizer()
    for old, new in zip(["<start_of_text>", "<end_of_text>"], SPECIAL):
        tokenizer.decoder[tokenizer.encoder[old]] = new
        tokenizer.encoder[new] = tokenizer.encoder.pop(old)
    tokenizer.cache = {token: token for token in SPECIAL}
    tokenizer.pat = regex.compile(
        r"""<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+""",
        regex.IGNORECASE,
    )
    tokenizer.clean_fn = clean
    return tokenizer


SENTENCES = """The quick brown fox jumps over the lazy dog; it's 5 o'clock & they'll've gone
Voilà, l'été à la crème brûlée — “déjà vu” … €5 ½ naïve façade, où êtes-vous, às vezes àquela
Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich, »süß«
El pingüino Wenceslao hizo kilómetros bajo exhaustiva lluvia y frío, ¿añoraba? ¡sí! 1º 2ª
Příliš žluťoučký kůň úpěl ďábelské ódy
Pchnąć w tę łódź jeża lub ośm skrzyń fig
Árvíztűrő tükörfúrógép, ŐŰ
Съешь ещё этих мягких французских булок, да выпей чаю «ЁЖ»
Жебракують філософи при ґанку церкви в Гадячі, ще й шатро їхнє п'яне знаємо
Ξεσκεπάζω την ψυχοφθόρα βδελυγμία, ΟΔΥΣΣΕΥΣ ΣΊΣΥΦΟΣ ς
Pijamalı hasta yağız şoföre çabucak güvendi, İSTANBUL ılık
Įlinkdama fechtuotojo špaga sublykčiojusi pragręžė apvalų arbūzą, glāžšķūņa rūķīši
نص حكيم له سر قاطع وذو شأن عظيم ٠١٢٣
דג סקרן שט בים מאוכזב ולפתע מצא חברה
日本語のテキスト、カタカナ「引用」。ｶﾀｶﾅ ﾊﾟｰﾃｨｰ
天地玄黃，宇宙洪荒！日月盈昃：（測試）
다람쥐 헌 쳇바퀴에 타고파, ﾡﾢ ᄀᆞ
เป็นมนุษย์สุดประเสริฐเลิศคุณค่า ๑๒๓
ऋषियों को सताने वाले दुष्ट राक्षसों १२३ ਪੰਜਾਬੀ தமிழ் മലയാളം
😀😃 👨‍👩‍👧‍👦 🇳🇱 🧑🏽‍🚀 ❤️ ✨ 💩 𝒥𝓸𝓱𝓷 𐐷 𠜎
Ｆｕｌｌ　ｗｉｄｔｈ ﬁ ﬂ ﬃ ﬅ Ĳ ŉ Ǆ ǅ ™ ℃ Ⅳ ② ² ſt K Å ẞ
Ångström ŠŽ Œuvre œil Łódź Ðe Þorn Æsir Øre ƒ ˆ ˜ ‰ † ‡ • – — ‹ › « » ¦ ¤ ¨ ¬ ¯ ¸ ª º""".split("\n")
CODECS = chardata.CHARMAP_ENCODINGS + ["sloppy-windows-1252"] * 4 + ["latin-1"] * 2 + ["sloppy-windows-1255", "cp850", "cp866", "koi8-r"]
MOJIBAKE_CHARACTERS = sorted(
    set("".join(bytes(range(128, 256)).decode(codec) for codec in chardata.CHARMAP_ENCODINGS)) | set(" \x1a\ufffd?aZ9.\n")
)
NAMES = sorted(html.entities.html5)
ODD = (
    [chr(code) for code in [*range(0x20), *range(0x7F, 0xA1), 0xAD, 0x130, 0x131, 0x17F, 0x212A, 0x345, 0x37A, 0x3A3, 0x3C2, 0x3C3]]
    + [chr(code) for code in [*range(0x2000, 0x2010), *range(0x2018, 0x2020), 0x2028, 0x2029, 0x202F, 0x205F, *range(0x206A, 0x2070)]]
    + [chr(code) for code in [0x1680, 0x180E, 0x3000, 0xFEFF, *range(0xFFF9, 0xFFFE), 0xD800, 0xDBFF, 0xDC00, 0xDFFF, 0x300, 0x301, 0x30A]]
    + ["\r\n", "\n", "\n", " ", " ", "  ", "\x1b[31m", "\x1b[0;1m", "\x1b[", "&", "<", ";", "'s", "'LL", "'ſ", "’ve", "Σ", "ΑΣ", "’"]
    + [*SPECIAL, "<|ENDOFTEXT|>", "<|ſtartoftext|>", "</w>", "<|startoftext"]
)
# What Unicode assigned later is a letter to one side and nothing to the other: fuzz() leaves it out, codepoints() counts it.
ASSIGNED = [code for code in range(0x110000) if unicodedata.category(chr(code)) not in ("Cn", "Cs", "Co")]


def cesu8(text):
    """Each UTF-16 unit as UTF-8, and U+0000 as Java has it."""
    units = text.encode("utf-16-be", "surrogatepass")
    pairs = [chr(units[i] << 8 | units[i + 1]).encode("utf-8", "surrogatepass") for i in range(0, len(units), 2)]
    return b"".join(b"\xc0\x80" if pair == b"\0" else pair for pair in pairs)


class Fuzz:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def sentence(self):
        words = self.random.choice(SENTENCES).split(" ")
        first = self.random.randrange(len(words))
        return " ".join(words[first : first + self.random.randint(1, 8)])

    def mojibake(self):
        text = self.sentence()
        if self.random.random() < 0.2:
            text += self.random.choice(["\0", "💩", "\n", "\ud83d", " à ", "\xa0", "í"])
        for _ in range(self.random.choice([1, 1, 1, 1, 2, 2, 3])):
            encode = cesu8 if self.random.random() < 0.1 else lambda text: text.encode("utf-8", "surrogatepass")
            text = encode(text).decode(self.random.choice(CODECS), "replace")
            if self.random.random() < 0.4:
                text = self.damage(text)
        return text

    def damage(self, text):
        kind = self.random.randrange(7)
        if kind == 0:
            return text.replace("\xa0", " ")
        if kind == 1:
            return "".join(self.random.choice("\ufffd\x1a?") if "\x80" <= c <= "\x9f" and self.random.random() < 0.5 else c for c in text)
        if kind == 2:
            at = self.random.randrange(len(text) + 1)
            return text[:at] + self.random.choice(["\ufffd", "\x1a", "?", " ", "…", "'", "\n"]) + text[at + 1 :]
        if kind == 3:
            return ftfy.fixes.uncurl_quotes(text)
        if kind == 4:
            return html.escape(text)
        if kind == 5:
            return text[: self.random.randrange(len(text) + 1)] + self.random.choice(["", "\n"])
        return self.random.choice([text.upper(), text.lower(), text.title()])

    def entity(self):
        name = self.random.choice(NAMES)
        code = self.random.choice([self.random.randrange(0x180), self.random.choice(ASSIGNED + [0xD800, 0x110000, 10**12])])
        form = self.random.randrange(9)
        end = self.random.choice([";", ";", ""])
        if form < 3:
            return "&" + name
        if form == 3:
            return "&" + name.upper()
        if form == 4:
            return "&" + name.rstrip(";") + self.random.choice(["x", "X;", "7", ";;", " ", "é;"])
        if form == 5:
            return f"&#{code}{end}"
        if form == 6:
            return f"&#{self.random.choice('xX')}{code:x}{end}"
        if form == 7:
            return "&amp;" + name
        return self.random.choice(["&", "&#", "&#x", "&;", "&#;", "&amp", "&ampamp;", "&#12ab;", "&#xD800;", "&#59;", "&#x3b;", "&a;"])

    def piece(self):
        kind = self.random.randrange(12)
        if kind < 4:
            return self.mojibake()
        if kind < 6:
            return self.sentence()
        if kind == 6:
            return "".join(self.random.choice(MOJIBAKE_CHARACTERS) for _ in range(self.random.randint(1, 12)))
        if kind == 7:
            return "".join(self.entity() for _ in range(self.random.randint(1, 4)))
        if kind == 8:
            return "".join(chr(self.random.choice(ASSIGNED)) for _ in range(self.random.randint(1, 6)))
        if kind == 9:
            return "".join(self.random.choice("abcde'strelvdm .,!?-019_") for _ in range(self.random.randint(1, 30)))
        return "".join(self.random.choice(ODD) for _ in range(self.random.randint(1, 5)))

    def text(self):
        glue = self.random.choice(["", "", " ", " ", "\n", "\t"])
        text = glue.join(self.piece() for _ in range(self.random.choice([1, 1, 1, 2, 2, 3, 4])))
        # JavaScript has no two surrogates in a row that are not one character: joined here as they are there.
        return json.loads(json.dumps(text))


def fuzz(seed, count):
    tokenizer = openai_tokenizer()
    source = Fuzz(seed)
    rows = []
    mojibake = 0
    skipped = 0
    while len(rows) < count:
        text = source.text()
        cleaned = clean(text)
        if any(unicodedata.category(character) == "Cn" for character in text + cleaned):
            skipped += 1
            continue
        mojibake += ftfy.fix_encoding(text) != text
        ids = tokenizer.encode(text)
        rows.append([text, cleaned, ids, tokenizer.decode(ids)])
    return {"rows": rows, "mojibake": mojibake, "skipped": skipped}


def codepoints():
    tokenizer = openai_tokenizer()
    tokenizer.clean_fn = lambda text: text
    checksums = []
    unassigned = []
    for code in range(0x110000):
        forms = [clean(chr(code)), clean(f"a{chr(code)}b")]
        result = "|".join(f"{form}|{','.join(map(str, tokenizer.encode(form)))}" for form in forms)
        tokenizer.cache = {token: token for token in SPECIAL}
        checksums.append(zlib.crc32(result.encode()))
        if unicodedata.category(chr(code)) == "Cn":
            if unassigned and unassigned[-1][1] == code - 1:
                unassigned[-1][1] = code
            else:
                unassigned.append([code, code])
    return {"unicode": unicodedata.unidata_version, "checksums": checksums, "unassigned": unassigned}


def decode(seed, count):
    source = random.Random(seed)
    tokenizer = openai_tokenizer()
    rows = []
    for _ in range(count):
        ids = [source.randrange(source.choice([512, 49408])) for _ in range(source.randint(0, 12))]
        rows.append([ids, tokenizer.decode(ids)])
    return rows


def openai_merges():
    return gzip.open(default_bpe()).read().decode("utf-8").split("\n")[1 : 49152 - 256 - 2 + 1]


def open_with_transformers(directory, texts):
    from open_clip.tokenizer import HFTokenizer
    from transformers import AutoTokenizer, CLIPTokenizer, CLIPTokenizerFast

    opened = {kind.__name__: kind.from_pretrained(directory) for kind in (CLIPTokenizer, CLIPTokenizerFast, AutoTokenizer)}
    result = {name: [tokenizer(text)["input_ids"] for text in texts] for name, tokenizer in opened.items()}
    result["open_clip"] = HFTokenizer(directory, context_length=opened["AutoTokenizer"].model_max_length)(texts).tolist()
    return result


def save_with_transformers(directory):
    from transformers import CLIPTokenizer

    tokenizer = SimpleTokenizer()
    vocab = {token: id for token, id in tokenizer.encoder.items() if id < 49406} | {SPECIAL[0]: 49406, SPECIAL[1]: 49407}
    CLIPTokenizer(vocab=vocab, merges=[tuple(merge.split()) for merge in openai_merges()], model_max_length=77).save_pretrained(directory)


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    if command == "fuzz":
        print(json.dumps(fuzz(int(arguments[0]), int(arguments[1]))))
    elif command == "codepoints":
        print(json.dumps(codepoints()))
    elif command == "decode":
        print(json.dumps(decode(int(arguments[0]), int(arguments[1]))))
    elif command == "data":
        print(json.dumps({"merges": openai_merges(), "entities": html.entities.html5}))
    elif command == "open":
        print(json.dumps(open_with_transformers(arguments[0], json.loads(arguments[1]))))
    elif command == "save":
        save_with_transformers(arguments[0])
    else:
        sys.exit(f"Cannot run tokenizer.py: unknown command {command}")
