/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Spark Nano, by the way that everything goes in the application: files become attachments, a turn has them and a question, the model of the models folder answers in a conversation. The questions are
 * those of data/spark-nano/samples.py: of combinations that were never trained with, in voices that were never heard. With the argument "gl" the model is on OpenGL: a rasteriser in software takes half a
 * second for each, so fewer are asked. */
#include <glib/gstdio.h>
#include <string.h>

#include "fixture.h"

#define REMEDY "./dev test sees to it; see data/spark-nano/README.md"
#define AT_ONCE 4
#define N_KINDS 16
#define N_READ (2 * N_KINDS) /* of the questions those whose files are read as the composer does */
/* Of a hundred: of whole answers how many must be right, and by how many more than chance those may be that lack something. */
#define LEAST_RIGHT 95.0
#define LUCK 7.0

/* ---- the questions ---- */

typedef struct {
  guint number;
  char *kind, *text, *value, *answer, *said;
  double chance; /* of the value, for whoever does not hear */
  AppAttachment *picture, *sound;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_free (question->kind);
  g_free (question->text);
  g_free (question->value);
  g_free (question->answer);
  g_free (question->said);
  g_clear_object (&question->picture);
  g_clear_object (&question->sound);
  g_free (question);
}

static Question *
question_new (const char *line)
{
  g_auto (GStrv) fields = g_strsplit (line, "\t", -1);
  Question *question = g_new0 (Question, 1);

  g_assert_cmpuint (g_strv_length (fields), ==, 7);
  question->number = (guint) g_ascii_strtoull (fields[0], NULL, 10);
  question->kind = g_strdup (fields[1]);
  question->text = g_strdup (fields[2]);
  question->value = g_strdup (fields[3]);
  question->answer = g_strdup (fields[4]);
  question->said = g_strdup (fields[5]);
  question->chance = g_ascii_strtod (fields[6], NULL);
  return question;
}

static GPtrArray *
read_questions (void)
{
  GPtrArray *questions = g_ptr_array_new_with_free_func (question_free);
  g_autofree char *path = g_build_filename (NANO_SAMPLES, "questions.tsv", NULL), *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    g_error ("The questions for Spark Nano are not in %s (" REMEDY ").", NANO_SAMPLES);
  lines = g_strsplit (g_strchomp (text), "\n", -1);
  for (guint i = 0; lines[i]; i++)
    g_ptr_array_add (questions, question_new (lines[i]));
  return questions;
}

/* ---- the application ---- */

typedef struct {
  char *folder;
  AppSettings *settings;
  AppModels *models;
  AppGpu *gpu;
  AppEngine *engine;
  AppHistory *history;
  GPtrArray *questions;
} Nano;

static void
link_file (Nano *nano, const char *from, const char *to)
{
  g_autofree char *source = g_build_filename (NANO_DATA, from, NULL);
  g_autoptr (GFile) file = g_file_new_build_filename (nano->folder, to, NULL);

  if (!g_file_test (source, G_FILE_TEST_IS_REGULAR))
    g_error ("Spark Nano is not in %s (the repository has it; data/spark-nano/README.md says how to make it anew).", source);
  g_assert_true (g_file_make_symbolic_link (file, source, NULL, NULL));
}

/* The likeliest words, as they are. */
static void
choose (AppSettings *settings, gboolean gl)
{
  GSettings *gsettings = app_settings_get_gsettings (settings);

  g_settings_set_double (gsettings, "temperature", 0);
  g_settings_set_double (gsettings, "repeat-penalty", 1);
  g_settings_set_int (gsettings, "max-tokens", 96);
  g_settings_set_int (gsettings, "context", 4096);
  g_settings_set_int (gsettings, "threads", 2);
  g_settings_set_string (gsettings, "backend", gl ? "gpu" : "cpu");
}

static void
open_history (Nano *nano)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  app_history_open_async (":memory:", nano->engine, nano->settings, NULL, keep_result, &result);
  nano->history = app_history_open_finish (wait_result (&result), &error);
  g_assert_no_error (error);
}

static void
load_model (Nano *nano)
{
  g_autoptr (GAsyncResult) refreshed = NULL, loaded = NULL;
  g_autoptr (GError) error = NULL;
  AppModel *model;

  app_models_refresh_async (nano->models, NULL, keep_result, &refreshed);
  g_assert_true (app_models_refresh_finish (nano->models, wait_result (&refreshed), NULL));
  model = app_models_find (nano->models, "spark-nano");
  g_assert_nonnull (model);
  g_assert_true (app_model_takes_pictures (model));
  g_assert_true (app_model_takes_sound (model));
  app_engine_load_async (nano->engine, model, NULL, keep_result, &loaded);
  app_engine_load_finish (nano->engine, wait_result (&loaded), &error);
  g_assert_no_error (error);
}

/* Eyes or ears that the card could not have are said to be on the processor. */
static void
on_message (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  g_error ("Not all of it is on OpenGL: %s", message);
}

static void
set_up (Nano *nano, gboolean gl)
{
  *nano = (Nano) { .questions = read_questions () };
  nano->folder = g_dir_make_tmp ("melete-nano-XXXXXX", NULL);
  link_file (nano, "spark-nano.gguf", "spark-nano.gguf");
  link_file (nano, "spark-nano-mmproj.gguf", "spark-nano.mmproj.gguf");
  nano->settings = app_settings_new (NULL);
  g_assert_nonnull (nano->settings);
  choose (nano->settings, gl);
  if (gl) {
    g_autofree char *sentinel = g_build_filename (nano->folder, "gpu-busy", NULL);

    g_log_set_handler (NULL, G_LOG_LEVEL_MESSAGE, on_message, NULL);
    g_setenv ("MELETE_ENGINE", NANO_ENGINE, TRUE);
    nano->gpu = app_gpu_new (nano->settings, sentinel);
  }
  nano->engine = app_local_engine_new (nano->settings, nano->gpu);
  nano->models = app_models_new ("/nonexistent.json", nano->folder);
  open_history (nano);
  load_model (nano);
  if (gl) {
    AppPlace place = app_engine_get_place (nano->engine);

    g_test_message ("On %s: %d of %d layers", place.device, place.gpu_layers, place.n_layers);
    g_assert_cmpint (place.gpu_layers, ==, place.n_layers);
  }
}

static void
tear_down (Nano *nano)
{
  g_autoptr (GAsyncResult) closed = NULL;

  app_history_close_async (nano->history, keep_result, &closed);
  g_assert_true (app_history_close_finish (nano->history, wait_result (&closed), NULL));
  g_object_unref (nano->history);
  app_engine_unload (nano->engine);
  WAIT_UNTIL (app_engine_get_state (nano->engine) == APP_ENGINE_NONE);
  g_object_unref (nano->engine);
  if (nano->gpu)
    app_gpu_close (nano->gpu);
  g_clear_object (&nano->gpu);
  g_object_unref (nano->models);
  g_object_unref (nano->settings);
  g_ptr_array_unref (nano->questions);
  fixture_delete_folder (nano->folder);
  g_free (nano->folder);
}

/* ---- attaching ---- */

static char *
path_of (const Question *question, const char *ending)
{
  g_autofree char *name = g_strdup_printf ("%u.%s", question->number, ending);

  return g_build_filename (NANO_SAMPLES, name, NULL);
}

/* As the composer does. */
static AppAttachment *
read_file (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  AppAttachment *attachment = app_attachment_new_for_file (file);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  app_attachment_load_async (attachment, FALSE, NULL, keep_result, &result);
  app_attachment_load_finish (attachment, wait_result (&result), &error);
  g_assert_no_error (error);
  return attachment;
}

/* As the history does, with bytes of its own and all else like that of one that was read: thumbnails and OCR would take most of the time. */
static AppAttachment *
restore_file (const char *path, AppAttachment *like)
{
  g_autofree char *metadata = app_attachment_dup_metadata (like), *contents = NULL, *sha256 = NULL;
  g_autoptr (GString) changed = g_string_new (metadata);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  AppAttachment *attachment;
  gsize n;

  g_file_get_contents (path, &contents, &n, &error);
  g_assert_no_error (error);
  bytes = g_bytes_new_take (g_steal_pointer (&contents), n);
  sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  g_assert_cmpuint (g_string_replace (changed, app_attachment_get_sha256 (like), sha256, 0), ==, 1);
  attachment = app_attachment_new_stored (changed->str, bytes, &error);
  g_assert_no_error (error);
  return attachment;
}

static AppAttachment *
attach (Nano *nano, guint i, const char *ending)
{
  Question *first = nano->questions->pdata[0];
  g_autofree char *path = path_of (nano->questions->pdata[i], ending);

  return i < N_READ ? read_file (path) : restore_file (path, g_str_equal (ending, "png") ? first->picture : first->sound);
}

static void
attach_both (Nano *nano, guint i)
{
  Question *question = nano->questions->pdata[i];

  if (!question->picture) {
    question->picture = attach (nano, i, "png");
    question->sound = attach (nano, i, "wav");
  }
}

/* ---- asking ---- */

typedef enum {
  NOTHING,
  OWN,
  ANOTHERS, /* of the question of the same kind that comes next, if it has another word */
} Source;

/* What is attached to each question. */
typedef struct {
  const char *name;
  Source picture, sound;
} Trial;

/* A question of the same kind, about another word. */
static guint
find_other (Nano *nano, guint i)
{
  const Question *question = nano->questions->pdata[i], *other;
  guint k = i;

  do {
    k = (k + N_KINDS) % (nano->questions->len - nano->questions->len % N_KINDS);
    other = nano->questions->pdata[k];
  } while (k != i && g_str_equal (other->said, question->said));
  return k;
}

static void
add_file (Nano *nano, GListStore *files, guint i, Source source, gboolean picture)
{
  guint k = source == ANOTHERS ? find_other (nano, i) : i;
  const Question *question = nano->questions->pdata[k];

  attach_both (nano, k);
  if (source != NOTHING)
    g_list_store_append (files, picture ? question->picture : question->sound);
}

static AppConversation *
ask (Nano *nano, const Trial *trial, guint i)
{
  g_autoptr (GListStore) files = g_list_store_new (APP_TYPE_ATTACHMENT);
  AppConversation *conversation = app_history_new_temporary (nano->history);
  g_autoptr (AppTurn) turn = NULL;
  g_autoptr (GError) error = NULL;

  add_file (nano, files, i, trial->picture, TRUE);
  add_file (nano, files, i, trial->sound, FALSE);
  turn = app_turn_new (((Question *) nano->questions->pdata[i])->text, G_LIST_MODEL (files));
  /* It has learned these questions and no others: asked to plan first, as an assistant is where something is to be counted, it says nothing. */
  app_conversation_settings_set_text (app_conversation_get_settings (conversation), APP_SETTING_DEPTH, "instant");
  try_send (conversation, turn, &error);
  g_assert_no_error (error);
  return conversation;
}

/* (transfer full) */
static char *
take_answer (AppConversation *conversation)
{
  AppMessage *message;

  wait_idle (conversation);
  g_assert_cmpuint (n_messages (conversation), ==, 2);
  message = message_at (conversation, 1);
  return g_strdup (app_message_get_text (message));
}

/* What an answer turns on are its last words, as far as they are the value, with what the kind of question has behind it: "3 high." */
static gboolean
turns_right (const Question *question, const char *said)
{
  const char *right = g_strrstr (question->answer, question->value);
  gsize n = strlen (said), n_right = strlen (right);

  return n > n_right && said[n - n_right - 1] == ' ' && g_str_equal (said + n - n_right, right);
}

typedef struct {
  const char *kind;
  guint asked, right;
  double chance;
} Score;

static void
count (GPtrArray *scores, const char *kind, gboolean right, double chance)
{
  Score *score = NULL;

  for (guint i = 0; i < scores->len && !score; i++)
    if (g_str_equal (((Score *) scores->pdata[i])->kind, kind))
      score = scores->pdata[i];
  if (!score) {
    score = g_new0 (Score, 1);
    score->kind = kind;
    g_ptr_array_add (scores, score);
  }
  score->asked++;
  score->right += right;
  score->chance += chance;
}

static void
show (const Score *score)
{
  g_test_message ("  %-20s %5u %6.1f %% (chance: %.1f %%)", score->kind, score->asked, 100.0 * score->right / score->asked, 100 * score->chance / score->asked);
}

/* How many different answers a kind has. */
static guint
n_values (Nano *nano, const char *kind)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < nano->questions->len; i++) {
    const Question *question = nano->questions->pdata[i];
    if (g_str_equal (question->kind, kind))
      g_hash_table_add (seen, question->value);
  }
  return g_hash_table_size (seen);
}

/* Asks the first `n` questions; all that were right, in percent. */
static Score
try_them (Nano *nano, const Trial *trial, guint n)
{
  g_autoptr (GPtrArray) scores = g_ptr_array_new_with_free_func (g_free);
  Score all = { "all" };
  guint shown = 0;

  n = MIN (n, nano->questions->len);
  g_test_message ("%s, %u questions:", trial->name, n);
  for (guint first = 0; first < n; first += AT_ONCE) {
    guint some = MIN (AT_ONCE, n - first);
    AppConversation *conversations[AT_ONCE];

    for (guint i = 0; i < some; i++)
      conversations[i] = ask (nano, trial, first + i);
    for (guint i = 0; i < some; i++) {
      const Question *question = nano->questions->pdata[first + i];
      g_autofree char *said = take_answer (conversations[i]);
      gboolean whole = trial->picture == OWN && trial->sound == OWN;
      gboolean right = whole ? g_str_equal (said, question->answer) : turns_right (question, said);

      count (scores, question->kind, right, trial->picture != OWN ? 1.0 / n_values (nano, question->kind) : question->chance);
      if (right != whole && shown++ < 12)
        g_test_message ("  %u. %s [%s] %s (should be: %s)", question->number, question->text, question->said, said, question->answer);
      g_object_unref (conversations[i]);
    }
  }
  for (guint i = 0; i < scores->len; i++) {
    const Score *score = scores->pdata[i];

    show (score);
    all.asked += score->asked;
    all.right += score->right;
    all.chance += score->chance;
  }
  show (&all);
  return all;
}

static void
test_questions (gconstpointer data)
{
  static const Trial whole = { "As they are", OWN, OWN };
  static const Trial less[] = {
    { "Without the picture", NOTHING, OWN },
    { "With the picture of another question", ANOTHERS, OWN },
    { "Without the sound", OWN, NOTHING },
    { "With the sound of another question", OWN, ANOTHERS },
  };
  gboolean gl = GPOINTER_TO_INT (data);
  const guint n = gl ? 10 * N_KINDS : 1000, n_less = gl ? 0 : 20 * N_KINDS;
  Score score;
  Nano nano;

  set_up (&nano, gl);
  score = try_them (&nano, &whole, n);
  g_assert_cmpuint (score.asked, ==, n);
  g_assert_cmpfloat (100.0 * score.right / score.asked, >=, LEAST_RIGHT);
  for (gsize i = 0; n_less && i < G_N_ELEMENTS (less); i++) {
    score = try_them (&nano, &less[i], n_less);
    g_assert_cmpfloat (100.0 * score.right / score.asked, <=, 100 * score.chance / score.asked + LUCK);
  }
  tear_down (&nano);
}

/* ---- the tool ---- */

/* What melete-engine answers, without the line's end. `other`: (nullable) a second picture. */
static char *
tool_answer (const Question *question, const Question *other)
{
  g_autofree char *picture = path_of (question, "png"), *sound = path_of (question, "wav"), *second = other ? path_of (other, "png") : NULL;
  const char *const arguments[] = { NANO_ENGINE, "generate", NANO_DATA "/spark-nano.gguf", "--mmproj", NANO_DATA "/spark-nano-mmproj.gguf", "--image", picture, "--audio", sound,
                                    "--prompt", question->text, "--temp", "0", "--max", "64", second ? "--image" : NULL, second, NULL };
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  char *out = NULL;

  process = g_subprocess_newv (arguments, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (process));
  return g_strstrip (out);
}

/* The same files and words by the engine's own tool. It was trained with one picture at most; asked about two, it says something. */
static void
test_tool (void)
{
  static const guint easy[] = { 0, 8, 12 };
  g_autoptr (GPtrArray) questions = read_questions ();
  g_autofree char *both = tool_answer (questions->pdata[0], questions->pdata[1]);

  for (gsize i = 0; i < G_N_ELEMENTS (easy); i++) {
    const Question *question = questions->pdata[easy[i]];
    g_autofree char *said = tool_answer (question, NULL);

    g_assert_cmpstr (said, ==, question->answer);
  }
  g_test_message ("%s", both);
  g_assert_cmpstr (both, !=, "");
}

int
main (int argc, char **argv)
{
  gboolean gl;

  g_test_init (&argc, &argv, NULL);
  gl = argc > 1 && g_str_equal (argv[1], "gl");
  g_test_add_data_func ("/app/spark-nano/questions", GINT_TO_POINTER (gl), test_questions);
  if (!gl)
    g_test_add_func ("/app/spark-nano/tool", test_tool);
  return g_test_run ();
}
