"""The reference side of search.test.ts: what numpy makes of random unit vectors, in float64.

search.py DIRECTORY SEED COUNT WIDTH QUERIES

Writes DIRECTORY/rows.f32 [COUNT, WIDTH] and DIRECTORY/queries.f32 [QUERIES, WIDTH], and prints for each query all rows by similarity,
equal ones by row, with the similarities; and the groups that pairs of a cosine of 0.9 and more link, by scipy.

Every seventh row is the row before once more, and every hundredth has a NaN.
"""

import json
import sys
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components


def units(source, count, width):
    rows = source.normal(0, 1, (count, width))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def main():
    directory, (seed, count, width, queries) = Path(sys.argv[1]), map(int, sys.argv[2:])
    source = np.random.default_rng(seed)
    centres = units(source, count // 5, width)
    rows = centres[source.integers(0, len(centres), count)] + 0.6 * source.uniform(0, 1, (count, 1)) * units(source, count, width)
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    rows[7::7] = rows[6:-1:7]
    rows[50::100, width // 2] = np.nan
    asked = units(source, queries, width)
    rows.tofile(directory / "rows.f32")
    asked.tofile(directory / "queries.f32")
    wide = rows.astype(np.float64)
    answers = []
    for query in asked.astype(np.float64):
        # A sum along the rows, not a matrix product: BLAS gives equal rows unequal products.
        similarities = (wide * query).sum(axis=1)
        order = np.argsort(-similarities, kind="stable")  # NaN goes last
        order = order[~np.isnan(similarities[order])]
        answers.append({"rows": order.tolist(), "similarities": similarities[order].tolist()})
    whole = np.nan_to_num(wide)
    whole[np.isnan(wide).any(axis=1)] = 0
    _, labels = connected_components(csr_array(whole @ whole.T >= 0.9), directed=False)
    groups = [np.flatnonzero(labels == label).tolist() for label in np.unique(labels)]
    print(json.dumps({"answers": answers, "groups": [group for group in groups if len(group) > 1]}))


if __name__ == "__main__":
    main()
