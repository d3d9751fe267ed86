#!/usr/bin/env python3
"""Writes tables of `snnsim export` (*.jsonl, *.csv) as Parquet files of the same name beside them.

Usage: scripts/to_parquet.py TABLE...

Needs the Python library pyarrow. Exit codes: 0, 2 usage or no pyarrow, 3 a table that cannot be read.
"""
import pathlib
import sys


def read(pyarrow, table):
    if table.suffix == ".csv":
        return pyarrow.csv.read_csv(table)
    return pyarrow.json.read_json(table)


def main():
    tables = [pathlib.Path(word) for word in sys.argv[1:]]
    if not tables or any(table.suffix not in (".jsonl", ".csv") for table in tables):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    try:
        import pyarrow.csv
        import pyarrow.json
        import pyarrow.parquet
    except ImportError:
        print("to_parquet.py: the Python library pyarrow is not there; Debian 12 has no package of it\n"
              "  python3 -m venv venv && venv/bin/pip install pyarrow, then venv/bin/python3 scripts/to_parquet.py …",
              file=sys.stderr)
        return 2
    for table in tables:
        file = table.with_suffix(".parquet")
        partial = file.with_suffix(".partial")
        try:
            pyarrow.parquet.write_table(read(pyarrow, table), partial)
        except (OSError, pyarrow.ArrowException) as error:
            print(f"to_parquet.py: {table}: {error}\n  write it again with snnsim export", file=sys.stderr)
            return 3
        partial.rename(file)
        print(file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
