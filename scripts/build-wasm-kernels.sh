#!/usr/bin/env bash
# Compiles kernels/wasm.cc and kernels/resample.cc to WebAssembly and writes them into src/wasm/kernels-module.ts and
# src/image/resample-module.ts, or, with --check, compares with what is there. Needs clang and lld 14 (Debian: clang-14
# lld-14): the bytes depend on the version.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# compile SOURCE 'COMPILER OPTIONS' 'LINKER OPTIONS' CONSTANT TARGET
compile() {
  clang++-14 --target=wasm32 -std=c++17 -O3 -msimd128 $2 -fno-exceptions -fno-rtti -nostdlib -fno-builtin \
    -fvisibility=hidden -Wall -Wextra -c "$1" -o "$work/module.o"
  wasm-ld-14 $3 --no-entry --export-dynamic --gc-sections -O3 --strip-all "$work/module.o" -o "$work/module.wasm"
  {
    echo "/** $1 as WebAssembly, in base64. Made by scripts/build-wasm-kernels.sh: do not edit. */"
    echo "export const $4 ="
    echo "  '$(base64 -w0 "$work/module.wasm")';"
  } > "$work/module.ts"
  if [ "$mode" = --check ]; then cmp "$work/module.ts" "$5" && echo "$5 is what kernels/ says"
  else cp "$work/module.ts" "$5"; fi
}

mode=${1:-}
# In the memory of tfjs's module, wherever there is room.
compile kernels/wasm.cc -fPIC '--experimental-pic --shared --import-memory' kernelsModule src/wasm/kernels-module.ts
# In a memory of its own.
compile kernels/resample.cc '' '--export=__heap_base -z stack-size=4096' resampleModule src/image/resample-module.ts
