"""Reads an index as docs/index-store.md says; prints its entries and rows as JSON. Usage: store.py STORE."""
import json
import sys

import numpy as np
from safetensors.numpy import load_file

store = sys.argv[1]

manifest = json.load(open(f"{store}/manifest.json", encoding="utf-8"))
lines = lambda name: [json.loads(line) for line in open(f"{store}/shards/{name}.jsonl", encoding="utf-8")]
removed, changed = [lines(f"{manifest[kind]['name']}.{kind}") if kind in manifest else [] for kind in ("tombstones", "changes")]
entries = {entry["id"]: entry for entry in [entry for shard in manifest["shards"] for entry in lines(shard["name"])] + changed}
rows = np.concatenate([load_file(f"{store}/shards/{shard['name']}.safetensors")["embeddings"] for shard in manifest["shards"]])[~np.isin(list(entries), removed)]

# rows[i] is that of live[i]
live = [entry for entry in entries.values() if entry["id"] not in set(removed)]
assert rows.dtype == np.float32 and rows.shape == (len(live), manifest["header"]["embedDim"])
print(json.dumps({"entries": live, "rows": rows.ravel().astype(float).tolist()}))
