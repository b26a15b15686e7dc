/* SPDX-License-Identifier: MIT */
#include "tool.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const ToolOption common_options[] = {
  { "--json", TOOL_FLAG, &tool_common.json, .help = "print the result as JSON" },
  { "--threads", TOOL_INT, &tool_common.threads, 0, 1024, "N", "threads; 0: as many as there are free cores" },
  { "--backend", TOOL_STRING, &tool_common.backend, .argument = "NAME", .help = "cpu, or gl: the graphics card" },
  { "--gpu-layers", TOOL_INT, &tool_common.gpu_layers, 0, 10000, "N", "with gl: the last N layers there, the others on the CPU; 0: as many as fit" },
  { "--memory", TOOL_INT, &tool_common.memory, 0, 1 << 30, "MIB", "MiB that the model's weights may take; experts for which that is too little are read as they are chosen; 0: what is available" },
  { "--expert-memory", TOOL_INT, &tool_common.expert_memory, 0, 1 << 30, "MIB", "MiB of them for experts, of which the others are read as they are chosen; 0: what is left" },
  { "--cache", TOOL_STRING, &tool_common.cache, .argument = "TYPE", .help = "keys and values in f16 (the default), q8_0 or q4" },
  { "--reference", TOOL_FLAG, &tool_common.reference, .help = "slow and plain: F32 activations and weights, scalar code" },
};

/* And those that run a model and answer. */
static const ToolOption adapter_options[] = {
  { "--lora", TOOL_STRING, &tool_common.lora, .argument = "FILE[:S]", .help = "with a LoRA adapter, S times as strong as it was trained (1)" },
};

#define COMMAND(symbol) extern const ToolCommand tool_##symbol;
#include "commands.def"
#undef COMMAND

static const ToolCommand *const commands[] = {
#define COMMAND(symbol) &tool_##symbol,
#include "commands.def"
#undef COMMAND
};

/* ---- help ---------------------------------------------------------------------- */

static void
print_options (const ToolOption *options, size_t n)
{
  for (size_t i = 0; i < n; i++)
    printf ("  %-12s %-8s %s\n", options[i].name, options[i].argument ? options[i].argument : "", options[i].help);
}

static void
print_help (void)
{
  printf ("Usage: melete-engine COMMAND [OPTION]… ARGUMENT…\n\nRuns open language models (GGUF files) on this machine.\n\n");
  for (size_t i = 0; i < ENGINE_LENGTH (commands); i++)
    printf ("  %-11s %s\n", commands[i]->name, commands[i]->summary);
  printf ("\nEvery command takes:\n");
  print_options (common_options, ENGINE_LENGTH (common_options));
  printf ("\nmelete-engine COMMAND --help lists the options of one.\n");
}

static void
print_command_help (const ToolCommand *command)
{
  printf ("Usage: melete-engine %s [OPTION]… %s\n\n%s.\n\n", command->name, command->arguments, command->summary);
  print_options (command->options, command->n_options);
  if (command->adapts)
    print_options (adapter_options, ENGINE_LENGTH (adapter_options));
  print_options (common_options, ENGINE_LENGTH (common_options));
}

/* ---- command line --------------------------------------------------------------- */

static const ToolOption *
find_option (const ToolCommand *command, const char *name)
{
  for (size_t i = 0; i < command->n_options; i++)
    if (strcmp (command->options[i].name, name) == 0)
      return &command->options[i];
  for (size_t i = 0; command->adapts && i < ENGINE_LENGTH (adapter_options); i++)
    if (strcmp (adapter_options[i].name, name) == 0)
      return &adapter_options[i];
  for (size_t i = 0; i < ENGINE_LENGTH (common_options); i++)
    if (strcmp (common_options[i].name, name) == 0)
      return &common_options[i];
  return NULL;
}

static bool
set_option (const ToolOption *option, const char *text, EngineError *error)
{
  char *end;

  errno = 0;
  switch (option->kind) {
  case TOOL_FLAG:
    *(bool *) option->value = true;
    return true;
  case TOOL_STRING:
    *(const char **) option->value = text;
    return true;
  case TOOL_LIST: {
    ToolList *list = option->value;

    if (list->n == TOOL_LIST_MAX)
      return engine_fail (error, ENGINE_BAD_INPUT, "The option %s is given more than %d times.", option->name, TOOL_LIST_MAX);
    list->items[list->n++] = text;
    return true;
  }
  case TOOL_INT: {
    long long number = strtoll (text, &end, 10);

    if (end == text || *end || errno || number < option->min || number > option->max)
      return engine_fail (error, ENGINE_BAD_INPUT, "The option %s takes a whole number from %.0f to %.0f, not \"%.60s\".", option->name, option->min, option->max, text);
    *(int64_t *) option->value = number;
    return true;
  }
  case TOOL_FLOAT: {
    double number = strtod (text, &end);

    if (end == text || *end || errno || !(number >= option->min && number <= option->max))
      return engine_fail (error, ENGINE_BAD_INPUT, "The option %s takes a number from %g to %g, not \"%.60s\".", option->name, option->min, option->max, text);
    *(double *) option->value = number;
    return true;
  }
  }
  return engine_fail (error, ENGINE_INTERNAL, "The option %s has no kind.", option->name);
}

/* Sorts the words into options and arguments; the arguments end up at the front of `words`. */
static bool
parse (const ToolCommand *command, char **words, int n_words, int *n_arguments, bool *help, EngineError *error)
{
  EngineBackendKind backend;
  EngineCacheType cache;
  bool options_end = false;

  *n_arguments = 0;
  for (int i = 0; i < n_words; i++) {
    const ToolOption *option;

    if (options_end || words[i][0] != '-' || words[i][1] == '\0') {
      words[(*n_arguments)++] = words[i];
      continue;
    }
    if (strcmp (words[i], "--") == 0) {
      options_end = true;
      continue;
    }
    if (strcmp (words[i], "--help") == 0) {
      *help = true;
      return true;
    }
    option = find_option (command, words[i]);
    if (!option)
      return engine_fail (error, ENGINE_BAD_INPUT, "melete-engine %s has no option \"%.60s\"; --help lists them.", command->name, words[i]);
    if (option->argument && i + 1 == n_words)
      return engine_fail (error, ENGINE_BAD_INPUT, "The option %s needs a value: %s.", option->name, option->argument);
    if (!set_option (option, option->argument ? words[++i] : NULL, error))
      return false;
  }
  if (*n_arguments < command->n_arguments_min || *n_arguments > command->n_arguments_max)
    return engine_fail (error, ENGINE_BAD_INPUT, "The command is melete-engine %s [OPTION]… %s.", command->name, command->arguments);
  if (!engine_backend_from_name (tool_common.backend, &backend))
    return engine_fail (error, ENGINE_BAD_INPUT, "There is no backend \"%.60s\"; use cpu or gl.", tool_common.backend);
  if (!engine_cache_type_from_name (tool_common.cache, &cache))
    return engine_fail (error, ENGINE_BAD_INPUT, "There is no cache of the type \"%.60s\"; use --cache f16, q8_0 or q4.", tool_common.cache);
  return true;
}

static void
log_to_stderr (EngineLogLevel level, const char *line, void *user)
{
  if (level >= ENGINE_LOG_WARNING)
    fprintf (stderr, "melete-engine: %s\n", line);
}

int
main (int argc, char **argv)
{
  static char help_option[] = "--help";
  const ToolCommand *command = NULL;
  EngineError error = { 0 };
  int n_arguments;
  bool help = false;

  engine_set_log (log_to_stderr, NULL);
  if (argc == 3 && strcmp (argv[1], "help") == 0) { /* "help bench" is "bench --help" */
    argv[1] = argv[2];
    argv[2] = help_option;
  }
  if (argc < 2 || strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "help") == 0) {
    print_help ();
    return argc < 2;
  }
  if (strcmp (argv[1], "--version") == 0) {
    printf ("melete-engine %s\n", engine_version ());
    return 0;
  }
  for (size_t i = 0; i < ENGINE_LENGTH (commands); i++)
    if (strcmp (commands[i]->name, argv[1]) == 0)
      command = commands[i];
  if (!command)
    engine_fail (&error, ENGINE_BAD_INPUT, "There is no command \"%.60s\"; melete-engine --help lists them.", argv[1]);
  else if (parse (command, argv + 2, argc - 2, &n_arguments, &help, &error)) {
    if (help)
      print_command_help (command);
    else if (command->run (argv + 2, n_arguments, &error) && (fflush (stdout) != 0 || ferror (stdout)))
      engine_fail (&error, ENGINE_IO, "The result cannot be written: %s.", strerror (errno));
  }
  if (error.code == ENGINE_OK)
    return 0;
  fflush (stdout);
  fprintf (stderr, "melete-engine: %s\n", error.message);
  return 1;
}
