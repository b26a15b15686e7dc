/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether what a model has taken out of a document stands there, and what code puts right of it: numbers, days, what a table has. */
#include <string.h>

#include "jobs/job-extract.h"
#include "jobs/job-ground.h"

static void
test_has (void)
{
  static const char text[] = "Dear team,\n\nI have paid 12.50 euros on 5 March 2026 and come by the 7.4.2026.\nMay 2, 2026 is too late.\n\nÖzlem O’Neill-Kim\n";
  static const struct {
    const char *cell;
    gboolean has;
  } cases[] = {
    { "", TRUE }, { "dear TEAM", TRUE }, { "ear team", FALSE }, { "özlem o'neill kim", TRUE }, { "12.5", TRUE }, { "12.50 euros", TRUE }, { "12", FALSE }, { "125", FALSE },
    { "2026-03-05", TRUE }, { "2026-04-07", TRUE }, { "2026-05-02", TRUE }, { "2026-03-06", FALSE }, { "March 5, 2026", TRUE }, { "5. März 2026", TRUE }, { "6 March 2026", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    if (job_ground_has (text, cases[i].cell) != cases[i].has)
      g_error ("“%s”: not %d", cases[i].cell, cases[i].has);
}

static void
test_days (void)
{
  static const struct {
    const char *text;
    guint d, m, y; /* 0: no day */
  } cases[] = {
    { "2026-12-31", 31, 12, 2026 }, { "2026-02-30", 0, 0, 0 }, { "31.12.2026", 31, 12, 2026 }, { "1st of May 2026", 1, 5, 2026 }, { "3 Sept 2026", 3, 9, 2026 }, { "September 3rd, 2026", 3, 9, 2026 },
    { "5/3/2026", 0, 0, 0 }, { "5 chairs", 0, 0, 0 }, { "may", 0, 0, 0 }, { "5 Ma 2026", 0, 0, 0 }, { "2026-12-311", 0, 0, 0 }, { "12345 May 2026", 0, 0, 0 }, { "", 0, 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GDate day;
    gboolean is = job_ground_read_day (cases[i].text, &day, NULL);
    if (is != (cases[i].d > 0) || (is && (g_date_get_day (&day) != cases[i].d || g_date_get_month (&day) != cases[i].m || g_date_get_year (&day) != cases[i].y)))
      g_error ("“%s”", cases[i].text);
  }
}

static void
test_prose (void)
{
  static const struct {
    const char *text;
    gboolean prose;
  } cases[] = {
    { "Dear team,\n\nmay I come later? I have to work.\n\nKind regards\nAnn\n", TRUE },
    { "Anna paints the fence by Friday. Ben buys nails.", TRUE },
    { "It was asked whether dogs may come; they may.\n", TRUE },
    { "BILL 17\n\nCustomer: Ann\n\n4 x bread at 2.50 each\n2 x milk at 1.00 each\n\nPlease pay soon.\n", FALSE },
    { "2026-05-03 07:12 ERROR pump: no answer\n2026-05-03 07:13 INFO pump: started again.\n", FALSE },
    { "- one\n- two\n", FALSE },
    { "", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (job_ground_is_prose (cases[i].text), ==, cases[i].prose);
}

/* A day in the form that was asked for; one that the document has not is that of the row's sentence, or none; so a number. */
static void
test_cells (void)
{
  static const char text[] = "Ann will order the chairs by 5 March 2026.\n\nBo will call by 7 April 2026. The party is on 1 May 2026.\n\nCy comes on 3 May 2026 or on 4 May 2026.\n";
  static const struct {
    const char *request, *row[3], *cell, *becomes;
  } cases[] = {
    { "due (as 2025-12-31)", { "Ann" }, "5 March 2026", "2026-03-05" },
    { "due (as YYYY-MM-DD)", { "Ann" }, "2026-03-05", "2026-03-05" },
    { "due", { "Ann" }, "5 March 2026", "5 March 2026" },
    { "due (as 2025-12-31)", { "Bo", "call" }, "2026-04-06", "2026-04-07" },
    { "due (as 2025-12-31)", { "Cy" }, "2026-05-05", "" },
    { "due (as 2025-12-31)", { "Di" }, "2026-05-05", "" },
    { "how many", { "Ann" }, "12", "" },
    { "how many", { "Ann" }, "2026", "2026" },
    { "what", { "Ann" }, " order the chairs ", "order the chairs" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *cell = job_extract_dup_cell (cases[i].request, text, (char **) cases[i].row, cases[i].cell);
    if (!g_str_equal (cell, cases[i].becomes))
      g_error ("case %u: %s", i, cell);
  }
}

static GPtrArray *
make_rows (const char *const *rows)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  for (; *rows != NULL; rows++)
    g_ptr_array_add (list, g_strsplit (*rows, "|", -1));
  return list;
}

/* Which of the values of a table stand in a text, and what the table says of them. */
static void
test_look_up (void)
{
  static const char *const texts[] = { "Ann Lee|Pottery", "Bo Ray|Guitar", "Ann Leeds|Sewing", "Cy|Piano", "Bo Ray|Piano", NULL };
  g_autoptr (GPtrArray) rows = make_rows (texts);
  g_auto (GStrv) found = job_extract_find_values ("Dear all,\nI am late. ann  lee, and Bo Ray's friend\n", rows, 0);
  g_autofree char *joined = g_strjoinv ("|", found), *course = job_extract_look_up (rows, 0, "ANN LEE", 1), *two = job_extract_look_up (rows, 0, "Bo Ray", 1), *none = job_extract_look_up (rows, 0, "Di", 1);

  g_assert_cmpstr (joined, ==, "Ann Lee|Bo Ray");
  g_assert_cmpstr (course, ==, "Pottery");
  g_assert_cmpstr (two, ==, "");
  g_assert_cmpstr (none, ==, "");
  g_assert_true (job_extract_is_file_name ("File name"));
  g_assert_false (job_extract_is_file_name ("profile"));
  g_assert_true (job_extract_is_amount ("Amount paid"));
  g_assert_false (job_extract_is_amount ("summary"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/jobs/ground/has", test_has);
  g_test_add_func ("/jobs/ground/days", test_days);
  g_test_add_func ("/jobs/ground/prose", test_prose);
  g_test_add_func ("/jobs/ground/cells", test_cells);
  g_test_add_func ("/jobs/ground/look-up", test_look_up);
  return g_test_run ();
}
