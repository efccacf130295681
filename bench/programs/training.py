"""Training with open_clip on PyTorch: training.py BATCH DIRECTORY THREADS. See ../training.ts."""

import json
import math
import os
import sys

import numpy as np
import open_clip
import torch

batch, directory, threads = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
torch.set_num_threads(threads)

with open(os.path.join(directory, "open_clip", "open_clip_config.json"), encoding="utf-8") as file:
    config = json.load(file)["model_cfg"]
config["text_cfg"].pop("hf_tokenizer_name", None)
model = open_clip.CLIP(**config)
open_clip.load_checkpoint(model, os.path.join(directory, "open_clip", "open_clip_model.safetensors"))
model.train()

size = config["vision_cfg"]["image_size"]
pixels = torch.from_numpy(np.fromfile(os.path.join(directory, "pixels.f32"), np.float32).reshape(batch, 3, size, size))
ids = torch.from_numpy(np.fromfile(os.path.join(directory, "ids.i32"), np.int32).reshape(batch, -1)).long()
loss_of = open_clip.ClipLoss()

# As open_clip's training does it: what has one dimension or fewer does not decay.
decaying = [p for p in model.parameters() if p.ndim >= 2]
others = [p for p in model.parameters() if p.ndim < 2]
groups = [{"params": decaying, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}]
optimiser = torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.98), eps=1e-6, fused=True)


def step():
    optimiser.zero_grad()
    loss = loss_of(*model(pixels, ids)[:3])
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()
    with torch.no_grad():
        model.logit_scale.clamp_(0, math.log(100))
    return loss.item()


for line in iter(sys.stdin.readline, ""):
    losses = [step() for _ in range(json.loads(line)["count"])]
    print(json.dumps({"losses": losses}), flush=True)
