/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program that test-app-gpu kills: gpu-child FILE BYTE takes a byte of the sentinel, sets it, says so, and works for ever. With a third
 * argument it ends in an orderly way instead, while its driver still has the byte. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app-sentinel.h"

int
main (int argc, char **argv)
{
  AppSentinel *sentinel = argc > 2 ? app_sentinel_open (argv[1], NULL) : NULL;
  volatile guint8 *byte = sentinel ? app_sentinel_get_byte (sentinel) : NULL;

  if (!byte)
    return 1;
  *byte = (guint8) atoi (argv[2]);
  if (argc > 3) {
    app_sentinel_close (sentinel);
    *byte = 1;
    return 0;
  }
  puts ("ready");
  fflush (stdout);
  for (;;)
    pause ();
}
