#!/usr/bin/env bash
# This machine's processor. line: for people; slug: for the name of a folder of results.
set -euo pipefail
name=$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1)
family=$(sed -n 's/^cpu family[^:]*: *//p' /proc/cpuinfo | head -n 1)
model=$(sed -n 's/^model[^ :]*\t*: *//p' /proc/cpuinfo | head -n 1)
case ${1:-} in
    line)
        system=$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release)
        echo "$name (family $family, model $model), $(nproc) cores visible, $system, .NET $(dotnet --version)" ;;
    slug) echo "$(tr '[:upper:]' '[:lower:]' <<<"$name" | sed -E 's/\((r|tm)\)//g; s/[^a-z0-9]+/-/g; s/^-+|-+$//g')-family-$family-model-$model" ;;
    *) echo 'usage: bench/processor.sh line|slug' >&2 && exit 2 ;;
esac
