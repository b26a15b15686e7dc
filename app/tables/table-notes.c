/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "table-notes.h"

#include <glib/gi18n.h>
#include <string.h>

/* Each sentence has what it needs of {row}, {count}, {column} and {text}, in any order: a format with places would have to have all of them. */
typedef struct {
  const char *sentence;
  gboolean for_model;
} NoteWords;

static const NoteWords words[MEDIA_NOTE_N] = {
  [MEDIA_NOTE_DAMAGED] = { N_("The file is damaged behind row {row}. What stands before is here; save the file again from where it came to have the rest."), TRUE },
  [MEDIA_NOTE_OPEN_QUOTE] = { N_("A quotation mark in row {row} is not closed. It was taken as a character like others."), TRUE },
  [MEDIA_NOTE_COLUMNS_CUT] = { N_("Row {row} has {count} columns, which are more than are taken. The rest of them is not here."), TRUE },
  [MEDIA_NOTE_CELLS_CUT] = { N_("Cells of “{column}” are too long and were cut: {count}, the first in row {row}."), TRUE },
  [MEDIA_NOTE_BROKEN_BYTES] = { N_("Characters that could not be read: {count}, the first in row {row}. “�” stands for them."), FALSE },
  [MEDIA_NOTE_NO_VALUES] = { N_("Formulas in “{column}” without a result in the file: {count}, the first in row {row}. They are empty; open the file in its program and save it again to have them."), TRUE },
  [MEDIA_NOTE_ERRORS] = { N_("Formulas in “{column}” that failed: {count}, the first in row {row} (“{text}”). They are empty."), TRUE },
  [MEDIA_NOTE_NOT_OF_TYPE] = { N_("Cells of “{column}” that are not what the others are: {count}, the first in row {row} (“{text}”). They were kept as text."), TRUE },
  [MEDIA_NOTE_MIXED_UNITS] = { N_("The numbers of “{column}” have different units, such as “{text}”. They were kept as text."), TRUE },
  [MEDIA_NOTE_DATE_ORDER] = { N_("Day and month in “{column}” could be the other way round. They were read like this: {text}"), TRUE },
  [MEDIA_NOTE_DECIMAL] = { N_("Point and comma in “{column}” could mean the other. They were read like this: {text}"), TRUE },
  [MEDIA_NOTE_SHORT_YEARS] = { N_("The years in “{column}” have two digits. They were read like this: {text}"), FALSE },
  [MEDIA_NOTE_LONG_ROWS] = { N_("Rows with more cells than most: {count}, the first is row {row}."), FALSE },
  [MEDIA_NOTE_SHORT_ROWS] = { N_("Rows with fewer cells than most: {count}, the first is row {row}. What is missing is empty."), FALSE },
  [MEDIA_NOTE_TOTAL] = { N_("Row {row} (“{text}”) looks like a sum of those above. A sum over the column counts them twice."), TRUE },
  [MEDIA_NOTE_BLANK_ROWS] = { N_("Empty rows stand in between: {count}, the first is row {row}. There may be several tables, which were taken as one."), TRUE },
  [MEDIA_NOTE_MISSING] = { N_("Words for nothing in “{column}” were taken as empty: {count}, the first in row {row} (“{text}”)."), FALSE },
  [MEDIA_NOTE_DIGITS] = { N_("The digits of “{column}” were kept as text, for leading zeros or great length would be lost."), FALSE },
  [MEDIA_NOTE_ABOVE] = { N_("Rows above the names of the columns are not part of the table: {count}, the first says “{text}”."), TRUE },
  [MEDIA_NOTE_BELOW] = { N_("Row {row} below the table is not part of it. It says “{text}”."), TRUE },
  [MEDIA_NOTE_NO_NAMES] = { N_("The columns have no names in the file."), FALSE },
  [MEDIA_NOTE_NAME_ROWS] = { N_("The names of the columns stand in {count} rows and were joined."), FALSE },
  [MEDIA_NOTE_MERGED] = { N_("Merged cells: {count}, the first in row {row}. Those below each other all have what stands in the first."), FALSE },
  [MEDIA_NOTE_NESTED] = { N_("Lists in “{column}” were kept as JSON: {count}, the first in row {row}."), TRUE },
  [MEDIA_NOTE_BLOBS] = { N_("Binary contents of “{column}” are left out: {count}, the first in row {row}."), FALSE },
  [MEDIA_NOTE_HIDDEN] = { N_("The sheet is hidden in the file."), FALSE },
  [MEDIA_NOTE_ENCODING] = { N_("The file does not say how its characters are stored. They were read as {text}."), FALSE },
  [MEDIA_NOTE_DELIMITER] = { N_("The cells are separated by “{text}”."), FALSE },
};

static char *
fill (const char *sentence, const AppTable *table, const MediaNote *note, gboolean for_model)
{
  GString *filled = g_string_new (NULL);
  g_autofree char *row = g_strdup_printf (for_model ? "%" G_GUINT64_FORMAT : "%'" G_GUINT64_FORMAT, note->row);
  g_autofree char *count = g_strdup_printf (for_model ? "%" G_GUINT64_FORMAT : "%'" G_GUINT64_FORMAT, note->count);
  const AppColumn *column = note->column >= 0 && (guint) note->column < table->columns->len ? g_ptr_array_index (table->columns, note->column) : NULL;
  const char *name = column == NULL ? "" : for_model || column->name[0] == '\0' ? column->sql_name : column->name;
  g_autofree char *text = g_strdelimit (g_strdup (note->text), "\n\r\t", ' ');
  const struct {
    const char *place, *value;
  } places[] = { { "{row}", row }, { "{count}", count }, { "{column}", name }, { "{text}", text } };

  /* In one go, so that nothing is replaced in what comes from the file. */
  while (*sentence != '\0') {
    gsize i = 0;
    while (i < G_N_ELEMENTS (places) && !g_str_has_prefix (sentence, places[i].place))
      i++;
    if (i < G_N_ELEMENTS (places)) {
      g_string_append (filled, places[i].value);
      sentence += strlen (places[i].place);
    } else
      g_string_append_c (filled, *sentence++);
  }
  return g_string_free (filled, FALSE);
}

char *
table_note_dup_sentence (const AppTable *table, const MediaNote *note)
{
  return fill (_(words[note->kind].sentence), table, note, FALSE);
}

char *
table_note_dup_for_model (const AppTable *table, const MediaNote *note)
{
  return words[note->kind].for_model ? fill (words[note->kind].sentence, table, note, TRUE) : NULL;
}
