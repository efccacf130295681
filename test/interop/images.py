"""The reference side of images.test.ts: what Pillow, torchvision, transformers and open_clip make of pictures.

Each command writes into DIR: `expected.bin`, the results one after the other, and `cases.json`, which tells them apart.

suite DIR SUITE            every PNG under SUITE, as Pillow decodes it
jpegs DIR                  JPEG files of many kinds, and as Pillow decodes them
others DIR                 WebP, GIF, TIFF and AVIF files, and as Pillow decodes them
prepare DIR SEED COUNT     COUNT pictures cut from the noise in `noise.bin`, as each library resizes and crops them
"""

import json
import random
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

channels = {"1": 1, "L": 1, "LA": 2, "P": 1, "RGB": 3, "RGBA": 4, "I;16": 2, "CMYK": 4}  # bytes per pixel


class Answers:
    def __init__(self, directory):
        self.directory = Path(directory)
        self.cases = []
        self.results = []

    def add(self, result, **case):
        data = b"" if result is None else result.tobytes()
        self.cases.append({**case, "length": len(data)})
        self.results.append(data)

    def add_decoded(self, name, path, transpose=False):
        """What Pillow makes of a file; without a mode where it refuses it."""
        try:
            with Image.open(path) as image:
                mode = image.mode
                upright = ImageOps.exif_transpose(image) if transpose else image
                self.add(upright.convert("RGB"), name=name, path=str(path), mode=mode, width=upright.width, height=upright.height)
        except Exception:
            self.add(None, name=name, path=str(path))

    def write(self):
        (self.directory / "expected.bin").write_bytes(b"".join(self.results))
        (self.directory / "cases.json").write_text(json.dumps(self.cases))


def picture(width, height):
    """A smooth background with noise and rectangles in full colours on it: hard edges show how chroma is upsampled."""
    source = np.random.default_rng(width * 1000 + height)
    y, x = np.mgrid[0:height, 0:width]
    pixels = np.stack([x * 255 / width, y * 255 / height, (x + y) * 255 / (width + height)], axis=2)
    pixels += source.normal(0, 8, pixels.shape)
    for _ in range(12):
        left, top = source.integers(0, width), source.integers(0, height)
        pixels[top : top + height // 4 + 1, left : left + width // 5 + 1] = source.integers(0, 2, 3) * 255
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def suite(answers, folder):
    for path in sorted(Path(folder).rglob("*.png")):
        answers.add_decoded(path.stem, path)


def jpegs(answers):
    photo = picture(640, 427)
    exif = Image.Exif()
    kinds = {
        "4:4:4 q95": (photo, {"quality": 95, "subsampling": "4:4:4"}),
        "4:2:2 q90": (photo, {"quality": 90, "subsampling": "4:2:2"}),
        "4:2:0 q75": (photo, {"quality": 75, "subsampling": "4:2:0"}),
        "4:1:1 q80": (photo, {"quality": 80, "subsampling": "4:1:1"}),
        "q5": (photo, {"quality": 5}),
        "progressive": (photo, {"quality": 85, "progressive": True}),
        "progressive 4:2:2": (picture(333, 217), {"quality": 60, "progressive": True, "subsampling": "4:2:2"}),
        "restart markers": (photo, {"restart_marker_blocks": 3}),
        "restart markers, progressive": (photo, {"restart_marker_rows": 1, "progressive": True}),
        "optimised": (photo, {"optimize": True}),
        "grey": (photo.convert("L"), {"quality": 85}),
        "grey, progressive": (photo.convert("L"), {"quality": 85, "progressive": True}),
        "Adobe RGB": (photo, {"keep_rgb": True}),
        "CMYK": (photo.convert("CMYK"), {"quality": 90}),
    }
    for width, height in [(333, 217), (1, 1), (17, 5), (1, 300), (300, 1), (8, 8), (9, 16)]:
        for subsampling in ["4:4:4", "4:2:0"]:
            kinds[f"{width}x{height} {subsampling}"] = (picture(width, height), {"subsampling": subsampling})
    for orientation in range(1, 9):
        exif[0x0112] = orientation
        kinds[f"orientation {orientation}"] = (picture(61, 40), {"exif": exif.tobytes()})
    for number, (name, (image, options)) in enumerate(kinds.items()):
        path = answers.directory / f"{number}.jpg"
        image.save(path, **options)
        answers.add_decoded(name, path, transpose=True)


def others(answers):
    photo = picture(333, 217)
    alpha = photo.copy()
    alpha.putalpha(picture(333, 217).convert("L").rotate(90, expand=False))
    palette = photo.quantize(200)
    kinds = {
        "webp lossless": (photo, "webp", {"lossless": True}),
        "webp lossless, alpha": (alpha, "webp", {"lossless": True, "exact": True}),
        "webp lossy": (photo, "webp", {"quality": 70}),
        "webp lossy, alpha": (alpha, "webp", {"quality": 70}),
        "webp animated": (photo, "webp", {"save_all": True, "append_images": [photo.rotate(180)], "lossless": True}),
        "gif": (palette, "gif", {}),
        "gif animated": (palette, "gif", {"save_all": True, "append_images": [palette.rotate(180)]}),
        "gif interlaced": (palette, "gif", {"interlace": True}),
        "gif grey": (photo.convert("L"), "gif", {}),
        "gif of two colours": (photo.convert("1"), "gif", {}),
        "tiff": (photo, "tiff", {}),
        "tiff, alpha": (alpha, "tiff", {}),
        "tiff grey": (photo.convert("L"), "tiff", {}),
        "tiff bilevel": (photo.convert("1"), "tiff", {}),
        "tiff palette": (palette, "tiff", {}),
        "tiff deflate": (photo, "tiff", {"compression": "tiff_adobe_deflate"}),
        "tiff lzw": (photo, "tiff", {"compression": "tiff_lzw"}),
        "avif 4:4:4": (photo, "avif", {"quality": 90, "subsampling": "4:4:4"}),
        "avif 4:2:0": (photo, "avif", {"quality": 75}),
    }
    for number, (name, (image, extension, options)) in enumerate(kinds.items()):
        path = answers.directory / f"{number}.{extension}"
        image.save(path, **options)
        answers.add_decoded(name, path)


def cut(noise, mode, width, height, offset):
    data = noise[offset : offset + width * height * channels[mode]]
    if mode == "1":
        return Image.fromarray((np.frombuffer(data, np.uint8) >= 128).reshape(height, width))
    image = Image.frombytes(mode, (width, height), data)
    if mode == "P":
        image.putpalette(noise[:768])
    return image


def prepare(answers, seed, count):
    import open_clip.transform
    from torchvision.transforms import CenterCrop, Compose, InterpolationMode, Resize
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    def torchvision(size, interpolation, _):
        mode = InterpolationMode(interpolation)
        steps = Compose([Resize(size, mode), CenterCrop(size), lambda image: image.convert("RGB")])
        return lambda image: np.asarray(steps(image))

    def huggingface(size, interpolation, _):
        edges = {"size": {"shortest_edge": size}, "crop_size": {"height": size, "width": size}}
        processor = CLIPImageProcessorPil(**edges, resample=Image.Resampling[interpolation.upper()])
        return lambda image: processor(image, return_tensors="np")["pixel_values"][0].astype(np.float32).transpose(1, 2, 0)

    def openclip(size, interpolation, resize_mode):
        config = open_clip.transform.PreprocessCfg(size=size, interpolation=interpolation, resize_mode=resize_mode)
        steps = open_clip.transform.image_transform_v2(config, is_train=False)
        return lambda image: steps(image).permute(1, 2, 0).contiguous().numpy()

    source = random.Random(seed)
    noise = make_noise(seed)
    (answers.directory / "noise.bin").write_bytes(noise)
    libraries = {"torchvision": torchvision, "huggingface": huggingface, "open_clip": openclip}
    for _ in range(count):
        library = source.choice(["torchvision", "torchvision", *libraries])
        modes = ["shortest", "longest", "squash"] if library == "open_clip" else ["shortest"]
        filters = ["bicubic", "bicubic", "bilinear"] + ["nearest"] * (library != "open_clip")
        case = {
            "library": library,
            "mode": source.choice([*channels]),
            "width": side(source),
            "height": side(source),
            "size": source.choice([1, 7, 16, 31, 32, 50, 64, 224 if source.random() < 0.2 else 24]),
            "interpolation": source.choice(filters),
            "resizeMode": source.choice(modes),
        }
        case["offset"] = source.randrange(len(noise) - case["width"] * case["height"] * channels[case["mode"]])
        run = libraries[library](case["size"], case["interpolation"], case["resizeMode"])
        try:
            answers.add(run(cut(noise, case["mode"], case["width"], case["height"], case["offset"])), **case)
        except Exception as error:
            answers.add(None, **case, refusal=f"{type(error).__name__}: {error}")


def side(source):
    return source.choice([source.randint(1, 700), source.randint(1, 700), source.randint(1, 80), source.randint(1, 4)])


def make_noise(seed):
    """Two million bytes: stretches of even noise, of extremes, which make the filters overshoot, and of slopes."""
    source = np.random.default_rng(seed)
    stretches = []
    for number in range(1000):
        kind = number % 3
        if kind == 0:
            stretches.append(source.integers(0, 256, 2000))
        elif kind == 1:
            stretches.append(source.integers(0, 2, 2000) * 255)
        else:
            stretches.append(np.arange(2000) * source.integers(1, 20) // 16 % 256)
    return np.concatenate(stretches).astype(np.uint8).tobytes()


if __name__ == "__main__":
    command, directory, *arguments = sys.argv[1:]
    answers = Answers(directory)
    if command == "suite":
        suite(answers, arguments[0])
    elif command == "jpegs":
        jpegs(answers)
    elif command == "others":
        others(answers)
    elif command == "prepare":
        prepare(answers, *map(int, arguments))
    else:
        sys.exit(f"Cannot run images.py: unknown command {command}")
    answers.write()
