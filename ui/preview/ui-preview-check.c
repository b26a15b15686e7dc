/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-preview-check.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

#include "../ui-preview.h"
#include "app-error.h"
#include "preview-private.h"

/* ms */
#define QUIET 1500
#define AT_MOST 8000
#define LATE 1000
/* Pictures a second below which movement is no movement; and the part of the window's own below which it is the page that is slow, and not a machine that is busy with a model. */
#define SLOW 20.0
#define SLOWER 0.6
/* Findings of one kind in one window: a page that fails at every turn says the same a hundred times. */
#define MAX_OF_A_KIND 5

typedef struct {
  int width, height;
} Frame;

static const Frame frames[] = { { UI_PREVIEW_CHECK_NARROW, 740 }, { UI_PREVIEW_CHECK_WIDE, 800 } };

struct _UiPreviewCheck {
  GtkWidget parent_instance;

  UiPreview *preview;
  guint frame;          /* of frames */
  GTask *task;          /* NULL while it does nothing */
  AppCheck *check;
  GPtrArray *missing;   /* what the page said is missing, in this frame */
  gboolean looked;      /* this frame's page was loaded, and is looked at */
  gboolean again;       /* WebKit's process ended by itself, and the frame is shown once more */
  guint ticks, tick;    /* pictures of the window while the page is looked at, and the callback that counts them */
  gint64 since;
  guint late;           /* a source: the page did not answer, and has perhaps failed */
  gulong cancelled;
};

G_DEFINE_FINAL_TYPE (UiPreviewCheck, ui_preview_check, GTK_TYPE_WIDGET)

UiPreviewCheck *
ui_preview_check_new (void)
{
  return g_object_new (UI_TYPE_PREVIEW_CHECK, NULL);
}

/* ---- findings ---- */

static guint
width_now (UiPreviewCheck *self)
{
  return (guint) frames[self->frame].width;
}

static void
add (UiPreviewCheck *self, AppCheckKind kind, char *sentence, char *detail)
{
  app_check_add (self->check, kind, width_now (self), sentence, detail);
  g_free (sentence);
  g_free (detail);
}

static void
add_entry (UiPreviewCheck *self, UiPreviewEntry *entry)
{
  const char *text = ui_preview_entry_get_text (entry), *source = ui_preview_entry_get_source (entry);
  char *detail = source != NULL && ui_preview_entry_get_line (entry) > 0 ? g_strdup_printf ("%s, line %u: %s", source, ui_preview_entry_get_line (entry), text) : g_strdup (text);

  switch (ui_preview_entry_get_level (entry)) {
  case UI_PREVIEW_EXCEPTION:
    add (self, APP_CHECK_EXCEPTION, g_strdup_printf (_("A script fails: %s"), text), detail);
    break;
  case UI_PREVIEW_REJECTION:
    add (self, APP_CHECK_REJECTION, g_strdup_printf (_("A script fails: %s"), text), detail);
    break;
  case UI_PREVIEW_ERROR:
    add (self, APP_CHECK_ERROR, g_strdup_printf (_("The page reports an error: %s"), text), detail);
    break;
  case UI_PREVIEW_BLOCKED:
    add (self, APP_CHECK_BLOCKED, g_strdup (text), detail);
    break;
  default:
    g_free (detail);
  }
}

static void
add_entries (UiPreviewCheck *self)
{
  GListModel *entries = ui_preview_get_entries (self->preview);
  guint n[UI_PREVIEW_NOTE + 1] = { 0 };

  for (guint i = 0; i < g_list_model_get_n_items (entries); i++) {
    g_autoptr (UiPreviewEntry) entry = g_list_model_get_item (entries, i);

    if (n[ui_preview_entry_get_level (entry)]++ < MAX_OF_A_KIND)
      add_entry (self, entry);
  }
  for (guint i = 0; i < MIN (self->missing->len, MAX_OF_A_KIND); i++)
    add (self, APP_CHECK_MISSING, g_strdup_printf (_("Data are missing: %s"), (const char *) self->missing->pdata[i]), g_strdup_printf ("the page reports missing data: %s", (const char *) self->missing->pdata[i]));
}

static const char *
member (JsonObject *object, const char *name)
{
  return json_object_get_string_member_with_default (object, name, "");
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  UI_PREVIEW_CHECK (widget)->ticks++;
  return G_SOURCE_CONTINUE;
}

static void
stop_counting (UiPreviewCheck *self)
{
  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
}

static double
own_rate (UiPreviewCheck *self)
{
  return self->ticks / (MAX (g_get_monotonic_time () - self->since, 1) / (double) G_USEC_PER_SEC);
}

/* What check.js saw; it is our script, in a world that the page cannot reach, but the process is the page's. */
static gboolean
add_looks (UiPreviewCheck *self, const char *json)
{
  g_autoptr (JsonNode) root = json_from_string (json, NULL);
  JsonObject *facts = root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  static const char *const lists[] = { "overflow", "cut", "overlap" };
  double rate;

  if (facts == NULL)
    return FALSE;
  for (guint k = 0; k < G_N_ELEMENTS (lists); k++) {
    JsonNode *node = json_object_get_member (facts, lists[k]);
    JsonArray *list = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

    for (guint i = 0; list != NULL && i < MIN (json_array_get_length (list), MAX_OF_A_KIND); i++) {
      JsonNode *item = json_array_get_element (list, i);
      JsonObject *found = JSON_NODE_HOLDS_OBJECT (item) ? json_node_get_object (item) : NULL;

      if (found == NULL)
        continue;
      g_autofree char *path = member (found, "part")[0] != '\0' ? g_strdup_printf ("%s (part %s)", member (found, "path"), member (found, "part")) : g_strdup (member (found, "path"));
      if (k == 0)
        add (self, APP_CHECK_OVERFLOW, g_strdup_printf (_("The page is wider than a window of %u pixels."), width_now (self)),
             g_strdup_printf ("%s reaches %d px beyond the right edge", path, (int) json_object_get_int_member_with_default (found, "by", 0)));
      else if (k == 1)
        add (self, APP_CHECK_CUT_OFF, g_strdup_printf (_("Text is cut off: “%s”"), member (found, "text")), g_strdup_printf ("%s: \"%s\"", path, member (found, "text")));
      else
        add (self, APP_CHECK_OVERLAP, g_strdup_printf (_("Texts cover each other: “%s”"), member (found, "text")),
             g_strdup_printf ("%s is over \"%s\" of %s", member (found, "other"), member (found, "text"), path));
    }
  }
  rate = json_object_get_double_member_with_default (facts, "rate", 60);
  if (rate < SLOW && rate < SLOWER * own_rate (self))
    add (self, APP_CHECK_SLOW, g_strdup_printf (_("Movement is not smooth: %u pictures a second."), (guint) MAX (rate + 0.5, 0)), g_strdup ("fewer than 20 animation frames a second"));
  return json_object_get_int_member_with_default (facts, "texts", 0) + json_object_get_int_member_with_default (facts, "things", 0) == 0;
}

/* ---- the picture ---- */

typedef struct {
  GdkTexture *texture;
  GBytes *png;
  gboolean plain; /* one colour all over */
} Picture;

static void
picture_free (Picture *picture)
{
  g_object_unref (picture->texture);
  g_clear_pointer (&picture->png, g_bytes_unref);
  g_free (picture);
}

static void
look_at_picture (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Picture *picture = data;
  gsize width = (gsize) gdk_texture_get_width (picture->texture), height = (gsize) gdk_texture_get_height (picture->texture);
  g_autofree guint32 *pixels = g_new (guint32, width * height);

  gdk_texture_download (picture->texture, (guchar *) pixels, width * 4);
  picture->plain = TRUE;
  for (gsize i = 1; i < width * height && picture->plain; i++)
    picture->plain = pixels[i] == pixels[0];
  picture->png = gdk_texture_save_to_png_bytes (picture->texture);
  g_task_return_boolean (task, TRUE);
}

/* ---- one frame after the other ---- */

static void begin_frame (UiPreviewCheck *self);

static void
finish (UiPreviewCheck *self, GError *error)
{
  GTask *task = g_steal_pointer (&self->task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  AppCheck *check = g_steal_pointer (&self->check);

  if (self->cancelled != 0)
    g_signal_handler_disconnect (cancellable, self->cancelled);
  self->cancelled = 0;
  g_clear_handle_id (&self->late, g_source_remove);
  stop_counting (self);
  ui_preview_stop (self->preview);
  if (error != NULL) {
    app_check_unref (check);
    g_task_return_error (task, error);
  } else {
    g_task_return_pointer (task, check, (GDestroyNotify) app_check_unref);
  }
  g_object_unref (task);
}

static void
end_frame (UiPreviewCheck *self)
{
  g_clear_handle_id (&self->late, g_source_remove);
  stop_counting (self);
  add_entries (self);
  if (self->frame + 1 < G_N_ELEMENTS (frames)) {
    self->frame++;
    self->again = FALSE;
    begin_frame (self);
  } else {
    finish (self, NULL);
  }
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
  UiPreviewCheck *self = UI_PREVIEW_CHECK (source);
  Picture *picture = g_task_get_task_data (G_TASK (result));

  /* Another run may have begun. */
  if (self->task != data)
    return;
  app_check_set_picture (self->check, width_now (self), picture->png);
  if (picture->plain)
    add (self, APP_CHECK_BLANK, g_strdup_printf (_("Nothing is to be seen in a window of %u pixels."), width_now (self)), g_strdup ("the page has one colour all over: nothing was drawn"));
  end_frame (self);
}

static void
on_snapshot (GObject *source, GAsyncResult *result, gpointer data)
{
  UiPreviewCheck *self;
  g_autoptr (GTask) run = data; /* the run that asked; another may have begun */
  g_autoptr (GError) error = NULL;
  GdkTexture *texture;
  g_autoptr (GTask) task = NULL;
  Picture *picture;

  self = g_task_get_source_object (run);
  texture = ui_preview_snapshot_finish (self->preview, result, &error);
  if (self->task != run) {
    g_clear_object (&texture);
    return;
  }
  if (texture == NULL) {
    /* It may have been of a page that ended, and is loaded again. */
    if (!ui_preview_get_loading (self->preview))
      end_frame (self);
    return;
  }
  picture = g_new0 (Picture, 1);
  picture->texture = texture;
  task = g_task_new (self, g_task_get_cancellable (run), on_looked, run);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, picture, (GDestroyNotify) picture_free);
  g_task_run_in_thread (task, look_at_picture);
}

static gboolean
on_late (gpointer data)
{
  UiPreviewCheck *self = data;

  self->late = 0;
  ui_preview_snapshot_async (self->preview, FALSE, g_task_get_cancellable (self->task), on_snapshot, g_object_ref (self->task));
  return G_SOURCE_REMOVE;
}

static void
on_facts (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) run = data;
  UiPreviewCheck *self = g_task_get_source_object (run);
  g_autoptr (GError) error = NULL;
  g_autofree char *json = ui_preview_run_finish (self->preview, result, &error);

  if (self->task != run || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  /* A page that has failed tells so, sooner or later; one that replaced its document under our script does not. */
  if (error != NULL) {
    if (self->late == 0 && self->looked)
      self->late = g_timeout_add (LATE, on_late, self);
    return;
  }
  if (add_looks (self, json))
    add (self, APP_CHECK_BLANK, g_strdup_printf (_("Nothing is to be seen in a window of %u pixels."), width_now (self)), g_strdup ("no visible text, picture or control"));
  ui_preview_snapshot_async (self->preview, FALSE, g_task_get_cancellable (run), on_snapshot, g_object_ref (run));
}

static void
on_loaded (UiPreview *preview, UiPreviewCheck *self)
{
  g_autoptr (GBytes) script = NULL;
  GVariantBuilder arguments;

  if (self->task == NULL)
    return;
  /* WebKit's process ends by itself now and then, whatever it shows; a page that is to blame ends it again. */
  if (ui_preview_get_crashed (preview) && !self->again) {
    self->again = TRUE;
    begin_frame (self);
    return;
  }
  if (ui_preview_get_failed (preview) != NULL) {
    add (self, APP_CHECK_STOPPED, g_strdup (ui_preview_get_failed (preview)), g_strdup (ui_preview_get_failed (preview)));
    end_frame (self);
    return;
  }
  if (self->looked)
    return;
  self->looked = TRUE;
  stop_counting (self);
  self->ticks = 0;
  self->since = g_get_monotonic_time ();
  self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
  script = preview_script_find ("check.js");
  g_variant_builder_init (&arguments, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&arguments, "{sv}", "quiet", g_variant_new_double (QUIET));
  g_variant_builder_add (&arguments, "{sv}", "most", g_variant_new_double (AT_MOST));
  ui_preview_run_async (preview, g_bytes_get_data (script, NULL), g_variant_builder_end (&arguments), g_task_get_cancellable (self->task), on_facts, g_object_ref (self->task));
}

static void
on_report (UiPreview *preview, const char *name, const char *value, UiPreviewCheck *self)
{
  if (self->task != NULL && g_str_equal (name, "missing") && self->missing->len < MAX_OF_A_KIND)
    g_ptr_array_add (self->missing, g_strndup (value, 300));
}

static void
begin_frame (UiPreviewCheck *self)
{
  AppBundle *bundle = g_task_get_task_data (self->task);

  self->looked = FALSE;
  stop_counting (self);
  g_clear_handle_id (&self->late, g_source_remove);
  g_ptr_array_set_size (self->missing, 0);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  ui_preview_show (self->preview, bundle);
}

static gboolean
on_cancelled_later (gpointer data)
{
  UiPreviewCheck *self = data;

  if (self->task != NULL && g_cancellable_is_cancelled (g_task_get_cancellable (self->task)))
    finish (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _("The check of the page was stopped.")));
  return G_SOURCE_REMOVE;
}

/* Within the signal its handler cannot be taken away. */
static void
on_cancelled (GCancellable *cancellable, UiPreviewCheck *self)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, on_cancelled_later, g_object_ref (self), g_object_unref);
}

void
ui_preview_check_run_async (UiPreviewCheck *self, AppBundle *bundle, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);

  if (self->task != NULL || !gtk_widget_get_mapped (GTK_WIDGET (self))) {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, "%s", _("The page cannot be tried, since the window is not shown. Show it, then try again."));
    return;
  }
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, app_bundle_ref (bundle), (GDestroyNotify) app_bundle_unref);
  self->task = g_steal_pointer (&task);
  self->check = app_check_new ();
  self->frame = 0;
  self->again = FALSE;
  if (cancellable != NULL && g_cancellable_is_cancelled (cancellable)) {
    on_cancelled (cancellable, self);
    return;
  }
  if (cancellable != NULL)
    self->cancelled = g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_cancelled), self);
  begin_frame (self);
}

AppCheck *
ui_preview_check_run_finish (UiPreviewCheck *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- object ---- */

static void
ui_preview_check_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  UiPreviewCheck *self = UI_PREVIEW_CHECK (widget);
  int child;

  /* GTK wants a child to be asked before it is placed. */
  gtk_widget_measure (GTK_WIDGET (self->preview), orientation, -1, &child, NULL, NULL, NULL);
  *minimum = *natural = 0;
}

static void
ui_preview_check_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  UiPreviewCheck *self = UI_PREVIEW_CHECK (widget);

  gtk_widget_allocate (GTK_WIDGET (self->preview), frames[self->frame].width, frames[self->frame].height, -1, NULL);
}

static void
ui_preview_check_dispose (GObject *object)
{
  UiPreviewCheck *self = UI_PREVIEW_CHECK (object);

  if (self->task != NULL)
    finish (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _("The check of the page was stopped.")));
  if (self->preview != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->preview));
  self->preview = NULL;
  G_OBJECT_CLASS (ui_preview_check_parent_class)->dispose (object);
}

static void
ui_preview_check_finalize (GObject *object)
{
  g_ptr_array_unref (UI_PREVIEW_CHECK (object)->missing);
  G_OBJECT_CLASS (ui_preview_check_parent_class)->finalize (object);
}

static void
ui_preview_check_class_init (UiPreviewCheckClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_preview_check_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_preview_check_finalize;
  widget_class->measure = ui_preview_check_measure;
  widget_class->size_allocate = ui_preview_check_size_allocate;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
ui_preview_check_init (UiPreviewCheck *self)
{
  self->missing = g_ptr_array_new_with_free_func (g_free);
  self->preview = ui_preview_new ();
  ui_preview_set_quiet (self->preview, TRUE);
  g_signal_connect (self->preview, "loaded", G_CALLBACK (on_loaded), self);
  g_signal_connect (self->preview, "report", G_CALLBACK (on_report), self);
  gtk_widget_set_parent (GTK_WIDGET (self->preview), GTK_WIDGET (self));
  /* It is there to be drawn, and for nobody. */
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
  gtk_widget_set_can_focus (GTK_WIDGET (self), FALSE);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
}
