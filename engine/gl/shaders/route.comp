// SPDX-License-Identifier: MIT
// The experts of a column and their weights. Binding 1: what is added to the sigmoids for the choice. PARAM 0 logits [n_experts, n], 1 out [2 · n_used, n], 2 n_experts,
// 3 n_used, 4 as EngineRouting counts, 5 whether there is a bias. A group of invocations for each column; of equals the first counts as the larger one.

#include "reduce.glsl"

#define ALL 1u
#define SIGMOID 2u

layout (std430, binding = 1) readonly buffer Bias { float bias[]; };

shared float best_value[64];
shared uint best[64];

float
sigmoid (float x)
{
  return 1.0 / (1.0 + exp (-x));
}

void
main ()
{
  uint lane = gl_LocalInvocationID.x, n_experts = PARAM (2), n_used = PARAM (3);
  uint logits = PARAM (0) + gl_WorkGroupID.x * n_experts, out_at = PARAM (1) + gl_WorkGroupID.x * 2u * n_used;
  float below = 3.4e38, largest = 0.0, sum = 0.0, its_weight;
  uint after = 0u;

  for (uint k = 0u; k < n_used; k++) {
    // What comes next in the order: a smaller logit, or an equal one further on.
    best_value[lane] = -3.4e38;
    best[lane] = n_experts;
    for (uint e = lane; e < n_experts; e += 64u) {
      float value = arena[logits + e];

      if (PARAM (4) == SIGMOID)
        value = sigmoid (value) + (PARAM (5) != 0u ? bias[e] : 0.0);

      if ((k == 0u || value < below || (value == below && e > after)) && (best[lane] == n_experts || value > best_value[lane])) {
        best_value[lane] = value;
        best[lane] = e;
      }
    }
    for (uint step = 32u; step > 0u; step /= 2u) {
      sync ();
      if (lane < step && best[lane + step] != n_experts &&
          (best[lane] == n_experts || best_value[lane + step] > best_value[lane] || (best_value[lane + step] == best_value[lane] && best[lane + step] < best[lane]))) {
        best_value[lane] = best_value[lane + step];
        best[lane] = best[lane + step];
      }
    }
    sync ();
    below = best_value[0];
    after = best[0];
    if (k == 0u)
      largest = below;
    its_weight = PARAM (4) == SIGMOID ? sigmoid (arena[logits + after]) : exp (below - largest);
    sum += its_weight;
    sync ();
    if (lane == 0u) {
      arena[out_at + k] = float (after);
      arena[out_at + n_used + k] = its_weight;
    }
  }
  if (PARAM (4) == ALL) {
    float part = 0.0;

    for (uint e = lane; e < n_experts; e += 64u)
      part += exp (arena[logits + e] - largest);
    sum = sum_of_group (part);
  }
  if (lane == 0u)
    for (uint k = 0u; k < n_used; k++)
      arena[out_at + n_used + k] /= sum;
}
