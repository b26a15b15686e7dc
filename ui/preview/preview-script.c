/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Our scripts in the page (data/preview/), and what they are given. */
#include "preview-private.h"

#include <json-glib/json-glib.h>

GBytes *
preview_script_find (const char *name)
{
  g_autofree char *path = g_strconcat ("/org/melete/Melete/preview/", name, NULL);
  g_autoptr (GError) error = NULL;
  GBytes *bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, &error);

  if (bytes == NULL)
    g_error ("%s", error->message);
  return bytes;
}

/* A script is a function in parentheses; it is called with an object. */
static char *
dup_call (const char *name, JsonBuilder *builder)
{
  g_autoptr (GBytes) bytes = preview_script_find (name);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *start = json_to_string (root, FALSE);

  return g_strdup_printf ("%.*s(%s);\n", (int) g_bytes_get_size (bytes), (const char *) g_bytes_get_data (bytes, NULL), start);
}

static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static char *
dup_accent (UiPreview *self)
{
  GdkRGBA colour;

  if (!gtk_style_context_lookup_color (gtk_widget_get_style_context (GTK_WIDGET (self)), "accent_color", &colour))
    colour = (GdkRGBA) { 0.11f, 0.44f, 0.85f, 1 };
  return g_strdup_printf ("#%02x%02x%02x", (guint)(colour.red * 255 + 0.5f), (guint)(colour.green * 255 + 0.5f), (guint)(colour.blue * 255 + 0.5f));
}

char *
preview_script_dup_page (UiPreview *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *accent = dup_accent (self);
  GHashTableIter iter;
  gpointer key, value;

  json_builder_begin_object (builder);
  add_string (builder, "channel", self->channel);
  json_builder_set_member_name (builder, "storage");
  json_builder_begin_object (builder);
  g_hash_table_iter_init (&iter, self->storage);
  while (g_hash_table_iter_next (&iter, &key, &value))
    add_string (builder, key, value);
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "dark");
  json_builder_add_boolean_value (builder, adw_style_manager_get_dark (adw_style_manager_get_default ()));
  add_string (builder, "accent", accent);
  json_builder_set_member_name (builder, "limit");
  json_builder_add_int_value (builder, UI_PREVIEW_MAX_STORAGE);
  json_builder_end_object (builder);
  return dup_call ("bridge.js", builder);
}

char *
preview_script_dup_own (UiPreview *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_string (builder, "channel", self->channel);
  json_builder_set_member_name (builder, "load");
  json_builder_add_int_value (builder, self->load);
  json_builder_end_object (builder);
  return dup_call ("keeper.js", builder);
}

void
preview_script_send_theme (UiPreview *self)
{
  static const char body[] = "visualViewport.dispatchEvent (new CustomEvent (channel + '-in', { detail: JSON.stringify ({ type: 'theme', dark: dark !== 0, accent }) }));";
  g_autofree char *accent = dup_accent (self);
  GVariantBuilder arguments;

  g_variant_builder_init (&arguments, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&arguments, "{sv}", "channel", g_variant_new_string (self->channel));
  g_variant_builder_add (&arguments, "{sv}", "dark", g_variant_new_double (adw_style_manager_get_dark (adw_style_manager_get_default ())));
  g_variant_builder_add (&arguments, "{sv}", "accent", g_variant_new_string (accent));
  self->api->run_async (self->web, body, g_variant_builder_end (&arguments), NULL, NULL, NULL);
}
