"""Safetensors as the reference implementation reads and writes it.

verdicts FILE   FILE holds byte strings, each behind its length (u32, little-endian). Prints a JSON list: for each an error's name
                (as in safetensors/src/tensor.rs), or the tensors read: {name: [dtype, shape, crc32]}.
read FILE       Prints {"metadata", "tensors": {name: {"dtype", "shape", "values": bytes in hex}}} as torch reads them.
round FILE      FILE holds float32. Prints the hex of the same values as torch rounds them to F16, and to BF16.
write FOLDER    Writes numpy.safetensors and torch.safetensors with every dtype; prints as `read` does, per file.
"""

import json
import struct
import sys
import zlib

import numpy as np
import safetensors.numpy
import safetensors.torch
import torch
from safetensors import SafetensorError, deserialize, safe_open

ERRORS = {
    "header too small": "HeaderTooSmall",
    "header too large": "HeaderTooLarge",
    "invalid header length": "InvalidHeaderLength",
    "invalid UTF-8 in header": "InvalidHeader",
    "invalid JSON in header": "InvalidHeaderDeserialization",
    "invalid offset for tensor": "InvalidOffset",
    "overflow computing buffer size": "ValidationOverflow",
    "The slice is slicing for subbytes": "MisalignedSlice",
    "invalid shape, data type, or offset": "TensorInvalidInfo",
    "incomplete metadata, file not fully covered": "MetadataIncompleteBuffer",
}


def verdict(data):
    try:
        return {name: [t["dtype"], t["shape"], zlib.crc32(bytes(t["data"]))] for name, t in deserialize(data)}
    except SafetensorError as error:
        text = str(error).removeprefix("Error while deserializing: ")
        return next(name for start, name in ERRORS.items() if text.startswith(start))


def verdicts(path):
    data = open(path, "rb").read()
    at, result = 0, []
    while at < len(data):
        (length,) = struct.unpack_from("<I", data, at)
        result.append(verdict(data[at + 4 : at + 4 + length]))
        at += 4 + length
    return result


def read(path):
    with safe_open(path, "pt") as file:
        tensors = {}
        for name in file.keys():
            t = file.get_tensor(name)
            tensors[name] = {
                "dtype": file.get_slice(name).get_dtype(),
                "shape": list(t.shape),
                "values": t.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes().hex() if t.numel() else "",
            }
        return {"metadata": file.metadata(), "tensors": tensors}


def rounded(path):
    values = torch.from_numpy(np.fromfile(path, np.float32))
    return [values.to(dtype).view(torch.uint8).numpy().tobytes().hex() for dtype in (torch.float16, torch.bfloat16)]


def write(folder):
    generator = np.random.default_rng(1)
    arrays = {
        dtype: np.frombuffer(generator.bytes(6 * np.dtype(dtype).itemsize), dtype).reshape(2, 3)
        for dtype in "int8 uint8 int16 uint16 float16 int32 uint32 float32 float64 int64 uint64".split()
    }
    arrays |= {"bool": np.array([True, False]), "scalar": np.array(0.1, np.float32), "empty": np.zeros((2, 0), np.float16), "é😀": np.zeros(3, np.int8)}
    # One metadata key: the reference writes several in a random order
    safetensors.numpy.save_file(arrays, folder + "/numpy.safetensors", {"é\n": '"\\/\u2028\x01'})
    halves = torch.arange(65536, dtype=torch.int32).to(torch.uint16)
    tensors = {"f16": halves.view(torch.float16), "bf16": halves.clone().view(torch.bfloat16), "f8": torch.zeros(3, dtype=torch.float8_e4m3fn), "c64": torch.ones(2, dtype=torch.complex64)}
    safetensors.torch.save_file(tensors, folder + "/torch.safetensors", {"format": "pt"})
    widened = {name: tensors[name].float().numpy().tobytes().hex() for name in ("f16", "bf16")}
    return {"numpy": read(folder + "/numpy.safetensors"), "torch": read(folder + "/torch.safetensors"), "widened": widened}


command, path = sys.argv[1:]
json.dump({"verdicts": verdicts, "read": read, "round": rounded, "write": write}[command](path), sys.stdout)
