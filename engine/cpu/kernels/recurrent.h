/* SPDX-License-Identifier: MIT */
/* What layers with a state do: a convolution over the last tokens, and the recurrences of Mamba-2 and of Gated DeltaNet. One lane for each
 * channel, so that every sum has one order, whatever the vectors' width. */

static void
conv (const float *const *taps, int n_taps, const float *weight, const float *bias, float *out, int64_t n)
{
  for (int64_t i = 0; i < n; i += 16, weight += 16 * n_taps) {
    int m = (int) ENGINE_MIN (16, n - i);
    Lanes sum = bias ? lanes_load_n (bias + i, m) : lanes_set (0.0f);

    for (int k = 0; k < n_taps; k++)
      sum = lanes_fma (lanes_load_n (taps[k] + i, m), lanes_load (weight + 16 * k), sum);
    lanes_store_n (out + i, sum, m);
  }
}

#define SCAN_LANES 2 /* vectors of channels at once: more sums under way than one alone has latency */

/* Sixteen channels in each of `n_lanes` vectors, from `channel` on; in the last one only `last`. All tokens one after the other, so
 * that these channels' part of the state stays in the nearest cache. */
static inline __attribute__ ((always_inline)) void
scan_channels (const EngineCpuScan *job, const float *from, float *to, int channel, int n_lanes, int last)
{
  for (int t = 0; t < job->n_tokens; t++) {
    const float *x = job->x + (size_t) t * job->stride + channel, *b = job->b + (size_t) t * job->stride, *c = job->c + (size_t) t * job->stride;
    const float *before = (t ? to : from) + channel;
    float *after = to + channel, *out = job->out + (size_t) t * job->out_stride + channel;
    Lanes decay = lanes_set (job->decay[t]), input[SCAN_LANES], sum[SCAN_LANES];

    for (int j = 0; j < n_lanes; j++) {
      Lanes v = lanes_load_n (x + 16 * j, j + 1 < n_lanes ? 16 : last);

      input[j] = lanes_mul (v, lanes_set (job->step[t]));
      sum[j] = lanes_mul (v, lanes_set (job->skip));
    }
    for (int s = 0; s < job->n_state; s++, before += job->head_dim, after += job->head_dim) {
      Lanes write = lanes_set (b[s]), read = lanes_set (c[s]);

      for (int j = 0; j < n_lanes; j++) {
        int m = j + 1 < n_lanes ? 16 : last;
        Lanes state = lanes_fma (input[j], write, lanes_mul (lanes_load_n (before + 16 * j, m), decay));

        lanes_store_n (after + 16 * j, state, m);
        sum[j] = lanes_fma (state, read, sum[j]);
      }
    }
    for (int j = 0; j < n_lanes; j++)
      lanes_store_n (out + 16 * j, sum[j], j + 1 < n_lanes ? 16 : last);
  }
}

static void
scan (const EngineCpuScan *job, const float *from, float *to)
{
  int channel = 0;

  if (!from) {
    memset (to, 0, (size_t) job->n_state * (size_t) job->head_dim * sizeof *to);
    from = to;
  }
  for (; channel + 16 * SCAN_LANES <= job->head_dim; channel += 16 * SCAN_LANES)
    scan_channels (job, from, to, channel, SCAN_LANES, 16);
  for (; channel + 16 <= job->head_dim; channel += 16)
    scan_channels (job, from, to, channel, 1, 16);
  if (channel < job->head_dim)
    scan_channels (job, from, to, channel, 1, job->head_dim - channel);
}

#define DELTA_LANES 4

/* As scan_channels (). The state is read twice for a token: first for what it knows of the key, and then it becomes the next one. */
static inline __attribute__ ((always_inline)) void
delta_channels (const EngineCpuDelta *job, const float *from, float *to, int channel, int n_lanes, int last)
{
  for (int t = 0; t < job->n_tokens; t++) {
    const float *q = job->q + (size_t) t * job->turn_stride, *k = job->k + (size_t) t * job->turn_stride, *v = job->v + (size_t) t * job->v_stride + channel;
    const float *before = (t ? to : from) + channel;
    float *after = to + channel, *out = job->out + (size_t) t * job->out_stride + channel;
    Lanes decay = lanes_set (job->decay[t]), beta = lanes_set (job->beta[t]), minus = lanes_set (-job->decay[t]), change[DELTA_LANES], sum[DELTA_LANES];

    for (int j = 0; j < n_lanes; j++)
      change[j] = sum[j] = lanes_set (0.0f);
    for (int s = 0; s < job->n_state; s++) {
      const float *row = before + (size_t) s * (size_t) job->head_dim;
      Lanes key = lanes_set (k[s]);

      for (int j = 0; j < n_lanes; j++)
        change[j] = lanes_fma (lanes_load_n (row + 16 * j, j + 1 < n_lanes ? 16 : last), key, change[j]);
    }
    for (int j = 0; j < n_lanes; j++)
      change[j] = lanes_mul (beta, lanes_fma (minus, change[j], lanes_load_n (v + 16 * j, j + 1 < n_lanes ? 16 : last)));
    for (int s = 0; s < job->n_state; s++, before += job->head_dim, after += job->head_dim) {
      Lanes key = lanes_set (k[s]), query = lanes_set (q[s]);

      for (int j = 0; j < n_lanes; j++) {
        int m = j + 1 < n_lanes ? 16 : last;
        Lanes state = lanes_fma (change[j], key, lanes_mul (lanes_load_n (before + 16 * j, m), decay));

        lanes_store_n (after + 16 * j, state, m);
        sum[j] = lanes_fma (state, query, sum[j]);
      }
    }
    for (int j = 0; j < n_lanes; j++)
      lanes_store_n (out + 16 * j, sum[j], j + 1 < n_lanes ? 16 : last);
  }
}

static void
delta (const EngineCpuDelta *job, const float *from, float *to)
{
  int channel = 0;

  if (!from) {
    memset (to, 0, (size_t) job->n_state * (size_t) job->head_dim * sizeof *to);
    from = to;
  }
  for (; channel + 16 * DELTA_LANES <= job->head_dim; channel += 16 * DELTA_LANES)
    delta_channels (job, from, to, channel, DELTA_LANES, 16);
  for (; channel + 16 <= job->head_dim; channel += 16)
    delta_channels (job, from, to, channel, 1, 16);
  if (channel < job->head_dim)
    delta_channels (job, from, to, channel, 1, job->head_dim - channel);
}
