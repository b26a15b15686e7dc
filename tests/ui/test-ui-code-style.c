/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every colour that code can have, in every language, can be read on the card: 4.5:1, and 7:1 in high contrast. */
#include "ui-test.h"

#include <math.h>

#include "ui-code-style.h"

static double
linear (double value)
{
  return value <= 0.04045 ? value / 12.92 : pow ((value + 0.055) / 1.055, 2.4);
}

static double
luminance (const GdkRGBA *colour)
{
  return 0.2126 * linear (colour->red) + 0.7152 * linear (colour->green) + 0.0722 * linear (colour->blue);
}

static double
contrast (const GdkRGBA *one, const GdkRGBA *other)
{
  double first = luminance (one);
  double second = luminance (other);

  return (MAX (first, second) + 0.05) / (MIN (first, second) + 0.05);
}

/* The card as style.css has it: a twentieth of the text's colour on the window. In high contrast the text is opaque. */
static GdkRGBA
card_colour (GtkWidget *widget, gboolean high_contrast)
{
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  GdkRGBA text, window;
  double share;

  g_assert_true (gtk_style_context_lookup_color (context, "window_bg_color", &window));
  g_assert_true (gtk_style_context_lookup_color (context, "window_fg_color", &text));
  share = 0.05 * (high_contrast ? 1.0 : text.alpha);
  window.red += (text.red - window.red) * share;
  window.green += (text.green - window.green) * share;
  window.blue += (text.blue - window.blue) * share;
  return window;
}

/* The colour of a style, or of what stands for it when the scheme does not have it. */
static gboolean
find_colour (GtkSourceStyleScheme *scheme, GtkSourceLanguage *language, const char *id, GdkRGBA *colour)
{
  g_autofree char *text = NULL;
  gboolean set = FALSE;

  while (id != NULL && gtk_source_style_scheme_get_style (scheme, id) == NULL)
    id = gtk_source_language_get_style_fallback (language, id);
  if (id != NULL)
    g_object_get (gtk_source_style_scheme_get_style (scheme, id), "foreground", &text, "foreground-set", &set, NULL);
  return set && gdk_rgba_parse (colour, text);
}

static void
test_contrast (void)
{
  GtkSourceLanguageManager *languages = gtk_source_language_manager_get_default ();
  const char *const *ids = gtk_source_language_manager_get_language_ids (languages);
  GtkWidget *label = gtk_label_new ("");
  GtkWidget *window = ui_test_window (label, 100, 100);

  for (guint i = 0; i < 4; i++) {
    gboolean dark = i & 1, high_contrast = i & 2;
    double least = high_contrast ? 7.0 : 4.5;
    GtkSourceStyleScheme *scheme = ui_code_style_get (dark, high_contrast);
    GdkRGBA card, colour;
    guint n_checked = 0;

    g_assert_nonnull (scheme);
    adw_style_manager_set_color_scheme (adw_style_manager_get_default (), dark ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_FORCE_LIGHT);
    card = card_colour (label, high_contrast);
    g_assert_true (dark == (luminance (&card) < 0.1));
    g_assert_true (find_colour (scheme, NULL, "text", &colour));
    g_assert_cmpfloat (contrast (&colour, &card), >=, least);
    for (guint l = 0; ids[l] != NULL; l++) {
      GtkSourceLanguage *language = gtk_source_language_manager_get_language (languages, ids[l]);
      g_auto (GStrv) styles = NULL;

      /* Those that are only parts of others cannot all be loaded by themselves. */
      if (gtk_source_language_get_hidden (language))
        continue;
      styles = gtk_source_language_get_style_ids (language);
      for (guint s = 0; styles != NULL && styles[s] != NULL; s++) {
        if (!find_colour (scheme, language, styles[s], &colour))
          continue;
        if (contrast (&colour, &card) < least)
          g_test_message ("%s, %s: %.2f", gtk_source_style_scheme_get_id (scheme), styles[s], contrast (&colour, &card));
        g_assert_cmpfloat (contrast (&colour, &card), >=, least);
        n_checked++;
      }
    }
    g_assert_cmpuint (n_checked, >, 500);
  }
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui/code-style/contrast", test_contrast);
  return g_test_run ();
}
