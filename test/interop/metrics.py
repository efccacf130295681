"""The reference side of metrics.test.ts: what scikit-learn, torchmetrics, fairlearn and scipy make of random samples.

metrics.py SEED COUNT      prints {kind: [case]}, COUNT cases of each kind: what they were given and their answers

Every third case has few distinct scores, so that many are equal.
"""

import json
import sys
import warnings

import numpy as np
import torch
from fairlearn import metrics as fair
from scipy import optimize, special, stats
from scipy.stats.contingency import relative_risk
from sklearn import metrics as sk
from sklearn.calibration import calibration_curve
from torchmetrics.functional import classification as tm
from torchmetrics.functional.retrieval import retrieval_hit_rate

warnings.filterwarnings("ignore")
torch.set_num_threads(1)


def classification(source, number):
    classes, count = int(source.integers(3, 12)), source.integers(20, 300)
    scores = source.normal(0, 1, (count, classes))
    labels = source.integers(0, classes, count)
    scores[np.arange(count), labels] += source.uniform(0, 2)
    ties = number % 3 == 0
    if ties:
        scores = np.round(scores)
    order = np.argsort(-scores, axis=1, kind="stable")  # of equal scores the lower index first, where the libraries differ
    predicted = order[:, 0]
    names = np.arange(classes)
    probabilities = special.softmax(scores, axis=1)
    answers = {
        "accuracy": [(order[:, :k] == labels[:, None]).any(axis=1).mean() for k in (1, 2, 3)],
        "recall": [sk.balanced_accuracy_score(labels, predicted)],
        "confusion": sk.confusion_matrix(labels, predicted, labels=names),
        "brier": sk.brier_score_loss(labels, probabilities, labels=names),
        "nll": sk.log_loss(labels, probabilities, labels=names),
    }
    tensors = torch.tensor(scores), torch.tensor(labels)
    guesses = torch.tensor(predicted), torch.tensor(labels)
    if len(set(labels)) == classes:  # a class that does not occur but is predicted counts as 0 in torchmetrics
        answers["recall"].append(tm.multiclass_accuracy(*guesses, classes, average="macro"))
    if not ties:
        for k in (1, 2, 3):
            answers["accuracy"].append(sk.top_k_accuracy_score(labels, scores, k=k, labels=names))
            answers["accuracy"].append(tm.multiclass_accuracy(*tensors, classes, average="micro", top_k=k))
    return {"scores": scores, "labels": labels, "predicted": predicted, **answers}


def calibration(source, number):
    bins = int(source.choice([5, 10, 15]))
    count = bins * source.integers(2, 40)
    confidences = source.beta(4, 2, count).astype(np.float32).astype(float)  # torchmetrics computes in float32
    if number % 3 == 0:
        confidences = np.round(confidences * 7) / 8 + 1 / 64  # on no edge: there torchmetrics takes the upper bin
    correct = source.uniform(0, 1, count) < confidences ** source.uniform(0.5, 2)
    edges = np.linspace(0, 1, bins + 1)
    counts = np.bincount(np.searchsorted(edges[1:-1], confidences), minlength=bins)
    accuracy, confidence = calibration_curve(correct, confidences, n_bins=bins)
    adaptive = None
    if number % 3 != 0:  # without equal ones and with a multiple of the bins, quantiles split evenly
        ours, theirs = calibration_curve(correct, confidences, n_bins=bins, strategy="quantile")
        adaptive = np.abs(ours - theirs).mean()
    return {
        "confidences": confidences,
        "isCorrect": correct,
        "bins": bins,
        "table": {"count": counts[counts > 0], "confidence": confidence, "accuracy": accuracy},
        "ece": (np.abs(accuracy - confidence) * counts[counts > 0]).sum() / count,
        "adaptive": adaptive,
        "float32": tm.binary_calibration_error(torch.tensor(confidences), torch.tensor(correct).int(), n_bins=bins),
    }


def scale(source, number):
    classes, count = source.integers(2, 9), source.integers(40, 200)
    cosines = source.normal(0.2, 0.05, (count, classes))
    true = source.uniform(5, 120)
    labels = np.array([source.choice(classes, p=special.softmax(true * row)) for row in cosines])
    if number % 3 == 0:
        cosines = np.round(cosines, 2)

    def loss(log):
        return -special.log_softmax(np.exp(log) * cosines, axis=1)[np.arange(count), labels].mean()

    best = optimize.minimize_scalar(loss, bounds=(np.log(0.01), np.log(10000)), method="bounded", options={"xatol": 1e-9})
    return {"cosines": cosines, "labels": labels, "scale": np.exp(best.x), "loss": best.fun}


def detection(source, number):
    inside = special.expit(source.normal(source.uniform(0, 2), 1, source.integers(5, 300)))
    outside = special.expit(source.normal(0, source.uniform(0.5, 2), source.integers(5, 300)))
    if number % 3 == 0:
        inside, outside = np.round(inside, 1), np.round(outside, 1)
    scores = np.concatenate([inside, outside])
    truth = np.arange(len(scores)) < len(inside)
    rate, hits, _ = sk.roc_curve(truth, scores, drop_intermediate=False)
    tensors = torch.tensor(scores), torch.tensor(truth).int()
    return {
        "inScores": inside,
        "outScores": outside,
        "auroc": sk.roc_auc_score(truth, scores),
        "aupr": sk.average_precision_score(truth, scores),
        "rates": [[share, rate[np.argmax(hits >= share)]] for share in (0.5, 0.8, 0.95, 1)],
        "float32": {"auroc": tm.binary_auroc(*tensors), "aupr": tm.binary_average_precision(*tensors)},
    }


def groups(source, number):
    count, classes = source.integers(100, 600), source.integers(2, 5)
    names = source.choice(["a", "b", "c", "d"][: source.integers(2, 5)], count)
    labels = source.integers(0, classes, count)
    guesses = np.where(source.uniform(0, 1, count) < 0.6, labels, source.integers(0, classes, count))
    truth, selected = (labels == 1).astype(int), (guesses == 1).astype(int)
    rates = {
        "count": fair.count,
        "selectionRate": fair.selection_rate,
        "truePositiveRate": fair.true_positive_rate,
        "falsePositiveRate": fair.false_positive_rate,
    }
    frame = fair.MetricFrame(metrics=rates, y_true=truth, y_pred=selected, sensitive_features=names)
    accuracy = fair.MetricFrame(metrics=sk.accuracy_score, y_true=labels, y_pred=guesses, sensitive_features=names)
    given = {"y_true": truth, "y_pred": selected, "sensitive_features": names}
    return {
        "samples": [{"group": g, "label": a, "predicted": b} for g, a, b in zip(names, labels, guesses)],
        "groups": [
            {"group": name, **frame.by_group.loc[name], "accuracy": accuracy.by_group[name]} for name in sorted(set(names))
        ],
        "gaps": {
            "demographicParityDifference": fair.demographic_parity_difference(**given),
            "demographicParityRatio": fair.demographic_parity_ratio(**given),
            "equalizedOddsDifference": fair.equalized_odds_difference(**given),
            "equalOpportunityDifference": fair.equal_opportunity_difference(**given),
            "accuracyGap": accuracy.difference(),
            "accuracyRatio": accuracy.ratio(),
        },
    }


def intervals(source, number):
    level = source.choice([0.5, 0.9, 0.95, 0.99])
    count, other = source.integers(2, 500, 2)
    successes = source.choice([0, count, source.integers(0, count + 1)]) if number % 3 == 0 else source.integers(1, count)
    wilson = stats.binomtest(int(successes), int(count)).proportion_ci(level, method="wilson")
    answers = {"successes": successes, "count": count, "level": level, "wilson": wilson}
    if number % 3 == 0:
        return {**answers, "ratio": None}
    second = source.integers(1, other) if other > 1 else 1
    risk = relative_risk(int(successes), int(count), int(second), int(other))
    return {**answers, "other": [second, other], "ratio": [risk.relative_risk, *risk.confidence_interval(level)]}


def retrieval(source, number):
    queries, answers = source.integers(5, 40), source.integers(12, 60)
    similarity = source.normal(0, 1, (queries, answers))
    right = source.uniform(0, 1, (queries, answers)) < 0.05
    right[np.arange(queries), source.integers(0, answers, queries)] = True
    similarity[right] += source.uniform(0, 2)
    hits = {
        f"recall@{k}": np.mean(
            [float(retrieval_hit_rate(torch.tensor(s), torch.tensor(r), top_k=k)) for s, r in zip(similarity, right)]
        )
        for k in (1, 5, 10)
    }
    # Places among all answers; right answers before the best one there are none.
    ranks = np.array([stats.rankdata(-s)[r].min() for s, r in zip(similarity, right)])
    return {
        "similarity": similarity,
        "right": right,
        "measures": {**hits, "meanRank": ranks.mean(), "medianRank": np.floor(np.median(ranks))},
    }


def skew(source, number):
    names = ["a", "b", "c", "d"][: source.integers(2, 5)]
    shares = source.dirichlet(np.full(len(names), 3))
    ranked = source.choice(names, source.integers(5, 100))
    k = source.integers(1, len(ranked) + 1)

    def first(depth):
        return np.array([(ranked[:depth] == name).mean() for name in names])

    with np.errstate(divide="ignore"):
        logs = np.log(first(k) / shares)
    divergences = [stats.entropy(first(depth), shares) for depth in range(1, len(ranked) + 1)]
    return {
        "ranked": ranked,
        "shares": dict(zip(names, shares)),
        "k": k,
        "maxSkew": logs.max(),
        "minSkew": logs.min() if np.isfinite(logs.min()) else None,
        "ndkl": np.average(divergences, weights=1 / np.log2(np.arange(2, len(ranked) + 2))),
    }


def plain(value):
    if isinstance(value, (np.ndarray, np.generic, torch.Tensor)):
        return value.tolist()
    raise TypeError(f"Cannot print {type(value)}")


if __name__ == "__main__":
    seed, count = map(int, sys.argv[1:])
    source = np.random.default_rng(seed)
    kinds = [classification, calibration, scale, detection, groups, intervals, retrieval, skew]
    cases = {kind.__name__: [kind(source, number) for number in range(count)] for kind in kinds}
    print(json.dumps(cases, default=plain, allow_nan=False))
