/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-table-reading.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui-combo.h"
#include "ui-table-words.h"

/* Behind "as guessed". What the helper calls them, and which writing they are for. */
static const struct {
  const char *name, *writing;
} encodings[] = {
  { NULL, NULL },
  { "UTF-8", N_("all writings") },
  { "UTF-16LE", N_("all writings") },
  { "UTF-16BE", N_("all writings") },
  { "windows-1252", N_("Western European") },
  { "ISO-8859-15", N_("Western European") },
  { "macintosh", N_("Western European") },
  { "CP850", N_("Western European, DOS") },
  { "CP437", N_("English, DOS") },
  { "windows-1250", N_("Central European") },
  { "ISO-8859-2", N_("Central European") },
  { "windows-1257", N_("Baltic") },
  { "windows-1251", N_("Cyrillic") },
  { "KOI8-R", N_("Cyrillic") },
  { "KOI8-U", N_("Cyrillic") },
  { "CP866", N_("Cyrillic, DOS") },
  { "windows-1253", N_("Greek") },
  { "windows-1254", N_("Turkish") },
  { "windows-1255", N_("Hebrew") },
  { "windows-1256", N_("Arabic") },
  { "windows-1258", N_("Vietnamese") },
  { "TIS-620", N_("Thai") },
  { "Shift_JIS", N_("Japanese") },
  { "EUC-JP", N_("Japanese") },
  { "EUC-KR", N_("Korean") },
  { "GB18030", N_("Chinese") },
  { "Big5", N_("Chinese, traditional") },
};

/* Behind "as guessed", as in the list of the template. */
static const char delimiters[] = { '\0', ',', ';', '\t', '|', ' ' };

struct _UiTableReading {
  GtkPopover parent_instance;

  GtkWidget *rows;
  AdwComboRow *encoding;
  AdwComboRow *delimiter;
  GtkWidget *skip_row;
  GtkSpinButton *skip;
  GtkWidget *header_row;
  GtkSpinButton *header;
  GtkWidget *guess;
  GtkWidget *apply;

  AppDataset *dataset;
  guint table;
};

G_DEFINE_FINAL_TYPE (UiTableReading, ui_table_reading, GTK_TYPE_POPOVER)

static guint signal_corrected;

static void
tell (UiTableReading *self, const char *text)
{
  gtk_popover_popdown (GTK_POPOVER (self));
  if (self->dataset != NULL && strcmp (text, app_dataset_get_choices (self->dataset)) != 0)
    g_signal_emit (self, signal_corrected, 0, text);
}

static void
on_guess (UiTableReading *self)
{
  tell (self, "");
}

static void
on_apply (UiTableReading *self)
{
  g_autoptr (AppTableChoices) choices = app_table_choices_new (app_dataset_get_choices (self->dataset));
  const AppTable *table = g_ptr_array_index (app_dataset_get_tables (self->dataset), self->table);
  guint encoding = adw_combo_row_get_selected (self->encoding), delimiter = adw_combo_row_get_selected (self->delimiter);
  int skip = gtk_spin_button_get_value_as_int (self->skip), header = gtk_spin_button_get_value_as_int (self->header);
  g_autofree char *text = NULL;

  if (delimiter < G_N_ELEMENTS (delimiters) && delimiters[delimiter] != app_table_choices_get_delimiter (choices)) {
    /* Other columns than before, and perhaps other names. */
    app_table_choices_forget_columns (choices);
    app_table_choices_set_delimiter (choices, delimiters[delimiter]);
  }
  if (encoding < G_N_ELEMENTS (encodings))
    app_table_choices_set_encoding (choices, encodings[encoding].name);
  if (skip != (int) ui_table_words_count_above (table))
    app_table_choices_set_skip (choices, self->table, skip);
  if (header != (int) table->header_rows)
    app_table_choices_set_header (choices, self->table, header);
  text = app_table_choices_dup_text (choices);
  tell (self, text);
}

static void
ui_table_reading_dispose (GObject *object)
{
  g_clear_object (&UI_TABLE_READING (object)->dataset);
  G_OBJECT_CLASS (ui_table_reading_parent_class)->dispose (object);
}

static void
ui_table_reading_class_init (UiTableReadingClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_table_reading_dispose;
  signal_corrected = g_signal_new ("corrected", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-table-reading.ui");
  gtk_widget_class_bind_template_child (widget_class, UiTableReading, rows);
  gtk_widget_class_bind_template_child (widget_class, UiTableReading, encoding);
  gtk_widget_class_bind_template_child (widget_class, UiTableReading, delimiter);
  gtk_widget_class_bind_template_child (widget_class, UiTableReading, skip_row);
  gtk_widget_class_bind_template_child (widget_class, UiTableReading, skip);
  gtk_widget_class_bind_template_child (widget_class, UiTableReading, header_row);
  gtk_widget_class_bind_template_child (widget_class, UiTableReading, header);
  gtk_widget_class_bind_template_child (widget_class, UiTableReading, guess);
  gtk_widget_class_bind_template_child (widget_class, UiTableReading, apply);
  gtk_widget_class_bind_template_callback (widget_class, on_guess);
  gtk_widget_class_bind_template_callback (widget_class, on_apply);
}

static void
ui_table_reading_init (UiTableReading *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ui_combo_name (self->encoding);
  ui_combo_name (self->delimiter);
}

GtkWidget *
ui_table_reading_new (void)
{
  return g_object_new (UI_TYPE_TABLE_READING, NULL);
}

static void
show_encoding (UiTableReading *self, const char *found, const char *chosen)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  guint selected = 0;

  for (guint i = 0; i < G_N_ELEMENTS (encodings); i++) {
    /* Translators: what was guessed; then the name of an encoding and which writing it is for */
    g_autofree char *name = encodings[i].name != NULL ? g_strdup_printf (_("%s (%s)"), encodings[i].name, _(encodings[i].writing))
                            : chosen == NULL && found != NULL ? g_strdup_printf (_("As guessed: %s"), found) : g_strdup (_("As guessed"));
    gtk_string_list_append (names, name);
    if (encodings[i].name != NULL && chosen != NULL && g_ascii_strcasecmp (encodings[i].name, chosen) == 0)
      selected = i;
  }
  adw_combo_row_set_model (self->encoding, G_LIST_MODEL (names));
  adw_combo_row_set_selected (self->encoding, selected);
}

gboolean
ui_table_reading_set_dataset (UiTableReading *self, AppDataset *dataset, guint place)
{
  g_autoptr (AppTableChoices) choices = app_table_choices_new (app_dataset_get_choices (dataset));
  const AppTable *table = g_ptr_array_index (app_dataset_get_tables (dataset), place);
  const char *format = app_dataset_get_format (dataset);
  gboolean separated = ui_table_words_find_encoding (dataset) != NULL, named = g_str_has_prefix (format, "JSON") || g_str_has_prefix (format, "SQLite");

  g_set_object (&self->dataset, dataset);
  self->table = place;
  show_encoding (self, ui_table_words_find_encoding (dataset), app_table_choices_get_encoding (choices));
  adw_combo_row_set_selected (self->delimiter, 0);
  for (guint i = 1; i < G_N_ELEMENTS (delimiters); i++)
    if (app_table_choices_get_delimiter (choices) == delimiters[i])
      adw_combo_row_set_selected (self->delimiter, i);
  gtk_widget_set_visible (GTK_WIDGET (self->encoding), separated);
  gtk_widget_set_visible (GTK_WIDGET (self->delimiter), separated);
  gtk_widget_set_visible (self->skip_row, !named);
  gtk_widget_set_visible (self->header_row, !named);
  gtk_spin_button_set_value (self->skip, ui_table_words_count_above (table));
  gtk_spin_button_set_value (self->header, (double) table->header_rows);
  gtk_widget_set_visible (self->rows, separated || !named);
  gtk_widget_set_visible (self->apply, separated || !named);
  gtk_widget_set_visible (self->guess, *app_dataset_get_choices (dataset) != '\0');
  return separated || !named || *app_dataset_get_choices (dataset) != '\0';
}
