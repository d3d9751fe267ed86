#!/usr/bin/env python3
"""Simulates one network with snnsim, Brian 2 and PyTorch, checks that all spikes agree, prints times and ratios."""
import argparse
import sys
import tempfile
from pathlib import Path
from statistics import median

import feed_forward
import with_snnsim


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--snnsim", default="build/release/snnsim", help="the program")
    parser.add_argument("--sizes", type=int, nargs="+", default=[4096, 4096, 11008, 4096])
    parser.add_argument("--steps", type=int, default=16)
    parser.add_argument("--density", type=float, default=0.2)
    parser.add_argument("--trials", type=int, default=32, help="of the batch; 1: no batch")
    parser.add_argument("--repeats", type=int, default=5, help="the median of so many is taken")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without", nargs="*", default=[], choices=["brian", "torch"])
    return parser.parse_args()


def operations(network, spikes):
    """Synaptic operations: every spike reaches every neuron of the next population."""
    return sum(int(s.sum()) * w.shape[0] for s, w in zip(spikes, network.weights))


def check_same(name, spikes, reference):
    for k, (ours, theirs) in enumerate(zip(reference, spikes)):
        if not (ours == theirs).all():
            sys.exit(f"{name}: {int((ours != theirs).sum())} spikes of population {k} differ from snnsim's")


def print_table(title, network, results):
    reference, ours = results["snnsim"]
    work = operations(network, reference)
    print(f"\n{title}: {work / 1e6:.0f} M synaptic operations, densities",
          ", ".join(f"{s.mean():.3f}" for s in reference))
    for name, (spikes, seconds) in results.items():
        check_same(name, spikes, reference)
        print(f"  {name:8} {median(seconds) * 1e3:10.1f} ms  (of {min(seconds) * 1e3:.1f} to {max(seconds) * 1e3:.1f})"
              f" {work / median(seconds) / 1e9:8.2f} G SOP/s   {median(seconds) / median(ours):7.1f} x snnsim's time")
    print(f"  all {sum(int(s.sum()) for s in reference)} spikes are the same")


def main():
    options = arguments()
    program = str(Path(options.snnsim).resolve())
    network = feed_forward.make(options.sizes, options.steps, options.density, options.trials, options.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        feed_forward.write(network, folder)
        single = {"snnsim": with_snnsim.run(program, network, folder, options.repeats)}
        batch = {}
        if options.trials > 1:
            batch["snnsim"] = with_snnsim.run(program, network, folder, options.repeats, "batch.json")
        if "torch" not in options.without:
            import with_torch
            single["torch"] = with_torch.run(network, 1, options.repeats)
            if batch:
                batch["torch"] = with_torch.run(network, options.trials, options.repeats)
        if "brian" not in options.without:
            import with_brian
            single["brian2"] = with_brian.run(network, folder, options.repeats)
        print_table("One trial", network, single)
        if batch:
            print_table(f"{options.trials} trials", network, batch)


if __name__ == "__main__":
    main()
