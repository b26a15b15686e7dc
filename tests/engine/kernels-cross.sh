#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the kernels and their test for 64-bit ARM and runs them under an emulator.
#
#   kernels-cross.sh SOURCE-ROOT [argument of the test]…
#
# Needs aarch64-linux-gnu-gcc and qemu-aarch64-static; their absence is a failure, not a skip.
set -eu

root=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cc ()
{
  "${CROSS_CC:-aarch64-linux-gnu-gcc}" -std=gnu11 -O3 -Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers \
    -fno-strict-aliasing -fno-math-errno -ffp-contract=off -D_GNU_SOURCE '-DMELETE_VERSION="cross"' "-I$root/engine" "$@"
}

# The kernels for the instruction set get its flag; everything else runs on any ARMv8.
cc -march=armv8.2-a+dotprod -c "$root/engine/cpu/arm/neon.c" -o "$work/neon.o"
cc -static -o "$work/kernels" "$work/neon.o" \
  "$root/engine/base.c" "$root/engine/text.c" "$root"/engine/quant/*.c \
  "$root/engine/cpu/cache.c" "$root"/engine/cpu/pack*.c "$root/engine/cpu/reference.c" "$root/engine/cpu/scalar.c" "$root/engine/cpu/variants.c" \
  "$root"/tests/engine/kernels*.c -lm
"${QEMU_AARCH64:-qemu-aarch64-static}" -cpu max "$work/kernels" "$@"
