"""The peer of benchmarks/training-step: the same convolutional autoencoder, loss and optimiser in PyTorch on the CPU.

Runs `--steps` training steps after `--warmup` and prints one JSON line with the milliseconds of each step.
With `--serve` it reads a line from standard input before each step, so that the two sides can take turns.
"""

import argparse
import json
import resource
import sys
import time

import torch
from torch import nn

CHANNELS = (32, 64, 128, 256, 256)


def autoencoder() -> nn.Sequential:
    layers: list[nn.Module] = []
    previous = 3
    for width in CHANNELS:
        layers += [nn.Conv2d(previous, width, 3, 2, 1), nn.BatchNorm2d(width), nn.ReLU()]
        previous = width
    for width in CHANNELS[-2::-1]:
        layers += [nn.ConvTranspose2d(previous, width, 3, 2, 1, 1), nn.BatchNorm2d(width), nn.ReLU()]
        previous = width
    layers += [nn.ConvTranspose2d(previous, 3, 3, 2, 1, 1), nn.Sigmoid()]
    return nn.Sequential(*layers)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--warmup", type=int, default=3)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--serve", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    model = autoencoder().train()
    x = torch.rand(args.batch, 3, args.size, args.size)
    if args.channels_last:
        model = model.to(memory_format=torch.channels_last)
        x = x.to(memory_format=torch.channels_last)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)

    def step() -> tuple[float, float]:
        start = time.perf_counter()
        optimiser.zero_grad()
        loss = nn.functional.mse_loss(model(x), x)
        loss.backward()
        optimiser.step()
        value = loss.item()
        return (time.perf_counter() - start) * 1000, value

    for _ in range(args.warmup):
        step()
    if args.serve:
        print(json.dumps({"ready": True, "torch": torch.__version__,
                          "parameters": sum(p.numel() for p in model.parameters())}), flush=True)
        for line in sys.stdin:
            if line.strip() == "stop":
                break
            ms, loss = step()
            print(json.dumps({"ms": ms, "loss": loss,
                              "peakMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}), flush=True)
        return
    times = [step() for _ in range(args.steps)]
    print(json.dumps({"torch": torch.__version__, "threads": args.threads, "ms": [t for t, _ in times],
                      "loss": [l for _, l in times],
                      "peakMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


if __name__ == "__main__":
    main()
