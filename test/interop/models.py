"""The reference side of models.test.ts.

open DIR LAYOUT    opens a directory written by saveClip and encodes inputs.safetensors to outputs.safetensors
"""

import sys
from pathlib import Path

import open_clip
import torch
from safetensors.torch import load_file, save_file
from transformers import CLIPModel, CLIPProcessor


def inputs(size: int) -> dict[str, torch.Tensor]:
    torch.manual_seed(11)
    ids = torch.randint(1, 49406, (3, 77), dtype=torch.int32)
    ids[:, 0] = 49406
    for row, end in enumerate([5, 30, 76]):
        ids[row, end] = 49407
        ids[row, end + 1 :] = 0
    return {"pixel_values_nchw": torch.randn(2, 3, size, size), "input_ids": ids}


def outputs(model: torch.nn.Module, given: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    pixels, ids = given["pixel_values_nchw"], given["input_ids"].long()
    with torch.no_grad():
        if isinstance(model, CLIPModel):
            vision = model.visual_projection(model.vision_model(pixel_values=pixels).pooler_output)
            text = model.text_projection(model.text_model(input_ids=ids).pooler_output)
        else:
            vision, text = model.encode_image(pixels), model.encode_text(ids)
    return {"image_features": vision.contiguous(), "text_features": text.contiguous()}


def open_saved(directory: Path, layout: str) -> None:
    given = load_file(directory / "inputs.safetensors")
    if layout == "huggingface":
        model = CLIPModel.from_pretrained(directory).eval()
        assert model.dtype == torch.float32, model.dtype
    elif layout == "open_clip":
        model, _, preprocess = open_clip.create_model_and_transforms(f"local-dir:{directory}")
        model = model.eval()
        print("preprocess", str(preprocess).replace("\n", " "))
    made = outputs(model, given)
    made["logit_scale"] = model.logit_scale.detach()
    if (directory / "vocab.json").exists():
        texts = ["a photo of a corgi", "Hello, World! 123", "naïve café 日本語"]
        if layout == "huggingface":
            tokens = CLIPProcessor.from_pretrained(directory)(text=texts, padding="max_length", return_tensors="pt").input_ids
        else:
            tokens = open_clip.get_tokenizer(f"local-dir:{directory}")(texts)
        made["tokens"] = tokens.to(torch.int32)
    save_file(made, directory / "outputs.safetensors")


if __name__ == "__main__":
    command, directory, layout = sys.argv[1:]
    {"open": open_saved}[command](Path(directory), layout)
