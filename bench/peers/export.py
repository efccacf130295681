"""Writes the towers of an open_clip directory as ONNX in float32, with the names that transformers.js looks for.

export.py FROM TO    FROM as saveClip(..., { layout: 'open_clip' }) writes it; makes TO/vision_model.onnx and TO/text_model.onnx

Batch is a dynamic axis of both, the number of positions one of the text tower: open_clip's own encode_text takes all
77 positions only, so its modules are called here one by one, in the same order.
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent / "python"))
import open_clip
import torch


class Vision(torch.nn.Module):
    def __init__(self, clip):
        super().__init__()
        self.visual = clip.visual

    def forward(self, pixel_values):
        return self.visual(pixel_values)


class Text(torch.nn.Module):
    def __init__(self, clip):
        super().__init__()
        self.token_embedding, self.positional_embedding = clip.token_embedding, clip.positional_embedding
        self.transformer, self.ln_final, self.text_projection = clip.transformer, clip.ln_final, clip.text_projection
        self.register_buffer("mask", clip.attn_mask, persistent=False)

    def forward(self, input_ids):
        seq = input_ids.shape[1]
        x = self.token_embedding(input_ids) + self.positional_embedding[:seq]
        x = self.ln_final(self.transformer(x, attn_mask=self.mask[:seq, :seq]))
        return x[torch.arange(x.shape[0]), input_ids.argmax(dim=-1)] @ self.text_projection


def export(module, example, path, given, made, dynamic):
    torch.onnx.export(
        module,
        (example,),
        str(path),
        input_names=[given],
        output_names=[made],
        dynamic_shapes=({axis: torch.export.Dim.DYNAMIC for axis in dynamic},),
        external_data=False,
        dynamo=True,
    )


if __name__ == "__main__":
    source, target = sys.argv[1], Path(sys.argv[2])
    clip, _ = open_clip.create_model_from_pretrained(f"local-dir:{source}")
    clip.eval()
    target.mkdir(parents=True, exist_ok=True)
    size = clip.visual.image_size[0]
    pixels = torch.zeros(2, 3, size, size)
    ids = torch.ones(2, 9, dtype=torch.int64)
    with torch.no_grad():
        export(Vision(clip), pixels, target / "vision_model.onnx", "pixel_values", "image_embeds", dynamic=[0])
        export(Text(clip), ids, target / "text_model.onnx", "input_ids", "text_embeds", dynamic=[0, 1])
