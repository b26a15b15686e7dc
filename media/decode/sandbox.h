/* SPDX-License-Identifier: MIT */
/* The sandbox of `melete-decode`: what this process gives up before it looks at the bytes of others.
 *
 * Two steps, because between them fonts, language data and loaders are opened:
 *   sandbox_enter ()  own user, network and mount namespaces, as far as the kernel allows; before any thread or library runs
 *   sandbox_close ()  empty root, Landlock, limits, no capabilities, and the system call filter, which is mandatory
 * Each layer alone already forbids files and network; the layers that are on are told to the client. */
#pragma once

#include <stdint.h>

typedef struct {
  uint64_t memory;  /* bytes of address space beyond what is mapped now; 0: no limit */
  uint32_t seconds; /* of processor time from now on */
} SandboxLimits;

typedef struct {
  const char *step; /* what failed, NULL when nothing did */
  int number;       /* its place in the order of steps */
  int error;        /* errno */
} SandboxFailure;

/* Returns the layers (MediaSandbox) that are on. Cannot fail: what the kernel refuses is simply not in the result. */
uint32_t sandbox_enter (void);

/* `layers`: what sandbox_enter () gave. Returns all layers that are on now; 0 with *failure set when a mandatory one
 * could not be put on: the process must then end without touching its input. */
uint32_t sandbox_close (uint32_t layers, const SandboxLimits *limits, SandboxFailure *failure);
