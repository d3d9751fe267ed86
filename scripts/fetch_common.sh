# What fetch_model.sh and fetch_data.sh share; sourced, not run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
downloads=${SNNSIM_DOWNLOADS:-$root/downloads}
hub=${HF_ENDPOINT:-https://huggingface.co}

say() { echo "$(basename "$0" .sh): $*"; }
fail() {
  echo "$(basename "$0" .sh): $1" >&2
  echo "  $2" >&2
  exit 3
}

need() {
  command -v "$1" >/dev/null || fail "$1 is not installed" "install it (Debian: apt-get install ${2:-$1}) and run this again"
}

offline() {
  fail "cannot reach $1" "check the connection and run this again: it goes on where it stopped${2:+; $2}"
}

hub_headers() {
  [[ -z ${HF_TOKEN:-} ]] || printf -- '-H\nAuthorization: Bearer %s\n' "$HF_TOKEN"
}

# get URL FILE: downloads to FILE.partial from where it stopped, and renames it when it is whole. Where the hub tells the
# sha256 of a large file, the file must have it.
get() {
  local url=$1 file=$2 sum headers=() status
  [[ ! -s $file ]] || { say "$file is there"; return 0; }
  mapfile -t headers < <(hub_headers)
  sum=$(curl -sI "${headers[@]}" "$url" | tr -d '\r"' | sed -n 's/^x-linked-etag: *\([0-9a-f]\{64\}\)$/\1/Ip') || true
  mkdir -p "$(dirname "$file")"
  say "fetching $(basename "$file")"
  status=0
  curl -fL --retry 3 --retry-delay 2 -C - "${headers[@]}" --no-progress-meter -o "$file.partial" "$url" || status=$?
  case $status in
    0) ;;
    22) fail "$url was refused" "check the name; a gated model needs HF_TOKEN, from an account that accepted its licence" ;;
    33) rm -f "$file.partial"; fail "$url cannot be continued" "run this again: it starts that file anew" ;;
    *) offline "$url" ;;
  esac
  [[ -z $sum ]] || check_sum "$file.partial" "$sum"
  mv "$file.partial" "$file"
}

# check_sum FILE SHA256: removes a file that has another checksum.
check_sum() {
  local found
  found=$(sha256sum "$1" | cut -d' ' -f1)
  [[ $found == "$2" ]] && return
  rm -f "$1"
  fail "$1 has sha256 $found, not $2" "it was damaged on the way and is removed; run this again"
}

