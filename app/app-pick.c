/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-pick.h"

static char *
dup_or_empty (const char *text)
{
  return g_strdup (text != NULL ? text : "");
}

AppPick *
app_pick_new (const char *path, const char *part, const char *text, const char *html)
{
  AppPick *pick = g_new0 (AppPick, 1);

  *pick = (AppPick) { dup_or_empty (path), dup_or_empty (part), dup_or_empty (text), dup_or_empty (html) };
  return pick;
}

AppPick *
app_pick_copy (const AppPick *pick)
{
  return pick != NULL ? app_pick_new (pick->path, pick->part, pick->text, pick->html) : NULL;
}

void
app_pick_free (AppPick *pick)
{
  if (pick == NULL)
    return;
  g_free (pick->path);
  g_free (pick->part);
  g_free (pick->text);
  g_free (pick->html);
  g_free (pick);
}
