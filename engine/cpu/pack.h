/* SPDX-License-Identifier: MIT */
/* Shortcuts of engine_cpu_pack_group () for types of blocks that are packed often: pack-TYPE.c. Internal. */
#pragma once

#include "cpu.h"

typedef void (*EngineCpuPackFunc) (const EngineCpuWeight *weight, const uint8_t *rows, size_t row_bytes, int n_rows, uint8_t *group);

void engine_cpu_pack_q4_k (const EngineCpuWeight *weight, const uint8_t *rows, size_t row_bytes, int n_rows, uint8_t *group);
void engine_cpu_pack_q6_k (const EngineCpuWeight *weight, const uint8_t *rows, size_t row_bytes, int n_rows, uint8_t *group);
