/* SPDX-License-Identifier: MIT */
/* A book: any bytes end with text that fits, or with a fault. */
#include "extract-input.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  fuzz_extract (data, size, "");
  return 0;
}
