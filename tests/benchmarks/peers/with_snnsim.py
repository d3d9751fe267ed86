"""The network in snnsim: its files, through the command line."""
import json
import subprocess

import h5py
import numpy as np


def call(program, folder, file, *words):
    out = subprocess.run([program, "run", str(folder / file), "--quiet", "--out", str(folder / "runs"), *words],
                         check=True, capture_output=True, text=True).stdout
    return (folder / out.strip()).resolve()


def run(program, network, folder, repeats, file="network.json"):
    """Spikes (trials, steps, neurons) of each population, and the seconds of each of the repeats."""
    trials = 1 if file == "network.json" else len(network.inputs)
    report = call(program, folder, file, "--set", 'record.spikes=["*"]')
    spikes = []
    with h5py.File(report.parent / "spikes.h5") as recorded:
        for k, size in enumerate(network.sizes):
            rows = recorded[f"spikes/p{k}"]
            assert (rows["counts"][:] == 1).all()
            of = np.zeros((trials, network.steps, size), bool)
            of[rows["position"][:], rows["timestamps"][:].astype(int) - 1, rows["node_ids"][:].astype(int)] = True
            spikes.append(of)
    seconds = [json.loads(call(program, folder, file).read_text())["timing"]["wall_s"] for _ in range(repeats)]
    return spikes, seconds
