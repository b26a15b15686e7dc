/* SPDX-License-Identifier: MIT */
/* Every kernel × tensor type × odd shape × instruction set.
 *
 * The scalar kernels are compared with plain formulas in double precision (the tolerance of
 * ops.def), the other sets with the scalar ones bit by bit. A set that this machine can run
 * but that the engine does not offer is a failure.
 *
 *   kernels [--seed N]        the tests, as TAP
 *   kernels --bench [TYPE]    the speed of each set, by the thread's own processor time
 *
 * Free of GLib, so that it also runs under an emulator of another machine. */
#include "kernels.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const double tolerances[ENGINE_N_OPS] = {
#define OP(NAME, symbol, tolerance) [ENGINE_OP_##NAME] = tolerance,
#include "ops.def"
#undef OP
};

static uint64_t random_state;
static int n_tests, n_failed;

uint32_t
kernels_random (void)
{
  random_state = random_state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t) (random_state >> 33);
}

int
kernels_random_int (int low, int high)
{
  return low + (int) (kernels_random () % (uint32_t) (high - low + 1));
}

/* About normal: the sum of four uniform numbers. */
float
kernels_random_float (void)
{
  float sum = 0.0f;

  for (int i = 0; i < 4; i++)
    sum += (float) kernels_random () / (float) (1u << 31) - 0.5f;
  return sum * 1.7f;
}

float *
kernels_random_floats (size_t n)
{
  float *values = kernels_alloc (n * sizeof *values);

  for (size_t i = 0; i < n; i++)
    values[i] = kernels_random_float ();
  return values;
}

/* Never NULL. */
void *
kernels_alloc (size_t bytes)
{
  EngineError error = { 0 };
  void *memory = engine_alloc_aligned (bytes, &error);

  if (!memory) {
    printf ("Bail out! %s\n", error.message);
    exit (1);
  }
  return memory;
}

void
kernels_free (void *memory, size_t bytes)
{
  engine_free_aligned (memory, bytes);
}

void
kernels_check (bool ok, const char *format, ...)
{
  va_list args;

  printf ("%s %d - ", ok ? "ok" : "not ok", ++n_tests);
  va_start (args, format);
  vprintf (format, args);
  va_end (args);
  printf ("\n");
  n_failed += !ok;
}

/* Inputs are about 1. What comes out much smaller, as one number in the tail of a gate, is judged as if it were this large: it has few digits of its own. */
#define LEAST_SQUARE 1e-2

double
kernels_nmse (const float *got, const double *wanted, size_t n)
{
  double error = 0, power = 0;

  for (size_t i = 0; i < n; i++) {
    error += (got[i] - wanted[i]) * (got[i] - wanted[i]);
    power += wanted[i] * wanted[i];
  }
  return isfinite (error) ? error / fmax (power, LEAST_SQUARE * (double) n) : INFINITY;
}

double
kernels_tolerance (EngineOp op)
{
  return tolerances[op];
}

/* ---- matmul -------------------------------------------------------------- */

/* Types of a code book are not quantised to: any bytes are sound blocks, but for the step. */
static void
random_blocks (EngineType type, uint8_t *blocks, size_t n_bytes)
{
  size_t size = (size_t) engine_types[type].block_bytes;

  for (size_t i = 0; i < n_bytes; i++)
    blocks[i] = (uint8_t) kernels_random ();
  for (size_t i = 0; i < n_bytes; i += size) {
    uint16_t d = engine_f32_to_f16 (0.1f * kernels_random_float ());

    if (type == ENGINE_TYPE_IQ1_M) /* the step's four nibbles are in the upper halves of the last words; this is its largest */
      blocks[i + size - 1] = (blocks[i + size - 1] & 15) | 0x20;
    else
      memcpy (blocks + i, &d, sizeof d);
  }
}

/* A row's values become those that are kept, which are near. */
static void
round_wide (const EngineCpuWeight *packed, int64_t row, float *values)
{
  float *kept = kernels_alloc ((size_t) packed->n_in * sizeof *kept);
  double error = 0, power = 0;

  engine_cpu_weight_row (packed, row, kept);
  for (int64_t k = 0; k < packed->n_in; k++) {
    error += ((double) kept[k] - values[k]) * ((double) kept[k] - values[k]);
    power += (double) values[k] * values[k];
  }
  if (error > 5e-8 * power)
    kernels_check (false, "a wide row has NMSE %.1e", error / power);
  memcpy (values, kept, (size_t) packed->n_in * sizeof *kept);
  kernels_free (kept, (size_t) packed->n_in * sizeof *kept);
}

void
kernels_weight_init (KernelsWeight *w, EngineType type, EngineCpuKeeping keeping, int64_t n_in, int64_t n_out)
{
  const EngineTypeTraits *traits = &engine_types[type];
  EngineTensor tensor = { .type = type, .n_dims = 2, .ne = { n_in, n_out, 1, 1 } };
  float *row = kernels_alloc ((size_t) n_in * sizeof *row);
  size_t row_bytes;
  uint8_t *rows;

  memset (w, 0, sizeof *w);
  if (!engine_type_bytes (type, (uint64_t) n_in, &row_bytes) || !engine_cpu_weight_layout (&tensor, keeping, &w->packed))
    abort ();
  rows = kernels_alloc (row_bytes * 16);
  w->packed.data = kernels_alloc (w->packed.bytes);
  w->values = kernels_alloc ((size_t) (n_in * n_out) * sizeof *w->values);
  for (int64_t first = 0; first < n_out; first += 16) {
    int n = (int) ENGINE_MIN (16, n_out - first);

    for (int r = 0; r < n; r++) {
      float factor = expf (kernels_random_float ());

      for (int64_t k = 0; k < n_in; k++)
        row[k] = factor * (kernels_random_float () + 0.3f);
      if (traits->from_float)
        traits->from_float (row, rows + (size_t) r * row_bytes, (size_t) n_in);
      else
        random_blocks (type, rows + (size_t) r * row_bytes, row_bytes);
      engine_type_to_float (type, rows + (size_t) r * row_bytes, w->values + (first + r) * n_in, (size_t) n_in);
    }
    engine_cpu_pack_group (&w->packed, type, rows, row_bytes, n, w->packed.data + (size_t) (first / 16) * w->packed.group_bytes);
    for (int r = 0; w->packed.wide && r < n; r++)
      round_wide (&w->packed, first + r, w->values + (first + r) * n_in);
  }
  kernels_free (rows, row_bytes * 16);
  kernels_free (row, (size_t) n_in * sizeof *row);
}

void
kernels_weight_clear (KernelsWeight *w)
{
  kernels_free (w->values, (size_t) (w->packed.n_in * w->packed.n_out) * sizeof *w->values);
  kernels_free (w->packed.data, w->packed.bytes);
}

/* x, panel and n of the job are filled; runs all groups. */
void
kernels_matmul (const EngineCpuKernels *kernels, EngineCpuMatmul *job)
{
  const EngineCpuWeight *weight = job->weight;

  for (int64_t column = 0; column < job->n; column += ENGINE_CPU_TILE)
    for (int64_t group = 0; group < weight->n_groups; group++)
      (weight->wide ? kernels->matmul_wide : kernels->matmul[weight->type]) (job, group, column, (int) ENGINE_MIN (ENGINE_CPU_TILE, job->n - column));
}

size_t
kernels_panel_bytes (const EngineCpuMatmul *job)
{
  return (size_t) (engine_cpu_wide_blocks (job->weight->n_in) * job->n) * (job->weight->wide ? sizeof *job->wide : sizeof *job->panel);
}

void
kernels_quantise (const EngineCpuKernels *kernels, EngineCpuMatmul *job)
{
  int64_t n_blocks = engine_cpu_wide_blocks (job->weight->n_in);

  for (int64_t c = 0; c < job->n; c++) {
    int64_t tile = c / ENGINE_CPU_TILE, width = ENGINE_MIN (ENGINE_CPU_TILE, job->n - tile * ENGINE_CPU_TILE);

    if (job->weight->wide)
      kernels->quantise_wide (job->x + c * job->weight->n_in, job->weight->n_in, engine_cpu_wide_tile (job->wide, n_blocks, tile) + c % ENGINE_CPU_TILE, width);
    else if (engine_types[job->weight->type].code_bits)
      kernels->quantise (job->x + c * job->weight->n_in, n_blocks,
                         engine_cpu_panel_tile (job->panel, n_blocks, tile) + c % ENGINE_CPU_TILE, width);
  }
}

/* What the kernels see of x: the quantised values for block types and wide weights, the floats otherwise. */
static double
seen (const EngineCpuMatmul *job, int64_t column, int64_t k)
{
  int64_t n_blocks = engine_cpu_wide_blocks (job->weight->n_in), tile = column / ENGINE_CPU_TILE;
  int64_t width = ENGINE_MIN (ENGINE_CPU_TILE, job->n - tile * ENGINE_CPU_TILE), at = k / ENGINE_QUANT_BLOCK * width + column % ENGINE_CPU_TILE;
  const EngineCpuColumnBlock *block;

  if (job->weight->wide) {
    const EngineCpuWideBlock *wide = engine_cpu_wide_tile (job->wide, n_blocks, tile) + at;

    return (double) wide->d * wide->q[k % ENGINE_QUANT_BLOCK];
  }
  if (engine_types[job->weight->type].code_bits == 0)
    return job->x[column * job->weight->n_in + k];
  block = engine_cpu_panel_tile (job->panel, n_blocks, tile) + at;
  return (double) block->d * block->q[k % ENGINE_QUANT_BLOCK];
}

static void
set_panel (EngineCpuMatmul *job, void *panel)
{
  if (job->weight->wide)
    job->wide = panel;
  else
    job->panel = panel;
}

/* The error is measured by the power of the products: a sum of few may happen to be near 0. */
static void
test_matmul_shape (const EngineCpuKernels **variants, int n_variants, EngineType type, EngineCpuKeeping keeping, int64_t n_in, int64_t n_out, int64_t n)
{
  const EngineCpuKernels *scalar = variants[n_variants - 1];
  size_t n_x = (size_t) (n_in * n), n_result = (size_t) (n_out * n), panel_bytes;
  float *x = kernels_random_floats (n_x), *bias = kernels_random_floats ((size_t) n_out), *residual = kernels_random_floats (n_result);
  float *first = kernels_alloc (n_result * sizeof *first), *out = kernels_alloc (n_result * sizeof *out);
  KernelsWeight w;
  EngineCpuMatmul job = { .weight = &w.packed, .x = x, .n = n, .out = first,
                          .bias = kernels_random () % 2 ? bias : NULL, .residual = kernels_random () % 2 ? residual : NULL };
  double close = 0, far = 0, power = 0;
  void *panel, *scalar_panel;

  kernels_weight_init (&w, type, keeping, n_in, n_out);
  panel_bytes = kernels_panel_bytes (&job);
  panel = scalar_panel = kernels_alloc (panel_bytes);
  set_panel (&job, panel);
  kernels_quantise (scalar, &job);
  kernels_matmul (scalar, &job);
  for (int64_t c = 0; c < n; c++)
    for (int64_t r = 0; r < n_out; r++) {
      double more = (job.bias ? bias[r] : 0.0) + (job.residual ? residual[c * n_out + r] : 0.0);
      double a = more, b = more;

      power += more * more;

      for (int64_t k = 0; k < n_in; k++) {
        double product = (double) w.values[r * n_in + k] * x[c * n_in + k];

        a += w.values[r * n_in + k] * seen (&job, c, k);
        b += product;
        power += product * product;
      }
      close += (first[c * n_out + r] - a) * (first[c * n_out + r] - a);
      far += (first[c * n_out + r] - b) * (first[c * n_out + r] - b);
    }
  close /= power;
  /* One number's error may be far above the average of many. */
  far /= power * (n_result < 8 ? 8.0 : 1.0);
  kernels_check (close <= 1e-10 && far <= kernels_tolerance (ENGINE_OP_MATMUL), "scalar matmul %s%s [%d, %d] × %d: NMSE %.1e of its input, %.1e in all",
                 engine_types[type].name, w.packed.wide ? ", wide" : "", (int) n_in, (int) n_out, (int) n, close, far);
  job.out = out;
  for (int i = 0; i + 1 < n_variants; i++) {
    bool same;

    panel = kernels_alloc (panel_bytes);
    set_panel (&job, panel);
    kernels_quantise (variants[i], &job);
    same = memcmp (panel, scalar_panel, panel_bytes) == 0;
    memset (out, 0xff, n_result * sizeof *out);
    kernels_matmul (variants[i], &job);
    kernels_check (same && memcmp (out, first, n_result * sizeof *out) == 0, "%s matmul %s%s [%d, %d] × %d equals scalar", variants[i]->name,
                   engine_types[type].name, w.packed.wide ? ", wide" : "", (int) n_in, (int) n_out, (int) n);
    kernels_free (panel, panel_bytes);
  }
  kernels_weight_clear (&w);
  kernels_free (scalar_panel, panel_bytes);
  kernels_free (x, n_x * sizeof *x);
  kernels_free (bias, (size_t) n_out * sizeof *bias);
  kernels_free (residual, n_result * sizeof *residual);
  kernels_free (first, n_result * sizeof *first);
  kernels_free (out, n_result * sizeof *out);
}

static int
unit_of (int type)
{
  return engine_types[type].block_elements;
}

static void
test_matmul (const EngineCpuKernels **variants, int n_variants)
{
  static const int rows[] = { 1, 15, 16, 17, 45 }, columns[] = { 1, 2, 3, 5, 31, 32, 33, 70 };

  for (int type = 0; type < ENGINE_N_TYPES; type++)
    for (int i = 0; i < (unit_of (type) == 1 ? 12 : 6); i++) {
      int unit = unit_of (type), n_in = unit * (unit == 1 ? kernels_random_int (1, 130) : 1 + 2 * kernels_random_int (0, 2));

      test_matmul_shape (variants, n_variants, (EngineType) type, i < 6 ? ENGINE_CPU_KEEP_TYPES : ENGINE_CPU_KEEP_WIDE, i == 0 ? unit : n_in, rows[kernels_random () % ENGINE_LENGTH (rows)],
                         i == 0 ? 1 : columns[kernels_random () % ENGINE_LENGTH (columns)]);
    }
}

/* A row that is taken back out of a repacked weight has the bits that the file gives. */
static void
test_rows (void)
{
  for (int type = 0; type < ENGINE_N_TYPES; type++) {
    int64_t n_in = engine_types[type].block_elements * 3, n_out = 21;
    float *row = kernels_alloc ((size_t) n_in * sizeof *row);
    bool same = true;
    KernelsWeight w;

    kernels_weight_init (&w, (EngineType) type, ENGINE_CPU_KEEP_TYPES, n_in, n_out);
    for (int64_t r = 0; r < n_out; r++) {
      engine_cpu_weight_row (&w.packed, r, row);
      same = same && memcmp (row, w.values + r * n_in, (size_t) n_in * sizeof *row) == 0;
    }
    kernels_check (same, "rows of a repacked %s weight", engine_types[type].name);
    kernels_weight_clear (&w);
    kernels_free (row, (size_t) n_in * sizeof *row);
  }
}

/* ---- all ----------------------------------------------------------------- */

#if defined (__x86_64__)
#define FLAGS_LINE "flags"
static const struct {
  const char *name, *needs[6];
} expected[] = {
  { "avx512", { "avx512f", "avx512bw", "avx512vl", "avx512dq", "avx512_vnni" } },
  { "avx512vl", { "avx512f", "avx512bw", "avx512vl", "avx512dq", "avx512_vnni" } },
  { "avxvnni", { "avx2", "fma", "f16c", "avx_vnni" } },
  { "avx2", { "avx2", "fma", "f16c" } },
};
#elif defined (__aarch64__)
#define FLAGS_LINE "Features"
static const struct {
  const char *name, *needs[6];
} expected[] = {
  { "neon", { "asimddp" } },
};
#else
#define FLAGS_LINE "?"
static const struct {
  const char *name, *needs[6];
} expected[] = {};
#endif

/* Whether the flags of the first processor in /proc/cpuinfo have the word. */
static bool
machine_has (const char *flags, const char *word)
{
  size_t n = strlen (word);

  for (const char *at = flags; (at = strstr (at, word)); at += n)
    if ((at == flags || at[-1] == ' ' || at[-1] == '\t') && (at[n] == ' ' || at[n] == '\n' || !at[n]))
      return true;
  return false;
}

/* An emulator shows its host's /proc/cpuinfo, without a line of ours: everything counts as there. */
static void
test_variants (const EngineCpuKernels **variants, int n_variants)
{
  char line[8192] = "", *flags = NULL;
  FILE *file = fopen ("/proc/cpuinfo", "re");
  int n_known = 1; /* scalar */

  while (file && !flags && fgets (line, sizeof line, file))
    if (strncmp (line, FLAGS_LINE, strlen (FLAGS_LINE)) == 0)
      flags = strchr (line, ':');
  if (file)
    fclose (file);
  kernels_check (strcmp (variants[n_variants - 1]->name, "scalar") == 0, "the scalar kernels are there");
  for (size_t i = 0; i < ENGINE_LENGTH (expected); i++) {
    bool runs = true, offered = false;

    for (int k = 0; flags && k < 6 && expected[i].needs[k]; k++)
      runs = runs && machine_has (flags, expected[i].needs[k]);
    for (int k = 0; k < n_variants; k++)
      offered = offered || strcmp (variants[k]->name, expected[i].name) == 0;
    n_known += offered;
    kernels_check (offered == runs, "%s: the machine %s it", expected[i].name, runs ? "has" : "lacks");
  }
  kernels_check (n_known == n_variants, "every set that is offered is in this test's table");
}

int
main (int argc, char **argv)
{
  const EngineCpuKernels *variants[ENGINE_CPU_MAX_VARIANTS];
  int n_variants = engine_cpu_variants (variants);
  uint64_t seed = 0;
  FILE *file;

  if (argc > 1 && strcmp (argv[1], "--bench") == 0) {
    random_state = 1;
    kernels_bench (variants, n_variants, argc > 2 ? argv[2] : NULL);
    return 0;
  }
  if (argc > 2 && strcmp (argv[1], "--seed") == 0)
    seed = strtoull (argv[2], NULL, 10);
  else if ((file = fopen ("/dev/urandom", "re"))) {
    if (fread (&seed, 4, 1, file) != 1)
      seed = 1;
    fclose (file);
  }
  printf ("# seed %llu\n", (unsigned long long) seed);
  random_state = seed;
  test_variants (variants, n_variants);
  test_rows ();
  test_matmul (variants, n_variants);
  kernels_test_columns (variants, n_variants);
  kernels_test_attention (variants, n_variants);
  kernels_test_recurrent (variants, n_variants);
  n_variants = engine_cpu_reference_variants (variants);
  test_matmul (variants, n_variants);
  kernels_test_columns (variants, n_variants);
  kernels_test_attention (variants, n_variants);
  kernels_test_recurrent (variants, n_variants);
  printf ("1..%d\n", n_tests);
  return n_failed != 0;
}
