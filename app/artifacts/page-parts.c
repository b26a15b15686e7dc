/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "page-parts.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"

char *
page_dup_language (void)
{
  g_autofree char *name = g_strdup (g_get_language_names ()[0]);

  name[strcspn (name, ".@")] = '\0';
  g_strdelimit (name, "_", '-');
  return strlen (name) < 2 || strcmp (name, "POSIX") == 0 ? g_strdup ("en") : g_steal_pointer (&name);
}

gboolean
page_is_right_to_left (const char *language)
{
  static const char *const languages[] = { "ar", "fa", "he", "ur", "ps", "sd", "ug", "yi", NULL };
  g_autofree char *two = g_strndup (language, 2);

  return g_strv_contains (languages, two);
}

gboolean
page_add_resource (AppBundle *bundle, GResource *resource, const char *prefix, const char *name, GError **error)
{
  g_autofree char *path = g_strconcat (prefix, name, NULL);
  g_autoptr (GBytes) bytes = g_resource_lookup_data (resource, path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  if (bytes == NULL) {
    g_set_error (error, APP_ERROR, APP_ERROR_MISSING, _("The page cannot be made: the part “%s” of Melete is missing. Install Melete again."), name);
    return FALSE;
  }
  app_bundle_add (bundle, name, NULL, bytes);
  return TRUE;
}

gboolean
words_begin (const char *text, const char *beginning)
{
  for (const char *at = beginning[0] != '\0' ? strstr (text, beginning) : NULL; at != NULL; at = strstr (at + 1, beginning))
    if (at == text || !g_unichar_isalnum (g_utf8_get_char (g_utf8_prev_char (at))))
      return TRUE;
  return FALSE;
}

gboolean
words_begin_any (const char *text, const char *beginnings, const char *separator)
{
  g_auto (GStrv) list = g_strsplit (beginnings, separator, -1);

  for (guint i = 0; list[i] != NULL; i++)
    if (words_begin (text, list[i]))
      return TRUE;
  return FALSE;
}
