"""The network that all programs simulate: its weights, thresholds and input, and its files for snnsim."""
import json
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np


@dataclass
class FeedForward:
    weights: list  # int8 (targets, sources) of each projection
    thresholds: list  # of each population, an integer
    inputs: np.ndarray  # bool (trials, steps, sources)

    @property
    def sizes(self):
        return [self.weights[0].shape[1]] + [w.shape[0] for w in self.weights]

    @property
    def steps(self):
        return self.inputs.shape[1]


def fire(drives, threshold):
    """Spikes of IF neurons with these currents (steps, neurons)."""
    v = np.zeros(drives.shape[1])
    spikes = np.zeros(drives.shape, bool)
    for step, drive in enumerate(drives):
        v += drive
        spikes[step] = v >= threshold
        v -= threshold * spikes[step]
    return spikes


def threshold_for(drives, density):
    """The least integer threshold at which the neurons spike at most so often."""
    low, high = 1, int(np.abs(drives).max()) * len(drives) + 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if fire(drives, middle).mean() <= density else (middle + 1, high)
    return low


def make(sizes, steps, density, trials, seed):
    random = np.random.default_rng(seed)
    inputs = random.random((trials, steps, sizes[0])) < density
    weights = [random.integers(-127, 128, (out, n), dtype=np.int8) for n, out in zip(sizes, sizes[1:])]
    thresholds, spikes = [], inputs[0]
    for w in weights:
        drives = (w.astype(np.float32) @ spikes.T.astype(np.float32)).T  # integers below 2^24: exact
        thresholds.append(threshold_for(drives, density))
        spikes = fire(drives, thresholds[-1])
    return FeedForward(weights, thresholds, inputs)


def write(network, folder: Path):
    """network.json, which reads network.h5; every trial has its own events there, so one trial is read from HDF5."""
    names = [f"p{k}" for k in range(len(network.sizes))]
    with h5py.File(folder / "network.h5", "w") as file:
        for k, w in enumerate(network.weights):
            file[f"weights/{k}"] = w
        steps, neurons = np.nonzero(network.inputs[0])
        file["spikes/p0/timestamps"], file["spikes/p0/node_ids"] = steps + 1.0, neurons.astype(np.uint64)
    description = {
        "name": "feed_forward", "timesteps": network.steps,
        "inputs": [{"name": "p0", "size": network.sizes[0], "spikes": {"file": "network.h5"}}],
        "populations": [{"name": name, "size": size, "threshold": theta}
                        for name, size, theta in zip(names[1:], network.sizes[1:], network.thresholds)],
        "projections": [{"from": a, "to": b, "weights": {"file": "network.h5", "dataset": f"/weights/{k}"}}
                        for k, (a, b) in enumerate(zip(names, names[1:]))],
    }
    (folder / "network.json").write_text(json.dumps(description, indent=1))
    events = [[int(s) + 1, int(n), 1, t] for t, trial in enumerate(network.inputs) for s, n in zip(*np.nonzero(trial))]
    description["trials"] = len(network.inputs)
    description["inputs"][0]["spikes"] = {"events": events}
    (folder / "batch.json").write_text(json.dumps(description))
