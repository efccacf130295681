"""Writes shards as WebDataset's TarWriter and img2dataset do, in each of tarfile's formats: argv[1] is the folder. Prints what is in them."""
import io
import json
import sys
import tarfile

folder = sys.argv[1]
formats = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}
keys = {
    "ustar": ["000000000", "folder/" + "a" * 90 + "/" + "b" * 60],
    "gnu": ["000000000", "x" * 180, "folder/größe"],
    "pax": ["000000000", "y" * 300, "folder/größe 写真"],
}
samples = {}
for name, format in formats.items():
    samples[name] = []
    with tarfile.open(f"{folder}/{name}.tar", "w", format=format) as tar:
        for key in keys[name]:
            caption = f"a caption of {key} in {name} ✓"
            files = {
                "jpg": f"picture {key}".encode(),
                "json": json.dumps({"caption": caption, "width": 256, "sha256": "0" * 64}).encode(),
                "txt": caption.encode(),
            }
            for extension, content in files.items():
                info = tarfile.TarInfo(f"{key}.{extension}")
                info.size = len(content)
                info.mtime = 1_700_000_000.25  # pax writes a record for the fraction
                info.mode = 0o444
                info.uname = info.gname = "bigdata"
                tar.addfile(info, io.BytesIO(content))
            samples[name].append([f"{key}.jpg", f"picture {key}", caption])
print(json.dumps(samples))
