#!/usr/bin/env bash
# Measures what failures cost: runs the ready experiments, several times each, and writes a table of pauses beside their budgets. See --help.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)

usage() {
    cat <<TEXT
usage: bench/failures.sh [--repeat N] [--slack F] [--only REGEX] [--out FILE] [--no-build]

Needs MNIST: \$DTRAIN_DATA names a folder with mnist/ in it.

--repeat N  disturbed runs of each scenario; the median of their pauses counts; default 5
--slack F   exit code 1 where a median is more than F times its budget; default 1
--only RE   only scenarios whose name matches this extended regular expression, e.g. 'killed'
--out FILE  default bench/results/<processor>/failures.md; - is standard output
--no-build  takes the program as it was built last

Whatever the times, every run must complete with the undisturbed run's weights, with no sample lost or doubled: otherwise exit code 1.
TEXT
}

fail() {
    echo "failures.sh: $*" >&2
    exit 2
}

repeat=5 slack=1 only=. out='' build=1
while [ $# -gt 0 ]; do
    case $1 in
        --help | -h) usage && exit 0 ;;
        --repeat | --slack | --only | --out)
            [ $# -ge 2 ] || fail "$1 needs a value; see --help"
            printf -v "${1#--}" %s "$2" && shift ;;
        --no-build) build=0 ;;
        *) fail "there is no option '$1'; see --help" ;;
    esac
    shift
done
[[ $repeat =~ ^[1-9][0-9]*$ ]] || fail "--repeat is '$repeat'; allowed is a whole number from 1"
[[ $slack =~ ^[1-9][0-9]*(\.[0-9]+)?$ ]] || fail "--slack is '$slack'; allowed is a number from 1"
[ -d "${DTRAIN_DATA:-}/mnist" ] || fail "DTRAIN_DATA is '${DTRAIN_DATA:-}'; it must name a folder with mnist/ in it"

slug=$("$root/bench/processor.sh" slug)
[ -n "$out" ] || out=$root/bench/results/$slug/failures.md
dtrain=$root/src/DistributedTrainer.Cli/bin/Release/net10.0/dtrain
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
[ $build = 0 ] || dotnet build -c Release "$root/src/DistributedTrainer.Cli" --nologo -v quiet >&2
[ -x "$dtrain" ] || fail "$dtrain is not there; build it, or leave out --no-build"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rows=$work/rows broken=$work/broken
: >"$rows"
: >"$broken"
load_begin=$(cut -d ' ' -f 1-3 /proc/loadavg)

# SCENARIO TITLE MUST GOAL [MEASURE]: the pause of the scenario's first event, or its handover, in ms. MUST may be in steps: '2 steps'.
measure() {
    local scenario=$1 title=$2 must=$3 goal=$4 measure=${5:-pause} folder=$work/$1
    [[ $scenario =~ $only ]] || return 0
    echo "$scenario, $(date +%T), load $(cut -d ' ' -f 1 /proc/loadavg)" >&2
    sed -e "s|^job: \.\./\.\./|job: $root/|" -e '/^repeat:/d' "$root/cluster-configs/experiments/$scenario.yaml" >"$folder.yaml"
    echo "repeat: $repeat" >>"$folder.yaml"
    "$dtrain" experiment "$folder.yaml" --report "$folder" --json >"$folder.json" 2>"$folder.log" || true # a pause over its limit is told below
    if ! [ -s "$folder.json" ]; then
        echo "$title: the experiment failed: $(tail -n 1 "$folder.log")" | tee -a "$broken" >&2
        return 0
    fi
    for expected in completed events-missed same-weights samples-lost samples-doubled steps-repeated-max; do
        grep -q "\"name\":\"$expected\"[^}]*\"met\":false" "$folder.json" \
            && echo "$title: $expected is not as expected: $(grep -o "{\"name\":\"$expected\"[^}]*}" "$folder.json")" | tee -a "$broken" >&2
    done
    # events.csv: run,kind,node,at_step,at_s,noticed_ms,pause_ms,steps_repeated,samples_per_s_before,…_during,…_after,handover_ms,missed
    awk -F, -v title="$title" -v must="$must" -v goal="$goal" -v column="$([ "$measure" = pause ] && echo 7 || echo 12)" '
        NR == 2 { kind = $2 }
        NR > 1 && $2 == kind { n++; pause[n] = $column == "" ? 1e9 : $column; noticed[n] = $6 == "" ? 1e9 : $6; rate = column == 7 ? $9 : $11; step[n] = 64000 / (rate > 0 ? rate : 64000) }
        function median(values, count,  i, j, v) {
            for (i = 2; i <= count; i++) { v = values[i]; for (j = i - 1; j >= 1 && values[j] > v; j--) values[j + 1] = values[j]; values[j + 1] = v }
            return values[int((count + 1) / 2)]
        }
        function ms(value) { return value >= 1e9 ? "never" : sprintf("%.1f", value) }
        END {
            middle = median(pause, n)
            if (must ~ / steps$/)
                must = sprintf("%.1f", must * median(step, n))
            printf "%s\t%s\t%s–%s\t%s\t%.2f\t%s\t%s\t%s\n", title, ms(middle), ms(pause[1]), ms(pause[n]), ms(median(noticed, n)), median(step, n), must, goal, middle
        }' "$folder/events.csv" >>"$rows"
}

measure worker-killed 'SIGKILL of a node that only computes and keeps a backup' 250 50
measure server-killed 'SIGKILL of a server'\''s primary' 500 100
measure coordinator-killed 'SIGKILL of the coordinator'\''s node, which is a primary too' 500 100
measure worker-frozen 'SIGSTOP of a worker node' 2000 ''
measure server-frozen 'SIGSTOP of a primary' 3000 1200
measure partition 'partition of one node from two' 5000 1500
measure node-joins 'a node joins: from its assignment to the first commit under it' '2 steps' '' handover
measure all-killed 'all processes killed, resumed after 2 s' '' ''

table() {
    cat <<TEXT
# What failures cost

    bench/failures.sh --repeat $repeat$([ "$only" = . ] || printf " --only '%s'" "$only")

- $("$root/bench/processor.sh" line)
- $("$dtrain" --version | paste -sd ',' | sed 's/,/, /g')
- \`mlp\` on MNIST, batch 64, 3 nodes with all roles and one thread each, 2 server ranges, one backup each; load of the machine $load_begin at the begin, $(cut -d ' ' -f 1-3 /proc/loadavg) at the end
- Pause: from the event to the next new step, or the longest gap between two new steps within a second after, whichever is longer
  (docs/experiments.md). Noticed: to the first failed link, or the coordinator's first word, or until it has joined. Both in ms, medians of
  $repeat runs. A step: by the throughput of the two seconds before the event; after it where a node joins, whose budget is two of them.

| event | pause | range | noticed | a step takes | must | goal | |
|---|---:|---:|---:|---:|---:|---:|---|
TEXT
    awk -F '\t' '{
        verdict = $6 == "" ? "" : $8 > $6 ? "over" : $7 != "" && $8 <= $7 ? "goal" : "must"
        printf "| %s | **%s** | %s | %s | %s | %s | %s | %s |\n", $1, $2, $3, $4, $5, $6, $7, verdict
    }' "$rows"
    if [ -s "$broken" ]; then
        printf '\nNot as it must be:\n\n'
        sed 's/^/- /' "$broken"
    else
        printf '\nEvery run completed with the undisturbed run'\''s weights; no sample was lost or doubled.\n'
    fi
}

if [ "$out" = - ]; then table; else mkdir -p "$(dirname "$out")" && table >"$out" && cat "$out"; fi
awk -F '\t' -v slack="$slack" '$6 != "" && $8 > slack * $6 { printf "failures.sh: %s: %s ms, over %s times %s ms\n", $1, $2, slack, $6 > "/dev/stderr"; over = 1 } END { exit over }' "$rows" || exit 1
[ ! -s "$broken" ]
