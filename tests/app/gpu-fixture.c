/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gpu-fixture.h"

void
gpu_fixture_set_tool (const char *path, const char *body)
{
  g_autofree char *script = g_strdup_printf ("#!/bin/sh\necho \"$*\" >> '%s.calls'\n%s", path, body);

  g_assert_true (g_file_set_contents_full (path, script, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0700, NULL));
  g_setenv ("MELETE_ENGINE", path, TRUE);
}

guint
gpu_fixture_n_calls (const char *path)
{
  g_autofree char *calls = g_strconcat (path, ".calls", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (calls, &text, NULL, NULL))
    return 0;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] && *lines[i]; i++)
    g_assert_cmpstr (lines[i], ==, "try --backend gl --json");
  return g_strv_length (lines) - 1;
}
