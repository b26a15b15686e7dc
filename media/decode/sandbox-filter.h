/* SPDX-License-Identifier: MIT */
/* The system call filter: a list of what decoding needs; everything else fails or ends the process. */
#pragma once

/* Puts the filter on for this process, for good. Returns 0, or -1 with errno set. */
int sandbox_filter (void);
