/* SPDX-License-Identifier: MIT */
/* Joules, from what the machine itself counts: the processors' energy counters (RAPL: packages and their memory), or, where these cannot be read, a battery that
 * discharges. Both are of the whole machine, and nothing is estimated: where there is neither, there is no number.
 *
 * Internal. Not thread-safe. */
#pragma once

#include "base.h"

typedef struct EngineEnergy EngineEnergy;

/* `sysfs` NULL: /sys; a test brings its own. NULL only without memory. */
EngineEnergy *engine_energy_new (const char *sysfs);
void          engine_energy_free (EngineEnergy *energy);

/* At the beginning, at the end, and at least every second between: a battery tells its power of the moment, which is added up from one call to the next, and counters begin
 * again at 0 when they are full. `seconds` of any clock that goes on evenly. */
void engine_energy_sample (EngineEnergy *energy, double seconds);

/* From the first sample to the last. False: not available; there are not two samples, or none of the sources was there all the time. */
bool engine_energy_joules (const EngineEnergy *energy, double *joules);
/* "rapl" or "battery"; NULL when not available. */
const char *engine_energy_source (const EngineEnergy *energy);
