"""open_clip or transformers on PyTorch, behind the protocol of serve.ts: pytorch_clip.py (open_clip | transformers) MODELS INPUTS THREADS

open_clip's tokenizer fills all 77 positions; that of transformers pads to the longest of the batch when asked as its pages
show. A folder is read by a DataLoader with a worker per thread.

Not named pytorch.py: torchvision looks for a module of that name.
"""

import json
import os
import platform
import sys
import time
from importlib import metadata

import numpy as np
import torch

library, models, inputs, threads = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
torch.set_num_threads(threads)
text_batch, picture_batch = 64, 32


class OpenClip:
    def __init__(self):
        import open_clip

        name = f"local-dir:{os.path.join(models, 'open_clip')}"
        self.model, self.preprocess = open_clip.create_model_from_pretrained(name)
        self.model.eval()
        self.tokenizer = open_clip.get_tokenizer(name)
        self.size = self.model.visual.image_size[0]
        self.packages = ["open_clip_torch"]

    def images(self, pixels):
        return self.model.encode_image(pixels)

    def texts(self, texts):
        return self.model.encode_text(self.tokenizer(texts))


class Transformers:
    def __init__(self):
        import transformers

        directory = os.path.join(models, "huggingface")
        self.model = transformers.CLIPModel.from_pretrained(directory).eval()
        self.tokenizer = transformers.AutoTokenizer.from_pretrained(directory)
        self.size = self.model.config.vision_config.image_size
        self.packages = ["transformers", "tokenizers"]
        self.processor = None

    def preprocess(self, picture):
        if self.processor is None:
            import transformers

            self.processor = transformers.AutoImageProcessor.from_pretrained(os.path.join(models, "huggingface"))
        return self.processor(images=picture, return_tensors="pt")["pixel_values"][0]

    def images(self, pixels):
        return self.model.get_image_features(pixel_values=pixels).pooler_output

    def texts(self, texts):
        return self.model.get_text_features(**self.tokenizer(texts, padding=True, truncation=True, return_tensors="pt")).pooler_output


class Folder(torch.utils.data.Dataset):
    def __init__(self, paths, preprocess):
        self.paths, self.preprocess = paths, preprocess

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        from PIL import Image

        with Image.open(self.paths[index]) as picture:
            return self.preprocess(picture)


clip = None
known_texts = None
known_pictures = {}


def texts():
    global known_texts
    if known_texts is None:
        with open(os.path.join(inputs, "texts.json"), encoding="utf-8") as file:
            known_texts = json.load(file)
    return known_texts


def embed_images(count):
    if count not in known_pictures:
        length = 3 * clip.size * clip.size
        pixels = np.fromfile(os.path.join(inputs, "pixels.f32"), np.float32, count * length)
        known_pictures[count] = torch.from_numpy(pixels.reshape(count, 3, clip.size, clip.size))
    return clip.images(known_pictures[count]).numpy()


def embed_texts(given):
    return np.concatenate([clip.texts(given[i : i + text_batch]).numpy() for i in range(0, len(given), text_batch)])


def build_classifier(count):
    names, templates = texts()["classNames"][:count], texts()["templates"]
    rows = embed_texts([template.replace("{}", name) for name in names for template in templates])
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    means = rows.reshape(count, len(templates), -1).mean(axis=1)
    return means / np.linalg.norm(means, axis=1, keepdims=True)


def embed_folder(directory, count):
    paths = [os.path.join(directory, name) for name in sorted(os.listdir(directory))[:count]]
    loader = torch.utils.data.DataLoader(Folder(paths, clip.preprocess), batch_size=picture_batch, num_workers=threads)
    return np.concatenate([clip.images(batch).numpy() for batch in loader])


def gigaflops(m, k, n):
    left, right = torch.randn(m, k), torch.randn(k, n)
    best = float("inf")
    for _ in range(6):
        begin = time.perf_counter()
        left @ right
        best = min(best, time.perf_counter() - begin)
    return 2 * m * k * n / best / 1e9


def respond(request):
    global clip
    what = request["do"]
    if what == "load":
        clip = OpenClip() if library == "open_clip" else Transformers()
        packages = [*clip.packages, "torch", "torchvision", "pillow"]
        versions = {name: metadata.version(name) for name in packages}
        return {"versions": {"python": platform.python_version(), **versions}}
    if what == "first":
        embed_texts(texts()["prompts"][:1])
        embed_images(1)
        return {}
    if what == "check":
        return {"images": embed_images(2).tolist(), "texts": embed_texts(texts()["prompts"][:3]).tolist()}
    if what == "images":
        for _ in range(0, request["count"], request["batch"]):
            embed_images(request["batch"])
        return {}
    if what == "texts":
        embed_texts(texts()["prompts"][: request["count"]])
        return {}
    if what == "classifier":
        build_classifier(request["count"])
        return {}
    if what == "folder":
        embed_folder(request["directory"], request["count"])
        return {}
    if what == "matmul":
        return {"gigaflops": max(gigaflops(*shape) for shape in request["shapes"])}
    return {"error": f"it does not know '{what}'"}


def main():
    with torch.inference_mode():
        for line in iter(sys.stdin.readline, ""):
            try:
                answer = respond(json.loads(line))
            except Exception as error:
                answer = {"error": f"{type(error).__name__}: {error}"}
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
