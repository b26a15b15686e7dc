/* SPDX-License-Identifier: MIT */
/* How much memory this process may still take.
 *
 * Internal. Any thread. */
#pragma once

#include "base.h"

/* Bytes that can be taken now without swapping: the least of what the kernel calls
 * available, what every control group above this process leaves, and the address-space
 * limit. SIZE_MAX when the system tells nothing. */
size_t engine_memory_available (void);

/* Resident bytes of this process at their highest; 0 when the system does not tell. */
size_t engine_memory_peak (void);

/* "1.5 GiB", "312 MiB". */
typedef struct { char text[24]; } EngineSizeText;
EngineSizeText engine_size_text (uint64_t bytes);
