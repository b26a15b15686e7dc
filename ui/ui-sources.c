/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-sources.h"

#include <glib/gi18n.h>
#include <string.h>

#define SCHEME "melete-source:"
/* So many are shown at first. */
#define N_SHOWN 4

char *
ui_sources_dup_name (const AppSource *source)
{
  if (source->page == 0)
    return g_strdup (source->name);
  /* Translators: the name of a file and a page in it: “report.pdf, page 12” */
  return g_strdup_printf (_("%s, page %u"), source->name, source->page);
}

char *
ui_sources_dup_cited (AppMessage *message)
{
  return ui_sources_dup_cited_part (message, 0, G_MAXSIZE);
}

char *
ui_sources_dup_cited_part (AppMessage *message, gsize from, gsize to)
{
  const char *text = app_message_get_text (message);
  GArray *citations = app_message_get_citations (message);
  GString *cited = g_string_new (NULL);
  gsize end = MIN (to, strlen (text)), at = MIN (from, end);

  for (guint i = 0; citations != NULL && i < citations->len; i++) {
    const AppCitation *citation = &g_array_index (citations, AppCitation, i);

    if (citation->position < at || citation->position > end)
      continue;
    g_string_append_len (cited, text + at, (gssize) (citation->position - at));
    /* A space that is not broken: the number stays with its sentence. */
    g_string_append_printf (cited, "\302\240[%u](" SCHEME "%u)", citation->number, citation->number);
    at = citation->position;
  }
  g_string_append_len (cited, text + at, (gssize) (end - at));
  return g_string_free (cited, FALSE);
}

guint
ui_sources_parse_link (const char *url)
{
  guint64 number;

  if (url == NULL || !g_str_has_prefix (url, SCHEME) || !g_ascii_string_to_unsigned (url + strlen (SCHEME), 10, 1, G_MAXUINT, &number, NULL))
    return 0;
  return (guint) number;
}

/* ---- the row ---- */

/* The numbers that the answer cites, each once, in their order; all when it cites none. */
static GArray *
find_numbers (AppMessage *message)
{
  GPtrArray *sources = app_message_get_sources (message);
  GArray *citations = app_message_get_citations (message);
  gboolean none = citations == NULL || citations->len == 0;
  GArray *numbers = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint number = 1; number <= sources->len; number++) {
    gboolean cited = none;

    for (guint i = 0; !none && !cited && i < citations->len; i++)
      cited = g_array_index (citations, AppCitation, i).number == number;
    if (cited)
      g_array_append_val (numbers, number);
  }
  return numbers;
}

static GtkWidget *
make_button (const AppSource *source, guint number)
{
  g_autofree char *name = ui_sources_dup_name (source);
  g_autofree char *label = g_strdup_printf ("%u\302\240 %s", number, name);
  /* Translators: %u is the number of a citation, %s names its place: “Source 1: report.pdf, page 12” */
  g_autofree char *spoken = g_strdup_printf (_("Source %u: %s"), number, name);
  GtkWidget *words = g_object_new (GTK_TYPE_LABEL, "label", label, "ellipsize", PANGO_ELLIPSIZE_MIDDLE, "max-width-chars", 36, NULL);
  GtkWidget *button = g_object_new (GTK_TYPE_BUTTON, "child", words, "action-name", "answer.source", "action-target", g_variant_new_uint32 (number),
                                    "tooltip-text", _("Show the passage"), NULL);

  gtk_widget_add_css_class (button, "source");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  return button;
}

static void
on_more (GtkWidget *more, gpointer data)
{
  GtkWidget *next = gtk_widget_get_next_sibling (more);
  GtkWidget *first = next;

  for (; next != NULL; next = gtk_widget_get_next_sibling (next))
    gtk_widget_set_visible (next, TRUE);
  /* The focus goes on where it was. */
  if (first != NULL)
    gtk_widget_grab_focus (first);
  gtk_widget_set_visible (more, FALSE);
}

static GtkWidget *
make_more (guint n)
{
  g_autofree char *label = g_strdup_printf (ngettext ("%u more", "%u more", n), n);
  g_autofree char *spoken = g_strdup_printf (ngettext ("Show %u more source", "Show %u more sources", n), n);
  GtkWidget *more = gtk_button_new_with_label (label);

  gtk_widget_add_css_class (more, "source");
  gtk_accessible_update_property (GTK_ACCESSIBLE (more), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  g_signal_connect (more, "clicked", G_CALLBACK (on_more), NULL);
  return more;
}

void
ui_sources_update (GtkBox *box, AppMessage *message)
{
  AppMessageState state = app_message_get_state (message);
  GPtrArray *sources = app_message_get_sources (message);
  g_autoptr (GArray) numbers = NULL;
  GtkWidget *child;
  gboolean shown = sources != NULL && sources->len > 0 && state != APP_MESSAGE_WAITING && state != APP_MESSAGE_WRITING;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (box))) != NULL)
    gtk_box_remove (box, child);
  gtk_widget_set_visible (GTK_WIDGET (box), shown);
  if (!shown)
    return;
  numbers = find_numbers (message);
  for (guint i = 0; i < numbers->len; i++) {
    guint number = g_array_index (numbers, guint, i);

    /* One more is not worth a button of its own. */
    if (i == N_SHOWN && numbers->len > N_SHOWN + 1)
      gtk_box_append (box, make_more (numbers->len - i));
    child = make_button (sources->pdata[number - 1], number);
    gtk_widget_set_visible (child, i < N_SHOWN || numbers->len == N_SHOWN + 1);
    gtk_box_append (box, child);
  }
}
