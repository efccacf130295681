"""The reference side of lora.test.ts: PEFT on transformers.

open BASE ADAPTER OUT    encodes OUT/inputs.safetensors with an adapter of ours, and differentiates the loss by its matrices
make BASE OUT            writes an adapter of PEFT's own making with random matrices, and what the model gives with it
"""

import sys
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import CLIPModel

command, base, *rest = sys.argv[1:]
out = Path(rest[-1])
model = CLIPModel.from_pretrained(base).eval()
given = load_file(out / "inputs.safetensors")
pixels, ids = given["pixel_values_nchw"], given["input_ids"].long()

if command == "open":
    model = PeftModel.from_pretrained(model, rest[0], is_trainable=True).eval()
else:
    targets = ["q_proj", "v_proj", "fc1", "text_projection"]
    model = get_peft_model(model, LoraConfig(r=2, lora_alpha=3, target_modules=targets)).eval()
    torch.manual_seed(5)
    for name, parameter in model.named_parameters():
        if "lora_" in name:
            parameter.data = 0.1 * torch.randn_like(parameter)
    model.save_pretrained(out)

result = model(input_ids=ids, pixel_values=pixels, return_loss=True)
result.loss.backward()
tensors = {"logits": result.logits_per_image, "loss": result.loss}
for name, parameter in model.named_parameters():
    if "lora_" in name:
        tensors[name.replace(".default", "")] = parameter.grad
save_file({name: tensor.detach().contiguous() for name, tensor in tensors.items()}, out / "outputs.safetensors")
