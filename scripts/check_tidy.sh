#!/usr/bin/env bash
# Runs clang-tidy by .clang-tidy on the given C++ files, or on all tracked ones, with the release build's commands.
set -euo pipefail
cd "$(dirname "$0")/.."
[[ -f build/release/compile_commands.json ]] || cmake --preset release >/dev/null
if [[ $# -gt 0 ]]; then files=("$@"); else mapfile -t files < <(git ls-files 'core/*.cpp' 'models/*.cpp' 'experiments/*.cpp' 'tests/*.cpp'); fi
printf '%s\0' "${files[@]}" | xargs -0 -P "$(nproc)" -n 1 clang-tidy-14 -p build/release --quiet
