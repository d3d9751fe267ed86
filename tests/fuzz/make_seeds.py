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


def saved_block(bits, folded=(), packed=None, optional=False, dynamic=False):
    """A block of the model of corpus/llama2c/seed_tied as models/quantization/saved_blocks.hpp has it. Weights are packed in
    so many bits each, those of activations or else 8; optional sites too; steps by token."""
    sites = {"attn_in": 4, "q": 4, "k": 2, "v": 2, "attn_out": 4, "mlp_in": 4, "mlp_mid": 6}
    matrices = {"query": (4, "attn_in"), "key": (2, "attn_in"), "value": (2, "attn_in"), "output": (4, "attn_out"),
                "gate": (6, "mlp_in"), "up": (6, "mlp_in"), "down": (4, "mlp_mid")}
    ratio = {site: [2.0 ** (j % 3) if site in folded else 1.0 for j in range(width)] for site, width in sites.items()}
    column = 8 * (packed or (4 if bits <= 4 else 8))
    groups = {"q": 2, "k": 1, "v": 1}
    if optional:
        sites |= {"probs": 2, "final_in": 4}
        groups["probs"] = 0
    header, data = {"__metadata__": {"block": "0"}}, b""

    def add(name, kind, shape, content):
        nonlocal data
        header[name] = tensor(kind, shape, len(data), len(data) + len(content))
        data += content

    def add_floats(name, values):
        add(name, "F32", [len(values)], struct.pack(f"<{len(values)}f", *values))

    ratio |= {site: [1.0] * width for site, width in sites.items() if site not in ratio}
    for name, (out, site) in matrices.items():
        columns = (sites[site] + 3) // 4 * 4
        add(f"{name}.levels", "U8", [1, columns, column], bytes(i * 37 % 256 for i in range(columns * column)))
    for name, (out, site) in matrices.items():
        add_floats(f"{name}.scale", [0.01 * (i + 1) for i in range(out)])
        if site in folded:
            add_floats(f"{name}.input_scale", ratio[site])
    for site, values in ratio.items():
        low = 0.0 if site == "probs" else -(2.0 ** (bits - 1))
        add_floats(f"{site}.range", [low, low + 2.0 ** bits - 1])
        if dynamic and groups.get(site, 1) > 0:
            add_floats(f"{site}.token_groups", [groups.get(site, 1)])
        else:
            add_floats(f"{site}.step", [0.125 * value for value in values])
    text = compact(header).encode()
    text += b" " * (-(8 + len(text)) % 64)
    return struct.pack("<Q", len(text)) + text + data


def saved_blocks():
    write("saved_block", "nibbles", saved_block(4))
    write("saved_block", "bytes", saved_block(8))
    write("saved_block", "own_thresholds", saved_block(6, folded=("attn_in", "attn_out", "mlp_in", "mlp_mid")))
    for packed in (2, 3, 6):
        write("saved_block", f"packed_{packed}", saved_block(4, packed=packed))
    write("saved_block", "optional", saved_block(4, optional=True))
    write("saved_block", "by_token", saved_block(8, optional=True, dynamic=True))


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
    write("tokenizer_json", "metaspace", compact(whole | {
        "normalizer": None, "post_processor": {"type": "TemplateProcessing", "single": [
            {"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]},
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": True}}))
    plain = pieces + [" "] + words + [" the", "é"]
    binary = b"".join(struct.pack("<fi", -id, len(piece.encode())) + piece.encode() for id, piece in enumerate(plain))
    write("llama2c_tokenizer", "small", struct.pack("<H", len(plain)) + struct.pack("<i", 6) + binary)


def byte_alphabet():
    """GPT-2's character for each byte."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = iter(range(0x100, 0x144))
    return [chr(byte) if byte in plain else chr(next(others)) for byte in range(256)]


BYTE_LEVEL_WORDS = ["th", "the", "\u0120the", "\u0120a", "\u0120\u0120"]
BYTE_LEVEL_MERGES = ["t h", "th e", "\u0120 the", "\u0120 a", "\u0120 \u0120"]


def byte_level_tokenizers():
    pieces = byte_alphabet() + BYTE_LEVEL_WORDS
    split = {"type": "Split", "pattern": {"Regex": "\\p{N}{1,3}|\\s+(?!\\S)|[^\\s\\p{L}]+"}, "behavior": "Isolated",
             "invert": False}
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "use_regex": True}
    whole = {"added_tokens": [{"id": len(pieces), "content": "<s>", "lstrip": True, "rstrip": True},
                              {"id": len(pieces) + 1, "content": "a  t", "single_word": True, "normalized": True}],
             "normalizer": {"type": "NFC"},
             "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                 {"type": "Digits", "individual_digits": True}, split, byte_level]},
             "model": {"type": "BPE", "ignore_merges": True, "vocab": {piece: id for id, piece in enumerate(pieces)},
                       "merges": BYTE_LEVEL_MERGES}}
    write("tokenizer_json", "byte_level", compact(whole))


def varint(value):
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def field(number, value):
    """A protobuf field: bytes or text, float, or a whole number."""
    if isinstance(value, float):
        return varint(number << 3 | 5) + struct.pack("<f", value)
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def sentencepiece_model(pieces, trainer, normalizer):
    body = b"".join(field(1, field(1, text) + field(2, score) + field(3, kind)) for text, score, kind in pieces)
    return body + field(2, trainer) + field(3, normalizer)


def sentencepiece():
    words = ["▁", "t", "h", "e", "a", "th", "the", "▁the"]
    control = [("<unk>", 0.0, 2), ("<s>", 0.0, 3), ("</s>", 0.0, 3)]
    in_bytes = [(f"<0x{byte:02X}>", 0.0, 6) for byte in range(256)]
    scored = [(word, -float(id), 1) for id, word in enumerate(words)]
    bpe = field(3, 2)
    write("sentencepiece", "byte_fallback",
          sentencepiece_model(control + in_bytes + scored, bpe + field(35, 1), field(4, 0)))
    more = [("they", -20.0, 4), ("aa", -3.0, 5), ("aaaa", -2.0, 1)]
    write("sentencepiece", "kinds", sentencepiece_model(control + scored + more, bpe + field(24, 1), field(3, 1)))
    # A trie that replaces "a" with "th": root, the node of 'a', its leaf.
    units = [0] * 256
    units[0] = 1 << 10
    units[1 ^ ord("a")] = ord("a") | 1 << 8 | 2 << 10
    units[1 ^ ord("a") ^ 2] = 1 << 31
    table = struct.pack("<256I", *units)
    character_map = struct.pack("<I", len(table)) + table + b"th\0"
    write("sentencepiece", "character_map", sentencepiece_model(control + scored, bpe, field(2, character_map)))


def gguf_value(value):
    if isinstance(value, bool):
        return struct.pack("<I?", 7, value)
    if isinstance(value, int):
        return struct.pack("<II", 4, value)
    if isinstance(value, str):
        return struct.pack("<I", 8) + gguf_text(value)
    kind = {str: 8, float: 6, int: 5}[type(value[0])]
    pack = {8: gguf_text, 6: lambda x: struct.pack("<f", x), 5: lambda x: struct.pack("<i", x)}[kind]
    return struct.pack("<IIQ", 9, kind, len(value)) + b"".join(map(pack, value))


def tokenizer_gguf(metadata):
    body = b"".join(gguf_text(f"tokenizer.ggml.{key}") + gguf_value(value) for key, value in metadata.items())
    return b"GGUF" + struct.pack("<IQQ", 3, 0, len(metadata)) + body


def gguf_tokenizers():
    tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)] + ["▁", "t", "h", "th", "they"]
    write("gguf_tokenizer", "llama", tokenizer_gguf({
        "model": "llama", "tokens": tokens, "scores": [-float(id) for id in range(len(tokens))],
        "token_type": [2, 3, 3] + [6] * 256 + [1] * 4 + [4], "add_space_prefix": True, "bos_token_id": 1}))
    pieces = byte_alphabet() + BYTE_LEVEL_WORDS + ["<s>", "  "]
    write("gguf_tokenizer", "gpt2", tokenizer_gguf({
        "model": "gpt2", "pre": "llama-bpe", "tokens": pieces, "merges": BYTE_LEVEL_MERGES + ["q q"],
        "token_type": [1] * (len(pieces) - 2) + [3, 4], "bos_token_id": len(pieces) - 2, "add_bos_token": True}))


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
    write("experiment_json", "sweep", compact({
        "sweep": {"grid": {"conversion.timesteps": [2, 4], "quantization": {"weight_bits": [4, 8.5]},
                           "evaluation.perplexity.0.text": ["a", {"b": [None, True]}]},
                  "zip": {"seed": [1, 2], "conversion.overrides": [[], [{"match": "*"}]]}}}))
    for file in sorted((SOURCE / "configs/energy").glob("*.json")):
        write("energy_table", file.stem, file.read_bytes())


def calibrations():
    sites = ("attn_in", "q", "k", "v", "attn_out", "mlp_in", "mlp_mid")
    population = {"threshold": [[0.5, 3], [0.25, 1]], "initial_potential": [[0.5, 4]]}
    block = {"loss_before": 0.02, "loss_after": 0.01, "curve": [0.015, 0.01], "seconds": 1.5,
             "populations": {site: population for site in sites}}
    bad = block | {"populations": block["populations"] | {"q": population | {"threshold": [[-1, 4294967295]]}}}
    moved = block["populations"] | {"q": population | {"step_offset": [[0.125, 2], [0, 2]], "phase": 1}}
    more = block | {"tokens": 512, "peak_memory_bytes": 1 << 30, "populations": moved}
    write("calibration_json", "more", compact({"blocks": [more]}))
    write("calibration_json", "bias", compact({"blocks": [more | {"bias": {"down": [[0.5, 4]]}, "weights": True}]}))
    write("calibration_json", "empty", compact({"blocks": []}))
    write("calibration_json", "one_block", compact({"blocks": [block]}))
    write("calibration_json", "bad_values", compact({"blocks": [block, bad]}))


def zero_shot():
    choices = {"choices": ["no", "yes"], "gold": 1}
    items = [  # in the order of the tasks' names
        [{"goal": "Go.", "sol1": "a", "sol2": "b", "label": 1}, {"query": "Question: Go.\n", **choices}],
        [{"question": "Q?", "choices": {"text": ["a", "b", "c"], "label": ["1", "2", "3"]}, "answerKey": "3"}],
        [{"question": "Q?", "choices": {"text": ["a", "b"], "label": ["A", "B"]}, "answerKey": "B"},
         {"query": "Question: Q?", **choices}],
        [{"activity_label": "Golf", "ctx_a": "A man [x] swings.", "ctx_b": "the Man",
          "endings": ["a", "b", "c", "d"], "label": "3"}],
        [{"sentence": "A saw B so _ ran.", "option1": "A", "option2": "B", "answer": "2"},
         {"context_options": ["A so A", "A so B"], "continuation": "ran.", "gold": 0}],
        [{"passage": "P", "question": "is it", "label": True}, {"query": "Passage: P\nQuestion: is it?", **choices}],
        [{"text": "one two three"}]]
    for task, lines in enumerate(items):
        write("zero_shot_items", f"task{task}", bytes([task]) + "\n".join(map(compact, lines)).encode())
    write("zero_shot_items", "six_lines", b"\x03Golf: A man swings. he\n2\na\nb\nc\nd\n")


if __name__ == "__main__":
    for part in (checkpoints, saved_blocks, ggufs, llama2c, tokenizers, byte_level_tokenizers, sentencepiece,
                 gguf_tokenizers, texts, experiments, calibrations, zero_shot):
        part()
