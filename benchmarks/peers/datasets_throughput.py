"""The peer of benchmarks/datasets/throughput.ts: torchvision's ImageFolder and a DataLoader with 2 workers (Pillow decodes).

Goes over the folder once per line read from standard input and prints one JSON line: images, seconds, peak memory of the
process and its workers in MiB. Workers stay alive between rounds, so that starting them is not counted.
"""

import argparse
import json
import os
import sys
import threading
import time

import PIL
import torch
import torchvision
from torchvision import datasets, transforms


def resident_mib(pids: list[int]) -> float:
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            # Proportional share: pages that the workers share with their parent count once.
            total += sum(int(line.split()[1]) for line in file if line.startswith("Pss:"))
    return total / 1024


def cpu_seconds(pids: list[int]) -> float:
    ticks = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", help="holds one folder per class")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--batch", type=int, default=16)
    args = parser.parse_args()
    torch.set_num_threads(1)
    prepare = transforms.Compose(
        [
            transforms.Resize((256, 256)),
            transforms.ToTensor(),
            transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
        ]
    )
    folder = datasets.ImageFolder(args.folder, prepare)
    loader = torch.utils.data.DataLoader(
        folder, batch_size=args.batch, num_workers=args.workers, persistent_workers=True
    )
    print(json.dumps({"torchvision": torchvision.__version__, "torch": torch.__version__, "pillow": PIL.__version__}), flush=True)
    peak = 0.0

    def processes() -> list[int]:
        workers = loader._iterator._workers if loader._iterator else []
        return [os.getpid(), *(worker.pid for worker in workers)]

    for _ in sys.stdin:
        images, checksum, running = 0, 0.0, True

        def watch() -> None:
            nonlocal peak
            while running:
                peak = max(peak, resident_mib(processes()))
                time.sleep(0.2)

        threading.Thread(target=watch, daemon=True).start()
        before = cpu_seconds(processes())
        start = time.perf_counter()
        for batch, _ in loader:
            images += len(batch)
            checksum += float(batch[0, 0, 0, 0])
        seconds = time.perf_counter() - start
        running = False
        cpu = cpu_seconds(processes()) - before
        result = {"images": images, "seconds": seconds, "cpuSeconds": cpu, "peakMb": peak, "checksum": checksum}
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
