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

char *
app_pick_dup_text (const AppPick *pick)
{
  g_autoptr (GVariant) value = pick != NULL ? g_variant_ref_sink (g_variant_new ("(ssss)", pick->path, pick->part, pick->text, pick->html)) : NULL;

  return value != NULL ? g_variant_print (value, FALSE) : g_strdup ("");
}

AppPick *
app_pick_new_from_text (const char *text)
{
  g_autoptr (GVariant) value = text != NULL && *text != '\0' ? g_variant_parse (G_VARIANT_TYPE ("(ssss)"), text, NULL, NULL, NULL) : NULL;
  const char *path, *part, *words, *html;

  if (value == NULL)
    return NULL;
  g_variant_get (value, "(&s&s&s&s)", &path, &part, &words, &html);
  return app_pick_new (path, part, words, html);
}
