/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-test.h"

#include "fixture.h"
#include "ui-sections.h"

static void
check_title (int year, int month, int day, gboolean pinned, const char *expected)
{
  g_autoptr (GDateTime) now = g_date_time_new_local (2026, 3, 10, 0, 30, 0);
  g_autoptr (GDateTime) time = g_date_time_new_local (year, month, day, 23, 59, 0);
  g_autofree char *title = ui_sections_dup_title (time, pinned, now);

  g_assert_cmpstr (title, ==, expected);
}

static void
test_titles (void)
{
  check_title (2026, 3, 10, FALSE, "Today");
  check_title (2026, 3, 11, FALSE, "Today"); /* a clock that was set back */
  check_title (2026, 3, 9, FALSE, "Yesterday");
  check_title (2026, 3, 4, FALSE, "Last seven days");
  check_title (2026, 3, 3, FALSE, "March");
  check_title (2026, 1, 3, FALSE, "January");
  check_title (2025, 12, 31, FALSE, "December 2025");
  check_title (2025, 12, 31, TRUE, "Pinned");
}

static void
check_day (int year, int month, int day, const char *expected)
{
  g_autoptr (GDateTime) now = g_date_time_new_local (2026, 3, 10, 0, 30, 0);
  g_autoptr (GDateTime) time = g_date_time_new_local (year, month, day, 23, 59, 0);
  g_autofree char *text = ui_sections_dup_day (time, now);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_days (void)
{
  check_day (2026, 3, 10, "Today");
  check_day (2026, 3, 9, "Yesterday");
  check_day (2026, 3, 8, "Sunday");
  check_day (2026, 3, 4, "Wednesday");
  check_day (2026, 3, 3, "3 March");
  check_day (2025, 12, 31, "31 December 2025");
}

static char *
describe (UiSections *sections)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (sections)); i++) {
    g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (sections), i);

    if (UI_IS_SECTION (item))
      g_string_append_printf (out, "[%s]", ui_section_get_title (UI_SECTION (item)));
    else
      g_string_append_printf (out, " %s", app_conversation_get_title (APP_CONVERSATION (item)));
  }
  return g_string_free (out, FALSE);
}

static void
follow (GListModel *model, guint position, guint removed, guint added, guint *n_items)
{
  *n_items += added - removed;
  g_assert_cmpuint (*n_items, ==, g_list_model_get_n_items (model));
}

static void
test_follows_history (Fixture *f, gconstpointer data)
{
  g_autoptr (UiSections) sections = ui_sections_new (G_LIST_MODEL (f->history), app_history_get_folders (f->history));
  g_autoptr (AppConversation) one = app_history_new_conversation (f->history);
  g_autoptr (AppConversation) two = app_history_new_conversation (f->history);
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *first = NULL;
  g_autofree char *pinned = NULL;
  guint n_items = 0;

  g_signal_connect (sections, "items-changed", G_CALLBACK (follow), &n_items);
  send_text (one, "One");
  send_text (two, "Two");
  wait_idle (one);
  wait_idle (two);
  first = describe (sections);
  g_assert_cmpstr (first, ==, "[Today] Two One");
  app_conversation_set_pinned_async (one, TRUE, keep_result, &result);
  g_assert_true (app_conversation_set_pinned_finish (one, wait_result (&result), NULL));
  pinned = describe (sections);
  g_assert_cmpstr (pinned, ==, "[Pinned] One[Today] Two");
  g_assert_cmpuint (n_items, ==, 4);
}

static AppFolder *
add_folder (Fixture *f, const char *name)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_folders_add_async (app_history_get_folders (f->history), name, keep_result, &result);
  return app_folders_add_finish (app_history_get_folders (f->history), wait_result (&result), NULL);
}

static void
move (AppConversation *conversation, gint64 folder)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_conversation_set_folder_async (conversation, folder, keep_result, &result);
  g_assert_true (app_conversation_set_folder_finish (conversation, wait_result (&result), NULL));
}

static void
assert_describes (UiSections *sections, const char *expected)
{
  g_autofree char *description = describe (sections);

  g_assert_cmpstr (description, ==, expected);
}

/* Pinned ones, folders, days; a folded folder keeps its conversations to itself. */
static void
test_folders (Fixture *f, gconstpointer data)
{
  g_autoptr (UiSections) sections = ui_sections_new (G_LIST_MODEL (f->history), app_history_get_folders (f->history));
  g_autoptr (AppConversation) one = fixture_talk (f, "one", "x"), two = fixture_talk (f, "two", "x"), three = fixture_talk (f, "three", "x");
  g_autoptr (AppFolder) garden = add_folder (f, "garden"), empty = add_folder (f, "zoo");
  g_autoptr (GAsyncResult) pinned = NULL, renamed = NULL;
  g_autoptr (UiSection) heading = NULL;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (sections));

  g_signal_connect (sections, "items-changed", G_CALLBACK (follow), &n);
  app_conversation_set_pinned_async (one, TRUE, keep_result, &pinned);
  wait_result (&pinned);
  move (two, app_folder_get_id (garden));
  assert_describes (sections, "[Pinned] one[garden] two[zoo][Today] three");
  heading = g_list_model_get_item (G_LIST_MODEL (sections), 2);
  g_assert_true (ui_section_get_folder (heading) == garden);
  g_assert_cmpuint (ui_section_get_n_conversations (heading), ==, 1);
  ui_sections_set_folded (sections, heading, TRUE);
  assert_describes (sections, "[Pinned] one[garden][zoo][Today] three");
  g_assert_cmpuint (ui_section_get_n_conversations (heading), ==, 1);
  ui_sections_unfold (sections, two);
  assert_describes (sections, "[Pinned] one[garden] two[zoo][Today] three");
  /* In its folder a pinned one stands first. */
  move (one, app_folder_get_id (garden));
  move (three, app_folder_get_id (garden));
  assert_describes (sections, "[garden] one three two[zoo]");
  app_folders_rename_async (app_history_get_folders (f->history), garden, "zzz", keep_result, &renamed);
  wait_result (&renamed);
  assert_describes (sections, "[zoo][zzz] one three two");
}

static void
count (UiSections *sections, guint *n)
{
  ++*n;
}

static void
assert_folded (UiSections *sections, gint64 first, gint64 second)
{
  g_autoptr (GArray) folded = ui_sections_get_folded (sections);

  g_assert_cmpuint (folded->len, ==, (first != 0) + (second != 0));
  if (first != 0)
    g_assert_cmpint (g_array_index (folded, gint64, 0), ==, first);
  if (second != 0)
    g_assert_cmpint (g_array_index (folded, gint64, 1), ==, second);
}

/* What was folded can be folded again, in another list; what is gone since then is left out. */
static void
test_fold_again (Fixture *f, gconstpointer data)
{
  g_autoptr (UiSections) sections = ui_sections_new (G_LIST_MODEL (f->history), app_history_get_folders (f->history));
  g_autoptr (UiSections) again = NULL;
  g_autoptr (AppConversation) one = fixture_talk (f, "one", "x");
  g_autoptr (AppFolder) zoo = add_folder (f, "zoo"), garden = add_folder (f, "garden");
  g_autoptr (UiSection) heading = NULL;
  const gint64 ids[] = { app_folder_get_id (garden), 99, app_folder_get_id (zoo) };
  guint n = 0;

  move (one, app_folder_get_id (garden));
  g_signal_connect (sections, "folded", G_CALLBACK (count), &n);
  heading = g_list_model_get_item (G_LIST_MODEL (sections), 0);
  ui_sections_set_folded (sections, heading, TRUE);
  ui_sections_set_folded (sections, heading, TRUE); /* it is so already */
  g_assert_cmpuint (n, ==, 1);
  assert_folded (sections, app_folder_get_id (garden), 0);

  again = ui_sections_new (G_LIST_MODEL (f->history), app_history_get_folders (f->history));
  g_signal_connect (again, "folded", G_CALLBACK (count), &n);
  ui_sections_fold (again, ids, G_N_ELEMENTS (ids));
  assert_describes (again, "[garden][zoo]");
  assert_folded (again, app_folder_get_id (zoo), app_folder_get_id (garden)); /* by their numbers */
  g_assert_cmpuint (n, ==, 1);
  ui_sections_unfold (again, one);
  assert_describes (again, "[garden] one[zoo]");
  g_assert_cmpuint (n, ==, 2);
}

int
main (int argc, char *argv[])
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui-sections/titles", test_titles);
  g_test_add_func ("/ui-sections/days", test_days);
  g_test_add ("/ui-sections/follows-history", Fixture, NULL, fixture_set_up, test_follows_history, fixture_tear_down);
  g_test_add ("/ui-sections/folders", Fixture, NULL, fixture_set_up, test_folders, fixture_tear_down);
  g_test_add ("/ui-sections/fold-again", Fixture, NULL, fixture_set_up, test_fold_again, fixture_tear_down);
  return g_test_run ();
}
