#!/usr/bin/env python3
"""Perplexity of the bundled model by neuron and jitter, four ticks to a step: what arrival times cost.

Usage: scripts/jitter_table.py [SNNSIM [KEY=VALUE]...]    (default build/release/snnsim; T = 8, 2 segments)
"""
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROWS = [  # name, settings
    ("integer_spiking", ["conversion.neuron=integer_spiking"]),
    ("integrate_and_fire", ["conversion.neuron=integrate_and_fire"]),
    ("st_bif, T steps", ["conversion.neuron=st_bif"]),
    ("st_bif, quiescence", ["conversion.neuron=st_bif", "simulation.horizon=quiescence"]),
    ("sigma_delta", ["conversion.neuron=sigma_delta"]),
    ("integer_spiking, by layers", ["conversion.neuron=integer_spiking", "conversion.phase=complete"]),
]
COLUMNS = [0, 1, 2, 4, 8]  # largest jitter, ticks


def report(program, folder, settings):
    settings = ["evaluation.perplexity.0.max_segments=2", "simulation.schedule=timed", "simulation.ticks_per_step=4",
                *settings]
    arguments = [argument for setting in settings for argument in ("--set", setting)]
    run = subprocess.run([program, "run", ROOT / "experiments" / "quickstart.json", "--quiet", "--out", folder,
                          *arguments], check=True, capture_output=True, text=True)
    return json.loads(pathlib.Path(run.stdout.strip().splitlines()[-1]).read_text())


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "release" / "snnsim"
    print("PPL SNN / QANN (share of neuron totals that differ)".ljust(28) + "by jitter in ticks")
    print("".ljust(28) + "".join(f"{column:>26}" for column in COLUMNS))
    with tempfile.TemporaryDirectory() as folder:
        for name, settings in ROWS:
            cells = []
            for jitter in COLUMNS:
                result = report(program, folder, [*settings, f"simulation.jitter={jitter}", *sys.argv[2:]])
                equality, score = result["equality"], result["perplexity"][0]
                share = equality["neurons_different"] / equality["neurons_checked"]
                cells.append(f"{score['snn']:.3f} / {score['qann']:.3f} ({100 * share:.1f} %)")
            print(name.ljust(28) + "".join(f"{cell:>26}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
