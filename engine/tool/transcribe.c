/* SPDX-License-Identifier: MIT */
#include "tool.h"

#include <stdio.h>
#include <string.h>

static const char *language;
static int64_t beams = 5;
static bool translate, apart, times, numbers;

static const ToolOption options[] = {
  { "--language", TOOL_STRING, &language, .argument = "CODE", .help = "that is spoken: de, en, …; by itself it is heard" },
  { "--translate", TOOL_FLAG, &translate, .help = "into English" },
  { "--beams", TOOL_INT, &beams, 1, 8, "N", "ways of going on that are weighed (5); 1: the likeliest word each time" },
  { "--apart", TOOL_FLAG, &apart, .help = "each half minute by itself" },
  { "--times", TOOL_FLAG, &times, .help = "when each line begins and ends" },
  { "--numbers", TOOL_FLAG, &numbers, .help = "how long it took, on stderr" },
};

typedef struct {
  EngineText json;
  int        n;
} Output;

static bool
print_segment (void *user, const EngineSpeechSegment *segment)
{
  Output *output = user;
  const char *text = segment->text[0] == ' ' ? segment->text + 1 : segment->text;

  if (tool_common.json) {
    engine_text_printf (&output->json, "%s\n  { \"begin\": %.2f, \"end\": %.2f, \"logprob\": %.4f, \"silence\": %.4f, \"temperature\": %.1f, \"text\": ", output->n++ ? "," : "", segment->begin,
                        segment->end, segment->logprob, segment->silence, (double) segment->temperature);
    engine_text_json (&output->json, text, strlen (text));
    engine_text_printf (&output->json, " }");
  } else if (times)
    printf ("[%7.2f %7.2f] %s\n", segment->begin, segment->end, text);
  else
    printf ("%s\n", text);
  fflush (stdout);
  return true;
}

static bool
run_transcribe (char **arguments, int n_arguments, EngineError *error)
{
  EngineLoadOptions load = { .n_threads = (int) tool_common.threads, .reference = tool_common.reference };
  EngineSpeechParams params = { .language = language, .translate = translate, .n_beams = (int32_t) beams, .apart = apart };
  EngineSpeechResult result;
  EngineTranscriber *transcriber;
  Output output = { 0 };
  bool ok = true;

  engine_backend_from_name (tool_common.backend, &load.backend);
  transcriber = engine_transcriber_load (arguments[0], &load, error);
  for (int i = 1; transcriber && ok && i < n_arguments; i++) {
    float *samples = NULL;
    size_t n = 0;

    engine_text_printf (&output.json, "%s[", i > 1 ? ",\n" : n_arguments > 2 ? "[" : "");
    output.n = 0;
    ok = tool_read_sound (arguments[i], ENGINE_SPEECH_RATE, &samples, &n, error) && engine_transcriber_run (transcriber, samples, n, &params, print_segment, &output, &result, error);
    engine_text_printf (&output.json, "\n]");
    if (ok && numbers)
      fprintf (stderr, "%s: %.2f s of %s (%.0f %%), spectrum %.0f ms, encoder %.0f ms, words %.0f ms, %d tokens\n", arguments[i], (double) n / ENGINE_SPEECH_RATE, result.language,
               100 * result.language_probability, result.spectrum_ms, result.encode_ms, result.decode_ms, result.n_tokens);
    free (samples);
  }
  engine_transcriber_unref (transcriber);
  if (n_arguments > 2)
    engine_text_printf (&output.json, "]");
  if (ok && transcriber && tool_common.json)
    return tool_print (&output.json, error);
  free (output.json.bytes);
  return ok && transcriber;
}

const ToolCommand tool_transcribe = {
  .name = "transcribe", .arguments = "MODEL SOUND…", .summary = "Writes down what is spoken in sound files",
  .n_arguments_min = 2, .n_arguments_max = 10000, .options = options, .n_options = ENGINE_LENGTH (options), .run = run_transcribe,
};
