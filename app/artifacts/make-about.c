/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "make-about.h"

#include <glib/gi18n.h>
#include <string.h>

#include "artifact-kind.h"
#include "page-parts.h"
#include "start-spec.h"

/* A word of a title that says something has as many letters. */
#define TITLE_WORD 4

gboolean
make_about_is (const char *note, AppArtifact *artifact)
{
  /* Translators: beginnings of words, with spaces between them, by which a question speaks of the page, game, tool or dashboard that lies there: "this", "game". */
  const char *own = C_ ("beginnings of words", "this that here game page tool dashboard app calculator quiz chart button code source formula rule score");
  g_autofree char *small = g_utf8_casefold (note, -1), *beginnings = g_utf8_casefold (own, -1), *title = g_utf8_casefold (app_artifact_get_title (artifact), -1);
  g_autofree char *spaced = g_strdup_printf (" %s ", small);
  g_auto (GStrv) words = g_strsplit_set (title, " ,.:;-()\"", -1);

  g_strdelimit (spaced, ",.?!;:'\n", ' ');
  if (strstr (spaced, " it ") != NULL || strstr (spaced, " its ") != NULL || words_begin_any (small, "this that here game page tool dashboard app calculator quiz chart button code source script html json formula rule score level", " ") || words_begin_any (small, beginnings, " "))
    return TRUE;
  for (guint i = 0; words[i] != NULL; i++)
    if (g_utf8_strlen (words[i], -1) >= TITLE_WORD && words_begin (small, words[i]))
      return TRUE;
  return FALSE;
}

gboolean
make_about_is_question (const char *note, gboolean tables)
{
  static const char *const beginnings[] = { "how does ", "how is ", "how are ", "what does ", "explain " };
  g_autofree char *small = g_utf8_casefold (note, -1);
  gboolean asks = FALSE;

  g_strstrip (small);
  for (guint i = 0; i < G_N_ELEMENTS (beginnings); i++)
    asks = asks || g_str_has_prefix (small, beginnings[i]);
  return asks && (!tables || words_begin_any (small, "comput calculat formula work mean chart dashboard", " "));
}

/* ---- its source ---- */

/* Without what stands between <style> and </style>. */
static char *
dup_without_styles (const char *source)
{
  GString *rest = g_string_new (NULL);
  const char *style, *end;

  while ((style = strstr (source, "<style")) != NULL && (end = strstr (style, "</style>")) != NULL) {
    g_string_append_len (rest, source, style - source);
    source = end + strlen ("</style>");
  }
  g_string_append (rest, source);
  return g_string_free (rest, FALSE);
}

/* Begin and end, of whole characters, with a sign between them. */
static char *
dup_cut (const char *text, gsize budget)
{
  gsize n = strlen (text), half = budget / 2;
  const char *begin = text + half, *end;

  if (n <= budget)
    return g_strdup (text);
  end = text + n - half;
  while (begin > text && (*begin & 0xc0) == 0x80)
    begin--;
  while ((*end & 0xc0) == 0x80)
    end++;
  return g_strdup_printf ("%.*s\n[…]\n%s", (int) (begin - text), text, end);
}

static char *
dup_source (const char *source, gsize budget)
{
  g_autofree char *plain = strlen (source) > budget ? dup_without_styles (source) : NULL;

  return dup_cut (plain != NULL ? plain : source, budget);
}

/* What a starting point does by itself, which its specification does not say. */
static const Start *
find_start (const char *source)
{
  g_autoptr (JsonObject) spec = start_spec_is (source) ? start_spec_parse (source, strlen (source), NULL) : NULL;

  return spec != NULL ? start_spec_get_start (spec) : NULL;
}

char *
make_about_dup (AppVersion *version, gsize budget)
{
  AppArtifact *artifact = app_version_get_artifact (version);
  const AppArtifactKind *kind = app_artifact_get_kind (artifact);
  const char *source = app_version_get_source (version), *const *findings = app_version_get_findings (version);
  const Start *start = find_start (source);
  g_autofree char *cut = dup_source (source, budget);
  GString *text = g_string_new (NULL);

  /* For the model, so in English as the rest of what it is told. */
  g_string_append_printf (text, "You have made the %s \"%s\", which the person sees beside this conversation.", kind->id, app_artifact_get_title (artifact));
  if (start != NULL)
    g_string_append_printf (text, " It is %s. %s", start->wanted, start->line->how);
  if (app_version_get_state (version) == APP_VERSION_FAILS)
    for (guint i = 0; findings[i] != NULL; i++)
      g_string_append_printf (text, "%s%s", i == 0 ? " When it was tried, this was found wrong: " : " ", findings[i]);
  g_string_append_printf (text, " %s:\n```%s\n%s\n```", strcmp (app_artifact_kind_get_language (kind, source), "json") == 0 ? "This is all that is in it" : "Its source",
                          app_artifact_kind_get_language (kind, source), cut);
  return g_string_free (text, FALSE);
}
