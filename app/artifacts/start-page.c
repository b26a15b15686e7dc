/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of a starting point: the kit that all of them stand on, its own script, and its specification. */
#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "dashboard-data.h"
#include "page-parts.h"
#include "start-spec.h"
#include "starts-resources.h"

#define RESOURCES "/org/melete/Melete/starts/"

static const char *const scripts[] = { "kit/syllables.js", "kit/kit.js", "kit/game.js", "kit/formula.js" };

/* What a start has beside its own script, before it. */
static const struct {
  const char *start, *script;
} libraries[] = {
  { "diagram", "dagre.min.js" },
};

static gboolean
add_file (AppBundle *bundle, const char *name, GError **error)
{
  return page_add_resource (bundle, starts_get_resource (), RESOURCES, name, error);
}

static gboolean
add_script (AppBundle *bundle, GString *page, const char *name, GError **error)
{
  g_string_append_printf (page, "<script src=\"%s\"></script>\n", name);
  return add_file (bundle, name, error);
}

/* {"spec": …, "language", "how", "words"}, in which nothing ends a <script>. (transfer full) */
static char *
dup_data (JsonObject *spec, const char *language)
{
  GString *json = g_string_new ("{\"spec\":");
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), spec);
  g_autofree char *text = json_to_string (node, FALSE);

  g_string_append (json, text);
  g_string_append (json, ",\"language\":");
  dashboard_json_append_text (json, language, -1);
  start_words_append (json, start_spec_get_start (spec)->line);
  g_string_append_c (json, '}');
  g_string_replace (json, "<", "\\u003c", 0);
  return g_string_free (json, FALSE);
}

AppBundle *
start_make_bundle (const char *source, GError **error)
{
  g_autoptr (JsonObject) spec = start_spec_parse (source, strlen (source), error);
  g_autoptr (AppBundle) bundle = NULL;
  g_autoptr (GString) page = NULL;

  if (spec == NULL)
    return NULL;
  const char *theme = json_object_get_string_member (spec, "theme"), *id = start_spec_get_start (spec)->line->id;
  g_autofree char *language = page_dup_language (), *data = dup_data (spec, language), *own = g_strdup_printf ("starts/%s.js", id);
  g_autofree char *title = g_markup_escape_text (json_object_get_string_member (spec, "title"), -1);
  page = g_string_new (NULL);
  g_string_append_printf (page, "<!doctype html>\n<html lang=\"%s\" dir=\"%s\" data-theme=\"%s\" data-start=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                                "<meta name=\"color-scheme\" content=\"light dark\">\n<title>%s</title>\n<link rel=\"stylesheet\" href=\"kit/kit.css\">\n</head>\n<body>\n<main id=\"app\"></main>\n"
                                "<script type=\"application/json\" id=\"data\">%s</script>\n",
                          language, page_is_right_to_left (language) ? "rtl" : "ltr", theme, id, title, data);
  bundle = app_bundle_new ();
  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++)
    if (!add_script (bundle, page, scripts[i], error))
      return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (libraries); i++)
    if (strcmp (libraries[i].start, id) == 0 && !add_script (bundle, page, libraries[i].script, error))
      return NULL;
  g_string_append_printf (page, "<script src=\"%s\"></script>\n</body>\n</html>\n", own);
  app_bundle_add_text (bundle, APP_BUNDLE_INDEX, page->str);
  if (!add_file (bundle, "kit/kit.css", error) || !add_file (bundle, own, error))
    return NULL;
  return g_steal_pointer (&bundle);
}
