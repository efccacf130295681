"""Times OpenAI's Python tokenizer and the Rust tokenizers of Hugging Face on the texts of a JSON file; see tokenizer.ts.

tokenizer.py TEXTS DIRECTORY SUBSET    prints {"name": [texts, seconds, ids]}
"""

import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "test", "interop"))
texts = json.load(open(sys.argv[1]))
directory, subset = sys.argv[2], int(sys.argv[3])


def timed(encode, texts):
    begin = time.perf_counter()
    ids = encode(texts)
    seconds = time.perf_counter() - begin
    return [len(texts), seconds, ids]


def rust(texts):
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(os.path.join(directory, "tokenizer.json"))
    return timed(lambda texts: [row.ids[1:-1] for row in tokenizer.encode_batch_fast(texts)], texts)


def openai(texts):
    from tokenizer import openai_tokenizer

    tokenizer = openai_tokenizer()
    return timed(lambda texts: [tokenizer.encode(text) for text in texts], texts)


# One child process for each, so that every one starts cold; the Rust library reads its setting once.
if len(sys.argv) == 5:
    kind = sys.argv[4]
    os.environ["TOKENIZERS_PARALLELISM"] = "true" if kind == "rust, all threads" else "false"
    print(json.dumps(openai(texts[:subset]) if kind == "openai" else rust(texts)))
else:
    import subprocess

    kinds = ["rust, one thread", "rust, all threads", "openai"]
    command = [sys.executable, *sys.argv]
    print(json.dumps({kind: json.loads(subprocess.check_output([*command, kind])) for kind in kinds}))
