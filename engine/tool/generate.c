/* SPDX-License-Identifier: MIT */
#include "calls-tool.h"
#include "energy.h"
#include "tool.h"

#include <stdio.h>
#include <string.h>

static const char *prompt, *prompt_file, *system_text, *mmproj, *grammar_file, *schema_file, *trigger, *speculate = "lookup", *draft_path, *think, *strength, *tools_file, *tool_choice = "auto", *messages_file;
static EngineSchemaOptions schema_options;
static ToolList images, sounds;
static bool raw, chat, early_exit;
static int64_t think_max, max_tokens = 256, seed, top_k, n_context, repeat_last = 64;
static double temperature, top_p = 1, min_p, repeat_penalty = 1, typical_p = 1, xtc_probability, xtc_threshold = 0.1, dry, mirostat;

static const ToolOption options[] = {
  { "--prompt", TOOL_STRING, &prompt, .argument = "TEXT", .help = "what to answer or continue" },
  { "--prompt-file", TOOL_STRING, &prompt_file, .argument = "FILE", .help = "the same from a file, - for stdin" },
  { "--messages", TOOL_STRING, &messages_file, .argument = "FILE", .help = "or a whole conversation, a JSON array of messages as chat templates have them" },
  { "--system", TOOL_STRING, &system_text, .argument = "TEXT", .help = "a system message before it" },
  { "--raw", TOOL_FLAG, &raw, .help = "continue the text as it is (the default for base models)" },
  { "--chat", TOOL_FLAG, &chat, .help = "answer it as a message (the default where there is a chat template)" },
  { "--think", TOOL_STRING, &think, .argument = "HOW", .help = "on: think before the answer, and show the thought apart; compact: no longer than needed; off: do not" },
  { "--think-max", TOOL_INT, &think_max, 0, 1 << 24, "N", "wrap the thought up after N tokens (0: no cap)" },
  { "--early-exit", TOOL_FLAG, &early_exit, .help = "end the thought when the answer is settled" },
  { "--strength", TOOL_STRING, &strength, .argument = "S", .help = "think with the strength low, medium or high" },
  { "--max", TOOL_INT, &max_tokens, 1, 1 << 24, "N", "at most N tokens (256)" },
  { "--temp", TOOL_FLOAT, &temperature, 0, 100, "T", "temperature (0: always the most likely token)" },
  { "--top-k", TOOL_INT, &top_k, 0, 1 << 24, "K", "choose among the K most likely (0: all)" },
  { "--top-p", TOOL_FLOAT, &top_p, 0, 1, "P", "choose among the most likely that together have P (1: all)" },
  { "--min-p", TOOL_FLOAT, &min_p, 0, 1, "P", "choose among those with P of the best one's probability (0: all)" },
  { "--repeat-penalty", TOOL_FLOAT, &repeat_penalty, 0.1, 10, "R", "make repetitions less likely (1: off)" },
  { "--repeat-last", TOOL_INT, &repeat_last, 0, 1 << 24, "N", "among the last N tokens (64)" },
  { "--typical-p", TOOL_FLOAT, &typical_p, 0, 1, "P", "choose among those as surprising as is usual, until they have P (1: all)" },
  { "--xtc", TOOL_FLOAT, &xtc_probability, 0, 1, "P", "with probability P leave out the likeliest but one above… (0: never)" },
  { "--xtc-threshold", TOOL_FLOAT, &xtc_threshold, 0, 1, "T", "…this probability (0.1)" },
  { "--dry", TOOL_FLOAT, &dry, 0, 1000, "M", "make it less likely to go on with a repetition; 0.8 is usual (0: off)" },
  { "--mirostat", TOOL_FLOAT, &mirostat, 0, 100, "TAU", "aim at a surprise of TAU bits a token, in the place of the choices above (0: off)" },
  { "--seed", TOOL_INT, &seed, 0, 9e18, "S", "the same seed gives the same answer (0)" },
  { "--context", TOOL_INT, &n_context, 0, 1 << 24, "N", "tokens of prompt and answer (0: 8192 or the model's own)" },
  { "--image", TOOL_LIST, &images, .argument = "FILE", .help = "a picture before the prompt; may be given several times" },
  { "--audio", TOOL_LIST, &sounds, .argument = "FILE", .help = "a sound behind the pictures; may be given several times" },
  { "--mmproj", TOOL_STRING, &mmproj, .argument = "FILE", .help = "the model's part that sees and hears" },
  { "--speculate", TOOL_STRING, &speculate, .argument = "HOW", .help = "lookup (the default): evaluate at once what repeats prompt or answer, where that is faster; off: not. The answer is the same" },
  { "--draft", TOOL_STRING, &draft_path, .argument = "FILE", .help = "a smaller model of the same family guesses what is not repeated; the answer is the same" },
  { "--grammar", TOOL_STRING, &grammar_file, .argument = "FILE", .help = "the answer follows a grammar in GBNF" },
  { "--schema", TOOL_STRING, &schema_file, .argument = "FILE", .help = "or it is JSON that is valid by a JSON Schema" },
  { "--closed", TOOL_FLAG, &schema_options.closed, .help = "objects of the schema have the members that it lists, and no others" },
  { "--tight", TOOL_FLAG, &schema_options.tight, .help = "one space behind commas and colons, and nowhere else" },
  { "--lax", TOOL_FLAG, &schema_options.lax, .help = "pass over what cannot be promised, instead of refusing the schema" },
  { "--tools", TOOL_STRING, &tools_file, .argument = "FILE", .help = "what the answer may call: a JSON array of objects with name, description and parameters (a JSON Schema)" },
  { "--tool-choice", TOOL_STRING, &tool_choice, .argument = "HOW", .help = "auto (the default), none, or required: it begins with a call" },
  { "--trigger", TOOL_STRING, &trigger, .argument = "TEXT", .help = "it follows the grammar from this text, or special token, on" },
};

typedef struct {
  EngineText  text, thought;
  int32_t    *ids;
  size_t      n_ids, capacity;
  EngineStats stats;
  const char *finish;
  EngineEnergy *energy;
  double      sampled_ms;
  EngineText  calls, arguments; /* JSON: elements of an array, and those of the call that comes now */
} Answer;

static const char *const finish_names[] = {
  [ENGINE_FINISH_STOP] = "stop", [ENGINE_FINISH_LENGTH] = "length", [ENGINE_FINISH_CONTEXT] = "context", [ENGINE_FINISH_CANCELLED] = "cancelled",
};

static bool
keep_ids (Answer *answer, const int32_t *ids, size_t n_ids, EngineError *error)
{
  if (answer->n_ids + n_ids > answer->capacity) {
    size_t capacity = ENGINE_MAX (answer->capacity * 2, answer->n_ids + n_ids);
    int32_t *larger = realloc (answer->ids, capacity * sizeof *larger);

    if (!larger)
      return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for the answer.");
    answer->ids = larger;
    answer->capacity = capacity;
  }
  if (n_ids)
    memcpy (answer->ids + answer->n_ids, ids, n_ids * sizeof *ids);
  answer->n_ids += n_ids;
  return true;
}

/* A few times a second, and at both ends. */
static void
sample_energy (Answer *answer, bool now)
{
  double ms = tool_now_ms ();

  if (answer->energy && (now || ms >= answer->sampled_ms + 250)) {
    engine_energy_sample (answer->energy, ms / 1e3);
    answer->sampled_ms = ms;
  }
}

/* Calls follow each other; what is broken is told where it stood. */
static void
take_call (Answer *answer, const EngineEvent *event)
{
  if (event->kind == ENGINE_EVENT_CALL_BROKEN) {
    fprintf (stderr, "\nNo call of a tool: %s\n%s\n", event->error.message, event->text);
    answer->arguments.length = 0;
    return;
  }
  if (!tool_common.json) {
    if (answer->arguments.length == 0)
      printf ("\n%s ", event->call_name);
    fwrite (event->text, 1, event->n_bytes, stdout);
    fflush (stdout);
  }
  engine_text_append (&answer->arguments, event->text, event->n_bytes);
  if (!event->call_done)
    return;
  engine_text_printf (&answer->calls, "%s{\"name\": ", answer->calls.length ? ", " : "");
  engine_text_json (&answer->calls, event->call_name, strlen (event->call_name));
  engine_text_printf (&answer->calls, ", \"id\": ");
  engine_text_json (&answer->calls, event->call_id, strlen (event->call_id));
  engine_text_printf (&answer->calls, ", \"arguments\": %s}", answer->arguments.bytes);
  answer->arguments.length = 0;
}

/* Takes events until the last one. Without --json the text is shown as it comes. */
static bool
follow (EngineRequest *request, Answer *answer, EngineError *error)
{
  EngineEvent event;

  for (;;) {
    engine_request_wait (request);
    sample_energy (answer, false);
    while (engine_request_next (request, &event)) {
      if (event.kind == ENGINE_EVENT_ERROR)
        return engine_fail (error, event.error.code, "%s", event.error.message);
      if (event.kind != ENGINE_EVENT_THOUGHT && !keep_ids (answer, event.ids, event.n_ids, error))
        return false;
      if (event.kind == ENGINE_EVENT_THOUGHT) {
        engine_text_append (&answer->thought, event.text, event.n_bytes);
        if (!tool_common.json)
          fwrite (event.text, 1, event.n_bytes, stderr);
      }
      if (event.kind == ENGINE_EVENT_TEXT) {
        if (!answer->text.length && answer->thought.length && !tool_common.json)
          fputc ('\n', stderr);
        engine_text_append (&answer->text, event.text, event.n_bytes);
        if (!tool_common.json) {
          fwrite (event.text, 1, event.n_bytes, stdout);
          fflush (stdout);
        }
      }
      if (event.kind == ENGINE_EVENT_CALL || event.kind == ENGINE_EVENT_CALL_BROKEN)
        take_call (answer, &event);
      if (event.kind == ENGINE_EVENT_DONE) {
        answer->stats = event.stats;
        answer->finish = finish_names[event.finish];
        return true;
      }
    }
  }
}

/* Numbers are there where the machine measures; nothing is estimated. */
static void
add_energy (EngineText *json, const Answer *answer)
{
  double joules;

  if (!answer->energy || !engine_energy_joules (answer->energy, &joules)) {
    engine_text_printf (json, "\"joules\": null, \"joules_per_token\": null, \"energy_source\": null, ");
    return;
  }
  engine_text_printf (json, "\"joules\": %.6f, ", joules);
  if (answer->stats.decode_tokens > 0)
    engine_text_printf (json, "\"joules_per_token\": %.6f, ", joules / answer->stats.decode_tokens);
  else
    engine_text_printf (json, "\"joules_per_token\": null, ");
  engine_text_printf (json, "\"energy_source\": \"%s\", ", engine_energy_source (answer->energy));
}

static bool
report (const Answer *answer, EngineError *error)
{
  const EngineStats *s = &answer->stats;
  EngineText json = { 0 };
  double joules;

  if (!tool_common.json) {
    putchar ('\n');
    fprintf (stderr, "%d prompt tokens, %.1f tokens/s; %d answer tokens, %.1f tokens/s; the first after %.0f ms\n",
             s->prompt_tokens, s->prompt_tps, s->decode_tokens, s->decode_tps, s->first_token_ms);
    if (answer->energy && engine_energy_joules (answer->energy, &joules))
      fprintf (stderr, "%.1f J by this machine's %s\n", joules, strcmp (engine_energy_source (answer->energy), "rapl") == 0 ? "energy counters" : "battery");
    if (s->thought_tokens)
      fprintf (stderr, "%d tokens of thought (%s), %.0f ms; %d probes, %.0f ms\n", s->thought_tokens, tool_thought_end (s->thought_end), s->thought_ms, s->probes, s->probe_ms);
    if (s->drafted_tokens)
      fprintf (stderr, "%d tokens drafted, %d accepted, %d evaluations saved\n", s->drafted_tokens, s->accepted_tokens, s->saved_evaluations);
    if (draft_path)
      fprintf (stderr, "%d of them drafted by the draft model in %.0f ms, %d accepted\n", s->model_drafted_tokens, s->model_draft_ms, s->model_accepted_tokens);
    if (s->experts.total_bytes) {
      EngineText line = { 0 };

      tool_write_experts (&line, &s->experts, s->prompt_tokens - s->reused_tokens + s->decode_tokens);
      fprintf (stderr, "Experts: %s\n", line.failed ? "?" : line.bytes);
      free (line.bytes);
    }
    if (s->masks)
      fprintf (stderr, "%d masks, %.1f µs each; %d tokens had no choice\n", s->masks, 1e3 * s->mask_ms / s->masks, s->forced_tokens);
    return true;
  }
  engine_text_printf (&json, "{\"text\": ");
  engine_text_json (&json, answer->text.bytes, answer->text.length);
  engine_text_printf (&json, ", \"thought\": ");
  engine_text_json (&json, answer->thought.bytes, answer->thought.length);
  if (tools_file)
    engine_text_printf (&json, ", \"calls\": [%s]", answer->calls.bytes ? answer->calls.bytes : "");
  engine_text_printf (&json, ", \"ids\": [");
  for (size_t i = 0; i < answer->n_ids; i++)
    engine_text_printf (&json, "%s%d", i ? ", " : "", answer->ids[i]);
  engine_text_printf (&json, "], \"finish\": \"%s\", \"stats\": {\"prompt_tokens\": %d, \"reused_tokens\": %d, \"prompt_tps\": %.2f, \"prompt_ms\": %.2f, ", answer->finish,
                      s->prompt_tokens, s->reused_tokens, s->prompt_tps, s->prompt_ms);
  engine_text_printf (&json, "\"forced_tokens\": %d, \"masks\": %d, \"mask_ms\": %.3f, ", s->forced_tokens, s->masks, s->mask_ms);
  engine_text_printf (&json, "\"thought_tokens\": %d, \"thought_ms\": %.2f, \"thought_end\": \"%s\", \"probes\": %d, \"probe_ms\": %.2f, ", s->thought_tokens, s->thought_ms,
                      tool_thought_end (s->thought_end), s->probes, s->probe_ms);
  add_energy (&json, answer);
  engine_text_printf (&json, "\"drafted_tokens\": %d, \"accepted_tokens\": %d, \"saved_evaluations\": %d, ", s->drafted_tokens, s->accepted_tokens, s->saved_evaluations);
  engine_text_printf (&json, "\"model_drafted_tokens\": %d, \"model_accepted_tokens\": %d, \"model_draft_ms\": %.2f, ", s->model_drafted_tokens, s->model_accepted_tokens, s->model_draft_ms);
  engine_text_printf (&json, "\"decode_tokens\": %d, \"decode_tps\": %.2f, \"decode_ms\": %.2f, \"first_token_ms\": %.2f, \"queue_ms\": %.2f",
                      s->decode_tokens, s->decode_tps, s->decode_ms, s->first_token_ms, s->queue_ms);
  tool_write_experts_json (&json, "experts", &s->experts);
  engine_text_printf (&json, "}}");
  return tool_print (&json, error);
}

static const char *const choices[] = { [ENGINE_TOOLS_AUTO] = "auto", [ENGINE_TOOLS_NONE] = "none", [ENGINE_TOOLS_REQUIRED] = "required" };

static bool
answer_prompt (EngineModel *model, EngineModel *draft, const char *text, size_t n_bytes, const EngineMessage *conversation, size_t n_conversation, const EngineTool *tools, size_t n_tools,
               EngineError *error)
{
  bool as_chat = chat || (!raw && engine_model_info (model)->chat_template);
  int n_media = images.n + sounds.n;
  EngineMedia *media[2 * TOOL_LIST_MAX] = { 0 };
  EnginePart parts[2 * TOOL_LIST_MAX + 1] = { 0 };
  EngineMessage messages[2] = { { "system", system_text }, { "user", text, parts, n_media ? (size_t) n_media + 1 : 0 } };
  EngineRunnerOptions runner_options = { .n_context = (int32_t) n_context, .cache_type = tool_cache_type (), .max_requests = 1, .draft = draft };
  EngineRequestParams params = { .max_tokens = (int32_t) max_tokens, .grammar_trigger = trigger, .tools = tools, .n_tools = n_tools };
  EngineGrammar *grammar = NULL;
  EngineAdaptation adaptation;
  EngineRequest *request = NULL;
  EngineRunner *runner;
  Answer answer = { 0 };
  int32_t *ids = NULL;
  size_t n_ids = 0;
  EngineSpeculation how;
  bool ok = true;

  if (!tool_speculation (speculate, &how, error) || !tool_thinking (think, &params.thinking, error))
    return false;
  params.thinking.max_tokens = think_max ? (int32_t) think_max : params.thinking.max_tokens;
  params.thinking.early_exit |= early_exit;
  params.thinking.strength = strength ? strength : params.thinking.strength;
  if (grammar_file || schema_file) {
    grammar = tool_read_grammar (grammar_file, schema_file, &schema_options, error);
    if (!grammar)
      return false;
  }
  if (!tool_load_adaptation (model, &adaptation, error)) {
    engine_grammar_unref (grammar);
    return false;
  }
  for (size_t i = 0; i < ENGINE_LENGTH (choices); i++)
    if (strcmp (choices[i], tool_choice) == 0)
      params.tool_choice = (EngineToolChoice) i;
  params.grammar = grammar;
  params.speculate = draft && how != ENGINE_SPECULATE_OFF ? ENGINE_SPECULATE_DRAFT : how;
  params.adapter = adaptation.adapter;
  params.adapter_strength = adaptation.strength;
  engine_sampling_init (&params.sampling);
  params.sampling.temperature = (float) temperature;
  params.sampling.top_k = (int32_t) top_k;
  params.sampling.top_p = (float) top_p;
  params.sampling.min_p = (float) min_p;
  params.sampling.repeat_penalty = (float) repeat_penalty;
  params.sampling.repeat_last = (int32_t) repeat_last;
  params.sampling.typical_p = (float) typical_p;
  params.sampling.xtc_probability = (float) xtc_probability;
  params.sampling.xtc_threshold = (float) xtc_threshold;
  params.sampling.dry_multiplier = (float) dry;
  params.sampling.mirostat_tau = (float) mirostat;
  params.sampling.seed = (uint64_t) seed;
  if (n_tools && !as_chat)
    ok = engine_fail (error, ENGINE_BAD_INPUT, "Tools belong to a conversation, so the option --tools excludes --raw and needs a model that holds conversations.");
  else if (n_media && !as_chat)
    ok = engine_fail (error, ENGINE_BAD_INPUT, "Pictures and sounds belong to a message, so the options --image and --audio exclude --raw and need a model that holds conversations.");
  else
    ok = tool_notice_all (ENGINE_TOWER_PICTURES, mmproj, &images, media, error) && tool_notice_all (ENGINE_TOWER_SOUND, mmproj, &sounds, media + images.n, error);
  for (int i = 0; i < n_media; i++)
    parts[i].media = media[i];
  parts[n_media].text = text;
  if (!ok) {
    /* Nothing to ask. */
  } else if (conversation) {
    params.messages = conversation;
    params.n_messages = n_conversation;
  } else if (as_chat) {
    params.messages = system_text ? messages : messages + 1;
    params.n_messages = system_text ? 2 : 1;
  } else {
    ok = engine_tokenize (model, text, n_bytes, ENGINE_TOKENIZE_BOS | ENGINE_TOKENIZE_SPECIAL, &ids, &n_ids, error);
    params.tokens = ids;
    params.n_tokens = n_ids;
  }
  runner = ok ? engine_runner_new (model, &runner_options, error) : NULL;
  answer.energy = engine_energy_new (NULL);
  sample_energy (&answer, true);
  if (runner)
    request = engine_runner_submit (runner, &params, error);
  ok = request && follow (request, &answer, error);
  sample_energy (&answer, true);
  ok = ok && report (&answer, error);
  engine_energy_free (answer.energy);
  engine_request_unref (request);
  engine_runner_unref (runner);
  engine_grammar_unref (grammar);
  engine_adapter_unref (adaptation.adapter);
  for (int i = 0; i < n_media; i++)
    engine_media_unref (media[i]);
  free (answer.text.bytes);
  free (answer.thought.bytes);
  free (answer.calls.bytes);
  free (answer.arguments.bytes);
  free (answer.ids);
  free (ids);
  return ok;
}

static bool
check_choice (EngineError *error)
{
  for (size_t i = 0; i < ENGINE_LENGTH (choices); i++)
    if (strcmp (choices[i], tool_choice) == 0)
      return true;
  return engine_fail (error, ENGINE_BAD_INPUT, "The option --tool-choice is auto, none or required, not \"%.40s\".", tool_choice);
}

/* Tools and messages last as long as the answer is made. */
static bool
answer_with_tools (EngineModel *model, EngineModel *draft, const char *text, size_t n_bytes, EngineError *error)
{
  EngineError own = { 0 };
  EngineBuild build = { .error = &own };
  EngineTool *volatile tools = NULL;
  EngineMessage *volatile messages = NULL;
  size_t n_tools = 0, n_messages = 0;
  volatile bool ok = false;

  if (!ENGINE_BUILD_ENTER (&build)) {
    if (tools_file)
      tools = tool_read_tools (&build, tools_file, &n_tools);
    if (messages_file)
      messages = tool_read_messages (&build, messages_file, &n_messages);
    ok = check_choice (&own) && answer_prompt (model, draft, text, n_bytes, messages, n_messages, tools, n_tools, &own);
  }
  engine_build_clear (&build);
  return ok || engine_fail (error, own.code, "%s", own.message);
}

static bool
run_generate (char **arguments, int n_arguments, EngineError *error)
{
  EngineModel *model, *draft = NULL;
  char *text;
  size_t n_bytes;
  bool ok = false;

  if (!!prompt + !!prompt_file + !!messages_file != 1)
    return engine_fail (error, ENGINE_BAD_INPUT, "Say what to answer: either --prompt TEXT or --prompt-file FILE, or a conversation with --messages FILE.");
  if (messages_file && (raw || system_text || images.n || sounds.n))
    return engine_fail (error, ENGINE_BAD_INPUT, "The option --messages excludes --raw, --system, --image and --audio.");
  if (raw && (chat || system_text))
    return engine_fail (error, ENGINE_BAD_INPUT, "The option --raw excludes --chat and --system.");
  text = prompt || messages_file ? strdup (prompt ? prompt : "") : tool_read_file (prompt_file, &n_bytes, error);
  if (!text)
    return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for the prompt.");
  n_bytes = prompt_file ? n_bytes : strlen (text);
  model = tool_load (arguments[0], false, error);
  if (model && !raw && strlen (text) != n_bytes && (chat || engine_model_info (model)->chat_template))
    engine_fail (error, ENGINE_BAD_INPUT, "The prompt holds a zero byte, so it is no text.");
  else if (model && (!draft_path || (draft = tool_load (draft_path, false, error))))
    ok = answer_with_tools (model, draft, text, n_bytes, error);
  engine_model_unref (draft);
  engine_model_unref (model);
  free (text);
  return ok;
}

const ToolCommand tool_generate = {
  .name = "generate", .arguments = "MODEL (--prompt TEXT | --prompt-file FILE | --messages FILE)", .summary = "Answers a prompt",
  .n_arguments_min = 1, .n_arguments_max = 1, .adapts = true, .options = options, .n_options = ENGINE_LENGTH (options), .run = run_generate,
};
