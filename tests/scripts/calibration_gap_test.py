#!/usr/bin/env python3
"""Runs calibration_gap.py on a sweep whose runs have known numbers. `calibration_gap_test.py SOURCE_DIR`; exits 0 when
every check holds."""
import json
import pathlib
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(sys.argv[1])


def report(snn, unevenness, steps, blocks):
    return {"perplexity": [{"qann": 10.0, "snn": snn, "tokens": 100}],
            "populations": [{"errors": {"unevenness": unevenness}}, {"errors": {"unevenness": 3 * unevenness}}],
            "operations": {"synaptic_operations": 2e8}, "network": {"spikes_per_neuron_per_token": 1.5},
            "timing": {"ticks_to_horizon": steps, "calibration_s": 8.0}, "energy": [{"snn_pj": 7e8}],
            "calibration": {"blocks": [{"tokens": 508}] * blocks} if blocks else None}


def write_sweep(folder):
    points = []
    for seed, worse in ((1, 0), (2, 4)):
        for method, phase, values in (("none", 0, (20 + worse, 0.01, 4, 0)), ("theta_v0", 0, (12, 0.004, 4, 2)),
                                      ("theta_v0", 1, (10 - worse, 0.001, 9, 2))):
            run = f"demo-{seed}{method}{phase}"
            (folder / run).mkdir()
            (folder / run / "report.json").write_text(json.dumps(report(*values)))
            points.append({"run": run, "values": {"seed": seed, "conversion.timesteps": 4, "conversion.phase": phase,
                                                  "quantization.activation_bits": 6, "calibration.method": method}})
    points.append({"run": "demo-unfinished", "values": {"seed": 3, "calibration.method": "none"}})
    sweep = folder / "demo-sweep-0"
    sweep.mkdir()
    (sweep / "sweep.json").write_text(json.dumps({"points": points}))
    return sweep


def printed(*arguments):
    return subprocess.run([sys.executable, SOURCE / "scripts" / "calibration_gap.py", *arguments], text=True,
                          capture_output=True)


def cells(line):
    return [cell.strip() for cell in line.split("  ") if cell.strip()]


def main():
    with tempfile.TemporaryDirectory() as name:
        sweep = write_sweep(pathlib.Path(name))
        lines = printed(sweep).stdout.splitlines()
        assert len(lines) == 4, lines
        assert cells(lines[1]) == ["6", "4", "converted", "2", "22.000 [20.000, 24.000]", "120.0 [100.0, 140.0]",
                                   "0 [0, 0]", "2.000", "0 [0, 0]", "2.00", "1.50", "4", "7.0", "-", "-"], lines[1]
        # Of a gap of 10 it leaves 2, and of one of 14.
        assert cells(lines[2])[2:9] == ["theta_v0", "2", "12.000 [12.000, 12.000]", "20.0 [20.0, 20.0]",
                                        "83 [80, 86]", "0.800", "60 [60, 60]"], lines[2]
        assert cells(lines[2])[-2:] == ["4.0", "508"], lines[2]
        assert cells(lines[3])[2] == "phase 1, theta_v0", lines[3]
        assert cells(lines[3])[6] == "114 [100, 129]", lines[3]
        only = printed(sweep, "seed=2", "conversion.phase=0").stdout.splitlines()
        assert len(only) == 3 and cells(only[1])[4] == "24.000", only
        missing = printed(sweep, "seed=9")
        assert missing.returncode != 0 and "run the sweep first" in missing.stderr
        assert printed().returncode != 0
        other = pathlib.Path(name) / "demo-1none0" / "report.json"
        inputs = {"model.checkpoint": {"xxh3": "another"}}
        other.write_text(json.dumps(json.loads(other.read_text()) | {"provenance": {"inputs": inputs}}))
        mixed = printed(sweep)
        assert mixed.returncode != 0 and "different models" in mixed.stderr
    print("calibration_gap.py: all checks hold")


if __name__ == "__main__":
    main()
