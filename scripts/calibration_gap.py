#!/usr/bin/env python3
"""What calibration recovers: a table over the seeds of a sweep, from the reports of its finished runs.

Usage: scripts/calibration_gap.py SWEEP_DIR... [--plot FILE] [KEY=VALUE]...

SWEEP_DIR is a folder that `snnsim sweep` made, of experiments/calibration_gap.json or any sweep with several values
of `seed`; KEY=VALUE takes only the runs with this value. A row is a mean over seeds, with the least and largest where
it matters. The gap is that between the perplexity of the QANN and of the network that is converted only:
integer_spiking without phases and calibration, of the same bits, steps and seed. --plot draws the trade-off: perplexity
over that of the QANN against synaptic operations, latency in steps and energy, a line over T for every network (wants
python3-matplotlib; FILE ends in .png, .svg or .pdf).
"""
import json
import pathlib
import statistics
import sys

SEED, STEPS, BITS = "seed", "conversion.timesteps", "quantization.activation_bits"
KEYS = ["conversion.neuron", "conversion.phase", "conversion.levels", "conversion.headroom", "calibration.method",
        "calibration.phases"]
DEFAULTS = {"conversion.neuron": "integer_spiking", "conversion.phase": 0, "conversion.levels": "bits",
            "conversion.headroom": 1, "calibration.method": "none", "calibration.phases": "given"}
LEAST_GAP = 0.005  # of the QANN's perplexity: what a smaller gap is recovered by says nothing
HEADER = ["bits", "T", "network", "seeds", "PPL", "over QANN %", "gap recovered %", "uneven %", "less %", "SOPs M",
          "spikes", "steps", "uJ", "s/block", "tokens"]


def read_points(folder):
    """The runs of a sweep that have a report: (values of the keys, report)."""
    points = []
    for point in json.loads((folder / "sweep.json").read_text())["points"]:
        report = folder.parent / point["run"] / "report.json"
        if report.exists():
            points.append((point["values"], json.loads(report.read_text())))
    return points


def model_of(report):
    return report.get("provenance", {}).get("inputs", {}).get("model.checkpoint", {}).get("xxh3")


def kind(values):
    return tuple(values.get(key, DEFAULTS[key]) for key in KEYS)


def label(kind_of_run):
    """What differs from the network that is converted only."""
    parts = [str(value) if key in ("conversion.neuron", "conversion.levels", "calibration.method")
             else f"{key.split('.')[1]} {value}"
             for key, value in zip(KEYS, kind_of_run) if value != DEFAULTS[key]]
    return ", ".join(parts) or "converted"


def measures(report):
    text = report["perplexity"][0]
    populations = [population["errors"]["unevenness"] for population in report["populations"]]
    blocks = (report["calibration"] or {}).get("blocks", [])
    return {"qann": text["qann"], "snn": text["snn"], "unevenness": statistics.fmean(populations),
            "sops": report["operations"]["synaptic_operations"] / text["tokens"],
            "spikes": report["network"]["spikes_per_neuron_per_token"], "steps": report["timing"]["ticks_to_horizon"],
            "energy": report["energy"][0]["snn_pj"] / text["tokens"],
            "seconds": report["timing"]["calibration_s"] / len(blocks) if blocks else None,
            "tokens": blocks[0].get("tokens") if blocks else None}


def spread(values, digits, scale=1):
    """The mean, and in brackets the least and the largest."""
    if not values:
        return "-"
    mean = f"{scale * statistics.fmean(values):.{digits}f}"
    if len(values) == 1:
        return mean
    return f"{mean} [{scale * min(values):.{digits}f}, {scale * max(values):.{digits}f}]"


def mean(values, digits, scale=1):
    present = [value for value in values if value is not None]
    return f"{scale * statistics.fmean(present):.{digits}f}" if present else "-"


def row(runs, converted):
    """runs: seed -> measures; converted: the same of the network that is converted only, where it has run."""
    pairs = [(run, converted[seed]) for seed, run in runs.items() if seed in converted]
    recovered = [(base["snn"] - run["snn"]) / (base["snn"] - base["qann"]) for run, base in pairs
                 if base["snn"] - base["qann"] > LEAST_GAP * base["qann"]]
    less = [1 - run["unevenness"] / base["unevenness"] for run, base in pairs if base["unevenness"] > 0]
    all_runs = list(runs.values())
    of = lambda name: [run[name] for run in all_runs]
    return [str(len(runs)), spread(of("snn"), 3), spread([run["snn"] / run["qann"] - 1 for run in all_runs], 1, 100),
            spread(recovered, 0, 100), mean(of("unevenness"), 3, 100), spread(less, 0, 100), mean(of("sops"), 2, 1e-6),
            mean(of("spikes"), 2), mean(of("steps"), 0), mean(of("energy"), 1, 1e-6), mean(of("seconds"), 1),
            mean(of("tokens"), 0)]


def grouped(points):
    """(bits, T) -> kind -> seed -> measures"""
    groups = {}
    for values, report in points:
        place = groups.setdefault((values.get(BITS) or 0, values.get(STEPS) or 0), {})
        place.setdefault(kind(values), {})[values.get(SEED)] = measures(report)
    return dict(sorted(groups.items()))


def table(groups):
    rows = []
    for (bits, steps), kinds in groups.items():
        converted = kinds.get(tuple(DEFAULTS.values()), {})
        for kind_of_run, runs in kinds.items():
            rows.append([str(bits), str(steps), label(kind_of_run)] + row(runs, converted))
    return rows


AXES = [("sops", 1e-6, "synaptic operations per token, millions"), ("steps", 1, "latency, steps"),
        ("energy", 1e-6, "energy per token, µJ")]


def curves(groups, bits):
    """kind -> [(T, measures averaged over seeds)]"""
    lines = {}
    for (group_bits, steps), kinds in groups.items():
        if group_bits != bits:
            continue
        for kind_of_run, runs in kinds.items():
            average = {name: statistics.fmean([run[name] for run in runs.values()]) for name, _, _ in AXES}
            average["over"] = 100 * statistics.fmean([run["snn"] / run["qann"] - 1 for run in runs.values()])
            lines.setdefault(kind_of_run, []).append((steps, average))
    return lines


def plot(groups, file):
    try:
        import matplotlib
    except ImportError:
        sys.exit("--plot needs matplotlib, which this Python has not\n  apt-get install python3-matplotlib")
    matplotlib.use("Agg")
    from matplotlib import pyplot, ticker
    all_bits = sorted({bits for bits, _ in groups})
    figure, panels = pyplot.subplots(len(all_bits), len(AXES), figsize=(15, 4.6 * len(all_bits)), squeeze=False,
                                     constrained_layout=True)
    for bits, line_of_panels in zip(all_bits, panels):
        for kind_of_run, line in curves(groups, bits).items():
            for panel, (name, scale, title) in zip(line_of_panels, AXES):
                panel.plot([scale * average[name] for _, average in line], [average["over"] for _, average in line],
                           marker="o", markersize=4, label=label(kind_of_run))
                for steps, average in line:
                    panel.annotate(steps, (scale * average[name], average["over"]), fontsize=7,
                                   textcoords="offset points", xytext=(4, 3))
                panel.set(xlabel=title, ylabel="perplexity over the QANN's, %", xscale="log")
                panel.set_yscale("symlog", linthresh=10)
                for axis in (panel.xaxis, panel.yaxis):
                    axis.set_major_formatter(ticker.StrMethodFormatter("{x:g}"))
                    axis.set_minor_formatter(ticker.NullFormatter())
                panel.xaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
                panel.axhline(0, color="grey", linewidth=0.7)
                panel.set_title(f"{bits} bits" if bits else "")
    panels[0][0].legend(fontsize=8)
    figure.savefig(file, dpi=110)


def main():
    arguments = sys.argv[1:]
    file = None
    if "--plot" in arguments[:-1]:
        place = arguments.index("--plot")
        file = arguments[place + 1]
        del arguments[place:place + 2]
    if not arguments or any(argument.startswith("-") for argument in arguments):
        sys.exit(__doc__.strip())
    wanted = [argument.partition("=") for argument in arguments if "=" in argument]
    folders = [pathlib.Path(argument) for argument in arguments if "=" not in argument]
    points = [(values, report) for folder in folders for values, report in read_points(folder)
              if all(str(values.get(key)) == value for key, _, value in wanted)]
    if not points:
        sys.exit("no finished run has these values: run the sweep first")
    if len({model_of(report) for _, report in points}) > 1:
        sys.exit("these sweeps are of different models, whose means say nothing\n  name those of one model at a time")
    groups = grouped(points)
    rows = [HEADER] + table(groups)
    widths = [max(len(cells[column]) for cells in rows) for column in range(len(HEADER))]
    for cells in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(cells, widths)).rstrip())
    if file:
        plot(groups, file)


if __name__ == "__main__":
    main()
