/* SPDX-License-Identifier: MIT */
#include "cpu.h"

bool
engine_cpu_softcap (EngineCpuRun *run, const EngineNode *node, EngineError *error)
{
  return engine_cpu_scaled (run, node, run->backend->kernels->softcap);
}
