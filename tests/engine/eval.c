/* SPDX-License-Identifier: MIT */
/* Problems with one right answer: how they are read, judged, kept, and counted. */
#include "tool/eval.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>

static char *folder;

static char *
write_file (const char *name, const char *text)
{
  char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static void
test_read (void)
{
  g_autofree char *path = write_file ("problems.jsonl", "{\"id\": \"a\", \"question\": \"How many?\", \"answer\": \"3 and 4 are\\n#### 1,207\"}\n\n"
                                                        "{\"question\": \"Which?\", \"choices\": [\"red\", \"blue\"], \"answer\": \"blue\"}\n"
                                                        "{\"question\": \"Which?\", \"choices\": [\"red\", \"blue\"], \"answer\": 0}\n"
                                                        "{\"question\": \"Which?\", \"choices\": [\"red\", \"blue\"], \"answer\": \"B\"}");
  EngineError error = { 0 };
  EvalSet set;

  g_assert_true (eval_set_read (&set, path, &error));
  g_assert_cmpuint (set.n, ==, 4);
  g_assert_cmpstr (set.items[0].id, ==, "a");
  g_assert_cmpstr (set.items[0].answer, ==, "1,207");
  g_assert_nonnull (g_strrstr (set.items[1].question, "\nB. blue"));
  g_assert_cmpstr (set.items[1].answer, ==, "B");
  g_assert_cmpstr (set.items[2].answer, ==, "A");
  g_assert_cmpstr (set.items[3].answer, ==, "B");
  eval_set_clear (&set);
}

static void
test_read_wrong (void)
{
  static const char *const cases[][2] = {
    { "{\"question\": \"Q\", \"answer\": \"1\"}\n{\"question\": 3}", "Line 2" },
    { "{\"question\": \"Q\", \"choices\": [\"a\", \"b\"], \"answer\": \"c d\"}", "none of the choices" },
    { "{\"question\": \"Q\", \"choices\": [\"a\", \"b\"], \"answer\": 2}", "none of the choices" },
    { "question", "no JSON" },
    { "\n \n", "no problems" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = write_file ("wrong.jsonl", cases[i][0]);
    EngineError error = { 0 };
    EvalSet set;

    g_assert_false (eval_set_read (&set, path, &error));
    g_assert_nonnull (g_strrstr (error.message, cases[i][1]));
    g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
  }
}

static void
test_judge (void)
{
  static const struct { const char *answer, *text; bool chooses, right; } cases[] = {
    { "1207", "1,207", false, true },
    { "1207", "First 12, then 1207.", false, true },
    { "1207", "The answer is \\boxed{1207}.", false, true },
    { "1207", "1207 apples of 1300", false, false },
    { "1207", "5\n#### 1207\n", false, true },
    { "3.5", "3.50 euros", false, true },
    { "-4", "It is -4.", false, true },
    { "4", "12-4", false, true },
    { "7", "none", false, false },
    { "Ben", "Anna is taller.\nSo it is Ben.", false, true },
    { "Ben", "Ben is taller.\nSo it is Anna.", false, false },
    { "Ben", "Benjamin", false, false },
    { "2024-05-17", "**2024-05-17**", false, true },
    { "2024-05-17", "2024-05-18", false, false },
    { "B", "B. blue", true, true },
    { "B", "The answer is B", true, true },
    { "B", "(A)", true, false },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    EvalItem item = { .answer = (char *) cases[i].answer, .chooses = cases[i].chooses };
    char *found = NULL;

    if (eval_judge (&item, cases[i].text, &found) != cases[i].right)
      g_error ("\"%s\" for \"%s\"", cases[i].text, cases[i].answer);
    g_assert_nonnull (found);
    free (found);
  }
}

/* Only what was asked in the same way counts; the latest does. */
static void
test_results (void)
{
  g_autofree char *problems = write_file ("two.jsonl", "{\"id\": \"a\", \"question\": \"Q\", \"answer\": \"1\"}\n{\"id\": \"b\", \"question\": \"R\", \"answer\": \"2\"}\n");
  g_autofree char *path = g_build_filename (folder, "results.jsonl", NULL);
  EvalKey key = { "model \"x\"", "abc", "compact", 0x1234, 7 }, other;
  EvalMark mark = { .known = true, .right = true, .cut = true, .tokens = 31, .thought_tokens = 20, .probes = 2, .ms = 12.5, .probe_ms = 0.5, .end = ENGINE_THOUGHT_SETTLED }, marks[2] = { 0 };
  EngineError error = { 0 };
  EvalSet set;

  g_assert_true (eval_set_read (&set, problems, &error));
  g_assert_true (eval_marks_read (path, &key, &set, marks, &error)); /* none yet */
  g_assert_true (eval_mark_append (path, &key, &set.items[1], &mark, "a \"word\"\n", &error));
  other = key;
  other.commit = "def";
  g_assert_true (eval_mark_append (path, &other, &set.items[0], &mark, "1", &error));
  g_assert_true (eval_marks_read (path, &key, &set, marks, &error));
  g_assert_false (marks[0].known);
  g_assert_true (marks[1].known && marks[1].right && marks[1].cut);
  g_assert_cmpint (marks[1].tokens, ==, 31);
  g_assert_cmpint (marks[1].thought_tokens, ==, 20);
  g_assert_cmpint (marks[1].end, ==, ENGINE_THOUGHT_SETTLED);
  g_assert_cmpfloat (marks[1].ms, ==, 12.5);
  eval_set_clear (&set);
}

static void
test_figures (void)
{
  EvalMark marks[100] = { 0 }, others[100] = { 0 };
  EvalFigures f;
  EvalPairs p;

  /* 80 right of 100: from 71.1 to 86.7 by Wilson's formula. */
  for (int i = 0; i < 100; i++) {
    marks[i] = (EvalMark) { .known = true, .right = i < 80, .tokens = 50, .ms = 10, .probe_ms = 0.4 };
    others[i] = (EvalMark) { .known = i != 99, .right = i >= 5 && i < 90, .tokens = 100, .ms = 10 };
  }
  f = eval_figures (marks, 100);
  g_assert_cmpfloat_with_epsilon (f.accuracy, 0.8, 1e-9);
  g_assert_cmpfloat_with_epsilon (f.least, 0.7112, 1e-4);
  g_assert_cmpfloat_with_epsilon (f.most, 0.8666, 1e-4);
  g_assert_cmpfloat_with_epsilon (f.probe_share, 0.04, 1e-9);
  /* 5 won, 10 lost: p is 0.3018 by the binomial distribution. */
  p = eval_pairs (marks, others, 100);
  g_assert_cmpuint (p.n, ==, 99);
  g_assert_cmpuint (p.n_won, ==, 5);
  g_assert_cmpuint (p.n_lost, ==, 10);
  g_assert_cmpfloat_with_epsilon (p.difference, -5 / 99.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (p.p, 0.30176, 1e-4);
  g_assert_cmpfloat_with_epsilon (p.token_ratio, 0.5, 1e-9);
  /* The normal approximation of the bound is -0.114. */
  g_assert_cmpfloat_with_epsilon (p.bound, -0.114, 0.012);
  /* With itself nothing is won or lost. */
  p = eval_pairs (marks, marks, 100);
  g_assert_cmpfloat (p.p, ==, 1);
  g_assert_cmpfloat (p.bound, ==, 0);
  g_assert_cmpuint (eval_pairs (marks, others, 0).n, ==, 0);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("melete-eval-XXXXXX", NULL);
  g_assert_nonnull (folder);
  g_test_add_func ("/eval/read", test_read);
  g_test_add_func ("/eval/read-wrong", test_read_wrong);
  g_test_add_func ("/eval/judge", test_judge);
  g_test_add_func ("/eval/results", test_results);
  g_test_add_func ("/eval/figures", test_figures);
  result = g_test_run ();
  for (const char *const *name = (const char *const[]) { "problems.jsonl", "wrong.jsonl", "two.jsonl", "results.jsonl", NULL }; *name; name++) {
    g_autofree char *path = g_build_filename (folder, *name, NULL);

    g_unlink (path);
  }
  g_rmdir (folder);
  g_free (folder);
  return result;
}
