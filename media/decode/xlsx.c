/* SPDX-License-Identifier: MIT */
/* XLSX: the cells of each sheet, to a grid. The file keeps text in a list that cells point to, and dates as numbers whose format tells that they are dates. */
#include "xlsx.h"

#include <math.h>
#include <string.h>

#include "ooxml.h"

#define MAX_SHEETS 1000
#define MAX_FORMATS 100000
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz$"
/* Of one sheet. */
#define MAX_ROWS 1048576
/* The last day that has a name in a sheet: 9999-12-31. */
#define LAST_DAY 2958465.0

typedef enum { FORMAT_GENERAL, FORMAT_DATE, FORMAT_TIME, FORMAT_DATE_TIME, FORMAT_PERCENT } Format;

typedef struct {
  Extract *extract;
  GPtrArray *names, *ids; /* of the sheets */
  GArray *visible;        /* of gboolean */
  bool since_1904;
  GHashTable *custom;     /* numFmtId → Format */
  GArray *styles;         /* of Format: cellXfs in order */
  bool in_styles;         /* within cellXfs */
  GString *strings;       /* NUL-terminated, one after the other */
  GArray *starts;         /* of guint32 */
  bool strings_full;

  Grid *grid;
  uint64_t row;
  unsigned column, next_column;
  char type[12];
  unsigned style;
  GString *value, *formula;
  GString *into; /* where text goes; NULL: nowhere */
} Xlsx;

/* Of the main part. */
static const char *const types[] = { "spreadsheetml", "ms-excel", NULL };

bool
xlsx_matches (Extract *extract)
{
  return ooxml_matches (extract, types);
}

static void
on_text (Xml *xml, const char *text, void *data)
{
  Xlsx *xlsx = data;
  if (xlsx->into != NULL && xlsx->into->len < 64 * 1024)
    g_string_append (xlsx->into, text);
}

/* ---- the workbook ---------------------------------------------------------------------------------------------------------- */

static void
workbook_properties (Xml *xml, void *data)
{
  ((Xlsx *) data)->since_1904 = xml_has_attribute (xml, "date1904") && xml_is_on (xml, "date1904");
}

static void
workbook_sheet (Xml *xml, void *data)
{
  Xlsx *xlsx = data;
  const char *state = xml_attribute (xml, "state");
  gboolean visible = strcmp (state, "hidden") != 0 && strcmp (state, "veryHidden") != 0;
  if (xlsx->names->len >= MAX_SHEETS)
    return;
  g_ptr_array_add (xlsx->names, g_strdup (xml_attribute (xml, "name")));
  g_ptr_array_add (xlsx->ids, g_strdup (xml_relation (xml)));
  g_array_append_val (xlsx->visible, visible);
}

static const XmlElement workbook_elements[] = { { "sheet", workbook_sheet, NULL }, { "workbookPr", workbook_properties, NULL } };
static const XmlHandler workbook = { workbook_elements, G_N_ELEMENTS (workbook_elements), NULL };

/* ---- formats --------------------------------------------------------------------------------------------------------------- */

/* What a format code shows: without what is quoted, escaped or in brackets, y and d are of dates, h and s of times. */
static Format
format_of_code (const char *code)
{
  bool date = false, time = false, percent = false;
  for (const char *at = code; *at != '\0' && *at != ';'; at++) {
    if (*at == '"' || *at == '[') {
      const char *end = strchr (at + 1, *at == '"' ? '"' : ']');
      if (*at == '[' && (g_ascii_tolower (at[1]) == 'h' || g_ascii_tolower (at[1]) == 'm' || g_ascii_tolower (at[1]) == 's') && (at[2] == ']' || at[2] == at[1]))
        time = true;
      if (end == NULL)
        break;
      at = end;
    } else if (*at == '\\' || *at == '_' || *at == '*') {
      if (*++at == '\0')
        break;
    } else if (g_ascii_strncasecmp (at, "General", 7) == 0)
      at += 6;
    else if (strchr ("yYdD", *at) != NULL)
      date = true;
    else if (strchr ("hHsS", *at) != NULL)
      time = true;
    else if (*at == '%')
      percent = true;
    else if (g_ascii_strncasecmp (at, "mmm", 3) == 0)
      date = true;
  }
  return date && time ? FORMAT_DATE_TIME : date ? FORMAT_DATE : time ? FORMAT_TIME : percent ? FORMAT_PERCENT : FORMAT_GENERAL;
}

/* The formats that every workbook has without saying so (ECMA-376, 18.8.30). */
static Format
format_of_number (const Xlsx *xlsx, long number)
{
  gpointer custom;
  if (g_hash_table_lookup_extended (xlsx->custom, GINT_TO_POINTER ((int) number), NULL, &custom))
    return (Format) GPOINTER_TO_INT (custom);
  if ((number >= 14 && number <= 17) || (number >= 27 && number <= 31) || (number >= 50 && number <= 58))
    return FORMAT_DATE;
  if ((number >= 18 && number <= 21) || (number >= 32 && number <= 35) || (number >= 45 && number <= 47))
    return FORMAT_TIME;
  return number == 22 ? FORMAT_DATE_TIME : number == 9 || number == 10 ? FORMAT_PERCENT : FORMAT_GENERAL;
}

static void
custom_format (Xml *xml, void *data)
{
  Xlsx *xlsx = data;
  int number = (int) xml_number (xml, "numFmtId", -1);
  if (g_hash_table_size (xlsx->custom) < MAX_FORMATS)
    g_hash_table_insert (xlsx->custom, GINT_TO_POINTER (number), GINT_TO_POINTER ((int) format_of_code (xml_attribute (xml, "formatCode"))));
}

static void
styles_start (Xml *xml, void *data)
{
  ((Xlsx *) data)->in_styles = true;
}

static void
styles_end (Xml *xml, void *data)
{
  ((Xlsx *) data)->in_styles = false;
}

static void
cell_format (Xml *xml, void *data)
{
  Xlsx *xlsx = data;
  if (!xlsx->in_styles || xlsx->styles->len >= MAX_FORMATS)
    return;
  Format format = format_of_number (xlsx, xml_number (xml, "numFmtId", 0));
  g_array_append_val (xlsx->styles, format);
}

static const XmlElement style_elements[] = { { "cellXfs", styles_start, styles_end }, { "numFmt", custom_format, NULL }, { "xf", cell_format, NULL } };
static const XmlHandler styles = { style_elements, G_N_ELEMENTS (style_elements), NULL };

/* ---- shared text ----------------------------------------------------------------------------------------------------------- */

static void
string_start (Xml *xml, void *data)
{
  Xlsx *xlsx = data;
  g_string_truncate (xlsx->value, 0);
  xlsx->into = NULL;
}

static void
string_text (Xml *xml, void *data)
{
  Xlsx *xlsx = data;
  xlsx->into = xlsx->value;
}

static void
string_text_end (Xml *xml, void *data)
{
  ((Xlsx *) data)->into = NULL;
}

static void
string_end (Xml *xml, void *data)
{
  Xlsx *xlsx = data;
  guint32 start = (guint32) xlsx->strings->len;
  if (xlsx->strings_full)
    return;
  /* One byte more than a cell may have, so that it is known to be cut. */
  if (xlsx->value->len > xlsx->grid->max_text) {
    size_t length = xlsx->grid->max_text + 4;
    while (length < xlsx->value->len && ((guchar) xlsx->value->str[length] & 0xc0) == 0x80)
      length++;
    g_string_truncate (xlsx->value, MIN (length, xlsx->value->len));
  }
  g_string_append_len (xlsx->strings, xlsx->value->str, (gssize) xlsx->value->len + 1);
  g_array_append_val (xlsx->starts, start);
  xlsx->strings_full = xlsx->strings->len > xlsx->grid->max_strings || xlsx->starts->len > xlsx->grid->max_strings / 8;
  if (xlsx->strings_full)
    xml_stop (xml);
}

static const XmlElement string_elements[] = {
  { "t", string_text, string_text_end }, { "si", string_start, string_end }, { "rPh", xml_skip, NULL },
};
static const XmlHandler strings = { string_elements, G_N_ELEMENTS (string_elements), on_text };

/* ---- cells ----------------------------------------------------------------------------------------------------------------- */

static void
row_start (Xml *xml, void *data)
{
  Xlsx *xlsx = data;
  long row = xml_number (xml, "r", 0);
  /* Rows only grow, whatever a file says. */
  xlsx->row = row > 0 && (uint64_t) row > xlsx->row ? (uint64_t) row : xlsx->row + 1;
  xlsx->column = xlsx->next_column = 0;
}

/* "BC12" → 54. */
static unsigned
column_of (const char *place, unsigned fallback)
{
  unsigned column = 0;
  const char *at = place;
  for (; g_ascii_isalpha (*at) && at - place < 3; at++)
    column = column * 26 + (unsigned) (g_ascii_toupper (*at) - 'A') + 1;
  return column > 0 ? column - 1 : fallback;
}

static void
cell_start (Xml *xml, void *data)
{
  Xlsx *xlsx = data;
  xlsx->column = column_of (xml_attribute (xml, "r"), xlsx->column);
  g_strlcpy (xlsx->type, xml_attribute (xml, "t"), sizeof xlsx->type);
  xlsx->style = (unsigned) MAX (xml_number (xml, "s", 0), 0);
  g_string_truncate (xlsx->value, 0);
  g_string_truncate (xlsx->formula, 0);
  xlsx->into = NULL;
}

static void
value_start (Xml *xml, void *data)
{
  Xlsx *xlsx = data;
  xlsx->into = xlsx->value;
}

static void
formula_start (Xml *xml, void *data)
{
  Xlsx *xlsx = data;
  xlsx->into = xlsx->formula;
}

static void
value_end (Xml *xml, void *data)
{
  ((Xlsx *) data)->into = NULL;
}

/* A day's number as a date. The first system counts a 29th of February 1900 that never was. */
static bool
write_date (const Xlsx *xlsx, double serial, Format format, char *out, size_t size)
{
  GDate date;
  double day = floor (serial);
  int seconds = (int) ((serial - day) * 86400 + 0.5);

  if (!(serial >= 0) || serial > LAST_DAY)
    return false;
  if (seconds >= 86400) {
    seconds -= 86400;
    day += 1;
  }
  int n = 0;
  if (format != FORMAT_TIME) {
    guint32 first = xlsx->since_1904 ? 695056 : day < 60 ? 693595 : 693594; /* days from the first of January 1 to day 0 */
    g_date_set_julian (&date, first + (guint32) day);
    n = g_snprintf (out, size, "%04u-%02u-%02u", g_date_get_year (&date), g_date_get_month (&date), g_date_get_day (&date));
  }
  if (format == FORMAT_DATE_TIME)
    n += g_snprintf (out + n, size - (size_t) n, " ");
  if (format != FORMAT_DATE) {
    int hours = seconds / 3600 + (format == FORMAT_TIME ? (int) MIN (day, 100000) * 24 : 0);
    g_snprintf (out + n, size - (size_t) n, "%02d:%02d:%02d", hours, seconds / 60 % 60, seconds % 60);
  }
  return true;
}

/* To the grid, with what a person sees. */
static void
tell (Xlsx *xlsx, Cell *cell, CellKind kind, const char *text)
{
  cell->kind = kind;
  cell->text = text;
  cell->length = strlen (text);
  if (cell->length > 0 && xlsx->column >= xlsx->next_column && xlsx->column < xlsx->grid->max_columns) {
    xlsx->grid->cell (xlsx->grid, xlsx->row, xlsx->column, cell);
    xlsx->next_column = xlsx->column + 1;
  }
}

static void
cell_number (Xlsx *xlsx, const char *text)
{
  static const CellKind kinds[] = { [FORMAT_GENERAL] = CELL_REAL, [FORMAT_DATE] = CELL_DATE, [FORMAT_TIME] = CELL_TIME, [FORMAT_DATE_TIME] = CELL_DATETIME, [FORMAT_PERCENT] = CELL_REAL };
  Cell cell = { 0 };
  Format format = xlsx->style < xlsx->styles->len ? g_array_index (xlsx->styles, Format, xlsx->style) : FORMAT_GENERAL;
  char out[64], *end;
  double value = g_ascii_strtod (text, &end);

  if (end == text || *end != '\0' || !isfinite (value)) {
    tell (xlsx, &cell, CELL_TEXT, text);
    return;
  }
  if (format == FORMAT_DATE || format == FORMAT_TIME || format == FORMAT_DATE_TIME) {
    if (write_date (xlsx, value, format, out, sizeof out)) {
      tell (xlsx, &cell, kinds[format], out);
      return;
    }
    format = FORMAT_GENERAL;
  }
  cell.real = value;
  cell.integer = (int64_t) (fabs (value) < 9e15 ? value : 0);
  /* Fifteen digits, which is what such a program shows of a number, and not what binary fractions make of 0.1. */
  if (format == FORMAT_PERCENT) {
    g_ascii_formatd (out, sizeof out - 1, "%.13g", value * 100);
    g_strlcat (out, "%", sizeof out);
    cell.unit = "1 = 100 %";
  } else
    g_ascii_formatd (out, sizeof out, "%.15g", value);
  tell (xlsx, &cell, value == floor (value) && fabs (value) < 9e15 && format != FORMAT_PERCENT ? CELL_INTEGER : kinds[format], out);
}

/* A date that is written as one (t="d"), "2024-05-17T14:03:22". */
static CellKind
kind_of_iso (GString *value)
{
  char *t = strchr (value->str, 'T');
  if (value->len < 10 || value->str[4] != '-' || value->str[7] != '-')
    return CELL_TEXT;
  if (t == NULL)
    return CELL_DATE;
  *t = ' ';
  return CELL_DATETIME;
}

static void
cell_end (Xml *xml, void *data)
{
  Xlsx *xlsx = data;
  const char *text = xlsx->value->str;
  char *end;
  Cell cell = { 0 };

  if (xlsx->value->len == 0 && xlsx->formula->len > 0) {
    /* Nobody has computed it yet. */
    g_string_prepend_c (xlsx->formula, '=');
    tell (xlsx, &cell, CELL_NO_VALUE, xlsx->formula->str);
  } else if (strcmp (xlsx->type, "s") == 0) {
    guint64 i = g_ascii_strtoull (text, &end, 10);
    tell (xlsx, &cell, CELL_TEXT, end != text && i < xlsx->starts->len ? xlsx->strings->str + g_array_index (xlsx->starts, guint32, i) : xlsx->strings_full ? "…" : "");
  } else if (strcmp (xlsx->type, "b") == 0) {
    cell.integer = text[0] == '1';
    tell (xlsx, &cell, CELL_BOOLEAN, cell.integer ? "TRUE" : "FALSE");
  } else if (xlsx->type[0] == '\0' || strcmp (xlsx->type, "n") == 0) {
    if (xlsx->value->len > 0)
      cell_number (xlsx, text);
  } else
    tell (xlsx, &cell, strcmp (xlsx->type, "e") == 0 ? CELL_ERROR : strcmp (xlsx->type, "d") == 0 ? kind_of_iso (xlsx->value) : CELL_TEXT, text);
  xlsx->column++;
}

/* "B2:C5" */
static void
merge (Xml *xml, void *data)
{
  Xlsx *xlsx = data;
  g_auto (GStrv) ends = g_strsplit (xml_attribute (xml, "ref"), ":", 2);
  if (xlsx->grid->merge == NULL || ends[0] == NULL || ends[1] == NULL)
    return;
  unsigned first = column_of (ends[0], 0), last = column_of (ends[1], 0);
  guint64 top = g_ascii_strtoull (ends[0] + strspn (ends[0], LETTERS), NULL, 10), bottom = g_ascii_strtoull (ends[1] + strspn (ends[1], LETTERS), NULL, 10);
  if (top > 0 && bottom >= top && bottom <= MAX_ROWS && last >= first)
    xlsx->grid->merge (xlsx->grid, top, first, bottom - top + 1, last - first + 1);
}

static void
picture (Xml *xml, void *data)
{
  ((Xlsx *) data)->extract->counts[MEDIA_COUNT_PICTURES]++;
}

static const XmlElement sheet_elements[] = {
  { "c", cell_start, cell_end }, { "v", value_start, value_end }, { "f", formula_start, value_end }, { "t", value_start, value_end },
  { "row", row_start, NULL }, { "mergeCell", merge, NULL }, { "rPh", xml_skip, NULL }, { "drawing", picture, NULL }, { "conditionalFormatting", xml_skip, NULL },
  { "dataValidations", xml_skip, NULL }, { "extLst", xml_skip, NULL },
};
static const XmlHandler sheet_handler = { sheet_elements, G_N_ELEMENTS (sheet_elements), on_text };

static void
read_sheet (Xlsx *xlsx, guint i, const OoxmlRelation *relation)
{
  Extract *extract = xlsx->extract;
  Grid *grid = xlsx->grid;

  grid->begin (grid, g_ptr_array_index (xlsx->names, i), !g_array_index (xlsx->visible, gboolean, i));
  if (relation != NULL && strcmp (relation->type, "chartsheet") == 0) {
    extract->counts[MEDIA_COUNT_PICTURES]++;
    grid->end (grid, GRID_CHART);
    return;
  }
  xlsx->row = 0;
  bool whole = relation != NULL && !relation->external && xml_read_part (extract, relation->target, &sheet_handler, xlsx);
  bool damaged = !whole && !extract_is_over (extract);
  extract->counts[MEDIA_COUNT_PARTS_DAMAGED] += damaged;
  grid->end (grid, damaged ? GRID_DAMAGED : GRID_WHOLE);
}

void
xlsx_read (Extract *extract, Grid *grid)
{
  g_autofree char *part = NULL;
  GHashTable *relations = ooxml_open (extract, "XLSX", types, &part);
  Xlsx xlsx = {
    .extract = extract,
    .grid = grid,
    .names = g_ptr_array_new_with_free_func (g_free),
    .ids = g_ptr_array_new_with_free_func (g_free),
    .visible = g_array_new (FALSE, FALSE, sizeof (gboolean)),
    .custom = g_hash_table_new (NULL, NULL),
    .styles = g_array_new (FALSE, FALSE, sizeof (Format)),
    .strings = g_string_new (NULL),
    .starts = g_array_new (FALSE, FALSE, sizeof (guint32)),
    .value = g_string_new (NULL),
    .formula = g_string_new (NULL),
  };
  const char *other;

  ooxml_read_main (extract, part, &workbook, &xlsx);
  if ((other = ooxml_target (relations, "styles")) != NULL)
    xml_read_part (extract, other, &styles, &xlsx);
  if ((other = ooxml_target (relations, "sharedStrings")) != NULL)
    xml_read_part (extract, other, &strings, &xlsx);
  extract->counts[MEDIA_COUNT_PARTS] = xlsx.names->len;
  for (guint i = 0; i < xlsx.names->len && !extract_is_over (extract); i++)
    read_sheet (&xlsx, i, ooxml_relation (relations, g_ptr_array_index (xlsx.ids, i)));
  g_hash_table_unref (relations);
  g_ptr_array_unref (xlsx.names);
  g_ptr_array_unref (xlsx.ids);
  g_array_unref (xlsx.visible);
  g_hash_table_unref (xlsx.custom);
  g_array_unref (xlsx.styles);
  g_string_free (xlsx.strings, TRUE);
  g_array_unref (xlsx.starts);
  g_string_free (xlsx.value, TRUE);
  g_string_free (xlsx.formula, TRUE);
}
