#!/usr/bin/env bash
# Runs a command under a Slurm that consists of this machine, made in a folder and gone afterwards: one-machine.sh FOLDER COMMAND…
# For trying the job scripts; needs Debian's slurm-wlm (slurmctld, slurmd, munge) and root.
set -euo pipefail
folder=$(realpath -m "$1")
shift
for program in munged slurmctld slurmd sbatch; do
  command -v "$program" >/dev/null || { echo "$program is not here; install slurm-wlm." >&2; exit 3; }
done
((EUID == 0)) || { echo "slurmd starts jobs as their users and needs root." >&2; exit 3; }
mkdir -p "$folder"/{state,spool}
chmod 755 "$folder"
head -c 1024 /dev/urandom >"$folder/munge.key"
chmod 600 "$folder/munge.key"
host=$(hostname -s)
port=$((20000 + RANDOM % 20000))
export SLURM_CONF=$folder/slurm.conf
cat >"$SLURM_CONF" <<CONF
ClusterName=one
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket
CredType=cred/munge
CryptoType=crypto/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF

pids=()
stop() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
}
trap stop EXIT
munged --foreground --force --socket="$folder/munge.socket" --key-file="$folder/munge.key" --pid-file="$folder/munge.pid" --seed-file="$folder/munge.seed" --log-file="$folder/munge.log" >/dev/null 2>&1 &
pids+=($!)
for _ in {1..50}; do [[ -S $folder/munge.socket ]] && break; sleep 0.1; done
slurmctld -D -c >/dev/null 2>&1 &
pids+=($!)
slurmd -D -N "$host" >/dev/null 2>&1 &
pids+=($!)
for _ in {1..100}; do [[ $(sinfo -h -o %t 2>/dev/null) == idle ]] && break; sleep 0.3; done
[[ $(sinfo -h -o %t 2>/dev/null) == idle ]] || { echo "Slurm did not come up; its logs:" >&2; tail -n 5 "$folder"/*.log >&2; exit 3; }
"$@"
