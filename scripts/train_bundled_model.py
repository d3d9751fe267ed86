#!/usr/bin/python3
"""Trains the bundled model (bundled/stories3m): a LLaMA of about 2.8 M parameters that writes short stories.

  scripts/train_bundled_model.py --sampled sampled.txt --stories stories.txt --work work --minutes 72

Documents are divided by <|endoftext|>. The first 256 of --stories are held out, all others are trained on; every
sequence is <s> document </s>. Needs Debian's python3-torch, python3-numpy, python3-sentencepiece and
libopenblas0-pthread (with the reference BLAS the products are many times slower).
"""
import argparse
import json
import math
import struct
import time
from pathlib import Path

import numpy as np
import sentencepiece as spm
import torch
import torch.nn.functional as F
from torch import nn

SEPARATOR, BOS, EOS = "<|endoftext|>", 1, 2
HELD_OUT = 256  # so many of the first real stories are never trained on
REAL_REPEATS = 2  # the other real stories are better text than the sampled ones: each comes twice an epoch
FILE_DOCUMENTS = 64  # stories in each of the two text files beside the model
NAME = "stories3m"
PROMPT = "Once upon a time, there was a little fox who lived in the forest. One day, the fox found"
TOKENIZER_TESTS = ["Once upon a time, there was a little girl named Lily.", "naïve café ☕ 你好",
                   "  two leading spaces,   three inside ", "One line.\nTwo lines.\n\n\"Hi!\" said Tom's 12 cats.",
                   "\tTab, emoji 🦊 and 2048 — done…"]
CONFIG = dict(vocab_size=2048, hidden_size=192, intermediate_size=512, num_hidden_layers=6, num_attention_heads=6,
              num_key_value_heads=2, max_position_embeddings=256, rms_norm_eps=1e-5, rope_theta=10000.0)


def documents(path):
    return [d.strip() for d in Path(path).read_text(encoding="utf-8").split(SEPARATOR) if d.strip()]


def split_documents(args):
    """Training and held-out documents; a held-out document that also occurs in the training text is dropped."""
    stories = documents(args.stories)
    train = documents(args.sampled)[:-1] + stories[HELD_OUT:] * REAL_REPEATS  # the last sampled one may be cut off
    seen = set(train)
    return train, [d for d in stories[:HELD_OUT] if d not in seen]


def pack(ids, context):
    """Rows of context + 1 ids that begin with a document: long documents are cut, short ones are followed by others."""
    rows, row = [], []
    for document in ids:
        row = row + [BOS] + document + [EOS]
        if len(row) > context:
            rows.append(row[: context + 1])
            row = []
    return np.array(rows, dtype=np.int64)


def train_tokenizer(texts, path):
    with open(path, "wb") as file:
        spm.SentencePieceTrainer.train(
            sentence_iterator=iter("\n".join(texts).split("\n")), model_writer=file, model_type="bpe",
            vocab_size=CONFIG["vocab_size"], byte_fallback=True, unk_id=0, bos_id=BOS, eos_id=EOS, pad_id=-1,
            normalization_rule_name="identity", remove_extra_whitespaces=False, split_digits=True,
            character_coverage=0.9999, num_threads=1, minloglevel=1)


def merges_of(sp):
    """The merges behind a SentencePiece BPE vocabulary, best score first: each way to split a piece into two pieces."""
    vocabulary = {sp.id_to_piece(i): i for i in range(sp.get_piece_size())}
    merges = []
    for piece, i in vocabulary.items():
        if not (sp.is_byte(i) or sp.is_control(i) or sp.is_unknown(i)):
            splits = [(piece[:k], piece[k:]) for k in range(1, len(piece))]
            found = [pair for pair in splits if pair[0] in vocabulary and pair[1] in vocabulary]
            merges += [(-sp.get_score(i), vocabulary[a], vocabulary[b], f"{a} {b}") for a, b in found]
    return vocabulary, [merge for _, _, _, merge in sorted(merges)]


def tokenizer_json(sp):
    """The vocabulary in the form of LLaMA-2's tokenizer.json (byte-fallback BPE)."""
    vocabulary, merges = merges_of(sp)
    flags = dict(single_word=False, lstrip=False, rstrip=False, normalized=False, special=True)
    special = [{"id": i, "content": piece, **flags} for i, piece in enumerate(["<unk>", "<s>", "</s>"])]
    first = [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]
    second = [{"SpecialToken": {"id": "<s>", "type_id": 1}}, {"Sequence": {"id": "B", "type_id": 1}}]
    space = lambda a, b: {"type": "Replace", "pattern": {"String": a}, "content": b}
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": special,
        "normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, space(" ", "▁")]},
        "pre_tokenizer": None,
        "post_processor": {"type": "TemplateProcessing", "single": first, "pair": first + second,
                           "special_tokens": {"<s>": {"id": "<s>", "ids": [BOS], "tokens": ["<s>"]}}},
        "decoder": {"type": "Sequence", "decoders": [space("▁", " "), {"type": "ByteFallback"}, {"type": "Fuse"},
                                                     {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
        "model": {"type": "BPE", "dropout": None, "unk_token": "<unk>", "continuing_subword_prefix": None,
                  "end_of_word_suffix": None, "fuse_unk": True, "byte_fallback": True, "vocab": vocabulary,
                  "merges": merges},
    }


def encode_by_merges(text, tokenizer):
    """Plain BPE over vocabulary and merges: what a reader of tokenizer.json computes."""
    vocabulary = tokenizer["model"]["vocab"]
    rank = {tuple(m.split(" ")): i for i, m in enumerate(tokenizer["model"]["merges"])}
    pieces = list("▁" + text.replace(" ", "▁")) if text else []
    while True:
        pairs = [(rank.get(pair, len(rank)), i) for i, pair in enumerate(zip(pieces, pieces[1:]))]
        best, i = min(pairs, default=(len(rank), 0))
        if best == len(rank):
            break
        pieces[i:i + 2] = [pieces[i] + pieces[i + 1]]
    ids = []
    for piece in pieces:
        ids += [vocabulary[piece]] if piece in vocabulary else [vocabulary[f"<0x{b:02X}>"] for b in piece.encode()]
    return ids


def check_tokenizer(sp, tokenizer, texts):
    """SentencePiece and tokenizer.json must give the same ids, and the ids must give the text back."""
    for text in [*texts, *TOKENIZER_TESTS, "", " ", "\n", "12345", "Łódź\t\r\n  x"]:
        ids = sp.encode(text)
        if ids != encode_by_merges(text, tokenizer) or sp.decode(ids) != text:
            raise SystemExit(f"tokenizer.json and tokenizer.model differ on {text!r}")


class RmsNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + CONFIG["rms_norm_eps"]))


def rotate(x, cosine, sine):
    first, second = x.chunk(2, dim=-1)
    return x * cosine + torch.cat((-second, first), dim=-1) * sine


class Block(nn.Module):
    """Names as in Hugging Face's LlamaForCausalLM, so that the state dictionary is the checkpoint."""

    def __init__(self, dropout):
        super().__init__()
        width, hidden = CONFIG["hidden_size"], CONFIG["intermediate_size"]
        self.heads, self.kv_heads = CONFIG["num_attention_heads"], CONFIG["num_key_value_heads"]
        self.head_dim = width // self.heads
        kv_width = self.kv_heads * self.head_dim
        linear = lambda i, o: nn.Linear(i, o, bias=False)
        self.self_attn = nn.ModuleDict(dict(q_proj=linear(width, width), k_proj=linear(width, kv_width),
                                            v_proj=linear(width, kv_width), o_proj=linear(width, width)))
        self.mlp = nn.ModuleDict(dict(gate_proj=linear(width, hidden), up_proj=linear(width, hidden),
                                      down_proj=linear(hidden, width)))
        self.input_layernorm, self.post_attention_layernorm = RmsNorm(width), RmsNorm(width)
        self.dropout = nn.Dropout(dropout)

    def attend(self, x, cosine, sine, mask):
        batch, length, _ = x.shape
        split = lambda y, n: y.view(batch, length, n, self.head_dim).transpose(1, 2)
        q = rotate(split(self.self_attn["q_proj"](x), self.heads), cosine, sine)
        k = rotate(split(self.self_attn["k_proj"](x), self.kv_heads), cosine, sine)
        v = split(self.self_attn["v_proj"](x), self.kv_heads)
        k, v = (y.repeat_interleave(self.heads // self.kv_heads, dim=1) for y in (k, v))
        out = (q @ k.transpose(-2, -1) / math.sqrt(self.head_dim) + mask).softmax(-1) @ v
        return self.self_attn["o_proj"](out.transpose(1, 2).reshape(batch, length, -1))

    def forward(self, x, cosine, sine, mask):
        x = x + self.dropout(self.attend(self.input_layernorm(x), cosine, sine, mask))
        h = self.post_attention_layernorm(x)
        return x + self.dropout(self.mlp["down_proj"](F.silu(self.mlp["gate_proj"](h)) * self.mlp["up_proj"](h)))


class Llama(nn.Module):
    def __init__(self, dropout=0.0):
        super().__init__()
        width, blocks = CONFIG["hidden_size"], CONFIG["num_hidden_layers"]
        self.model = nn.ModuleDict(dict(embed_tokens=nn.Embedding(CONFIG["vocab_size"], width), norm=RmsNorm(width),
                                        layers=nn.ModuleList(Block(dropout) for _ in range(blocks))))
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                deep = name.endswith(("o_proj.weight", "down_proj.weight"))
                nn.init.normal_(parameter, std=0.06 / (math.sqrt(2 * blocks) if deep else 1))
        dim, context = width // CONFIG["num_attention_heads"], CONFIG["max_position_embeddings"]
        frequencies = CONFIG["rope_theta"] ** (-torch.arange(0, dim, 2) / dim)
        angle = torch.outer(torch.arange(context), frequencies).repeat(1, 2)
        self.register_buffer("cosine", angle.cos(), persistent=False)
        self.register_buffer("sine", angle.sin(), persistent=False)
        self.register_buffer("mask", torch.full((context, context), float("-inf")).triu(1), persistent=False)

    def forward(self, ids):
        n = ids.shape[1]
        x = self.model["embed_tokens"](ids)
        for block in self.model["layers"]:
            x = block(x, self.cosine[:n], self.sine[:n], self.mask[:n, :n])
        return F.linear(self.model["norm"](x), self.model["embed_tokens"].weight)


@torch.no_grad()
def perplexity(model, sp, texts):
    """Rule `documents`: each text its own sequence with <s> in front, cut at the context; also the predictions made."""
    total = count = 0
    model.eval()
    for text in texts:
        ids = torch.tensor([[BOS] + sp.encode(text)])[:, : CONFIG["max_position_embeddings"]]
        total += F.cross_entropy(model(ids)[0, :-1], ids[0, 1:], reduction="sum").item()
        count += ids.shape[1] - 1
    model.train()
    return math.exp(total / count), count


def train(args, sp):
    torch.manual_seed(args.seed)
    texts, heldout = split_documents(args)
    print(f"{len(texts)} training documents, {len(heldout)} held-out documents", flush=True)
    ids = [sp.encode(t) for t in texts]
    shuffle = np.random.default_rng(args.seed)
    model = Llama(args.dropout)
    matrices, others = ([p for p in model.parameters() if (p.dim() == 2) == wanted] for wanted in (True, False))
    optimizer = torch.optim.AdamW([dict(params=matrices, weight_decay=0.1), dict(params=others, weight_decay=0.0)],
                                  lr=args.learning_rate, betas=(0.9, 0.95))
    start = saved = time.time()
    step, tokens, epoch, smooth, curve = 0, 0, 0, math.log(CONFIG["vocab_size"]), []
    while True:
        epoch += 1
        rows = pack([ids[i] for i in shuffle.permutation(len(ids))], CONFIG["max_position_embeddings"])
        for first in range(0, len(rows) - args.batch + 1, args.batch):
            elapsed = time.time() - start
            share = min(1.0, (step + 1) / args.steps if args.steps else elapsed / 60 / args.minutes)
            decay = 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * share))
            rate = args.learning_rate * min(1.0, (step + 1) / 100) * decay
            for group in optimizer.param_groups:
                group["lr"] = rate
            batch = torch.from_numpy(rows[first:first + args.batch])
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = F.cross_entropy(model(batch[:, :-1]).flatten(0, 1).float(), batch[:, 1:].flatten())
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            step, tokens = step + 1, tokens + batch[:, 1:].numel()
            smooth = 0.98 * smooth + 0.02 * loss.item()
            if step % 100 == 0:
                print(f"step {step} epoch {epoch} loss {smooth:.4f} minute {elapsed / 60:.1f}", flush=True)
            if time.time() - saved > 240 or share >= 1.0:
                saved = time.time()
                ppl = perplexity(model, sp, heldout[:FILE_DOCUMENTS])[0]
                curve.append(dict(minutes=(saved - start) / 60, step=step, tokens=tokens, loss=smooth, heldout_ppl=ppl))
                print(curve[-1], flush=True)
                new = args.work / "checkpoint.pt.new"
                torch.save(dict(model=model.state_dict(), curve=curve, epoch=epoch, arguments=vars(args)), new)
                new.rename(args.work / "checkpoint.pt")
            if share >= 1.0:
                return


@torch.no_grad()
def generate(model, ids, count, temperature=0.0, seed=0):
    """Greedy or sampled continuation up to `count` ids, </s> or the context, and the smallest lead of a best id."""
    random, new, margin = torch.Generator().manual_seed(seed), [], math.inf
    while len(new) < count and len(ids) + len(new) < CONFIG["max_position_embeddings"] and new[-1:] != [EOS]:
        logits = model(torch.tensor([ids + new]))[0, -1]
        best = logits.topk(2)
        margin = min(margin, (best.values[0] - best.values[1]).item())
        sampled = torch.multinomial((logits / (temperature or 1)).softmax(-1), 1, generator=random)
        new.append((sampled if temperature else best.indices)[0].item())
    return new, margin


def write_safetensors(path, tensors):
    """Length of the header (8 bytes, little endian), header (JSON, padded with spaces), data; all tensors are bf16."""
    header, end = {"__metadata__": {"format": "pt"}}, 0
    for name, tensor in tensors.items():
        start, end = end, end + 2 * tensor.numel()
        header[name] = {"dtype": "BF16", "shape": list(tensor.shape), "data_offsets": [start, end]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            file.write(tensor.contiguous().view(torch.int16).numpy().astype("<i2").tobytes())


def write_json(path, value):
    """One line for each key of the outermost object."""
    lines = [f'  "{key}": {json.dumps(entry, ensure_ascii=False)}' for key, entry in value.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def reference(model, sp, heldout_file):
    """What a reader of the exported directory must compute, from the bf16 weights in fp32 arithmetic."""
    ids, texts = [BOS] + sp.encode(PROMPT), documents(heldout_file)
    logits = model(torch.tensor([ids]))[0, -1].detach()
    new, margin = generate(model, ids, 60)
    ppl, count = perplexity(model, sp, texts)
    return {
        "about": "Computed in fp32 from the bf16 weights. The ids of the prompt and of the texts begin with <s>.",
        "prompt": PROMPT, "prompt_ids": ids, "last_logits_first_16": logits[:16].tolist(),
        "last_logits_argmax": logits.argmax().item(), "last_logits_max": logits.max().item(),
        "greedy_ids": new, "greedy_text": sp.decode(ids + new)[len(PROMPT):], "greedy_smallest_lead": margin,
        "tokenizer": [{"text": text, "ids": [BOS] + sp.encode(text)} for text in TOKENIZER_TESTS],
        "heldout": {"file": f"text/{heldout_file.name}", "rule": "documents", "documents": len(texts),
                    "cut_at_tokens": CONFIG["max_position_embeddings"], "predictions": count,
                    "mean_nll": math.log(ppl), "perplexity": ppl}}


CARD = """# {name}

A LLaMA of {parameters:,} parameters that writes short English children's stories: small enough to be kept beside the
code, so that examples and tests have a real model to convert. Weights in bf16, Hugging Face names and layout.

| | |
|---|---|
| architecture | `LlamaForCausalLM`: hidden {hidden_size}, intermediate {intermediate_size}, {num_hidden_layers}\
 blocks, {num_attention_heads} heads, {num_key_value_heads} key/value heads, context {max_position_embeddings},\
 vocabulary {vocab_size}, tied embeddings, RMSNorm eps {rms_norm_eps}, RoPE theta {rope_theta:.0f} |
| tokenizer | SentencePiece BPE with byte fallback (`tokenizer.model`), the same as `tokenizer.json` (LLaMA-2 style) |
| training | {steps:,} steps of {batch} sequences of {max_position_embeddings} tokens: {tokens:.1f} M tokens, {epochs} \
epochs, {wall:.0f} minutes on one core of a server CPU with AVX-512 and bf16 instructions (PyTorch {torch_version}) |
| optimiser | AdamW (0.9, 0.95), peak rate {learning_rate}, 100 steps of warm-up, cosine decay over the time budget to \
5 %, weight decay 0.1, gradients clipped at 1, dropout {dropout}, bf16 autocast, seed {seed} |
| held-out loss | {loss:.4f} per token, **perplexity {ppl:.3f}** ({documents} real stories, {count:,} predictions) |
| on `../text/heldout.txt` | {file_loss:.4f} per token, **perplexity {file_ppl:.3f}** (the first {file_documents} of \
them, {file_count:,} predictions) |

The held-out rule: each story is its own sequence with `<s>` in front, cut at {max_position_embeddings} tokens;
perplexity = exp(total negative log-likelihood / number of predictions), in fp32 from the bf16 weights; the closing
`</s>` is not predicted. Perplexities per token compare only between models with this tokenizer.

## Data
- {sampled:,} stories sampled at temperature 1 from stories15M of \
[karpathy/tinyllamas](https://huggingface.co/karpathy/tinyllamas) (MIT).
- {real} real stories of [TinyStories](https://huggingface.co/datasets/roneneldan/TinyStories) (Eldan and Li, 2023, \
[CDLA-Sharing-1.0](https://cdla.dev/sharing-1-0/)), each seen {repeats} times an epoch.
- Held out: {documents} other real TinyStories; {dropped} more occurred verbatim in the training text and were dropped.
  The first of them are plainer than the rest, which has fragments of stories and wrongly encoded quotation marks.

The training text has {text_tokens:.2f} M tokens. An epoch packs the shuffled documents anew into rows that begin
with one and leaves out what runs over a row's end. The model is the last checkpoint, not one chosen by held-out loss.
In the table, the training loss is a running mean with dropout, the held-out perplexity that of `../text/heldout.txt`.

| minutes | step | M tokens | training loss | held-out perplexity |
|---:|---:|---:|---:|---:|
{curve}

## Samples, unedited
{samples}

## Limitations
It knows the words and plots of TinyStories: no facts, no instructions, no other language. Stories lose their thread,
swap names or repeat themselves. Most of its text was written by another small model, which may itself have seen the
held-out stories: the figures compare versions of this model, they do not rank it against others.

## Training it again

    scripts/train_bundled_model.py --sampled sampled.txt --stories stories.txt --work work --minutes {minutes:g}

The number of steps depends on the speed of the machine (`--steps {steps}` fixes it): the weights come out alike, not
identical. `reference.json` holds logits, a greedy continuation, token ids and a perplexity for readers to reproduce.
"""


def model_card(args, model, sp, checkpoint, figures):
    """The model card, filled with the figures of the checkpoint."""
    last, run = checkpoint["curve"][-1], checkpoint["arguments"]
    texts, heldout = split_documents(args)
    real = len(documents(args.stories)[HELD_OUT:])
    ppl, count = perplexity(model, sp, heldout)
    samples, context = [], CONFIG["max_position_embeddings"]
    for text, temperature, seed in ((PROMPT, 0.0, 0), ("", 0.8, 1), ("", 0.8, 2)):
        ids = [BOS] + sp.encode(text)
        title = f"Temperature {temperature}, seed {seed}" if temperature else f"Greedy, from “{text}”"
        story = sp.decode(ids + generate(model, ids, context, temperature, seed)[0])
        samples.append(f"{title}:\n\n" + "\n".join(f"> {line}".rstrip() for line in story.split("\n")))
    row = "| {minutes:.0f} | {step} | {millions:.1f} | {loss:.3f} | {heldout_ppl:.2f} |"
    curve = [row.format(millions=point["tokens"] / 1e6, **point) for point in checkpoint["curve"]]
    return CARD.format(
        name=NAME, **CONFIG, **{key: run[key] for key in ("batch", "learning_rate", "dropout", "seed", "minutes")},
        parameters=sum(p.numel() for p in model.parameters()), steps=last["step"], tokens=last["tokens"] / 1e6,
        epochs=checkpoint["epoch"], wall=last["minutes"], torch_version=torch.__version__[:4],
        loss=math.log(ppl), ppl=ppl, documents=len(heldout), count=count, file_loss=figures["mean_nll"],
        file_ppl=figures["perplexity"], file_documents=figures["documents"], file_count=figures["predictions"],
        real=real, repeats=REAL_REPEATS, sampled=len(texts) - real * REAL_REPEATS, dropped=HELD_OUT - len(heldout),
        text_tokens=sum(len(sp.encode(t)) for t in texts) / 1e6, curve="\n".join(curve), samples="\n\n".join(samples))


def export(args, sp):
    """Writes the Hugging Face directory, the two texts and the cards from the last checkpoint of --work."""
    folder, texts = args.out / NAME, args.out / "text"
    folder.mkdir(parents=True, exist_ok=True)
    texts.mkdir(exist_ok=True)
    checkpoint = torch.load(args.work / "checkpoint.pt")
    rounded = {name: tensor.to(torch.bfloat16) for name, tensor in checkpoint["model"].items()}
    model = Llama()
    model.load_state_dict({name: tensor.float() for name, tensor in rounded.items()})
    model.eval()
    write_safetensors(folder / "model.safetensors", rounded)
    write_json(folder / "config.json", {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", **CONFIG,
        "head_dim": CONFIG["hidden_size"] // CONFIG["num_attention_heads"], "hidden_act": "silu",
        "attention_bias": False, "attention_dropout": 0.0, "mlp_bias": False, "bos_token_id": BOS, "eos_token_id": EOS,
        "initializer_range": 0.06, "pretraining_tp": 1, "rope_scaling": None, "tie_word_embeddings": True,
        "torch_dtype": "bfloat16", "use_cache": True})
    context = CONFIG["max_position_embeddings"]
    write_json(folder / "generation_config.json", {
        "bos_token_id": BOS, "eos_token_id": EOS, "do_sample": True, "temperature": 0.8, "max_length": context})
    train_texts, heldout = split_documents(args)
    tokenizer = tokenizer_json(sp)
    check_tokenizer(sp, tokenizer, heldout[:40] + train_texts[:40])
    write_json(folder / "tokenizer.json", tokenizer)
    (folder / "tokenizer.model").write_bytes((args.work / "tokenizer.model").read_bytes())
    write_json(folder / "tokenizer_config.json", {
        "tokenizer_class": "LlamaTokenizer", "add_bos_token": True, "add_eos_token": False, "bos_token": "<s>",
        "eos_token": "</s>", "unk_token": "<unk>", "pad_token": None, "clean_up_tokenization_spaces": False,
        "legacy": True, "model_max_length": context, "sp_model_kwargs": {}})
    sampled = documents(args.sampled)[:-1]
    for name, stories in (("heldout", heldout), ("calibration", sampled[::len(sampled) // FILE_DOCUMENTS])):
        text = "".join(f"{story}\n{SEPARATOR}\n" for story in stories[:FILE_DOCUMENTS])
        (texts / f"{name}.txt").write_text(text, encoding="utf-8")
    values = reference(model, sp, texts / "heldout.txt")
    write_json(folder / "reference.json", values)
    (folder / "README.md").write_text(model_card(args, model, sp, checkpoint, values["heldout"]), encoding="utf-8")
    print(f"{folder}: held-out perplexity {values['heldout']['perplexity']:.3f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sampled", type=Path, required=True, help="stories sampled from stories15M")
    parser.add_argument("--stories", type=Path, required=True, help="real TinyStories; the first 256 are held out")
    parser.add_argument("--work", type=Path, required=True, help="folder for tokenizer training and checkpoints")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "bundled", help="folder to write")
    parser.add_argument("--minutes", type=float, default=72, help="wall time of the training and its schedule")
    parser.add_argument("--steps", type=int, default=0, help="a fixed number of steps instead of --minutes")
    for option, value in {"batch": 16, "learning-rate": 2.5e-3, "dropout": 0.1, "threads": 1, "seed": 1}.items():
        parser.add_argument(f"--{option}", type=type(value), default=value)
    parser.add_argument("--export-only", action="store_true", help="export the last checkpoint, also while one trains")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    args.work.mkdir(parents=True, exist_ok=True)
    if not (args.work / "tokenizer.model").exists():
        train_tokenizer(split_documents(args)[0], args.work / "tokenizer.model")
    sp = spm.SentencePieceProcessor(model_file=str(args.work / "tokenizer.model"))
    if not args.export_only:
        train(args, sp)
    export(args, sp)


if __name__ == "__main__":
    main()
