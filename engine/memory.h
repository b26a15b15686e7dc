/* SPDX-License-Identifier: MIT */
/* How much memory this process takes; engine_memory_available () is declared in engine.h.
 *
 * Internal. Any thread. */
#pragma once

#include "base.h"

/* Resident bytes of this process at their highest; 0 when the system does not tell. */
size_t engine_memory_peak (void);

/* "1.5 GiB", "312 MiB". */
typedef struct { char text[24]; } EngineSizeText;
EngineSizeText engine_size_text (uint64_t bytes);
