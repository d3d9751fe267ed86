#!/usr/bin/env python3
"""Reads an exported network by the rules of the public library nir (neuromorphs/NIR, version 1.0): the keys that each
node may have, equal shapes of its parameters, and equal shapes at both ends of each edge. Then simulates what the file
says and compares the spikes with those of snnsim. `nir_test.py SNNSIM`; exits 77 when there is no h5py."""
import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy as np
except ImportError:
    print("skipped: no h5py (Debian: python3-h5py)")
    sys.exit(77)

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
KEYS = {
    "Input": {"shape"},
    "Output": {"shape"},
    "Linear": {"weight"},
    "Affine": {"weight", "bias"},
    "Delay": {"delay"},
    "IF": {"r", "v_threshold", "v_reset"},
    "LIF": {"tau", "r", "v_leak", "v_threshold", "v_reset"},
}
NETWORK = {
    "name": "chain", "seed": 3, "timesteps": 60,
    "inputs": [{"name": "in", "size": 12, "spikes": {"random": {"density": 0.3}}}],
    "populations": [
        {"name": "leaky", "size": 9, "leak": 0.83, "reset": "zero", "threshold": 1.137, "current": 0.0413},
        {"name": "plain", "size": 5, "reset": "zero", "threshold": [0.71, 0.83, 0.97, 1.03, 1.19]},
    ],
    "projections": [
        {"from": "in", "to": "leaky", "scale": 0.00517, "weights": {"random": {"low": -20, "high": 120, "density": 1}}},
        {"from": "leaky", "to": "plain", "scale": 0.00911, "weights": {"random": {"low": -30, "high": 90, "density": 0.5}}},
        {"from": "in", "to": "plain", "scale": 0.00211, "weights": {"random": {"low": -90, "high": 90, "density": 0.6}}},
    ],
    "record": {"spikes": ["*"]},
}


def text(dataset):
    return dataset[()].decode("utf8")


def read_node(group):
    kind = text(group["type"])
    assert kind in KEYS, kind
    node = {key: group[key][()] for key in group if key not in ("type", "metadata")}
    assert set(node) == KEYS[kind], (kind, set(node))
    if kind in ("IF", "LIF"):
        assert len({value.shape for value in node.values()}) == 1, kind
    if kind == "Affine":
        assert node["bias"].shape == node["weight"].shape[:1]
    return {"type": kind, **node}


def shape_in(node):
    if node["type"] in ("Linear", "Affine"):
        return (node["weight"].shape[1],)
    return tuple(node["shape"]) if "shape" in node else node.get("r", node.get("delay")).shape


def shape_out(node):
    return (node["weight"].shape[0],) if node["type"] in ("Linear", "Affine") else shape_in(node)


def read_nir(path):
    with h5py.File(path, "r") as file:
        assert text(file["version"]).startswith("1.")
        graph = file["node"]
        assert text(graph["type"]) == "NIRGraph"
        nodes = {name: read_node(group) for name, group in graph["nodes"].items()}
        edges = [(a.decode("utf8"), b.decode("utf8")) for a, b in graph["edges"][()]]
        left_out = text(graph["metadata"]["left_out"]).splitlines()
    for a, b in edges:
        assert shape_out(nodes[a]) == shape_in(nodes[b]), (a, b)
    return nodes, edges, left_out


def order(nodes, edges):
    """Each node behind those that lead to it."""
    done = []
    while len(done) < len(nodes):
        done += [n for n in nodes if n not in done and all(a in done for a, b in edges if b == n)]
    return done


def simulate(nodes, edges, given):
    """Steps of the nodes' equations, a current being constant for a step; (steps, neurons) of every node."""
    steps = len(next(iter(given.values())))
    state = {name: np.zeros(shape_in(node)) for name, node in nodes.items()}
    out = {name: np.zeros((steps, *shape_out(node))) for name, node in nodes.items()}
    for t in range(steps):
        for name in order(nodes, edges):
            node, kind = nodes[name], nodes[name]["type"]
            x = sum((out[a][t] for a, b in edges if b == name), np.zeros(shape_in(node)))
            if kind == "Input":
                out[name][t] = given[name][t]
            elif kind in ("Linear", "Affine"):
                out[name][t] = node["weight"].astype(float) @ x + node.get("bias", 0)
            elif kind in ("IF", "LIF"):
                kept = np.exp(-1 / node["tau"].astype(float)) if kind == "LIF" else 1
                gain = (1 - kept) * node["r"] if kind == "LIF" else node["r"]
                v = state[name] * kept + gain * x
                out[name][t] = v > node["v_threshold"]
                state[name] = np.where(out[name][t] > 0, node["v_reset"], v)
            else:
                out[name][t] = x
    return out


def recorded(path, name, size, steps):
    spikes = np.zeros((steps, size))
    with h5py.File(path, "r") as file:
        group = file["spikes"][name]
        for time, neuron in zip(group["timestamps"][()], group["node_ids"][()]):
            spikes[int(time) - 1, int(neuron)] += 1
    return spikes


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "net.json").write_text(json.dumps(NETWORK))
        run = lambda *words: subprocess.run([PROGRAM, *words], cwd=folder, check=True, capture_output=True, text=True)
        report = pathlib.Path(run("run", "net.json", "--quiet").stdout.strip())
        run("export", "net.json", "--to", "net.nir")
        nodes, edges, left_out = read_nir(folder / "net.nir")
        sizes = {part["name"]: part["size"] for part in NETWORK["inputs"] + NETWORK["populations"]}
        spikes = {name: recorded(folder / report.parent / "spikes.h5", name, size, NETWORK["timesteps"])
                  for name, size in sizes.items()}
    computed = simulate(nodes, edges, {"in": spikes["in"]})
    for name in ("leaky", "plain"):
        assert 20 < spikes[name].sum() < spikes[name].size, name
        assert (computed[name] == spikes[name]).all(), name
    assert {node["type"] for node in nodes.values()} == {"Input", "Affine", "Linear", "LIF", "IF", "Output"}
    assert sorted(line.split(":")[0] for line in left_out) == ["in", "leaky", "plain"], left_out
    print(f"{len(nodes)} nodes, {len(edges)} edges; {int(sum(s.sum() for s in spikes.values()))} spikes are the same")


main()
