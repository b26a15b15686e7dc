// SPDX-License-Identifier: MIT
// Rotary positions. STYLE: as EngineRopeStyle counts.

// Number i of a head that begins at `head`, of which n_rot are turned; `turns`: of its token n_rot / 2 cosines and as many sines.
float
turned (uint head, uint i, uint n_rot, uint turns)
{
  float value = arena[head + i];

  if (i < n_rot) {
    uint half_rot = n_rot / 2u;
#if STYLE == 0
    bool second = (i & 1u) == 1u;
    uint pair = i / 2u, other = second ? i - 1u : i + 1u;
#elif STYLE == 2
    uint quarter = n_rot / 4u;
    bool second = (i / quarter & 1u) == 1u;
    uint pair = (i / half_rot) * quarter + i % quarter, other = second ? i - quarter : i + quarter;
#else
    bool second = i >= half_rot;
    uint pair = second ? i - half_rot : i, other = second ? pair : i + half_rot;
#endif

    value = value * arena[turns + pair] + arena[head + other] * (second ? arena[turns + half_rot + pair] : -arena[turns + half_rot + pair]);
  }
  return value;
}
