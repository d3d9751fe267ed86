#!/usr/bin/env bash
# Installs the Debian 12 packages that snnsim builds and tests with. Safe to run twice: what is there is left alone.
set -euo pipefail

packages=(
  build-essential cmake ninja-build ccache pkg-config git curl python3
  libboost-graph-dev libboost-program-options-dev libtbb-dev nlohmann-json3-dev libfmt-dev libhwy-dev
  libeigen3-dev libhdf5-dev libicu-dev libxxhash-dev zlib1g-dev
  doctest-dev libbenchmark-dev libdnnl-dev
  libopenmpi-dev openmpi-bin
  clang-format-14 clang-tidy-14
)

missing=()
for package in "${packages[@]}"; do
  [[ $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null) == "install ok installed" ]] || missing+=("$package")
done
if [[ ${#missing[@]} -eq 0 ]]; then
  echo "setup: every package is installed"
  exit 0
fi

root=()
if [[ $(id -u) -ne 0 ]]; then
  command -v sudo >/dev/null || { echo "setup: run as root, or install sudo; missing: ${missing[*]}" >&2; exit 2; }
  root=(sudo)
fi
echo "setup: installing ${missing[*]}"
"${root[@]}" apt-get update -qq
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
