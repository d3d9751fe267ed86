#!/usr/bin/env python3
"""Runs to_tensorboard.py on a run and reads its file by the rules of the format; runs to_parquet.py on tables of that run,
with pyarrow if it is there, else looks at what it says. `convert_test.py SNNSIM SOURCE_DIR`; exits 0 when every check holds."""
import json
import math
import pathlib
import struct
import subprocess
import sys
import tempfile

PROGRAM, SOURCE = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()


def crc32c(data):
    """Bit by bit: the remainder that the polynomial 0x1EDC6F41 leaves."""
    crc = 0xFFFFFFFF
    for byte in data:
        for bit in range(8):
            low = crc & 1 ^ byte >> bit & 1
            crc = crc >> 1 ^ (0x82F63B78 if low else 0)
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) % 2**32


def records(data):
    while data:
        length, = struct.unpack("<Q", data[:8])
        assert struct.unpack("<I", data[8:12])[0] == masked(data[:8])
        body = data[12:12 + length]
        assert len(body) == length and struct.unpack("<I", data[12 + length:16 + length])[0] == masked(body)
        yield body
        data = data[16 + length:]


def fields(data):
    """(number, value) of a protocol buffer: an integer, or bytes."""
    def varint():
        nonlocal data
        value = shift = 0
        while True:
            byte, data = data[0], data[1:]
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value
    while data:
        key = varint()
        kind = key & 7
        if kind == 0:
            yield key >> 3, varint()
            continue
        size = {1: 8, 5: 4}[kind] if kind != 2 else varint()
        assert size <= len(data)
        yield key >> 3, data[:size]
        data = data[size:]


def scalars(file):
    """{tag: {step: value}}"""
    first, *events = [dict(fields(body)) for body in records(file.read_bytes())]
    assert first[3] == b"brain.Event:2", first
    out = {}
    for event in events:
        value = dict(fields(dict(fields(event[5]))[1]))
        out.setdefault(value[1].decode(), {})[event[2]] = struct.unpack("<f", value[2])[0]
    return out


def run(*words, code=0):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    assert done.returncode == code, (words, done.returncode, done.stderr)
    return done.stderr if code else done.stdout


def near(a, b):
    return math.isclose(a, b, rel_tol=1e-6)


def check_tensorboard(folder, directory):
    report = json.loads((directory / "report.json").read_text())
    file = pathlib.Path(run(SOURCE / "scripts/to_tensorboard.py", directory, "--to", folder / "logs").strip())
    assert file.parent == folder / "logs" / directory.name and "tfevents" in file.name, file
    assert file.read_bytes().startswith(b"\x18" + bytes(7) + b"\xa3\x7fK\"\t")  # as every such file begins
    found = scalars(file)
    text = report["perplexity"][0]
    for network in ("dense", "qann", "snn"):
        curve = found[f"1 heldout.txt/nats per prediction/{network}"]
        assert sorted(curve) == [0, 1], curve
        assert near(math.exp(curve[1]), text[network]), (curve, text[network])  # protocol documents
        assert near(found[f"report/perplexity/1/{network}"][0], text[network])
    assert near(found["report/energy/horowitz_45nm/snn_pj"][0], report["energy"][0]["snn_pj"])
    block = report["calibration"]["blocks"][5]
    assert near(found["calibration/blocks.5"][0], block["loss_before"])
    assert len(found["calibration/blocks.5"]) == 1 + len(block["curve"])
    again = run(SOURCE / "scripts/to_tensorboard.py", directory, "--to", folder / "logs").strip()
    assert [path.name for path in pathlib.Path(again).parent.iterdir()] == [file.name]
    assert "not a run directory" in run(SOURCE / "scripts/to_tensorboard.py", folder, "--to", folder / "logs", code=3)
    (directory / "report.json").write_text("{")
    assert "damaged" in run(SOURCE / "scripts/to_tensorboard.py", directory, "--to", folder / "logs", code=3)


def check_parquet(folder, directory):
    convert = SOURCE / "scripts/to_parquet.py"
    assert "Usage" in run(convert, folder / "table.txt", code=2)
    tables = [folder / "segments.jsonl", folder / "projections.csv"]
    for table in tables:
        run(PROGRAM, "export", directory, "--table", table.stem, "--to", table)
    try:
        import pyarrow.parquet
    except ImportError:
        told = run(sys.executable, convert, *tables, code=2)
        assert "pyarrow is not there" in told and len(told.splitlines()) == 2, told
        return "no pyarrow: only its message"
    run(sys.executable, convert, *tables)
    segments, projections = (pyarrow.parquet.read_table(table.with_suffix(".parquet")) for table in tables)
    lines = [json.loads(line) for line in tables[0].read_text().splitlines()]
    assert segments.column("tokens").to_pylist() == [line["tokens"] for line in lines]
    assert segments.column("snn.nll").to_pylist() == [line["snn.nll"] for line in lines]
    assert projections.num_rows == 2 * 42 and projections.column("name")[0].as_py() == "blocks.0.query"
    (folder / "broken.jsonl").write_text("{")
    run(sys.executable, convert, folder / "broken.jsonl", code=3)
    return "Parquet read back"


def main():
    assert crc32c(b"123456789") == 0xE3069283  # the check value of CRC-32C
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        run(PROGRAM, "run", SOURCE / "experiments/quickstart.json", "--quiet", "--out", folder / "runs", "--set",
            "evaluation.perplexity.0.segment=24", "--set", "evaluation.perplexity.0.max_segments=2", "--set",
            "calibration.method=potential", "--set", "calibration.segments=1", "--set", "calibration.length=12")
        directory = next((folder / "runs").glob("quickstart-*"))
        parquet = check_parquet(folder, directory)
        check_tensorboard(folder, directory)
    print(f"conversion scripts: all checks hold ({parquet})")


if __name__ == "__main__":
    main()
