/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A picture is made bare, or refused; a bare one stays as it is, and is never longer. */
#include <stdint.h>
#include <stdlib.h>

#include "app-bare-picture.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GBytes) bare = app_bare_picture (bytes);
  g_autoptr (GBytes) again = bare ? app_bare_picture (bare) : NULL;

  if (bare && (g_bytes_get_size (bare) > size || !again || !g_bytes_equal (bare, again)))
    abort ();
  return 0;
}
