#!/usr/bin/env bash
# A sweep of 24 runs on a real Slurm: munge, slurmctld and slurmd on this machine, with ports, key and folders of their own.
# Two tasks are killed on the way, at random; the same command again must complete it, with the table of an undisturbed one.
# slurm_test.sh SNNSIM SOURCE_DIR; exits 0 when every check holds, 77 when it cannot run here.
set -euo pipefail
program=$(realpath "$1") source=$(realpath "$2")

for tool in munged slurmctld slurmd sbatch squeue scancel sinfo; do
  command -v "$tool" >/dev/null || { echo "skipped: no $tool (Debian: slurm-wlm)"; exit 77; }
done
[[ $(id -u) -eq 0 ]] || { echo "skipped: the daemons are started as root"; exit 77; }

folder=$(mktemp -d /tmp/snnsim_slurm.XXXXXX)
chmod 755 "$folder"
daemons=()

end() {
  local code=$?
  trap - EXIT INT TERM
  if [[ $code -ne 0 ]]; then
    tail -n 15 "$folder"/log/*.log "$folder"/runs/*/logs/* 2>/dev/null || true
  fi
  scancel --quiet --full --signal=KILL --user=root 2>/dev/null || true
  for daemon in "${daemons[@]}"; do kill "$daemon" 2>/dev/null || true; done
  for daemon in "${daemons[@]}"; do
    for _ in $(seq 20); do kill -0 "$daemon" 2>/dev/null || break; sleep 0.1; done
    kill -9 "$daemon" 2>/dev/null || true
  done
  rm -rf "$folder"
  exit $code
}
trap end EXIT INT TERM

say() { echo "[$SECONDS s] $*"; }
fail() { say "failed: $*"; exit 1; }
cannot() { say "skipped: $*"; exit 77; }  # daemons that a machine does not let run

# until_true SECONDS COMMAND...
until_true() {
  local until=$((SECONDS + $1))
  shift
  until "$@"; do
    [[ $SECONDS -lt $until ]] || return 1
    sleep 0.2
  done
}

# Ports that nobody listens on.
ports=($(python3 - <<'PYTHON'
import socket
sockets = [socket.socket() for _ in range(2)]
for s in sockets: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in sockets))
PYTHON
))

start_munge() {
  mkdir -p "$folder"/munge
  dd if=/dev/urandom of="$folder"/munge/key bs=1024 count=1 status=none
  chown -R munge "$folder"/munge
  chmod 400 "$folder"/munge/key
  # setpriv becomes munged, so its number is that of the daemon.
  setpriv --reuid=munge --regid=munge --clear-groups munged --foreground --force --key-file="$folder"/munge/key \
    --socket="$folder"/munge/socket --pid-file="$folder"/munge/pid --log-file="$folder"/munge/log \
    --seed-file="$folder"/munge/seed >"$folder"/log/munged.log 2>&1 &
  daemons+=($!)
  until_true 10 test -S "$folder"/munge/socket || cannot "munged does not start"
}

start_slurm() {
  export SLURM_CONF=$folder/slurm.conf
  mkdir -p "$folder"/state "$folder"/spool
  cat >"$SLURM_CONF" <<CONF
ClusterName=snnsim_test
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=${ports[0]}
SlurmdPort=${ports[1]}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
CredType=cred/munge
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
KillWait=2
SchedulerParameters=sched_interval=1,sched_min_interval=100000
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd.log
NodeName=localhost NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=cpu Nodes=localhost Default=YES State=UP
CONF
  slurmctld -D -c >/dev/null 2>&1 &
  daemons+=($!)
  slurmd -D -N localhost >/dev/null 2>&1 &
  daemons+=($!)
  idle() { sinfo --noheader --format=%T 2>/dev/null | grep -q idle; }
  until_true 30 idle || cannot "no node becomes idle"
}

drained() { [[ -z $(squeue --noheader 2>/dev/null) ]]; }
finished_segments() { cat "$folder"/runs/small-*/results.jsonl 2>/dev/null | wc -l; }
at_least() { [[ $(finished_segments) -ge $1 ]]; }

# The table without what depends on time and machine: state and run are its last columns.
results_in() {
  python3 - "$1" <<'PYTHON'
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1])))
for row in rows:
    print({k: v for k, v in row.items() if not any(w in k for w in ("wall", "time_s", "tokens_per_s", "rss", "per_s"))})
PYTHON
}

mkdir -p "$folder"/log
cat >"$folder"/small.json <<JSON
{ "name": "small", "model": { "checkpoint": "$source/bundled/stories3m" },
  "quantization": { "activation_bits": 6, "calibration": { "text": "$source/bundled/text/calibration.txt", "segments": 4, "length": 64 } },
  "evaluation": { "perplexity": [ { "text": "$source/bundled/text/heldout.txt", "segment": 64, "max_segments": 16 } ] },
  "sweep": { "grid": { "conversion.neuron": [ "integer_spiking", "sigma_delta", "st_bif", "integrate_and_fire" ],
                       "quantization.activation_bits": [ 4, 6 ], "conversion.timesteps": [ 8, 4, 2 ] } } }
JSON
cd "$folder"

"$program" sweep small.json --out alone --quiet >/dev/null
say "undisturbed on this machine"
start_munge
start_slurm
say "Slurm runs"

submit() { "$program" sweep small.json --out runs --slurm --partition cpu --time 00:05:00 --mem 0 --jobs 2; }
running() { squeue --noheader --states=running --sort=M --format=%i | grep _; }  # the last started first
submit
for _ in 1 2; do
  until_true 120 at_least $(($(finished_segments) + 1 + RANDOM % 40)) || fail "no more segments are finished"
  until_true 60 running >/dev/null || fail "no task runs"
  victim=$(running | head -1)
  scancel --full --signal=KILL "$victim"
  say "killed task $victim after $(finished_segments) segments"
done
until_true 400 drained || fail "the queue does not become empty"
table=$(echo "$folder"/runs/small-sweep-*/table.csv)
finished=$(grep -c finished "$table") || true
say "$finished of 24 runs finished"
[[ $finished -lt 24 ]] || fail "the killed runs are finished all the same"

submit
until_true 400 drained || fail "the queue does not become empty"
[[ $(grep -c finished "$table") -eq 24 ]] || fail "the second time not all runs are finished: $(cat "$table")"
diff <(results_in "$folder"/alone/small-sweep-*/table.csv) <(results_in "$table") || fail "the tables differ"
grep -q "24 runs: 24 finished" "$folder"/runs/small-sweep-*/logs/table-*.out || fail "no table job says that all is done"
say "complete, and the tables are the same"
