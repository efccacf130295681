"""Prints open_clip's copies of OpenAI's templates, with {} where the class name goes."""

import json

from open_clip import zero_shot_metadata as metadata

print(
    json.dumps(
        {
            "openai-80": [template("{}") for template in metadata.OPENAI_IMAGENET_TEMPLATES],
            "openai-7": [template("{}") for template in metadata.SIMPLE_IMAGENET_TEMPLATES],
        }
    )
)
