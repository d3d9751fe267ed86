#!/usr/bin/env bash
# Fetches texts and zero-shot tasks to downloads/data/NAME (or SNNSIM_DOWNLOADS, or --to DIR); goes on where it stopped.
#   scripts/fetch_data.sh --list
#   scripts/fetch_data.sh NAME [--to DIR]
# Tasks become one jsonl file with the fields that the data set has on the Hugging Face hub. HF_ENDPOINT and
# HF_DATASETS_SERVER name mirrors.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/fetch_common.sh"
server=${HF_DATASETS_SERVER:-https://datasets-server.huggingface.co}

# name, where, what; rows: data set, configuration, split
data="\
wikitext-2|zip ggml-org/ci wikitext-2-raw-v1.zip wikitext-2-raw/wiki.test.raw wikitext-2-raw/wiki.train.raw|perplexity; wiki.test.raw, and wiki.train.raw to calibrate on, CC BY-SA 3.0
c4|gz allenai/c4 en/c4-validation.00000-of-00008.json.gz|perplexity; first validation shard, ODC-BY
piqa|rows ybisk/piqa plain_text validation|zero-shot, 1838 items
arc_easy|rows allenai/ai2_arc ARC-Easy test|zero-shot, 2376 items, CC BY-SA 4.0
arc_challenge|rows allenai/ai2_arc ARC-Challenge test|zero-shot, 1172 items, CC BY-SA 4.0
hellaswag|rows Rowan/hellaswag default validation|zero-shot, 10042 items, MIT
winogrande|rows allenai/winogrande winogrande_xl validation|zero-shot, 1267 items, CC BY
boolq|rows google/boolq default validation|zero-shot, 3270 items, CC BY-SA 3.0
lambada|rows EleutherAI/lambada_openai default test|zero-shot, 5153 items"

wikitext_sum=173c87a53759e0201f33e0ccf978e510c2042d7f2cb78229d9a50d79b9e7dd08

usage() {
  echo "usage: scripts/fetch_data.sh NAME [--to DIR], NAME one of"
  while IFS='|' read -r name _ what; do printf '  %-14s %s\n' "$name" "$what"; done <<<"$data"
}

# unzip_member ARCHIVE MEMBER FILE: to FILE.partial
unzip_member() {
  python3 - "$1" "$2" >"$3.partial" <<'PYTHON'
import sys, zipfile
sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))
PYTHON
}

from_zip() {
  local folder=$1 repository=$2 archive=$3 checked=$4 other=$5
  local file=$folder/${checked##*/} beside=$folder/${other##*/}
  [[ ! -s $file || ! -s $beside ]] || { say "$file is there"; return; }
  need python3
  get "$hub/datasets/$repository/resolve/main/$archive" "$folder/$archive"
  unzip_member "$folder/$archive" "$checked" "$file"
  check_sum "$file.partial" "$wikitext_sum"
  mv "$file.partial" "$file"
  unzip_member "$folder/$archive" "$other" "$beside"
  mv "$beside.partial" "$beside"
  rm -f "$folder/$archive"
}

from_gz() {
  local folder=$1 repository=$2 path=$3 file
  file=$folder/$(basename "$path" .gz)
  [[ ! -s $file ]] || { say "$file is there"; return; }
  get "$hub/datasets/$repository/resolve/main/$path" "$file.gz"
  gzip -dc "$file.gz" >"$file.partial" && mv "$file.partial" "$file"
  rm -f "$file.gz"
}

# Rows come a hundred at a time; what is in the partial file is not asked for again.
from_rows() {
  local folder=$1 set=$2 configuration=$3 split=$4 file done=0 page total
  file=$folder/$name.jsonl
  [[ ! -s $file ]] || { say "$file is there"; return; }
  need curl
  need python3
  touch "$file.partial"
  while :; do
    done=$(wc -l <"$file.partial")
    page=$(curl -fsS --retry 5 --retry-delay 2 -G "$server/rows" --data-urlencode "dataset=$set" \
      --data-urlencode "config=$configuration" --data-urlencode "split=$split" -d "offset=$done" -d length=100) ||
      offline "$server" "$done rows are kept"
    total=$(python3 -c '
import json, sys
page = json.load(sys.stdin)
with open(sys.argv[1], "a") as out:
    out.writelines(json.dumps(row["row"], ensure_ascii=False) + "\n" for row in page["rows"])
print(page["num_rows_total"])' "$file.partial" <<<"$page")
    say "$(wc -l <"$file.partial") of $total rows"
    [[ $(wc -l <"$file.partial") -lt $total ]] || break
    [[ $(wc -l <"$file.partial") -gt $done ]] || fail "$server gave no more rows" "run this again later"
  done
  mv "$file.partial" "$file"
}

[[ $# -gt 0 ]] || { usage >&2; exit 2; }
[[ $1 != --list && $1 != --help ]] || { usage; exit 0; }
name=$1
line=$(grep "^$name|" <<<"$data") || { usage >&2; exit 2; }
folder=$downloads/data/$name
if [[ ${2:-} == --to && -n ${3:-} ]]; then folder=$3; elif [[ $# -gt 1 ]]; then usage >&2; exit 2; fi
read -r -a place <<<"$(cut -d'|' -f2 <<<"$line")"
mkdir -p "$folder"
"from_${place[0]}" "$folder" "${place[@]:1}"
say "$name is in $folder"
