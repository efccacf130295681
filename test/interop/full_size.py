"""The reference side of the full-size proof: random weights in, files and outputs out.

make DIR NAME LAYOUT    writes DIR/F32, DIR/F16 and DIR/BF16: the model in that layout and golden.safetensors. NAME is one of
                        open_clip's model configs; LAYOUT is openai (a bare file), open_clip or huggingface. What F16 and BF16
                        hold is computed in F32 from the rounded weights.
versions                prints the versions of what computes, a line each
"""

import json
import platform
import sys
from importlib.metadata import version
from pathlib import Path

import open_clip
import torch
from models import inputs, outputs
from safetensors.torch import save_file
from transformers import CLIPConfig, CLIPModel

dtypes = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}


def randomise(model: torch.nn.Module) -> None:
    """Weights large enough that a skipped layer shows, and small enough that values stay near 1 through any depth."""
    torch.manual_seed(7)
    for name, tensor in [*model.named_parameters(), *model.named_buffers()]:
        if not tensor.is_floating_point() or name.endswith(("logit_scale", "attn_mask")):
            continue
        if name.endswith("running_var"):
            tensor.data.uniform_(0.5, 1.5)
        elif tensor.ndim >= 2:
            fan_in = tensor[0].numel() if tensor.ndim == 4 else min(tensor.shape)
            tensor.data.normal_(0, fan_in**-0.5)
        elif name.endswith("bn3.weight") and ".layer" in name:
            tensor.data.normal_(0.3, 0.05)  # a bottleneck's branch is added to what it came from, up to 36 times
        elif name.endswith("weight"):
            tensor.data.normal_(1, 0.2)
        else:
            tensor.data.normal_(0, 0.1)


def huggingface_config(config: dict, activation: str) -> CLIPConfig:
    vision, text = config["vision_cfg"], config["text_cfg"]

    def tower(width: int, layers: int, heads: int) -> dict:
        size = {"hidden_size": width, "intermediate_size": 4 * width, "num_hidden_layers": layers}
        return {**size, "num_attention_heads": heads, "hidden_act": activation, "projection_dim": config["embed_dim"]}

    heads = vision["width"] // vision.get("head_width", 64)
    picture = {"image_size": vision["image_size"], "patch_size": vision["patch_size"]}
    return CLIPConfig(
        projection_dim=config["embed_dim"],
        vision_config={**tower(vision["width"], vision["layers"], heads), **picture},
        text_config=tower(text["width"], text["layers"], text["heads"]),
    )


def build(config: dict, layout: str, is_openai: bool) -> torch.nn.Module:
    if layout == "huggingface":
        return CLIPModel(huggingface_config(config, "quick_gelu" if is_openai else "gelu"))
    return open_clip.CLIP(**{**config, "quick_gelu": is_openai})


def save(model: torch.nn.Module, config: dict, layout: str, directory: Path) -> None:
    if layout == "huggingface":
        model.save_pretrained(directory, max_shard_size="100GB")
        return
    tensors = {key: tensor.contiguous() for key, tensor in model.state_dict().items()}
    if layout == "openai":
        save_file(tensors, directory / "model.safetensors")
        return
    save_file(tensors, directory / "open_clip_model.safetensors")
    (directory / "open_clip_config.json").write_text(json.dumps({"model_cfg": config, "preprocess_cfg": {}}))


def make(directory: Path, name: str, layout: str) -> None:
    config = open_clip.get_model_config(name)
    model = build(config, layout, is_openai=layout == "openai" or name != "ViT-H-14").eval()
    randomise(model)
    given = inputs(config["vision_cfg"]["image_size"])
    for dtype, torch_dtype in dtypes.items():
        target = directory / dtype
        target.mkdir()
        save(model.to(torch_dtype), config, layout, target)
        model.to(torch.float32)
        save_file({**given, **outputs(model, given)}, target / "golden.safetensors")


def versions() -> None:
    print(f"Python {platform.python_version()}")
    for package in ["torch", "open_clip_torch", "transformers", "safetensors"]:
        print(f"{package} {version(package)}")


if __name__ == "__main__":
    if sys.argv[1] == "versions":
        versions()
    else:
        make(Path(sys.argv[2]), *sys.argv[3:])
