#!/usr/bin/env bash
# Compiles kernels/wasm.cc to WebAssembly and writes it into src/wasm/kernels-module.ts, or, with --check, compares with
# what is there. Needs clang and lld 14 (Debian: clang-14 lld-14): the bytes depend on the version.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
target=src/wasm/kernels-module.ts

clang++-14 --target=wasm32 -std=c++17 -O3 -msimd128 -fPIC -fno-exceptions -fno-rtti -nostdlib -fno-builtin \
  -fvisibility=hidden -Wall -Wextra -c kernels/wasm.cc -o "$work/kernels.o"
wasm-ld-14 --experimental-pic --shared --import-memory --no-entry --export-dynamic --gc-sections -O3 --strip-all \
  "$work/kernels.o" -o "$work/kernels.wasm"
{
  echo '/** kernels/wasm.cc as WebAssembly, in base64. Made by scripts/build-wasm-kernels.sh: do not edit. */'
  echo 'export const kernelsModule ='
  echo "  '$(base64 -w0 "$work/kernels.wasm")';"
} > "$work/kernels-module.ts"

if [ "${1:-}" = --check ]; then cmp "$work/kernels-module.ts" "$target" && echo "$target is what kernels/ says"
else cp "$work/kernels-module.ts" "$target"; fi
