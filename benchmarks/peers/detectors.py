"""The Python side of benchmarks/detectors: answers lines of JSON to tasks on standard input.

PaDiM and PatchCore are anomalib's own models (pip install anomalib torch timm); SPADE and SimpleNet are transcriptions of
byungjae89/SPADE-pytorch and DonaldRR/SimpleNet, whose code is not on PyPI, and need no anomalib. The backbone is timm's
ResNet-18 with the given weights, or any timm network with random ones.
"""

import json
import os
import resource
import sys
import time

os.environ["TQDM_DISABLE"] = "1"

import numpy as np
import timm
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import load_file

MEAN = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
STD = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)


def normalise(pictures):
    return (torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255 - MEAN) / STD


def decode(path, size):
    picture = Image.open(path).convert("RGB").resize((size, size), Image.BILINEAR)
    return np.asarray(picture)[None]


def load(network, weights):
    if weights is not None:
        missing, _ = network.load_state_dict(load_file(weights), strict=False)
        assert not [name for name in missing if not name.startswith("layer4")], missing


def extractor(t, layers):
    """The maps after `layers`, as a list."""
    network = timm.create_model(t["backbone"], pretrained=False, features_only=True, out_indices=layers).eval()
    load(network, t["weights"])
    return network


class Anomalib:
    """A model of anomalib, fitted as its own engine does."""

    def fit(self, batches):
        self.model.train()
        self.model.feature_extractor.eval()
        with torch.no_grad():
            for x in batches:
                self.model(x)
            self.finish()
        self.model.eval()

    def score(self, x):
        with torch.no_grad():
            out = self.model(x)
        return out.pred_score, out.anomaly_map[:, 0]


class Patchcore(Anomalib):
    def __init__(self, t):
        from anomalib.models.image.patchcore.torch_model import PatchcoreModel

        self.t = t
        self.model = PatchcoreModel(layers=["layer2", "layer3"], backbone=t["backbone"], pre_trained=False, num_neighbors=9)
        load(self.model.feature_extractor.feature_extractor, t["weights"])

    def finish(self):
        if "first" in self.t:
            self.draw_as_given()
        self.model.subsample_embedding(self.t["coresetRatio"])

    def draw_as_given(self):
        """The coreset's projection and its first patch are the other side's."""
        from anomalib.models.components.sampling import k_center_greedy

        projection = torch.from_numpy(np.fromfile(f"{self.t['folder']}/projection.f32", dtype="<f4"))

        class Projection:
            def __init__(self, eps):
                pass

            def fit(self, rows):
                pass

            def transform(self, rows):
                return rows @ projection.reshape(rows.shape[1], -1)

        k_center_greedy.SparseRandomProjection = Projection
        torch.randint = lambda **_: torch.tensor([self.t["first"]])

    def bytes(self):
        return self.model.memory_bank.numel() * 4


class Padim(Anomalib):
    def __init__(self, t):
        from anomalib.models.image.padim.torch_model import PadimModel

        self.model = PadimModel(backbone=t["backbone"], pre_trained=False, n_features=t.get("features", 100))
        load(self.model.feature_extractor.feature_extractor, t["weights"])
        if "channels" in t:
            self.model.idx.copy_(torch.tensor(t["channels"]))

    def finish(self):
        self.model.fit()

    def bytes(self):
        return (self.model.gaussian.mean.numel() + self.model.gaussian.inv_covariance.numel()) * 4


def smooth(maps, sigma):
    from scipy.ndimage import gaussian_filter

    return torch.from_numpy(np.stack([gaussian_filter(m, sigma=sigma) for m in maps.numpy()]))


class Spade:
    def __init__(self, t):
        self.neighbors = 5
        self.extractor = extractor(t, (1, 2, 3))

    def features(self, x):
        with torch.no_grad():
            return self.extractor(x)

    def fit(self, batches):
        all_maps = [self.features(x) for x in batches]
        self.maps = [torch.cat([m[i] for m in all_maps]) for i in range(3)]
        self.vectors = self.maps[2].mean((2, 3))

    def score(self, x):
        maps = self.features(x)
        distances = torch.cdist(maps[2].mean((2, 3)), self.vectors, compute_mode="donot_use_mm_for_euclid_dist")
        values, indices = distances.topk(self.neighbors, largest=False)
        out = []
        for b in range(len(x)):
            each = []
            for own, gallery in zip(maps, self.maps):
                rows = own[b].flatten(1).T
                others = gallery[indices[b]].permute(0, 2, 3, 1).reshape(-1, rows.shape[1])
                near = torch.cdist(rows, others).amin(1).reshape(1, 1, *own.shape[2:])
                each.append(F.interpolate(near, size=x.shape[-2:], mode="bilinear", align_corners=False)[0, 0])
            out.append(torch.stack(each).mean(0))
        return values.mean(1), smooth(torch.stack(out), 4)

    def bytes(self):
        return sum(m.numel() for m in self.maps) * 4


class Simplenet:
    def __init__(self, t):
        self.t = t
        self.device = t.get("device", "cpu")
        self.dimension = t["dimension"]
        self.extractor = extractor(t, (2, 3)).to(self.device)
        torch.manual_seed(t["seed"])
        d, h = self.dimension, t["hidden"]
        self.adapter = torch.nn.Linear(d, d)
        self.body = torch.nn.Sequential(torch.nn.Linear(d, h), torch.nn.BatchNorm1d(h), torch.nn.LeakyReLU(0.2))
        self.tail = torch.nn.Linear(h, 1, bias=False)
        for layer in (self.adapter, self.body[0], self.tail):
            torch.nn.init.xavier_normal_(layer.weight)
        for part in (self.adapter, self.body, self.tail):
            part.to(self.device)

    def embed(self, x):
        with torch.no_grad():
            vectors, grid = [], None
            for m in self.extractor(x.to(self.device)):
                channels = m.shape[1]
                patches = F.unfold(m, 3, padding=1).reshape(len(m), channels * 9, *m.shape[-2:])
                grid = grid or m.shape[-2:]
                if tuple(m.shape[-2:]) != tuple(grid):
                    patches = F.interpolate(patches, size=grid, mode="bilinear", align_corners=False)
                rows = patches.permute(0, 2, 3, 1).reshape(-1, 1, channels * 9)
                vectors.append(F.adaptive_avg_pool1d(rows, self.dimension).squeeze(1))
            rows = torch.stack(vectors, 1).reshape(len(vectors[0]), 1, -1)
            return F.adaptive_avg_pool1d(rows, self.dimension).squeeze(1), grid

    def fit(self, batches):
        pictures = torch.cat(list(batches))
        cache = [self.embed(p[None])[0] for p in pictures]
        draws = self.given(cache[0].shape[0]) if self.t.get("draws") == "given" else self.own(len(cache))
        adapter = torch.optim.AdamW(self.adapter.parameters(), lr=1e-4)
        parameters = [*self.body.parameters(), *self.tail.parameters()]
        discriminator = torch.optim.Adam(parameters, lr=2e-4, weight_decay=1e-5)
        margin, clip = 0.5, self.t["clipNorm"]
        for indices, noise in draws:
            true = self.adapter(torch.cat([cache[i] for i in indices]))
            fake = true + noise(true.shape)
            scores = self.tail(self.body(torch.cat([true, fake])))
            s_true, s_fake = scores[: len(true)], scores[len(true) :]
            loss = torch.clip(margin - s_true, min=0).mean() + torch.clip(margin + s_fake, min=0).mean()
            adapter.zero_grad()
            discriminator.zero_grad()
            loss.backward()
            if clip is not None:
                torch.nn.utils.clip_grad_norm_([*self.adapter.parameters(), *parameters], clip)
            adapter.step()
            discriminator.step()
        self.body.eval()

    def own(self, count):
        """The pictures of each step and its noise, as PyTorch draws them."""
        for _ in range(self.t["metaEpochs"] * self.t["ganEpochs"]):
            order = torch.randperm(count)
            for start in range(0, count, 8):
                yield order[start : start + 8], lambda shape: torch.normal(0, 0.015, shape, device=self.device)

    def given(self, positions):
        """First weights, the pictures of each step and its noise, as they come through file descriptor 3."""
        stream = os.fdopen(3, "rb")
        read = lambda *shape: torch.from_numpy(
            np.frombuffer(stream.read(4 * int(np.prod(shape))), dtype="<f4").reshape(shape).copy()
        ).to(self.device)
        d, h = self.dimension, self.t["hidden"]
        with torch.no_grad():
            for layer, shape in ((self.adapter, (d, d)), (self.body[0], (d, h)), (self.tail, (h, 1))):
                layer.weight.copy_(read(*shape).T)
        while header := stream.read(4):
            indices = np.frombuffer(stream.read(4 * int.from_bytes(header, "little")), dtype="<u4")
            noise = read(len(indices) * positions, d)
            yield indices, lambda _: noise

    def score(self, x):
        rows, grid = self.embed(x)
        with torch.no_grad():
            patches = -self.tail(self.body(self.adapter(rows))).reshape(len(x), 1, *grid)
        maps = F.interpolate(patches, size=x.shape[-2:], mode="bilinear", align_corners=False)[:, 0]
        patches = patches.cpu()
        maps = smooth(maps.cpu(), self.t["sigma"])
        return (maps if self.t["imageScore"] == "map" else patches).flatten(1).amax(1), maps

    def bytes(self):
        return sum(p.numel() for m in (self.adapter, self.body, self.tail) for p in m.parameters()) * 4


KINDS = {"patchcore": Patchcore, "padim": Padim, "spade": Spade, "simplenet": Simplenet}


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def accuracy(t):
    """Scores and maps of given pictures, written beside them."""
    size = t["size"]
    train = np.fromfile(f"{t['folder']}/train.u8", dtype=np.uint8).reshape(-1, size, size, 3)
    test = np.fromfile(f"{t['folder']}/test.u8", dtype=np.uint8).reshape(-1, size, size, 3)
    torch.manual_seed(t["seed"])
    model = KINDS[t["kind"]](t)
    started = time.time()
    model.fit([normalise(train[i : i + 8]) for i in range(0, len(train), 8)])
    fitted = time.time() - started
    results = [model.score(normalise(test[i : i + 1])) for i in range(len(test))]
    torch.cat([s.reshape(-1) for s, _ in results]).numpy().astype("<f4").tofile(f"{t['folder']}/scores.f32")
    torch.cat([m for _, m in results]).numpy().astype("<f4").tofile(f"{t['folder']}/maps.f32")
    return {"fit": fitted, "peakMb": peak_mb()}


def speed(t):
    """Fits; then, for each line "turn", milliseconds per picture from a file to score and map, and seconds per picture in eights."""
    torch.manual_seed(t["seed"])
    model = KINDS[t["kind"]](t)
    size = t["size"]
    started = time.time()
    batches = ([decode(p, size) for p in t["train"][i : i + 8]] for i in range(0, len(t["train"]), 8))
    model.fit(normalise(np.concatenate(b)) for b in batches)
    fitted = time.time() - started
    eight = normalise(np.concatenate([decode(p, size) for p in t["test"][:8]]))
    model.score(eight)
    for path in t["test"][:3]:
        model.score(normalise(decode(path, size)))
    # Not before: the other side's turn may begin with the answer.
    answer({"fit": fitted, "bytes": model.bytes()})
    while sys.stdin.readline().strip() == "turn":
        each = []
        for path in t["test"]:
            at = time.time()
            model.score(normalise(decode(path, size)))
            each.append((time.time() - at) * 1000)
        at = time.time()
        model.score(eight)
        answer({"ms": each, "seconds": (time.time() - at) / 8})
    return {"peakMb": peak_mb()}


def answer(figures):
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    while line := sys.stdin.readline():
        task = json.loads(line)
        torch.set_num_threads(task.get("threads", 2))
        answer({"accuracy": accuracy, "speed": speed}[task["do"]](task))
