// SPDX-License-Identifier: MIT
// Columns [width, n]: act (gate) · up. PARAM 0 gate, 1 up or NONE, 2 out, 3 width. GATE: as EngineGate counts.

layout (local_size_x = 64) in;

#include "gate.glsl"

void
main ()
{
  uint i = gl_GlobalInvocationID.x, at = gl_WorkGroupID.y * PARAM (3) + i;

  if (i < PARAM (3)) {
    float u = PARAM (1) == NONE ? 1.0 : arena[PARAM (1) + at];

    arena[PARAM (2) + at] = gated (arena[PARAM (0) + at], u);
  }
}
