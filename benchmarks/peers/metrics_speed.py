"""The Python side of benchmarks/metrics/speed.ts: one task in a process of its own.

Needs numpy, scipy and scikit-learn. AUPRO and AUPIMO follow the published procedures, vectorised in numpy.
"""

import json
import resource
import sys
import time

import numpy as np
from scipy.ndimage import label
from sklearn.metrics import roc_auc_score

task, folder, count, size = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])


def read_scores(n):
    return (
        np.fromfile(f"{folder}/scores.f64", dtype=np.float64, count=n),
        np.fromfile(f"{folder}/labels.u8", dtype=np.uint8, count=n),
    )


def read_maps():
    shape = (count, size, size)
    return (
        np.fromfile(f"{folder}/maps.f32", dtype=np.float32).reshape(shape),
        np.fromfile(f"{folder}/masks.u8", dtype=np.uint8).reshape(shape),
    )


def auroc():
    scores, labels = read_scores(10_000_000)
    return roc_auc_score(labels, scores)


def pixel_auroc():
    maps, masks = read_maps()
    return roc_auc_score(masks.ravel(), maps.ravel())


def aupro(limit=0.3):
    maps, masks = read_maps()
    fp = np.zeros(maps.shape, dtype=bool)
    pro = np.zeros(maps.shape)
    regions = 0
    for i, mask in enumerate(masks):
        components, n = label(mask, structure=np.ones((3, 3)))
        regions += n
        fp[i] = components == 0
        areas = np.bincount(components.ravel(), minlength=n + 1).astype(float)
        weights = 1 / np.maximum(areas, 1)
        weights[0] = 0
        pro[i] = weights[components]
    scores = maps.ravel()
    order = np.argsort(scores)[::-1]
    scores = scores[order]
    fprs = np.cumsum(fp.ravel()[order], dtype=np.float64) / fp.sum()
    pros = np.cumsum(pro.ravel()[order]) / regions
    keep = np.append(np.diff(scores) != 0, True)
    x = np.concatenate([[0.0], np.clip(fprs[keep], 0, 1), [1.0]])
    y = np.concatenate([[0.0], np.clip(pros[keep], 0, 1), [1.0]])
    inside = x <= limit
    area = np.trapezoid(y[inside], x[inside])
    if not np.any(x == limit):
        i = np.argmax(x > limit)
        at = y[i - 1] + (y[i] - y[i - 1]) * (limit - x[i - 1]) / (x[i] - x[i - 1])
        area += 0.5 * (at + y[i - 1]) * (limit - x[i - 1])
    return area / limit


def aupimo(bounds=(1e-5, 1e-4), thresholds=300_000):
    maps, masks = read_maps()
    is_good = ~masks.any(axis=(1, 2))
    good = maps[is_good]
    levels = np.linspace(float(good.min()), float(good.max()), thresholds).astype(np.float32)
    fpr = np.mean([1 - np.searchsorted(np.sort(m.ravel()), levels) / m.size for m in good], axis=0)
    first, last = np.argmin(np.abs(fpr - bounds[1])), np.argmin(np.abs(fpr - bounds[0]))
    logs = np.log(fpr[first : last + 1][::-1])
    scores = []
    for m, g in zip(maps[~is_good], masks[~is_good]):
        own = np.sort(m[g == 1])
        tpr = (1 - np.searchsorted(own, levels[first : last + 1]) / own.size)[::-1]
        scores.append(np.clip(np.trapezoid(tpr, logs) / np.log(bounds[1] / bounds[0]), 0, 1))
    return np.mean(scores)


def bootstrap(n):
    scores, labels = read_scores(n)
    rng = np.random.default_rng(0)
    good, defective = np.flatnonzero(labels == 0), np.flatnonzero(labels == 1)
    areas = []
    for _ in range(1000):
        drawn = np.concatenate([rng.choice(good, good.size), rng.choice(defective, defective.size)])
        areas.append(roc_auc_score(labels[drawn], scores[drawn]))
    np.quantile(areas, [0.025, 0.975])
    return roc_auc_score(labels, scores)


tasks = {
    "auroc": auroc,
    "pixelAuroc": pixel_auroc,
    "aupro": aupro,
    "aupimo": aupimo,
    "bootstrap": lambda: bootstrap(150),
    "bootstrapLarge": lambda: bootstrap(10_000),
}
start = time.perf_counter()
value = tasks[task]()
seconds = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "peakMiB": peak, "value": float(value)}))
