/* SPDX-License-Identifier: MIT */
/* Tells the client when the job asked for more memory than it may have.
 *
 * Libraries answer a failed allocation each in its own way (an error, abort (), a crash). The memory limit is ours, so the first failure after
 * memory_watch () ends the job with MEDIA_FAULT_MEMORY instead, and the person reads a true sentence. */
#pragma once

#include <stdint.h>

/* `limit`: bytes, for the message. Does nothing under AddressSanitizer, which has an allocator of its own. */
void memory_watch (uint64_t limit);
