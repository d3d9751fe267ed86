#!/usr/bin/env python3
"""Writes corpus/<target>/seed_*: small valid inputs from which fuzzing starts. Regressions beside them are kept by hand."""
import json
import pathlib
import struct

CORPUS = pathlib.Path(__file__).parent / "corpus"
SOURCE = CORPUS.parents[2]


def write(target, name, content):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"seed_{name}").write_bytes(content if isinstance(content, bytes) else content.encode())


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def safetensors(header, data):
    text = compact(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def tensor(dtype, shape, begin, end):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def checkpoints():
    write("safetensors", "three_types", safetensors(
        {"__metadata__": {"format": "pt"}, "a": tensor("F32", [2, 3], 0, 24), "b": tensor("F16", [4], 24, 32),
         "c": tensor("BF16", [1, 2, 1], 32, 36)}, bytes(range(36))))
    write("safetensors", "scalar_and_empty", safetensors(
        {"scalar": tensor("F32", [], 0, 4), "empty": tensor("F16", [0, 7], 4, 4)}, bytes(4)))
    config = {"model_type": "llama", "hidden_size": 8, "intermediate_size": 12, "num_hidden_layers": 2,
              "num_attention_heads": 2, "vocab_size": 16, "max_position_embeddings": 32}
    write("huggingface_config", "least", compact(config))
    write("huggingface_config", "all", compact(config | {
        "num_key_value_heads": 1, "head_dim": 6, "rms_norm_eps": 1e-5, "tie_word_embeddings": True,
        "rope_parameters": {"rope_type": "default", "rope_theta": 5e5}, "hidden_act": "silu", "mlp_bias": False,
        "attention_bias": False, "rope_scaling": None}))
    write("huggingface_config", "bundled", (SOURCE / "bundled/stories3m/config.json").read_bytes())
    write("shard_index", "two_shards", compact(
        {"metadata": {"total_size": 36},
         "weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}))


def gguf_text(value):
    return struct.pack("<Q", len(value.encode())) + value.encode()


def gguf(metadata, tensors):
    """metadata: key -> (type, packed bytes); tensors: name -> (shape with the fastest first, type, bytes)."""
    head, data = b"", b""
    for key, (kind, value) in metadata.items():
        head += gguf_text(key) + struct.pack("<I", kind) + value
    for name, (shape, kind, content) in tensors.items():
        head += gguf_text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, len(data))
        data += content + bytes(-len(content) % 32)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata)) + head
    return head + bytes(-len(head) % 32) + data


def ggufs():
    values = {"u8": (0, b"\1"), "i8": (1, b"\xff"), "u16": (2, bytes(2)), "i16": (3, bytes(2)), "u32": (4, bytes(4)),
              "i32": (5, bytes(4)), "f32": (6, struct.pack("<f", 1.5)), "bool": (7, b"\1"), "text": (8, gguf_text("é")),
              "texts": (9, struct.pack("<IQ", 8, 2) + gguf_text("a") + gguf_text("")),
              "nested": (9, struct.pack("<IQIQ", 9, 1, 5, 2) + bytes(8)), "u64": (10, bytes(8)), "i64": (11, bytes(8)),
              "f64": (12, bytes(8))}
    write("gguf", "values", gguf(values, {}))
    blocks = {"F32": (0, 1, 4), "F16": (1, 1, 2), "Q4_0": (2, 32, 18), "Q4_1": (3, 32, 20), "Q5_0": (6, 32, 22),
              "Q5_1": (7, 32, 24), "Q8_0": (8, 32, 34), "Q2_K": (10, 256, 84), "Q3_K": (11, 256, 110),
              "Q4_K": (12, 256, 144), "Q5_K": (13, 256, 176), "Q6_K": (14, 256, 210), "IQ2_XXS": (16, 256, 66),
              "IQ4_NL": (20, 32, 18), "BF16": (30, 1, 2)}
    write("gguf", "types", gguf({}, {name: ([values, 2], kind, bytes(range(size)) * 2)
                                     for name, (kind, values, size) in blocks.items()}))
    for architecture in ("llama", "qwen2"):
        write("gguf", architecture, small_model_gguf(architecture))


def small_model_gguf(architecture):
    hidden, middle, heads, vocabulary = 4, 6, 2, 3
    counts = {"embedding_length": hidden, "feed_forward_length": middle, "block_count": 1, "context_length": 8,
              "attention.head_count": heads, "attention.head_count_kv": 1}
    metadata = {"general.architecture": (8, gguf_text(architecture)),
                "tokenizer.ggml.tokens": (9, struct.pack("<IQ", 8, vocabulary) + gguf_text("a") * vocabulary)}
    metadata |= {f"{architecture}.{key}": (4, struct.pack("<I", value)) for key, value in counts.items()}
    metadata[f"{architecture}.attention.layer_norm_rms_epsilon"] = (6, struct.pack("<f", 1e-5))
    kv = hidden // heads
    shapes = {"token_embd.weight": [hidden, vocabulary], "output_norm.weight": [hidden], "rope_freqs.weight": [1]}
    block = {"attn_norm.weight": [hidden], "attn_q.weight": [hidden, hidden], "attn_k.weight": [hidden, kv],
             "attn_v.weight": [hidden, kv], "attn_output.weight": [hidden, hidden], "ffn_norm.weight": [hidden],
             "ffn_gate.weight": [hidden, middle], "ffn_up.weight": [hidden, middle],
             "ffn_down.weight": [middle, hidden]}
    if architecture == "qwen2":
        block |= {"attn_q.bias": [hidden], "attn_k.bias": [kv], "attn_v.bias": [kv]}
    shapes |= {f"blk.0.{name}": shape for name, shape in block.items()}
    count = {name: shape[0] * (shape[1] if len(shape) > 1 else 1) for name, shape in shapes.items()}
    return gguf(metadata, {name: (shape, 0, struct.pack(f"<{count[name]}f", *[0.5] * count[name]))
                           for name, shape in shapes.items()})


def llama2c():
    dim, hidden, blocks, heads, kv_heads, vocabulary, context = 4, 6, 2, 2, 1, 3, 5
    kv = dim * kv_heads // heads
    block = 2 * dim + dim * dim * 2 + 2 * dim * kv + 3 * dim * hidden
    floats = vocabulary * dim + blocks * block + dim + context * dim // heads
    for name, sign, count in (("tied", 1, floats), ("untied", -1, floats + vocabulary * dim)):
        header = struct.pack("<7i", dim, hidden, blocks, heads, kv_heads, sign * vocabulary, context)
        write("llama2c", name, header + struct.pack(f"<{count}f", *(i / count for i in range(count))))


def tokenizers():
    words = ["t", "h", "e", "a", "th", "the"]
    pieces = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    written = pieces + ["▁"] + words + ["▁the", "é"]
    whole = {"added_tokens": [{"id": id, "content": piece} for id, piece in enumerate(pieces[:3])],
             "normalizer": {"type": "Sequence", "normalizers": [
                 {"type": "Prepend", "prepend": "▁"},
                 {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]},
             "model": {"type": "BPE", "byte_fallback": True, "vocab": {piece: id for id, piece in enumerate(written)},
                       "merges": ["t h", "th e", "▁ the"]}}
    write("tokenizer_json", "small", compact(whole))
    whole["normalizer"] = whole["normalizer"]["normalizers"][1]
    whole["model"]["merges"] = [["t", "h"], ["th", "e"]]
    whole["added_tokens"].append({"id": len(written), "content": "they", "normalized": True})
    write("tokenizer_json", "no_prepend", compact(whole))
    plain = pieces + [" "] + words + [" the", "é"]
    binary = b"".join(struct.pack("<fi", -id, len(piece.encode())) + piece.encode() for id, piece in enumerate(plain))
    write("llama2c_tokenizer", "small", struct.pack("<H", len(plain)) + struct.pack("<i", 6) + binary)


def texts():
    write("encode_text", "words", "Once upon a time, there was a little fox.\n")
    write("encode_text", "unicode", "  naïve café ☕ 你好 \U0001F600 ▁ \t\0 <0x41>")
    write("encode_text", "control", "one</s><s>two")
    write("encode_text", "invalid", b"cut \xE4\xBD")


def experiments():
    write("experiment_json", "empty", "{}")
    write("experiment_json", "quickstart", (SOURCE / "experiments/quickstart.json").read_bytes())
    write("experiment_json", "sections", compact({
        "$schema": "x", "name": "a.b-c", "seed": 7, "model": {"checkpoint": "m", "tokenizer": "../t"},
        "quantization": {"weight_bits": 4, "prefix_tokens": 3, "calibration": {"text": "/t.txt", "segments": 2}},
        "conversion": {"neuron": "st_bif", "timesteps": 8, "levels": "bits",
                       "overrides": [{"match": "blocks.*.q", "neuron": "sigma_delta"}]},
        "evaluation": {"perplexity": [{"text": "../x", "protocol": "gptq"}]},
        "energy": {"tables": ["horowitz_45nm", "my/table.json"]}}))
    for file in sorted((SOURCE / "configs/energy").glob("*.json")):
        write("energy_table", file.stem, file.read_bytes())


if __name__ == "__main__":
    for part in (checkpoints, ggufs, llama2c, tokenizers, texts, experiments):
        part()
