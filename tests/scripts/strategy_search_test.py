#!/usr/bin/env python3
"""Runs strategy_search.py on a stand-in for snnsim, whose networks have known costs and perplexities.
`strategy_search_test.py SOURCE_DIR`; exits 0 when every check holds."""
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(sys.argv[1])
# Waiting takes 0.3 off the perplexity where mlp_in does it and 0.01 elsewhere, and costs a tenth.
STAND_IN = """#!/usr/bin/env python3
import json, pathlib, sys
settings = dict(a.split("=", 1) for a in sys.argv if "=" in a)
steps, overrides = int(settings["conversion.timesteps"]), json.loads(settings["conversion.overrides"])
folder = pathlib.Path(sys.argv[sys.argv.index("--out") + 1])
folder.mkdir(parents=True, exist_ok=True)
waiting = [o["match"] for o in overrides if o.get("phase") == 1]
ppl = 10 + 0.1 * steps - sum(0.3 if w.endswith("mlp_in") else 0.01 for w in waiting)
cost = steps * (10 + len(waiting))
file = folder / "report.json"
file.write_text(json.dumps({
    "perplexity": [{"snn": ppl, "qann": 10.0}], "energy": [{"snn_pj": cost}],
    "operations": {"synaptic_operations": cost, "synaptic_magnitude": cost}, "timing": {"ticks_to_quiescence": steps}}))
print(file)
"""


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        program = folder / "snnsim"
        program.write_text(STAND_IN)
        os.chmod(program, 0o755)
        experiment = folder / "search.json"
        experiment.write_text(json.dumps({
            "model": {"checkpoint": "model"}, "conversion": {"timesteps": 9},
            "sweep": {"grid": {"conversion.timesteps": [2, 4],
                               "conversion.overrides": [[], [{"match": "*", "phase": 1}]]}}}))
        command = [sys.executable, SOURCE / "scripts/strategy_search.py", experiment, "--snnsim", program, "--out"]
        run = subprocess.run([*command, folder / "out", "--bound", "1.0"], capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        strategy = json.loads((folder / "out/strategy.json").read_text())
        assert strategy["conversion"]["timesteps"] == 2, strategy
        assert strategy["conversion"]["overrides"] == [{"match": "*.mlp_in", "phase": 1}], strategy
        assert strategy["model"]["checkpoint"] == str(folder.resolve() / "model"), strategy
        assert "sweep" not in strategy
        points = list(csv.DictReader((folder / "out/points.csv").open()))
        front = [point for point in points if point["pareto"] == "1"]
        assert (float(front[0]["ppl"]), float(front[0]["sops"])) == (10.2, 20), front[0]
        assert min(float(point["ppl"]) for point in points) == float(front[-1]["ppl"])
        for a, b in zip(front, front[1:]):
            assert float(a["sops"]) < float(b["sops"]) and float(a["ppl"]) > float(b["ppl"])
        run = subprocess.run([*command, folder / "none", "--bound", "0.5"], capture_output=True, text=True)
        assert run.returncode != 0 and "no network meets the bound" in run.stderr, run.stderr


if __name__ == "__main__":
    main()
