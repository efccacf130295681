"""The reference side of safetensors.test.ts.

verdicts FILE    reads a JSON list of base64 files, prints what safetensors says of each: the error's first word, or null
read FILE        prints dtype, shape and values of each tensor, floats as float64
write FILE       writes a file with a tensor of every dtype, prints the same of it
"""

import base64
import json
import sys

import torch
from safetensors import deserialize
from safetensors.torch import load_file, save_file


def verdict(data: bytes) -> str | None:
    try:
        deserialize(data)
        return None
    except Exception as error:
        return str(error)


def describe(path: str) -> dict:
    described = {}
    for name, tensor in load_file(path).items():
        values = tensor.double() if tensor.is_floating_point() else tensor
        described[name] = {"shape": list(tensor.shape), "values": [str(value) for value in values.flatten().tolist()]}
    return described


def write(path: str) -> None:
    floats = torch.tensor([0.1, -2.5, 65504.0, 1e-8, 3.0e38, float("inf")])
    tensors = {str(dtype): floats.to(dtype) for dtype in (torch.float64, torch.float32, torch.float16, torch.bfloat16)}
    for dtype in (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.uint16, torch.uint32, torch.uint64):
        tensors[str(dtype)] = torch.tensor([[1, 2], [3, 127]]).to(dtype)
    tensors["bool"] = torch.tensor([True, False])
    tensors["scalar"] = torch.tensor(4.25)
    tensors["empty"] = torch.zeros(0, 3)
    save_file(tensors, path, {"format": "pt"})


command, path = sys.argv[1:]
if command == "verdicts":
    print(json.dumps([verdict(base64.b64decode(data)) for data in json.load(open(path))]))
else:
    if command == "write":
        write(path)
    print(json.dumps(describe(path)))
