/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What programs of jobs are written with, where they run: the helpers, and rows that know their columns. */
#include "ui-test.h"

#include <string.h>

#include "fixture.h"
#include "jobs/script-given.h"
#include "jobs/script-units.h"
#include "ui-preview.h"
#include "ui-script-runner.h"

#define TABLES                                                                                                                                                                        \
  "__tables.paid = __table('paid', {who: 'Who', date: 'Date', amount_in_all: 'Amount in all'}, 'date', [{who: 'Ann', date: '2025-01-03', amount_in_all: 2.5}, "                             \
  "{who: 'Bo', date: '2025-02-03', amount_in_all: 4}, {who: ' ANN ', date: '2025-01-03', amount_in_all: 2.5}]); const tables = __all(__tables, 'table');\n"

static void
test_helpers (void)
{
  static const struct {
    const char *code, *text, *error;
  } cases[] = {
    { "sum(tables.paid, 'amount_in_all')", "9", NULL },
    { "sum([1, 2, 'x'])", "3", NULL },
    { "((count) => __library.count(tables.paid, 'month'))(1)", "{\"2025-01\":2,\"2025-02\":1}", NULL },
    { "round(2.345)", "2.35", NULL },
    { "totals(tables.paid, 'month', 'amount_in_all')", "{\"2025-01\":5,\"2025-02\":4}", NULL },
    { "most(count(tables.paid, r => r.date))", "2025-01-03", NULL },
    { "list({a: 1.255, b: 'c'})", "- a: 1.26\n- b: c", NULL },
    { "days('2025-02-27', '2025-03-01')", "2", NULL },
    { "[[12, 'in', 'm'], [3, 'ft', 'cm'], [50, '°F', '°C'], [2, 'KILOGRAM', 'lb']].map(u => round(convert(...u), 4))", "[0.3048,91.44,10,4.4092]", NULL },
    { "convert(1, 'm', 'kg')", NULL, "m cannot become kg" },
    { "convert(1, 'parsec', 'm')", NULL, "there is no unit parsec" },
    { "sortBy(tables.paid, r => -r.amount_in_all)[0].who", "Bo", NULL },
    /* Without regard to spaces and capitals, and the better written of two. */
    { "distinct([...tables.paid].reverse()).map(r => r.who)", "[\"Ann\",\"Bo\"]", NULL },
    { "distinct([3, 1, 3])", "[3,1]", NULL },
    { "compare([{k: 1, v: 2}, {k: 2, v: 2}], [{k: 2, v: 3}, {k: 3, v: 1}], 'k').map(c => [c.key, c.before?.v, c.after?.v])", "[[1,2,null],[2,2,3],[3,null,1]]", NULL },
    { "unpivot(tables.paid, ['who', 'amount_in_all']).slice(2, 4).map(c => [c.column, c.value])", "[[\"Who\",\" ANN \"],[\"Amount in all\",2.5]]", NULL },
    { "cross([{a: 1}, {a: 2}], [{b: 1}, {b: 2}]).length", "4", NULL },
    /* The first would take what the second needs. */
    { "assign([{n: 1}, {n: 2}], [{p: 'x'}, {p: 'y'}], ['p'], (a, b) => a.n === 1 && a.p === 'x').map(r => r.p)", "[\"y\",\"x\"]", NULL },
    { "assign([{n: 1, t: 5}, {n: 2, t: 5}, {n: 3, t: 6}], cross([{p: 'x'}, {p: 'y'}], [{d: 1}, {d: 2}]), ['p', 'd'], ['t', 'd']).map(r => r.p + r.d)", "[\"x1\",\"x2\",\"y1\"]", NULL },
    { "assign([{n: 1}, {n: 2}], [{p: 'x'}], 'p')", NULL, "no way to give 2 rows one of 1 options" },
    { "assign([{n: 1}, {n: 2}], [{p: 'x'}]).length", "2", NULL },
    { "assign([{n: 1}, {n: 2}], cross([{n: 2}, {n: 1}], [{p: 'x'}, {p: 'y'}]), 'p').map(r => r.n + r.p)", "[\"1x\",\"2y\"]", NULL },
    /* What is different in every row is not what must not be alike. */
    { "assign([{n: 1}, {n: 2}], cross([{p: 'x'}], [{d: 1}, {d: 2}]), ['n', 'p', 'd']).map(r => r.d)", "[1,2]", NULL },
    { "assign([{n: 1}, {n: 2}], [{p: 'x'}], ['n', 'p']).length", "2", NULL },
    { "months(tables.paid, [{a: 'x'}], [{when: '2024-12'}])", "[\"2024-12\",\"2025-01\",\"2025-02\"]", NULL },
    { "assign([{n: 1}, {n: 2}], [{p: 'x'}], ['q'])", NULL, "has no member q, only n, p" },
    /* Another way to write a name, and one that there is not. */
    { "tables.Paid[0].AmountInAll", "2.5", NULL },
    { "tables.paid[0].sum", NULL, "a row of paid has no member sum, only who, date, amount_in_all" },
    { "tables.owed", NULL, "there is no table owed, only paid" },
    { "Object.keys({...tables.paid[0]})", "[\"who\",\"date\",\"amount_in_all\"]", NULL },
    { "__out([{ who: tables.paid[1], n: 1 / 3 }], 'a.csv', ['who', 'n'])", "who,n\nBo,0.333333\n", NULL },
    { "__out([{ a: 1 }], 'a.csv', ['b'])", NULL, "the objects have no member b, only a" },
  };
  GtkWidget *overlay = gtk_overlay_new (), *window;
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  const JobTask of = { .inputs = none };
  ScriptGiven *given = script_given_new (&of, none, TRUE);
  g_autoptr (GString) units = g_string_new (TABLES);

  script_units_append (units);

  gtk_overlay_set_child (GTK_OVERLAY (overlay), gtk_label_new ("Window"));
  window = ui_test_window (overlay, 400, 300);
  g_autoptr (UiScriptRunner) runner = ui_script_runner_new (GTK_OVERLAY (overlay));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GAsyncResult) result = NULL;
    g_autofree char *code = g_strconcat (given->code, units->str, "return ", cases[i].code, ";", NULL), *text = NULL;

    app_script_runner_run_async (APP_SCRIPT_RUNNER (runner), code, NULL, keep_result, &result);
    text = app_script_runner_run_finish (APP_SCRIPT_RUNNER (runner), wait_result (&result), &error);
    if (cases[i].error != NULL ? error == NULL || strstr (error->message, cases[i].error) == NULL : g_strcmp0 (text, cases[i].text) != 0)
      g_error ("%s gave %s%s", cases[i].code, text != NULL ? text : "", error != NULL ? error->message : "");
  }
  script_given_free (given);
  gtk_window_destroy (GTK_WINDOW (window));
  ui_test_drain ();
}

int
main (int argc, char *argv[])
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui/script-library/helpers", test_helpers);
  return g_test_run ();
}
