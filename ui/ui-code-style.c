/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-code-style.h"

#include <adwaita.h>
#include <glib/gstdio.h>

#define FOLDER "/org/melete/Melete/code/"

/* By dark and high contrast. They live as long as the process. */
static const char *const ids[2][2] = { { "melete-light", "melete-light-hc" }, { "melete-dark", "melete-dark-hc" } };
static GtkSourceStyleScheme *schemes[2][2];

/* GtkSourceView 5.6 reads schemes from files alone, and ours are within the program: each is written to a folder of this process, read, and gone. */
static void
load_schemes (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GtkSourceStyleSchemeManager) manager = gtk_source_style_scheme_manager_new ();
  g_autofree char *folder = g_dir_make_tmp ("melete-code-XXXXXX", &error);
  const char *search_path[] = { folder, NULL };

  for (guint i = 0; i < 4 && error == NULL; i++) {
    g_autofree char *resource = g_strconcat (FOLDER, ids[i / 2][i % 2], ".xml", NULL);
    g_autofree char *path = g_strconcat (folder, "/", ids[i / 2][i % 2], ".xml", NULL);
    g_autoptr (GBytes) bytes = g_resources_lookup_data (resource, G_RESOURCE_LOOKUP_FLAGS_NONE, &error);

    if (bytes != NULL)
      g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), &error);
  }
  gtk_source_style_scheme_manager_set_search_path (manager, search_path);
  for (guint i = 0; i < 4; i++) {
    g_autofree char *path = folder != NULL ? g_strconcat (folder, "/", ids[i / 2][i % 2], ".xml", NULL) : NULL;
    GtkSourceStyleScheme *scheme = folder != NULL ? gtk_source_style_scheme_manager_get_scheme (manager, ids[i / 2][i % 2]) : NULL;

    /* Without them the library's own will do. */
    if (scheme == NULL)
      scheme = gtk_source_style_scheme_manager_get_scheme (gtk_source_style_scheme_manager_get_default (), i / 2 ? "Adwaita-dark" : "Adwaita");
    schemes[i / 2][i % 2] = scheme != NULL ? g_object_ref (scheme) : NULL;
    if (path != NULL)
      g_unlink (path);
  }
  if (folder != NULL)
    g_rmdir (folder);
  if (error != NULL)
    g_message ("%s", error->message);
}

GtkSourceStyleScheme *
ui_code_style_get (gboolean dark, gboolean high_contrast)
{
  static gboolean loaded;

  if (!loaded)
    load_schemes ();
  loaded = TRUE;
  return schemes[dark != FALSE][high_contrast != FALSE];
}

static void
update (GtkSourceBuffer *buffer)
{
  AdwStyleManager *style = adw_style_manager_get_default ();

  gtk_source_buffer_set_style_scheme (buffer, ui_code_style_get (adw_style_manager_get_dark (style), adw_style_manager_get_high_contrast (style)));
}

void
ui_code_style_follow (GtkSourceBuffer *buffer)
{
  AdwStyleManager *style = adw_style_manager_get_default ();

  g_signal_connect_object (style, "notify::dark", G_CALLBACK (update), buffer, G_CONNECT_SWAPPED);
  g_signal_connect_object (style, "notify::high-contrast", G_CALLBACK (update), buffer, G_CONNECT_SWAPPED);
  update (buffer);
}
