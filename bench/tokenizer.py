"""The peers of bench/tokenizer.ts: prints seconds and ids for captions read as JSON from a file.

rust FILE DIR   PyPI's `tokenizers` with the same vocabulary, from DIR/tokenizer.json
openai FILE     OpenAI's SimpleTokenizer with ftfy
"""

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "test" / "interop"))
kind, file, *rest = sys.argv[1:]
captions = json.loads(Path(file).read_text())

if kind == "rust":
    from tokenizers import Tokenizer

    encoder = Tokenizer.from_file(f"{rest[0]}/tokenizer.json")
    start = time.perf_counter()
    encodings = encoder.encode_batch(captions)
    seconds = time.perf_counter() - start
    ids = [encoding.ids[1:-1] for encoding in encodings]
else:
    from tokenizer import OpenAITokenizer

    encoder = OpenAITokenizer()
    start = time.perf_counter()
    ids = [encoder.encode_cleaned(encoder.clean(caption)) for caption in captions]
    seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "ids": ids}))
