"""The Python side of benchmarks/scores/speed.ts: answers one line of JSON per task on standard input.

Needs numpy and, for the tasks that name them: scipy, scikit-image, scikit-learn; torch, pytorch-msssim, piq.
"""

import json
import sys
import time

import numpy as np


def read(folder, name, shape, dtype=np.float32):
    return np.fromfile(f"{folder}/{name}", dtype=dtype)[: int(np.prod(shape))].reshape(shape)


def pair(t):
    shape = (t["size"], t["size"], 3)
    return read(t["folder"], f"x{t['size']}.f32", shape), read(t["folder"], f"y{t['size']}.f32", shape)


def pair_8(t):
    shape = (t["size"], t["size"], 3)
    return [read(t["folder"], f"{name}{t['size']}.u8", shape, np.uint8) for name in "xy"]


def tensors(t):
    import torch

    return [torch.from_numpy(np.ascontiguousarray(v.transpose(2, 0, 1)))[None] for v in pair(t)]


def ssim_uniform(t):
    from skimage.metrics import structural_similarity

    x, y = pair(t)
    return lambda: structural_similarity(x, y, data_range=1, channel_axis=2, full=True)[0]


def ssim_uniform_8(t):
    from skimage.metrics import structural_similarity

    x, y = pair_8(t)
    return lambda: structural_similarity(x, y, data_range=255, channel_axis=2, full=True)[0]


def ssim_gaussian(t):
    from skimage.metrics import structural_similarity

    x, y = pair(t)
    kwargs = dict(gaussian_weights=True, sigma=1.5, use_sample_covariance=False)
    return lambda: structural_similarity(x, y, data_range=1, channel_axis=2, full=True, **kwargs)[0]


def psnr(t):
    from skimage.metrics import peak_signal_noise_ratio

    x, y = pair(t)
    return lambda: peak_signal_noise_ratio(x, y, data_range=1)


def psnr_8(t):
    from skimage.metrics import peak_signal_noise_ratio

    x, y = pair_8(t)
    return lambda: peak_signal_noise_ratio(x, y, data_range=255)


def psnr_piq(t):
    import piq

    x, y = tensors(t)
    return lambda: float(piq.psnr(x, y, data_range=1.0))


def psnr_by_hand(t):
    import torch

    x, y = tensors(t)
    return lambda: float(-10 * torch.log10(torch.nn.functional.mse_loss(x, y)))


def four_ssim_zd(t):
    from skimage.filters import sobel_h, sobel_v
    from skimage.metrics import structural_similarity

    x, y = pair(t)
    luma = np.array([0.299, 0.587, 0.114], dtype=np.float32)

    def run():
        a, b = x @ luma, y @ luma
        g = [np.hypot(sobel_h(v), sobel_v(v)) for v in (a, b)]
        s = structural_similarity(a, b, data_range=max(np.ptp(a), np.ptp(b)), full=True)[1]
        eo, ed, mean = g[0] > 0.12, g[1] > 0.12, (g[0] + g[1]) / 2
        w = np.where(eo ^ ed, 0.5, np.where(eo & ed, 0.25, 0.125))
        return (w * s).sum() / w.sum()

    return run


def ms_ssim(t):
    from pytorch_msssim import ms_ssim

    x, y = tensors(t)
    return lambda: float(ms_ssim(x, y, data_range=1))


def gmsd(t):
    import piq

    x, y = tensors(t)
    return lambda: float(piq.gmsd(x, y, data_range=1.0))


def smooth(t):
    from scipy.ndimage import gaussian_filter

    m = np.ascontiguousarray(pair(t)[0][..., 0])
    return lambda: float(gaussian_filter(m, 4).mean())


def top_percent(t):
    m = np.ascontiguousarray(pair(t)[0][..., 0])
    k = int(np.ceil(m.size * 0.01))
    return lambda: float(np.partition(m.ravel(), m.size - k)[-k:].mean(dtype=np.float64))


def glcm(t):
    from skimage.feature import graycomatrix

    x = (np.clip(pair(t)[0][..., 0], 0, 1) * 16).clip(0, 15).astype(np.uint8)
    angles = np.deg2rad([0, 45, 90, 135])
    return lambda: float((graycomatrix(x, [1], angles, 16, symmetric=True, normed=True) ** 2).sum())


def mahalanobis(t):
    from sklearn.covariance import LedoitWolf

    d = t["size"]
    x, q = read(t["folder"], "train.f32", (300, d)), read(t["folder"], "test.f32", (100, d))
    return lambda: float(np.sqrt(LedoitWolf().fit(x).mahalanobis(q)).mean())


def neighbors(t):
    import torch

    bank, q = (torch.from_numpy(read(t["folder"], f, (n, 1536))) for f, n in (("bank.f32", 10000), ("query.f32", 784)))
    return lambda: float(torch.cdist(q, bank).topk(5, largest=False).values.mean())


for line in sys.stdin:
    task = json.loads(line)
    try:
        run = globals()[task["name"]](task)
        if task["warm"]:
            run()
        # One turn: calls until 100 ms have passed, at least one, and the mean of their times.
        start, cpu, calls = time.perf_counter(), time.process_time(), 0
        while calls == 0 or time.perf_counter() - start < 0.1:
            value = run()
            calls += 1
        passed, used = time.perf_counter() - start, time.process_time() - cpu
        out = dict(ms=passed * 1e3 / calls, cpu=used * 1e3 / calls, value=float(value))
    except ImportError as error:
        out = dict(missing=str(error))
    print(json.dumps(out), flush=True)
