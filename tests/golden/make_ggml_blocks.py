#!/usr/bin/env python3
"""Writes ggml_blocks.tsv: blocks of every quantized type and what ggml itself makes of them.

    tests/golden/make_ggml_blocks.py LIBGGML_BASE.so > tests/golden/ggml_blocks.tsv

Blocks are random bytes, so every bit of the layout counts; only the F16 scales are kept to ordinary numbers.
Columns: type, bytes of the blocks, dequantized fp32 values as little-endian bytes; both in hexadecimal.
"""
import ctypes
import random
import struct
import sys

# type: (numbers and bytes of a block, offsets of its F16 numbers)
TYPES = {
    "Q8_0": (32, 34, [0]), "Q4_0": (32, 18, [0]), "Q4_1": (32, 20, [0, 2]), "Q5_0": (32, 22, [0]),
    "Q5_1": (32, 24, [0, 2]), "Q2_K": (256, 84, [80, 82]), "Q3_K": (256, 110, [108]), "Q4_K": (256, 144, [0, 2]),
    "Q5_K": (256, 176, [0, 2]), "Q6_K": (256, 210, [208]), "IQ2_XXS": (256, 66, [0]),
}


def main():
    ggml = ctypes.CDLL(sys.argv[1])
    generator = random.Random(1)
    print("# made by make_ggml_blocks.py with ggml (MIT licence)")
    for name, (values, size, halves) in TYPES.items():
        blocks = bytearray()
        count = 64 // values + 1
        for _ in range(count):
            block = bytearray(generator.randbytes(size))
            for at in halves:
                block[at : at + 2] = struct.pack("<e", generator.uniform(-0.1, 0.1))
            blocks += block
        out = (ctypes.c_float * (count * values))()
        symbol = name.lower().replace("_k", "_K")
        getattr(ggml, "dequantize_row_" + symbol)(bytes(blocks), out, ctypes.c_int64(count * values))
        print(name, blocks.hex(), bytes(out).hex(), sep="\t")


main()
