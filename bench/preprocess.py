"""Makes the pictures of preprocess.ts and times Pillow and torchvision on them.

preprocess.py make DIR COUNT       writes JPEG files of 1152 x 864
preprocess.py time DIR COUNT       prints the seconds that COUNT pictures take to decode and to preprocess, on one thread
"""

import io
import json
import os
import sys
import time

import torch
from PIL import Image
from torchvision.transforms import CenterCrop, Compose, InterpolationMode, Normalize, Resize, ToTensor

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "test", "interop"))
command, directory, count = sys.argv[1], sys.argv[2], int(sys.argv[3])

if command == "make":
    from images import picture

    for number in range(count):
        picture(1152 + number, 864).crop((0, 0, 1152, 864)).save(os.path.join(directory, f"{number}.jpg"), quality=85)
else:
    torch.set_num_threads(1)
    resize = Compose([Resize(224, InterpolationMode.BICUBIC), CenterCrop(224), lambda image: image.convert("RGB")])
    normalise = Compose([ToTensor(), Normalize((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711))])
    files = [open(os.path.join(directory, name), "rb").read() for name in sorted(os.listdir(directory))]
    seconds = {"decode": 0.0, "preprocess": 0.0}
    for number in range(-len(files), count):  # the first round is not counted
        begin = time.perf_counter()
        image = Image.open(io.BytesIO(files[number % len(files)]))
        image.load()
        decoded = time.perf_counter()
        normalise(resize(image))
        end = time.perf_counter()
        if number >= 0:
            seconds["decode"] += decoded - begin
            seconds["preprocess"] += end - decoded
    print(json.dumps(seconds))
