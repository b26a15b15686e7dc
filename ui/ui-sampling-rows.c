/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-sampling-rows.h"

#include <glib/gi18n.h>

static const UiSamplingRow rows[] = {
  { UI_SAMPLING_USUAL, "temperature", N_("Variety"), N_("0 gives the most likely answer every time; more gives freer, and less reliable ones."), 0.05, 2 },
  { UI_SAMPLING_USUAL, "max-tokens", N_("Longest answer"), N_("In tokens, a token being most of a word; 0 sets no limit."), 64, 0 },
  { UI_SAMPLING_ADVANCED, "max-thought", N_("Longest thought"), N_("In tokens; then the model wraps up and answers. 0 leaves it to the depth of thinking."), 32, 0 },
  { UI_SAMPLING_ADVANCED, "top-k", N_("Top K"), N_("The next word is one of this many likeliest ones; 0 allows all."), 1, 0 },
  { UI_SAMPLING_ADVANCED, "top-p", N_("Top P"), N_("The next word is one of the likeliest, which together have this probability; 1 allows all."), 0.01, 2 },
  { UI_SAMPLING_ADVANCED, "min-p", N_("Min P"), N_("Leaves out words that are less likely than this share of the likeliest one; 0 allows all."), 0.01, 2 },
  { UI_SAMPLING_ADVANCED, "repeat-penalty", N_("Repetition penalty"), N_("The more, the fewer words are repeated; 1 does nothing."), 0.05, 2 },
  { UI_SAMPLING_ADVANCED, "seed", N_("Seed"), N_("The same seed gives the same answer; 0 takes a new one each time."), 1, 0 },
  { UI_SAMPLING_EXPERT, "typical-p", N_("Typical P"), N_("Keeps words that are about as surprising as usual, until they have this probability; 1 keeps all."), 0.01, 2 },
  { UI_SAMPLING_EXPERT, "frequency-penalty", N_("Frequency penalty"), N_("Holds a word back the more often it was there; 0 does nothing."), 0.05, 2 },
  { UI_SAMPLING_EXPERT, "presence-penalty", N_("Presence penalty"), N_("Holds a word back when it was there at all; 0 does nothing."), 0.05, 2 },
  { UI_SAMPLING_EXPERT, "repeat-last", N_("Reach of the penalties"), N_("How many tokens they look back on."), 16, 0 },
  { UI_SAMPLING_EXPERT, "dry-multiplier", N_("DRY strength"), N_("Holds back what would go on repeating a whole sequence; 0.8 is usual, 0 does nothing."), 0.1, 2 },
  { UI_SAMPLING_EXPERT, "dry-base", N_("DRY growth"), N_("How fast that grows with the length of the sequence."), 0.05, 2 },
  { UI_SAMPLING_EXPERT, "dry-allowed", N_("DRY allowed length"), N_("A repetition up to this many tokens costs nothing."), 1, 0 },
  { UI_SAMPLING_EXPERT, "xtc-probability", N_("XTC probability"), N_("How often the likeliest words are left out in favour of a rarer one; 0 is never."), 0.05, 2 },
  { UI_SAMPLING_EXPERT, "xtc-threshold", N_("XTC threshold"), N_("Only words with at least this probability are left out."), 0.01, 2 },
  { UI_SAMPLING_EXPERT, "mirostat-tau", N_("Mirostat surprise"), N_("Aims at this surprise, in bits a token, in the place of Top K, Top P, Min P, Typical P and XTC; 0 is off."), 0.1, 2 },
  { UI_SAMPLING_EXPERT, "mirostat-eta", N_("Mirostat rate"), N_("How fast it comes back to that surprise."), 0.01, 2 },
};

const UiSamplingRow *
ui_sampling_rows_get (guint *n_rows)
{
  *n_rows = G_N_ELEMENTS (rows);
  return rows;
}

GtkWidget *
ui_sampling_rows_create_spin (const UiSamplingRow *row)
{
  const AppSamplingField *field = app_sampling_find_field (row->key);
  GtkWidget *spin = gtk_spin_button_new_with_range (field->min, MIN (field->max, G_MAXINT32), row->step);

  gtk_spin_button_set_digits (GTK_SPIN_BUTTON (spin), row->digits);
  gtk_editable_set_width_chars (GTK_EDITABLE (spin), 6);
  gtk_widget_add_css_class (spin, "numeric");
  gtk_widget_set_valign (spin, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL, _(row->title), -1);
  return spin;
}

const char *
ui_sampling_rows_group_title (UiSamplingGroup group)
{
  return group == UI_SAMPLING_EXPERT ? _("For experts") : _("Advanced");
}

const char *
ui_sampling_rows_group_subtitle (UiSamplingGroup group)
{
  return group == UI_SAMPLING_EXPERT ? _("Rarer ways to choose words") : _("How words are chosen");
}

void
ui_sampling_rows_name_lists (GtkWidget *widget, const char *name)
{
  if (GTK_IS_LIST_BOX (widget) || GTK_IS_LIST_BASE (widget))
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    ui_sampling_rows_name_lists (child, name);
}
