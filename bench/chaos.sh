#!/usr/bin/env bash
# A fault every few seconds, drawn by a seed, on real processes; the weights must be those of an undisturbed run. See --help.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)

usage() {
    cat <<TEXT
usage: bench/chaos.sh [--seed N] [--minutes M] [--report DIR] [--no-build]

Runs cluster-configs/experiments/chaos.yaml with another seed and length. Needs MNIST: \$DTRAIN_DATA names a folder with mnist/ in it.

--seed N     of the faults; default: another one each time. It is printed, and the same seed draws the same faults
--minutes M  for how long faults come; default 2
--report DIR where the report goes, empty or new; default: nowhere
--no-build   takes the program as it was built last

Exit code 1 where the weights differ, a sample was lost or doubled, or a run did not complete.
TEXT
}

fail() {
    echo "chaos.sh: $*" >&2
    exit 2
}

seed=$RANDOM minutes=2 report='' build=1
while [ $# -gt 0 ]; do
    case $1 in
        --help | -h) usage && exit 0 ;;
        --seed | --minutes | --report)
            [ $# -ge 2 ] || fail "$1 needs a value; see --help"
            printf -v "${1#--}" %s "$2" && shift ;;
        --no-build) build=0 ;;
        *) fail "there is no option '$1'; see --help" ;;
    esac
    shift
done
[[ $seed =~ ^[0-9]+$ ]] || fail "--seed is '$seed'; allowed is a whole number from 0"
[[ $minutes =~ ^[1-9][0-9]*$ ]] || fail "--minutes is '$minutes'; allowed is a whole number from 1"
[ -d "${DTRAIN_DATA:-}/mnist" ] || fail "DTRAIN_DATA is '${DTRAIN_DATA:-}'; it must name a folder with mnist/ in it"

dtrain=$root/src/DistributedTrainer.Cli/bin/Release/net10.0/dtrain
[ $build = 0 ] || dotnet build -c Release "$root/src/DistributedTrainer.Cli" --nologo -v quiet >&2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "chaos: seed $seed, $minutes min; again: bench/chaos.sh --seed $seed --minutes $minutes"
# Long enough for the faults where five nodes on two cores take 4 ms a step; where they are faster, later faults find the run over.
sed -e "s|^job: \.\./\.\./|job: $root/|" -e "s|^seed: .*|seed: $seed|" -e "s|steps: [0-9]* steps|steps: $((minutes * 14000)) steps|" \
    -e "s|until: [0-9]* min|until: $minutes min|" -e 's|, pause-max: [^ ]* s||' "$root/cluster-configs/experiments/chaos.yaml" >"$work/chaos.yaml"
"$dtrain" experiment "$work/chaos.yaml" --report "${report:-$work/report}"
