/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions and cards of a table: taken word for word where its columns are what the game has, and left to the model where they are not. */
#include <string.h>

#include "artifacts/artifact-kind.h"
#include "artifacts/artifact-writer.h"
#include "fixture.h"
#include "scripted-engine.h"
#include "tables-fixture.h"

#define MODEL "{\"title\": \"Mine\", \"theme\": \"sand\", \"questions\": [{\"question\": \"By the model?\", \"right\": \"Yes\", \"wrong\": [\"No\", \"Never\", \"Hardly\"]}]}"

static char *
write_of (AppDataset *dataset, const char *kind, const char *wish)
{
  static Script script = { .text = MODEL, .piece = 5 };
  g_autoptr (ScriptedEngine) engine = scripted_engine_new ();
  g_autoptr (AppModel) model = scripted_model_new ("m", "M");
  g_autoptr (GAsyncResult) loaded = NULL, result = NULL;
  g_autoptr (GPtrArray) datasets = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  AppArtifactOrder order = { .engine = APP_ENGINE (engine), .kind = app_artifact_kind_find (kind), .wish = wish, .documents = "", .datasets = datasets };

  g_ptr_array_add (datasets, dataset);
  scripted_engine_set_script (engine, &script);
  app_engine_load_async (APP_ENGINE (engine), model, NULL, keep_result, &loaded);
  g_assert_true (app_engine_load_finish (APP_ENGINE (engine), wait_result (&loaded), NULL));
  order.kind->write (&order, (AppArtifactProgress) { 0 }, g_task_new (NULL, NULL, keep_result, &result));
  g_autoptr (AppArtifactWritten) written = g_task_propagate_pointer (G_TASK (wait_result (&result)), &error);
  g_assert_no_error (error);
  return g_strdup (written->source);
}

static void
test_rows (TablesFixture *fixture, gconstpointer data)
{
  static const struct {
    const char *csv, *kind, *wish, *has[4];
  } cases[] = {
    { "question,right,wrong,also wrong\nWhere is Łódź?,N’Djamena,Łom,Ös\nWhat is 2?,two,three,\n", "game", "a quiz of these questions in blue",
      { "\"question\" : \"Where is Łódź?\",\n      \"right\" : \"N’Djamena\",\n      \"wrong\" : [\n        \"Łom\",\n        \"Ös\"", "\"right\" : \"two\",\n      \"wrong\" : [\n        \"three\"\n", "\"theme\" : \"ocean\"", "!By the model" } },
    /* In another order, with a column that is none of it. */
    { "nr,wrong answer,answer,frage\n1,a,b,Which?\n2,c,d,Who?\n", "game", "make a quiz", { "\"question\" : \"Which?\",\n      \"right\" : \"b\",\n      \"wrong\" : [\n        \"a\"" } },
    /* Without wrong answers those of the other questions are. */
    { "country,capital\nPeru,Lima\nMali,Bamako\nFiji,Suva\n", "game", "a quiz of this table", { "\"question\" : \"Peru\",\n      \"right\" : \"Lima\",\n      \"wrong\" : [\n        \"Bamako\",\n        \"Suva\"" } },
    { "word,translation\ndog,Hund\n,\ncat,Katze\n", "tool", "flash cards of the words", { "\"front\" : \"dog\",\n      \"back\" : \"Hund\"", "\"front\" : \"cat\"", "!\"\"" } },
    /* It speaks of something else. */
    { "country,capital\nPeru,Lima\n", "game", "a quiz about the sea", { "By the model" } },
    { "date,shop,amount\n2025-01-01,x,5\n", "game", "a quiz of this table", { "By the model" } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *name = g_strdup_printf ("t%u.csv", (guint) i);
    g_autoptr (AppDataset) dataset = tables_add (fixture, name, cases[i].csv);
    g_autofree char *source = write_of (dataset, cases[i].kind, cases[i].wish);

    for (guint k = 0; k < G_N_ELEMENTS (cases[i].has) && cases[i].has[k] != NULL; k++) {
      gboolean no = *cases[i].has[k] == '!';
      if ((strstr (source, cases[i].has[k] + no) == NULL) != no)
        g_error ("case %u: “%s”: %s", (guint) i, cases[i].has[k], source);
    }
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/app/artifacts/start-rows/rows", TablesFixture, NULL, tables_set_up, test_rows, tables_tear_down);
  return g_test_run ();
}
