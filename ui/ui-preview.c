/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-preview.h"

#include <glib/gi18n.h>

#include "preview/preview-module.h"
#include "preview/preview-private.h"
#include "ui-text-scale.h"

enum { PROP_LOADING = 1, PROP_FAILED, PROP_PICKING, N_PROPS };
static GParamSpec *props[N_PROPS];

enum { ENTRY, LOADED, REPORT, STORAGE_CHANGED, PICKED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiPreview, ui_preview, GTK_TYPE_WIDGET)

UiPreview *
ui_preview_new (void)
{
  return g_object_new (UI_TYPE_PREVIEW, NULL);
}

/* ---- states ---- */

static void
set_loading (UiPreview *self, gboolean loading)
{
  if (self->loading == loading)
    return;
  self->loading = loading;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LOADING]);
}

static void
set_failed (UiPreview *self, const char *sentence)
{
  if (g_strcmp0 (self->failed, sentence) == 0)
    return;
  g_free (self->failed);
  self->failed = g_strdup (sentence);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FAILED]);
}

static void
set_picking (UiPreview *self, gboolean picking)
{
  if (self->picking == picking)
    return;
  self->picking = picking;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PICKING]);
}

/* Ends the page's process, if there is one. */
static void
end_page (UiPreview *self)
{
  preview_watch_stop (self);
  if (self->opening != NULL)
    g_cancellable_cancel (self->opening);
  g_clear_object (&self->opening);
  set_picking (self, FALSE);
  self->sends_theme = FALSE;
  if (self->web == NULL)
    return;
  adw_bin_set_child (self->place, NULL);
  self->api->destroy (g_steal_pointer (&self->web));
}

void
preview_fail (UiPreview *self, const char *title, const char *sentence)
{
  g_autofree char *kept = g_strdup (sentence);

  end_page (self);
  self->why = NULL;
  adw_status_page_set_title (self->failure, title);
  adw_status_page_set_description (self->failure, kept);
  gtk_stack_set_visible_child_name (self->stack, "failure");
  set_loading (self, FALSE);
  set_failed (self, kept);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, kept, -1);
  g_signal_emit (self, signals[LOADED], 0);
}

void
preview_loaded (UiPreview *self)
{
  set_loading (self, FALSE);
  g_signal_emit (self, signals[LOADED], 0);
}

/* ---- showing ---- */

static void
update_look (UiPreview *self)
{
  GdkRGBA colour;

  if (self->web == NULL)
    return;
  /* What is seen before the page has drawn anything. */
  if (gtk_style_context_lookup_color (gtk_widget_get_style_context (GTK_WIDGET (self)), "view_bg_color", &colour))
    self->api->set_background (self->web, &colour);
  /* WebKit lets the page grow with the person's text by itself. Where nobody looks, sizes are what they are called. */
  self->api->set_zoom (self->web, self->quiet ? 1 / ui_text_scale_get () : 1);
  if (self->sends_theme)
    preview_script_send_theme (self);
}

static void
load (UiPreview *self)
{
  g_autofree char *page = NULL, *own = NULL;

  if (self->web == NULL) {
    self->web = self->api->create (self->host, &preview_events, self);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->api->get_widget (self->web)), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Page"), -1);
    adw_bin_set_child (self->place, self->api->get_widget (self->web));
  }
  self->load++;
  self->why = NULL;
  self->sends_theme = FALSE;
  set_picking (self, FALSE);
  preview_listen_begin (self);
  update_look (self);
  self->sends_theme = TRUE;
  page = preview_script_dup_page (self);
  own = preview_script_dup_own (self);
  gtk_stack_set_visible_child_name (self->stack, "page");
  self->api->load (self->web, page, own);
  preview_watch_start (self);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  UiPreview *self;
  g_autoptr (GError) error = NULL;
  const PreviewWebApi *api = preview_module_open_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = data;
  g_clear_object (&self->opening);
  self->api = api;
  if (api != NULL)
    load (self);
  else
    preview_fail (self, _("The page cannot be shown"), error->message);
}

void
ui_preview_show (UiPreview *self, AppBundle *bundle)
{
  app_bundle_ref (bundle);
  g_clear_pointer (&self->bundle, app_bundle_unref);
  self->bundle = bundle;
  preview_log_clear (self->log);
  self->crashed = FALSE;
  set_failed (self, NULL);
  gtk_accessible_reset_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
  set_loading (self, TRUE);
  if (self->opening != NULL)
    return;
  /* Asked each time: what it asks for may have changed. */
  if (self->web != NULL) {
    load (self);
    return;
  }
  self->opening = g_cancellable_new ();
  preview_module_open_async (self->opening, on_opened, self);
}

void
ui_preview_reload (UiPreview *self)
{
  if (self->bundle != NULL)
    ui_preview_show (self, self->bundle);
}

void
ui_preview_stop (UiPreview *self)
{
  end_page (self);
  g_clear_pointer (&self->bundle, app_bundle_unref);
  preview_log_clear (self->log);
  set_loading (self, FALSE);
  self->crashed = FALSE;
  set_failed (self, NULL);
  gtk_stack_set_visible_child_name (self->stack, "empty");
}

gboolean
ui_preview_get_loading (UiPreview *self)
{
  return self->loading;
}

const char *
ui_preview_get_failed (UiPreview *self)
{
  return self->failed;
}

gboolean
ui_preview_get_crashed (UiPreview *self)
{
  return self->crashed;
}

GListModel *
ui_preview_get_entries (UiPreview *self)
{
  return G_LIST_MODEL (self->log);
}

void
ui_preview_set_storage (UiPreview *self, GHashTable *storage)
{
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_ref (storage);
  g_hash_table_unref (self->storage);
  self->storage = storage;
  self->stored = 0;
  g_hash_table_iter_init (&iter, storage);
  while (g_hash_table_iter_next (&iter, &key, &value))
    self->stored += strlen (key) + strlen (value);
}

GHashTable *
ui_preview_get_storage (UiPreview *self)
{
  return self->storage;
}

void
ui_preview_set_quiet (UiPreview *self, gboolean quiet)
{
  self->quiet = quiet;
}

/* ---- what preview-listen.c tells ---- */

void
preview_emit_entry (UiPreview *self, UiPreviewEntry *entry)
{
  g_signal_emit (self, signals[ENTRY], 0, entry);
}

void
preview_emit_report (UiPreview *self, const char *name, const char *value)
{
  g_signal_emit (self, signals[REPORT], 0, name, value);
}

void
preview_emit_stored (UiPreview *self, const char *key, const char *value)
{
  g_signal_emit (self, signals[STORAGE_CHANGED], 0, key, value);
}

void
preview_picked (UiPreview *self, const UiPreviewPick *pick)
{
  set_picking (self, FALSE);
  g_signal_emit (self, signals[PICKED], 0, pick);
}

void
preview_pick_ended (UiPreview *self)
{
  set_picking (self, FALSE);
}

/* ---- acting on the page ---- */

static void
fail_without_page (UiPreview *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_task_report_new_error (self, callback, data, NULL, PREVIEW_ERROR, PREVIEW_ERROR_SCRIPT, "%s", _("There is no page. Reload it, then try again."));
}

void
ui_preview_run_async (UiPreview *self, const char *body, GVariant *arguments, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  if (self->web == NULL) {
    if (arguments != NULL)
      g_variant_unref (g_variant_ref_sink (arguments));
    fail_without_page (self, cancellable, callback, data);
    return;
  }
  self->api->run_async (self->web, body, arguments, cancellable, callback, data);
}

char *
ui_preview_run_finish (UiPreview *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
ui_preview_snapshot_async (UiPreview *self, gboolean whole, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  if (self->web != NULL)
    self->api->snapshot_async (self->web, whole, cancellable, callback, data);
  else
    fail_without_page (self, cancellable, callback, data);
}

GdkTexture *
ui_preview_snapshot_finish (UiPreview *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
ui_preview_export_pdf_async (UiPreview *self, GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  if (self->web != NULL)
    self->api->print_async (self->web, file, cancellable, callback, data);
  else
    fail_without_page (self, cancellable, callback, data);
}

gboolean
ui_preview_export_pdf_finish (UiPreview *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_pick_begun (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *json = g_task_propagate_pointer (G_TASK (result), &error);

  if (error != NULL)
    g_debug ("picker: %s", error->message);
}

void
ui_preview_pick (UiPreview *self, gboolean picking)
{
  g_autoptr (GBytes) script = NULL;
  GVariantBuilder arguments;

  if (self->web == NULL || self->picking == picking)
    return;
  script = preview_script_find ("picker.js");
  g_variant_builder_init (&arguments, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&arguments, "{sv}", "picking", g_variant_new_double (picking));
  g_variant_builder_add (&arguments, "{sv}", "load", g_variant_new_double (self->load));
  self->api->run_async (self->web, g_bytes_get_data (script, NULL), g_variant_builder_end (&arguments), NULL, on_pick_begun, NULL);
  if (picking)
    gtk_widget_grab_focus (self->api->get_widget (self->web));
  set_picking (self, picking);
}

/* ---- object ---- */

static gboolean
ui_preview_grab_focus (GtkWidget *widget)
{
  UiPreview *self = UI_PREVIEW (widget);

  return self->web != NULL ? gtk_widget_grab_focus (self->api->get_widget (self->web)) : gtk_widget_child_focus (GTK_WIDGET (self->stack), GTK_DIR_TAB_FORWARD);
}

static void
ui_preview_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  UiPreview *self = UI_PREVIEW (object);

  switch (id) {
  case PROP_LOADING:
    g_value_set_boolean (value, self->loading);
    break;
  case PROP_FAILED:
    g_value_set_string (value, self->failed);
    break;
  case PROP_PICKING:
    g_value_set_boolean (value, self->picking);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ui_preview_dispose (GObject *object)
{
  UiPreview *self = UI_PREVIEW (object);

  if (self->stack != NULL)
    end_page (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), UI_TYPE_PREVIEW);
  G_OBJECT_CLASS (ui_preview_parent_class)->dispose (object);
}

static void
ui_preview_finalize (GObject *object)
{
  UiPreview *self = UI_PREVIEW (object);

  g_clear_pointer (&self->bundle, app_bundle_unref);
  g_clear_object (&self->log);
  g_clear_object (&self->flood);
  g_clear_pointer (&self->storage, g_hash_table_unref);
  g_free (self->failed);
  g_free (self->host);
  g_free (self->channel);
  G_OBJECT_CLASS (ui_preview_parent_class)->finalize (object);
}

static void
ui_preview_class_init (UiPreviewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->get_property = ui_preview_get_property;
  object_class->dispose = ui_preview_dispose;
  object_class->finalize = ui_preview_finalize;
  widget_class->grab_focus = ui_preview_grab_focus;
  props[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_FAILED] = g_param_spec_string ("failed", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_PICKING] = g_param_spec_boolean ("picking", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[ENTRY] = g_signal_new ("entry", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, UI_TYPE_PREVIEW_ENTRY);
  signals[LOADED] = g_signal_new ("loaded", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[REPORT] = g_signal_new ("report", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[STORAGE_CHANGED] = g_signal_new ("storage-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[PICKED] = g_signal_new ("picked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-preview.ui");
  gtk_widget_class_bind_template_child (widget_class, UiPreview, stack);
  gtk_widget_class_bind_template_child (widget_class, UiPreview, place);
  gtk_widget_class_bind_template_child (widget_class, UiPreview, failure);
  gtk_widget_class_bind_template_child (widget_class, UiPreview, reload);
  gtk_widget_class_bind_template_callback (widget_class, ui_preview_reload);
  gtk_widget_class_set_css_name (widget_class, "preview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
ui_preview_init (UiPreview *self)
{
  self->log = preview_log_new ();
  self->storage = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  /* Not to be guessed by another page. */
  self->host = g_strdup_printf ("%08x%08x%08x", g_random_int (), g_random_int (), g_random_int ());
  self->channel = g_strdup_printf ("melete-%08x", g_random_int ());
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Preview"), -1);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (update_look), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_settings_get_default (), "notify::gtk-xft-dpi", G_CALLBACK (update_look), self, G_CONNECT_SWAPPED);
}
