#!/usr/bin/env bash
# xan_merge.sh XAN LANDING OUT WORK CORES TABLE...
#
# xan, as its experts would: unpack with one tar per core, unite the members of as many tables at once as there are
# cores, then count empty values (and see all types) of each merged table in parallel.
set -euo pipefail
xan=$1 landing=$2 out=$3 work=$4 cores=$5
shift 5

gunzip=$(command -v igzip || command -v pigz || command -v gzip)
printf '%s\n' "$landing"/*.tar.gz | xargs -P "$cores" -n 1 tar -I "$gunzip" -C "$work" -xf

unite() {
  find "$work" -name "$1_*.csv" | LC_ALL=C sort | "$xan" cat rows --union --paths - -o "$out/$1.csv"
}
export -f unite
export xan out work
printf '%s\n' "$@" | xargs -P "$cores" -I {} bash -euo pipefail -c 'unite {}'

for table in "$@"; do
  "$xan" stats --threads "$cores" "$out/$table.csv" -o "$work/$table.stats"
done

python3 - "$work" "$@" >"$out/counts.json" <<'PYTHON'
import csv, json, sys

work, *tables = sys.argv[1:]
counts = {}
for table in tables:
    with open(f"{work}/{table}.stats", newline="") as file:
        columns = list(csv.DictReader(file))
    rows = int(columns[0]["count"]) + int(columns[0]["count_empty"])
    counts[table] = {"rows": rows, "nulls": {column["field"]: int(column["count_empty"]) for column in columns}}
json.dump(counts, sys.stdout)
PYTHON
