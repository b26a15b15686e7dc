// SPDX-License-Identifier: MIT
// A gate's function. GATE: as EngineGate counts.

// The series of erf near 0, the continued fraction of 1 - erf beyond.
float
erf_of (float x)
{
  float a = abs (x), sum;

  if (a < 2.0) {
    float term = a;

    sum = a;
    for (int k = 1; k < 24; k++) {
      term *= -a * a / float (k);
      sum += term / float (2 * k + 1);
    }
    sum *= 1.1283791670955126;
  } else {
    float fraction = 0.0;

    for (int k = 16; k > 0; k--)
      fraction = float (k) * 0.5 / (a + fraction);
    sum = 1.0 - exp (-a * a) / ((a + fraction) * 1.7724538509055159);
  }
  return sign (x) * min (sum, 1.0);
}

float
act (float g)
{
#if GATE == 0
  return g / (1.0 + exp (-g));
#elif GATE == 1
  return 0.5 * g * (1.0 + tanh (clamp (0.7978845608028654 * g * (1.0 + 0.044715 * g * g), -20.0, 20.0)));
#elif GATE == 2
  return 0.5 * g * (1.0 + erf_of (g * 0.7071067811865476));
#elif GATE == 5
  return 1.0 / (1.0 + exp (-g));
#else
  return g;
#endif
}

float
gated (float g, float u)
{
#if GATE == 4
  g = min (g, 7.0);
  u = clamp (u, -7.0, 7.0);
  return g / (1.0 + exp (-1.702 * g)) * (u + 1.0);
#else
  return act (g) * u;
#endif
}
