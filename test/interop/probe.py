"""The reference side of probe.test.ts: scikit-learn's LogisticRegression, and Tip-Adapter's formula in numpy.

probe.py golden           prints small cases, features and all: test/goldens/probe/probe.json
probe.py large DIRECTORY  writes DIRECTORY/{features,test}.f32 and prints labels, what is fitted and the accuracy

Weights are of fits that went to the end, since two optimisers that stop early stop at two places; `usual` is what a user gets.
"""

import json
import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression


def features_of(source, labels, centres, spread, offset):
    rows = centres[labels] + spread * source.normal(0, 1, (len(labels), centres.shape[1])) + offset
    return rows.astype(np.float32)


def fit(features, labels, c, tol, iterations=100_000):
    # float64, or scikit-learn itself would compute in float32.
    return LogisticRegression(C=c, max_iter=iterations, tol=tol).fit(features.astype(np.float64), labels)


def linear_case(source, count, width, classes, c):
    labels = np.concatenate([np.arange(classes), source.integers(0, classes, count - classes)])
    features = features_of(source, labels, source.normal(0, 1, (classes, width)), 1.0, source.normal(0, 2, width))
    model = fit(features, labels, c, 1e-10)
    return {
        "c": c,
        "features": features.tolist(),
        "labels": labels.tolist(),
        "weights": model.coef_.tolist(),
        "biases": model.intercept_.tolist(),
        "probabilities": model.predict_proba(features.astype(np.float64)).tolist(),
    }


def tip_case(source, shots, width, classes, queries):
    unit = lambda rows: (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    centres = source.normal(0, 1, (classes, width))
    labels = np.repeat(np.arange(classes), shots)
    keys = unit(features_of(source, labels, centres, 0.7, 0))
    asked = unit(features_of(source, source.integers(0, classes, queries), centres, 0.7, 0))
    directions = unit(centres + source.normal(0, 1, centres.shape))
    scale, alpha, beta = 20.0, 1.3, 4.5
    f, keys64, w = (rows.astype(np.float64) for rows in (asked, keys, directions))
    one_hot = np.eye(classes)[labels]
    # Zhang et al. 2022, equations 4 and 5.
    logits = scale * f @ w.T + alpha * np.exp(-beta * (1 - f @ keys64.T)) @ one_hot
    rows = {"keys": keys, "labels": labels, "directions": directions, "queries": asked, "logits": logits}
    return {"scale": scale, "alpha": alpha, "beta": beta} | {name: value.tolist() for name, value in rows.items()}


def golden():
    source = np.random.default_rng(1)
    linear = [
        linear_case(source, count, width, classes, c)
        for count, width, classes, c in [(40, 6, 4, 0.316), (40, 6, 4, 100.0), (30, 5, 2, 0.316), (25, 40, 5, 1.0)]
    ]
    print(json.dumps({"linear": linear, "tip": tip_case(source, 3, 8, 5, 10)}))


def large(directory):
    source = np.random.default_rng(2)
    classes, width, count, asked_count = 10, 128, 2000, 5000
    centres = source.normal(0, 0.2, (classes, width))
    offset = source.normal(0, 1, width)  # CLIP's features have a few large entries in common
    labels, asked = source.integers(0, classes, count), source.integers(0, classes, asked_count)
    features, test = (features_of(source, which, centres, 0.8, offset) for which in (labels, asked))
    features.tofile(directory / "features.f32")
    test.tofile(directory / "test.f32")
    fits = []
    for c in (0.001, 0.316, 10.0):
        usual = fit(features, labels, c, 1e-4, 1000)
        # Newton's method goes to the end in a few steps.
        exact = LogisticRegression(C=c, solver="newton-cholesky", tol=1e-9).fit(features.astype(np.float64), labels)
        accuracies = [float((model.predict(test.astype(np.float64)) == asked).mean()) for model in (usual, exact)]
        fitted = {"weights": exact.coef_.tolist(), "biases": exact.intercept_.tolist()}
        fits.append({"c": c, "usual": accuracies[0], "exact": accuracies[1], **fitted})
    print(json.dumps({"width": width, "labels": labels.tolist(), "asked": asked.tolist(), "fits": fits}))


if __name__ == "__main__":
    golden() if sys.argv[1] == "golden" else large(Path(sys.argv[2]))
