/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-launcher-icon.h"

/* Pixels: around the tile, of its corners, and of a sign in its middle. */
#define MARGIN 10.0
#define CORNER 52.0
#define SIGN 124

static void
trace_tile (cairo_t *cr, double inset)
{
  double low = MARGIN + inset, high = UI_LAUNCHER_ICON_SIZE - MARGIN - inset, corner = CORNER - inset;

  cairo_new_sub_path (cr);
  cairo_arc (cr, high - corner, low + corner, corner, -G_PI_2, 0);
  cairo_arc (cr, high - corner, high - corner, corner, 0, G_PI_2);
  cairo_arc (cr, low + corner, high - corner, corner, G_PI_2, G_PI);
  cairo_arc (cr, low + corner, low + corner, corner, G_PI, 3 * G_PI_2);
  cairo_close_path (cr);
}

/* All of the tile, from the picture's middle. */
static void
draw_picture (cairo_t *cr, GdkTexture *texture)
{
  int width = gdk_texture_get_width (texture), height = gdk_texture_get_height (texture);
  double side = UI_LAUNCHER_ICON_SIZE - 2 * MARGIN, scale = side / MIN (width, height);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);

  gdk_texture_download (texture, cairo_image_surface_get_data (surface), (gsize) cairo_image_surface_get_stride (surface));
  cairo_surface_mark_dirty (surface);
  cairo_save (cr);
  cairo_translate (cr, MARGIN + (side - width * scale) / 2, MARGIN + (side - height * scale) / 2);
  cairo_scale (cr, scale, scale);
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_BEST);
  cairo_paint (cr);
  cairo_restore (cr);
  cairo_surface_destroy (surface);
}

/* White on blue. */
static void
draw_sign (cairo_t *cr, GtkWidget *widget, const char *icon_name)
{
  cairo_pattern_t *blue = cairo_pattern_create_linear (0, MARGIN, 0, UI_LAUNCHER_ICON_SIZE - MARGIN);
  g_autoptr (GtkIconPaintable) icon =
      gtk_icon_theme_lookup_icon (gtk_icon_theme_get_for_display (gtk_widget_get_display (widget)), icon_name, NULL, SIGN, 1, GTK_TEXT_DIR_NONE, GTK_ICON_LOOKUP_FORCE_SYMBOLIC);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  const GdkRGBA white[] = { { 1, 1, 1, 1 }, { 1, 1, 1, 1 }, { 1, 1, 1, 1 }, { 1, 1, 1, 1 } };
  GskRenderNode *node;

  cairo_pattern_add_color_stop_rgb (blue, 0, 0.38, 0.63, 0.92);
  cairo_pattern_add_color_stop_rgb (blue, 1, 0.10, 0.37, 0.71);
  cairo_set_source (cr, blue);
  cairo_paint (cr);
  cairo_pattern_destroy (blue);
  gtk_symbolic_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (icon), snapshot, SIGN, SIGN, white, G_N_ELEMENTS (white));
  node = gtk_snapshot_free_to_node (snapshot);
  if (node != NULL) {
    cairo_save (cr);
    cairo_translate (cr, (UI_LAUNCHER_ICON_SIZE - SIGN) / 2.0, (UI_LAUNCHER_ICON_SIZE - SIGN) / 2.0);
    gsk_render_node_draw (node, cr);
    cairo_restore (cr);
    gsk_render_node_unref (node);
  }
}

static cairo_status_t
append (void *data, const unsigned char *bytes, unsigned int n_bytes)
{
  g_byte_array_append (data, bytes, n_bytes);
  return CAIRO_STATUS_SUCCESS;
}

GBytes *
ui_launcher_icon_new (GtkWidget *widget, GBytes *thumbnail, const char *icon_name)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, UI_LAUNCHER_ICON_SIZE, UI_LAUNCHER_ICON_SIZE);
  cairo_t *cr = cairo_create (surface);
  g_autoptr (GdkTexture) texture = thumbnail != NULL ? gdk_texture_new_from_bytes (thumbnail, NULL) : NULL;
  GByteArray *png = g_byte_array_new ();

  trace_tile (cr, 0);
  cairo_save (cr);
  cairo_clip (cr);
  if (texture != NULL)
    draw_picture (cr, texture);
  else
    draw_sign (cr, widget, icon_name);
  cairo_restore (cr);
  /* An edge that is seen on light grounds and on dark ones. */
  cairo_set_line_width (cr, 4);
  trace_tile (cr, 2);
  cairo_set_source_rgba (cr, 1, 1, 1, 0.35);
  cairo_stroke (cr);
  cairo_set_line_width (cr, 2);
  trace_tile (cr, 0);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.28);
  cairo_stroke (cr);
  cairo_destroy (cr);
  cairo_surface_write_to_png_stream (surface, append, png);
  cairo_surface_destroy (surface);
  return g_byte_array_free_to_bytes (png);
}
