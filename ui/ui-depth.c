/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-depth.h"

#include <glib/gi18n.h>

static const struct {
  const char *title, *subtitle;
} depths[APP_N_DEPTHS] = {
  /* Translators: how deeply the model thinks before it answers. */
  [APP_DEPTH_INSTANT] = { N_("Instant"), N_("Answers at once") },
  [APP_DEPTH_COMPACT] = { N_("Compact"), N_("Thinks no longer than the answer needs") },
  [APP_DEPTH_THOROUGH] = { N_("Thorough"), N_("Thinks to the end, however long that takes") },
  [APP_DEPTH_CONTEMPLATE] = { N_("Contemplate"), N_("Several thoughts at once, which agree on an answer") },
};

const char *
ui_depth_get_title (AppDepth depth)
{
  return _(depths[depth].title);
}

const char *
ui_depth_get_subtitle (AppDepth depth)
{
  return _(depths[depth].subtitle);
}

GtkStringList *
ui_depth_list (const char *first)
{
  GtkStringList *list = gtk_string_list_new (NULL);

  if (first != NULL)
    gtk_string_list_append (list, first);
  for (AppDepth i = 0; i < APP_N_DEPTHS && app_depth_is_offered (i); i++)
    gtk_string_list_append (list, ui_depth_get_title (i));
  return list;
}
