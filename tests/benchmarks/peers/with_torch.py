"""The network in PyTorch: a loop over steps, float32, all cores."""
import os
import time

import numpy as np
import torch


def run(network, trials, repeats):
    torch.set_num_threads(os.cpu_count())
    weights = [torch.from_numpy(w.astype(np.float32)) for w in network.weights]
    inputs = torch.from_numpy(network.inputs[:trials].transpose(1, 2, 0).astype(np.float32)).contiguous()
    if trials == 1:
        inputs = inputs[:, :, 0].contiguous()  # a matrix-vector product is faster than a thin matrix
    with torch.no_grad():
        results = [simulate(network, weights, inputs) for _ in range(repeats)]
    spikes = [s.numpy().astype(bool).reshape(network.steps, -1, trials).transpose(2, 0, 1) for s in results[0][0]]
    return spikes, [seconds for _, seconds in results]


def simulate(network, weights, inputs):
    potentials = [torch.zeros((w.shape[0],) + inputs.shape[2:]) for w in weights]
    recorded = [[] for _ in network.sizes]
    start = time.perf_counter()
    for s in inputs:
        recorded[0].append(s)
        for k, (w, v, threshold) in enumerate(zip(weights, potentials, network.thresholds)):
            v += w @ s
            s = (v >= threshold).float()
            v -= threshold * s
            recorded[k + 1].append(s)
    seconds = time.perf_counter() - start
    return [torch.stack(s) for s in recorded], seconds
