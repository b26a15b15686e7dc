/* SPDX-License-Identifier: MIT */
/* Makes a smaller model file of a large one. */
#include "memory.h"
#include "remake/remake.h"
#include "tool.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const char *importance_path;
static ToolList keep;
static atomic_bool interrupted;

static const ToolOption options[] = {
  { "--imatrix", TOOL_STRING, &importance_path, .argument = "FILE", .help = "importances of the columns, as melete-engine imatrix makes them" },
  { "--keep", TOOL_LIST, &keep, .argument = "P=TYPE", .help = "another type for tensors whose names fit: '*attn_v*=Q8_0'; may be given several times" },
};

static void
interrupt (int number)
{
  atomic_store (&interrupted, true);
}

/* A second signal ends the process as always; the file under the wanted name is whole even then. */
static void
watch_signals (void)
{
  struct sigaction action = { .sa_handler = interrupt, .sa_flags = (int) SA_RESETHAND };

  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
  sigaction (SIGHUP, &action, NULL);
}

static bool
no_type (const char *name, EngineError *error)
{
  char known[240] = "";

  for (size_t i = 0, n = 0; engine_mix_name (i) && n < sizeof known; i++)
    n += (size_t) snprintf (known + n, sizeof known - n, "%s%s", i ? ", " : "", engine_mix_name (i));
  return engine_fail (error, ENGINE_BAD_INPUT, "Files of the type \"%.60s\" are not made here; there are %s.", name, known);
}

/* "PATTERN=TYPE"; `text` is kept for the pattern. */
static bool
read_choice (char *text, EngineRemakeChoice *choice, EngineError *error)
{
  char *mark = strrchr (text, '=');

  if (!mark || mark == text)
    return engine_fail (error, ENGINE_BAD_INPUT, "The option --keep takes names and a type, as '*attn_v*=Q8_0', not \"%.120s\".", text);
  *mark = '\0';
  choice->pattern = text;
  for (int type = 0; type < ENGINE_N_TYPES; type++)
    if (strcasecmp (mark + 1, engine_types[type].name) == 0 && engine_type_encodes ((EngineType) type)) {
      choice->type = (EngineType) type;
      return true;
    }
  return engine_fail (error, ENGINE_BAD_INPUT, "Tensors of the type \"%.60s\" are not made here; use one as Q8_0, Q6_K or F16.", mark + 1);
}

static void
show_progress (void *user, double part)
{
  int *shown = user, now = (int) (100 * part);

  if (now != *shown)
    fprintf (stderr, "\r%3d %%%s", now, now == 100 ? "\r     \r" : "");
  *shown = now;
}

static bool
report (const char *path, const EngineRemakeResult *result, EngineError *error)
{
  EngineText text = { 0 };
  double bits = result->n_numbers ? 8.0 * (double) result->bytes / (double) result->n_numbers : 0;

  if (tool_common.json) {
    engine_text_printf (&text, "{\"file\": ");
    engine_text_json (&text, path, strlen (path));
    engine_text_printf (&text, ", \"bytes\": %llu, \"weight_bytes_before\": %llu, \"bits_per_weight\": %.3f, \"n_tensors\": %lld, \"n_encoded\": %lld, \"n_again\": %lld, \"n_unfit\": %lld, \"n_without_importances\": %lld}",
                        (unsigned long long) result->bytes, (unsigned long long) result->bytes_before, bits, (long long) result->n_tensors, (long long) result->n_encoded, (long long) result->n_again,
                        (long long) result->n_unfit, (long long) result->n_without);
    return tool_print (&text, error);
  }
  engine_text_printf (&text, "File     %s, %s\n", path, engine_size_text (result->bytes).text);
  engine_text_printf (&text, "Before   %s\nWeights  %.2f bits each\nTensors  %lld encoded, %lld copied", engine_size_text (result->bytes_before).text, bits, (long long) result->n_encoded,
                      (long long) (result->n_tensors - result->n_encoded));
  if (result->n_unfit)
    engine_text_printf (&text, "\n         %lld in a larger type, as their rows are no whole blocks of the wanted one", (long long) result->n_unfit);
  if (result->n_without)
    engine_text_printf (&text, "\n         %lld without importances, of which the file has none", (long long) result->n_without);
  return tool_print (&text, error);
}

static bool
run_quantize (char **arguments, int n_arguments, EngineError *error)
{
  EngineRemakeChoice choices[TOOL_LIST_MAX];
  char *texts[TOOL_LIST_MAX] = { NULL };
  EngineRemakeOptions how = { .mix = engine_mix_find (arguments[2]), .importance = importance_path, .n_threads = (int) tool_common.threads, .choices = choices, .n_choices = keep.n, .cancel = &interrupted };
  EngineRemakeResult result;
  int shown = -1;
  bool ok = how.mix || no_type (arguments[2], error);

  for (int i = 0; ok && i < keep.n; i++) {
    texts[i] = strdup (keep.items[i]);
    ok = texts[i] ? read_choice (texts[i], &choices[i], error) : engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for an option.");
  }
  if (isatty (STDERR_FILENO)) {
    how.progress = show_progress;
    how.user = &shown;
  }
  if (ok)
    watch_signals ();
  ok = ok && engine_remake (arguments[0], arguments[1], &how, &result, error) && report (arguments[1], &result, error);
  for (int i = 0; i < keep.n; i++)
    free (texts[i]);
  return ok;
}

const ToolCommand tool_quantize = {
  .name = "quantize", .arguments = "IN OUT TYPE", .summary = "Makes a smaller model file: TYPE is Q4_K_M, Q8_0, Q6_K and so on",
  .n_arguments_min = 3, .n_arguments_max = 3, .options = options, .n_options = ENGINE_LENGTH (options), .run = run_quantize,
};
