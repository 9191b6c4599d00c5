#!/usr/bin/env bash
# Measures the product against PyTorch's DistributedDataParallel and gloo on this machine, the sides taking turns, and writes a table of
# ratios. See --help.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")

usage() {
    cat <<TEXT
usage: bench/compare.sh [PEERS] [--rounds N] [--only REGEX] [--out FILE] [--seconds S] [--avx2] [--tiny] [--no-peers] [--no-build]

PEERS       a tree with PyTorch 2.6 to run the others in; default \$DTRAIN_PEERS. Make it once, as root on Linux, some minutes and
            about 3 GB:  bench/peers/setup.sh DIR
--rounds N  how often each measurement is repeated, the sides alternating; default 5
--only RE   only the rows whose name matches this extended regular expression, e.g. 'softmax|exchange 1,000 '
--out FILE  default bench/results/<processor>/compare.md
--seconds S about how long one measurement of a step lasts; default 3
--avx2      both sides without AVX-512, as on a processor that has none; the table's default file is then compare-avx2.md
--tiny      the smallest sizes, to see that everything runs; writes to standard output unless --out is given
--no-peers  only what needs no other framework: shards, nodes, the exchange's floor, the two transports
--no-build  takes the program as it was built last
TEXT
}

fail() {
    echo "compare.sh: $*" >&2
    exit 2
}

peers=${DTRAIN_PEERS:-} rounds=5 only=. out='' seconds=3 avx2=0 tiny=0 with_peers=1 build=1
while [ $# -gt 0 ]; do
    case $1 in
        --help | -h) usage && exit 0 ;;
        --rounds | --only | --out | --seconds)
            [ $# -ge 2 ] || fail "$1 needs a value; see --help"
            printf -v "${1#--}" %s "$2" && shift ;;
        --tiny) tiny=1 rounds=1 ;;
        --avx2) avx2=1 ;;
        --no-peers) with_peers=0 ;;
        --no-build) build=0 ;;
        -*) fail "there is no option '$1'; see --help" ;;
        *) peers=$1 ;;
    esac
    shift
done
[[ $rounds =~ ^[1-9][0-9]*$ ]] || fail "--rounds is '$rounds'; allowed is a whole number from 1"
[[ $seconds =~ ^[1-9][0-9]*$ ]] || fail "--seconds is '$seconds'; allowed is a whole number from 1"
if [ $with_peers = 1 ]; then
    [ -n "$peers" ] || fail "where are the peers? Name their folder, or set DTRAIN_PEERS. bench/peers/setup.sh DIR makes it; --no-peers does without"
    [ -e "$peers/.complete" ] || fail "$peers is no finished tree of peers; bench/peers/setup.sh '$peers' makes it"
    peers=$(cd "$peers" && pwd)
fi

[ -n "$out" ] || [ $tiny = 1 ] || out=$root/bench/results/$("$here/processor.sh" slug)/compare$([ $avx2 = 0 ] || echo -avx2).md
# .NET; PyTorch's own kernels, MKL's and oneDNN's.
[ $avx2 = 0 ] || export DOTNET_EnableAVX512=0 ATEN_CPU_CAPABILITY=avx2 MKL_ENABLE_INSTRUCTIONS=AVX2 ONEDNN_MAX_CPU_ISA=AVX2

dtrain=$root/src/DistributedTrainer.Cli/bin/Release/net10.0/dtrain
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
[ $build = 0 ] || dotnet build -c Release "$root/src/DistributedTrainer.Cli" --nologo -v quiet >&2
[ -x "$dtrain" ] || fail "$dtrain is not there; build it, or leave out --no-build"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
samples=$work/samples # lines: row, side (ours or other), milliseconds
allocated=$work/allocated
: >"$samples"
: >"$allocated"
load_begin=$(cut -d ' ' -f 1-3 /proc/loadavg)

field() { sed -n "s/.*\"$1\": *\([-0-9.eE+]*\).*/\1/p"; }
chosen() { grep -qE -- "$only" <<<"$1"; }
record() { # ROW SIDE MILLISECONDS
    [ -n "$3" ] || fail "$1: $2 gave no number"
    printf '%s\t%s\t%s\n' "$1" "$2" "$3" >>"$samples"
}

# Steps for a measurement of about so many seconds, from the milliseconds that a step may take.
steps_for() { if [ $tiny = 1 ]; then echo 5; else awk -v s="$seconds" -v ms="$1" 'BEGIN { n = int(s * 1000 / ms); print n < 20 ? 20 : n }'; fi; }
warm=()
[ $tiny = 0 ] || warm=(--warmup 5)

ours() { # ROW SIDE ARGUMENTS… of bench step
    local row=$1 side=$2 json
    shift 2
    json=$("$dtrain" bench step --json "${warm[@]}" "$@") || fail "$row: dtrain bench step $* failed"
    record "$row" "$side" "$(field step_ms_mean <<<"$json")"
    printf '%s\t%s\n' "$row" "$(field allocated_bytes_per_step <<<"$json")" >>"$allocated"
}
peer() { # SCRIPT ARGUMENTS…
    "$here/peers/peer.sh" "$peers" "$@" || fail "$* failed among the peers"
}

# ---- a round ----------------------------------------------------------------------------------------------------------------------

step_against_torch() { # MODEL BATCH NODES ROUGH-MS-OURS ROUGH-MS-THEIRS
    local row="\`$1\` batch $2, $3 $([ "$3" = 1 ] && echo process || echo processes)"
    if [ $with_peers = 0 ] || ! chosen "$row"; then return 0; fi
    ours "$row" ours --model "$1" --batch "$2" --nodes "$3" --steps "$(steps_for "$4")"
    record "$row" other "$(peer torch_ddp.py "$1" "$3" "$2" "$(steps_for "$5")" adam | field step_ms)"
}
nodes_against_one() { # MODEL BATCH ROUGH-MS
    local row="\`$1\` batch $2, 2 nodes against 1 of 1 thread"
    chosen "$row" || return 0
    ours "$row" ours --model "$1" --batch "$2" --nodes 2 --steps "$(steps_for "$3")"
    ours "$row" other --model "$1" --batch "$2" --nodes 1 --steps "$(steps_for "$3")"
}
shards_against_one() { # MODEL BATCH ROUGH-MS
    local row="\`$1\` batch $2, 8 shards against 1"
    chosen "$row" || return 0
    ours "$row" ours --model "$1" --batch "$2" --shards 8 --steps "$(steps_for "$3")"
    ours "$row" other --model "$1" --batch "$2" --shards 1 --steps "$(steps_for "$3")"
}
transports() {
    local row='`mlp` batch 64, 2 nodes: sockets against Akka.Remote'
    chosen "$row" || return 0
    echo 'dtrain.data-plane.transport = akka-remote' >"$work/akka-remote.conf"
    ours "$row" ours --model mlp --batch 64 --nodes 2 --steps "$(steps_for 1)"
    ours "$row" other --model mlp --batch 64 --nodes 2 --steps "$(steps_for 5)" --config "$work/akka-remote.conf"
}
thousands() { sed -E ':a; s/^([0-9]+)([0-9]{3})/\1,\2/; ta' <<<"$1"; }
exchanges() {
    local floats row floor_row json gloo='' size steps=()
    [ $tiny = 0 ] || steps=(--steps 5 --warmup 5)
    for floats in 1000 100000 1000000 25000000; do
        if [ $tiny = 1 ] && [ $floats -gt 100000 ]; then continue; fi
        size=$(thousands $floats)
        row="exchange of $size floats against gloo" floor_row="exchange of $size floats against plain sockets"
        if ! chosen "$row" && ! chosen "$floor_row"; then continue; fi
        json=$("$dtrain" bench exchange --json --floats $floats --nodes 2 "${steps[@]}") || fail "$row: dtrain bench exchange failed"
        if chosen "$floor_row"; then
            record "$floor_row" ours "$(field ms_median <<<"$json")"
            record "$floor_row" other "$(field floor_ms_median <<<"$json")"
        fi
        if [ $with_peers = 1 ] && chosen "$row"; then
            [ -n "$gloo" ] || gloo=$(peer gloo_allreduce.py)
            record "$row" ours "$(field ms_mean <<<"$json")"
            record "$row" other "$(grep "\"floats\": $floats," <<<"$gloo" | field ms)"
        fi
    done
}

for ((round = 1; round <= rounds; round++)); do
    echo "round $round of $rounds, $(date +%T), load $(cut -d ' ' -f 1 /proc/loadavg)" >&2
    step_against_torch softmax 64 1 0.1 0.8
    step_against_torch softmax 64 2 0.3 3
    step_against_torch mlp 64 1 0.4 1.2
    step_against_torch mlp 64 2 0.7 5
    step_against_torch mlp 256 1 1.5 3.5
    step_against_torch mlp 256 2 2 7
    step_against_torch mlp1k 256 1 30 55
    step_against_torch mlp1k 256 2 25 45
    step_against_torch lenet 64 1 4 12
    step_against_torch lenet 64 2 3 12
    step_against_torch lstm 64 1 12 28
    step_against_torch lstm 64 2 8 23
    step_against_torch gpt 12 1 48 95
    step_against_torch gpt 12 2 30 75
    nodes_against_one mlp1k 256 30
    nodes_against_one mlp1k 1024 110
    shards_against_one mlp 64 0.4
    shards_against_one mlp 256 1.5
    shards_against_one mlp1k 256 30
    exchanges
    transports
done
[ -s "$samples" ] || fail "--only '$only' matches no row"

# ---- the table --------------------------------------------------------------------------------------------------------------------

targets() { # row, what must be reached, the goal: ours as fast as so many of the other
    cat <<'TEXT'
`softmax` batch 64, 1 process	5	10
`softmax` batch 64, 2 processes	8	20
`mlp` batch 64, 1 process	1.9	2.6
`mlp` batch 64, 2 processes	6	10
`mlp` batch 256, 1 process	1.6	2.1
`mlp` batch 256, 2 processes	3	5
`mlp1k` batch 256, 1 process	1.4	1.75
`mlp1k` batch 256, 2 processes	1.4	1.8
`lenet` batch 64, 1 process	3.5	5
`lenet` batch 64, 2 processes	4	7
`lstm` batch 64, 1 process	1.6	2.0
`lstm` batch 64, 2 processes	1.8	2.8
`gpt` batch 12, 1 process	1.4	1.65
`gpt` batch 12, 2 processes	1.6	2.3
`mlp1k` batch 256, 2 nodes against 1 of 1 thread	1.3	1.5
`mlp1k` batch 1024, 2 nodes against 1 of 1 thread	1.6	1.8
`mlp` batch 64, 8 shards against 1	0.75	0.9
`mlp` batch 256, 8 shards against 1	0.75	0.9
`mlp1k` batch 256, 8 shards against 1	0.75	0.9
exchange of 1,000 floats against gloo	5	15
exchange of 100,000 floats against gloo	4	8
exchange of 1,000,000 floats against gloo	1.5	3
exchange of 25,000,000 floats against gloo	1.2	2
exchange of 1,000 floats against plain sockets	0.25	0.5
exchange of 1,000,000 floats against plain sockets	0.5	0.77
`mlp` batch 64, 2 nodes: sockets against Akka.Remote	2	5
TEXT
}

table() {
    cat <<TEXT
# The product against PyTorch and gloo

    bench/compare.sh PEERS --rounds $rounds --seconds $seconds$([ $avx2 = 0 ] || echo ' --avx2')$([ "$only" = . ] || printf " --only '%s'" "$only")

- $("$here/processor.sh" line)$([ $avx2 = 0 ] || echo ', both sides held to AVX2')
- $("$dtrain" --version | head -n 1)
- $([ $with_peers = 1 ] && peer_version || echo 'no peers'); $rounds rounds, the sides alternating; load of the machine $load_begin at the begin, $(cut -d ' ' -f 1-3 /proc/loadavg) at the end
- The ratio is the other's mean time ÷ ours: above 1 ours is faster. Its range is that of the single rounds. Adam, 8 shards,
  no replicas, one thread a process. The exchange against plain sockets compares medians; there 1 would be as fast as the wire.

| | ours ms | other ms | ratio | range | must | goal | |
|---|---:|---:|---:|---:|---:|---:|---|
TEXT
    targets | awk -F '\t' '
        NR == FNR { sum[$1, $2] += $3; n[$1, $2]++; value[$1, $2, n[$1, $2]] = $3; next }
        n[$1, "ours"] > 0 {
            ours = sum[$1, "ours"] / n[$1, "ours"]; other = sum[$1, "other"] / n[$1, "other"]; ratio = other / ours
            low = high = value[$1, "other", 1] / value[$1, "ours", 1]
            for (i = 2; i <= n[$1, "ours"]; i++) {
                r = value[$1, "other", i] / value[$1, "ours", i]
                if (r < low) low = r
                if (r > high) high = r
            }
            verdict = ratio >= $3 ? "goal" : ratio >= $2 ? "must" : "below"
            printf "| %s | %.3f | %.3f | **%.2f** | %.2f–%.2f | %s | %s | %s |\n", $1, ours, other, ratio, low, high, $2, $3, verdict
        }' "$samples" -
    awk -F '\t' '$2 > most[$1] { most[$1] = $2 } END { for (row in most) if (most[row] > worst) { worst = most[row]; where = row }
        if (where != "") printf "\nBytes allocated a step and node: at most %d (%s).\n", worst, where }' "$allocated"
}
peer_version() {
    chroot "$peers" python3 -c 'import torch; print("PyTorch", torch.__version__.split("+")[0])'
}

if [ -z "$out" ]; then
    table
else
    mkdir -p "$(dirname "$out")"
    table >"$work/table"
    mv "$work/table" "$out"
    chmod 644 "$out"
    cat "$out"
fi
