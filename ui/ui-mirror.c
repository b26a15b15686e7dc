/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-mirror.h"

struct _UiMirror {
  GObject parent_instance;

  GdkTexture *texture; /* (nullable) */
};

static void ui_mirror_paintable_init (GdkPaintableInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (UiMirror, ui_mirror, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (GDK_TYPE_PAINTABLE, ui_mirror_paintable_init))

static void
ui_mirror_snapshot (GdkPaintable *paintable, GdkSnapshot *snapshot, double width, double height)
{
  UiMirror *self = UI_MIRROR (paintable);

  if (self->texture == NULL)
    return;
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) width, 0));
  gtk_snapshot_scale (snapshot, -1, 1);
  gdk_paintable_snapshot (GDK_PAINTABLE (self->texture), snapshot, width, height);
  gtk_snapshot_restore (snapshot);
}

static int
ui_mirror_get_width (GdkPaintable *paintable)
{
  UiMirror *self = UI_MIRROR (paintable);

  return self->texture != NULL ? gdk_texture_get_width (self->texture) : 0;
}

static int
ui_mirror_get_height (GdkPaintable *paintable)
{
  UiMirror *self = UI_MIRROR (paintable);

  return self->texture != NULL ? gdk_texture_get_height (self->texture) : 0;
}

static void
ui_mirror_paintable_init (GdkPaintableInterface *interface)
{
  interface->snapshot = ui_mirror_snapshot;
  interface->get_intrinsic_width = ui_mirror_get_width;
  interface->get_intrinsic_height = ui_mirror_get_height;
}

static void
ui_mirror_dispose (GObject *object)
{
  g_clear_object (&UI_MIRROR (object)->texture);
  G_OBJECT_CLASS (ui_mirror_parent_class)->dispose (object);
}

static void
ui_mirror_class_init (UiMirrorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ui_mirror_dispose;
}

static void
ui_mirror_init (UiMirror *self)
{
}

UiMirror *
ui_mirror_new (void)
{
  return g_object_new (UI_TYPE_MIRROR, NULL);
}

void
ui_mirror_set_texture (UiMirror *self, GdkTexture *texture)
{
  int width = ui_mirror_get_width (GDK_PAINTABLE (self)), height = ui_mirror_get_height (GDK_PAINTABLE (self));

  if (!g_set_object (&self->texture, texture))
    return;
  /* Each picture of a camera is as large as the one before: nothing is laid out anew. */
  if (width != ui_mirror_get_width (GDK_PAINTABLE (self)) || height != ui_mirror_get_height (GDK_PAINTABLE (self)))
    gdk_paintable_invalidate_size (GDK_PAINTABLE (self));
  gdk_paintable_invalidate_contents (GDK_PAINTABLE (self));
}

GdkTexture *
ui_mirror_get_texture (UiMirror *self)
{
  return self->texture;
}
