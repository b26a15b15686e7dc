/* SPDX-License-Identifier: MIT */
/* melete-engine from outside, as scripts use it: what comes out on stdout, and for everything
 * that is wrong one clear sentence on stderr and a non-zero exit status. With the argument "gl" what there is on OpenGL alone. */
#include "tiny-adapter.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

static char *model_path, *adapter_path, *broken_path, *cut_path, *word_path, *text_path, *schema_path, *folder;

/* ---- running it --------------------------------------------------------------------- */

typedef struct {
  char *out, *err;
  int   status; /* 0 … 255; -1: a signal */
} Result;

static void
result_clear (Result *result)
{
  g_free (result->out);
  g_free (result->err);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Result, result_clear)

static char *
write_in_folder (const char *name, const void *bytes, gsize n)
{
  char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, bytes, (gssize) n, NULL));
  return path;
}

/* `line` is split at spaces; MODEL and the other capitals stand for the files below, with what comes after a colon. */
static Result
run (const char *line, const char *input)
{
  const struct { const char *word, *path; } files[] = {
    { "MODEL", model_path }, { "ADAPTER", adapter_path }, { "BROKEN", broken_path }, { "CUT", cut_path }, { "WORDS", word_path }, { "TEXT", text_path }, { "SCHEMA", schema_path }, { "FOLDER", folder },
  };
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) words = g_strsplit (line, " ", -1), arguments = NULL;
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *input_path = NULL;
  Result result = { 0 };

  g_strv_builder_add (builder, MELETE_ENGINE);
  for (char **word = words; *word && **word; word++) {
    g_autofree char *argument = g_strdup (*word);

    for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
      gsize n = strlen (files[i].word);

      if (strncmp (files[i].word, *word, n) == 0 && ((*word)[n] == '\0' || (*word)[n] == ':')) {
        g_free (argument);
        argument = g_strconcat (files[i].path, *word + n, NULL);
      }
    }
    g_strv_builder_add (builder, argument);
  }
  arguments = g_strv_builder_end (builder);
  /* A file, not a pipe: a command that refuses its arguments ends before it has read anything. */
  input_path = write_in_folder ("input", input ? input : "", input ? strlen (input) : 0);
  g_subprocess_launcher_set_stdin_file_path (launcher, input_path);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) arguments, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &result.out, &result.err, &error);
  g_unlink (input_path);
  g_assert_no_error (error);
  result.status = g_subprocess_get_if_exited (process) ? g_subprocess_get_exit_status (process) : -1;
  return result;
}

static JsonNode *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = json_from_string (text, &error);

  g_assert_no_error (error);
  g_assert_nonnull (node);
  return node;
}

/* The JSON object that the command prints. */
static JsonNode *
run_json (const char *line, const char *input)
{
  g_auto (Result) result = run (line, input);

  g_assert_cmpstr (result.err, ==, "");
  g_assert_cmpint (result.status, ==, 0);
  return parse (result.out);
}

/* ---- what is wrong -------------------------------------------------------------------- */

typedef struct {
  const char *line, *input, *inside;
} Wrong;

static const Wrong wrong[] = {
  { "", NULL, NULL },
  { "nonsense", NULL, "no command \"nonsense\"" },
  { "info", NULL, "MODEL" },
  { "info MODEL MODEL", NULL, "MODEL" },
  { "info MODEL --nonsense", NULL, "no option \"--nonsense\"" },
  { "info MODEL --threads", NULL, "needs a value" },
  { "info MODEL --threads many", NULL, "whole number" },
  { "info MODEL --threads 3x", NULL, "whole number" },
  { "info MODEL --threads -1", NULL, "from 0 to 1024" },
  { "info MODEL --threads 99999999999999999999", NULL, "from 0 to 1024" },
  { "info MODEL --backend tpu", NULL, "no backend \"tpu\"" },
  { "info /no/such/model.gguf", NULL, "/no/such/model.gguf" },
  { "info FOLDER", NULL, "no file" },
  { "info WORDS", NULL, "no GGUF model" },
  { "info BROKEN", NULL, "damaged" },
  { "info CUT", NULL, "damaged" },
  { "info /dev/zero", NULL, "no file" },
  { "generate CUT --prompt x", NULL, "damaged" },
  { "tokenize WORDS", "text", "no GGUF model" },
  { "detokenize MODEL", "1,2,three", "three" },
  { "detokenize MODEL", "512", "512" },
  { "detokenize MODEL", "-1", "-1" },
  { "detokenize MODEL", "99999999999999999999", "whole numbers" },
  { "detokenize MODEL", "1.5", "whole numbers" },
  { "template MODEL", "", NULL },
  { "template MODEL", "[{\"role\": \"user\"", NULL },
  { "template MODEL", "[1, 2] garbage", NULL },
  { "template /no/such/file.jinja", "[]", "/no/such/file.jinja" },
  { "template WORDS", "[]", NULL },
  { "logits MODEL", NULL, "--tokens" },
  { "logits MODEL --tokens 1,2,512", NULL, "512" },
  { "logits MODEL --tokens 1,2,x", NULL, "x" },
  { "logits MODEL --tokens @/no/such/file", NULL, "/no/such/file" },
  { "logits MODEL --tokens [] --top 3", NULL, "from 1 to" },
  { "logits MODEL --tokens 1 --top 0", NULL, "--top" },
  { "logits MODEL --tokens 1 --batch 0", NULL, "--batch" },
  { "embed MODEL", "text", "answers and makes no vectors" },
  { "embed MODEL --tokens 1,2,512", NULL, "512" },
  { "generate MODEL", NULL, "--prompt" },
  { "generate MODEL --prompt a --prompt-file TEXT", NULL, "either" },
  { "generate MODEL --prompt-file /no/such/file", NULL, "/no/such/file" },
  { "generate MODEL --prompt a --raw --chat", NULL, "--raw" },
  { "generate MODEL --prompt a --temp cold", NULL, "--temp" },
  { "generate MODEL --prompt a --temp nan", NULL, "--temp" },
  { "generate MODEL --prompt a --max 0", NULL, "--max" },
  { "generate MODEL --prompt a --typical-p 0", NULL, "Typical-p" },
  { "generate MODEL --prompt a --xtc 1.5", NULL, "--xtc" },
  { "generate MODEL --prompt a --image F --mmproj MODEL", NULL, "no part for pictures" },
  { "generate MODEL --prompt a --draft /no/such/draft", NULL, "/no/such/draft" },
  { "bench MODEL --edit TEXT --draft /no/such/draft", NULL, "/no/such/draft" },
  { "generate MODEL --prompt a --speculate boldly", NULL, "lookup or off" },
  { "bench MODEL --edit /no/such/file", NULL, "/no/such/file" },
  { "generate MODEL --prompt a --image F", NULL, "say with --mmproj" },
  { "generate MODEL --prompt a --image F --raw", NULL, "exclude --raw" },
  { "generate MODEL --prompt a --audio F", NULL, "say with --mmproj" },
  { "generate MODEL --prompt a --audio F --mmproj MODEL", NULL, "no part for pictures or sound" },
  { "generate MODEL --prompt a --schema /no/such/schema", NULL, "/no/such/schema" },
  { "generate MODEL --prompt a --schema WORDS", NULL, "of the schema" },
  { "generate MODEL --prompt a --grammar WORDS", NULL, "of the grammar" },
  { "generate MODEL --prompt a --grammar WORDS --schema SCHEMA", NULL, "one of the options" },
  { "generate MODEL --prompt a --trigger x", NULL, "needs a grammar" },
  { "grammar", "text", "one of the options" },
  { "grammar --schema SCHEMA", "{\"a\": 3", "not finished" },
  { "grammar --schema SCHEMA", "{\"a\": 31}", "first 7 of its 9 bytes" },
  { "grammar --schema SCHEMA --time", "{}", "--model" },
  { "grammar --cases", "{\"texts\": []", "Line 1, column 13" },
  { "generate MODEL --prompt a --lora", NULL, "needs a value" },
  { "generate MODEL --prompt a --lora /no/such/adapter", NULL, "/no/such/adapter" },
  { "generate MODEL --prompt a --lora ADAPTER:strong", NULL, ":strong" },
  { "generate MODEL --prompt a --lora ADAPTER:nan", NULL, "strength is a number" },
  { "logits MODEL --tokens 1 --lora MODEL", NULL, "no adapter" },
  { "tokenize MODEL --lora ADAPTER", "text", "no option \"--lora\"" },
  { "info ADAPTER", NULL, "is an adapter" },
  { "try MODEL", NULL, "melete-engine try" },
  { "eval MODEL WORDS", NULL, "Line 1" },
  { "eval MODEL WORDS --depth deep", NULL, "unlimited or a number" },
  { "eval MODEL WORDS --against compact", NULL, "--results" },
  { "generate MODEL --prompt a --think much", NULL, "off, on, compact or raw" },
  { "perplexity MODEL", NULL, "which text" },
  { "perplexity MODEL /no/such/text", NULL, "/no/such/text" },
  { "perplexity MODEL WORDS", NULL, "fewer than one chunk" },
  { "perplexity MODEL --kl-base WORDS", NULL, NULL },
  { "perplexity MODEL --kl-base /no/such/base", NULL, "/no/such/base" },
  { "perplexity MODEL TEXT --save-base /no/such/folder/base", NULL, "/no/such/folder/base" },
  { "bench MODEL -p 100000", NULL, "context has" },
  { "bench MODEL -b 1000", NULL, "from 0 to 256" },
  { "bench MODEL --cache q3", NULL, "f16, q8_0 or q4" },
  { "detokenize MODEL", "some\nwords", "whole numbers" },
  { "dump MODEL", NULL, "--tokens" },
  { "quantize MODEL FOLDER:/new", NULL, "IN OUT TYPE" },
  { "quantize MODEL FOLDER Q4_K_M", NULL, "is no file" },
  { "quantize MODEL MODEL Q4_K_M", NULL, "the model that is read" },
  { "quantize WORDS TEXT Q4_K_M", NULL, "no GGUF model" },
  { "quantize MODEL TEXT Q9_K", NULL, "Q4_K_M" },
  { "quantize MODEL TEXT Q8_0 --keep all", NULL, "names and a type" },
  { "quantize MODEL TEXT Q8_0 --keep *=Q9", NULL, "not made here" },
  { "quantize MODEL TEXT Q8_0 --keep nothing=F16", NULL, "nothing" },
  { "quantize MODEL TEXT Q8_0 --imatrix /no/such/file", NULL, "/no/such/file" },
  { "quantize MODEL TEXT Q8_0 --imatrix MODEL", NULL, "holds no importances" },
  { "imatrix MODEL WORDS TEXT", NULL, "fewer than one chunk" },
  { "imatrix MODEL TEXT FOLDER", NULL, "is no file" },
  { "imatrix MODEL TEXT MODEL", NULL, "is a file that is read" },
  { "imatrix MODEL TEXT TEXT", NULL, "is a file that is read" },
  { "dump MODEL --tokens ,", NULL, "from 1 to" },
};

static void
test_wrong (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_auto (Result) result = run (wrong[i].line, wrong[i].input);
    gboolean shows_help = wrong[i].line[0] == '\0';

    g_test_message ("%s: %s", wrong[i].line, result.err);
    g_assert_cmpint (result.status, ==, 1);
    if (shows_help)
      continue;
    g_assert_cmpstr (result.out, ==, "");
    g_assert_true (g_str_has_prefix (result.err, "melete-engine: "));
    g_assert_true (g_str_has_suffix (result.err, ".\n"));
    g_assert_true (strchr (result.err, '\n') == result.err + strlen (result.err) - 1);
    if (wrong[i].inside && !strstr (result.err, wrong[i].inside))
      g_error ("\"%s\" should speak of \"%s\", not: %s", wrong[i].line, wrong[i].inside, result.err);
  }
}

static void
test_full_disk (void)
{
  g_autofree char *command = g_strdup_printf ("%s info %s > /dev/full", MELETE_ENGINE, model_path);
  g_autoptr (GSubprocess) process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_PIPE, NULL, "/bin/sh", "-c", command, NULL);
  g_autofree char *err = NULL;

  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &err, NULL));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 1);
  g_assert_nonnull (strstr (err, "cannot be written"));
}

/* ---- what is right --------------------------------------------------------------------- */

static void
test_help (void)
{
  static const char *const commands[] = { "info", "tokenize", "detokenize", "template", "logits", "generate", "grammar", "eval", "perplexity", "bench", "dump", "quantize", "imatrix", "try" };
  g_auto (Result) help = run ("--help", NULL);
  g_auto (Result) version = run ("--version", NULL);

  g_assert_cmpint (help.status, ==, 0);
  g_assert_cmpstr (version.out, ==, "melete-engine " MELETE_VERSION "\n");
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++) {
    g_autofree char *line = g_strconcat (commands[i], " --help", NULL);
    g_auto (Result) one = run (line, NULL);

    g_assert_nonnull (strstr (help.out, commands[i]));
    g_assert_cmpint (one.status, ==, 0);
    g_assert_nonnull (strstr (one.out, "--threads"));
    g_assert_nonnull (strstr (one.out, "--reference"));
    g_free (line);
    line = g_strconcat ("help ", commands[i], NULL);
    g_auto (Result) same = run (line, NULL);
    g_assert_cmpstr (same.out, ==, one.out);
  }
}

static void
test_info (void)
{
  g_autoptr (JsonNode) node = run_json ("info MODEL --json", NULL);
  JsonObject *info = json_node_get_object (node);
  g_auto (Result) plain = run ("info MODEL", NULL);

  g_assert_cmpstr (json_object_get_string_member (info, "architecture"), ==, "llama");
  g_assert_cmpint (json_object_get_int_member (info, "n_vocab"), ==, TINY_N_VOCAB);
  g_assert_true (g_str_has_prefix (json_object_get_string_member (info, "chat_template"), "{% for message"));
  g_assert_nonnull (strstr (plain.out, "llama, 2 layers"));
}

static void
test_tokens (void)
{
  static const char text[] = "abba \"\xc3\xa4\" \xf0\x9f\x8e\xb2\n\t<|im_end|>";
  g_auto (Result) plain = run ("tokenize MODEL", text);
  g_auto (Result) special = run ("tokenize MODEL --special --bos", text);
  g_auto (Result) back = run ("detokenize MODEL", plain.out);
  g_auto (Result) without = run ("detokenize MODEL", special.out);
  g_auto (Result) with = run ("detokenize MODEL --special", special.out);
  g_autoptr (JsonNode) ids = parse (special.out);
  JsonArray *array = json_node_get_array (ids);

  g_assert_cmpstr (back.out, ==, text);
  g_assert_cmpstr (with.out, ==, text);
  g_assert_cmpuint (strlen (without.out), ==, strlen (text) - strlen ("<|im_end|>"));
  g_assert_cmpint (json_array_get_int_element (array, json_array_get_length (array) - 1), ==, TINY_IM_END);
}

static void
test_template (void)
{
  g_auto (Result) rendered = run ("template MODEL", "[{\"role\": \"user\", \"content\": \"say \\\"hi\\\"\"}]");
  g_auto (Result) closed = run ("template MODEL --no-prompt", "[{\"role\": \"user\", \"content\": \"x\"}]");
  g_auto (Result) variables = run ("template MODEL", "{\"messages\": [], \"add_generation_prompt\": true}");

  g_assert_cmpstr (rendered.out, ==, "<|im_start|>user\nsay \"hi\"<|im_end|>\n<|im_start|>assistant\n");
  g_assert_cmpstr (closed.out, ==, "<|im_start|>user\nx<|im_end|>\n");
  g_assert_cmpstr (variables.out, ==, "<|im_start|>assistant\n");
}

/* The same bytes whatever is submitted at once and by how many threads. */
static void
test_logits (void)
{
  g_auto (Result) result = run ("logits MODEL --tokens 1,2,3,4,5,6,7 --top 3", NULL);
  g_auto (Result) single = run ("logits MODEL --tokens 1,2,3,4,5,6,7 --top 3 --batch 1 --threads 1", NULL);
  g_auto (Result) pieces = run ("logits MODEL --tokens @- --top 3 --batch 3 --threads 3", "[1, 2, 3, 4, 5, 6, 7]");
  g_autofree char *out = g_strchomp (g_strdup (result.out));
  g_auto (GStrv) lines = g_strsplit (out, "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, 7);
  for (guint i = 0; i < 7; i++) {
    g_autoptr (JsonNode) node = parse (lines[i]);
    JsonObject *object = json_node_get_object (node);
    JsonArray *top = json_object_get_array_member (object, "top");
    double last = 0;

    g_assert_cmpint (json_object_get_int_member (object, "pos"), ==, i);
    g_assert_cmpuint (json_array_get_length (top), ==, 3);
    for (guint k = 0; k < 3; k++) {
      double logprob = json_array_get_double_element (json_array_get_array_element (top, k), 1);

      g_assert_cmpfloat (logprob, <=, last);
      last = logprob;
    }
  }
  g_assert_cmpstr (single.out, ==, result.out);
  g_assert_cmpstr (pieces.out, ==, result.out);
}

/* The adapter's file name has a colon and a number in it: only what is no part of a name is a strength. */
static void
test_lora (void)
{
  g_auto (Result) plain = run ("logits MODEL --tokens 1,2,3", NULL);
  g_auto (Result) with = run ("logits MODEL --tokens 1,2,3 --lora ADAPTER", NULL);
  g_auto (Result) once = run ("logits MODEL --tokens 1,2,3 --lora ADAPTER:1", NULL);
  g_auto (Result) half = run ("logits MODEL --tokens 1,2,3 --lora ADAPTER:0.5 --batch 1", NULL);
  g_auto (Result) none = run ("logits MODEL --tokens 1,2,3 --lora ADAPTER:0", NULL);
  g_auto (Result) help = run ("generate --help", NULL);
  g_auto (Result) other_help = run ("tokenize --help", NULL);
  g_autoptr (JsonNode) answer = run_json ("generate MODEL --prompt hello --max 8 --json --lora ADAPTER", NULL);
  g_autoptr (JsonNode) unadapted = run_json ("generate MODEL --prompt hello --max 8 --json", NULL);
  g_auto (Result) dump = run ("dump MODEL --tokens 1 --only adapter_a --lora ADAPTER", NULL);

  g_assert_cmpstr (with.err, ==, "");
  g_assert_cmpstr (with.out, !=, plain.out);
  g_assert_cmpstr (half.out, !=, plain.out);
  g_assert_cmpstr (half.out, !=, with.out);
  g_assert_cmpstr (once.out, ==, with.out);
  g_assert_cmpstr (none.out, ==, plain.out);
  g_assert_nonnull (strstr (help.out, "--lora"));
  g_assert_null (strstr (other_help.out, "--lora"));
  g_assert_nonnull (strstr (dump.out, "\"name\": \"adapter_a\""));
  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (answer), "text"), !=, json_object_get_string_member (json_node_get_object (unadapted), "text"));
}

static void
test_generate (void)
{
  g_autoptr (JsonNode) first = run_json ("generate MODEL --prompt hello --max 12 --json", NULL);
  g_autoptr (JsonNode) raw = run_json ("generate MODEL --prompt-file - --raw --max 5 --temp 1 --seed 3 --json", "abc");
  g_autoptr (JsonNode) again = run_json ("generate MODEL --prompt-file - --raw --max 5 --temp 1 --seed 3 --json", "abc");
  JsonObject *object = json_node_get_object (first);
  JsonObject *stats = json_object_get_object_member (object, "stats");
  g_autofree char *raw_text = g_strdup (json_object_get_string_member (json_node_get_object (raw), "text"));

  g_assert_cmpint (json_object_get_int_member (stats, "decode_tokens"), <=, 12);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "ids")), ==, json_object_get_int_member (stats, "decode_tokens"));
  g_assert_cmpint (json_object_get_int_member (stats, "prompt_tokens"), >, 8);
  g_assert_true (json_object_has_member (stats, "prompt_tps") && json_object_has_member (stats, "decode_tps") && json_object_has_member (stats, "first_token_ms"));
  /* Both are numbers, or neither is: most machines do not tell. */
  g_assert_true (json_object_has_member (stats, "joules") && json_object_has_member (stats, "joules_per_token"));
  g_assert_true (json_object_get_null_member (stats, "joules") == json_object_get_null_member (stats, "energy_source"));
  g_assert_cmpstr (raw_text, ==, json_object_get_string_member (json_node_get_object (again), "text"));
  g_assert_cmpint (json_object_get_int_member (json_object_get_object_member (json_node_get_object (raw), "stats"), "prompt_tokens"), ==, 2);
}

static void
test_speculate (void)
{
  static const char *const again = "abcdefghabcdefghabcdefghabcdefgh";
  g_autoptr (JsonNode) off = run_json ("generate MODEL --prompt-file - --raw --max 60 --temp 0.3 --seed 2 --speculate off --json", again);
  g_autoptr (JsonNode) lookup = run_json ("generate MODEL --prompt-file - --raw --max 60 --temp 0.3 --seed 2 --json", again);
  g_autoptr (JsonNode) edits = run_json ("bench MODEL --edit - -n 20 --json", "one\ftwo\fthree");
  g_autoptr (JsonNode) none = run_json ("bench MODEL --edit - --json", "");
  JsonObject *plain = json_node_get_object (off), *guessed = json_node_get_object (lookup);
  JsonArray *array = json_node_get_array (edits);

  g_assert_cmpstr (json_object_get_string_member (plain, "text"), ==, json_object_get_string_member (guessed, "text"));
  plain = json_object_get_object_member (plain, "stats");
  guessed = json_object_get_object_member (guessed, "stats");
  g_assert_cmpint (json_object_get_int_member (plain, "drafted_tokens"), ==, 0);
  g_assert_cmpint (json_object_get_int_member (guessed, "accepted_tokens"), <=, json_object_get_int_member (guessed, "drafted_tokens"));
  g_assert_true (json_object_has_member (guessed, "saved_evaluations"));
  g_assert_cmpuint (json_array_get_length (array), ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_true (json_object_get_boolean_member (json_array_get_object_element (array, i), "same"));
  g_assert_cmpuint (json_array_get_length (json_node_get_array (none)), ==, 0);
}

static void
test_grammar (void)
{
  g_autoptr (JsonNode) fits = run_json ("grammar --schema SCHEMA --json", "{\"a\": 30}\n"), not = run_json ("grammar --schema SCHEMA --json", "{\"a\": 31}");
  g_autoptr (JsonNode) answer = run_json ("generate MODEL --prompt a --schema SCHEMA --tight --json", NULL), times = run_json ("grammar --schema SCHEMA --model MODEL --time", "{\"a\": 30}");
  JsonObject *generated = json_node_get_object (answer);
  g_autoptr (JsonNode) value = json_from_string (json_object_get_string_member (generated, "text"), NULL);
  g_auto (Result) cases = run ("grammar --cases --model MODEL", "{\"grammar\": \"root ::= \\\"x\\\"+\", \"texts\": [\"xx\", \"xy\"]}\n{\"schema\": \"{\\\"const\\\": 7}\", \"samples\": 2, \"seed\": 5}\n{\"schema\": \"7\"}\n");

  g_assert_true (json_object_get_boolean_member (json_node_get_object (fits), "fits"));
  g_assert_false (json_object_get_boolean_member (json_node_get_object (not), "fits"));
  g_assert_cmpint (json_object_get_int_member (json_node_get_object (not), "fitting_bytes"), ==, 7);
  g_assert_cmpint (json_object_get_int_member (json_node_get_object (value), "a"), <=, 30);
  g_assert_cmpstr (json_object_get_string_member (generated, "finish"), ==, "stop");
  g_assert_cmpint (json_object_get_int_member (json_object_get_object_member (generated, "stats"), "forced_tokens"), >, 0);
  g_assert_cmpint (json_object_get_int_member (json_node_get_object (times), "masks"), >, 5);
  g_assert_cmpstr (cases.out, ==, "{\"fits\": [true, false], \"samples\": []}\n{\"fits\": [], \"samples\": [\"7\", \"7\"]}\n{\"error\": \"#: a schema must be an object, true or false.\"}\n");
}

static void
test_perplexity (void)
{
  g_autofree char *base = g_build_filename (folder, "base", NULL);
  g_autofree char *save = g_strconcat ("perplexity MODEL TEXT --context 64 --chunks 2 --json --save-base ", base, NULL);
  g_autofree char *same = g_strconcat ("perplexity MODEL --json --batch 5 --kl-base ", base, NULL);
  g_autofree char *reference = g_strconcat ("perplexity MODEL --json --reference --kl-base ", base, NULL);
  g_autoptr (JsonNode) first = run_json (save, NULL);
  g_autoptr (JsonNode) second = run_json (same, NULL);
  g_autoptr (JsonNode) third = run_json (reference, NULL);
  JsonObject *a = json_node_get_object (first), *b = json_node_get_object (second), *c = json_node_get_object (third);

  g_assert_cmpint (json_object_get_int_member (a, "n_tokens"), ==, 2 * 31);
  g_assert_cmpfloat (json_object_get_double_member (a, "perplexity"), ==, json_object_get_double_member (b, "perplexity"));
  g_assert_cmpfloat (json_object_get_double_member (b, "same_top"), ==, 1);
  g_assert_cmpfloat (ABS (json_object_get_double_member (b, "mean_kl")), <, 1e-4);
  g_assert_cmpfloat (json_object_get_double_member (c, "mean_kl"), <, 0.01);
  g_unlink (base);
}

/* What the model says does not matter: that every problem is asked once, and counted. */
static void
test_eval (void)
{
  static const char problems[] = "{\"id\": \"a\", \"question\": \"ab?\", \"answer\": \"#### 3\"}\n{\"question\": \"Which?\", \"choices\": [\"ab\", \"cd\"], \"answer\": \"A\"}\n{\"question\": \"cd?\", \"answer\": \"5\"}\n";
  g_autofree char *path = write_in_folder ("problems.jsonl", problems, strlen (problems)), *results = g_build_filename (folder, "results.jsonl", NULL);
  g_autofree char *less = g_strconcat ("eval MODEL ", path, " --json --parallel 2 --max 4 --limit 2 --depth 8 --results ", results, NULL);
  g_autofree char *line = g_strconcat ("eval MODEL ", path, " --json --parallel 2 --max 4 --depth 8 --results ", results, NULL);
  g_autofree char *instant = g_strconcat ("eval MODEL ", path, " --json --parallel 3 --max 4 --depth instant --against 8 --results ", results, NULL);
  g_autoptr (JsonNode) first = run_json (less, NULL);
  g_autoptr (JsonNode) second = run_json (line, NULL);
  g_autoptr (JsonNode) third = run_json (instant, NULL);
  JsonObject *a = json_node_get_object (first), *b = json_node_get_object (second), *c = json_node_get_object (third);

  g_assert_cmpint (json_object_get_int_member (a, "asked"), ==, 2);
  g_assert_cmpint (json_object_get_int_member (b, "asked"), ==, 1); /* it goes on */
  g_assert_cmpint (json_object_get_int_member (b, "n"), ==, 3);
  g_assert_cmpfloat (json_object_get_double_member (b, "thought_tokens"), >, 7);
  g_assert_cmpint (json_object_get_int_member (json_object_get_object_member (b, "ends"), "cap"), ==, 3);
  g_assert_true (json_object_has_member (b, "joules"));
  g_assert_cmpfloat (json_object_get_double_member (c, "thought_tokens"), ==, 0);
  g_assert_cmpfloat (json_object_get_double_member (c, "tokens"), <=, 4);
  g_assert_cmpint (json_object_get_int_member (json_object_get_object_member (c, "against"), "pairs"), ==, 3);
  g_unlink (path);
  g_unlink (results);
}

static void
test_bench (void)
{
  g_autoptr (JsonNode) node = run_json ("bench MODEL -p 16 -n 4 -b 2 --cancel 3 --json", NULL);
  JsonObject *object = json_node_get_object (node);
  static const char *const members[] = { "prompt_tps", "decode_tps", "batch_tps", "load_ms", "peak_rss_bytes" };

  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    g_assert_cmpfloat (json_object_get_double_member (object, members[i]), >, 0);
  g_assert_false (json_object_has_member (object, "prompt_counts"));
  g_assert_true (json_object_has_member (object, "prompt_joules_per_token") && json_object_has_member (object, "decode_joules_per_token"));
  g_assert_true (json_object_get_null_member (object, "decode_joules_per_token") || json_object_get_double_member (object, "decode_joules_per_token") >= 0);
}

/* What became of experts is told where not all of them are in memory, of 5 MiB here 2. */
static void
test_streamed_experts (void)
{
  const TinyModel tiny = { .architecture = "qwen3moe", .type = ENGINE_TYPE_Q4_K, .seed = 5, .n_layers = 3, .n_ff = 256 };
  g_autofree char *path = tiny_model_write (&tiny), *whole = g_strdup_printf ("generate --raw --prompt a --max 4 --json %s", path), *part = g_strdup_printf ("generate --raw --prompt a --max 4 --expert-memory 2 --json %s", path),
                  *bench = g_strdup_printf ("bench -p 4 -n 4 --expert-memory 2 --json %s", path);
  g_autoptr (JsonNode) first = run_json (whole, NULL), second = run_json (part, NULL), third = run_json (bench, NULL);
  JsonObject *stats = json_object_get_object_member (json_node_get_object (second), "stats");

  g_unlink (path);
  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (first), "text"), ==, json_object_get_string_member (json_node_get_object (second), "text"));
  g_assert_false (json_object_has_member (json_object_get_object_member (json_node_get_object (first), "stats"), "experts"));
  g_assert_cmpint (json_object_get_int_member (json_object_get_object_member (stats, "experts"), "misses"), >, 0);
  g_assert_cmpint (json_object_get_int_member (json_object_get_object_member (json_node_get_object (third), "decode_experts"), "memory_bytes"), <=, 2 << 20);
}

/* Of the 149 tokens that come before the last one all but one are found again: its logits are wanted. */
static void
test_bench_restore (void)
{
  g_autoptr (JsonNode) node = run_json ("bench MODEL -p 150 -n 0 --restore 2 --json", NULL);
  JsonObject *object = json_node_get_object (node);

  g_assert_cmpfloat (json_object_get_double_member (object, "restore_ms"), >, 0);
  g_assert_cmpint (json_object_get_int_member (object, "restored_tokens"), ==, 148);
}

/* Each token of a prompt of two submissions has an equal part of what they cost; of the logits only the last ones' are read. */
static void
test_bench_counts (void)
{
  g_autoptr (JsonNode) node = run_json ("bench MODEL --backend gl -p 16 --submit 8 -n 4 -b 2 --json", NULL);
  JsonObject *object = json_node_get_object (node);
  JsonObject *prompt = json_object_get_object_member (object, "prompt_counts"), *decode = json_object_get_object_member (object, "decode_counts");
  JsonObject *batch = json_object_get_object_member (object, "batch_counts");
  double dispatches = json_object_get_double_member (decode, "dispatches");

  g_assert_cmpfloat (json_object_get_double_member (decode, "readback_bytes"), ==, 4 * TINY_N_VOCAB);
  g_assert_cmpfloat (json_object_get_double_member (prompt, "readback_bytes"), ==, 4 * TINY_N_VOCAB * 2 / 16);
  g_assert_cmpfloat (json_object_get_double_member (batch, "readback_bytes"), ==, 4 * TINY_N_VOCAB);
  g_assert_cmpfloat (dispatches, >=, 20);
  g_assert_cmpfloat (json_object_get_double_member (prompt, "dispatches"), ==, dispatches / 8);
  g_assert_cmpfloat (json_object_get_double_member (batch, "dispatches"), ==, dispatches / 2);
  g_assert_cmpfloat (json_object_get_double_member (decode, "barriers"), <, dispatches);
  g_assert_cmpfloat (json_object_get_double_member (prompt, "weight_bytes"), <, json_object_get_double_member (decode, "weight_bytes"));
  g_assert_cmpfloat (json_object_get_double_member (decode, "upload_bytes"), >, 0);
}

/* The last line is the logits of the last token. */
/* A model made smaller by what was found important still says about the same. */
static void
test_quantize (void)
{
  g_autofree char *matrix_path = g_build_filename (folder, "matrix", NULL), *small_path = g_build_filename (folder, "small", NULL);
  g_autofree char *matrix_line = g_strdup_printf ("imatrix MODEL TEXT %s --context 64 --json", matrix_path);
  g_autofree char *small_line = g_strdup_printf ("quantize MODEL %s q8_0 --imatrix %s --keep *ffn_up*=F16 --json", small_path, matrix_path);
  g_autofree char *judge_line = g_strdup_printf ("perplexity %s TEXT --context 64 --json", small_path);
  g_autoptr (JsonNode) matrix = run_json (matrix_line, NULL), before = run_json ("perplexity MODEL TEXT --context 64 --json", NULL);
  g_auto (Result) small = run (small_line, NULL);
  g_autoptr (JsonNode) made = parse (small.out), after = run_json (judge_line, NULL);
  double perplexity = json_object_get_double_member (json_node_get_object (before), "perplexity");
  EngineGguf *gguf;
  float count, n_tokens;

  /* Every matrix has seen every token, those of the last layer too. */
  gguf = engine_gguf_open (matrix_path, NULL);
  g_assert_nonnull (gguf);
  n_tokens = (float) (64 * json_object_get_int_member (json_node_get_object (matrix), "n_chunks"));
  for (gsize i = 0; i < engine_gguf_n_tensors (gguf); i++)
    if (g_str_has_suffix (engine_gguf_tensor (gguf, i)->name, ".counts")) {
      g_assert_true (engine_gguf_read (gguf, engine_gguf_tensor (gguf, i), 0, &count, sizeof count, NULL));
      g_assert_cmpfloat (count, ==, n_tokens);
    }
  engine_gguf_free (gguf);
  /* Two layers of seven. */
  g_assert_cmpint (json_object_get_int_member (json_node_get_object (matrix), "n_matrices"), ==, 14);
  g_assert_cmpint (small.status, ==, 0);
  g_assert_cmpint (json_object_get_int_member (json_node_get_object (made), "n_without_importances"), <=, 1);
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (json_node_get_object (after), "perplexity"), perplexity, 0.02 * perplexity);
  g_unlink (matrix_path);
  g_unlink (small_path);
}

/* Each token of a mixture is counted once for each expert that it goes to, on the way in as on the way out. */
static void
test_imatrix_experts (void)
{
  g_autofree char *golden = g_test_build_filename (G_TEST_DIST, "golden", "models", "qwen3moe.gguf.gz", NULL), *matrix_path = g_build_filename (folder, "matrix", NULL), *path = NULL, *line = NULL;
  static const char *const names[] = { "blk.0.ffn_gate_exps.weight.counts", "blk.0.ffn_up_exps.weight.counts", "blk.0.ffn_down_exps.weight.counts" };
  g_autoptr (GBytes) bytes = tiny_unpack (golden);
  g_autoptr (JsonNode) matrix = NULL;
  float counts[3][64], sum[3] = { 0 };
  guint64 n_used = 0;
  EngineGguf *gguf;

  path = write_in_folder ("experts.gguf", g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  line = g_strdup_printf ("imatrix %s TEXT %s --context 16 --chunks 2 --json", path, matrix_path);
  matrix = run_json (line, NULL);
  gguf = engine_gguf_open (path, NULL);
  g_assert_true (engine_gguf_uint (gguf, "qwen3moe.expert_used_count", &n_used) && n_used > 0);
  engine_gguf_free (gguf);
  gguf = engine_gguf_open (matrix_path, NULL);
  for (int i = 0; i < 3; i++) {
    const EngineTensor *tensor = engine_gguf_find_tensor (gguf, names[i]);

    g_assert_nonnull (tensor);
    g_assert_cmpuint (tensor->bytes, <=, sizeof counts[i]);
    g_assert_true (engine_gguf_read (gguf, tensor, 0, counts[i], tensor->bytes, NULL));
    for (gsize k = 0; k < tensor->bytes / sizeof (float); k++) {
      sum[i] += counts[i][k];
      g_assert_cmpfloat (counts[i][k], ==, counts[0][k]);
    }
    g_assert_cmpfloat (sum[i], ==, (float) (32 * n_used));
  }
  engine_gguf_free (gguf);
  g_unlink (path);
  g_unlink (matrix_path);
}

static void
test_dump (void)
{
  g_auto (Result) result = run ("dump MODEL --tokens 1,2,3 --values 2", NULL);
  g_autofree char *out = g_strchomp (g_strdup (result.out));
  g_auto (GStrv) lines = g_strsplit (out, "\n", -1);
  guint n = g_strv_length (lines);

  g_assert_cmpuint (n, >, 20);
  for (guint i = 0; i < n; i++) {
    g_autoptr (JsonNode) node = parse (lines[i]);
    JsonObject *object = json_node_get_object (node);

    g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "values")), ==, 2);
    g_assert_cmpfloat (json_object_get_double_member (object, "norm"), >, 0);
    if (i == n - 1)
      g_assert_cmpstr (json_object_get_string_member (object, "name"), ==, "logits");
  }
}

/* ---- files ------------------------------------------------------------------------------ */

static void
make_files (void)
{
  static const char schema[] = "{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"integer\", \"minimum\": 0, \"maximum\": 30}}, \"required\": [\"a\"], \"additionalProperties\": false}";
  TinyModel options = { .architecture = "llama", .type = ENGINE_TYPE_Q8_0, .seed = 5, .n_embd = 64, .n_ff = 64, .n_head = 2, .n_head_kv = 1, .head_dim = 32 };
  const TinyAdapter adapter = { .model = &options, .type = ENGINE_TYPE_F16, .seed = 5, .rank = 4, .alpha = 8 };
  GByteArray *bytes = tiny_model_bytes (&options), *adapter_bytes = tiny_adapter_bytes (&adapter);
  g_autoptr (GString) text = g_string_new (NULL);

  for (int i = 0; text->len < 800; i++)
    g_string_append_printf (text, "line %d goes on; ", i * i);
  folder = g_dir_make_tmp ("melete-tool-XXXXXX", NULL);
  g_assert_nonnull (folder);
  model_path = write_in_folder ("model.gguf", bytes->data, bytes->len);
  adapter_path = write_in_folder ("lora:2b", adapter_bytes->data, adapter_bytes->len);
  g_byte_array_unref (adapter_bytes);
  cut_path = write_in_folder ("cut.gguf", bytes->data, bytes->len / 2);
  bytes->data[16] ^= 0x40; /* a wrong number of keys */
  broken_path = write_in_folder ("broken.gguf", bytes->data, bytes->len);
  word_path = write_in_folder ("words.txt", "{{ unclosed and no model", 24);
  text_path = write_in_folder ("text.txt", text->str, text->len);
  schema_path = write_in_folder ("schema.json", schema, strlen (schema));
  g_byte_array_unref (bytes);
}

static void
remove_files (void)
{
  char **paths[] = { &model_path, &adapter_path, &cut_path, &broken_path, &word_path, &text_path, &schema_path };

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_unlink (*paths[i]);
    g_free (*paths[i]);
  }
  g_rmdir (folder);
  g_free (folder);
}

/* ---- trying a backend --------------------------------------------------------------------- */

/* Its own code in the place of the fast one gives the very same numbers, so the comparison compares. */
static void
test_try (void)
{
  g_autoptr (JsonNode) plain = run_json ("try --json --reference", NULL), fast = run_json ("try --json", NULL);
  JsonObject *object = json_node_get_object (fast);
  g_auto (Result) told = run ("try", NULL);

  g_assert_cmpfloat (json_object_get_double_member (json_node_get_object (plain), "nmse"), ==, 0);
  g_assert_cmpfloat (json_object_get_double_member (object, "nmse"), >, 0);
  g_assert_cmpfloat (json_object_get_double_member (object, "nmse"), <, 1e-3);
  g_assert_cmpstr (json_object_get_string_member (object, "name"), ==, "cpu");
  g_assert_false (json_object_get_boolean_member (object, "software"));
  g_assert_true (json_object_get_null_member (object, "error"));
  g_assert_nonnull (strstr (told.out, "computes rightly"));
}

/* Where there is no OpenGL, the result says so, and so does the exit status. */
static void
test_try_without (void)
{
  g_setenv ("__EGL_VENDOR_LIBRARY_DIRS", folder, TRUE); /* of libglvnd: no driver is there */
  g_auto (Result) result = run ("try --backend gl --json", NULL);
  g_unsetenv ("__EGL_VENDOR_LIBRARY_DIRS");
  g_autoptr (JsonNode) node = parse (result.out);
  JsonObject *object = json_node_get_object (node);

  g_assert_cmpint (result.status, ==, 1);
  g_assert_cmpstr (json_object_get_string_member (object, "name"), ==, "gl");
  g_assert_true (json_object_get_null_member (object, "device"));
  g_assert_true (json_object_get_null_member (object, "nmse"));
  g_assert_nonnull (strstr (json_object_get_string_member (object, "error"), "OpenGL"));
  g_assert_nonnull (strstr (result.err, json_object_get_string_member (object, "error")));
}

/* With a driver. */
static void
test_try_gl (void)
{
  g_autoptr (JsonNode) node = run_json ("try --backend gl --json", NULL);
  JsonObject *object = json_node_get_object (node);

  g_assert_true (json_object_get_null_member (object, "error"));
  g_assert_cmpstr (json_object_get_string_member (object, "device"), !=, "");
  g_assert_cmpstr (json_object_get_string_member (object, "driver"), !=, "");
  g_assert_cmpfloat (json_object_get_double_member (object, "nmse"), >, 0); /* it is another's arithmetic */
  g_assert_cmpfloat (json_object_get_double_member (object, "nmse"), <=, 1e-6);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  make_files ();
  if (argc > 1 && strcmp (argv[1], "gl") == 0) {
    g_test_add_func ("/engine/tool/bench/counts", test_bench_counts);
    g_test_add_func ("/engine/tool/try-gl", test_try_gl);
    status = g_test_run ();
    remove_files ();
    return status;
  }
  g_test_add_func ("/engine/tool/wrong", test_wrong);
  g_test_add_func ("/engine/tool/full-disk", test_full_disk);
  g_test_add_func ("/engine/tool/help", test_help);
  g_test_add_func ("/engine/tool/info", test_info);
  g_test_add_func ("/engine/tool/tokens", test_tokens);
  g_test_add_func ("/engine/tool/template", test_template);
  g_test_add_func ("/engine/tool/logits", test_logits);
  g_test_add_func ("/engine/tool/lora", test_lora);
  g_test_add_func ("/engine/tool/generate", test_generate);
  g_test_add_func ("/engine/tool/speculate", test_speculate);
  g_test_add_func ("/engine/tool/grammar", test_grammar);
  g_test_add_func ("/engine/tool/perplexity", test_perplexity);
  g_test_add_func ("/engine/tool/eval", test_eval);
  g_test_add_func ("/engine/tool/bench", test_bench);
  g_test_add_func ("/engine/tool/bench/restore", test_bench_restore);
  g_test_add_func ("/engine/tool/experts", test_streamed_experts);
  g_test_add_func ("/engine/tool/quantize", test_quantize);
  g_test_add_func ("/engine/tool/imatrix/experts", test_imatrix_experts);
  g_test_add_func ("/engine/tool/dump", test_dump);
  g_test_add_func ("/engine/tool/try", test_try);
  g_test_add_func ("/engine/tool/try-without", test_try_without);
  status = g_test_run ();
  remove_files ();
  return status;
}
