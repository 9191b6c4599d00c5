#!/usr/bin/env bash
# Real containers: builds the image, starts docker/compose.yaml, trains on it and compares the weights with those of one process; then with
# workers that come and go, and, with --faults, with containers that are killed, frozen and cut off. Leaves nothing behind.
#
#   tests/containers/run.sh [--faults] [--no-build]
#
# Needs a Docker engine and Compose (v2, or Debian's 1.29).
set -u
cd "$(dirname "$0")/../.." || exit 1
faults=0 build=--build
for option in "$@"; do
    case "$option" in
        --faults) faults=1 ;;
        --no-build) build=--no-build ;;
        *) echo "unknown option $option; see the head of $0" >&2; exit 2 ;;
    esac
done

project=dtrain-test-$$
work="$(mktemp -d)"
failed=0
if docker compose version >/dev/null 2>&1; then compose=(docker compose); else compose=(docker-compose); fi
compose+=(-p "$project" -f docker/compose.yaml)
export SUBMIT_USER
SUBMIT_USER="$(id -u):$(id -g)"

pass() { echo "passed: $1"; }
fail() { failed=1; echo "FAILED: $1"; }
same() { if [ -n "$2" ] && [ "$2" = "$3" ]; then pass "$1: $2"; else fail "$1: '$2', and not '$3'"; fi; }
clean() {
    "${compose[@]}" logs --no-color >"$work/logs" 2>&1
    [ "$failed" -eq 0 ] || tail -60 "$work/logs"
    "${compose[@]}" down --volumes --remove-orphans --timeout 30 >/dev/null 2>&1
    local left
    left="$(docker ps -aq --filter "label=com.docker.compose.project=$project"; docker network ls -q --filter "label=com.docker.compose.project=$project"; docker volume ls -q --filter "label=com.docker.compose.project=$project")"
    [ -z "$left" ] || echo "left behind: $left"
    rm -rf "$work"
}
trap clean EXIT

hash_in() { sed -n 's/.*"weights_sha256": *"\([0-9a-f]\{64\}\)".*/\1/p' "$1" 2>/dev/null | head -1; }
scale() { "${compose[@]}" up -d --no-build --no-recreate --scale "worker=$1" >>"$work/compose" 2>&1; }
status() { "${compose[@]}" exec -T server-2 dtrain status --seeds server-2:4053 --json 2>"$work/status-errors" </dev/null; }
nodes() { status | grep -o '"address"' | wc -l; }
container() { "${compose[@]}" ps -q "$1" | head -1; }
step() { status | sed -n 's/.*"step": *\([0-9]*\).*/\1/p' | head -1; }
# wait_until WHAT SECONDS CONDITION…
wait_until() {
    local what="$1" end=$((SECONDS + $2))
    shift 2
    until "$@"; do
        if [ "$SECONDS" -gt "$end" ]; then fail "waited for $what"; status; cat "$work/status-errors"; return 1; fi
        sleep 0.5
    done
}
has_nodes() { [ "$(nodes)" -eq "$1" ]; }
goes() { local now; now="$(step)"; [ -n "$now" ] && [ "$now" -gt "$1" ]; }

# submit NAME JOB: trains in the foreground; the report is $work/runs-NAME/…
submit() {
    mkdir -p "$work/$1"
    "${compose[@]}" run --rm -v "$work/jobs:/work/more:ro" -v "$work/$1:/work/runs" submit "$2" >"$work/$1.log" 2>&1
}

# in_mid_run NAME COMMAND…: the long job, with something done to the cluster once it runs; the same weights all the same.
in_mid_run() {
    local name="$1"
    shift
    submit "$name" more/long.yaml &
    local job=$!
    wait_until "the job of '$name' to run" 60 goes 50 && "$@"
    wait "$job" || { fail "$name: the job failed"; tail -5 "$work/$name.log"; }
    same "$name" "$(hash_in "$work/$name"/*/run.json)" "$expected_long"
}

echo "== one process"
mkdir -p "$work/jobs" "$work/runs"
sed -e 's/^name: .*/name: long/' -e 's/^epochs: .*/epochs: 300/' jobs/digits-mlp.yaml >"$work/jobs/long.yaml"
[ "$build" = --no-build ] || "${compose[@]}" build server-1 >"$work/compose" 2>&1 || { fail 'build'; tail -20 "$work/compose"; exit 1; }
image=$(($(docker image inspect -f '{{.Size}}' dtrain) / 1000000)) base=$(($(docker image inspect -f '{{.Size}}' mcr.microsoft.com/dotnet/aspnet:10.0) / 1000000))
if [ $((image - base)) -lt 100 ]; then pass "the image adds $((image - base)) MB to its base"; else fail "the image adds $((image - base)) MB to its base"; fi
docker run --rm --network none --user "$SUBMIT_USER" -v "$work:/more" dtrain train /more/jobs/long.yaml --report /more/alone >"$work/alone.log" 2>&1 \
    || { fail 'training in one process'; tail -5 "$work/alone.log"; }
expected_long="$(hash_in "$work/alone/run.json")"

echo "== up"
scale 4
wait_until 'seven nodes' 120 has_nodes 7 && pass 'seven nodes have joined'
same 'the node is no root' "$("${compose[@]}" exec -T server-1 id -u | tr -d '\r')" 1654
if "${compose[@]}" exec -T server-1 touch /app/x 2>/dev/null; then fail 'the root file system can be written'; else pass 'the root file system is read-only'; fi
if "${compose[@]}" logs --no-color server-1 2>/dev/null | grep -q 'speaks in the clear'; then pass 'a node that others reach warns that it has no TLS'; else fail 'no warning'; fi
healthy() { [ "$(docker inspect -f '{{.State.Health.Status}}' "$(container server-1)")" = healthy ]; }
wait_until 'the health check' 60 healthy && pass 'the health check finds the node'

submit first jobs/digits-mlp.yaml || { fail 'submit'; tail -5 "$work/first.log"; }
same 'digits-mlp.yaml ends at the recorded hash' "$(hash_in "$work/first"/*/run.json)" "$(sed -n 's/.*"digits-mlp.yaml": *"\([0-9a-f]\{64\}\)".*/\1/p' jobs/hashes.json)"

echo "== scale in mid-run"
rescale() { scale 1; wait_until 'four nodes' 90 has_nodes 4; scale 4; wait_until 'seven nodes' 90 has_nodes 7; scale 2; }
in_mid_run 'workers 4, 1, 4, 2' rescale

echo "== a polite end"
started=$SECONDS
docker stop -t 60 "$(container worker)" >/dev/null
if [ $((SECONDS - started)) -lt 30 ]; then pass "SIGTERM ended a worker in $((SECONDS - started)) s"; else fail "SIGTERM took $((SECONDS - started)) s"; fi
scale 4
wait_until 'seven nodes' 90 has_nodes 7

if [ "$faults" -eq 1 ]; then
    network="${project}_cluster"
    killed() { local id; id="$(container "$1")"; docker kill "$id" >/dev/null; sleep 12; docker start "$id" >/dev/null; }
    frozen() { local id; id="$(container "$1")"; docker pause "$id" >/dev/null; sleep "$2"; docker unpause "$id" >/dev/null; }
    cut_off() { local id; id="$(container "$1")"; docker network disconnect "$network" "$id"; sleep "$2"; docker network connect --alias "$1" "$network" "$id"; }
    # server-1 starts the cluster and hosts the coordinator; ranges lie on the first servers.
    for service in worker server-2 server-1; do
        for harm in killed frozen cut_off; do
            echo "== $service: $harm"
            in_mid_run "$service $harm" "$harm" "$service" 20
            scale 4
            wait_until 'seven nodes' 120 has_nodes 7
        done
    done
fi

[ "$failed" -eq 0 ] && echo 'all passed'
exit "$failed"
