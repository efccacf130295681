"""The Python side of hub.test.ts.

find CACHE REPOSITORY FILE...   what huggingface_hub finds in a cache, asking no server
fetch CACHE REPOSITORY FILE...  fetches files into a cache from HF_ENDPOINT
load CACHE REPOSITORY           opens the model in a cache with transformers, or with open_clip where its config is
catalogue                       open_clip's published models
torchscript DIR                 writes ViT-B-32.pt as OpenAI does, with golden.safetensors, and runs the lines of weights/README.md on it
"""

import json
import os
import re
import sys
from pathlib import Path


def find(cache: str, repository: str, *files: str) -> dict:
    from huggingface_hub import scan_cache_dir, snapshot_download, try_to_load_from_cache

    scan = scan_cache_dir(cache)
    return {
        "files": [try_to_load_from_cache(repository, file, cache_dir=cache) for file in files],
        "snapshot": snapshot_download(repository, cache_dir=cache, local_files_only=True),
        "warnings": [str(warning) for warning in scan.warnings],
        "repositories": [{"id": repo.repo_id, "files": repo.nb_files, "bytes": repo.size_on_disk} for repo in scan.repos],
    }


def fetch(cache: str, repository: str, *files: str) -> list[str]:
    from huggingface_hub import hf_hub_download

    return [hf_hub_download(repository, file, cache_dir=cache) for file in files]


def load(cache: str, repository: str) -> str:
    if "open_clip" in repository:
        import open_clip

        return type(open_clip.create_model(f"hf-hub:{repository}", cache_dir=cache)).__name__
    from transformers import CLIPModel

    return type(CLIPModel.from_pretrained(repository, cache_dir=cache, local_files_only=True)).__name__


def catalogue() -> list[dict]:
    from open_clip.pretrained import _PRETRAINED

    return [
        {"name": f"{model}/{tag}", "repository": config["hf_hub"].rstrip("/"), "quickGelu": config.get("quick_gelu", False)}
        for model, tags in _PRETRAINED.items()
        for tag, config in tags.items()
    ]


def torchscript(directory: str) -> None:
    import open_clip
    import torch
    from full_size import randomise
    from models import outputs
    from safetensors.torch import save_file

    towers = {
        "vision_cfg": {"image_size": 32, "layers": 2, "width": 128, "patch_size": 8},
        "text_cfg": {"context_length": 16, "vocab_size": 600, "width": 64, "heads": 1, "layers": 2},
    }
    model = open_clip.CLIP(embed_dim=48, quick_gelu=True, **towers).eval()
    randomise(model)
    open_clip.model.convert_weights_to_fp16(model)
    for name, value in [("input_resolution", 32), ("context_length", 16), ("vocab_size", 600)]:
        vars(model).pop(name, None)
        model.register_buffer(name, torch.tensor(value))
    script = torch.jit.trace_module(model, {"encode_image": torch.zeros(1, 3, 32, 32).half()}, check_trace=False)
    script.save(str(Path(directory, "ViT-B-32.pt")))
    half = sum(tensor.dtype == torch.float16 for tensor in script.state_dict().values())
    assert half > 20, "OpenAI's files are mostly float16"

    ids = torch.randint(1, 598, (3, 16), dtype=torch.int32)
    ids[:, 9] = 599
    ids[:, 10:] = 0
    given = {"pixel_values_nchw": torch.randn(2, 3, 32, 32), "input_ids": ids}
    save_file({**given, **outputs(model.float(), given)}, Path(directory, "golden.safetensors"))

    lines = re.search(r"```python\n(.*?)```", Path("weights/README.md").read_text(), re.DOTALL)[1]
    assert len([line for line in lines.splitlines() if line]) <= 5
    os.chdir(directory)
    exec(lines, {})


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    print(json.dumps(globals()[command](*arguments)))
