/* SPDX-License-Identifier: MIT */
/* Every kernel on the lanes that were included before, and the table of them:
 * define KERNELS, the table's name, first. */
#include "cpu/cpu.h"

#include "cpu/kernels/matmul-quantised.h"
#include "cpu/kernels/matmul-float.h"
#include "cpu/kernels/matmul-wide.h"
#include "cpu/kernels/elementwise.h"
#include "cpu/kernels/attention.h"
#include "cpu/kernels/recurrent.h"
#include "cpu/kernels/limits.h"

const EngineCpuKernels KERNELS = {
  .name = LANES_NAME,
  .quantise = quantise,
  .quantise_wide = quantise_wide,
  .matmul = {
#define TYPE(NAME, symbol) [ENGINE_TYPE_##NAME] = matmul_##symbol,
#include "types.def"
  },
  .matmul_wide = matmul_wide,
  .rms_norm = rms_norm,
  .layer_norm = layer_norm,
  .gated = { [ENGINE_GATE_SILU] = gated_silu, [ENGINE_GATE_GELU_TANH] = gated_gelu_tanh, [ENGINE_GATE_GELU_ERF] = gated_gelu_erf, [ENGINE_GATE_LINEAR] = gated_linear, [ENGINE_GATE_LIMITED] = gated_limited, [ENGINE_GATE_SIGMOID] = gated_sigmoid },
  .add = add,
  .add_scaled = add_scaled,
  .scale = scale,
  .softcap = softcap,
  .rope = { [ENGINE_ROPE_ADJACENT] = rope_adjacent, [ENGINE_ROPE_HALVES] = rope_halves },
  .cache_write = { cache_write_f32, cache_write_f16, cache_write_q8_0, cache_write_q4 },
  .attend = { attend_f32, attend_f16, attend_q8_0, attend_q4 },
  .combine = combine,
  .conv = conv,
  .scan = scan,
  .delta = delta,
  .limit_dots = limit_dots,
  .limit_read = limit_read,
};
