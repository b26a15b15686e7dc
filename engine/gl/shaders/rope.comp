// SPDX-License-Identifier: MIT
// Rotary positions. PARAM 0 x, 1 out, 2 width, 3 head_dim, 4 n_rot, 5 of each token n_rot / 2 cosines and as many sines. STYLE: as
// EngineRopeStyle counts.

layout (local_size_x = 64) in;

void
main ()
{
  uint i = gl_GlobalInvocationID.x, column = gl_WorkGroupID.y * PARAM (2), n_rot = PARAM (4), half_rot = n_rot / 2u;
  uint in_head = i % PARAM (3), turns = PARAM (5) + gl_WorkGroupID.y * n_rot;
  float value;

  if (i >= PARAM (2))
    return;
  value = arena[PARAM (0) + column + i];
  if (in_head < n_rot) {
#if STYLE == 0
    uint pair = in_head / 2u;
    bool second = (in_head & 1u) == 1u;
    uint other = second ? i - 1u : i + 1u;
#else
    bool second = in_head >= half_rot;
    uint pair = second ? in_head - half_rot : in_head;
    uint other = second ? i - half_rot : i + half_rot;
#endif
    float cosine = arena[turns + pair], sine = arena[turns + half_rot + pair];

    value = value * cosine + arena[PARAM (0) + column + other] * (second ? sine : -sine);
  }
  arena[PARAM (1) + column + i] = value;
}
