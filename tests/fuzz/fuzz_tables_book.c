/* SPDX-License-Identifier: MIT */
/* Tables of a file of this kind: any bytes end with a stream that the client takes, or with a fault. */
#include "tables-input.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  fuzz_tables (data, size, "");
  return 0;
}
