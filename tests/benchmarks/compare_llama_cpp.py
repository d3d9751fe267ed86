#!/usr/bin/env python3
"""Prompt processing of the QANN (bench_qann, W8A8) beside llama.cpp (Q8_0), both of TinyLlama's shape, on this machine.

    tests/benchmarks/compare_llama_cpp.py TINYLLAMA.gguf [--node-modules DIR] [--positions N] [--rounds N] [--threads N]

llama.cpp comes as the npm package node-llama-cpp (prebuilt for the processor), installed into downloads/llama_cpp when
no folder is given; node and npm are needed. The weights are random, for the time does not depend on them: TINYLLAMA.gguf
gives shapes and vocabulary, and Q8_0 takes 1.2 GB in a temporary folder. The two run in turn; both figures are
multiply-adds of the block's matrices over the whole time, attention not counted, by the clock and by processor time.
llama.cpp computes one row of the LM head besides, ours none. Its threads spin while they wait for each other, which a
machine with other work punishes: there, compare processor time with --threads 1.
"""
import argparse
import json
import os
import statistics
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "node-llama-cpp@3.22.1"
Q8_0, F32, ALIGNMENT = 8, 0, 32
SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}  # of GGUF's value types


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def number(self, form):
        (value,) = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize(form)
        return value

    def text(self):
        length = self.number("Q")
        self.at += length
        return self.data[self.at - length : self.at]

    def skip(self, kind):
        if kind == 8:
            self.text()
        elif kind == 9:
            element, count = self.number("I"), self.number("Q")
            for _ in range(count):
                self.skip(element)
        else:
            self.at += SIZES[kind]


def read_shapes(path):
    """The bytes of the metadata, how many keys they hold, and (name, dimensions) of every tensor."""
    reader = Reader(path.read_bytes())
    if reader.data[:4] != b"GGUF":
        sys.exit(f"{path}: no GGUF file")
    reader.at = 8
    tensors, keys = reader.number("Q"), reader.number("Q")
    first = reader.at
    for _ in range(keys):
        reader.text()
        reader.skip(reader.number("I"))
    metadata = reader.data[first : reader.at]
    shapes = []
    for _ in range(tensors):
        name = reader.text()
        shapes.append((name, [reader.number("Q") for _ in range(reader.number("I"))]))
        reader.at += 12
    return metadata, keys, shapes


def random_q8_0(count):
    blocks = bytearray(os.urandom(34 * (count // 32)))
    blocks[0::34] = b"\x00" * (count // 32)
    blocks[1::34] = b"\x04" * (count // 32)  # a scale of 2^-14
    return blocks


def product(dimensions):
    result = 1
    for extent in dimensions:
        result *= extent
    return result


def write_q8_0(source, target):
    """Random Q8_0 weights of the source's shapes; norms are 1. Returns the multiply-adds of a position in its blocks."""
    metadata, keys, shapes = read_shapes(source)
    offset, work, heads = 0, 0, b""
    for name, dimensions in shapes:
        matrix = len(dimensions) > 1
        heads += struct.pack("<Q", len(name)) + name + struct.pack("<I", len(dimensions))
        heads += struct.pack(f"<{len(dimensions)}QIQ", *dimensions, Q8_0 if matrix else F32, offset)
        size = product(dimensions) // 32 * 34 if matrix else 4 * product(dimensions)
        offset += (size + ALIGNMENT - 1) // ALIGNMENT * ALIGNMENT
        work += product(dimensions) if matrix and name.startswith(b"blk.") else 0
    with open(target, "wb") as out:
        out.write(b"GGUF" + struct.pack("<IQQ", 3, len(shapes), keys) + metadata + heads)
        for _, dimensions in shapes:
            out.write(b"\0" * (-out.tell() % ALIGNMENT))
            count = product(dimensions)
            out.write(random_q8_0(count) if len(dimensions) > 1 else struct.pack("<f", 1.0) * count)
    return work


def node_modules(given):
    if given:
        return given
    folder = ROOT / "downloads" / "llama_cpp"
    if not (folder / "node_modules" / "node-llama-cpp").exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--prefix", folder, "--ignore-scripts", PACKAGE], check=True, stdout=sys.stderr)
    return folder / "node_modules"


def llama_cpp(prefix, modules, model, positions, threads):
    """The least seconds of three, by the clock and of all processors."""
    command = [*prefix, "node", ROOT / "tests/benchmarks/llama_cpp_prompt.mjs", modules, model, positions, threads, 3]
    output = subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout
    times = [[float(word) for word in line.split()] for line in output.splitlines()]
    return [min(column) for column in zip(*times)]


def qann(prefix, bench, positions):
    """GMAC/s by the clock and by processor time, and the share of the int8 peak."""
    command = [*prefix, bench, f"--benchmark_filter=prompt/{positions}/", "--benchmark_format=json", "--benchmark_min_time=2"]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    figures = json.loads(output)["benchmarks"][0]
    return figures["GMAC/s"], figures["of_peak"] * figures["core_peak"], figures["of_peak"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--node-modules", type=Path)
    parser.add_argument("--bench", type=Path, default=ROOT / "build/release/bench_qann")
    parser.add_argument("--positions", type=int, default=512, choices=(128, 512, 2048))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int)
    options = parser.parse_args()
    processors = sorted(os.sched_getaffinity(0))[: options.threads]
    prefix = ["taskset", "-c", ",".join(map(str, processors))]
    modules = node_modules(options.node_modules)
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "q8_0.gguf"
        work = write_q8_0(options.model, model)
        for _ in range(options.rounds):
            times = llama_cpp(prefix, modules, model, options.positions, len(processors))
            theirs = [work * options.positions / seconds / 1e9 for seconds in times]
            *ours, of_peak = qann(prefix, options.bench, options.positions)
            ratios.append([a / b for a, b in zip(ours, theirs)])
            print(f"llama.cpp Q8_0 {theirs[0]:.1f} GMAC/s ({theirs[1]:.1f} per processor second), "
                  f"QANN {ours[0]:.1f} ({ours[1]:.1f}; {of_peak:.2f} of the int8 peak), "
                  f"ratio {ratios[-1][0]:.2f} ({ratios[-1][1]:.2f})", flush=True)
    clock, processor = (statistics.median(column) for column in zip(*ratios))
    print(f"median ratio {clock:.2f} by the clock, {processor:.2f} by processor time, "
          f"at {options.positions} positions on {len(processors)} processors")


if __name__ == "__main__":
    main()
