// SPDX-License-Identifier: MIT
// The sum over the 64 invocations of a group, the same for all of them.

layout (local_size_x = 64) in;

shared float reduced[64];

float
sum_of_group (float value)
{
  uint lane = gl_LocalInvocationID.x;
  float sum;

  reduced[lane] = value;
  for (uint step = 32u; step > 0u; step /= 2u) {
    sync ();
    if (lane < step)
      reduced[lane] += reduced[lane + step];
  }
  sync ();
  sum = reduced[0];
  sync ();
  return sum;
}
