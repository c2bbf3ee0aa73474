#!/bin/sh
# Says what is missing before anything else fails in a less friendly way.
for program in node npm; do
  if ! command -v "$program" >/dev/null 2>&1; then
    echo "Partnerday needs $program, which is not on PATH. Install Node.js 20.19 or newer: https://nodejs.org" >&2
    exit 3
  fi
done
node -e '
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) process.exit(0);
  console.error(`Partnerday needs Node.js 20.19 or newer; this is ${process.version} (${process.execPath}).`);
  process.exit(3);
'
