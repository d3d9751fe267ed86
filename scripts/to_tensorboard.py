#!/usr/bin/env python3
"""Writes run directories as TensorBoard event files, a folder for each run: `tensorboard --logdir FOLDER` shows them.

Usage: scripts/to_tensorboard.py RUN_DIR... --to FOLDER

  <text>/nats per prediction/<network>   over all segments of that text so far, by segment
  <text>/SOPs per prediction             of each segment
  <text>/wall_s                          of each segment
  calibration/<block>                    loss before calibration (step 0) and after each round
  report/<section>/...                   numbers of report.json: perplexity, zero_shot, network, energy

Needs no library; a file that is there already is replaced. Exit codes: 0, 2 usage, 3 no run directory, or a damaged one.
"""
import argparse
import json
import math
import pathlib
import struct
import sys

FILE = "events.out.tfevents.0.snnsim"
NETWORKS = ("dense", "qann", "snn")
SECTIONS = ("perplexity", "zero_shot", "network", "energy")


class NoRun(Exception):
    pass


def crc32c_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


TABLE = crc32c_table()


def masked_crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ TABLE[(crc ^ byte) & 0xFF]
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def record(data):
    """A TFRecord."""
    length = struct.pack("<Q", len(data))
    return length + struct.pack("<I", masked_crc32c(length)) + data + struct.pack("<I", masked_crc32c(data))


def varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def field(number, data):
    """A length-delimited field of a protocol buffer."""
    return varint(number << 3 | 2) + varint(len(data)) + data


def first_event(time):
    return record(struct.pack("<Bd", 1 << 3 | 1, time) + field(3, b"brain.Event:2"))


def scalar_event(time, tag, step, value):
    """tensorflow.Event: wall_time 1, step 2, summary 5; its value 1 has tag 1 and simple_value 2."""
    summary = field(1, field(1, tag.encode()) + struct.pack("<Bf", 2 << 3 | 5, value))
    return record(struct.pack("<Bd", 1 << 3 | 1, time) + bytes([2 << 3]) + varint(step) + field(5, summary))


def segments(run):
    """(tag, step, value) of the log of finished segments."""
    experiment = json.loads((run / "experiment.json").read_text())
    names = [f"{k + 1} {pathlib.Path(t['text']).name}" for k, t in enumerate(experiment["evaluation"]["perplexity"])]
    whole = (run / "results.jsonl").read_text().rpartition("\n")[0]  # a line that is being written is left out
    lines = [json.loads(line) for line in whole.splitlines()]
    lines = sorted((line for line in lines if "segment" in line), key=lambda line: (line["text"], line["segment"]))
    evaluated = experiment["evaluation"]["networks"]
    sums = {}
    for line in lines:
        name, step = names[line["text"]], line["segment"]
        for network in NETWORKS:
            if network not in evaluated:
                continue
            nll, tokens = sums.get((name, network), (0.0, 0))
            nll, tokens = nll + float(line[network]["nll"]), tokens + line["tokens"]
            sums[name, network] = nll, tokens
            yield f"{name}/nats per prediction/{network}", step, nll / tokens
        if "snn" in evaluated:
            yield f"{name}/SOPs per prediction", step, line["operations"]["synaptic_operations"] / line["tokens"]
        yield f"{name}/wall_s", step, line["wall_s"]


def calibration(run):
    if not (run / "calibration.json").exists():
        return
    for k, block in enumerate(json.loads((run / "calibration.json").read_text())["blocks"]):
        for step, loss in enumerate([block["loss_before"], *block["curve"]]):
            yield f"calibration/blocks.{k}", step, loss


def numbers(path, value):
    """The numbers in an object, but for lists in it."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from numbers(f"{path}/{key}", member)
    elif isinstance(value, (int, float)):
        yield path, 0, value


def report(run):
    if not (run / "report.json").exists():
        return
    whole = json.loads((run / "report.json").read_text())
    for section in SECTIONS:
        members = whole[section] if isinstance(whole[section], list) else [whole[section]]
        for k, member in enumerate(members):
            place = f"/{member.get('table', k + 1)}" if isinstance(whole[section], list) else ""
            yield from numbers(f"report/{section}{place}", member)


def events(run):
    if not (run / "results.jsonl").exists() or not (run / "experiment.json").exists():
        raise NoRun(f"{run}: not a run directory with finished segments\n"
                    "  give a folder that snnsim run made, as in runs/name-0123abcd")
    time = (run / "results.jsonl").stat().st_mtime
    out = first_event(time)
    try:
        for source in (segments, calibration, report):
            for tag, step, value in source(run):
                if math.isfinite(value):
                    out += scalar_event(time, tag, step, value)
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise NoRun(f"{run}: damaged ({error})\n  run the experiment again with --fresh") from error
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="+", type=pathlib.Path, metavar="RUN_DIR")
    parser.add_argument("--to", required=True, type=pathlib.Path, metavar="FOLDER")
    arguments = parser.parse_args()
    for run in arguments.runs:
        try:
            data = events(run)
        except NoRun as error:
            print(f"to_tensorboard.py: {error}", file=sys.stderr)
            return 3
        file = arguments.to / run.resolve().name / FILE
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.parent / "partial"
        partial.write_bytes(data)
        partial.rename(file)
        print(file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
