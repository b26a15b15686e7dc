/* SPDX-License-Identifier: MIT */
/* Which kernels this machine can run. */
#include "cpu.h"

#include <stdio.h>
#include <string.h>
#if defined (__aarch64__)
#include <sys/auxv.h>
#elif defined (__x86_64__)
#include <cpuid.h>

/* Half-precision conversion; older compilers do not know the name "f16c". */
static bool
has_f16c (void)
{
  unsigned a, b, c, d;

  return __get_cpuid (1, &a, &b, &c, &d) && (c & bit_F16C);
}

/* CPUID leaf 7, sub-leaf 1: bit 4 of EAX. */
static bool
has_avxvnni (void)
{
  unsigned a = 0, b, c, d;

  return __get_cpuid_count (7, 1, &a, &b, &c, &d) && (a >> 4 & 1);
}
#endif

#if defined (__x86_64__)
static bool
has_avx2 (void)
{
  __builtin_cpu_init ();
  return __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma") && has_f16c ();
}
#endif

int
engine_cpu_variants (const EngineCpuKernels *variants[ENGINE_CPU_MAX_VARIANTS])
{
  int n = 0;

#if defined (__x86_64__)
  bool avx2, avx512;

  avx2 = has_avx2 ();
  avx512 = avx2 && __builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512bw") && __builtin_cpu_supports ("avx512vl") &&
           __builtin_cpu_supports ("avx512dq") && __builtin_cpu_supports ("avx512vnni");
  if (avx512)
    variants[n++] = &engine_cpu_kernels_avx512;
  if (avx512)
    variants[n++] = &engine_cpu_kernels_avx512vl;
  if (avx2 && has_avxvnni ())
    variants[n++] = &engine_cpu_kernels_avxvnni;
  if (avx2)
    variants[n++] = &engine_cpu_kernels_avx2;
#elif defined (__aarch64__)
  if (getauxval (AT_HWCAP) & (1u << 20)) /* HWCAP_ASIMDDP: dot products of bytes */
    variants[n++] = &engine_cpu_kernels_neon;
#endif
  variants[n++] = &engine_cpu_kernels_scalar;
  return n;
}

int
engine_cpu_reference_variants (const EngineCpuKernels *variants[ENGINE_CPU_MAX_VARIANTS])
{
  int n = 0;

#if defined (__x86_64__)
  if (has_avx2 ())
    variants[n++] = &engine_cpu_kernels_reference_avx2;
#endif
  variants[n++] = &engine_cpu_kernels_reference;
  return n;
}

const EngineCpuKernels *
engine_cpu_choose_kernels (bool reference, EngineError *error)
{
  const EngineCpuKernels *variants[ENGINE_CPU_MAX_VARIANTS];
  int n = reference ? engine_cpu_reference_variants (variants) : engine_cpu_variants (variants);
  const char *wanted = getenv ("MELETE_CPU");
  char names[128] = "";

  if (reference || !wanted || !*wanted)
    return variants[0];
  for (int i = 0; i < n; i++) {
    if (strcmp (variants[i]->name, wanted) == 0)
      return variants[i];
    snprintf (names + strlen (names), sizeof names - strlen (names), "%s%s", i ? ", " : "", variants[i]->name);
  }
  engine_fail (error, ENGINE_BAD_INPUT, "MELETE_CPU names “%s”, but this machine runs only: %s.", wanted, names);
  return NULL;
}
