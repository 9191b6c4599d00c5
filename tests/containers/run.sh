#!/usr/bin/env bash
# Real containers: builds the image, starts docker/compose.yaml, trains on it and compares the weights with those of one process; then with
# workers that come and go, and with containers that are killed, frozen and cut off in mid-run. Leaves nothing behind but the image.
#
#   tests/containers/run.sh [--faults | --few-faults | --only SERVICE:HARM …] [--no-build]
#
# --faults does each harm to each of a worker, a server that holds parameters, and the coordinator's node; --few-faults each harm once, and
# once to each, as .ci/run does unless DTRAIN_CONTAINER_FAULTS=--faults; --only does those named, and nothing before them:
# --only server-1:cut_off. Needs a Docker engine and Compose (v2, or Debian's 1.29).
set -u
cd "$(dirname "$0")/../.." || exit 1
faults=() build=1 coming_and_going=1
while [ $# -gt 0 ]; do
    case "$1" in
        --faults) faults=({worker,server-2,server-1}:{killed,frozen,cut_off}) ;;
        --few-faults) faults=(worker:cut_off server-2:killed server-1:frozen) ;;
        --only) faults+=("${2?--only needs SERVICE:HARM}") coming_and_going=0 && shift ;;
        --no-build) build=0 ;;
        *) echo "unknown option $1; see the head of $0" >&2; exit 2 ;;
    esac
    shift
done

project=dtrain-test-$$
network="${project}_cluster"
work="$(mktemp -d)"
failed=0
finished=0
if docker compose version >/dev/null 2>&1; then compose=(docker compose); else compose=(docker-compose); fi
compose+=(-p "$project" -f docker/compose.yaml)
export SUBMIT_USER
SUBMIT_USER="$(id -u):$(id -g)"

stage() { printf '== %s (%d s)\n' "$1" "$SECONDS"; }
pass() { echo "passed: $1"; }
fail() { failed=1; echo "FAILED: $1"; }
same() { if [ -n "$2" ] && [ "$2" = "$3" ]; then pass "$1: $2"; else fail "$1: '$2', and not '$3'"; fi; }

left() {
    local label="label=com.docker.compose.project=$project"
    docker ps -aq --filter "$label"
    docker network ls -q --filter "$label"
    docker volume ls -q --filter "$label"
}
clean() {
    if [ "$failed" -ne 0 ]; then "${compose[@]}" logs --no-color 2>&1 | tail -80; fi
    docker ps -q --filter "label=com.docker.compose.project=$project" --filter status=paused | xargs -r docker unpause >/dev/null
    "${compose[@]}" down --volumes --remove-orphans --timeout 30 >"$work/down" 2>&1
    if [ -n "$(left)" ]; then fail "left behind: $(left | tr '\n' ' ')"; cat "$work/down"; else pass 'nothing is left behind'; fi
    rm -rf "$work"
    if [ "$finished" -eq 0 ]; then echo 'FAILED: it did not come to its end'; exit 1; fi
    [ "$failed" -eq 0 ] && echo "all passed in $SECONDS s"
    exit "$failed"
}
trap clean EXIT
trap 'exit 1' INT TERM

hash_in() { sed -n 's/.*"weights_sha256": *"\([0-9a-f]\{64\}\)".*/\1/p' "$1" 2>/dev/null | head -1; }
steps_in() { sed -n 's/.*"steps": *\([0-9]*\),.*/\1/p' "$1" 2>/dev/null | head -1; }
container() { "${compose[@]}" ps -q "$1" | head -1; }
scale() { "${compose[@]}" up -d --no-build --no-recreate --scale "worker=$1" >>"$work/compose" 2>&1; }
# In the container of server-3, to which nothing is done.
dtrain() { docker exec "$asked" dtrain "$@" 2>"$work/errors"; }
status() { dtrain status --json; }
running() { status | sed -n "s/.*\"id\":\"\([^\"]*\)\",\"name\":\"long\",\"state\":\"running\",\"epoch\":[0-9]*,\"step\":\([0-9]*\),.*/\\$1/p"; }
has_nodes() { [ "$(status | grep -o '"address"' | wc -l)" -eq "$1" ]; }
has_passed() { local now; now="$(running 2)"; [ -n "$now" ] && [ "$now" -gt "$1" ]; }
is_healthy() { [ "$(docker inspect -f '{{.State.Health.Status}}' "$1")" = healthy ]; }
# wait_until WHAT SECONDS CONDITION…
wait_until() {
    local what="$1" begin=$SECONDS bound="$2"
    shift 2
    until "$@"; do
        if [ $((SECONDS - begin)) -gt "$bound" ]; then
            fail "waited $bound s for $what"
            status
            cat "$work/errors"
            docker ps -a --filter "label=com.docker.compose.project=$project" --format '{{.Names}} {{.Status}}'
            return 1
        fi
        sleep 1
    done
    echo "   $what after $((SECONDS - begin)) s"
}
nodes() { wait_until "$1 nodes" 120 has_nodes "$1"; }
goes_on() { local now; now="$(running 2)"; wait_until "step $((${now:-0} + 100))" 60 has_passed $((${now:-0} + 100)); }

# submit NAME JOB: trains in the foreground; the report is $work/NAME/…
submit() {
    mkdir -p "$work/$1"
    SUBMIT_RUNS="$work/$1" "${compose[@]}" run --rm -v "$work/jobs:/work/more:ro" submit "$2" >"$work/$1.log" 2>&1
}

# alone STEPS: the hash that one process ends at after so many steps of the long job.
alone() {
    docker run --rm --network none --user "$SUBMIT_USER" -v "$work:/more" dtrain train /more/jobs/long.yaml --set "stop.steps=$1 steps" --report "/more/alone-$1" \
        >"$work/alone.log" 2>&1 || tail -5 "$work/alone.log" >&2
    hash_in "$work/alone-$1/run.json"
}

# in_mid_run NAME COMMAND…: a job that runs until it is told to stop, which is after the command and some steps; it must end with the weights
# of one process at that step.
in_mid_run() {
    local name="$1" run="${1//[ ,]/-}" report
    shift
    submit "$run" more/long.yaml &
    local job=$!
    wait_until 'a running job' 60 has_passed 50 && "$@" && goes_on
    dtrain cancel "$(running 1)" >/dev/null || fail "$name: the job could not be stopped"
    wait "$job" || { fail "$name: the job failed"; tail -5 "$work/$run.log"; }
    report="$(echo "$work/$run"/*/run.json)"
    same "$name, $(steps_in "$report") steps" "$(hash_in "$report")" "$(alone "$(steps_in "$report")")"
}

stage 'the image'
mkdir -p "$work/jobs"
# Without an end, and with epochs of many steps.
sed -e 's/^name: .*/name: long/' -e 's/^epochs: .*/epochs: 1000000/' -e 's/^batch-size: .*/batch-size: 8/' jobs/digits-mlp.yaml >"$work/jobs/long.yaml"
if [ "$build" -eq 1 ]; then
    "${compose[@]}" build server-1 >"$work/build" 2>&1 || { fail 'the image cannot be built'; tail -20 "$work/build"; exit 1; }
fi
megabytes() { echo $(($(docker image inspect -f '{{.Size}}' "$1") / 1000000)); }
added=$(($(megabytes dtrain) - $(megabytes mcr.microsoft.com/dotnet/aspnet:10.0)))
if [ "$added" -lt 100 ]; then pass "the image adds $added MB to its base"; else fail "the image adds $added MB to its base"; fi

stage 'up'
scale 4 || { fail 'the cluster does not start'; tail -20 "$work/compose"; exit 1; }
asked="$(container server-3)"
nodes 7 || exit 1
same 'the node is no root' "$(docker exec "$(container server-1)" id -u)" 1654
if docker exec "$(container server-1)" touch /app/x 2>/dev/null; then fail 'the root file system can be written'; else pass 'the root file system is read-only'; fi
if docker logs "$(container server-1)" 2>&1 | grep -q 'speaks in the clear'; then pass 'a node that others reach warns that it has no TLS'; else fail 'no warning'; fi
wait_until 'a healthy server-1' 60 is_healthy "$(container server-1)"

submit first jobs/digits-mlp.yaml || { fail 'submit'; tail -5 "$work/first.log"; }
same 'digits-mlp.yaml ends at the recorded hash' "$(hash_in "$work/first"/*/run.json)" "$(sed -n 's/.*"digits-mlp.yaml": *"\([0-9a-f]\{64\}\)".*/\1/p' jobs/hashes.json)"

if [ "$coming_and_going" -eq 1 ]; then
    stage 'workers come and go in mid-run'
    rescale() { scale 1 && nodes 4 && scale 4 && nodes 7 && scale 2 && nodes 5; }
    in_mid_run 'workers 4, 1, 4, 2' rescale

    stage 'a polite end'
    before=$SECONDS
    docker stop -t 60 "$(container worker)" >/dev/null
    if [ $((SECONDS - before)) -lt 30 ]; then pass "SIGTERM ended a worker in $((SECONDS - before)) s"; else fail "SIGTERM took $((SECONDS - before)) s"; fi
    scale 4
    nodes 7
fi

# Each harm lasts until the cluster has gone on without the node, and is over when the node is back.
killed() { docker kill "$2" >/dev/null && nodes 6 && goes_on && docker start "$2" >/dev/null && nodes 7; }
frozen() { docker pause "$2" >/dev/null && nodes 6 && goes_on && docker unpause "$2" >/dev/null && nodes 7; }
cut_off() {
    docker network disconnect "$network" "$2" && nodes 6 && goes_on || return
    # A container that ended meanwhile and was started again may have got its network back, without its name.
    docker network disconnect "$network" "$2" 2>/dev/null
    docker network connect --alias "$1" "$network" "$2" && nodes 7
}
# server-1 starts the cluster and hosts the coordinator; ranges lie on the first servers.
for fault in "${faults[@]}"; do
    service="${fault%:*}" harm="${fault#*:}"
    stage "$service $harm"
    in_mid_run "$service $harm" "$harm" "$service" "$(container "$service")"
done

finished=1
stage 'down'
