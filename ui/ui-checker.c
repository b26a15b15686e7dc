/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-checker.h"

#include "preview/ui-preview-check.h"

/* Pixels of the picture that is kept: twice what the shelf shows, for dense screens. */
#define THUMBNAIL_WIDTH 560

struct _UiChecker {
  GObject parent;
  GtkOverlay *overlay; /* weak */
};

static void checker_init (AppCheckerInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (UiChecker, ui_checker, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (APP_TYPE_CHECKER, checker_init))

/* What is no more than unpleasant is told, but does not make a page fail. */
static gboolean
is_fault (AppCheckKind kind)
{
  return kind != APP_CHECK_SLOW && kind != APP_CHECK_CUT_OFF && kind != APP_CHECK_OVERLAP;
}

/* Small, for it is kept with each version. (transfer full) (nullable) */
static GBytes *
make_thumbnail (GBytes *png)
{
  g_autoptr (GdkTexture) texture = png != NULL ? gdk_texture_new_from_bytes (png, NULL) : NULL;
  g_autoptr (GdkPixbuf) whole = texture != NULL ? gdk_pixbuf_get_from_texture (texture) : NULL, small = NULL;
  char *bytes;
  gsize n_bytes;

  if (whole == NULL)
    return NULL;
  small = gdk_pixbuf_scale_simple (whole, THUMBNAIL_WIDTH, MAX (1, gdk_pixbuf_get_height (whole) * THUMBNAIL_WIDTH / gdk_pixbuf_get_width (whole)), GDK_INTERP_BILINEAR);
  return small != NULL && gdk_pixbuf_save_to_buffer (small, &bytes, &n_bytes, "png", NULL, NULL) ? g_bytes_new_take (bytes, n_bytes) : NULL;
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  UiChecker *self = g_task_get_source_object (task);
  UiPreviewCheck *checking = UI_PREVIEW_CHECK (source);
  GError *error = NULL;
  g_autoptr (AppCheck) check = ui_preview_check_run_finish (checking, result, &error);
  g_autoptr (GPtrArray) findings = g_ptr_array_new (), details = g_ptr_array_new ();
  g_autoptr (GBytes) thumbnail = NULL;
  gboolean works = TRUE;

  if (self->overlay != NULL)
    gtk_overlay_remove_overlay (self->overlay, GTK_WIDGET (checking));
  if (check == NULL) {
    g_task_return_error (task, error);
    return;
  }
  for (guint i = 0; i < app_check_get_n_findings (check); i++) {
    const AppCheckFinding *finding = app_check_get_finding (check, i);
    works &= !is_fault (finding->kind);
    g_ptr_array_add (findings, finding->sentence);
    g_ptr_array_add (details, finding->detail);
  }
  g_ptr_array_add (findings, NULL);
  g_ptr_array_add (details, NULL);
  thumbnail = make_thumbnail (app_check_get_picture (check, UI_PREVIEW_CHECK_WIDE));
  g_task_return_pointer (task, app_seen_new (works, (const char *const *) findings->pdata, (const char *const *) details->pdata, thumbnail), (GDestroyNotify) app_seen_free);
}

static void
look (AppChecker *checker, AppBundle *bundle, GTask *task)
{
  UiChecker *self = UI_CHECKER (checker);
  UiPreviewCheck *checking;

  if (self->overlay == NULL) {
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Closed");
    return;
  }
  checking = ui_preview_check_new ();
  gtk_overlay_add_overlay (self->overlay, GTK_WIDGET (checking));
  ui_preview_check_run_async (checking, bundle, g_task_get_cancellable (task), on_checked, g_object_ref (task));
}

static void
checker_init (AppCheckerInterface *iface)
{
  iface->look = look;
}

UiChecker *
ui_checker_new (GtkOverlay *overlay)
{
  UiChecker *self = g_object_new (UI_TYPE_CHECKER, NULL);

  g_set_weak_pointer (&self->overlay, overlay);
  return self;
}

static void
finalize (GObject *object)
{
  g_clear_weak_pointer (&UI_CHECKER (object)->overlay);
  G_OBJECT_CLASS (ui_checker_parent_class)->finalize (object);
}

static void
ui_checker_class_init (UiCheckerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = finalize;
}

static void
ui_checker_init (UiChecker *self)
{
}
