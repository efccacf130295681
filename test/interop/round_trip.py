"""The Python side of round-trip.test.ts: a model that was trained here is trained further there.

huggingface DIR OUT    transformers opens DIR, takes a step and saves to OUT with its processor
open_clip DIR OUT      open_clip opens DIR, takes a step and leaves OUT/epoch_1.pt, as its trainer does on several processes
flags ARGUMENT...      parses arguments of open_clip's trainer and prints them as JSON

A step is AdamW on DIR/batch.safetensors; OUT/outputs.safetensors has its loss and what the model makes of the batch afterwards.
"""

import json
import sys
from pathlib import Path

import torch
from models import outputs
from safetensors.torch import load_file, save_file


def step(model: torch.nn.Module, loss: torch.Tensor, batch: dict[str, torch.Tensor], out: Path) -> None:
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, betas=(0.9, 0.98), eps=1e-6, weight_decay=0)
    loss.backward()
    optimizer.step()
    after = outputs(model.eval(), batch)
    save_file({**after, "loss": loss.detach(), "logit_scale": model.logit_scale.detach().clone()}, out / "outputs.safetensors")


def with_transformers(directory: Path, out: Path) -> None:
    from transformers import CLIPModel, CLIPProcessor

    batch = load_file(directory / "batch.safetensors")
    model = CLIPModel.from_pretrained(directory).train()
    pixels, ids = batch["pixel_values_nchw"], batch["input_ids"].long()
    loss = model(input_ids=ids, pixel_values=pixels, return_loss=True).loss
    step(model, loss, batch, out)
    model.save_pretrained(out)
    CLIPProcessor.from_pretrained(directory).save_pretrained(out)


def with_open_clip(directory: Path, out: Path) -> None:
    import open_clip

    batch = load_file(directory / "batch.safetensors")
    model = open_clip.create_model(f"local-dir:{directory}").train()
    image, text, scale = model(batch["pixel_values_nchw"], batch["input_ids"].long())
    step(model, open_clip.ClipLoss()(image, text, scale), batch, out)
    weights = {f"module.{name}": tensor for name, tensor in model.state_dict().items()}
    torch.save({"epoch": 1, "name": "test", "state_dict": weights}, out / "epoch_1.pt")


def flags(*arguments: str) -> None:
    from open_clip_train.params import parse_args

    print(json.dumps(vars(parse_args(arguments))))


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    if command == "flags":
        flags(*arguments)
    else:
        {"huggingface": with_transformers, "open_clip": with_open_clip}[command](*map(Path, arguments))
