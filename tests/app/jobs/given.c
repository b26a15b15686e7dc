/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a program of a job is given, and what it is told of it: months, rows that are there twice, columns that name rows of another table; and the examples that go with it. */
#include <string.h>

#include "jobs/script-examples.h"
#include "jobs/script-given.h"
#include "tables-fixture.h"

#define GUESTS "number,name,town\n7,Ann Lee,Bern\n8,Bo Ray,Rome\n7, ANN  LEE ,bern\n9,Cy Fox,Oslo\n"
#define BILLS "number,date,amount\n7,2025-01-03,12.5\n9,2025-02-09,20\n7,2025-02-10,1.25\n"

static ScriptGiven *
read_all (GPtrArray *datasets, const char *request, const char *text)
{
  g_autoptr (GPtrArray) inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) job_input_free);
  const JobTask of = { .inputs = inputs, .request = request };
  g_autoptr (GError) error = NULL;
  if (text != NULL)
    g_ptr_array_add (inputs, job_input_new ("machine-1.log", text, NULL));
  ScriptGiven *given = script_given_new (&of, datasets, TRUE);

  script_given_read (given, NULL, &error);
  g_assert_no_error (error);
  return given;
}

/* `has`: what is said; with "!" before it, what is not. */
static void
assert_words (const ScriptGiven *given, const char *has)
{
  gboolean found = strstr (given->words, *has == '!' ? has + 1 : has) != NULL;

  if (found != (*has != '!'))
    g_error ("“%s”: %s", has, given->words);
}

static void
test_facts (TablesFixture *fixture, gconstpointer data)
{
  static const struct {
    const char *names[3], *texts[3], *words[6], *example, *request;
  } cases[] = {
    { { "guests.csv", "bills.csv" },
      { GUESTS, BILLS },
      { "1 of the 4 rows of guests repeat another: distinct(tables.guests) has the 3 different ones.", "// bills.number is one of guests.number\n", "\"date\":\"2025-01-03\",\"month\":\"2025-01\"", "\"name\":\"Ann Lee\"", "!guests.number is one" },
      "bills.guest" },
    /* Numbers of another meaning that are alike by chance. */
    { { "a.csv", "b.csv" }, { "number,name\n1,x\n2,y\n3,z\n", "pieces,what\n1,p\n2,q\n2,r\n" }, { "!is one of", "!repeat another", "!month" }, "tables.desks" },
    { { "people.csv", "rooms.csv", "times.csv" }, { "name,team\nx,p\ny,p\nz,q\n", "place\na\nb\n", "day\nMon\nTue\nWed\n" }, { "// cross(tables.rooms, tables.times) has the 6 of their rows together.\n" }, "assign(tables.people" },
    { { "old.csv", "new.csv" }, { "item,price\na,1\nb,2\n", "Item,Price\na,1\nc,2\n" }, { "old and new have the same columns", "!is one of" }, "compare(" },
    { { "in.csv", "out.csv", "fixed.csv" }, { "month,amount\n2025-01,5.5\n2025-02,6.5\n", "date,amount\n2025-01-01,1.5\n2025-02-01,2.5\n", "what,cost\nx,1.25\n" }, { "!have the same" }, "tables.dues" },
    { { "answers.csv" }, { "form,how,day\n1,car,day\n2,bus,day\n3,car,night\n4,bus,night\n" }, { "// how: \"car\", \"bus\"", "// unpivot(tables.answers, [\"how\", \"day\"]) has a row" }, "unpivot(tables.checks" },
    { { "one.csv" }, { "name,pieces\na,1\nb,2\n" }, { "{\"name\":\"a\",\"pieces\":1}", "!names of units", "!const named", "!unpivot" }, "tables.events", "Ann and Bo want to know it" },
    { { "one.csv" }, { "name,pieces\na,1\nb,2\n" }, { "!const named" }, "tables.events" },
    { { "ropes.csv" }, { "rope,length,unit\na,1,m\nb,12,in\nc,3,ft\n" }, { "// unit has names of units: convert(value, row.unit, \"m\")" }, "tables.parcels" },
    { { "ropes.csv" }, { "rope,length,unit\na,1,m\nb,12,kg\n" }, { "!names of units" }, "tables.events" },
    { { "paid.csv" }, { "who,amount\nAnn Lee,1\nBo,2\nBo,4\n" }, { "const named = [ // whom the request names, each with the sums of their own rows of tables.paid, by who\n  {\"name\":\"Ann Lee\",\"amount\":1,\"rows\":[/* 1 rows */]},\n  {\"name\":\"Bo\",\"amount\":6,\"rows\":[/* 2 rows */]},\n  {\"name\":\"Cy\",\"amount\":0,\"rows\":[]},\n];\n" }, "tables.shifts", "In Rome Ann Lee, Bo and Cy shared the bills" },
    /* All of them are there. */
    { { "paid.csv" }, { "who,amount\nAnn,1\nBo,2\nBo,4\n" }, { "!const named" }, "tables.rides", "Ann and Bo shared the bills" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GPtrArray) datasets = g_ptr_array_new_with_free_func (g_object_unref);
    for (guint k = 0; k < 3 && cases[i].names[k] != NULL; k++)
      g_ptr_array_add (datasets, tables_add (fixture, cases[i].names[k], cases[i].texts[k]));
    ScriptGiven *given = read_all (datasets, cases[i].request, NULL);
    g_auto (GStrv) examples = script_examples_choose (&given->shape, SCRIPT_ROWS);

    for (guint k = 0; k < G_N_ELEMENTS (cases[i].words) && cases[i].words[k] != NULL; k++)
      assert_words (given, cases[i].words[k]);
    g_assert_nonnull (examples[0]);
    g_autofree char *all = g_strjoinv ("\n", examples);
    if (strstr (all, cases[i].example) == NULL)
      g_error ("Not “%s”: %s", cases[i].example, all);
    script_given_free (given);
  }
}

/* Lines that machines write are rows; a text with one that is not stays a text. */
static void
test_records (void)
{
  static const char lines[] = "2026-05-03 07:12 ERROR pump: no answer\n2026-05-03 07:15:01 INFO valve: state is 4: open\n\n[2026-05-04T08:00:00Z] WARNING pump: took 12 s\n2026-05-04 09:00 ERROR door: \"x\"\n2026-05-05 no level here\n";
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autofree char *more = g_strconcat (lines, "Goodbye.\n", NULL);
  ScriptGiven *given = read_all (none, "", lines), *other = read_all (none, "", more);

  assert_words (given, "tables.machine_1 = [ // 5 rows\n  {\"date\":\"2026-05-03\",\"month\":\"2026-05\",\"time\":\"07:12\",\"level\":\"ERROR\",\"source\":\"pump\",\"text\":\"no answer\"},\n");
  assert_words (given, "\"source\":\"valve\",\"text\":\"state is 4: open\"}");
  assert_words (given, "// level: \"ERROR\", \"INFO\", \"WARNING\"\n// source: \"pump\", \"valve\", \"door\"\n");
  assert_words (given, "!files[");
  g_assert_nonnull (strstr (given->code, "{\"date\":\"2026-05-05\",\"time\":\"\",\"level\":\"\",\"source\":\"\",\"text\":\"no level here\"}]);"));
  g_assert_nonnull (strstr (given->code, "\"machine-1.log\": "));
  assert_words (other, "files[\"machine-1.log\"] === `2026-05-03");
  assert_words (other, "!tables.");
  g_auto (GStrv) examples = script_examples_choose (&given->shape, SCRIPT_ROWS);
  g_assert_cmpuint (g_strv_length (examples), ==, 2);
  g_assert_nonnull (strstr (examples[1], "count(opened, 'date')"));
  script_given_free (given);
  script_given_free (other);
}

/* Each example is a question and an answer, and speaks of helpers that there are. */
static void
test_examples (void)
{
  g_autofree char *rules = script_examples_dup_rules ();
  const ScriptShape shape = { .n_texts = 1, .n_tables = 1, .n_choices = 2 };

  g_assert_nonnull (strstr (rules, "return statement"));
  for (ScriptResult result = SCRIPT_ROWS; result <= SCRIPT_REPORT; result++) {
    g_auto (GStrv) examples = script_examples_choose (&shape, result);
    g_assert_cmpuint (g_strv_length (examples) % 2, ==, 0);
    g_assert_cmpuint (g_strv_length (examples), >=, 2);
    for (guint i = 0; examples[i] != NULL; i += 2) {
      g_assert_true (g_str_has_prefix (examples[i], "// Declared already:\n"));
      g_assert_nonnull (strstr (examples[i + 1], "return "));
    }
  }
}

/* A variable may be called like a helper that it is computed with. */
static void
test_calls (void)
{
  static const struct {
    const char *code, *calls;
  } cases[] = {
    { "const count = count(rows, 'a');", "const count = __library.count(rows, 'a');" },
    { "return round(sum(rows, 'a'));", "return __library.round(__library.sum(rows, 'a'));" },
    { "Math.round(1); discount(2); rows.sum(3); sum_of(4)", NULL },
    { "const sum = (a, b) => a + b; return sum(1, 2);", NULL },
    { "function list(x) { return x; } return list(most(a));", "function list(x) { return x; } return list(__library.most(a));" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *calls = script_call_helpers (cases[i].code);
    g_assert_cmpstr (calls, ==, cases[i].calls != NULL ? cases[i].calls : cases[i].code);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/jobs/given/facts", TablesFixture, NULL, tables_set_up, test_facts, tables_tear_down);
  g_test_add_func ("/jobs/given/records", test_records);
  g_test_add_func ("/jobs/given/examples", test_examples);
  g_test_add_func ("/jobs/given/calls", test_calls);
  return g_test_run ();
}
