#!/usr/bin/env bash
# Submits the array of parts, the merge after it and, where TABLE is set, the experiment after that; prints the three jobs' numbers.
#   CLIP=… IMAGES=… OUT=… PARTS=8 [NPY=…] [TABLE="table1 --preset coco" [AFTER=JOB:JOB…]] lib/cluster/slurm/submit.sh [options of sbatch for all jobs]
set -euo pipefail
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
UNSUPCLIPCAP=$(cd "$scripts/../../.." && pwd)

missing=()
for name in CLIP OUT PARTS; do [[ -n ${!name:-} ]] || missing+=("$name"); done
[[ -n ${IMAGES:-}${CAPTIONS:-} ]] || missing+=("IMAGES or CAPTIONS")
if ((${#missing[@]})); then
  echo "Not set: ${missing[*]}. See lib/cluster/slurm/README.md." >&2
  exit 2
fi
if ! [[ $PARTS =~ ^[1-9][0-9]*$ ]]; then
  echo "PARTS is '$PARTS'; expected a number of parts, 1 or more." >&2
  exit 2
fi
# Jobs run in the project's folder: what is named from here must be found from there.
for name in CLIP IMAGES CAPTIONS OUT NPY; do [[ -z ${!name:-} ]] || printf -v "$name" '%s' "$(realpath -m "${!name}")"; done
export UNSUPCLIPCAP CLIP IMAGES=${IMAGES:-} CAPTIONS=${CAPTIONS:-} OUT PARTS NPY=${NPY:-} TABLE=${TABLE:-} DEVICE=${DEVICE:-auto} EMBED_OPTIONS=${EMBED_OPTIONS:-}

# Built once, here: tasks that build at the same time would be in each other's way.
"$UNSUPCLIPCAP/run" help >/dev/null

array=$(sbatch --parsable --export=ALL --array="1-$PARTS" "$@" "$scripts/embed.sbatch")
merge=$(sbatch --parsable --export=ALL --dependency="afterok:${array%%;*}" "$@" "$scripts/merge.sbatch")
echo "parts: ${array%%;*}, merge: ${merge%%;*}"
if [[ -n $TABLE ]]; then
  table=$(sbatch --parsable --export=ALL --dependency="afterok:${merge%%;*}${AFTER:+:$AFTER}" "$@" "$scripts/table.sbatch")
  echo "table: ${table%%;*}"
fi
