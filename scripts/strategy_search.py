#!/usr/bin/env python3
"""A strategy for every population: which neuron it has and how long it waits, so that a cost is least under a bound on
perplexity. docs/calibration.md says what comes out.

The experiment's sweep names what may be chosen: conversion.timesteps lists T, and conversion.overrides the choices of a
population, each a list with one override that matches "*" (or none: what conversion says). For every T the search
begins with the cheapest choice everywhere, changes the group of populations that gains most perplexity per cost, and
goes on until the bound is met; then it takes back what is not needed. Every network that was run is a point.

Writes points.csv (all points, the Pareto front marked) and strategy.json (an experiment to run) to the folder.
"""
import argparse
import csv
import json
import math
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SITES = ["attn_in", "q", "k", "v", "attn_out", "mlp_in", "mlp_mid"]
COSTS = {
    "sops": lambda report: report["operations"]["synaptic_operations"],
    "magnitude": lambda report: report["operations"]["synaptic_magnitude"],
    "energy": lambda report: report["energy"][0]["snn_pj"],
    "latency": lambda report: report["timing"]["ticks_to_quiescence"],
}


class Failure(Exception):
    pass


def pareto(points):
    """The points that no other one beats in cost and perplexity, by cost; points: objects with cost and ppl."""
    front, best = [], math.inf
    for point in sorted(points, key=lambda p: (p["cost"], p["ppl"])):
        if point["ppl"] < best:
            front.append(point)
            best = point["ppl"]
    return front


def overrides_of(strategy, choices):
    """The overrides of a strategy: group -> number of a choice."""
    result = []
    for group, number in strategy.items():
        result += [dict(override, match=group) for override in choices[number]]
    return result


class Networks:
    """Runs the networks of an experiment, each once."""

    def __init__(self, program, experiment, out, settings, cost, choices):
        self.program, self.experiment, self.out, self.settings = program, experiment, out, settings
        self.cost, self.choices = COSTS[cost], choices
        self.points = {}

    def point(self, timesteps, strategy):
        overrides = overrides_of(strategy, self.choices)
        key = (timesteps, json.dumps(overrides))
        if key not in self.points:
            report = self.report(timesteps, overrides)
            score = report["perplexity"][0]
            self.points[key] = {"timesteps": timesteps, "strategy": dict(strategy), "overrides": overrides,
                                "ppl": score["snn"], "qann": score["qann"], "cost": self.cost(report),
                                **{name: COSTS[name](report) for name in COSTS}}
            point = self.points[key]
            print(f"T = {timesteps}, {len(overrides)} overrides: perplexity {point['ppl']:.4f} "
                  f"(QANN {point['qann']:.4f}), cost {point['cost']:.4g}", flush=True)
        return self.points[key]

    def report(self, timesteps, overrides):
        settings = [*self.settings, "sweep={}", f"conversion.timesteps={timesteps}",
                    f"conversion.overrides={json.dumps(overrides)}", "record.errors=false"]
        arguments = [argument for setting in settings for argument in ("--set", setting)]
        run = subprocess.run([self.program, "run", self.experiment, "--quiet", "--out", self.out / "runs", *arguments],
                             capture_output=True, text=True)
        if run.returncode != 0:
            raise Failure(run.stderr.strip())
        return json.loads(pathlib.Path(run.stdout.strip().splitlines()[-1]).read_text())


def gain(before, after):
    """Perplexity that a change takes off, per cost that it adds; free improvements are worth most."""
    less = before["ppl"] - after["ppl"]
    more = after["cost"] - before["cost"]
    return math.inf if less > 0 and more <= 0 else less / max(more, 1e-300)


def search(networks, timesteps, groups, choices, bound):
    """Runs the networks of one T on the way to the bound and back to the least cost."""
    uniform = [networks.point(timesteps, dict.fromkeys(groups, number)) for number in range(len(choices))]
    now = min(uniform, key=lambda point: (point["cost"], point["ppl"]))

    def neighbours(point):
        return [networks.point(timesteps, dict(point["strategy"], **{group: number}))
                for group in groups for number in range(len(choices)) if number != point["strategy"][group]]

    while now["ppl"] > bound * now["qann"]:
        best = max(neighbours(now), key=lambda point: gain(now, point))
        if best["ppl"] >= now["ppl"]:
            break
        now = best
    while now["ppl"] <= bound * now["qann"]:  # take back what is not needed
        enough = [point for point in neighbours(now)
                  if point["ppl"] <= bound * point["qann"] and point["cost"] < now["cost"]]
        if not enough:
            return
        now = min(enough, key=lambda point: (point["cost"], point["ppl"]))


def write_points(file, points, bound):
    front = {id(point) for point in pareto(points)}
    with open(file, "w", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(["timesteps", "ppl", "qann", *COSTS, "within_bound", "pareto", "overrides"])
        for point in sorted(points, key=lambda p: p["cost"]):
            table.writerow([point["timesteps"], point["ppl"], point["qann"], *(point[name] for name in COSTS),
                            int(point["ppl"] <= bound * point["qann"]), int(id(point) in front),
                            json.dumps(point["overrides"])])


def write_strategy(file, experiment, point):
    """The experiment with the strategy of a point, to run from another folder."""
    result = json.loads(experiment.read_text())
    result.pop("sweep", None)
    result.pop("$schema", None)
    result["name"] = result.get("name", experiment.stem) + "_found"
    result.setdefault("conversion", {}).update(timesteps=point["timesteps"], overrides=point["overrides"])

    def absolute(value, key=""):
        if isinstance(value, dict):
            return {k: absolute(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [absolute(v, key) for v in value]
        if key in ("checkpoint", "tokenizer", "text", "path") and value and not value.startswith(("/", "$")):
            return str((experiment.parent / value).resolve())
        return value

    file.write_text(json.dumps(absolute(result), indent=2) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("experiment", nargs="?", type=pathlib.Path, default=ROOT / "experiments/strategy_search.json")
    parser.add_argument("--cost", choices=COSTS, default="sops")
    parser.add_argument("--bound", type=float, default=1.01, help="perplexity, in that of the QANN (default 1.01)")
    parser.add_argument("--blocks", type=int, default=0, metavar="N",
                        help="search each of the model's N blocks by itself: N times the runs")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="as in snnsim run")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("runs/strategy_search"))
    parser.add_argument("--snnsim", type=pathlib.Path, default=ROOT / "build/release/snnsim")
    options = parser.parse_args()
    grid = json.loads(options.experiment.read_text()).get("sweep", {}).get("grid", {})
    timesteps, choices = grid.get("conversion.timesteps"), grid.get("conversion.overrides")
    if not timesteps or not choices:
        raise Failure(f"{options.experiment}: its sweep.grid needs conversion.timesteps and conversion.overrides")
    options.out.mkdir(parents=True, exist_ok=True)
    networks = Networks(options.snnsim, options.experiment, options.out, options.set, options.cost, choices)
    groups = [f"*.{site}" for site in SITES]
    if options.blocks:
        groups = [f"blocks.{block}.{site}" for block in range(options.blocks) for site in SITES]
    for steps in timesteps:
        search(networks, steps, groups, choices, options.bound)
    points = list(networks.points.values())
    write_points(options.out / "points.csv", points, options.bound)
    print(f"\n{'T':>4} {'perplexity':>11} {options.cost:>12}   Pareto front of {len(points)} networks")
    for point in pareto(points):
        print(f"{point['timesteps']:>4} {point['ppl']:>11.4f} {point['cost']:>12.4g}   "
              f"{json.dumps(point['overrides'])}")
    within = [point for point in points if point["ppl"] <= options.bound * point["qann"]]
    if not within:
        raise Failure(f"no network meets the bound of {options.bound} times the QANN's perplexity")
    best = min(within, key=lambda point: (point["cost"], point["ppl"]))
    write_strategy(options.out / "strategy.json", options.experiment, best)
    print(f"\nCheapest within {options.bound} of the QANN: perplexity {best['ppl']:.4f}, {options.cost} "
          f"{best['cost']:.4g}; snnsim run {options.out / 'strategy.json'}")


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(f"strategy_search: {failure}")
