"""open_clip's resizing of positional embeddings, the reference of image-size.test.ts.

grids PATH                  writes the golden file: a grid of 7 x 7 and what open_clip makes of it for other grids
open DIR SIZE               opens an open_clip directory for pictures of another size and encodes them
resnet DIR SIZE             the same for a ResNet, whose positions open_clip's function resizes when it is given them
"""

import sys
from pathlib import Path
from types import SimpleNamespace

import open_clip
import torch
from open_clip.model import resize_pos_embed
from safetensors.torch import load_file, save_file

sizes = [1, 4, 6, 8, 12]


def resized(positions: torch.Tensor, side: int) -> torch.Tensor:
    state = {"visual.positional_embedding": positions}
    resize_pos_embed(state, SimpleNamespace(visual=SimpleNamespace(grid_size=(side, side))))
    return state["visual.positional_embedding"].contiguous()


def write_grids(path: Path) -> None:
    torch.manual_seed(5)
    positions = torch.randn(1 + 7 * 7, 5)
    save_file({"7": positions, **{str(side): resized(positions, side) for side in sizes}}, path)


def encode(model: torch.nn.Module, directory: Path, size: int) -> None:
    torch.manual_seed(size)
    pixels = torch.randn(2, 3, size, size)
    with torch.no_grad():
        features = model.eval().encode_image(pixels)
    save_file({"pixel_values_nchw": pixels, "image_features": features.contiguous()}, directory / "outputs.safetensors")


def open_resized(directory: Path, size: int) -> None:
    model, _, preprocess = open_clip.create_model_and_transforms(f"local-dir:{directory}", force_image_size=size)
    print("preprocess", str(preprocess).replace("\n", " "))
    encode(model, directory, size)


def open_resnet(directory: Path, size: int) -> None:
    try:
        open_clip.create_model(f"local-dir:{directory}", force_image_size=size)
    except RuntimeError as refusal:
        print(refusal)
    model = open_clip.create_model(f"local-dir:{directory}", force_image_size=size, load_weights=False)
    state = load_file(directory / "open_clip_model.safetensors")
    key = "visual.attnpool.positional_embedding"
    state[key] = resized(state[key], size // 32)
    model.load_state_dict(state)
    encode(model, directory, size)


if __name__ == "__main__":
    command, path, *size = sys.argv[1:]
    {"grids": write_grids, "open": open_resized, "resnet": open_resnet}[command](Path(path), *map(int, size))
